//! Each object on the server has one owner in Terraform: whatever is renamed, copied or replaced, no apply that succeeds
//! leaves fewer objects than the configuration has, and none takes an object over in silence.
//!
//! Lifecycles, keys, moves and modules are Terraform's own, so that the real one runs them.

use crate::harness::{endpoint, join, rule, Block, Points, Resource, Run, Server, Workspace, ENDPOINT, RULE};
use serde_json::{json, Value};

/// A way to apply. Terraform makes a plan and its apply in two processes of the provider; their order within each depends on
/// the parallelism.
#[derive(Clone, Copy, Debug)]
struct Way {
    is_saved: bool,
    parallelism: u8,
}

const WAYS: [Way; 3] = [way(false, 1), way(false, 50), way(true, 10)];

const fn way(is_saved: bool, parallelism: u8) -> Way {
    Way { is_saved, parallelism }
}

impl Way {
    /// Applies the configuration that is there; `arguments` are those of a plan.
    fn apply(self, workspace: &Workspace, arguments: &[&str]) -> Run {
        let parallelism = format!("-parallelism={}", self.parallelism);
        if !self.is_saved {
            let fixed = ["apply", "-auto-approve", "-input=false", "-json", &parallelism];
            return workspace.run(&[&fixed, arguments].concat());
        }
        let fixed = ["plan", "-input=false", "-json", "-out=saved.tfplan", &parallelism];
        let plan = workspace.run(&[&fixed, arguments].concat());
        if plan.code != Some(0) {
            return plan;
        }
        workspace.run(&["apply", "-input=false", "-json", &parallelism, "saved.tfplan"])
    }
}

fn tasks(server: &Server) -> Vec<Value> {
    server.api().tasks_named(&server.unique("cpu high"))
}

#[track_caller]
fn assert_one_runs(server: &Server, workspace: &Workspace) -> Value {
    let tasks = tasks(server);
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert_eq!(tasks[0]["executing"], true, "{tasks:#?}");
    assert_eq!(workspace.state().of(RULE)["id"], tasks[0]["id"]);
    tasks[0].clone()
}

fn with_lifecycle(resource: Resource, setting: &str, expression: &str) -> Resource {
    resource.block("lifecycle", Block::new().set(setting, expression))
}

fn create_before_destroy(resource: Resource) -> Resource {
    with_lifecycle(resource, "create_before_destroy", "true")
}

fn has_warning(run: &Run, summary: &str) -> bool {
    run.warnings().iter().any(|warning| warning.summary == summary)
}

const REPLACE_RULE: &str = "-replace=squadcast_kapacitor_alert_rule.cpu";

#[test]
fn a_rule_that_is_created_before_it_is_destroyed_runs_on() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        let rule = create_before_destroy(rule(&server));
        workspace.apply_resource(&rule).succeeds();
        let points = Points::new();
        let id = points.fire(&server);
        way.apply(&workspace, &[REPLACE_RULE]).succeeds();
        assert_one_runs(&server, &workspace);
        assert_eq!(points.recover(&server).alert_id(), id, "{way:?}");
        workspace.plan().is_empty();

        workspace.write(&rule.text("message", "changed").hcl());
        way.apply(&workspace, &[REPLACE_RULE]).succeeds();
        let task = assert_one_runs(&server, &workspace);
        assert!(
            task["script"].as_str().unwrap().contains("var message = 'changed'"),
            "{way:?}"
        );
        workspace.plan().is_empty();
    }
}

/// Kapacitor has one task of an id, which a replacement under the same id can neither be beside nor become.
#[test]
fn a_rule_with_an_id_of_its_own_is_kept_or_nothing_is_touched() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let id = server.unique("own").replace(' ', "-");
    let rule = create_before_destroy(rule(&server).text("task_id", &id));
    workspace.apply_resource(&rule).succeeds();
    let run = way(false, 10).apply(&workspace, &[REPLACE_RULE]).succeeds();
    assert!(has_warning(&run, "The object stays"), "{run}");
    assert_one_runs(&server, &workspace);
    let before = server.snapshot();
    workspace.write(&rule.text("message", "changed").hcl());
    let error = way(false, 10).apply(&workspace, &[REPLACE_RULE]).fails_once();
    error.mentions(&[&id, "create_before_destroy"]);
    assert_eq!(server.snapshot(), before);
    assert_one_runs(&server, &workspace);
}

