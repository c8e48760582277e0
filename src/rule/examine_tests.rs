//! What [`RuleSpec::check`] says of wrong attributes, and what it leaves alone.

use std::collections::BTreeMap;

use super::*;

fn texts(pairs: &[(&str, &str)]) -> Field<TextMap> {
    Field::Known(
        pairs
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).into()))
            .collect(),
    )
}

fn threshold() -> RuleSpec {
    RuleSpec {
        name: "cpu high".into(),
        database: "telegraf".into(),
        measurement: "cpu".into(),
        field: "usage".into(),
        trigger: "threshold".into(),
        operator: ">".into(),
        value: "90".into(),
        ..RuleSpec::default()
    }
}

fn range() -> RuleSpec {
    RuleSpec {
        trigger: "range".into(),
        operator: "inside".into(),
        value: Field::Absent,
        lower: "1".into(),
        upper: "2".into(),
        ..threshold()
    }
}

fn relative() -> RuleSpec {
    RuleSpec {
        trigger: "relative".into(),
        change: "amount".into(),
        shift: "1m".into(),
        ..threshold()
    }
}

fn deadman() -> RuleSpec {
    RuleSpec {
        trigger: "deadman".into(),
        operator: Field::Absent,
        value: Field::Absent,
        period: "10m".into(),
        ..threshold()
    }
}

fn with_post(post: PostSpec) -> RuleSpec {
    RuleSpec {
        posts: Field::Known(vec![post]),
        ..threshold()
    }
}

fn with_handler(kind: &str, options: &[(&str, &str)], secrets: &[(&str, &str)]) -> RuleSpec {
    let handler = HandlerSpec {
        kind: kind.into(),
        options: texts(options),
        secrets: texts(secrets),
    };
    RuleSpec {
        handlers: Field::Known(vec![handler]),
        ..threshold()
    }
}

fn tags(pairs: &[(&str, &[&str])]) -> Field<BTreeMap<String, Field<TextList>>> {
    let list = |values: &[&str]| Field::Known(values.iter().map(|value| (*value).into()).collect());
    Field::Known(
        pairs
            .iter()
            .map(|(tag, values)| ((*tag).to_owned(), list(values)))
            .collect(),
    )
}

/// Checks that an attribute, and no other, is found wrong, with words that help.
fn assert_error(spec: RuleSpec, path: &str, words: &str) {
    let errors = spec.check();
    let [error] = errors.as_slice() else {
        panic!("expected one error at {path}, got {errors:?}")
    };
    assert_eq!(error.path.to_string(), path, "{error}");
    assert!(error.message.contains(words), "{error}");
    assert!(Rule::try_from(spec).is_err());
}

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
    let rule = Rule::as_found(&swapped).unwrap();
    assert_eq!(Rule::from_tickscript(&rule.to_tickscript()), Ok(rule));
}

#[test]
fn templates_have_to_close() {
    assert_error(
        RuleSpec {
            message: "{{ .ID is {{ .Level".into(),
            ..threshold()
        },
        "message",
        "never closed",
    );
    assert_error(
        RuleSpec {
            details: "{{ .ID }".into(),
            ..threshold()
        },
        "details",
        "never closed",
    );
    assert_error(
        RuleSpec {
            name: "{{".into(),
            ..threshold()
        },
        "name",
        "never closed",
    );
    assert_error(
        with_handler("alerta", &[("resource", "{{ .ID")], &[]),
        "handler[0].options[\"resource\"]",
        "never closed",
    );
}

#[test]
fn tags_are_accepted_or_excluded() {
    let both = RuleSpec {
        where_tags: tags(&[("a", &["1"])]),
        exclude: tags(&[("b", &["2"])]),
        ..threshold()
    };
    assert_error(both, "exclude", "not both");
    assert_error(
        RuleSpec {
            where_tags: tags(&[("host", &[])]),
            ..threshold()
        },
        "where[\"host\"]",
        "at least one value",
    );
    assert_error(
        RuleSpec {
            where_tags: tags(&[("a\\", &["1"])]),
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
            where_tags: tags(&[]),
            exclude: tags(&[("a", &[""])]),
            ..threshold()
        }
        .check(),
        []
    );
}

#[test]
fn posts_need_a_url_that_works() {
    let url = |url: &str| {
        with_post(PostSpec {
            url: url.into(),
            ..PostSpec::default()
        })
    };
    assert_error(with_post(PostSpec::default()), "post[0].url", "needs a url");
    assert_error(url("api.squadcast.com/v2/s3cret"), "post[0].url", "https://host/path");
    assert_error(url("ftp://host/s3cret"), "post[0].url", "http://");
    assert_error(
        with_post(PostSpec {
            endpoint: "".into(),
            ..PostSpec::default()
        }),
        "post[0].endpoint",
        "empty",
    );
    for written in ["ftp://host/s3cret", "s3cret", "https://"] {
        assert!(!format!("{:?}", url(written).check()).contains("s3cret"));
    }
}

