//! What is wrong with a task's attributes, as far as that is known without a server.

use super::dbrps;
use super::state::model::KapacitorTaskState;
use super::vars::{self, BadVar};
use crate::provider::attributes::write_only::{check_version, report_both};
use crate::provider::task::{script, task_id};
use crate::provider::values::{known, names, TextMap};
use crate::rule;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

const INVALID: &str = "Invalid attribute value";

/// Reports what is wrong. Vars are checked if the script is known that declares them.
pub(super) fn check(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    task_id::check(diags, &state.task.task_id, "");
    if known(&state.script).is_some() && known(&state.task.template_id).is_some() {
        report_both(diags, "script", "template_id", &|name| AttributePath::new(name));
    }
    check_dbrps(diags, state);
    check_script(diags, state);
    check_names(diags, state);
    let at = |name: String| AttributePath::new(name);
    check_version(diags, "secrets_wo", &state.secrets_wo.0, &state.secrets_wo_version, &at);
}

/// A var stands in one of the maps.
fn check_names(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let maps = maps(state);
    for (index, (map, entries)) in maps.iter().enumerate() {
        for (before, others) in &maps[..index] {
            let twice = names(entries).filter(|name| names(others).any(|other| other == *name));
            for name in twice {
                diags.error(
                    INVALID,
                    format!("The var {name} stands in both `{before}` and `{map}`: keep one of them."),
                    AttributePath::new(*map).key(name.to_owned()),
                );
            }
        }
    }
}

/// The maps that give vars their values.
fn maps(state: &KapacitorTaskState) -> [(&'static str, &TextMap); 3] {
    [
        ("vars", &state.task.vars),
        ("secrets", &state.secrets),
        ("secrets_wo", &state.secrets_wo.0),
    ]
}

/// Where the configuration sets what only it has.
pub(super) fn write_only_values(config: &KapacitorTaskState) -> Vec<AttributePath> {
    let is_set = !config.secrets_wo.0.is_null();
    is_set.then(|| AttributePath::new("secrets_wo")).into_iter().collect()
}

fn check_dbrps(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let Value::Value(list) = &state.task.dbrps else { return };
    for (index, element) in (0..).zip(list) {
        if known(element).is_some_and(|text| dbrps::parse(text).is_none()) {
            diags.error(
                INVALID,
                "Write a database and a retention policy with a dot between them, such as `telegraf.autogen`; with quotes around \
                 both if a name has a dot: `\\\"my.db\\\".\\\"autogen\\\"`.",
                AttributePath::new("dbrps").index(index),
            );
        }
    }
}

fn check_script(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let Some(script) = known(&state.script) else { return };
    let Some(program) = script::parsed(diags, script, "script") else {
        return;
    };
    let has_lines = !dbrps::of_script(&program).is_empty();
    if has_lines && matches!(&state.task.dbrps, Value::Value(list) if !list.is_empty()) {
        diags.error(
            INVALID,
            "The script has lines `dbrp` of its own, and Kapacitor takes only one of the two: leave `dbrps` out, or take \
             the lines out of the script.",
            AttributePath::new("dbrps"),
        );
    }
}

/// Reports vars that the script does not declare, or declares with another type, and those that lack a value.
pub(super) fn check_vars(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let Some(program) = state.program() else { return };
    if let Err(bad) = vars::encode(&program, &state.all_vars()) {
        report_vars(diags, state, bad);
    }
    if maps(state).iter().any(|(_, map)| map.is_unknown()) {
        return;
    }
    let is_given = |name: &str| maps(state).iter().any(|(_, map)| names(map).any(|given| given == name));
    for (name, kind) in vars::of_no_type(&program) {
        diags.error(
            INVALID,
            format!("The script declares the var {name} as {kind}, which is no type that Kapacitor knows."),
            AttributePath::new("script"),
        );
    }
    for name in vars::missing(&program, is_given) {
        diags.error(
            INVALID,
            format!("The script declares the var {name} without a value: give it one in `vars` or `secrets`."),
            AttributePath::new("vars"),
        );
    }
}

/// Reports values that do not fit.
pub(super) fn report_vars(diags: &mut Diagnostics, state: &KapacitorTaskState, bad: Vec<BadVar>) {
    for BadVar { name, reason } in bad {
        diags.error(INVALID, reason, path_of_var(state, &name));
    }
}

fn path_of_var(state: &KapacitorTaskState, name: &str) -> AttributePath {
    let maps = maps(state);
    let holds = |(_, map): &&(&'static str, &TextMap)| names(map).any(|given| given == name);
    let map = maps.iter().rfind(holds).map_or("vars", |(map, _)| map);
    AttributePath::new(map).key(name.to_owned())
}

/// Reports webhooks in vars to which Kapacitor would never post, and warns of what it takes and does not do as it is meant, or
/// that Squadcast does not take well.
pub(super) fn check_alerts(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let (Some(source), Some(program)) = (state.source(), state.program()) else {
        return;
    };
    let given = state.all_vars();
    let attribute = match state.task.template_id.is_null() {
        true => "script",
        false => "template_id",
    };
    for problem in rule::script_webhook_problems(&program, &given) {
        let at = match &problem.var {
            Some(var) => path_of_var(state, var),
            None => AttributePath::new(attribute),
        };
        match (problem.never_delivers, &problem.var) {
            (true, Some(_)) => diags.error(INVALID, problem.reason, at),
            // Kapacitor takes such a script, and so a task may have it.
            (true, None) => diags.warning("Kapacitor never posts to a webhook of the script", problem.reason, at),
            (false, _) => diags.warning("The URL holds a blank", problem.reason, at),
        }
    }
    crate::provider::diagnostics::rule_warnings(diags, &rule::script_warnings(source, &given, attribute));
}