#[test]
fn a_replaced_rule_runs_and_its_open_alerts_are_told_of() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        let trigger = |value: &str| Resource::new("terraform_data", "trigger").text("input", value);
        let rule = with_lifecycle(rule(&server), "replace_triggered_by", "[terraform_data.trigger]");
        workspace.apply(&join(&[trigger("one"), rule.clone()])).succeeds();
        let calm = way.apply(&workspace, &[REPLACE_RULE]).succeeds();
        assert!(calm.warnings().is_empty(), "{calm}");

        let points = Points::new();
        let fire = || {
            server.clear_posts();
            points.fire(&server);
        };
        fire();
        let run = way.apply(&workspace, &[REPLACE_RULE]).succeeds();
        assert!(has_warning(&run, "The task was firing"), "{run}");
        assert_one_runs(&server, &workspace);

        fire();
        workspace.write(&join(&[trigger("two"), rule]));
        let run = way.apply(&workspace, &[]).succeeds();
        assert!(has_warning(&run, "The task was firing"), "{run}");
        assert_one_runs(&server, &workspace);

        fire();
        workspace.run(&["taint", RULE]).succeeds();
        let plan = workspace.plan();
        plan.wants(&[(RULE, "replace")]);
        assert!(has_warning(&plan.run, "The task is firing"), "{}", plan.run);
        way.apply(&workspace, &[]).succeeds();
        assert_one_runs(&server, &workspace);
        workspace.plan().is_empty();
    }
}

#[test]
fn a_plan_that_would_move_by_deleting_shows_the_moved_block() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        let three = |prefix: &str| -> Vec<Resource> {
            let label = |number: u8| format!("{prefix}{number}");
            let rule = |number| {
                let name = server.unique(&format!("rule {number}"));
                rule(&server).labelled(&label(number)).text("name", &name)
            };
            let mut resources: Vec<Resource> = (0..3).map(rule).collect();
            resources.push(endpoint(&server).labelled(&label(3)));
            resources
        };
        workspace.apply(&join(&three("old"))).succeeds();
        let (before, state) = (server.snapshot(), workspace.state());
        let renamed = join(&three("new"));
        workspace.write(&renamed);
        let errors = way.apply(&workspace, &[]).fails();
        assert_eq!(errors.len(), 4, "{errors:#?}");
        for error in &errors {
            error.mentions(&["moved {", "from = squadcast_kapacitor_", "to   = squadcast_kapacitor_"]);
        }
        assert_eq!(server.snapshot(), before);
        assert_eq!(workspace.state(), state);

        let moved =
            |kind: &str, number: u8| format!("moved {{\n  from = {kind}.old{number}\n  to = {kind}.new{number}\n}}\n");
        let blocks: String = (0..3)
            .map(|number| moved("squadcast_kapacitor_alert_rule", number))
            .chain([moved("squadcast_kapacitor_endpoint", 3)])
            .collect();
        workspace.write(&format!("{renamed}{blocks}"));
        way.apply(&workspace, &[]).succeeds();
        assert_eq!(server.snapshot(), before);
    }
}