#[test]
fn headers_that_kapacitor_refuses_or_cannot_send_are_refused() {
    let post = |headers, sensitive_headers| {
        with_post(PostSpec {
            url: "https://host".into(),
            headers,
            sensitive_headers,
            ..PostSpec::default()
        })
    };
    let none = || Field::Absent;
    assert_error(
        post(texts(&[("authenticate", "x")]), none()),
        "post[0].headers[\"authenticate\"]",
        "Authorization",
    );
    assert_error(
        post(none(), texts(&[("AUTHENTICATE", "x")])),
        "post[0].sensitive_headers[\"AUTHENTICATE\"]",
        "refuses",
    );
    assert_error(
        post(texts(&[("X Key", "x")]), none()),
        "post[0].headers[\"X Key\"]",
        "no name of an HTTP header",
    );
    assert_error(
        post(texts(&[("X", "a\nb")]), none()),
        "post[0].headers[\"X\"]",
        "line breaks",
    );
    assert_error(
        post(texts(&[("X-Key", "x")]), texts(&[("x-key", "y")])),
        "post[0].sensitive_headers[\"x-key\"]",
        "twice",
    );
}

#[test]
fn options_of_handlers_are_checked_by_the_table() {
    assert_error(
        with_handler("slak", &[], &[]),
        "handler[0].kind",
        "Did you mean \"slack\"?",
    );
    assert_error(
        with_handler("slack", &[("chanel", "#a")], &[]),
        "handler[0].options[\"chanel\"]",
        "Did you mean \"channel\"?",
    );
    assert_error(
        with_handler("alerta", &[("token", "t")], &[]),
        "handler[0].options[\"token\"]",
        "belongs into secrets",
    );
    assert_error(
        with_handler("slack", &[], &[("channel", "#a")]),
        "handler[0].secrets[\"channel\"]",
        "belongs into options",
    );
    assert_error(
        with_handler("tcp", &[], &[]),
        "handler[0].options",
        "needs the option address",
    );
    assert_error(
        with_handler("zenoss", &[("tid", "one")], &[]),
        "handler[0].options[\"tid\"]",
        "whole number",
    );
    assert_error(
        with_handler("telegram", &[("disableNotification", "yes")], &[]),
        "handler[0].options[\"disableNotification\"]",
        "true or false",
    );
    assert_error(
        with_handler("email", &[("to", "[1]")], &[]),
        "handler[0].options[\"to\"]",
        "jsonencode",
    );
}

#[test]
fn what_is_unknown_puts_off_only_the_checks_that_need_it() {
    let unknown = || Field::Unknown;
    let passes = [
        RuleSpec {
            trigger: unknown(),
            ..threshold()
        },
        RuleSpec {
            operator: unknown(),
            value: unknown(),
            ..threshold()
        },
        RuleSpec {
            aggregate: unknown(),
            period: "1m".into(),
            ..threshold()
        },
        RuleSpec {
            lower: unknown(),
            ..range()
        },
        RuleSpec {
            shift: unknown(),
            ..threshold()
        },
        RuleSpec {
            where_tags: Field::Unknown,
            exclude: tags(&[("a", &["1"])]),
            ..threshold()
        },
        with_post(PostSpec {
            url: unknown(),
            ..PostSpec::default()
        }),
        with_handler("tcp", &[], &[]),
    ];
    for (index, mut spec) in passes.into_iter().enumerate() {
        if let Field::Known(handlers) = &mut spec.handlers {
            handlers[0].options = Field::Unknown;
        }
        assert_eq!(spec.check(), [], "case {index}");
    }
    let late = RuleSpec {
        name: unknown(),
        value: "90".into(),
        ..relative()
    };
    assert_eq!(late.check(), []);
    assert!(Rule::try_from(late.clone()).is_err());
    assert_error(
        RuleSpec {
            shift: "soon".into(),
            ..late
        },
        "shift",
        "not a duration",
    );
}

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
                where_tags: tags(&[("t", &["it's"])]),
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

/// Kapacitor takes `.teams()` behind `.opsGenie2()` for that handler's property, and then knows no `.channelURL()`.
#[test]
fn teams_do_not_follow_a_handler_that_has_teams() {
    let handlers = |kinds: &[&str]| {
        let handlers = kinds.iter().map(|kind| HandlerSpec {
            kind: (*kind).into(),
            ..HandlerSpec::default()
        });
        Rule::try_from(RuleSpec {
            handlers: Field::Known(handlers.collect()),
            ..threshold()
        })
        .unwrap()
    };
    let apart = handlers(&["opsGenie2", "teams", "talk"]).to_tickscript();
    assert!(apart.contains(".talk()\n        .teams()\n"), "{apart}");
    let adjacent = handlers(&["opsGenie2", "teams", "opsGenie", "alerta"]);
    let script = adjacent.to_tickscript();
    assert!(
        script.contains(".correlated()\n        .teams()\n        .opsGenie()\n"),
        "{script}"
    );
    assert_eq!(Rule::from_tickscript(&script), Ok(adjacent));
}

#[test]
fn a_post_says_url_and_endpoint() {
    let post = PostSpec {
        url: "https://host/a".into(),
        endpoint: "squadcast".into(),
        ..PostSpec::default()
    };
    let script = Rule::try_from(with_post(post)).unwrap().to_tickscript();
    assert!(
        script.contains("\n        .post('https://host/a')\n        .endpoint('squadcast')\n"),
        "{script}"
    );
    let post = PostSpec {
        endpoint: "squadcast".into(),
        ..PostSpec::default()
    };
    let script = Rule::try_from(with_post(post)).unwrap().to_tickscript();
    assert!(
        script.contains("\n        .post()\n        .endpoint('squadcast')\n"),
        "{script}"
    );
}
