//! What Chronograf shows of a rule, and what its editor leaves of it.

use crate::harness::{endpoint, join, rule, Api, Block, Resource, Server, Transport, Workspace, ENDPOINT, RULE};
use sandbox::{ChronografConf, Options};
use serde_json::{json, Value};

/// A server with a Chronograf in front of it, whichever way the provider goes; `None`, after saying so, where the suite runs
/// against a real Kapacitor without one.
fn server() -> Option<Server> {
    if Transport::of_this_run() == Transport::Chronograf {
        return Some(Server::start());
    }
    let options = Options {
        chronograf: Some(ChronografConf::default()),
        ..Options::default()
    };
    Server::sandbox(options, "no CHRONOGRAF_URL is set")
}

/// The rules that Chronograf lists, and the path of that list.
struct Rules {
    api: Api,
    path: String,
}

impl Rules {
    fn of(server: &Server) -> Self {
        let api = server.chronograf_api();
        let sources = api.get("/chronograf/v1/sources");
        let list = sources["sources"][0]["links"]["kapacitors"].as_str().unwrap();
        let kapacitors = api.get(list);
        let path = kapacitors["kapacitors"][0]["links"]["rules"]
            .as_str()
            .unwrap()
            .to_owned();
        Rules { api, path }
    }

    /// The rule of this id in the list.
    fn listed(&self, id: &str) -> Value {
        let listed = self.api.get(&self.path);
        let rules = listed["rules"].as_array().unwrap();
        let found: Vec<&Value> = rules.iter().filter(|rule| rule["id"] == id).collect();
        assert_eq!(found.len(), 1, "{id} is listed so often: {listed:#}");
        found[0].clone()
    }

    /// Saves a rule as it is listed, as a person does who opens it and presses "Save Rule".
    fn save_again(&self, id: &str) {
        let rule = self.listed(id);
        self.api.send_ok("PUT", &format!("{}/{id}", self.path), &rule);
    }
}

fn id_of(workspace: &Workspace) -> String {
    workspace.state().of(RULE)["id"].as_str().unwrap().to_owned()
}

/// A rule with something in each field that Chronograf has.
fn full(server: &Server) -> Resource {
    let post = Block::new()
        .text("url", &server.receiver_url("/rule"))
        .set("headers", r#"{ X-Team = "sre" }"#);
    rule(server)
        .text("aggregate", "mean")
        .text("period", "10m")
        .text("every", "30s")
        .set("group_by", r#"["host", "cpu"]"#)
        .set("where", r#"{ cpu = ["cpu-total"] }"#)
        .text("details", "<b>{{ .Message }}</b>")
        .set("no_recoveries", "true")
        .only_block("post", post)
        .set(
            "handlers",
            r##"{ slack = [{ channel = "#ops", username = "kapacitor" }] }"##,
        )
}

#[test]
fn chronograf_lists_a_rule_with_all_its_fields() {
    let Some(server) = server() else { return };
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&full(&server)).succeeds();
    let listed = Rules::of(&server).listed(&id_of(&workspace));
    let fields = json!({
        "name": server.unique("cpu high"),
        "status": "enabled",
        "executing": true,
        "error": "",
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "trigger": "threshold",
        "message": "{{ .ID }} is {{ .Level }}",
        "details": "<b>{{ .Message }}</b>",
        "every": "30s",
    });
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&listed[name], value, "{name} of {listed:#}");
    }
    assert_eq!(listed["values"]["operator"], "greater than", "{listed:#}");
    assert_eq!(listed["values"]["value"], "90", "{listed:#}");

    let query = &listed["query"];
    assert_eq!(query["database"], "telegraf", "{query:#}");
    assert_eq!(query["retentionPolicy"], "autogen", "{query:#}");
    assert_eq!(query["measurement"], "cpu", "{query:#}");
    assert_eq!(query["tags"], json!({ "cpu": ["cpu-total"] }), "{query:#}");
    assert_eq!(query["areTagsAccepted"], true, "{query:#}");
    assert_eq!(
        query["groupBy"],
        json!({ "time": "10m0s", "tags": ["host", "cpu"] }),
        "{query:#}"
    );
    let field = &query["fields"][0];
    assert_eq!(
        (&field["value"], &field["type"]),
        (&json!("mean"), &json!("func")),
        "{query:#}"
    );
    assert_eq!(field["args"][0]["value"], "usage_user", "{query:#}");

    let nodes = &listed["alertNodes"];
    assert_eq!(nodes["stateChangesOnly"], true, "{nodes:#}");
    assert_eq!(nodes["noRecoveries"], true, "{nodes:#}");
    let posts = nodes["post"].as_array().unwrap();
    assert_eq!(posts.len(), 1, "{nodes:#}");
    assert_eq!(posts[0]["url"], server.receiver_url("/rule"), "{nodes:#}");
    assert_eq!(posts[0]["headers"], json!({ "X-Team": "sre" }), "{nodes:#}");
    let slacks = nodes["slack"].as_array().unwrap();
    assert_eq!(slacks.len(), 1, "{nodes:#}");
    assert_eq!(slacks[0]["channel"], "#ops", "{nodes:#}");
    assert_eq!(slacks[0]["username"], "kapacitor", "{nodes:#}");
}

