//! Which attributes a rule needs, and what they may hold.

use super::*;

#[test]
fn right_rules_pass() {
    for spec in [threshold(), range(), relative(), deadman()] {
        assert_eq!(spec.check(), []);
        assert!(Rule::try_from(spec).is_ok());
    }
}

#[test]
fn missing_and_empty_attributes_are_named() {
    assert_error(
        RuleSpec {
            name: Field::Absent,
            ..threshold()
        },
        "name",
        "required",
    );
    assert_error(
        RuleSpec {
            name: "".into(),
            ..threshold()
        },
        "name",
        "empty",
    );
    assert_error(
        RuleSpec {
            database: "".into(),
            ..threshold()
        },
        "database",
        "empty",
    );
    assert_error(
        RuleSpec {
            measurement: "".into(),
            ..threshold()
        },
        "measurement",
        "empty",
    );
    assert_error(
        RuleSpec {
            retention_policy: "".into(),
            ..threshold()
        },
        "retention_policy",
        "empty",
    );
    assert_error(
        RuleSpec {
            field: Field::Absent,
            ..threshold()
        },
        "field",
        "needs the attribute field",
    );
    assert_error(
        RuleSpec {
            value: "".into(),
            ..threshold()
        },
        "value",
        "empty",
    );
}

#[test]
fn words_are_answered_with_what_is_allowed() {
    assert_error(
        RuleSpec {
            trigger: "treshold".into(),
            ..threshold()
        },
        "trigger",
        "\"deadman\"",
    );
    assert_error(
        RuleSpec {
            operator: "=".into(),
            ..threshold()
        },
        "operator",
        "\"==\"",
    );
    assert_error(
        RuleSpec {
            operator: "inside".into(),
            ..threshold()
        },
        "operator",
        "\">=\"",
    );
    assert_error(
        RuleSpec {
            operator: ">".into(),
            ..range()
        },
        "operator",
        "\"outside\"",
    );
    assert_error(
        RuleSpec {
            change: "% change".into(),
            ..relative()
        },
        "change",
        "\"percent\"",
    );
    let aggregated = RuleSpec {
        aggregate: "avg".into(),
        period: "1m".into(),
        every: "1m".into(),
        ..threshold()
    };
    assert_error(aggregated, "aggregate", "\"mean\"");
}

#[test]
fn an_aggregate_comes_with_its_window() {
    let aggregated = RuleSpec {
        aggregate: "mean".into(),
        period: "1m".into(),
        every: "30s".into(),
        ..threshold()
    };
    assert_eq!(aggregated.check(), []);
    assert_error(
        RuleSpec {
            period: Field::Absent,
            ..aggregated.clone()
        },
        "period",
        "needs period",
    );
    assert_error(
        RuleSpec {
            every: Field::Absent,
            ..aggregated.clone()
        },
        "every",
        "needs every",
    );
    assert_error(
        RuleSpec {
            every: "1 minute".into(),
            ..aggregated.clone()
        },
        "every",
        "not a duration",
    );
    assert_error(
        RuleSpec {
            aggregate: Field::Absent,
            every: Field::Absent,
            ..aggregated
        },
        "period",
        "belongs to an aggregate",
    );
}

#[test]
fn a_trigger_takes_its_own_attributes_only() {
    assert_error(
        RuleSpec {
            shift: "1m".into(),
            ..threshold()
        },
        "shift",
        "does not take",
    );
    assert_error(
        RuleSpec {
            lower: "1".into(),
            ..threshold()
        },
        "lower",
        "does not take",
    );
    assert_error(
        RuleSpec {
            value: "1".into(),
            ..range()
        },
        "value",
        "does not take",
    );
    assert_error(
        RuleSpec {
            upper: Field::Absent,
            ..range()
        },
        "upper",
        "needs the attribute upper",
    );
    assert_error(
        RuleSpec {
            shift: Field::Absent,
            ..relative()
        },
        "shift",
        "needs the attribute shift",
    );
    assert_error(
        RuleSpec {
            period: Field::Absent,
            ..deadman()
        },
        "period",
        "needs the attribute period",
    );
    assert_error(
        RuleSpec {
            aggregate: "mean".into(),
            ..deadman()
        },
        "aggregate",
        "does not take",
    );
}

