//! What a plan shows for a rule.

pub(crate) mod alert_ids;
pub(crate) mod cuts_off;
pub(crate) mod server_version;
use super::handlers::check::check_nulls;
use super::refresh::examination::{Examination, Examinations};
use super::report;
use super::state::model::AlertRuleState;
use super::state::preserve::former::Prior;
use super::state::preserve::preserve_secrets::preserve_secrets;
use super::state::private_state::PrivateState;
use super::state::write_only;
use crate::kapacitor::models::Dbrp;
use crate::provider::attributes::elements::Whole;
use crate::provider::attributes::write_only::report_both;
use crate::provider::diagnostics::rule_warnings;
use crate::provider::environment;
use crate::provider::task::fields::{self, dbrp_text};
use crate::provider::task::{task_id, ManagedTask};
use crate::provider::values::{known, known_list, text_list, text_map};
use crate::rule::{self, Rule};
use crate::secret::Key;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Plans the creation.
pub(super) fn plan_create(
    diags: &mut Diagnostics,
    planned: AlertRuleState,
    config: &AlertRuleState,
) -> (AlertRuleState, PrivateState) {
    let mut planned = with_defaults(planned, config);
    let private = preserve_secrets(diags, &mut planned, config, None);
    planned.task.id = task_id::planned(&config.task.task_id, &planned.attributes.name);
    let examination = Examination::of(planned.spec(), None);
    let key = fill_in_computed(diags, &mut planned, examination);
    leave_open(&mut planned, &private, key.as_ref());
    (planned, private.keyed(key))
}

/// Plans a change; the id stays, unless the configuration names another one.
pub(super) fn plan_update(
    diags: &mut Diagnostics,
    examinations: &Examinations,
    prior: Prior,
    planned: AlertRuleState,
    config: &AlertRuleState,
) -> (AlertRuleState, PrivateState) {
    fields::stopped(diags, prior.state);
    let mut planned = with_defaults(planned, config);
    let private = preserve_secrets(diags, &mut planned, config, Some(prior));
    let key = prior.private.fingerprint_key.clone();
    let Prior { state: prior, .. } = prior;
    planned.task.id = match &config.task.task_id {
        Value::Null => prior.task.id.clone(),
        task_id => task_id.clone(),
    };
    if let Some(problem) = planned.missing_url_variable() {
        let unchanged = with_computed_of(&planned, prior);
        if unchanged == *prior {
            environment::warn_of_missing(diags, problem, AttributePath::new("post"));
            return (unchanged, private);
        }
    }
    let examination = examinations.of(prior.id(), planned.spec(), key.as_ref());
    let key = fill_in_computed(diags, &mut planned, examination);
    leave_open(&mut planned, &private, key.as_ref());
    check_variables_are_as_read(diags, &planned, &private);
    warn_of_another_id(diags, prior, &planned);
    warn_of_template(diags, prior);
    (planned, private.keyed(key))
}

/// Leaves the script open if a variable or a write-only secret decides of it of which nothing is remembered: by the time of the
/// apply it may be another one.
fn leave_open(planned: &mut AlertRuleState, private: &PrivateState, key: Option<&Key>) {
    let mut posts = known_list(&planned.post).iter();
    let lacks_variable = posts.any(|post| private.url_variables.lacks(&post.url_env));
    let has_written = private.write_only.has_all(planned, key);
    if lacks_variable || !has_written {
        planned.task.tickscript = Value::Unknown;
    }
}

fn check_variables_are_as_read(diags: &mut Diagnostics, planned: &AlertRuleState, private: &PrivateState) {
    for (index, post) in (0..).zip(known_list(&planned.post)) {
        let at = AttributePath::new("post").index(index).attribute("url_env");
        private.url_variables.check(diags, &post.url_env, at);
    }
}

/// The attributes do not tell that the server's script makes another id of the alert: an older Chronograf wrote it, or it was
/// edited by hand.
fn warn_of_another_id(diags: &mut Diagnostics, prior: &AlertRuleState, planned: &AlertRuleState) {
    if prior.attributes.group_by != planned.attributes.group_by {
        return;
    }
    if let Some((before, after)) = alert_ids(prior, planned) {
        diags.warning(
            "The alert gets another id",
            format!(
                "The script on the server makes the alert's id of `{before}`, as older versions of Chronograf or somebody by \
                 hand wrote it, and the rule's own script makes it of `{after}`. To Kapacitor and Squadcast these are two \
                 alerts: an incident that is open when this is applied is not resolved by the recovery. Apply while nothing \
                 is firing, or resolve the incident in Squadcast afterwards."
            ),
            AttributePath::new("tickscript"),
        );
    }
}

