//! The functions, called as Terraform calls them.

use crate::protocol::tests::call_function;
use crate::provider::SquadcastProvider;
use serde_json::{json, Value};

async fn call(name: &str, script: &str) -> Result<Value, (String, Option<i64>)> {
    call_function(SquadcastProvider::default(), name, json!(script)).await
}

#[tokio::test]
async fn a_script_is_formatted_as_kapacitor_prints_it_and_then_stays() {
    let formatted = call("tickscript_format", "var a=1\nstream|from( ).measurement('cpu')").await;
    let expected = "var a = 1\n\nstream\n    |from()\n        .measurement('cpu')\n";
    assert_eq!(formatted.unwrap(), expected);
    assert_eq!(call("tickscript_format", expected).await.unwrap(), expected);
}

#[tokio::test]
async fn a_script_that_breaks_is_an_error_at_the_argument_with_the_place_and_without_its_texts() {
    for name in ["tickscript_format", "tickscript_vars"] {
        let (text, argument) = call(name, "var a = 1\nvar b = 'planted' )").await.unwrap_err();
        assert_eq!(argument, Some(0));
        assert!(text.contains("line 2, column 19"), "{text}");
        assert!(text.contains("\n2 | var b = … …\n  |           ^"), "{text}");
        assert!(!text.contains("planted"), "{text}");
    }
}

#[tokio::test]
async fn vars_have_types_values_and_descriptions() {
    let script = "// How much is too much\nvar crit = 90.5\nvar low = -5\nvar every = 10m\nvar host string\n\
                  var tags = ['a', *]\nvar where = lambda: \"cpu\" == 'total'\nvar data = stream|from()\n";
    let var = |kind: &str, value: Value, description: &str| json!({ "type": kind, "value": value, "description": description });
    assert_eq!(
        call("tickscript_vars", script).await.unwrap(),
        json!({
            "crit": var("float", json!("90.5"), "How much is too much"),
            "low": var("int", json!("-5"), ""),
            "every": var("duration", json!("10m"), ""),
            "host": var("string", json!(null), ""),
            "tags": var("list", json!("['a', *]"), ""),
            "where": var("lambda", json!("lambda: \"cpu\" == 'total'"), ""),
        })
    );
}

#[tokio::test]
async fn a_var_that_is_declared_twice_is_named() {
    let (text, argument) = call("tickscript_vars", "var a = 1\nvar a = 2").await.unwrap_err();
    assert_eq!(argument, Some(0));
    assert!(text.contains("var a is declared twice"), "{text}");
}

async fn conf(endpoints: Value) -> Result<Value, (String, Option<i64>)> {
    // A value of dynamic type comes with its type before it.
    call_function(
        SquadcastProvider::default(),
        "kapacitor_conf",
        json!(["type", endpoints]),
    )
    .await
}

#[tokio::test]
async fn endpoints_are_declared_with_their_escapes() {
    let endpoints = json!([
        { "name": "squadcast", "url": "https://h/\"q\"", "headers": { "X-A": 1 }, "live": true, "url_wo": null },
        { "name": "other", "url": "https://h/", "basic_auth": { "username": "u", "password": "p" } },
    ]);
    assert_eq!(
        conf(endpoints).await.unwrap(),
        "[[httppost]]\n  endpoint = \"squadcast\"\n  url = \"https://h/\\\"q\\\"\"\n  headers = { X-A = \"1\" }\n\n\
         [[httppost]]\n  endpoint = \"other\"\n  url = \"https://h/\"\n  basic-auth = { password = \"p\", username = \"u\" }\n"
    );
    assert_eq!(conf(json!([])).await.unwrap(), "");
}

