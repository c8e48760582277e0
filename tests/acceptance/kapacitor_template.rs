//! Templates: their life beside the tasks that are made from them, and that each task follows its template.

use crate::harness::{has, Feature, Points, Resource, Server, Workspace};
use sandbox::{Fault, Kind};
use serde_json::{json, Value};

const TEMPLATE: &str = "squadcast_kapacitor_template.it";
const TASKS: [&str; 2] = ["squadcast_kapacitor_task.user", "squadcast_kapacitor_task.system"];

/// A script with a var that every task must give a value, and one that has one.
fn script(server: &Server) -> String {
    format!(
        "// How much is too much\nvar crit=90.0\nvar field string\nstream|from().measurement('cpu').groupBy('host')\n  |eval(lambda: float(\"usage_user\")).as('value')\
         \n  |alert().id('{{{{ .TaskName }}}} {{{{ .Group }}}}').crit(lambda: \"value\" > crit).stateChangesOnly().post('{}')",
        server.receiver_url("/planted-in-the-script")
    )
}

fn id(server: &Server, name: &str) -> String {
    server.unique(name).replace(' ', "-")
}

fn template(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_template", "it")
        .text("template_id", &id(server, "tpl"))
        .set("script", "file(\"it.tick\")")
}

fn task(server: &Server, name: &str) -> Resource {
    Resource::new("squadcast_kapacitor_task", name)
        .text("task_id", &id(server, name))
        .set("template_id", "squadcast_kapacitor_template.it.id")
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("vars", format!("{{ field = \"usage_{name}\" }}"))
}

/// The template and two tasks of it.
fn all(server: &Server) -> String {
    [
        template(server).hcl(),
        task(server, "user").hcl(),
        task(server, "system").hcl(),
    ]
    .join("\n")
}

fn workspace(server: &Server) -> Workspace {
    let workspace = Workspace::new(server);
    write_script(&workspace, &script(server));
    workspace
}

fn write_script(workspace: &Workspace, script: &str) {
    std::fs::write(workspace.path("it.tick"), script).unwrap();
}

fn path(server: &Server, name: &str) -> String {
    format!("/kapacitor/v1/templates/{}", id(server, name))
}

/// The ids of the server's templates, without those of a lease.
fn templates(server: &Server) -> Vec<String> {
    let listed = server.api().get("/kapacitor/v1/templates?limit=1000&fields=id");
    let ids = listed["templates"].as_array().unwrap().iter();
    let ids = ids.map(|template| template["id"].as_str().unwrap().to_owned());
    ids.filter(|id| !id.starts_with("squadcast-write-lease")).collect()
}

fn script_of(server: &Server, name: &str) -> String {
    let task = server.api().task(&id(server, name)).expect("the task is there");
    assert_eq!(task["executing"], true, "{task}");
    task["script"].as_str().unwrap().to_owned()
}

/// Fails unless both tasks run the script of the template, in which these words stand.
#[track_caller]
fn all_follow(server: &Server, words: &str) {
    let template = server.api().get(&path(server, "tpl"));
    for name in ["user", "system"] {
        let script = script_of(server, name);
        assert_eq!(template["script"], script.as_str(), "{name}");
        assert!(script.contains(words), "{name}: {script}");
    }
}

