//! Every rule that Chronograf stored in the recordings is imported into configuration that Terraform generates, and that
//! configuration plans empty.

use crate::harness::{Server, Workspace};
use serde_json::{json, Value};
use std::fmt::Write;

/// A rule of the recordings that Chronograf accepted.
struct Stored {
    case: String,
    database: String,
    retention_policy: String,
    script: String,
}

/// Whether a text stands where an order wants a number: Chronograf stores such a rule, and a configuration of it is refused.
fn never_alerts(values: &Value) -> bool {
    let [operator, value] = ["operator", "value"].map(|name| values[name].as_str().unwrap_or_default());
    let is_text = value.parse::<f64>().is_err() && !matches!(value, "" | "true" | "false" | "TRUE" | "FALSE");
    ["greater", "less"].iter().any(|order| operator.contains(order)) && is_text
}

fn stored() -> Vec<Stored> {
    include_str!("../contract/rules/systematic.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|record| record["create_status"] == 201 && !never_alerts(&record["rule"]["values"]))
        .map(|record| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            Stored {
                case: text(&record["case"]),
                database: text(&record["rule"]["query"]["database"]),
                retention_policy: text(&record["rule"]["query"]["retentionPolicy"]),
                script: text(&record["tickscript"]),
            }
        })
        .collect()
}

#[test]
fn every_stored_rule_is_imported_into_generated_configuration_that_plans_empty() {
    let server = Server::start();
    let workspace = Workspace::new(&server).with_state_server();
    let stored = stored();
    let mut imports = String::new();
    for (number, rule) in stored.iter().enumerate() {
        let id = server.unique(&format!("stored-{number}")).replace(' ', "-");
        server.api().create_task(&json!({
            "id": id,
            "type": "stream",
            "dbrps": [{ "db": rule.database, "rp": rule.retention_policy }],
            "script": rule.script,
            "status": "disabled",
        }));
        writeln!(
            imports,
            "# {}\nimport {{\n  to = squadcast_kapacitor_alert_rule.r{number}\n  id = \"{id}\"\n}}",
            rule.case.replace('\n', " ")
        )
        .unwrap();
    }
    let before = server.snapshot();
    workspace.write(&imports);
    let generated = workspace.plan_of_many(&["-generate-config-out=generated.tf"]);
    let addresses: Vec<String> = (0..stored.len())
        .map(|number| format!("squadcast_kapacitor_alert_rule.r{number}"))
        .collect();
    let wanted: Vec<(&str, &str)> = addresses.iter().map(|address| (address.as_str(), "import")).collect();
    generated.wants(&wanted);
    workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .succeeds();
    assert_eq!(server.snapshot(), before, "an import changes nothing on the server");
    workspace.plan_of_many(&[]).is_empty();
    println!(
        "generated configuration planned empty for {} of {} rules",
        stored.len(),
        stored.len()
    );
}
