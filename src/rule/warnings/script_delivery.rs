//! What a script says that Kapacitor takes and that does not do what its author hardly can mean otherwise: alerts that are
//! never sent, incidents that never resolve, texts with holes. What may be meant as it stands is left alone.

use super::delivery::looks_like_a_pattern;
use super::found::Found;
use crate::rule::script::{PlacedAlert, Script};
use crate::template::{self, Findings, Place};
use crate::tickscript::ast::{Call, Expression, Number, Operator, Program};
use crate::tickscript::VisitMut;

/// What is wrong with an alert.
pub(super) fn warnings(script: &Script, alert: &PlacedAlert) -> Vec<Found> {
    let mut found = Vec::new();
    if !alert.alert.handlers.is_empty() {
        found.extend(flapping(alert));
    }
    if alert.posts() {
        found.extend(star_as_a_name(script, alert));
        found.extend(nil_group(script, alert));
    }
    for (name, place) in [
        ("id", Place::Id),
        ("message", Place::Message),
        ("details", Place::Details),
    ] {
        let argument = alert.property(name).and_then(Call::only_argument);
        let Some(text) = argument.and_then(|argument| script.text(argument)) else {
            continue;
        };
        let findings = template::check(&text, place);
        found.extend(failing(name, place, &findings));
        found.extend(missing_fields(script, alert, name, &findings));
        found.extend(missing_tags(script, alert, name, &findings));
    }
    found
}

/// The first change of level already counts as flapping, and with the limit 0.0 the flapping never ends (kapacitor's alert.go).
fn flapping(alert: &PlacedAlert) -> Option<Found> {
    let limits = &alert.property("flapping")?.arguments;
    let is_zero =
        |limit: &Expression| matches!(limit, Expression::Number(number) if number.value() == Number::Float(0.0));
    (limits.len() == 2 && limits.iter().all(is_zero)).then(|| Found {
        summary: "An alert is never sent",
        detail: "With .flapping(0.0, 0.0), Kapacitor takes the first change of level for flapping, and it never ends: it sends \
                 neither an alert nor a recovery. Take .flapping() out, or give it limits such as 0.25 and 0.5."
            .to_owned(),
    })
}

/// `'*'` in quotes is the name of a tag that no point has.
fn star_as_a_name(script: &Script, alert: &PlacedAlert) -> Option<Found> {
    let grouping = script.grouping(alert)?;
    grouping.tags.iter().any(|tag| tag == "*").then(|| Found {
        summary: "The data is not grouped by all tags",
        detail: "With quotes, '*' in .groupBy() is the name of a tag, which no point has: all points are one group, so that one \
                 host's recovery resolves another host's incident. Write it without quotes: .groupBy(*)."
            .to_owned(),
    })
}

/// A deadman counts the points of each group that it has seen. Before there is one, it counts those of a group without a
/// name, to which no point ever belongs.
fn nil_group(script: &Script, alert: &PlacedAlert) -> Option<Found> {
    let is_grouped = script.grouping(alert)?.is_grouped();
    (alert.call.name == "deadman" && is_grouped).then(|| Found {
        summary: "A grouped deadman can open an incident that never resolves",
        detail: "If no point arrives within the interval of the |deadman() after the task starts, or starts again because it \
                 was changed, Kapacitor opens an alert of the group \"nil\", to which no point belongs, so that none resolves \
                 it. Resolve it in Squadcast by hand, or set resolve_on_destroy, with which a destroy resolves it. A deadman \
                 without .groupBy() does not have it."
            .to_owned(),
    })
}

fn failing(property: &str, place: Place, findings: &Findings) -> Vec<Found> {
    let consequence = place.consequence();
    match (&findings.fails, &findings.may_fail) {
        (Some(error), _) => vec![Found {
            summary: "A template of the script fails",
            detail: format!("The template in .{property}() cannot work: {error}. {consequence}."),
        }],
        (None, Some(error)) => vec![Found {
            summary: "A branch of a template fails",
            detail: format!(
                "The template in .{property}() fails when this branch of it is executed: {error}. {consequence}."
            ),
        }],
        (None, None) => Vec::new(),
    }
}