#[test]
fn a_template_and_its_tasks_are_created_changed_repaired_imported_and_destroyed() {
    let server = Server::start();
    let before = (server.snapshot(), templates(&server));
    let workspace = workspace(&server);
    workspace.apply(&all(&server)).succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 90.0");
    let state = workspace.state().of(TEMPLATE);
    assert_eq!(state["vars"], json!({ "crit": "float", "field": "string" }));
    assert_eq!(state["required_vars"], json!(["field"]));
    assert_eq!(state["type"], "stream");

    // A layout makes no difference.
    write_script(
        &workspace,
        &script(&server).replace("var crit=90.0", "\n\n  var crit   =  90.0\n"),
    );
    workspace.plan().is_empty();

    // A change is one line, without a text, and reaches all tasks.
    write_script(&workspace, &script(&server).replace("90.0", "95.0"));
    let plan = workspace.plan();
    plan.wants(&[(TEMPLATE, "update"), (TASKS[0], "update"), (TASKS[1], "update")]);
    let text = plan.text();
    assert!(text.contains("var crit = 95.0") && !text.contains("planted"), "{text}");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 95.0");

    // What somebody else made of the script.
    let foreign = script(&server).replace("90.0", "1.0");
    server
        .api()
        .send_ok("PATCH", &path(&server, "tpl"), &json!({ "script": foreign }));
    all_follow(&server, "crit = 1.0");
    assert!(workspace.plan().text().contains("var crit = 1.0"));
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 95.0");

    // Another id: the tasks go with it.
    let renamed = all(&server).replace(&id(&server, "tpl"), &id(&server, "other"));
    workspace.apply(&renamed).succeeds();
    workspace.plan().is_empty();
    assert_eq!(script_of(&server, "user"), script_of(&server, "system"));
    assert!(templates(&server).contains(&id(&server, "other")) && !templates(&server).contains(&id(&server, "tpl")));
    workspace.apply(&all(&server)).succeeds();
    workspace.plan().is_empty();

    let adopting = Workspace::new(&server);
    write_script(&adopting, &script(&server).replace("90.0", "95.0"));
    adopting.write(&all(&server));
    for (address, name) in [(TEMPLATE, "tpl"), (TASKS[0], "user"), (TASKS[1], "system")] {
        let imported = adopting.import(address, &id(&server, name));
        assert_eq!(imported.code, Some(0), "{imported}");
    }
    adopting.plan().is_empty();

    workspace.destroy().succeeds();
    assert_eq!((server.snapshot(), templates(&server)), before);
}