#[test]
fn a_rule_that_gets_keys_or_a_module_of_its_own_needs_a_moved_block() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    workspace.apply_resource(&rule(&server)).succeeds();
    let before = server.snapshot();
    workspace.write(&rule(&server).set("for_each", r#"toset(["a"])"#).hcl());
    way(false, 10)
        .apply(&workspace, &[])
        .fails_once()
        .mentions(&["moved {"]);

    std::fs::create_dir(workspace.path("module")).unwrap();
    let required = "terraform {\n  required_providers {\n    squadcast = {\n      source = \"squadcast-kapacitor/squadcast\"\n    }\n  }\n}\n";
    std::fs::write(
        workspace.path("module/main.tf"),
        format!("{required}{}", rule(&server).hcl()),
    )
    .unwrap();
    workspace.write("module \"alerts\" {\n  source = \"./module\"\n}\n");
    workspace.run(&["get"]).succeeds();
    way(false, 10)
        .apply(&workspace, &[])
        .fails_once()
        .mentions(&["moved {"]);
    assert_eq!(server.snapshot(), before);
}

#[test]
fn an_endpoint_that_a_rule_with_create_before_destroy_uses_stays_set() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        let post = Block::new().set("endpoint", format!("{ENDPOINT}.name"));
        let rule = create_before_destroy(rule(&server).only_block("post", post));
        workspace.apply(&join(&[endpoint(&server), rule])).succeeds();
        let run = way.apply(&workspace, &[&format!("-replace={ENDPOINT}")]).succeeds();
        assert!(has_warning(&run, "The object stays"), "{run}");
        let options = server.api().endpoint("squadcast").unwrap();
        assert_eq!(options["url"], json!(server.receiver_url("/endpoint")), "{way:?}");
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
        assert_ne!(server.api().endpoint("squadcast"), Some(options), "{way:?}");
    }
}

/// Puts a copy of each object beside it into the state, as a replacement with create_before_destroy leaves it that stopped
/// between its two halves.
fn depose(workspace: &Workspace) {
    let mut state = workspace.state().0;
    for resource in state["resources"].as_array_mut().unwrap() {
        let instances = resource["instances"].as_array_mut().unwrap();
        let mut copy = instances[0].clone();
        copy["deposed"] = json!("0badcafe");
        instances.push(copy);
    }
    std::fs::write(workspace.path("terraform.tfstate"), state.to_string()).unwrap();
}

#[test]
fn what_a_broken_off_replacement_left_goes_without_the_object() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        workspace.apply(&join(&[endpoint(&server), rule(&server)])).succeeds();
        let before = server.snapshot();
        depose(&workspace);
        way.apply(&workspace, &[]).succeeds();
        assert_eq!(server.snapshot(), before, "{way:?}");
        workspace.plan().is_empty();
    }
}

#[test]
fn two_resources_for_one_object_are_refused() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let before = server.snapshot();
    let twice = |resource: Resource| resource.set("count", "2").hcl();
    let by_database = rule(&server)
        .set("for_each", r#"toset(["one", "two"])"#)
        .set("database", "each.key");
    for hcl in [twice(rule(&server)), twice(endpoint(&server)), by_database.hcl()] {
        workspace.write(&hcl);
        for way in WAYS {
            let error = way.apply(&workspace, &[]).fails_once();
            error.mentions(&["same object", "name"]);
            assert_eq!(server.snapshot(), before, "{way:?}");
        }
    }
    for (one, two) in [(rule(&server), RULE), (endpoint(&server), ENDPOINT)] {
        workspace.apply_resource(&one).succeeds();
        let before = server.snapshot();
        workspace.write(&twice(one));
        for way in WAYS {
            way.apply(&workspace, &[]).fails_once().mentions(&["same object"]);
            assert_eq!(server.snapshot(), before, "{two}, {way:?}");
        }
    }
}

