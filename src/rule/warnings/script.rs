//! What any script, of a rule or not, does badly for Squadcast.

use std::collections::{BTreeMap, BTreeSet};

use crate::rule::script::{alert, nodes, Alert};
use crate::rule::{AttributePath, Warning};
use crate::tickscript::{self, ast};
use ast::{Call, Chain, Expression, Statement};

/// What will go wrong in Squadcast with the alerts of a script that are posted to a webhook, with what to do about it.
///
/// `attribute` is the one that holds the script. Empty for a script that does not parse.
pub fn squadcast_script_warnings(script: &str, attribute: &'static str) -> Vec<Warning> {
    let Ok(program) = tickscript::parse(script) else {
        return Vec::new();
    };
    let script = Script::of(&program.statements);
    let mut warnings = Vec::new();
    for alert in script.posting_alerts() {
        let has = |name: &str| alert.properties.iter().any(|property| property.name == name);
        if has("noRecoveries") {
            warnings.push((
                "Incidents will not resolve by themselves",
                "With .noRecoveries(), Kapacitor sends nothing when the level is OK again, so an incident in Squadcast stays \
                 open until somebody resolves it by hand. Take .noRecoveries() out, unless the webhook does not lead to \
                 Squadcast.",
            ));
        }
        if !has("stateChangesOnly") {
            warnings.push((
                "Repeated alerts count against Squadcast's rate limit",
                "Without .stateChangesOnly(), Kapacitor posts the alert again with each evaluation that is not OK. Squadcast \
                 counts each against its limit per minute, and Kapacitor does not send again what was refused: the recovery \
                 can be lost, and the incident stays open. Add .stateChangesOnly().",
            ));
        }
        if script.is_grouped() && script.has_constant_id(&alert) {
            warnings.push((
                "All groups share one incident",
                "The script groups its data, and the alert's id is the same for every group, so that Squadcast takes all of \
                 them for one incident: it resolves as soon as one group recovers, while others are still critical. Put \
                 {{ .Group }} into the .id().",
            ));
        }
    }
    let mut told = BTreeSet::new();
    warnings.retain(|(summary, _)| told.insert(*summary));
    warnings
        .into_iter()
        .map(|(summary, detail)| Warning {
            path: AttributePath::root(attribute),
            summary,
            detail: detail.to_owned(),
        })
        .collect()
}

struct Script<'a> {
    variables: BTreeMap<&'a str, &'a Expression>,
    chains: Vec<&'a Chain>,
}

impl<'a> Script<'a> {
    fn of(statements: &'a [Statement]) -> Self {
        let mut script = Script {
            variables: BTreeMap::new(),
            chains: Vec::new(),
        };
        for statement in statements {
            let value = match statement {
                Statement::Variable(variable) => {
                    script.variables.insert(&variable.name.name, &variable.value);
                    &variable.value
                }
                Statement::Expression(value) => value,
                Statement::TypedVariable(_) | Statement::Dbrp(_) => continue,
            };
            if let Expression::Chain(chain) = value {
                script.chains.push(chain);
            }
        }
        script
    }

    fn posting_alerts(&self) -> Vec<Alert> {
        let alerts = self
            .chains
            .iter()
            .flat_map(|chain| nodes(chain).1)
            .filter_map(|node| alert(&node));
        alerts
            .filter(|alert| alert.handlers.iter().any(|handler| handler.call.name == "post"))
            .collect()
    }

    /// Whether any node groups by something.
    fn is_grouped(&self) -> bool {
        let calls = self
            .chains
            .iter()
            .flat_map(|chain| chain.links.iter())
            .filter_map(|link| link.call());
        calls
            .filter(|call| call.name == "groupBy")
            .flat_map(|call| &call.arguments)
            .any(|tag| match self.resolved(tag) {
                Expression::List(list) => !list.items.is_empty(),
                _ => true,
            })
    }

    /// Whether an alert has an id that says nothing of its group; Kapacitor's own, without `.id()`, does.
    fn has_constant_id(&self, alert: &Alert) -> bool {
        let id = alert
            .properties
            .iter()
            .find(|property| property.name == "id")
            .and_then(Call::only_argument);
        match id.and_then(|id| self.texts(id)) {
            Some(texts) => !texts.is_empty() && !texts.iter().any(|text| names_group(text)),
            None => false,
        }
    }

    /// The texts that a value is made of; `None` where it depends on what the script does not say.
    fn texts(&self, value: &'a Expression) -> Option<Vec<&'a str>> {
        let mut texts = Vec::new();
        let mut followed = BTreeSet::new();
        let mut left = vec![value];
        while let Some(value) = left.pop() {
            match value {
                Expression::String(text) => texts.push(text.value()),
                Expression::Identifier(identifier) => {
                    if followed.insert(identifier.name.as_str()) {
                        left.push(self.variables.get(identifier.name.as_str())?);
                    }
                }
                Expression::Binary(binary) => {
                    left.push(binary.first());
                    left.extend(binary.rest().iter().map(|operation| &operation.operand));
                }
                _ => return None,
            }
        }
        Some(texts)
    }

    fn resolved(&self, value: &'a Expression) -> &'a Expression {
        value
            .as_identifier()
            .and_then(|name| self.variables.get(name).copied())
            .unwrap_or(value)
    }
}

fn names_group(template: &str) -> bool {
    template.contains(".Group") || template.contains(".Tags")
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
