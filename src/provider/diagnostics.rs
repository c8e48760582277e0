//! Errors of the layers below as what Terraform shows: a general summary, and a detail that says what happened, in
//! Kapacitor's words where it spoke, and what to do.

use crate::kapacitor::{Error, Phase};
use crate::rule::{self, RuleError, Step, Warning};
use tf_provider::{AttributePath, Diagnostics};

/// Reports a request that failed while the provider did what `doing` says, such as "reading the endpoint".
pub fn server_error(diags: &mut Diagnostics, doing: &str, attribute: AttributePath, error: &Error) {
    diags.error(summary(error), explain(doing, error), attribute);
}

/// The text of a failed request: what was being done, what happened, what to do.
pub fn explain(doing: &str, error: &Error) -> String {
    match error.hint() {
        Some(hint) => format!("While {doing}: {error}.\n\n{hint}"),
        None => format!("While {doing}: {error}."),
    }
}

fn summary(error: &Error) -> &'static str {
    match error.phase() {
        Phase::Setup(_) => "The connection's settings do not work",
        Phase::Connect { .. } => "Kapacitor cannot be reached",
        Phase::TimedOut { .. } => "Kapacitor did not answer in time",
        Phase::Dropped { .. } => "The connection ended without an answer",
        Phase::Status { status: 401, .. } => "The server refused the credentials",
        Phase::Status { .. } => "The server refused the request",
        Phase::NotUnderstood { .. } => "The server's answer is not one of Kapacitor's",
        Phase::LeaseHeld { .. } => "Somebody else writes to Kapacitor",
        Phase::NoChoice(_) => "Chronograf has no such connection",
        _ => "The request did not succeed",
    }
}

/// Reports attributes of a rule that cannot be as they are.
pub fn rule_errors(diags: &mut Diagnostics, errors: &[RuleError]) {
    for error in errors {
        diags.error("Invalid attribute value", error.message.clone(), path(&error.path));
    }
}

/// Reports what works and is probably not what was meant.
pub fn rule_warnings(diags: &mut Diagnostics, warnings: &[Warning]) {
    for warning in warnings {
        diags.warning(warning.summary, warning.detail.clone(), path(&warning.path));
    }
}

/// The framework's form of a path.
pub fn path(path: &rule::AttributePath) -> AttributePath {
    let mut converted = AttributePath::root();
    for step in &path.0 {
        match step {
            Step::Attribute(name) => converted.add_attribute(*name),
            Step::Index(index) => converted.add_index(i64::try_from(*index).unwrap_or(i64::MAX)),
            Step::Key(key) => converted.add_key(key.clone()),
        };
    }
    converted
}
