//! What the script of a checked rule says.

use super::*;

#[test]
fn what_tickscript_cannot_write_is_refused_and_what_it_can_is_not() {
    let message = |text: &str| RuleSpec {
        message: text.into(),
        ..threshold()
    };
    assert_error(message("it's '''so''' \\"), "message", "cannot be written");
    for text in ["C:\\temp\\", "a \\' b", "''", "'", "\\'\\'x", "'''"] {
        let rule = Rule::try_from(message(text)).unwrap();
        assert_eq!(
            Rule::from_tickscript(&rule.to_tickscript())
                .unwrap()
                .definition()
                .message,
            text
        );
    }
}

/// Scripts that Chronograf 1.11.4 writes wrong, so that Kapacitor refuses them or reads something else.
#[test]
fn what_chronograf_breaks_is_written_right() {
    let cases = [
        (
            "quotes in details",
            RuleSpec {
                details: "it's".into(),
                ..threshold()
            },
            "var details = 'it\\'s'",
        ),
        (
            "a message that ends in a backslash",
            RuleSpec {
                message: "C:\\".into(),
                ..threshold()
            },
            "var message = '''C:\\'''",
        ),
        (
            "quotes in a tag's value",
            RuleSpec {
                r#where: tags(&[("t", &["it's"])]),
                ..threshold()
            },
            "(\"t\" == 'it\\'s')",
        ),
        (
            "quotes in a tag",
            RuleSpec {
                exclude: tags(&[("t\"g", &["a"])]),
                ..threshold()
            },
            "(\"t\\\"g\" != 'a')",
        ),
        (
            "quotes in a field",
            RuleSpec {
                field: "usage\"idle".into(),
                ..threshold()
            },
            "isPresent(\"usage\\\"idle\")",
        ),
        (
            "quotes in a tag to group by",
            RuleSpec {
                group_by: Field::Known(vec!["it's".into()]),
                ..threshold()
            },
            "['it\\'s']",
        ),
        (
            "a number with an exponent",
            RuleSpec {
                value: "1e3".into(),
                ..threshold()
            },
            "var crit = 1000.0",
        ),
    ];
    for (name, spec, expected) in cases {
        let rule = Rule::try_from(spec).unwrap();
        assert!(
            rule.to_tickscript().contains(expected),
            "{name}: {}",
            rule.to_tickscript()
        );
        assert_eq!(Rule::from_tickscript(&rule.to_tickscript()), Ok(rule), "{name}");
    }
}
