//! What is wrong with a task's attributes, as far as that is known without a server.

use super::dbrps;
use super::model::KapacitorTaskState;
use super::vars::{self, BadVar};
use crate::provider::attributes::write_only::report_both;
use crate::provider::task::task_id;
use crate::provider::values::{known, names};
use crate::{rule, tickscript};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

const INVALID: &str = "Invalid attribute value";

/// Reports what is wrong. Vars are checked if the script is known that declares them.
pub fn check(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    task_id::check(diags, &state.task_id);
    if known(&state.script).is_some() && known(&state.template_id).is_some() {
        report_both(diags, "script", "template_id", &|name| AttributePath::new(name));
    }
    check_dbrps(diags, state);
    check_script(diags, state);
    let twice = names(&state.secrets).filter(|name| names(&state.vars).any(|other| other == *name));
    for name in twice {
        diags.error(
            INVALID,
            format!("The var {name} stands in both `vars` and `secrets`: keep one of them."),
            AttributePath::new("secrets").key(name.to_owned()),
        );
    }
}

fn check_dbrps(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let Value::Value(list) = &state.dbrps else { return };
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
    match tickscript::parse(script) {
        Err(error) => diags.error(
            "Kapacitor would refuse the script",
            format!(
                "{}\n\nTexts are not shown, since they may hold secrets.",
                error.without_texts(script)
            ),
            AttributePath::new("script"),
        ),
        Ok(program) => {
            let has_lines = !dbrps::of_script(&program).is_empty();
            if has_lines && matches!(&state.dbrps, Value::Value(list) if !list.is_empty()) {
                diags.error(
                    INVALID,
                    "The script has lines `dbrp` of its own, and Kapacitor takes only one of the two: leave `dbrps` out, or take \
                     the lines out of the script.",
                    AttributePath::new("dbrps"),
                );
            }
        }
    }
}

/// Reports vars that the script does not declare, or declares with another type, and those that lack a value.
pub fn check_vars(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    let Some(program) = state.program() else { return };
    if let Err(bad) = vars::encode(&program, &state.all_vars()) {
        report_vars(diags, state, bad);
    }
    if state.vars.is_unknown() || state.secrets.is_unknown() {
        return;
    }
    let is_given = |name: &str| {
        names(&state.vars)
            .chain(names(&state.secrets))
            .any(|given| given == name)
    };
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
pub fn report_vars(diags: &mut Diagnostics, state: &KapacitorTaskState, bad: Vec<BadVar>) {
    for BadVar { name, reason } in bad {
        let map = match names(&state.secrets).any(|secret| secret == name) {
            true => "secrets",
            false => "vars",
        };
        diags.error(INVALID, reason, AttributePath::new(map).key(name));
    }
}

/// Warns of what Kapacitor takes and Squadcast does not take well.
pub fn warn(diags: &mut Diagnostics, state: &KapacitorTaskState) {
    if let Some(source) = state.source() {
        crate::provider::diagnostics::rule_warnings(diags, &rule::squadcast_script_warnings(source, "script"));
    }
}