#[tokio::test]
async fn what_is_wrong_with_an_endpoint_is_named_by_its_place_without_a_secret() {
    let fine = json!({ "name": "a", "url": "https://h/planted" });
    for (endpoints, words) in [
        (json!("planted"), "list of objects"),
        (json!([fine, "planted"]), "endpoints[1]: it is not an object"),
        (json!([{ "url": "https://h/planted" }]), "endpoints[0].name"),
        (json!([{ "name": "a" }]), "endpoints[0].url"),
        (
            json!([{ "name": "a b", "url": "https://h/planted" }]),
            "endpoints[0].name",
        ),
        (json!([{ "name": "a", "url": "planted" }]), "endpoints[0].url"),
        (
            json!([{ "name": "a", "url": ["planted"] }]),
            "endpoints[0].url: it must be a text",
        ),
        (
            json!([{ "name": "a", "url": "https://h/", "header": "planted" }]),
            "endpoints[0].header: an endpoint has no such",
        ),
        (json!([fine, fine]), "endpoints[1].name: there are two endpoints \"a\""),
    ] {
        let (text, argument) = conf(endpoints).await.unwrap_err();
        assert_eq!(argument, Some(0));
        assert!(text.contains(words) && !text.contains("planted"), "{text}");
    }
}

fn rule() -> Value {
    json!({
        "name": "cpu high", "database": "telegraf", "measurement": "cpu", "field": "usage_user", "trigger": "threshold",
        "operator": ">", "value": 90, "post": [{ "url": "https://h/planted" }],
    })
}

async fn script_of(rule: Value) -> Result<Value, (String, Option<i64>)> {
    call_function(
        SquadcastProvider::default(),
        "alert_rule_tickscript",
        json!(["type", rule]),
    )
    .await
}

#[tokio::test]
async fn a_rule_has_the_script_that_the_resource_would_write() {
    let script = script_of(rule()).await.unwrap();
    let script = script.as_str().unwrap();
    assert!(
        script.starts_with("var db = 'telegraf'\n\nvar rp = 'autogen'\n"),
        "{script}"
    );
    assert!(
        script.contains("var crit = 90\n") && script.contains(".post('https://h/planted')"),
        "{script}"
    );
    assert_eq!(crate::tickscript::format(script).as_deref(), Ok(script));
    // A resource has more attributes than a configuration gives.
    let mut of_resource = rule();
    of_resource["tickscript"] = json!("var message = 'planted'");
    of_resource["executing"] = json!(true);
    assert_eq!(script_of(of_resource).await.unwrap(), script);
}

#[tokio::test]
async fn what_is_wrong_with_a_rule_is_named_by_its_attribute_without_a_secret() {
    let changed = |name: &str, value: Value| {
        let mut rule = rule();
        rule[name] = value;
        rule
    };
    for (rule, words) in [
        (json!("planted"), "rule: it is not an object"),
        (changed("name", json!(null)), "rule.name: "),
        (
            changed("measurment", json!("planted")),
            "rule.measurment: a rule has no such attribute",
        ),
        (changed("operator", json!("=>")), "rule.operator: "),
        (
            changed("flapping", json!("planted")),
            "rule.flapping: it must be true or false",
        ),
        (
            changed("group_by", json!("planted")),
            "rule.group_by: it must be a list of texts",
        ),
        (
            changed("where", json!({ "host": "planted" })),
            "rule.where[\"host\"]: it must be a list",
        ),
        (
            changed("post", json!({ "url": "https://h/planted" })),
            "rule.post: it must be a list of objects",
        ),
        (changed("post", json!([{ "uri": "planted" }])), "rule.post[0].uri: "),
        (
            changed("post", json!([{ "url": "ftp://planted" }])),
            "rule.post[0].url: ",
        ),
        (
            changed("post", json!([{ "url_env": "HOOK" }])),
            "rule.post[0].url_env: a function reads no environment",
        ),
        (
            changed("handlers", json!({ "slak": [] })),
            "rule.handlers.slak: a rule has no such attribute",
        ),
        (
            changed(
                "handlers",
                json!({ "slack": [{ "channel": "#planted" }], "tcp": [{ "address": "h:1" }, { "address": "planted" }] }),
            ),
            "rule.handlers.tcp[1].address: The address needs a host and a port",
        ),
        (
            changed("handlers", json!({ "slack": [{}], "tcp": [{}] })),
            "rule.handlers.tcp[0]",
        ),
    ] {
        let (text, argument) = script_of(rule).await.unwrap_err();
        assert_eq!(argument, Some(0));
        assert!(text.contains(words) && !text.contains("planted"), "{words}: {text}");
    }
}
