//! Diagnostics as Terraform takes them. All that a user is told goes through here.

use crate::protocol::messages::{AttributePath, Diagnostic, Selector, Step};
use crate::secret;
use std::borrow::Cow;
use tf_provider::{AttributePathStep, Diagnostics};

/// The severities of the protocol.
const ERROR: i32 = 1;
const WARNING: i32 = 2;

/// Errors first, then warnings. What may not be shown is taken out: secrets that anything in this process has got to know,
/// and control characters, whoever wrote them.
pub(crate) fn to_messages(diags: Diagnostics) -> Vec<Diagnostic> {
    let errors = diags.errors.into_iter().map(|error| to_message(ERROR, error));
    let warnings = diags.warnings.into_iter().map(|warning| to_message(WARNING, warning));
    errors.chain(warnings).collect()
}

fn to_message(severity: i32, diagnostic: tf_provider::Diagnostic) -> Diagnostic {
    let (detail, attribute) = placed(&diagnostic);
    let detail = secret::shown(&detail);
    Diagnostic {
        severity,
        summary: diagnostic.summary.into_owned(),
        detail,
        attribute,
    }
}

/// The detail, which says where inside of an attribute the error is, and the path that Terraform is told. Secrets are not masked
/// yet.
pub fn placed(diagnostic: &tf_provider::Diagnostic) -> (Cow<'_, str>, Option<AttributePath>) {
    (located(diagnostic), outermost(&diagnostic.attribute))
}

/// The attribute that a path begins with. Terraform looks for the steps of a longer path in blocks, and where there is none it
/// shows the first line of the resource.
fn outermost(path: &tf_provider::AttributePath) -> Option<AttributePath> {
    let steps = path.steps.iter().take(1).cloned().collect();
    let path = AttributePath::from(tf_provider::AttributePath { steps });
    (!path.steps.is_empty()).then_some(path)
}

impl From<tf_provider::AttributePath> for AttributePath {
    fn from(path: tf_provider::AttributePath) -> Self {
        let steps = path.steps.into_iter().map(|step| Step {
            selector: Some(match step {
                AttributePathStep::Attribute(name) => Selector::AttributeName(name.into_owned()),
                AttributePathStep::Key(key) => Selector::ElementKeyString(key.into_owned()),
                AttributePathStep::Index(index) => Selector::ElementKeyInt(index),
            }),
        });
        AttributePath { steps: steps.collect() }
    }
}

/// The detail and, if the error is inside of an attribute, where.
fn located(diagnostic: &tf_provider::Diagnostic) -> Cow<'_, str> {
    match diagnostic.attribute.steps.as_slice() {
        [] | [_] => Cow::Borrowed(&diagnostic.detail),
        steps => format!("{}\n\nAt `{}`.", diagnostic.detail, written(steps)).into(),
    }
}

/// A path as an expression of Terraform has it, such as `post[0].headers["X-Key"]`.
fn written(steps: &[AttributePathStep]) -> String {
    let mut text = String::new();
    for step in steps {
        match step {
            AttributePathStep::Attribute(name) if text.is_empty() => text.push_str(name),
            AttributePathStep::Attribute(name) => text.extend([".", name.as_ref()]),
            AttributePathStep::Key(key) => text.push_str(&format!("[{key:?}]")),
            AttributePathStep::Index(index) => text.push_str(&format!("[{index}]")),
        }
    }
    text
}

/// A bug of the provider, told as the error of one call.
pub(crate) fn panicked(diags: &mut Diagnostics, places: &str) {
    diags.root_error(
        "The provider has a bug",
        format!(
            "This call broke off in the middle, and what it was about to do may be half done; the state is as it was \
             before. Other resources are not concerned. Please report it to the provider's authors, with the place in the \
             code: {places}. What the program said there is left out, as it may hold a secret."
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_told_in_words_and_the_attribute_it_begins_with_to_terraform() {
        let mut diags = Diagnostics::default();
        diags.error(
            "one",
            "a \u{1b}[31mred\u{1b}[0m line\nand another",
            tf_provider::AttributePath::new("handler")
                .index(1)
                .attribute("options")
                .key("url"),
        );
        diags.root_warning("two", "no attribute");
        let messages = to_messages(diags);
        assert_eq!(messages[0].severity, ERROR);
        assert!(!messages[0].detail.contains('\u{1b}'), "{:?}", messages[0].detail);
        assert!(
            messages[0].detail.ends_with("\n\nAt `handler[1].options[\"url\"]`."),
            "{:?}",
            messages[0].detail
        );
        assert_eq!(messages[1].detail, "no attribute");
        let steps: Vec<_> = messages[0]
            .attribute
            .as_ref()
            .unwrap()
            .steps
            .iter()
            .map(|step| step.selector.clone().unwrap())
            .collect();
        assert_eq!(steps, [Selector::AttributeName("handler".into())]);
        assert_eq!((messages[1].severity, &messages[1].attribute), (WARNING, &None));
    }
}
