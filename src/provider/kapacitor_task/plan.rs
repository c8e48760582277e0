//! What a plan shows for a task.

use super::state::model::KapacitorTaskState;
use super::{check, dbrps};
use crate::kapacitor::{Client, Error};
use crate::provider::kapacitor_template::plan::planned::PlannedTemplates;
use crate::provider::task::open_alerts::firing::Step;
use crate::provider::task::script::{printed, redacted, type_name, type_of};
use crate::provider::task::ManagedTask;
use crate::provider::values::{known, names, TextMap};
use crate::rule;
use crate::secret::Key;
use crate::tickscript;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Plans a creation, or a change of `prior`. Returns the key of the script's fingerprints.
pub(super) async fn plan(
    diags: &mut Diagnostics,
    (client, templates): (Option<Client>, &PlannedTemplates),
    planned: &mut KapacitorTaskState,
    config: &KapacitorTaskState,
    prior: Option<(&KapacitorTaskState, Option<Key>)>,
) -> Option<Key> {
    let (prior, key) = match prior {
        Some((prior, key)) => (Some(prior), key),
        None => (None, None),
    };
    fill_in_configured(diags, planned, config, prior);
    planned.take_configured_script(config);
    let of_template = of_template(client, templates, planned).await;
    check::check(diags, config);
    check::check_vars(diags, planned);
    check::check_alerts(diags, planned);
    let key = key.or_else(|| planned.fingerprint_key());
    fill_in_computed(diags, planned, config, key.as_ref());
    if let Some(prior) = prior.filter(|prior| has_same_script(planned, prior)) {
        keep_what_script_says(planned, config, prior);
    }
    if of_template == OfTemplate::Planned {
        leave_open(planned, config);
    }
    key
}

/// What is known of the template that a task is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum OfTemplate {
    /// As the server has it, as far as it could be read; or the task has a script of its own.
    Written,
    /// This walk is to write it, and until then only what it is planned to be is known.
    Planned,
}

async fn of_template(
    client: Option<Client>,
    templates: &PlannedTemplates,
    planned: &mut KapacitorTaskState,
) -> OfTemplate {
    let Some(id) = known(&planned.task.template_id) else {
        return OfTemplate::Written;
    };
    if let Some(script) = templates.script(id) {
        planned.template_script = script;
        return OfTemplate::Planned;
    }
    if let Some(client) = client {
        match client.templates().look(id).await {
            Ok(template) => planned.template_script = template.map(|template| template.script),
            Err(error) => tracing::info!("the template of a task could not be read: {error}"),
        }
    }
    OfTemplate::Written
}

/// Leaves open what follows from a template that is still to be written. The configuration may not say that the task depends on
/// it, so that the apply may come to the task first.
fn leave_open(planned: &mut KapacitorTaskState, config: &KapacitorTaskState) {
    planned.r#type = Value::Unknown;
    planned.task.tickscript = Value::Unknown;
    if config.task.dbrps.is_null() {
        planned.task.dbrps = Value::Unknown;
    }
}

/// Reads the script of the template for a write; nothing where there is no such template.
///
/// # Errors
/// As [`Error`] says.
pub(super) async fn read_template(client: &Client, state: &mut KapacitorTaskState) -> Result<(), Error> {
    if let Some(id) = known(&state.task.template_id) {
        let template = client.templates().get(id).await?;
        state.template_script = template.map(|template| template.script);
    }
    Ok(())
}

/// The same for a task as it was, of which a write can do without.
pub(super) async fn read_former_template(client: &Client, state: &mut KapacitorTaskState) {
    if let Err(error) = read_template(client, state).await {
        tracing::info!("the former template of a task could not be read: {error}");
    }
}

