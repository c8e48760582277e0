//! Any TICKscript as a task: from a file to a running task, its changes, drift, import and end.

use crate::harness::{has, Feature, Points, Resource, Server, Workspace};
use sandbox::Options;
use serde_json::json;

const TASK: &str = "squadcast_kapacitor_task.own";

/// A stranger's script: comments, odd layout, three alerts, vars.
const STRANGERS: &str = r#"// How much is too much
var crit=90
var   period = 5m
var groups = ['host',
   'cpu']
var hook string

// what comes in
var data = stream|from().database('telegraf').retentionPolicy('autogen')
  .measurement('cpu').groupBy( groups )
     |window().period(period).every(1m)

data|mean('usage_user').as('value')|alert()
   .id('user {{ .Group }}').crit(lambda: "value">crit)   // critical
   .stateChangesOnly().post(hook)

data
  |mean('usage_system').as('value')
  |alert().id('system {{ .Group }}')
     .warn(lambda: "value" > 70.0 AND TRUE)
     .crit(lambda: ("value" > 80.5))
     .stateChangesOnly()
     .post('http://localhost:1/planted-in-the-script')
     .header('Authorization', 'planted-in-a-header')

data|max('usage_iowait').as('value')
  |alert()
    .id('iowait {{ .Group }}')
    .crit(lambda: "value" > 50)
    .stateChangesOnly()
    .log('/tmp/alerts.log')
"#;

fn hcl(server: &Server, more: &str) -> String {
    format!(
        "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
         dbrps = [\"telegraf.autogen\"]\n  vars = {{ crit = 95, period = \"10m\" }}\n  secrets = {{ hook = \"{}\" }}\n{more}}}\n",
        server.receiver_url("/planted-in-secrets"),
    )
}

fn workspace(server: &Server, script: &str) -> Workspace {
    let workspace = Workspace::new(server);
    std::fs::write(workspace.path("own.tick"), script).unwrap();
    workspace
}

#[test]
fn a_strangers_script_goes_from_a_file_to_a_running_task_and_a_threshold_is_one_line() {
    let server = Server::start();
    let before = server.snapshot();
    let workspace = workspace(&server, STRANGERS);
    workspace.apply(&hcl(&server, "")).succeeds();
    let task = server.api().task("own").expect("the task exists");
    assert_eq!((&task["executing"], &task["type"]), (&json!(true), &json!("stream")));
    assert_eq!(task["vars"]["crit"]["value"], 95);
    workspace.plan().is_empty();

    std::fs::write(
        workspace.path("own.tick"),
        STRANGERS.replace("var crit=90", "\n\n  var crit   =  90\n"),
    )
    .unwrap();
    workspace.plan().is_empty();

    std::fs::write(workspace.path("own.tick"), STRANGERS.replace("> 80.5", "> 85.5")).unwrap();
    let plan = workspace.plan();
    let text = plan.text();
    assert!(!text.contains("planted"), "{text}");
    let changed: Vec<&str> = text
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("- ") || line.starts_with("+ "))
        .collect();
    assert_eq!(changed.len(), 2, "{text}");
    assert!(changed[0].contains("> 80.5") && changed[1].contains("> 85.5"), "{text}");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();

    server
        .api()
        .edit_script("own", |script| script.replace("> 85.5", "> 99.5"));
    assert!(workspace.plan().text().contains("> 99.5"));
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert!(server.api().task("own").unwrap()["script"]
        .as_str()
        .unwrap()
        .contains("> 85.5"));

    workspace.forget_state();
    workspace.import(TASK, "own").succeeds();
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn each_attribute_is_changed_in_place_and_drifts() {
    let server = Server::start();
    let workspace = workspace(&server, STRANGERS);
    workspace.apply(&hcl(&server, "")).succeeds();
    let first = hcl(&server, "");
    for (from, to) in [
        ("crit = 95", "crit = 96"),
        ("crit = 95, ", ""),
        ("telegraf.autogen", "telegraf.week"),
        ("planted-in-secrets", "another"),
        ("task_id = \"own\"", "task_id = \"own\"\n  enabled = false"),
        ("task_id = \"own\"", "task_id = \"own\"\n  resolve_on_destroy = true"),
    ] {
        workspace.apply(&first.replace(from, to)).succeeds();
        workspace.plan().is_empty();
    }
    workspace.apply(&first).succeeds();
    for drift in [
        json!({ "status": "disabled" }),
        json!({ "dbrps": [{ "db": "other", "rp": "autogen" }] }),
        json!({ "vars": { "crit": { "type": "int", "value": 1 }, "hook": { "type": "string", "value": "http://planted/" } } }),
    ] {
        server.api().patch_task("own", &drift);
        let text = workspace.plan().text();
        assert!(
            text.contains("will be updated in-place") && !text.contains("planted"),
            "{text}"
        );
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
    }
}

#[test]
fn a_batch_task_and_one_of_a_template_with_lines_of_their_own() {
    let server = Server::start();
    let batch = "dbrp \"telegraf\".\"autogen\"\nbatch|query('SELECT mean(usage_user) AS v FROM telegraf.autogen.cpu').period(1m).every(1m)\
                 |alert().crit(lambda: \"v\" > 1).stateChangesOnly()";
    let own = workspace(&server, batch);
    let task = Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .set("script", "file(\"own.tick\")");
    own.apply_resource(&task).succeeds();
    own.plan().is_empty();
    assert_eq!(own.state().of(TASK)["type"], "batch");
    assert_eq!(own.state().of(TASK)["dbrps"], json!(["telegraf.autogen"]));

    let template = json!({ "id": "t", "type": "stream", "script": "var crit = 1\nstream|from()|alert().crit(lambda: \"v\" > crit)" });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &template);
    let task = Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .text("template_id", "t")
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("vars", "{ crit = 5 }");
    own.apply_resource(&task).succeeds();
    own.plan().is_empty();
    let made = server.api().task("own").unwrap();
    assert_eq!(
        (&made["template-id"], &made["vars"]["crit"]["value"]),
        (&json!("t"), &json!(5))
    );
    own.destroy().succeeds();
    server
        .api()
        .send_ok("DELETE", "/kapacitor/v1/templates/t", &json!(null));
}

