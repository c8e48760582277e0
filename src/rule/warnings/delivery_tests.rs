//! What a rule is warned of, since its alerts would not be delivered as meant.

use crate::rule::warnings::delivery::delivery_warnings;
use crate::rule::{Field, HandlerSpec, PostSpec, Rule, RuleSpec};

fn threshold() -> RuleSpec {
    RuleSpec {
        name: "disk".into(),
        database: "telegraf".into(),
        measurement: "disk".into(),
        field: "used_percent".into(),
        trigger: "threshold".into(),
        operator: ">".into(),
        value: "90".into(),
        posts: Field::Known(vec![PostSpec {
            url: "https://hooks.example.com/key".into(),
            ..PostSpec::default()
        }]),
        ..RuleSpec::default()
    }
}

fn deadman() -> RuleSpec {
    RuleSpec {
        trigger: "deadman".into(),
        period: "10m".into(),
        operator: Field::Absent,
        value: Field::Absent,
        ..threshold()
    }
}

fn averaged() -> RuleSpec {
    aggregated("mean")
}

fn aggregated(function: &str) -> RuleSpec {
    RuleSpec {
        aggregate: function.into(),
        period: "1m".into(),
        every: "1m".into(),
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

fn warnings(spec: &RuleSpec) -> Vec<String> {
    let rule = Rule::try_from(spec.clone()).unwrap();
    let warnings = delivery_warnings(&rule);
    warnings
        .into_iter()
        .map(|warning| format!("{}: {}: {}", warning.path, warning.summary, warning.detail))
        .collect()
}

#[track_caller]
fn assert_warned(spec: RuleSpec, words: &[&str]) {
    let warnings = warnings(&spec);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for word in words {
        assert!(warnings[0].contains(word), "{word:?} is not in {}", warnings[0]);
    }
}

#[track_caller]
fn assert_silent(spec: RuleSpec) {
    assert_eq!(warnings(&spec), Vec::<String>::new());
}

fn tagged(value: &str) -> Field<std::collections::BTreeMap<String, Field<crate::rule::TextList>>> {
    Field::Known([("host".to_owned(), Field::Known(vec![value.into()]))].into())
}

#[test]
fn a_usual_rule_is_not_warned_of() {
    for spec in [threshold(), averaged(), relative(), deadman()] {
        assert_silent(RuleSpec {
            message: "{{ .ID }} is {{ .Level }}".into(),
            ..spec
        });
    }
}

#[test]
fn a_rule_without_a_handler_is_warned_of() {
    let silent = RuleSpec {
        posts: Field::Known(Vec::new()),
        ..threshold()
    };
    assert_warned(silent.clone(), &["post: ", "to nobody"]);
    assert_silent(RuleSpec {
        handlers: Field::Known(vec![HandlerSpec {
            kind: "slack".into(),
            ..HandlerSpec::default()
        }]),
        ..silent
    });
}

/// Limits of 0.0 and 0.0 hold every alert back.
#[test]
fn flapping_is_warned_of_since_it_never_sends() {
    assert_warned(
        RuleSpec {
            flapping: Field::Known(true),
            ..threshold()
        },
        &["flapping: The rule never sends"],
    );
}

/// `NAME-nil` opens before there is data and never recovers.
#[test]
fn a_grouped_deadman_is_warned_of_since_its_nil_group_never_recovers() {
    let grouped = |spec: RuleSpec| RuleSpec {
        group_by: Field::Known(vec!["host".into()]),
        ..spec
    };
    assert_warned(grouped(deadman()), &["group_by:", "\"disk-nil\"", "resolve_on_destroy"]);
    assert_silent(grouped(threshold()));
}

/// chronograf#2185: a value that looks like a regular expression never equals a tag.
#[test]
fn what_looks_like_a_pattern_is_warned_of() {
    for value in ["/^web-.*/", "/web|db/", "*", "/[ab]/", "/\\d/"] {
        assert_warned(
            RuleSpec {
                r#where: tagged(value),
                ..threshold()
            },
            &["where[\"host\"][0]", "letter by letter"],
        );
        assert_warned(
            RuleSpec {
                exclude: tagged(value),
                ..threshold()
            },
            &["exclude[\"host\"][0]"],
        );
    }
    assert_warned(
        RuleSpec {
            measurement: "/cpu.*/".into(),
            ..threshold()
        },
        &["measurement:"],
    );
    for value in ["/", "//", "/var/", "/mnt/data-1/", "web-*", "a*b", "/x", "^web"] {
        assert_silent(RuleSpec {
            r#where: tagged(value),
            ..threshold()
        });
    }
}

/// chronograf#668: the script names the watched field `value`.
#[test]
fn a_field_that_the_alert_does_not_have_is_warned_of() {
    let message = |text: &str, spec: RuleSpec| RuleSpec {
        message: text.into(),
        ..spec
    };
    let own = "{{ index .Fields \"used_percent\" }}";
    for spec in [threshold(), averaged(), aggregated("max"), relative(), deadman()] {
        assert_warned(message(own, spec), &["message:", "used_percent"]);
    }
    assert_warned(message("{{ .Fields.used_percent }}", threshold()), &["as \"value\""]);
    assert_warned(message("{{ index .Fields \"value\" }}", deadman()), &["\"emitted\""]);
    assert_silent(message("{{ index .Fields \"value\" }}", threshold()));
    assert_silent(message("{{ index .Fields \"other\" }}", aggregated("last")));
    assert_silent(message("{{ index .Fields \"past.value\" }}", relative()));
    assert_silent(message("{{ index .Fields \"emitted\" }}", deadman()));
    assert_warned(
        RuleSpec {
            details: own.into(),
            ..threshold()
        },
        &["details:"],
    );
    let handler = HandlerSpec {
        kind: "alerta".into(),
        options: Field::Known([("value".to_owned(), own.into())].into()),
        secrets: Field::Absent,
    };
    assert_warned(
        RuleSpec {
            handlers: Field::Known(vec![handler]),
            ..threshold()
        },
        &["the option value of the handler alerta"],
    );
}

#[test]
fn a_tag_that_is_summed_up_is_warned_of() {
    let host = |spec: RuleSpec| RuleSpec {
        message: "{{ index .Tags \"host\" }}".into(),
        ..spec
    };
    assert_warned(host(averaged()), &["the tag \"host\""]);
    assert_warned(host(deadman()), &["the tag \"host\""]);
    for spec in [threshold(), aggregated("max"), relative()] {
        assert_silent(host(spec));
    }
    assert_silent(host(RuleSpec {
        group_by: Field::Known(vec!["host".into()]),
        ..averaged()
    }));
}

/// A branch that fails may never be taken, so that the template is not refused.
#[test]
fn a_branch_that_fails_is_warned_of() {
    let message = "{{ if eq .Level \"OK\" }}{{ .Nope }}{{ end }}";
    assert_warned(
        RuleSpec {
            message: message.into(),
            ..threshold()
        },
        &["message:", ".Nope", "stops with an error"],
    );
}

#[test]
fn a_url_that_ends_in_a_blank_is_warned_of() {
    let post = |url: &str| PostSpec {
        url: url.into(),
        ..PostSpec::default()
    };
    let posts = Field::Known(vec![post("https://host/s3cret"), post("https://host/s3cret ")]);
    let spec = RuleSpec { posts, ..threshold() };
    assert_warned(spec.clone(), &["post[1].url", "%20"]);
    assert!(!warnings(&spec)[0].contains("s3cret"));
}
