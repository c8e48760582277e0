//! What of a script the copy needs, and what is left out of it.

use super::error::{nowhere, Reason, Refusal};
use super::nodes::{class, Class, DECIDING};
use super::pipeline::{Argument, Node, Pipeline, Step, StepValue};
use super::program::{identifiers, program_of};
use crate::tickscript::ast::{Call, Expression};
use crate::tickscript::VisitMut;
use std::collections::BTreeSet;

/// The variables that hold what an alert hands on.
#[derive(Default)]
pub(super) struct Alerts(BTreeSet<String>);

impl Alerts {
    pub(super) fn find(steps: &[Step]) -> Alerts {
        let mut alerts = Alerts::default();
        for step in steps {
            let Some(name) = &step.variable else { continue };
            let is_alert = match &step.value {
                StepValue::Pipeline(pipeline) => {
                    pipeline.all_nodes().iter().any(|node| node.is_alert())
                        || pipeline.heads().iter().any(|head| alerts.0.contains(*head))
                }
                StepValue::Plain(value) => value.as_identifier().is_some_and(|name| alerts.0.contains(name)),
                StepValue::Missing => false,
            };
            if is_alert {
                alerts.0.insert(name.clone());
            }
        }
        alerts
    }
}

/// Takes from the alerts what names or describes them or sends them somewhere.
pub(super) fn bare_alerts(step: &mut Step) {
    let StepValue::Pipeline(pipeline) = &mut step.value else {
        return;
    };
    for node in &mut pipeline.nodes {
        if node.is_alert() {
            node.properties.retain(|property| {
                let name = property.name.as_str();
                DECIDING.contains(&name) || matches!(name, "noRecoveries" | "inhibit")
            });
        } else if is_deadman(node) {
            node.properties.clear();
        }
    }
}

/// The steps that an alert needs, each pipeline cut behind its alert.
pub(super) fn needed(steps: Vec<Step>, alerts: &Alerts) -> Result<Vec<Step>, Refusal> {
    let mut names = BTreeSet::new();
    let mut kept = Vec::new();
    for mut step in steps.into_iter().rev() {
        let is_needed = step.variable.as_ref().is_some_and(|name| names.contains(name));
        if is_needed && step.variable.as_ref().is_some_and(|name| alerts.0.contains(name)) {
            let what = step.variable.unwrap_or_default();
            return Err(nowhere(&format!("var {what}"), Reason::AlertOfAlert));
        }
        if let StepValue::Pipeline(pipeline) = &mut step.value {
            if !is_needed && !cut_behind_alert(pipeline)? {
                continue;
            }
        } else if !is_needed {
            continue;
        }
        match &step.value {
            StepValue::Missing => {
                let what = step.variable.unwrap_or_default();
                return Err(nowhere(&format!("var {what}"), Reason::NoValue));
            }
            StepValue::Plain(value) => names.extend(identifiers(value)),
            StepValue::Pipeline(pipeline) => {
                names.extend(pipeline.heads().into_iter().map(str::to_owned));
                let nodes = pipeline.all_nodes();
                names.extend(nodes.iter().flat_map(|node| node.values()).flat_map(identifiers));
            }
        }
        kept.push(step);
    }
    kept.reverse();
    Ok(kept)
}

/// Takes off what stands behind the alert. Whether there is one.
fn cut_behind_alert(pipeline: &mut Pipeline) -> Result<bool, Refusal> {
    let alerts: Vec<usize> = (0..pipeline.nodes.len())
        .filter(|place| pipeline.nodes[*place].is_alert())
        .collect();
    let Some(last) = alerts.last().copied() else {
        return Ok(pipeline.nodes.iter().any(is_deadman));
    };
    if alerts.len() > 1 {
        return Err(pipeline.nodes[last].refuse(Reason::AlertOfAlert));
    }
    pipeline.nodes.truncate(last + 1);
    Ok(true)
}

/// A deadman is an alert, and one that cannot be replayed.
fn is_deadman(node: &Node) -> bool {
    node.name == "deadman" && !node.user_defined
}

/// Leaves the nodes out that write elsewhere, and refuses what may do so.
pub(super) fn leave_out_writes(pipeline: &mut Pipeline) -> Result<(), Refusal> {
    for node in &mut pipeline.nodes {
        if node.user_defined {
            return Err(node.refuse(Reason::UserDefined));
        }
        if let Class::Refused(reason) = class(&node.name) {
            return Err(node.refuse(reason));
        }
        if node.name == "httpPost" && node.property("captureResponse").is_some() {
            return Err(node.refuse(Reason::Response));
        }
        if node.is_alert() && node.property("inhibit").is_some() {
            return Err(node.refuse(Reason::Inhibits));
        }
        if node.values().any(asks_for_the_time) {
            return Err(node.refuse(Reason::Clock));
        }
        for argument in &mut node.arguments {
            if let Argument::Pipeline(inner) = argument {
                if let Some(alert) = inner.all_nodes().into_iter().find(|node| node.is_alert()) {
                    return Err(alert.refuse(Reason::AlertOfAlert));
                }
                leave_out_writes(inner)?;
            }
        }
    }
    pipeline.nodes.retain(|node| class(&node.name) != Class::Writes);
    Ok(())
}

/// Whether a lambda calls `now()`.
fn asks_for_the_time(value: &Expression) -> bool {
    struct Now(bool);
    impl VisitMut for Now {
        fn call(&mut self, call: &mut Call) {
            self.0 |= call.name == "now";
        }
    }
    let mut now = Now(false);
    program_of(value).visit_mut(&mut now);
    now.0
}