#[test]
fn what_is_wrong_fails_where_it_can_be_known_and_leaves_nothing() {
    let server = Server::start();
    let before = server.snapshot();
    let bad = |script: &str, more: &str| {
        let workspace = workspace(&server, script);
        workspace.write(&format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n{more}}}\n"
        ));
        let run = workspace.apply_again();
        assert_eq!(server.snapshot(), before, "{run}");
        run.fails_once()
    };
    let dbrps = "  dbrps = [\"telegraf.autogen\"]\n";
    bad("stream\n  |from()\n  .where('planted' ", dbrps).mentions(&["Kapacitor would refuse the script", "line 3"]);
    bad(
        "var n = 1\nstream|from()",
        &format!("{dbrps}  vars = {{ n = \"x\" }}\n"),
    )
    .mentions(&["whole number"]);
    bad("var n int\nstream|from()", dbrps).mentions(&["declares the var n without a value"]);
    bad("stream|from()", "").mentions(&["Set `dbrps`"]);
    bad("stream|from().nope()", dbrps).mentions(&["no method or property \"nope\""]);
}

/// A script that declares a var of each type that Kapacitor knows.
const TYPED: &str = r#"var on = TRUE
var n = 1
var f = 1.5
var d = 1m
var s = 'a'
var r = /^a/
var limit = lambda: "v" > 1
var tags = ['host']
var by = *
var token string
stream
    |from()
        .database('telegraf')
        .groupBy(tags)
        .where(lambda: "s" == s AND "r" =~ r)
    |eval(lambda: "v" * f)
        .as('v')
    |window()
        .period(d)
        .every(d)
    |groupBy(by)
    |alert()
        .crit(limit)
        .warn(lambda: on AND "v" > n)
        .id('{{ .Group }}')
        .stateChangesOnly()
        .exec('/bin/true', token)
"#;