#[test]
fn rules_of_one_name_under_several_ids_are_warned_of() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let rule = rule(&server)
        .set("for_each", r#"toset(["one", "two"])"#)
        .set("database", "each.key")
        .set("task_id", r#""cpu-${each.key}""#);
    workspace.write(&rule.hcl());
    let run = workspace.plan().run;
    let warnings = run.warnings();
    assert_eq!(warnings.len(), 1, "{run}");
    warnings[0].mentions(&["same alert ids", "resolves the incident"]);
    workspace.write(&rule.set("name", r#""cpu high ${each.key}""#).hcl());
    let run = workspace.plan().run;
    assert!(run.warnings().is_empty(), "{run}");
}

#[test]
fn a_rule_may_take_the_name_that_another_one_leaves() {
    for way in WAYS {
        for text in ["{{ .ID }} is {{ .Level }}", "another text"] {
            let server = Server::start();
            let workspace = Workspace::new(&server);
            workspace.apply_resource(&rule(&server)).succeeds();
            let old = server.unique("cpu high (old)");
            let renamed = rule(&server).text("name", &old);
            let new = rule(&server).labelled("new").text("message", text);
            workspace.write(&join(&[renamed, new]));
            way.apply(&workspace, &[]).succeeds();
            let of = |name: &str| server.api().tasks_named(name);
            for tasks in [of(&old), tasks(&server)] {
                assert_eq!(tasks.len(), 1, "{way:?}: {tasks:#?}");
                assert_eq!(tasks[0]["executing"], true, "{way:?}");
            }
            let state = workspace.state();
            let new = state.of("squadcast_kapacitor_alert_rule.new");
            assert_eq!(state.of(RULE)["id"], of(&old)[0]["id"], "{way:?}");
            assert_eq!(new["id"], tasks(&server)[0]["id"], "{way:?}");
            workspace.plan().is_empty();
            workspace.destroy().succeeds();
            assert_eq!((of(&old), tasks(&server)), (Vec::new(), Vec::new()));
        }
    }
}

#[test]
fn a_rule_that_another_configuration_has_is_not_taken_over_in_silence() {
    for way in WAYS {
        let server = Server::start();
        let [first, second] = [Workspace::new(&server), Workspace::new(&server)];
        first.apply_resource(&rule(&server)).succeeds();
        second.write(&rule(&server).hcl());
        let plan = second.plan().run;
        let warnings = plan.warnings();
        assert_eq!(warnings.len(), 1, "{plan}");
        warnings[0].mentions(&["already", "another configuration"]);
        let run = way.apply(&second, &[]).succeeds();
        assert!(has_warning(&run, "The task was there already"), "{run}");

        second.forget_state();
        second.write(&rule(&server).text("message", "other").hcl());
        let plan = second.plan().run;
        let warnings = plan.warnings();
        assert_eq!(warnings.len(), 1, "{plan}");
        warnings[0].mentions(&["import", "another task"]);
    }
}

const TASK: &str = "squadcast_kapacitor_task.own";

fn task(server: &Server, label: &str) -> Resource {
    Resource::new("squadcast_kapacitor_task", label)
        .text("task_id", &server.unique("own").replace(' ', "-"))
        .text("script", "stream|from().measurement('cpu')|log()")
        .set("dbrps", "[\"telegraf.autogen\"]")
}

#[track_caller]
fn assert_one_task_runs(server: &Server) {
    let id = server.unique("own").replace(' ', "-");
    assert_eq!(server.api().task(&id).expect("the task is there")["executing"], true);
}

#[test]
fn one_task_has_one_owner_whatever_type_of_resource_that_is() {
    for way in WAYS {
        let server = Server::start();
        let workspace = Workspace::new(&server).real();
        let id = server.unique("own").replace(' ', "-");
        for twin in [task(&server, "twin"), rule(&server).text("task_id", &id)] {
            workspace.write(&join(&[task(&server, "own"), twin]));
            let errors = way.apply(&workspace, &[]).fails();
            assert!(
                errors.iter().any(|error| error.summary.contains("same object")),
                "{way:?}: {errors:#?}"
            );
            assert_eq!(server.api().task(&id), None);
        }
        workspace.apply_resource(&task(&server, "own")).succeeds();

        // Another address without a `moved` block: nothing is touched.
        workspace.write(&task(&server, "renamed").hcl());
        let errors = way.apply(&workspace, &[]).fails();
        assert!(
            errors.iter().any(|error| error.summary.contains("moved")),
            "{way:?}: {errors:#?}"
        );
        assert_one_task_runs(&server);
        let moved = format!("moved {{\n  from = {TASK}\n  to   = squadcast_kapacitor_task.renamed\n}}\n");
        workspace.write(&(task(&server, "renamed").hcl() + &moved));
        way.apply(&workspace, &[]).succeeds();
        assert_one_task_runs(&server);

        workspace.write(&create_before_destroy(task(&server, "renamed")).hcl());
        way.apply(&workspace, &["-replace=squadcast_kapacitor_task.renamed"])
            .succeeds();
        assert_one_task_runs(&server);
        workspace.plan().is_empty();

        // A second configuration is told that somebody has the task.
        let second = Workspace::new(&server);
        second.write(&task(&server, "own").hcl());
        let plan = second.plan().run;
        let [warning] = plan.warnings().try_into().unwrap_or_else(|_| panic!("{plan}"));
        warning.mentions(&["already", "another configuration"]);
    }
}