#[test]
fn what_terraform_generates_for_an_import_plans_empty() {
    let server = Server::start();
    let body = json!({ "id": id(&server, "tpl"), "script": script(&server) });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &body);
    let workspace = Workspace::new(&server).real();
    workspace.write(&format!(
        "import {{\n  to = {TEMPLATE}\n  id = \"{}\"\n}}\n",
        id(&server, "tpl")
    ));
    workspace
        .plan_with(&["-generate-config-out=generated.tf"])
        .wants(&[(TEMPLATE, "import")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
}

#[test]
fn what_is_wrong_fails_where_it_can_be_known_and_leaves_nothing() {
    let server = Server::start();
    let before = (server.snapshot(), templates(&server));
    let bad = |script: &str| {
        let workspace = workspace(&server);
        write_script(&workspace, script);
        workspace.write(&template(&server).hcl());
        let run = workspace.apply_again();
        assert_eq!((server.snapshot(), templates(&server)), before, "{run}");
        run.fails_once()
    };
    bad("stream\n  |from()\n  .where('planted' ").mentions(&["Kapacitor would refuse the script", "line 3", "^"]);
    bad("stream|from().nope()").mentions(&["could not be written", "no method or property \"nope\""]);
    let of_lease = template(&server).text("template_id", "squadcast-write-lease-2");
    workspace(&server)
        .apply(&of_lease.hcl())
        .fails_once()
        .mentions(&["Choose another name"]);
}

#[test]
fn the_vars_of_a_task_are_checked_against_what_its_template_is_planned_to_declare() {
    let server = Server::start();
    let workspace = workspace(&server);
    let configuration = |vars: &str| template(&server).hcl() + &task(&server, "user").set("vars", vars).hcl();
    for (vars, words) in [
        ("{}", "declares the var field without a value"),
        ("{ field = \"f\", crit = \"high\" }", "a number"),
        ("{ field = \"f\", nope = 1 }", "no such var"),
    ] {
        workspace.write(&configuration(vars));
        workspace.plan().run.fails_once().mentions(&[words]);
    }
    let without_dbrps = template(&server).hcl() + &task(&server, "user").without("dbrps").hcl();
    workspace.write(&without_dbrps);
    workspace.plan().run.fails_once().mentions(&["Set `dbrps`"]);

    // Also against a change that is planned together with it.
    workspace.apply(&configuration("{ field = \"f\" }")).succeeds();
    write_script(&workspace, &format!("var more int\n{}", script(&server)));
    workspace
        .plan()
        .run
        .fails_once()
        .mentions(&["declares the var more without a value"]);
    workspace.write(&configuration("{ field = \"f\", more = 1 }"));
    let warned = workspace.plan().run.warnings();
    assert!(
        warned
            .iter()
            .any(|warning| warning.detail.contains("no value for the var more")),
        "{warned:?}"
    );
    // As the warning says: with a value first, and without it when each task has one.
    write_script(&workspace, &format!("var more = 0\n{}", script(&server)));
    workspace.apply_again().succeeds();
    write_script(&workspace, &format!("var more int\n{}", script(&server)));
    assert!(workspace.plan().run.warnings().is_empty());
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
}

#[test]
fn a_change_with_which_a_task_cannot_start_names_it_and_puts_everything_back() {
    let server = Server::start();
    let workspace = workspace(&server);
    workspace.apply(&all(&server)).succeeds();
    let before = server.api().get(&path(&server, "tpl"))["script"].clone();
    let endpoint = format!(".post('{}')", server.receiver_url("/planted-in-the-script"));
    write_script(
        &workspace,
        &script(&server).replace(&endpoint, ".post().endpoint('nowhere')"),
    );
    let error = workspace.apply_again().fails_once();
    error.mentions(&[
        "could not be reloaded",
        "error reloading associated task",
        &id(&server, "system"),
        "failed to create HTTPPostService.Handler",
        "has its former script",
    ]);
    assert_eq!(server.api().get(&path(&server, "tpl"))["script"], before);
    all_follow(&server, "crit = 90.0");
    workspace
        .plan()
        .wants(&[(TEMPLATE, "update"), (TASKS[0], "update"), (TASKS[1], "update")]);
    write_script(&workspace, &script(&server).replace("90.0", "95.0"));
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 95.0");
    workspace.destroy().succeeds();
}

#[test]
fn a_template_that_tasks_are_made_from_is_not_destroyed() {
    let server = Server::start();
    let workspace = workspace(&server);
    workspace.apply(&template(&server).hcl()).succeeds();
    let outside = id(&server, "outside");
    server.api().create_task(&json!({
        "id": outside,
        "template-id": id(&server, "tpl"),
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "vars": { "field": { "type": "string", "value": "f" } },
        "status": "enabled",
    }));
    let error = workspace.destroy().fails_once();
    error.mentions(&["Tasks are made from the template", &outside, "nothing was deleted"]);
    assert!(templates(&server).contains(&id(&server, "tpl")));
    server.api().delete_task(&outside);
    workspace.destroy().succeeds();
    assert!(!templates(&server).contains(&id(&server, "tpl")));
}

/// Kapacitor takes another template by a change, and goes on to reload the task with the former one.
#[test]
fn a_task_that_gets_another_template_follows_that_one_alone() {
    let server = Server::start();
    let workspace = workspace(&server).real();
    let second = |crit: &str| {
        template(&server)
            .labelled("second")
            .text("template_id", &id(&server, "second"))
            .set("script", format!("replace(file(\"it.tick\"), \"90.0\", \"{crit}\")"))
            .hcl()
    };
    let of = |name: &str| {
        task(&server, "user")
            .set("template_id", format!("squadcast_kapacitor_template.{name}.id"))
            .hcl()
    };
    workspace
        .apply(&(template(&server).hcl() + &second("80.0") + &of("it")))
        .succeeds();
    workspace
        .apply(&(template(&server).hcl() + &second("80.0") + &of("second")))
        .succeeds();
    workspace.plan().is_empty();
    workspace
        .apply(&(template(&server).hcl() + &second("70.0") + &of("second")))
        .succeeds();
    assert!(script_of(&server, "user").contains("crit = 70.0"));
    // The former template changes, and has nothing to do with the task any more.
    write_script(
        &workspace,
        &script(&server).replace("groupBy('host')", "groupBy('host', 'cpu')"),
    );
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    let task = server.api().task(&id(&server, "user")).unwrap();
    assert_eq!(task["template-id"], id(&server, "second"));
    workspace.destroy().succeeds();
}

#[test]
fn tasks_that_kapacitor_has_lost_track_of_follow_their_template_again() {
    let server = Server::start();
    let workspace = workspace(&server);
    let before = server.snapshot();
    workspace.apply(&all(&server)).succeeds();
    let changed = |crit: &str| write_script(&workspace, &script(&server).replace("90.0", crit));

    // Deleted and made again by Terraform.
    server.api().send_ok("DELETE", &path(&server, "tpl"), &Value::Null);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    changed("91.0");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 91.0");

    // Deleted and made again by somebody else, with another script: both tasks show what they have.
    server.api().send_ok("DELETE", &path(&server, "tpl"), &Value::Null);
    let again = json!({ "id": id(&server, "tpl"), "script": script(&server).replace("90.0", "92.0") });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &again);
    changed("92.0");
    let plan = workspace.plan();
    assert!(
        plan.run
            .changes("planned_change")
            .contains(&(TEMPLATE.to_owned(), "update".to_owned())),
        "{}",
        plan.run
    );
    let outdated = plan.change(TEMPLATE).before["outdated_tasks"].clone();
    assert_eq!(outdated, json!([id(&server, "system"), id(&server, "user")]));
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    all_follow(&server, "crit = 92.0");

    // A task of somebody else that once had the template, and has a script of its own by now, keeps it.
    let own = json!({ "id": id(&server, "second"), "script": "stream|from().measurement('mem')" });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &own);
    let outside = id(&server, "outside");
    server.api().create_task(&json!({
        "id": outside,
        "template-id": id(&server, "tpl"),
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "vars": { "field": { "type": "string", "value": "f" } },
        "status": "enabled",
    }));
    for change in [
        json!({ "template-id": id(&server, "second"), "status": "disabled" }),
        json!({ "status": "enabled" }),
    ] {
        assert_eq!(server.api().patch_task(&outside, &change).0, 200);
    }
    changed("93.0");
    workspace.apply_again().succeeds();
    all_follow(&server, "crit = 93.0");
    let task = server.api().task(&outside).unwrap();
    assert_eq!(
        (&task["template-id"], &task["executing"]),
        (&json!(id(&server, "second")), &json!(true))
    );
    assert!(task["script"].as_str().unwrap().contains("'mem'"), "{task}");
    server.api().delete_task(&outside);
    server.api().send_ok("DELETE", &path(&server, "second"), &Value::Null);
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

