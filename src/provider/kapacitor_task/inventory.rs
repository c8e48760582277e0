//! What a configuration says of a task of the server, if it can take the task over without a change.

use super::dbrps;
use super::import::imported;
use super::plan::plan;
use super::state::model::KapacitorTaskState;
use crate::kapacitor::models::Task;
use crate::provider::kapacitor_template::plan::planned::PlannedTemplates;
use crate::provider::task::TaskAttributes;
use crate::tickscript;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// The configuration of a task, if a plan for it shows no change.
///
/// # Errors
/// Why there is none.
pub(crate) async fn configured(task: &Task) -> Result<KapacitorTaskState, String> {
    let (mut state, private) = imported(task);
    state.template_script = Some(task.script.clone()).filter(|_| !task.template_id.is_empty());
    let config = configuration(&state);
    let mut planned = state.clone();
    let mut diags = Diagnostics::default();
    plan(
        &mut diags,
        (None, &PlannedTemplates::default()),
        &mut planned,
        &config,
        Some((&state, private.fingerprint_key)),
    )
    .await;
    if let Some(error) = diags.errors.first() {
        let reason = error.detail.lines().next().unwrap_or_default();
        return Err(format!("a configuration of it would be refused: {reason}"));
    }
    planned.configured_script = None;
    match planned == state {
        true => Ok(config),
        false => Err("an apply would change it".to_owned()),
    }
}

/// What a person writes for a task: all that it has, but for what the script or the server says itself.
fn configuration(state: &KapacitorTaskState) -> KapacitorTaskState {
    let says_dbrps =
        |source: &str| tickscript::parse(source).is_ok_and(|program| !dbrps::of_script(&program).is_empty());
    KapacitorTaskState {
        task: TaskAttributes {
            dbrps: match state.source().is_some_and(says_dbrps) {
                true => Value::Null,
                false => state.task.dbrps.clone(),
            },
            id: Value::Null,
            tickscript: Value::Null,
            executing: Value::Null,
            error: Value::Null,
            ..state.task.clone()
        },
        r#type: Value::Null,
        ..state.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::values::{known, known_entries};
    use serde_json::json;

    fn task(script: &str) -> Task {
        serde_json::from_value(json!({
            "id": "cpu",
            "type": "stream",
            "script": tickscript::format(script).unwrap_or_else(|_| script.to_owned()),
            "status": "enabled",
            "executing": true,
            "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        }))
        .unwrap()
    }

    #[tokio::test]
    async fn a_task_becomes_what_a_person_would_write() {
        let mut task = task("var crit = 1\nvar hook = ''\nstream|from().measurement('cpu')|alert().post(hook)");
        task.vars = serde_json::from_value(json!({
            "crit": { "type": "int", "value": 90 },
            "hook": { "type": "string", "value": "https://host/key" },
        }))
        .unwrap();
        let config = configured(&task).await.unwrap();
        assert_eq!(known_entries(&config.task.vars)["crit"], "90");
        assert_eq!(known_entries(&config.secrets)["hook"], "https://host/key");
        assert_eq!(known(&config.script), Some(task.script.as_str()));
        assert!(config.task.dbrps.is_value() && config.task.tickscript.is_null());
    }

    #[tokio::test]
    async fn dbrps_that_the_script_says_are_left_to_it() {
        let config = configured(&task("dbrp \"telegraf\".\"autogen\"\nstream|from()"))
            .await
            .unwrap();
        assert!(config.task.dbrps.is_null());
    }

    #[tokio::test]
    async fn a_task_that_a_plan_would_change_or_refuse_is_left_out() {
        let mut stopped = task("stream|from()");
        stopped.executing = false;
        let mut odd = task("stream|from()");
        odd.vars = serde_json::from_value(json!({ "gone": { "type": "int", "value": 1 } })).unwrap();
        for (task, words) in [
            (stopped, "would change"),
            (odd, "declares no var"),
            (task("stream|from('"), "line 1"),
        ] {
            let reason = configured(&task).await.unwrap_err();
            assert!(reason.contains(words), "{reason}");
        }
    }
}
