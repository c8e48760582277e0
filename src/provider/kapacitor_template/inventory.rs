//! What a configuration says of a template of the server, if it can take the template over without a change.

use super::import::imported;
use super::plan::plan;
use super::state::model::KapacitorTemplateState;
use crate::kapacitor::models::{Task, Template};
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// The configuration of a template, if a plan for it shows no change.
///
/// # Errors
/// Why there is none.
pub(crate) fn configured(template: &Template, tasks: &[Task]) -> Result<KapacitorTemplateState, String> {
    let (state, private) = imported(template, tasks);
    let config = KapacitorTemplateState {
        template_id: state.template_id.clone(),
        script: state.script.clone(),
        ..KapacitorTemplateState::default()
    };
    if let Value::Value(outdated) = &state.outdated_tasks {
        if !outdated.is_empty() {
            return Err("some of its tasks do not have its script, and an apply would give it to them".to_owned());
        }
    }
    let mut planned = state.clone();
    let mut diags = Diagnostics::default();
    let former = Some((&state, private.fingerprint_key.clone()));
    plan(&mut diags, &mut planned, &config, former);
    if let Some(error) = diags.errors.first() {
        let reason = error.detail.lines().next().unwrap_or_default();
        return Err(format!("a configuration of it would be refused: {reason}"));
    }
    match planned == state {
        true => Ok(config),
        false => Err("an apply would change it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::values::known;
    use serde_json::json;

    fn template(script: &str) -> Template {
        serde_json::from_value(json!({ "id": "cpu", "type": "stream", "script": script })).unwrap()
    }

    fn task(script: &str) -> Task {
        serde_json::from_value(json!({
            "id": "a", "type": "stream", "script": script, "status": "disabled", "executing": false, "template-id": "cpu",
        }))
        .unwrap()
    }

    #[test]
    fn a_template_is_its_script_unless_tasks_of_it_have_another_one() {
        let script = "var crit = 1\n\nstream\n    |from()\n";
        let config = configured(&template(script), &[task(script)]).unwrap();
        assert_eq!(known(&config.script), Some(script));
        assert!(config.tickscript.is_null());
        let reason = configured(&template(script), &[task("stream\n    |from()\n")]).unwrap_err();
        assert!(reason.contains("do not have its script"), "{reason}");
        let reason = configured(&template("stream|from('"), &[]).unwrap_err();
        assert!(reason.contains("refused"), "{reason}");
    }
}