/// Each var with two values, as a configuration has them and as the API has the second one.
fn typed_vars() -> Vec<(&'static str, &'static str, &'static str, serde_json::Value)> {
    let one = |kind: &str, value: serde_json::Value| json!({ "type": kind, "value": value });
    let text = json!({ "type": "string", "value": "cpu" });
    vec![
        ("on", "true", "false", one("bool", json!(false))),
        ("n", "2", "-3", one("int", json!(-3))),
        ("f", "2.25", "0.5", one("float", json!(0.5))),
        ("d", "\"90s\"", "\"2h\"", one("duration", json!(7_200_000_000_000_i64))),
        ("s", "\"it's\"", "\"b\"", one("string", json!("b"))),
        ("r", "\"^b\"", "\"c$\"", one("regex", json!("c$"))),
        (
            "limit",
            r#""\"v\" > 2""#,
            r#""\"v\" > 3""#,
            one("lambda", json!("\"v\" > 3")),
        ),
        ("tags", "\"['host', 'cpu']\"", "\"['cpu']\"", one("list", json!([text]))),
        ("token", "\"first\"", "\"second\"", one("string", json!("second"))),
    ]
}

#[test]
fn a_var_of_each_type_is_written_changed_and_repaired_alone() {
    let server = Server::start();
    let workspace = workspace(&server, TYPED);
    let vars = typed_vars();
    let configuration = |changed: &str| {
        let entries = vars.iter().map(|(name, first, second, _)| {
            let value = if *name == changed { second } else { first };
            format!("{name} = {value}")
        });
        format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
             dbrps = [\"telegraf.autogen\"]\n  vars = {{ {}, by = \"*\" }}\n}}\n",
            entries.collect::<Vec<_>>().join(", ")
        )
    };
    workspace.apply(&configuration("")).succeeds();
    workspace.plan().is_empty();
    let first = server.api().task("own").unwrap()["vars"].clone();
    for (name, _, _, wanted) in &vars {
        workspace.write(&configuration(name));
        let plan = workspace.plan();
        plan.wants(&[(TASK, "update")]);
        assert_eq!(changed_vars(&plan.change(TASK)), [*name]);
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
        let made = server.api().task("own").unwrap()["vars"][name].clone();
        assert_eq!(
            (&made["type"], without_descriptions(&made)),
            (&wanted["type"], without_descriptions(wanted)),
            "{name}"
        );

        // The same value by another hand is drift once the configuration has the first one again, and of this var alone.
        workspace.apply(&configuration("")).succeeds();
        let mut drifted = first.clone();
        drifted[name] = wanted.clone();
        server.api().patch_task("own", &json!({ "vars": drifted }));
        let plan = workspace.plan();
        plan.wants(&[(TASK, "update")]);
        if *name != "token" {
            assert_eq!(changed_vars(&plan.change(TASK)), [*name]);
        }
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
        assert_eq!(server.api().task("own").unwrap()["vars"], first, "{name}");
    }
}

/// The value, in lists of values too.
fn without_descriptions(var: &serde_json::Value) -> serde_json::Value {
    match &var["value"] {
        serde_json::Value::Array(items) => items.iter().map(without_descriptions).collect(),
        value => value.clone(),
    }
}

/// The vars that a plan changes.
fn changed_vars(change: &crate::harness::Change) -> Vec<String> {
    let [before, after] =
        [&change.before, &change.after].map(|side| side["vars"].as_object().cloned().unwrap_or_default());
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    names
}