/// With a stop_timeout of 0, tasks that may still be reloaded are looked at once, and the error says what is left.
#[test]
fn tasks_are_not_waited_for_where_stop_timeout_says_so() {
    let Some(server) = Server::sandbox(Default::default(), "it injects faults") else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "max_retries = 0\n  stop_timeout = 0");
    write_script(&workspace, &script(&server));
    workspace.apply(&all(&server)).succeeds();
    // Kapacitor forgets that the tasks follow the template, so that a change never reaches them.
    server.api().send_ok("DELETE", &path(&server, "tpl"), &Value::Null);
    let again = json!({ "id": id(&server, "tpl"), "script": script(&server) });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &again);
    write_script(&workspace, &script(&server).replace("90.0", "91.0"));
    let lost = Fault::new(Kind::Drop { acted: true }).on("PATCH", &path(&server, "tpl"));
    server.fails_with(lost.times(1));
    server.insides().clear_requests();
    workspace
        .apply_again()
        .fails_once()
        .mentions(&["may still be at that", "the next plan shows"]);
    let requests = server.insides().requests();
    let changed = requests.iter().position(|request| request.method == "PATCH").unwrap();
    let looks = requests[changed..]
        .iter()
        .filter(|request| request.method == "GET" && request.path == path(&server, "tpl"))
        .count();
    // One whether the tasks follow, and one for the state.
    assert_eq!(looks, 2, "{requests:#?}");
    workspace.apply_again().succeeds();
    all_follow(&server, "crit = 91.0");
}

