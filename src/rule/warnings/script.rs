//! What any script, of a rule or not, does badly for Squadcast, or not as its author thinks.

use std::collections::BTreeSet;

use super::found::Found;
use super::script_delivery;
use crate::rule::script::{Given, PlacedAlert, Script};
use crate::rule::{AttributePath, Warning};
use crate::tickscript;

/// What will go wrong with the alerts of a script, with what to do about it; what concerns Squadcast only of those that are
/// posted to a webhook.
///
/// `attribute` is the one that holds the script. Empty for a script that does not parse.
pub fn squadcast_script_warnings(script: &str, attribute: &'static str) -> Vec<Warning> {
    script_warnings(script, &Given::new(), attribute)
}

/// The same for the script of a task, which gives these texts to vars of it.
pub fn script_warnings(script: &str, given: &Given, attribute: &'static str) -> Vec<Warning> {
    let Ok(program) = tickscript::parse(script) else {
        return Vec::new();
    };
    let script = Script::of(&program, given);
    let mut warnings = Vec::new();
    for alert in script.alerts() {
        if alert.posts() {
            warnings.extend(lost_recoveries(&alert));
            warnings.extend(repeated(&alert));
            warnings.extend(shared_id(&script, &alert));
        }
        warnings.extend(script_delivery::warnings(&script, &alert));
    }
    warnings.extend(script_delivery::patterns(&program));
    let mut told = BTreeSet::new();
    warnings.retain(|warning| told.insert((warning.summary, warning.detail.clone())));
    warnings
        .into_iter()
        .map(|Found { summary, detail }| Warning {
            path: AttributePath::root(attribute),
            summary,
            detail,
        })
        .collect()
}

fn lost_recoveries(alert: &PlacedAlert) -> Option<Found> {
    alert.property("noRecoveries").map(|_| Found {
        summary: "Incidents will not resolve by themselves",
        detail: "With .noRecoveries(), Kapacitor sends nothing when the level is OK again, so an incident in Squadcast stays \
                 open until somebody resolves it by hand. Take .noRecoveries() out, unless the webhook does not lead to \
                 Squadcast."
            .to_owned(),
    })
}

fn repeated(alert: &PlacedAlert) -> Option<Found> {
    alert.property("stateChangesOnly").is_none().then(|| Found {
        summary: "Repeated alerts count against Squadcast's rate limit",
        detail: "Without .stateChangesOnly(), Kapacitor posts the alert again with each evaluation that is not OK. Squadcast \
                 counts each against its limit per minute, and Kapacitor does not send again what was refused: the recovery \
                 can be lost, and the incident stays open. Add .stateChangesOnly()."
            .to_owned(),
    })
}

fn shared_id(script: &Script, alert: &PlacedAlert) -> Option<Found> {
    let is_grouped = script.grouping(alert)?.is_grouped();
    // Kapacitor's own id, without `.id()`, names the group.
    let id = script.text(alert.property("id")?.only_argument()?)?;
    let names_group = id.contains(".Group") || id.contains(".Tags") || id.is_empty();
    (is_grouped && !names_group).then(|| Found {
        summary: "All groups share one incident",
        detail: "The script groups its data, and the alert's id is the same for every group, so that Squadcast takes all of \
                 them for one incident: it resolves as soon as one group recovers, while others are still critical. Put \
                 {{ .Group }} into the .id()."
            .to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summaries(script: &str) -> Vec<&'static str> {
        squadcast_script_warnings(script, "script")
            .iter()
            .map(|warning| warning.summary)
            .collect()
    }

    #[test]
    fn a_group_whose_alerts_share_an_id_is_found() {
        let script = |id: &str| {
            format!("var tags = ['host']\nvar name = 'cpu'\nvar idVar = {id}\nstream|from().groupBy(tags)|alert().id(idVar).stateChangesOnly().post('https://x')")
        };
        assert_eq!(summaries(&script("name")), ["All groups share one incident"]);
        assert_eq!(summaries(&script("name + '-{{.Group}}'")), Vec::<&str>::new());
        assert_eq!(summaries(&script("unknown")), Vec::<&str>::new());
        assert_eq!(summaries(&script("name").replace("['host']", "[]")), Vec::<&str>::new());
        assert_eq!(summaries(&script("idVar")), Vec::<&str>::new());
        let given = Given::from([("name".to_owned(), "{{ .Group }}".to_owned())]);
        assert!(script_warnings(&script("name"), &given, "script").is_empty());
    }

    #[test]
    fn only_the_groups_of_the_alert_itself_count() {
        let script = |head: &str| {
            format!(
                "var grouped = stream|from().groupBy('host')\nvar whole = stream|from()\n\
                 {head}|alert().id('cpu').stateChangesOnly().post('https://x')"
            )
        };
        assert_eq!(summaries(&script("grouped")), ["All groups share one incident"]);
        assert_eq!(summaries(&script("whole")), Vec::<&str>::new());
        assert_eq!(summaries(&script("grouped|groupBy()")), Vec::<&str>::new());
        assert_eq!(
            summaries(&script("whole|groupBy(*)")),
            ["All groups share one incident"]
        );
        assert_eq!(summaries(&script("elsewhere")), Vec::<&str>::new());
    }

    #[test]
    fn lost_recoveries_and_repeated_alerts_are_found_once() {
        let script = "stream|from()|alert().noRecoveries().post('https://x')\nstream|from()|alert().noRecoveries().post('https://y')";
        assert_eq!(
            summaries(script),
            [
                "Incidents will not resolve by themselves",
                "Repeated alerts count against Squadcast's rate limit"
            ]
        );
    }

    #[test]
    fn alerts_that_go_elsewhere_are_left_alone() {
        assert_eq!(
            summaries("stream|from()|alert().noRecoveries().slack()"),
            Vec::<&str>::new()
        );
        assert_eq!(summaries("stream|from("), Vec::<&str>::new());
    }
}