#[test]
fn a_write_only_secret_is_in_no_plan_and_no_state_and_its_drift_shows() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let before = server.snapshot();
    let workspace = workspace(&server, STRANGERS);
    let hook = server.receiver_url("/planted-write-only");
    let configuration = |version: &str, more: &str| {
        format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
             dbrps = [\"telegraf.autogen\"]\n  secrets_wo = {{ hook = \"{hook}\" }}\n  secrets_wo_version = \"{version}\"\n{more}}}\n"
        )
    };
    let hook_of_server = || server.api().task("own").unwrap()["vars"]["hook"]["value"].clone();
    let is_clean = |text: &str| {
        assert!(
            !text.contains("planted-write-only") && !text.contains("planted-drift"),
            "{text}"
        )
    };
    workspace.apply(&configuration("1", "")).succeeds();
    workspace.plan().is_empty();
    assert_eq!(hook_of_server(), json!(hook));
    is_clean(&workspace.state().0.to_string());

    for drifted in [
        json!({ "hook": { "type": "string", "value": "http://127.0.0.1:9/planted-drift" } }),
        json!({ "hook": { "type": "string", "value": "http://127.0.0.1:9/planted-drift" }, "crit": { "type": "int", "value": 1 } }),
    ] {
        server.api().patch_task("own", &json!({ "vars": drifted }));
        // A refresh that is kept must not take the other's secret for one of the state.
        workspace
            .run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"])
            .succeeds();
        is_clean(&workspace.state().0.to_string());
        let plan = workspace.plan();
        plan.wants(&[(TASK, "update")]);
        is_clean(&plan.text());
        workspace.apply_again().succeeds();
        assert_eq!(hook_of_server(), json!(hook));
        workspace.plan().is_empty();
    }
    // Another version writes it again, as does any other change; switching off and on leaves it.
    for (version, more) in [
        ("2", ""),
        ("2", "  vars = { crit = 95 }\n"),
        ("2", "  enabled = false\n"),
        ("2", ""),
    ] {
        workspace.write(&configuration(version, more));
        workspace.plan().wants(&[(TASK, "update")]);
        workspace.apply_again().succeeds();
        assert_eq!(hook_of_server(), json!(hook));
        workspace.plan().is_empty();
        is_clean(&workspace.state().0.to_string());
    }
    // Another value alone does not: it may be another one each time, and the version says when it counts.
    let anew = |version: &str| configuration(version, "").replace("/planted-write-only", "/planted-write-only-anew");
    workspace.write(&anew("2"));
    workspace.plan().is_empty();
    workspace.apply(&anew("3")).succeeds();
    assert_eq!(hook_of_server(), json!(format!("{hook}-anew")));
    workspace.apply(&configuration("2", "")).succeeds();
    // From the one map into the other and back.
    let plain = configuration("2", "")
        .replace("secrets_wo =", "secrets =")
        .replace("  secrets_wo_version = \"2\"\n", "");
    workspace.apply(&plain).succeeds();
    workspace.plan().is_empty();
    workspace.apply(&configuration("3", "")).succeeds();
    workspace.plan().is_empty();
    is_clean(&workspace.state().0.to_string());

    workspace.forget_state();
    workspace.import(TASK, "own").succeeds();
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    is_clean(&workspace.state().0.to_string());
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn a_destroy_posts_the_recoveries_to_a_webhook_that_only_the_server_knows() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let script = "var hook string\nstream|from().measurement('cpu').groupBy('host')\
                  |alert().id('{{ index .Tags \"host\" }}').crit(lambda: \"usage_user\" > 90).stateChangesOnly().post(hook)";
    let workspace = workspace(&server, script);
    let hook = server.receiver_url("/write-only");
    workspace
        .apply(&format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
             dbrps = [\"telegraf.autogen\"]\n  resolve_on_destroy = true\n  secrets_wo = {{ hook = \"{hook}\" }}\n  \
             secrets_wo_version = \"1\"\n}}\n"
        ))
        .succeeds();
    Points::new().fire(&server);
    server.receives(|post| post.path == "/write-only" && post.level() == Some("CRITICAL"));
    workspace.destroy().succeeds();
    server.receives(|post| post.path == "/write-only" && post.level() == Some("OK"));
}