/// Nodes after which a point has one field, and of the tags only those that it is grouped by.
const SUMS: [&str; 6] = ["mean", "median", "sum", "count", "spread", "stddev"];

/// The only field that a point has when it comes to the alert, if the node before says so.
fn only_field(script: &Script, alert: &PlacedAlert) -> Option<String> {
    if alert.call.name == "deadman" {
        return Some("emitted".to_owned());
    }
    let upstream = alert.upstream.as_ref()?;
    let last = upstream.iter().rposition(|step| step.is_node)?;
    let sum = upstream[last].call.name.as_str();
    if !SUMS.contains(&sum) {
        return None;
    }
    match upstream[last..].iter().rfind(|step| step.call.name == "as") {
        Some(step) => script.text(step.call.only_argument()?),
        None => Some(sum.to_owned()),
    }
}

fn missing_fields(script: &Script, alert: &PlacedAlert, property: &str, findings: &Findings) -> Vec<Found> {
    let Some(only) = only_field(script, alert) else {
        return Vec::new();
    };
    let missing = findings.fields.iter().filter(|field| **field != only);
    missing
        .map(|field| {
            missing_data(
                property,
                &format!("the field {field:?}: the node before the alert leaves only {only:?}"),
            )
        })
        .collect()
}

fn missing_tags(script: &Script, alert: &PlacedAlert, property: &str, findings: &Findings) -> Vec<Found> {
    let grouping = only_field(script, alert).and_then(|_| script.grouping(alert));
    let Some(grouping) = grouping.filter(|grouping| !grouping.by_all) else {
        return Vec::new();
    };
    let missing = findings.tags.iter().filter(|tag| !grouping.tags.contains(tag));
    missing
        .map(|tag| {
            missing_data(
                property,
                &format!("the tag {tag:?}: the node before the alert leaves only the tags of .groupBy()"),
            )
        })
        .collect()
}

fn missing_data(property: &str, what: &str) -> Found {
    Found {
        summary: "A template asks for data that the alert does not have",
        detail: format!("The template in .{property}() gets nothing (in a text, \"<no value>\" or \"\") for {what}."),
    }
}

/// Comparisons with texts that look like patterns, which Kapacitor compares letter by letter.
pub(super) fn patterns(program: &Program) -> Vec<Found> {
    #[derive(Default)]
    struct Search(Vec<Found>);
    impl VisitMut for Search {
        fn expression(&mut self, expression: &mut Expression) {
            let Expression::Binary(binary) = expression else { return };
            let Some((left, operator, right)) = binary.as_pair() else {
                return;
            };
            let remedy = match operator {
                Operator::Equal => "=~",
                Operator::NotEqual => "!~",
                _ => return,
            };
            let (Expression::Reference(name), Some(text)) = (left, right.as_str()) else {
                return;
            };
            if looks_like_a_pattern(text) {
                let symbol = operator.symbol();
                self.0.push(Found {
                    summary: "A pattern is compared as a text",
                    detail: format!(
                        "A text that looks like a pattern is compared with {:?} by {symbol}, letter by letter. A regular \
                         expression stands between slashes, without quotes, behind {remedy}: {:?} {remedy} /^web-.*/.",
                        name.name(),
                        name.name(),
                    ),
                });
            }
        }
    }
    let mut search = Search::default();
    program.clone().visit_mut(&mut search);
    search.0
}

#[cfg(test)]
mod tests {
    use crate::rule::squadcast_script_warnings;

    fn found(script: &str) -> Vec<(String, String)> {
        let warnings = squadcast_script_warnings(script, "script").into_iter();
        warnings
            .map(|warning| (warning.summary.to_owned(), warning.detail))
            .collect()
    }

