//! Where the alerts of any script go, of a rule or not.

use std::collections::BTreeSet;

use super::normal_form::{alert, nodes};
use crate::tickscript;
use crate::tickscript::ast::{Expression, Statement};

/// What the alerts of a script are sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScriptHandlers {
    /// The kinds of handlers, such as `post` or `slack`, in the order of the alphabet.
    pub kinds: Vec<String>,
    /// The endpoints that its `.post().endpoint('NAME')` name, in the order of the alphabet.
    pub endpoints: Vec<String>,
}

/// The handlers of a script's alerts; none if it does not parse.
pub fn script_handlers(script: &str) -> ScriptHandlers {
    let Ok(program) = tickscript::parse(script) else {
        return ScriptHandlers::default();
    };
    let (mut kinds, mut endpoints) = (BTreeSet::new(), BTreeSet::new());
    for statement in &program.statements {
        let (Statement::Expression(Expression::Chain(chain))
        | Statement::Variable(tickscript::ast::Variable {
            value: Expression::Chain(chain),
            ..
        })) = statement
        else {
            continue;
        };
        for handler in nodes(chain).1.iter().filter_map(alert).flat_map(|alert| alert.handlers) {
            let named = handler.properties.iter().filter(|property| property.name == "endpoint");
            endpoints.extend(named.filter_map(|property| match property.only_argument()? {
                Expression::String(name) => Some(name.value().to_owned()),
                _ => None,
            }));
            kinds.insert(handler.call.name.clone());
        }
    }
    ScriptHandlers {
        kinds: kinds.into_iter().collect(),
        endpoints: endpoints.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_of_every_alert_are_found_wherever_it_stands() {
        let script = "var a = stream|from()|alert().post('http://x').endpoint('squadcast').slack().channel('#ops')\n\
                      a|stats(1m)|alert().email().post().endpoint('other')\nbatch|query('post')|httpOut('tcp')";
        let found = script_handlers(script);
        assert_eq!(found.kinds, ["email", "post", "slack"]);
        assert_eq!(found.endpoints, ["other", "squadcast"]);
        assert_eq!(script_handlers("stream|"), ScriptHandlers::default());
    }
}
