//! Templates that cannot work.

use super::*;

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
