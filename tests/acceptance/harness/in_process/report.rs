//! What a run says, in the lines that `terraform -json` writes.

use super::language::Body;
use serde_json::{json, Value as Json};
use tf_provider::{AttributePath, AttributePathStep, Diagnostics};

/// What was said so far.
#[derive(Debug, Default)]
pub struct Report {
    pub messages: Vec<Json>,
    pub failed: bool,
}

/// What diagnostics are about.
pub struct Subject<'a> {
    pub address: &'a str,
    pub body: Option<&'a Body>,
    pub source: &'a str,
}

impl Report {
    /// Takes in diagnostics; returns whether there was no error.
    pub fn take(&mut self, diags: Diagnostics, subject: &Subject) -> bool {
        let succeeds = diags.errors.is_empty();
        for (severity, diagnostics) in [("warning", diags.warnings), ("error", diags.errors)] {
            for diagnostic in diagnostics {
                self.say(
                    severity,
                    &diagnostic.summary,
                    &diagnostic.detail,
                    subject,
                    &diagnostic.attribute,
                );
            }
        }
        succeeds
    }

    /// What Terraform itself finds wrong with the provider.
    pub fn bug(&mut self, summary: &str, detail: &str, subject: &Subject) {
        self.say("error", summary, detail, subject, &AttributePath::root());
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
    pub fn change(&mut self, kind: &str, address: &str, action: &str) {
        let change = json!({ "resource": { "addr": address }, "action": action });
        self.messages
            .push(json!({ "@level": "info", "type": kind, "change": change }));
    }
}

/// The lines of the configuration that an attribute's path leads to.
fn code(body: &Body, path: &AttributePath, source: &str) -> String {
    let lines = lines(body, &path.steps);
    let wanted = source.lines().skip(lines.start).take(lines.len());
    wanted.collect::<Vec<_>>().join("\n")
}

fn lines(body: &Body, path: &[AttributePathStep]) -> std::ops::Range<usize> {
    use super::language::Expression;
    let header = body.line..body.line + 1;
    let Some((AttributePathStep::Attribute(name), rest)) = path.split_first() else {
        return header;
    };
    if let Some(attribute) = body.attributes.get(name.as_ref()) {
        return match (&attribute.expression, rest) {
            (Expression::Object(entries), [AttributePathStep::Key(key)]) => {
                let entry = entries.iter().find(|(name, _)| name == key);
                entry.map_or(attribute, |(_, entry)| entry).lines.clone()
            }
            _ => attribute.lines.clone(),
        };
    }
    let (index, rest) = match rest.split_first() {
        Some((AttributePathStep::Index(index), rest)) => (*index, rest),
        _ => (0, rest),
    };
    let block = usize::try_from(index)
        .ok()
        .and_then(|index| body.blocks_of(name).nth(index));
    block.map_or(header, |block| lines(&block.body, rest))
}
