//! Texts of a rule that Terraform would write in other bytes than the server has them.
//!
//! Terraform brings every text into Unicode's normal form C before a provider sees it. Kapacitor compares bytes: a tag value
//! in another form, as macOS makes it, matches no text that went through Terraform.

use crate::provider::diagnostics::path;
use crate::rule::{AttributePath, Definition, Rule, TagFilter, Trigger, Value};
use icu_normalizer::ComposingNormalizerBorrowed;
use std::collections::BTreeMap;
use tf_provider::Diagnostics;

/// Warns of each text that names data and that an apply would change without a word.
pub(crate) fn warn(diags: &mut Diagnostics, script: &str) {
    if is_normal(script) {
        return;
    }
    let Ok(rule) = Rule::from_tickscript(script) else {
        return;
    };
    for (at, text) in names_of_data(rule.definition()) {
        if is_normal(text) {
            continue;
        }
        diags.warning(
            "Terraform cannot write a text as the server has it",
            format!(
                "The server has the text \"{}\" here, which is not in Unicode's normal form C. Terraform turns every text into \
                 that form, which looks the same and has other bytes: \"{}\". Kapacitor compares bytes, so that the rule no \
                 longer matches its data once an apply writes it. Write the data in normal form C, or do not manage this rule \
                 with Terraform.",
                text.escape_unicode_marks(),
                normalizer().normalize(text).escape_unicode_marks(),
            ),
            path(&at),
        );
    }
}

fn normalizer() -> ComposingNormalizerBorrowed<'static> {
    ComposingNormalizerBorrowed::new_nfc()
}

fn is_normal(text: &str) -> bool {
    text.is_ascii() || normalizer().is_normalized(text)
}

trait EscapeMarks {
    fn escape_unicode_marks(&self) -> String;
}

impl EscapeMarks for str {
    /// The text with all that is not ASCII as escapes, since both forms look the same.
    fn escape_unicode_marks(&self) -> String {
        self.chars()
            .flat_map(|letter| match letter.is_ascii() && !letter.is_ascii_control() {
                true => vec![letter],
                false => letter.escape_unicode().collect(),
            })
            .collect()
    }
}

/// Each text of a rule that data has to have.
fn names_of_data(definition: &Definition) -> Vec<(AttributePath, &str)> {
    let root = AttributePath::root;
    let mut names = vec![
        (root("database"), definition.database.as_str()),
        (root("retention_policy"), &definition.retention_policy),
        (root("measurement"), &definition.measurement),
    ];
    names.extend(definition.trigger.field().map(|field| (root("field"), field)));
    if let Trigger::Threshold {
        value: Value::Text(value),
        ..
    } = &definition.trigger
    {
        names.push((root("value"), value));
    }
    let tags = definition.group_by.iter().enumerate();
    names.extend(tags.map(|(index, tag)| (root("group_by").index(index), tag.as_str())));
    match &definition.tags {
        TagFilter::All => {}
        TagFilter::Where(tags) => names.extend(names_of_tags("where", tags)),
        TagFilter::Exclude(tags) => names.extend(names_of_tags("exclude", tags)),
    }
    names
}

fn names_of_tags<'a>(
    attribute: &'static str,
    tags: &'a BTreeMap<String, Vec<String>>,
) -> impl Iterator<Item = (AttributePath, &'a str)> {
    tags.iter().flat_map(move |(tag, values)| {
        let at = AttributePath::root(attribute);
        let of_tag = (at.clone(), tag.as_str());
        // A path to the tag itself would hold the text that Terraform has in another form.
        let of_values = values.iter().map(move |value| (at.clone(), value.as_str()));
        std::iter::once(of_tag).chain(of_values)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::{Field, RuleSpec};

    const COMPOSED: &str = "caf\u{e9}";
    const DECOMPOSED: &str = "cafe\u{301}";

    fn script(spec: RuleSpec) -> String {
        let given = RuleSpec {
            name: "cpu".into(),
            trigger: "threshold".into(),
            operator: "==".into(),
            ..spec
        };
        Rule::try_from(given).unwrap().to_tickscript()
    }

    fn spec(text: &str) -> RuleSpec {
        let tags = |tag: &str, value: &str| {
            let values = Field::Known(vec![value.into()]);
            Field::Known([(tag.to_owned(), values)].into())
        };
        RuleSpec {
            database: text.into(),
            retention_policy: text.into(),
            measurement: text.into(),
            field: text.into(),
            value: text.into(),
            group_by: Field::Known(vec![text.into()]),
            r#where: tags(text, text),
            message: text.into(),
            ..RuleSpec::default()
        }
    }

    fn warned(script: &str) -> Vec<String> {
        let mut diags = Diagnostics::default();
        warn(&mut diags, script);
        assert_eq!(diags.errors, []);
        diags
            .warnings
            .iter()
            .map(|warning| warning.attribute.to_string())
            .collect()
    }

    /// A tag value that the server has in normal form D, for which Terraform would write normal form C.
    #[test]
    fn every_name_of_data_in_another_normal_form_is_warned_of() {
        let expected = [
            "database",
            "retention_policy",
            "measurement",
            "field",
            "value",
            "group_by[0]",
            "where",
            "where",
        ];
        assert_eq!(warned(&script(spec(DECOMPOSED))), expected);
        assert_eq!(warned(&script(spec(COMPOSED))), [""; 0]);
        let excluding = RuleSpec {
            exclude: spec(DECOMPOSED).r#where,
            ..spec("plain")
        };
        let excluding = RuleSpec {
            r#where: Field::Absent,
            ..excluding
        };
        assert_eq!(warned(&script(excluding)), ["exclude", "exclude"]);
    }

    /// What Terraform changes and Kapacitor compares with nothing is no cause for a warning.
    #[test]
    fn texts_that_name_no_data_are_not_warned_of() {
        let message = RuleSpec {
            message: DECOMPOSED.into(),
            ..spec("plain")
        };
        assert_eq!(warned(&script(message)), [""; 0]);
        assert_eq!(warned("this is no script: cafe\u{301}"), [""; 0]);
    }

    #[test]
    fn the_two_forms_are_told_apart_in_the_warning() {
        let mut diags = Diagnostics::default();
        warn(&mut diags, &script(spec(DECOMPOSED)));
        let detail = &diags.warnings[0].detail;
        assert!(
            detail.contains("cafe\\u{301}") && detail.contains("caf\\u{e9}"),
            "{detail}"
        );
        assert!(detail.is_ascii());
    }
}