#[test]
fn numbers_are_numbers_and_bounds_in_order() {
    assert_error(
        RuleSpec {
            lower: "low".into(),
            ..range()
        },
        "lower",
        "not a number",
    );
    assert_error(
        RuleSpec {
            value: "TRUE".into(),
            ..relative()
        },
        "value",
        "not a number",
    );
    assert_error(
        RuleSpec {
            lower: "10".into(),
            upper: "9.5".into(),
            ..range()
        },
        "lower",
        "greater than upper",
    );
}

#[test]
fn a_rule_with_swapped_bounds_is_read_although_it_is_refused() {
    let swapped = RuleSpec {
        lower: "10".into(),
        upper: "9.5".into(),
        ..range()
    };
    let rule = Rule::from_server(&swapped).unwrap();
    assert_eq!(Rule::from_tickscript(&rule.to_tickscript()), Ok(rule));
}

/// HCL's `true` and `false` are booleans; only numbers have an order; what begins like a number is hardly a text.
#[test]
fn a_value_is_what_its_author_means() {
    let value = |operator: &str, value: &str| RuleSpec {
        operator: operator.into(),
        value: value.into(),
        ..threshold()
    };
    let crit = |spec: RuleSpec| {
        let script = Rule::try_from(spec).unwrap().to_tickscript();
        script
            .lines()
            .find_map(|line| line.strip_prefix("var crit = ").map(str::to_owned))
            .unwrap()
    };
    assert_eq!(crit(value("==", "false")), "FALSE");
    assert_eq!(crit(value("!=", "true")), "TRUE");
    assert_eq!(crit(value("==", "'true'")), "'true'");
    assert_eq!(crit(value("==", "'1,000'")), "'1,000'");
    assert_eq!(crit(value("==", "down")), "'down'");
    for number in ["1,000", "1e400", "90%", "+5", "10.0.0.1"] {
        assert_error(value(">", number), "value", "begins like a number");
        assert_error(value("==", number), "value", "single quotation marks");
    }
    for operator in [">", ">=", "<", "<="] {
        assert_error(value(operator, "down"), "value", "is a text");
        assert_error(value(operator, "'90'"), "value", "is a text");
    }
}

/// kapacitor#867: a list of tags that holds "*" is not the star.
#[test]
fn all_tags_cannot_be_asked_for_by_a_star() {
    let spec = RuleSpec {
        group_by: Field::Known(vec!["host".into(), "*".into()]),
        ..threshold()
    };
    assert_error(spec.clone(), "group_by[1]", "Name the tags");
    assert!(
        Rule::from_server(&spec).is_ok(),
        "a rule that a server has is read all the same"
    );
}

#[test]
fn tags_are_accepted_or_excluded() {
    let both = RuleSpec {
        r#where: tags(&[("a", &["1"])]),
        exclude: tags(&[("b", &["2"])]),
        ..threshold()
    };
    assert_error(both, "exclude", "not both");
    assert_error(
        RuleSpec {
            r#where: tags(&[("host", &[])]),
            ..threshold()
        },
        "where[\"host\"]",
        "at least one value",
    );
    assert_error(
        RuleSpec {
            r#where: tags(&[("a\\", &["1"])]),
            ..threshold()
        },
        "where[\"a\\\\\"]",
        "backslash",
    );
    assert_error(
        RuleSpec {
            group_by: Field::Known(vec!["a".into(), "a".into()]),
            ..threshold()
        },
        "group_by[1]",
        "twice",
    );
    assert_eq!(
        RuleSpec {
            r#where: tags(&[]),
            exclude: tags(&[("a", &[""])]),
            ..threshold()
        }
        .check(),
        []
    );
}