#[test]
fn an_open_alert_keeps_its_state_over_a_change_and_a_plan_warns_of_one_that_it_would_lose() {
    let server = Server::start();
    let workspace = workspace(&server);
    workspace
        .apply(&(template(&server).hcl() + &task(&server, "user").hcl()))
        .succeeds();
    let points = Points::new();
    let alert = points.fire(&server);
    write_script(&workspace, &script(&server).replace("{{ .TaskName }}", "{{ .Name }}"));
    let warned = workspace.plan().run.warnings();
    let firing: Vec<_> = warned
        .iter()
        .filter(|warning| warning.summary == "The task is firing")
        .collect();
    assert_eq!(firing.len(), 1, "{warned:?}");
    firing[0].mentions(&[&alert.clone().unwrap_or_default()]);

    write_script(&workspace, &script(&server).replace("90.0", "91.0"));
    assert!(workspace.plan().run.warnings().is_empty());
    let run = workspace.apply_again().succeeds();
    assert!(run.warnings().is_empty(), "{run}");
    assert_eq!(points.recover(&server).alert_id(), alert);
    workspace.destroy().succeeds();
}

#[test]
fn a_write_only_script_is_in_no_plan_and_no_state_and_drifts_all_the_same() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = workspace(&server);
    let secret = template(&server)
        .without("script")
        .set("script_wo", "file(\"it.tick\")")
        .set("script_wo_version", "1");
    workspace.apply(&secret.hcl()).succeeds();
    workspace.plan().is_empty();
    let state = workspace.state().of(TEMPLATE);
    assert!(state["script"].is_null() && state["script_wo"].is_null(), "{state}");
    assert!(!state.to_string().contains("planted"), "{state}");
    let foreign = script(&server).replace("90.0", "1.0");
    server
        .api()
        .send_ok("PATCH", &path(&server, "tpl"), &json!({ "script": foreign }));
    workspace.plan().wants(&[(TEMPLATE, "update")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    write_script(&workspace, &script(&server).replace("90.0", "95.0"));
    workspace.apply(&secret.set("script_wo_version", "2").hcl()).succeeds();
    workspace.plan().is_empty();
    let script = server.api().get(&path(&server, "tpl"))["script"].to_string();
    assert!(script.contains("crit = 95.0"), "{script}");
    workspace.destroy().succeeds();
}

#[test]
fn a_template_has_one_owner() {
    let server = Server::start();
    let workspace = workspace(&server);
    let twin = template(&server).labelled("twin");
    workspace.write(&(template(&server).hcl() + &twin.hcl()));
    workspace
        .plan()
        .run
        .fails_once()
        .mentions(&["Two resources have the same object"]);
    workspace.apply(&template(&server).hcl()).succeeds();
    workspace.write(&twin.hcl());
    workspace
        .plan()
        .run
        .fails_once()
        .mentions(&["The resource has moved", "moved {"]);

    // What is there already is taken over only if it is the same, and never in silence.
    let other = Workspace::new(&server);
    write_script(&other, &script(&server));
    let found = other.apply(&template(&server).hcl()).succeeds();
    assert!(
        found
            .warnings()
            .iter()
            .any(|warning| warning.summary == "The template was there already"),
        "{found}"
    );
    other.forget_state();
    write_script(&other, &script(&server).replace("90.0", "1.0"));
    other
        .apply_again()
        .fails_once()
        .mentions(&["another template of this id", "terraform import"]);
    workspace.write(&template(&server).hcl());
    workspace.destroy().succeeds();
}