#[test]
fn each_kind_of_trigger_is_one_to_chronograf() {
    let Some(server) = server() else { return };
    let plain = || rule(&server).without("operator").without("value");
    let cases = [
        (
            "threshold",
            json!({ "operator": "inside range", "value": "10", "rangeValue": "90" }),
            plain()
                .text("trigger", "range")
                .text("operator", "inside")
                .set("lower", "10")
                .set("upper", "90"),
        ),
        (
            "relative",
            json!({ "operator": "greater than", "value": "50", "change": "% change", "shift": "5m0s" }),
            plain()
                .text("trigger", "relative")
                .text("operator", ">")
                .set("value", "50")
                .text("change", "percent")
                .text("shift", "5m"),
        ),
        (
            "deadman",
            json!({ "period": "10m0s" }),
            plain().text("trigger", "deadman").text("period", "10m"),
        ),
    ];
    let workspace = Workspace::new(&server);
    for (trigger, values, rule) in cases {
        workspace.apply_resource(&rule).succeeds();
        let listed = Rules::of(&server).listed(&id_of(&workspace));
        assert_eq!(listed["trigger"], trigger, "{listed:#}");
        for (name, value) in values.as_object().unwrap() {
            assert_eq!(&listed["values"][name], value, "{name} of {:#}", listed["values"]);
        }
    }
}

#[test]
fn a_rule_that_chronograf_saved_again_plans_empty() {
    let Some(server) = server() else { return };
    let full = match server.is_real() {
        true => full(&server),
        // The sandbox's Chronograf does not write that handler.
        false => full(&server).without("handlers"),
    };
    for rule in [rule(&server), full] {
        let workspace = Workspace::new(&server);
        workspace.apply_resource(&rule).succeeds();
        let id = id_of(&workspace);
        let before = server.api().task(&id).unwrap()["modified"].clone();
        Rules::of(&server).save_again(&id);
        assert_ne!(server.api().task(&id).unwrap()["modified"], before, "nothing was saved");
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
}

/// Chronograf shows a period of 90m as 1h30m0s, and Kapacitor takes only the first part of what it then saves.
#[test]
fn a_period_that_chronograf_cut_is_shown_and_restored() {
    let Some(server) = server() else { return };
    let workspace = Workspace::new(&server);
    let rule = rule(&server)
        .text("aggregate", "mean")
        .text("period", "90m")
        .text("every", "1m");
    workspace.apply_resource(&rule).succeeds();
    let id = id_of(&workspace);
    Rules::of(&server).save_again(&id);
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    let change = plan.change(RULE);
    assert_eq!(
        (&change.before["period"], &change.after["period"]),
        (&json!("1h"), &json!("90m"))
    );
    assert_eq!(change.before["every"], "1m");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

#[test]
fn an_endpoint_that_chronograf_lost_is_shown_and_restored() {
    let Some(server) = server() else { return };
    let workspace = Workspace::new(&server);
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("url", format!("{ENDPOINT}.url"));
    let rule = rule(&server).only_block("post", post);
    workspace.apply(&join(&[endpoint(&server), rule])).succeeds();
    let id = id_of(&workspace);
    let script = || server.api().task(&id).unwrap()["script"].as_str().unwrap().to_owned();
    let wanted = script();
    assert!(wanted.contains(".endpoint('squadcast')"), "{wanted}");

    Rules::of(&server).save_again(&id);
    assert!(
        !script().contains(".endpoint("),
        "Chronograf has kept the endpoint: {}",
        script()
    );
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    let change = plan.change(RULE);
    assert_eq!(change.before["post"][0]["endpoint"].as_str().unwrap_or_default(), "");
    assert_eq!(change.after["post"][0]["endpoint"], "squadcast");

    workspace.apply_again().succeeds();
    assert_eq!(script(), wanted);
    assert_eq!(server.api().task(&id).unwrap()["executing"], true);
    workspace.plan().is_empty();
}
