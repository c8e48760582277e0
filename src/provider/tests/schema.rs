//! The schemas, as Terraform gets them.

use crate::protocol::messages::DynamicValue;
use crate::protocol::tests::{assert_follows_terraforms_rules, schema_of};
use crate::protocol::ServedProvider;
use crate::provider::alert_rule::handlers::names::NAMED_KINDS;
use crate::provider::SquadcastProvider;
use serde_json::json;
use tf_provider::Diagnostics;

#[tokio::test]
async fn every_schema_follows_terraforms_rules() {
    assert_follows_terraforms_rules(&schema_of(SquadcastProvider::default()).await);
}

/// A configuration that sets every write-only attribute.
fn with_all(resource: &str) -> serde_json::Value {
    let headers = json!({ "Authorization": "x" });
    match resource {
        "squadcast_kapacitor_endpoint" => json!({
            "url_wo": "http://h/", "url_wo_version": "1",
            "sensitive_headers_wo": headers, "sensitive_headers_wo_version": "1",
            "basic_auth": { "username": "u", "password_wo": "p", "password_wo_version": "1" },
        }),
        "squadcast_kapacitor_alert_rule" => json!({
            "post": [{
                "url_wo": "http://h/", "url_wo_version": "1",
                "sensitive_headers_wo": headers, "sensitive_headers_wo_version": "1",
            }],
            "handlers": handlers(),
        }),
        "squadcast_kapacitor_topic_handler" => topic_handlers(),
        "squadcast_kapacitor_task" => json!({ "secrets_wo": { "hook": "http://h/" }, "secrets_wo_version": "1" }),
        "squadcast_kapacitor_template" => json!({ "script_wo": "stream|from()", "script_wo_version": "1" }),
        other => panic!("{other} has write-only attributes, and this test none for it"),
    }
}

/// Every kind of handler that has a secret, with that as a write-only one.
fn handlers() -> serde_json::Value {
    let mut kinds = json!({});
    for named in NAMED_KINDS.iter() {
        if let Some([twin, version]) = named.secret().and_then(|secret| secret.twin) {
            kinds[named.attribute] = json!([{ twin: "http://h/", version: "1" }]);
        }
    }
    kinds
}

/// Every kind with every write-only option.
fn topic_handlers() -> serde_json::Value {
    let mut kinds = json!({});
    for path in crate::provider::topic_handler::definition::write_only() {
        let (kind, option) = path.split_once('.').unwrap();
        kinds[kind][option] = match option {
            "sensitive_headers_wo" => json!({ "Authorization": "x" }),
            _ => json!("http://h/"),
        };
        kinds[kind][format!("{option}_version")] = json!("1");
    }
    kinds
}

#[tokio::test]
async fn an_older_terraform_is_told_of_each_attribute_that_it_cannot_keep_out_of_its_state() {
    for (name, resource) in SquadcastProvider::default().serves().resources {
        let mut config = json!({});
        let mut diags = Diagnostics::default();
        let block = resource.schema(&mut diags).unwrap().block;
        for attribute in block.attributes.keys() {
            config[attribute] = json!(null);
        }
        for nested in block.blocks.keys() {
            config[nested] = json!([]);
        }
        for (attribute, value) in with_all(&name).as_object().unwrap() {
            config[attribute] = value.clone();
        }
        let config = DynamicValue::of_json(config.to_string().into());
        let told = |diags: Diagnostics| {
            let errors = diags
                .errors
                .into_iter()
                .filter(|error| error.summary.contains("newer Terraform"));
            let mut paths: Vec<_> = errors
                .map(|error| error.attribute.to_string().replace("[0].", ".").replace(".[0]", ""))
                .collect();
            paths.sort();
            paths
        };
        let mut expected = resource.write_only();
        expected.sort();
        let mut diags = Diagnostics::default();
        resource.validate(&mut diags, &config, false).await;
        assert_eq!(told(diags), expected, "{name}");
        let mut diags = Diagnostics::default();
        resource.validate(&mut diags, &config, true).await;
        assert_eq!(told(diags), Vec::<String>::new(), "{name}");
    }
}
