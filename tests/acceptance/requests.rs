//! How many requests a refresh takes, and that reads which share requests never serve anything old.

use crate::harness::{block_on, is_about_leases, join, threshold, Resource, Server, Workspace, RULES_PATH};
use sandbox::{HttpPost, KapacitorConf, Options};
use serde_json::{json, Value};
use std::fs;

/// What issue 7 allows a refresh of a thousand rules and ten endpoints.
const REQUESTS_OF_MANY: usize = 25;

/// What it allows a refresh of one rule.
const REQUESTS_OF_ONE: usize = 3;

const RULES: usize = 1000;
const ENDPOINTS: usize = 10;

fn configuration(rules: usize) -> String {
    format!(
        r#"
resource "squadcast_kapacitor_endpoint" "many" {{
  count = {ENDPOINTS}
  name  = "endpoint-${{count.index}}"
  url   = "http://127.0.0.1:9/managed-${{count.index}}"
}}

resource "squadcast_kapacitor_alert_rule" "many" {{
  count       = {rules}
  name        = "many ${{count.index}}"
  task_id     = "many-${{count.index}}"
  database    = "telegraf"
  measurement = "cpu"
  field       = "usage_user"
  trigger     = "threshold"
  operator    = ">"
  value       = 90
  enabled     = false
}}
"#
    )
}

fn ten_endpoints() -> Options {
    let conf = KapacitorConf {
        httpposts: (0..ENDPOINTS)
            .map(|number| HttpPost::new(&format!("endpoint-{number}"), "http://127.0.0.1:9/from-conf"))
            .collect(),
        ..KapacitorConf::default()
    };
    Options {
        conf,
        ..Options::default()
    }
}

/// Multiplies the one rule that was applied: tasks on the server and instances in the state, which is what a thousand
/// creations would have left behind, without their time.
fn multiply(server: &Server, workspace: &Workspace) {
    let api = server.api();
    let task = api.task("many-0").unwrap();
    let mut state = workspace.state().0;
    let resources = state["resources"].as_array_mut().unwrap();
    let rules = resources
        .iter_mut()
        .find(|resource| resource["type"] == "squadcast_kapacitor_alert_rule")
        .unwrap();
    let instances = rules["instances"].as_array_mut().unwrap();
    let first = instances[0].clone();
    for number in 1..RULES {
        let mut instance = renumbered(&first, number);
        instance["index_key"] = json!(number);
        instances.push(instance);
        let copy = renumbered(&task, number);
        api.create_task(&json!({
            "id": copy["id"], "type": copy["type"], "dbrps": copy["dbrps"], "script": copy["script"], "status": "disabled",
        }));
    }
    fs::write(workspace.path("terraform.tfstate"), state.to_string()).unwrap();
}

fn renumbered(value: &Value, number: usize) -> Value {
    let text = value.to_string();
    let text = text.replace("many 0", &format!("many {number}"));
    serde_json::from_str(&text.replace("many-0", &format!("many-{number}"))).unwrap()
}

#[test]
fn a_refresh_of_many_shares_its_requests_and_misses_no_change() {
    let Some(server) = Server::sandbox(ten_endpoints(), "it counts requests") else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.apply(&configuration(1)).succeeds();
    multiply(&server, &workspace);
    workspace.write(&configuration(RULES));
    // Each script shows its own name's fingerprint, which copies of one state do not have.
    workspace
        .run(&["apply", "-refresh-only", "-auto-approve", "-json"])
        .succeeds();

    server.insides().clear_requests();
    workspace.plan().is_empty();
    let requests = server.insides().requests().len();
    println!("a refresh of {RULES} rules and {ENDPOINTS} endpoints took {requests} requests");
    assert!(requests <= REQUESTS_OF_MANY, "{requests} requests");

    server
        .api()
        .edit_script("many-500", |script| script.replace("crit = 90", "crit = 91"));
    server
        .api()
        .set_endpoint("endpoint-7", &json!({ "url": "http://127.0.0.1:9/elsewhere" }));
    server.api().delete_task("many-999");
    workspace.plan().wants(&[
        ("squadcast_kapacitor_alert_rule.many[500]", "update"),
        ("squadcast_kapacitor_alert_rule.many[999]", "create"),
        ("squadcast_kapacitor_endpoint.many[7]", "update"),
    ]);
}