/// What the scripts before and after make the alert's id of, where that differs.
pub(super) fn alert_ids(prior: &AlertRuleState, planned: &AlertRuleState) -> Option<(String, String)> {
    let (before, after) = (known(&prior.task.tickscript)?, known(&planned.task.tickscript)?);
    if before == after {
        return None;
    }
    let (before, after) = (rule::alert_id(before)?, rule::alert_id(after)?);
    (before != after).then_some((before, after))
}

fn warn_of_template(diags: &mut Diagnostics, prior: &AlertRuleState) {
    if let Some(template) = known(&prior.task.template_id).filter(|template| !template.is_empty()) {
        diags.warning(
            "The rule's task is made from a template",
            format!(
                "Somebody made the rule's task follow the template {template:?}. An apply makes it a task of its own again, \
                 which changes of the template no longer reach; its alerts keep their state. To leave it to the template, \
                 take the rule out of the configuration with a `removed` block whose `destroy` is false."
            ),
            AttributePath::new("template_id"),
        );
    }
}

/// The plan, if the server has what the state says, and the rule runs as it is to.
fn with_computed_of(planned: &AlertRuleState, prior: &AlertRuleState) -> AlertRuleState {
    let mut planned = planned.clone();
    set_running_as_wanted(&mut planned);
    planned.task.tickscript = prior.task.tickscript.clone();
    planned.task.dbrps = prior.task.dbrps.clone();
    planned
}

/// Sets what Kapacitor says of a rule that runs as is wanted. It has neither vars nor a template.
fn set_running_as_wanted(planned: &mut AlertRuleState) {
    planned.task.set_running_as_wanted();
    planned.task.vars = text_map(BTreeMap::new());
    planned.task.template_id = Value::Value(String::new());
}

/// Sets what the configuration leaves to the defaults of the rule's tables, over what the state had.
fn with_defaults(mut planned: AlertRuleState, config: &AlertRuleState) -> AlertRuleState {
    planned.attributes.set_defaults(&config.attributes);
    planned.task.set_defaults(&config.task);
    planned
}

/// Returns the key of the script's fingerprints.
fn fill_in_computed(diags: &mut Diagnostics, planned: &mut AlertRuleState, examination: Examination) -> Option<Key> {
    set_running_as_wanted(planned);
    check_url_variables(diags, planned);
    report::errors(diags, planned, &examination.errors);
    match examination.rule {
        Some((rule, tickscript)) => {
            planned.task.tickscript = tickscript;
            planned.task.dbrps = text_list(dbrps(&rule).iter().map(dbrp_text).collect());
            rule_warnings(diags, &rule::squadcast_warnings(&rule));
            rule_warnings(diags, &rule::comparison_warnings(&rule));
            rule_warnings(diags, &rule::delivery_warnings(&rule));
        }
        None => {
            planned.task.tickscript = Value::Unknown;
            planned.task.dbrps = Value::Unknown;
        }
    }
    examination.key
}

/// Whether no webhook has both a URL and a variable for it; reports those that do. One that is not known yet may turn out to
/// be null, so that an apply looks again.
pub(super) fn check_one_url(diags: &mut Diagnostics, config: &AlertRuleState) -> bool {
    let posts = known_list(&config.post);
    let before = diags.errors.len();
    check_nulls(diags, known_list(&config.handlers));
    let mut right = write_only::check(diags, config) && diags.errors.len() == before;
    for (index, post) in (0..).zip(posts) {
        if post.whole == Whole::Null {
            let at = AttributePath::new("post").index(index);
            diags.error(
                "Invalid attribute value",
                "This webhook is null. Set it to an object, or leave it out of the list.",
                at,
            );
            right = false;
        }
        if known(&post.url).is_some() && known(&post.url_env).is_some() {
            let at = |name: String| AttributePath::new("post").index(index).attribute(name);
            report_both(diags, "url", "url_env", &at);
            right = false;
        }
    }
    right
}

fn check_url_variables(diags: &mut Diagnostics, planned: &AlertRuleState) {
    let Value::Value(posts) = &planned.post else {
        return;
    };
    for (index, post) in (0..).zip(posts) {
        if let Some(problem) = environment::problem(&post.url_env) {
            let at = AttributePath::new("post").index(index).attribute("url_env");
            diags.error("The environment variable is not set", problem, at);
        }
    }
}

/// What the rule's task reads.
pub(super) fn dbrps(rule: &Rule) -> Vec<Dbrp> {
    rule.dbrps()
        .into_iter()
        .map(|read| Dbrp {
            db: read.database,
            rp: read.retention_policy,
        })
        .collect()
}
