//! Errors of the layers below as what Terraform shows: a general summary, and a detail that says what happened, in
//! Kapacitor's words where it spoke, and what to do.

use crate::kapacitor::{Error, ErrorKind, SetupError, SpeaksFor};
use crate::provider::remedy::remedy;
use crate::rule::{self, RuleError, Step, Warning};
use std::fmt::Display;
use tf_provider::{AttributePath, Diagnostics};

/// Reports a request that failed while the provider did what `doing` says, such as "reading the endpoint".
pub(super) fn server_error(diags: &mut Diagnostics, doing: &str, attribute: AttributePath, error: &Error) {
    diags.error(summary(error), explain(doing, error), attribute);
}

/// Reports a read of a refresh that failed, unless another one speaks for it: a run whose refresh has one error ends there, and
/// twenty that say the same do not help.
pub(super) fn refresh_error(diags: &mut Diagnostics, doing: &str, error: &Error) {
    if error.is_spoken_for() {
        tracing::info!("while {doing}: {error}");
        return;
    }
    server_error(diags, doing, AttributePath::root(), error);
}

/// The text of a failed request: what was being done, what happened, what to do.
pub(super) fn explain(doing: &str, error: &Error) -> String {
    let parts = [
        Some(format!("While {doing}: {error}.")),
        error.was_not_asked().then(|| NOT_ASKED.to_owned()),
        error.speaks_for().and_then(told_for_all),
        remedy(error).map(str::to_owned),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

const NOT_ASKED: &str =
    "This is what the last tries of this run came to. The server was not asked again, and nothing was \
                         begun.";

/// So many of what one of is called `noun`.
pub(crate) fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let ending = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{ending}")
}

/// Some things in a sentence.
fn listed(things: &[String]) -> String {
    match things {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        things => things.concat(),
    }
}

fn told_for_all(reads: SpeaksFor) -> Option<String> {
    let counts = [
        (reads.rules, "rule"),
        (reads.tasks, "task"),
        (reads.endpoints, "endpoint"),
        (reads.templates, "template"),
        (reads.handlers, "handler"),
    ];
    if counts.iter().map(|(count, _)| count).sum::<usize>() < 2 {
        return None;
    }
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, what)| counted(*count, what)).collect();
    Some(format!(
        "This error speaks for {}, which could not be read for the same reason; the server was not asked for each of them.",
        listed(&counts)
    ))
}

/// The summary of a write that failed: what could not be done, unless Kapacitor never came to hear of it.
pub(super) fn summary_of_write(could_not: &'static str, error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Setup(_)
        | ErrorKind::Connect { .. }
        | ErrorKind::NotUnderstood { .. }
        | ErrorKind::LeaseHeld { .. }
        | ErrorKind::NoChoice(_)
        | ErrorKind::Status { status: 401, .. } => summary(error),
        _ => could_not,
    }
}

/// An error as a sentence of its own.
pub(super) fn sentence(error: impl Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

fn summary(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Setup(SetupError::Name { .. }) => "Kapacitor cannot be asked for this name",
        ErrorKind::Setup(_) => "The connection's settings do not work",
        ErrorKind::Connect { .. } => "Kapacitor cannot be reached",
        ErrorKind::TimedOut { .. } => "Kapacitor did not answer in time",
        ErrorKind::TooLong { .. } => "The server's answer is too long",
        ErrorKind::Dropped { .. } => "The connection ended without an answer",
        ErrorKind::Status { status: 401, .. } => "The server refused the credentials",
        ErrorKind::Status { .. } => "The server refused the request",
        ErrorKind::NotUnderstood { .. } => "The server's answer is not one of Kapacitor's",
        ErrorKind::LeaseHeld { .. } => "Somebody else writes to Kapacitor",
        ErrorKind::NoChoice(_) => "Chronograf has no such connection",
        _ => "The request did not succeed",
    }
}

/// Reports attributes of a rule that cannot be as they are.
pub(super) fn rule_errors(diags: &mut Diagnostics, errors: &[RuleError]) {
    for error in errors {
        diags.error("Invalid attribute value", error.message.clone(), path(&error.path));
    }
}

/// Reports what works and is probably not what was meant.
pub(super) fn rule_warnings(diags: &mut Diagnostics, warnings: &[Warning]) {
    for warning in warnings {
        diags.warning(warning.summary, warning.detail.clone(), path(&warning.path));
    }
}

/// The framework's form of a path.
pub(super) fn path(path: &rule::AttributePath) -> AttributePath {
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
