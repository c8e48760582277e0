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

/// kapacitor#2324: what the recorded templates do, which all fail when an alert fires or keep the task from starting.
#[test]
fn the_recorded_templates_that_fail_are_refused() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/contract/http/13-template-fails.jsonl"
    );
    let mut refused = 0;
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let exchange: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(script) = exchange["request"]["body"]["script"].as_str() else {
            continue;
        };
        let message = script
            .split_once(".message('")
            .unwrap()
            .1
            .split_once("').details")
            .unwrap()
            .0;
        let spec = RuleSpec {
            message: message.into(),
            ..threshold()
        };
        assert_error(spec, "message", "");
        refused += 1;
    }
    assert_eq!(refused, 6);
}

#[test]
fn a_template_that_fails_is_refused_where_it_stands() {
    let message = |text: &str| RuleSpec {
        message: text.into(),
        ..threshold()
    };
    assert_error(
        message("{{ if gt index .Fields \"value\" 90.0 }}high{{ end }}"),
        "message",
        "gt needs 2 arguments",
    );
    assert_error(message("{{ .Nope }}"), "message", ".Nope is not one of the names");
    assert_error(message("{{ .Message }}"), "message", "the rule stops with an error");
    assert_error(message("{{ json . }}"), "message", "there is no function \"json\"");
    assert_eq!(
        RuleSpec {
            details: "{{ json . }} {{ .Message }}".into(),
            ..threshold()
        }
        .check(),
        []
    );
    assert_error(
        RuleSpec {
            name: "{{ .Level }}".into(),
            ..threshold()
        },
        "name",
        ".Level is not one of the names",
    );
    assert_eq!(
        RuleSpec {
            name: "{{ .Name }} {{ index .Tags \"host\" }}".into(),
            ..threshold()
        }
        .check(),
        []
    );
    let at = |option: &str| format!("handler[0].options[{option:?}]");
    assert_error(
        with_handler("alerta", &[("event", "{{ .Level }}")], &[]),
        &at("event"),
        ".Level is not one",
    );
    assert_error(
        with_handler("alerta", &[("service", "a, {{ .Nope }}")], &[]),
        &at("service"),
        ".Nope is not one",
    );
    assert_error(
        with_handler("serviceNow", &[("node", "{{ .Group }}")], &[]),
        &at("node"),
        ".Group is not one",
    );
    assert_error(
        with_handler("zenoss", &[("device", "{{ .Fields }}")], &[]),
        &at("device"),
        ".Fields is not one",
    );
    assert_error(
        with_handler("kafka", &[("cluster", "a"), ("template", "{{ .Tags }}")], &[]),
        &at("template"),
        ".Tags is not one",
    );
    assert_eq!(
        with_handler("serviceNow", &[("source", "{{ .Nope }}")], &[]).check(),
        [],
        "it is not a template"
    );
}

/// A URL's template knows only the alert's own names.
#[test]
fn a_url_that_asks_for_tags_is_refused() {
    let url = |url: &str| {
        with_post(PostSpec {
            url: url.into(),
            ..PostSpec::default()
        })
    };
    assert_error(
        url("https://host/{{ index .Tags \"host\" }}"),
        "post[0].url",
        "neither its tags nor its fields",
    );
    assert_error(
        url("https://host/{{ if eq .Level \"OK\" }}a{{ end }}"),
        "post[0].url",
        "a number",
    );
    assert_error(url("https:/a/{{ .ID }}"), "post[0].url", "two slashes");
    for right in [
        "https://host/{{ .ID }}",
        "{{ .Message }}",
        "https://{{ .ID }}:9092/a",
        "https://host:{{ .ID }}/%{{ .ID }}",
    ] {
        assert_eq!(url(right).check(), [], "{right}");
    }
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
        Rule::as_found(&spec).is_ok(),
        "a rule that a server has is read all the same"
    );
}

#[test]
fn addresses_and_paths_of_handlers_are_such() {
    let tcp = |address: &str| with_handler("tcp", &[("address", address)], &[]);
    for address in ["host", "host:", "::1", "[::1]", "http://host/a:"] {
        assert_error(tcp(address), "handler[0].options[\"address\"]", "host:port");
    }
    for address in ["host:5665", "[::1]:5665", ":5665", "host:http"] {
        assert_eq!(tcp(address).check(), []);
    }
    let email = |to: &str| with_handler("email", &[("to", to)], &[]);
    assert_error(
        email("a@example.com;b@example.com"),
        "handler[0].options[\"to\"]",
        "semicolons",
    );
    assert_error(email("root"), "handler[0].options[\"to\"]", "mail address");
    assert_eq!(email("a@example.com, Ops <ops@example.com>").check(), []);
    let log = |path: &str| with_handler("log", &[("filePath", path)], &[]);
    assert_error(log("alerts.log"), "handler[0].options[\"filePath\"]", "absolute");
    for path in ["/var/log/alerts.log", "C:\\alerts.log"] {
        assert_eq!(log(path).check(), []);
    }
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