#[test]
fn what_never_delivers_is_refused_where_it_stands_and_what_does_harm_is_warned_of() {
    let server = Server::start();
    let script = "var hook string\nstream|from().groupBy('*')|alert().id('cpu').message('{{ .ID }}').crit(lambda: \"host\" == '/^a/')\
                  .stateChangesOnly().post(hook)";
    let workspace = workspace(&server, script);
    let configuration = |map: &str, hook: &str| {
        format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
             dbrps = [\"telegraf.autogen\"]\n  {map} = {{ hook = \"{hook}\" }}\n}}\n"
        )
    };
    for map in ["vars", "secrets"] {
        workspace.write(&configuration(map, "https://h/planted\\n"));
        let error = workspace.plan().run.fails_once();
        error.mentions(&["ends in a line break"]);
        assert!(!error.whole().contains("planted"), "{error:#?}");
    }
    std::fs::write(
        workspace.path("own.tick"),
        script.replace("post(hook)", "post('https:/h/planted')"),
    )
    .unwrap();
    workspace.write(&configuration("secrets", "https://h/"));
    let run = workspace.plan().run;
    let warnings = run.warnings();
    let warning = warnings.iter().find(|warning| warning.summary.contains("never posts"));
    warning.unwrap_or_else(|| panic!("{run}")).mentions(&["two slashes"]);

    std::fs::write(workspace.path("own.tick"), script).unwrap();
    workspace.write(&configuration("secrets", "https://h/"));
    let run = workspace.plan().run;
    let mut summaries: Vec<String> = run.warnings().into_iter().map(|warning| warning.summary).collect();
    summaries.sort();
    let expected = [
        "A pattern is compared as a text",
        "All groups share one incident",
        "The data is not grouped by all tags",
    ];
    assert_eq!(summaries, expected, "{run}");
}

#[test]
fn what_terraform_generates_for_an_import_plans_empty_and_changes_nothing() {
    let server = Server::start();
    let made = workspace(&server, STRANGERS);
    made.apply(&hcl(&server, "")).succeeds();
    let as_applied = server.api().task("own");
    let workspace = Workspace::new(&server).real();
    workspace.write(&format!("import {{\n  to = {TASK}\n  id = \"own\"\n}}\n"));
    let plan = workspace.plan_with(&["-generate-config-out=generated.tf"]);
    plan.wants(&[(TASK, "import")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(server.api().task("own"), as_applied);
}

#[test]
fn lines_dbrp_of_the_script_drift_and_a_function_of_the_user_is_passed_on() {
    let server = Server::start();
    let script = "dbrp \"telegraf\".\"autogen\"\nstream|from()|alert().stateChangesOnly().log('/tmp/alerts.log')";
    let own = workspace(&server, script);
    let task = Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .set("script", "file(\"own.tick\")");
    own.apply_resource(&task).succeeds();
    std::fs::write(own.path("own.tick"), script.replace("autogen", "week")).unwrap();
    own.plan().wants(&[(TASK, "update")]);
    own.apply_again().succeeds();
    own.plan().is_empty();
    assert_eq!(own.state().of(TASK)["dbrps"], json!(["telegraf.week"]));
    let edit = |script: &str| script.replace("week", "year");
    server.api().edit_script("own", edit);
    own.plan().wants(&[(TASK, "update")]);
    own.apply_again().succeeds();
    own.plan().is_empty();
    assert_eq!(
        server.api().task("own").unwrap()["dbrps"],
        json!([{ "db": "telegraf", "rp": "week" }])
    );

    // Only Kapacitor knows which functions its configuration has.
    std::fs::write(own.path("own.tick"), script.replace("|alert()", "@anomalies()|alert()")).unwrap();
    own.apply_again()
        .fails_once()
        .mentions(&["no method or property \"anomalies\""]);
    std::fs::write(own.path("own.tick"), script.replace("autogen", "week")).unwrap();
    own.plan().is_empty();
}

/// Terraform takes a map of sensitive texts for another value than a sensitive map, and calls that an update.
#[test]
fn an_update_after_an_import_in_which_nothing_changes_writes_nothing() {
    let Some(server) = Server::sandbox(Options::default(), "it counts requests") else {
        return;
    };
    let workspace = workspace(&server, STRANGERS).real();
    let workspace = workspace.env("TF_VAR_hook", &server.receiver_url("/own"));
    let variable = "variable \"hook\" {\n  type = string\n  sensitive = true\n}\n";
    let task = format!(
        "{variable}resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
         dbrps = [\"telegraf.autogen\"]\n  secrets = {{ hook = var.hook }}\n}}\n"
    );
    workspace.apply(&task).succeeds();
    workspace.forget_state();
    workspace.import(TASK, "own").succeeds();
    server.insides().clear_requests();
    workspace.apply_again().succeeds();
    let requests = server.insides().requests();
    let writes: Vec<_> = requests.iter().filter(|request| request.method != "GET").collect();
    assert!(writes.is_empty(), "{writes:#?}");
    workspace.plan().is_empty();
}
