//! What a plan shows for a template.

pub(crate) mod planned;
use super::state::model::KapacitorTemplateState;
use super::{check, firing, followers};
use crate::kapacitor::Client;
use crate::provider::diagnostics::rule_warnings;
use crate::provider::task::script::{printed, redacted, type_name, type_of};
use crate::provider::values::{known, text_list};
use crate::rule;
use crate::secret::Key;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Plans a creation, or a change of `prior`. Returns the key of the script's fingerprints.
pub(crate) fn plan(
    diags: &mut Diagnostics,
    planned: &mut KapacitorTemplateState,
    config: &KapacitorTemplateState,
    prior: Option<(&KapacitorTemplateState, Option<Key>)>,
) -> Option<Key> {
    let (prior, key) = match prior {
        Some((prior, key)) => (Some(prior), key),
        None => (None, None),
    };
    planned.take_write_only(config);
    planned.id = planned.template_id.clone();
    planned.outdated_tasks = text_list(Vec::new());
    fill_in_script(diags, planned, config, prior);
    check::check(diags, config);
    if let Some(source) = known(planned.source()) {
        rule_warnings(
            diags,
            &rule::squadcast_script_warnings(source, attribute_of_script(config)),
        );
    }
    let key = key.or_else(|| planned.fingerprint_key());
    fill_in_computed(planned, prior, key.as_ref());
    key
}

fn attribute_of_script(config: &KapacitorTemplateState) -> &'static str {
    match config.script_wo.0.is_null() {
        true => "script",
        false => "script_wo",
    }
}

fn fill_in_script(
    diags: &mut Diagnostics,
    planned: &mut KapacitorTemplateState,
    config: &KapacitorTemplateState,
    prior: Option<&KapacitorTemplateState>,
) {
    planned.script = match (&config.script, prior) {
        (Value::Null, _) if !config.script_wo.0.is_null() => Value::Null,
        (Value::Null, Some(prior)) => prior.script.clone(),
        (script, Some(prior)) if is_same(script, &prior.script) => prior.script.clone(),
        (Value::Null, None) => Value::Null,
        (script, _) => script.clone(),
    };
    if planned.source().is_null() {
        diags.error(
            "Invalid attribute value",
            "A template needs a script: set `script`, or `script_wo`.",
            AttributePath::new("script"),
        );
    }
}

/// Whether Kapacitor prints both scripts alike, or the former one is what it prints of the new one. What it prints does not
/// always print as itself.
fn is_same(configured: &Value<String>, former: &Value<String>) -> bool {
    match (known(configured).and_then(printed), known(former)) {
        (Some(configured), Some(former)) => configured == former || Some(configured) == printed(former),
        _ => false,
    }
}

fn fill_in_computed(planned: &mut KapacitorTemplateState, prior: Option<&KapacitorTemplateState>, key: Option<&Key>) {
    if let Some(prior) = prior.filter(|prior| stays(planned, prior)) {
        planned.r#type = prior.r#type.clone();
        planned.tickscript = prior.tickscript.clone();
        planned.vars = prior.vars.clone();
        planned.required_vars = prior.required_vars.clone();
        return;
    }
    let (Some(program), Some(key)) = (planned.program(), key) else {
        planned.r#type = Value::Unknown;
        planned.tickscript = Value::Unknown;
        planned.vars = Value::Unknown;
        planned.required_vars = Value::Unknown;
        return;
    };
    planned.r#type = Value::Value(type_name(type_of(&program)).to_owned());
    planned.tickscript = redacted(&program.to_string(), key);
    planned.show_vars(&program);
}

/// Whether the script is the former one, so that what it says stays with it.
fn stays(planned: &KapacitorTemplateState, prior: &KapacitorTemplateState) -> bool {
    match (&planned.script, &planned.script_wo.0) {
        (Value::Value(script), Value::Null) => known(&prior.script) == Some(script),
        (Value::Null, Value::Unknown) => planned.script_wo_version == prior.script_wo_version,
        _ => false,
    }
}

/// Whether the template's script is to be another one, or its tasks are to be given it again.
pub(crate) fn changes_script(planned: &KapacitorTemplateState, prior: &KapacitorTemplateState) -> bool {
    planned.tickscript != prior.tickscript || planned.outdated_tasks != prior.outdated_tasks
}

/// Warns of what a change of the script does to the tasks that are made from the template. A look that fails is only logged,
/// since it must not fail a plan.
pub(crate) async fn warn_of_tasks(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &KapacitorTemplateState,
    planned: &KapacitorTemplateState,
) {
    let Some(after) = planned.program() else { return };
    let template = client.templates().look(prior.id()).await;
    let before = template.ok().flatten().map(|template| template.script);
    let before = before.and_then(|script| crate::tickscript::parse(&script).ok());
    let tasks = match client.tasks().all().await {
        Ok(tasks) => tasks,
        Err(error) => return tracing::info!("the plan could not see the tasks of a template: {error}"),
    };
    let followers: Vec<_> = tasks
        .into_iter()
        .filter(|task| task.template_id == prior.id())
        .collect();
    followers::warn_of_refusals(diags, &followers, before.as_ref(), &after);
    let cuts_off = before.is_some_and(|before| rule::alert_identities(&before) != rule::alert_identities(&after));
    if cuts_off {
        firing::warn(diags, client, &followers).await;
    }
}