/// How many objects of a kind: more than a list has on one page.
const OBJECTS: usize = 130;

fn numbered(resource: &Resource, id: &str) -> String {
    let labelled = |number: usize| {
        let name = format!("many-{number}");
        resource.clone().labelled(&name).text(id, &name)
    };
    join(&(0..OBJECTS).map(labelled).collect::<Vec<_>>())
}

/// The requests of a plan that refreshes all of them, which the real terraform reads ten at a time.
fn requests_of_a_plan(configuration: &str) -> Vec<String> {
    let server = Server::sandbox(Options::default(), "it counts requests").unwrap();
    let workspace = Workspace::new(&server).real();
    workspace.apply(configuration).succeeds();
    server.insides().clear_requests();
    workspace.plan().is_empty();
    let requests = server.insides().requests();
    let asked = requests.iter().filter(|request| !is_about_leases(request));
    asked
        .map(|request| format!("{} {}", request.method, request.path))
        .collect()
}

#[test]
fn a_plan_of_many_tasks_templates_or_handlers_asks_no_more_often_than_one_of_rules_may() {
    if Server::sandbox(Options::default(), "it counts requests").is_none() {
        return;
    }
    let script = "stream|from().measurement('cpu')|alert().crit(lambda: \"usage_user\" > 90).stateChangesOnly()";
    let rule = threshold("many", &format!("http://127.0.0.1:9{RULES_PATH}")).set("enabled", "false");
    let task = Resource::new("squadcast_kapacitor_task", "many")
        .text("script", script)
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("enabled", "false");
    let template = Resource::new("squadcast_kapacitor_template", "many").text("script", script);
    let handler = Resource::new("squadcast_kapacitor_topic_handler", "many")
        .text("topic", "ops")
        .set("slack", "{ channel = \"#ops\" }");
    for (resource, id) in [
        (rule, "name"),
        (task, "task_id"),
        (template, "template_id"),
        (handler, "handler_id"),
    ] {
        let asked = requests_of_a_plan(&numbered(&resource, id));
        println!("a plan of {OBJECTS}, told apart by {id}, took {} requests", asked.len());
        assert!(asked.len() <= REQUESTS_OF_MANY, "{asked:#?} for {id}");
    }
}

#[test]
fn a_refresh_of_one_rule_takes_few_requests() {
    let Some(server) = Server::sandbox(ten_endpoints(), "it counts requests") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let rule = crate::harness::rule(&server);
    workspace.apply_resource(&rule).succeeds();
    server.insides().clear_requests();
    workspace.plan().is_empty();
    let seen = block_on(server.insides().wait_for_requests(|seen| !seen.is_empty()));
    assert!(seen.len() <= REQUESTS_OF_ONE, "{seen:?}");
}

/// The apply reads all rules, writes some of them and reads those again: what it then stores is what it wrote.
#[test]
fn a_write_inside_an_apply_is_seen_by_the_reads_after_it() {
    let Some(server) = Server::sandbox(ten_endpoints(), "it has ten endpoints of its own") else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.apply(&configuration(30)).succeeds();
    let changed = configuration(30).replace("value       = 90", "value       = 91");
    workspace.apply(&changed).succeeds();
    let state = workspace.state().0;
    let stale: Vec<&Value> = state["resources"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|resource| resource["instances"].as_array().unwrap())
        .filter(|instance| instance["attributes"]["value"] == "90")
        .collect();
    assert!(stale.is_empty(), "{stale:?}");
    workspace.plan().is_empty();
}