    fn told(script: &str, summary: &str, words: &[&str]) {
        let found = found(script);
        let [(said, detail)] = found.as_slice() else {
            panic!("{script}: {found:#?}");
        };
        assert_eq!(said, summary, "{script}");
        assert!(words.iter().all(|word| detail.contains(word)), "{script}: {detail}");
    }

    fn quiet(script: &str) {
        assert_eq!(found(script), [], "{script}");
    }

    const POST: &str = ".stateChangesOnly().post('https://h/')";

    #[test]
    fn limits_of_flapping_that_never_let_an_alert_through_are_told() {
        let alert = |limits: &str| format!("stream|from()|alert().flapping({limits}){POST}");
        told(&alert("0.0, 0.0"), "An alert is never sent", &["flapping"]);
        quiet(&alert("0.25, 0.5"));
        quiet(&alert("low, high"));
    }

    #[test]
    fn a_star_in_quotes_is_no_star() {
        let alert = |by: &str| format!("var all = ['*']\nstream|from().groupBy({by})|alert(){POST}");
        for by in ["'*'", "['*']", "all"] {
            told(&alert(by), "The data is not grouped by all tags", &["groupBy(*)"]);
        }
        quiet(&alert("*"));
        quiet(&alert("'host'"));
    }

    #[test]
    fn a_deadman_by_groups_is_told_of_the_group_without_a_name() {
        let deadman = |from: &str| format!("stream|from(){from}|deadman(0.0, 10m){POST}");
        told(
            &deadman(".groupBy('host')"),
            "A grouped deadman can open an incident that never resolves",
            &["\"nil\""],
        );
        quiet(&deadman(""));
    }

    #[test]
    fn a_pattern_in_quotes_is_compared_letter_by_letter() {
        let script = |filter: &str| format!("stream|from().where(lambda: {filter})|alert(){POST}");
        told(
            &script("\"v\" > 1 AND \"host\" == '/^web-.*/'"),
            "A pattern is compared as a text",
            &["\"host\"", "=~"],
        );
        told(&script("\"host\" != '*'"), "A pattern is compared as a text", &["!~"]);
        quiet(&script("\"path\" == '/var/'"));
        quiet(&script("\"host\" =~ /^web-.*/"));
        quiet(&script("\"host\" == 'web'"));
    }

    #[test]
    fn templates_that_fail_are_told_with_what_comes_of_it() {
        let alert = |message: &str| format!("stream|from()|alert().message('{message}'){POST}");
        told(
            &alert("{{ .Nope }}"),
            "A template of the script fails",
            &[".message()", ".Nope"],
        );
        told(
            &alert("{{ if eq .Level \"OK\" }}{{ .Nope }}{{ end }}"),
            "A branch of a template fails",
            &[".Nope"],
        );
        quiet(&alert("{{ .ID }} is {{ .Level }}"));
    }

    #[test]
    fn data_that_a_sum_does_not_leave_is_named() {
        let script = |node: &str, message: &str| {
            format!("stream|from().groupBy('host'){node}|alert().message('{message}'){POST}")
        };
        let sum = "|window().period(1m).every(1m)|mean('usage_user').as('value')";
        let summary = "A template asks for data that the alert does not have";
        let field = "{{ index .Fields \"usage_user\" }}";
        told(&script(sum, field), summary, &["usage_user", "\"value\""]);
        told(&script(sum, "{{ index .Tags \"cpu\" }}"), summary, &["cpu"]);
        quiet(&script(sum, "{{ index .Fields \"value\" }} {{ index .Tags \"host\" }}"));
        quiet(&script("", field));
        quiet(&script("|max('usage_user').as('value')", field));
        quiet(&script(&format!("{sum}|eval(lambda: 1.0).as('x').keep()"), field));
        quiet(&script("|mean('usage_user')", "{{ index .Fields \"mean\" }}"));
    }
}
