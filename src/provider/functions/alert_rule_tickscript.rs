//! `alert_rule_tickscript`.

use super::object;
use crate::protocol::{Dynamic, Function, Signature};
use crate::provider::alert_rule::definition;
use crate::provider::alert_rule::report::written_at;
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::values::known_list;
use crate::rule::{Rule, RuleError};
use serde_json::Value;
use tf_provider::schema::Type;

/// The TICKscript of a rule.
pub(crate) struct AlertRuleTickscript;

impl Function for AlertRuleTickscript {
    type Argument = Dynamic;
    type Output = String;

    fn signature(&self) -> Signature {
        Signature {
            in_one_line: "Writes the TICKscript of an alert rule.",
            description: "Returns the TICKscript that `squadcast_kapacitor_alert_rule` would write for a rule, byte for byte, \
                          without a server: for tests of modules, or for a task with a script of its own that begins as a rule. \
                          The script holds the secrets that it is given, so that the result is sensitive if an argument is. \
                          What is wrong with the rule is an error that names the attribute.",
            parameter: "rule",
            parameter_type: Type::Any,
            parameter_description: "An object with the attributes of `squadcast_kapacitor_alert_rule`. It must hold the secrets \
                                    themselves, since a function reads no environment variables.",
            return_type: Type::String,
        }
    }

    fn call(&self, Dynamic(rule): Dynamic) -> Result<String, String> {
        let at = |wrong: String| format!("rule{wrong}");
        let members = object::read(rule, &definition::attributes(), "a rule").map_err(at)?;
        // What does not fit would quote a value, which may be secret.
        let state: AlertRuleState = serde_json::from_value(Value::Object(members))
            .map_err(|_| "rule: an attribute has another type than the resource's.".to_owned())?;
        if let Some(index) = known_list(&state.post).iter().position(|post| !post.url_env.is_null()) {
            return Err(format!(
                "rule.post[{index}].url_env: a function reads no environment variables. Give the URL itself, as `url`."
            ));
        }
        let rule = Rule::try_from(state.spec()).map_err(|errors| told(&state, &errors))?;
        Ok(rule.to_tickscript())
    }
}

/// What is wrong, each at the attribute that the argument has: a rule knows its handlers as one list.
fn told(state: &AlertRuleState, errors: &[RuleError]) -> String {
    let lines: Vec<String> = errors
        .iter()
        .map(|error| format!("rule.{}: {}", written_at(state, &error.path), error.message))
        .collect();
    lines.join("\n")
}
