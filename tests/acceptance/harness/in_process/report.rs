//! What a run says, in the lines that `terraform -json` writes.

use super::language::Body;
use serde_json::{json, Value as Json};
use squadcast_kapacitor::protocol::messages::{AttributePath, Selector};
use squadcast_kapacitor::protocol::placed;
use tf_provider::Diagnostics;

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub messages: Vec<Json>,
    pub failed: bool,
}

/// What diagnostics are about.
pub(super) struct Subject<'a> {
    pub address: &'a str,
    pub body: Option<&'a Body>,
    pub source: &'a str,
}

impl Report {
    /// Takes in diagnostics; returns whether there was no error.
    pub(super) fn take(&mut self, diags: Diagnostics, subject: &Subject) -> bool {
        let succeeds = diags.errors.is_empty();
        for (severity, diagnostics) in [("warning", diags.warnings), ("error", diags.errors)] {
            for diagnostic in diagnostics {
                // Without masks: all tests are one process, and the secret of one is an everyday word of another.
                let (detail, path) = placed(&diagnostic);
                self.say(
                    severity,
                    &diagnostic.summary,
                    &detail,
                    subject,
                    &path.unwrap_or_default(),
                );
            }
        }
        succeeds
    }

    /// What Terraform itself finds wrong with the provider.
    pub(super) fn bug(&mut self, summary: &str, detail: &str, subject: &Subject) {
        self.say("error", summary, detail, subject, &AttributePath::default());
    }

    fn say(&mut self, severity: &str, summary: &str, detail: &str, subject: &Subject, path: &AttributePath) {
        self.failed |= severity == "error";
        let mut diagnostic = json!({
            "severity": severity,
            "summary": summary,
            "detail": detail,
            "address": subject.address,
        });
        if let Some(body) = subject.body {
            diagnostic["snippet"] = json!({ "code": code(body, path, subject.source) });
        }
        self.messages.push(json!({
            "@level": severity,
            "@message": format!("{severity}: {summary}"),
            "@module": "terraform.ui",
            "type": "diagnostic",
            "diagnostic": diagnostic,
        }));
    }

    /// What is to be done, or what was found changed.
    pub(super) fn change(&mut self, kind: &str, address: &str, action: &str) {
        let change = json!({ "resource": { "addr": address }, "action": action });
        self.messages
            .push(json!({ "@level": "info", "type": kind, "change": change }));
    }
}

/// The line of the configuration that a path leads to: where its attribute or block begins. The provider sends no longer paths
/// than those of one step.
fn code<'a>(body: &Body, path: &AttributePath, source: &'a str) -> &'a str {
    let begins = match path.steps.first().and_then(|step| step.selector.as_ref()) {
        Some(Selector::AttributeName(name)) => {
            let attribute = body.attributes.get(name).map(|attribute| attribute.line);
            attribute.or_else(|| Some(body.blocks_of(name).next()?.body.line))
        }
        _ => None,
    };
    source.lines().nth(begins.unwrap_or(body.line)).unwrap_or_default()
}