fn fill_in_configured(
    diags: &mut Diagnostics,
    planned: &mut KapacitorTaskState,
    config: &KapacitorTaskState,
    prior: Option<&KapacitorTaskState>,
) {
    planned.task.id = planned.task.task_id.clone();
    planned.task.set_defaults(&config.task);
    if config.secrets.is_null() {
        planned.secrets = prior.map_or(Value::Null, |prior| secrets_that_stay(&prior.secrets, config));
    }
    planned.script = match (&config.script, prior) {
        (Value::Null, _) if !config.task.template_id.is_null() => Value::Null,
        (Value::Null, Some(prior)) => prior.script.clone(),
        (script, Some(prior)) if is_same(script, &prior.script) => prior.script.clone(),
        (script, _) => script.clone(),
    };
    if planned.script.is_null() && config.task.template_id.is_null() {
        diags.error(
            "Invalid attribute value",
            "A task needs a script: set `script`, or `template_id`.",
            AttributePath::new("script"),
        );
    }
}

/// The secrets that the task has and the configuration gives it in no other way. A var in `vars` that somebody gave a secret
/// would otherwise stay as it is.
fn secrets_that_stay(former: &TextMap, config: &KapacitorTaskState) -> TextMap {
    let Value::Value(entries) = former else {
        return former.clone();
    };
    let is_given = |name: &str| {
        let mut given = names(&config.task.vars).chain(names(&config.secrets_wo.0));
        given.any(|given| given == name)
    };
    let mut stay = entries.clone();
    stay.retain(|name, _| !is_given(name));
    match stay.is_empty() && !entries.is_empty() {
        true => Value::Null,
        false => Value::Value(stay),
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

fn has_same_script(planned: &KapacitorTaskState, prior: &KapacitorTaskState) -> bool {
    planned.script.is_value() && planned.script == prior.script
}

/// What the script says stays with the script. That of an imported task is as Kapacitor prints it, which may say something
/// else if it is printed once more, or not be a script at all.
fn keep_what_script_says(planned: &mut KapacitorTaskState, config: &KapacitorTaskState, prior: &KapacitorTaskState) {
    let is_written = planned.task.vars != prior.task.vars
        || planned.secrets != prior.secrets
        || planned.task.dbrps != prior.task.dbrps;
    let is_sent_as_printed =
        config.script.is_null() && known(&prior.script).and_then(printed).as_deref() != known(&prior.script);
    planned.r#type = prior.r#type.clone();
    planned.task.tickscript = match is_written && is_sent_as_printed {
        true => Value::Unknown,
        false => prior.task.tickscript.clone(),
    };
}

fn fill_in_computed(
    diags: &mut Diagnostics,
    planned: &mut KapacitorTaskState,
    config: &KapacitorTaskState,
    key: Option<&Key>,
) {
    planned.task.set_running_as_wanted();
    let parsed = planned.source().and_then(|source| tickscript::parse(source).ok());
    let (Some(program), Some(key)) = (parsed, key) else {
        planned.r#type = Value::Unknown;
        planned.task.tickscript = Value::Unknown;
        if config.task.dbrps.is_null() {
            planned.task.dbrps = Value::Unknown;
        }
        return;
    };
    planned.r#type = Value::Value(type_name(type_of(&program)).to_owned());
    planned.task.tickscript = redacted(&program.to_string(), key);
    if !config.task.dbrps.is_null() {
        return;
    }
    let of_script = dbrps::of_script(&program);
    if of_script.is_empty() {
        diags.error(
            "Invalid attribute value",
            "Set `dbrps`: the script has no line `dbrp \"DATABASE\".\"RETENTION_POLICY\"` that says which data the task reads.",
            AttributePath::new("dbrps"),
        );
    }
    planned.task.dbrps = dbrps::shown(&of_script);
}

/// Why the alerts of the task would lose their state with this change; none if they keep it.
pub(super) fn cuts_off(prior: &KapacitorTaskState, planned: &KapacitorTaskState) -> Option<Step> {
    if planned.task.id.is_value() && prior.id() != planned.id() {
        return Some(Step::Removal);
    }
    let (before, after) = (prior.program()?, planned.program()?);
    let differs = rule::alert_identities(&before) != rule::alert_identities(&after);
    differs.then_some(Step::Change(
        "the number of an alert's node, its id or the grouping of its data is another one then",
    ))
}
