//! Several machines write to one Kapacitor: they take turns by a lease in Kapacitor itself.
//!
//! A machine is a terraform with a home, a state and a provider process of its own.

use crate::harness::{block_on, join, rule, rules, Resource, Run, Server, Workspace, RULES_PATH};
use sandbox::{Fault, Kind, Options, SeenRequest};
use serde_json::{json, Value};

const LEASE: &str = "/kapacitor/v1/templates/squadcast-write-lease";
const WHY: &str = "it looks at the requests of each machine";

/// How many machines write at once, and how many rules each of them has.
const MACHINES: usize = 4;
const RULES: usize = 50;

/// How often two machines race for one rule.
const RACES: usize = 5;

fn strict() -> Options {
    Options {
        strict_pace: true,
        ..Options::default()
    }
}

/// Applies in all workspaces at once.
fn at_once(workspaces: &[Workspace], configurations: &[String]) -> Vec<Run> {
    std::thread::scope(|scope| {
        let applies: Vec<_> = workspaces
            .iter()
            .zip(configurations)
            .map(|(workspace, configuration)| scope.spawn(|| workspace.apply(configuration)))
            .collect();
        applies.into_iter().map(|apply| apply.join().unwrap()).collect()
    })
}

/// Somebody else's lease, which nobody renews.
fn leave_a_lease(server: &Server) {
    let script = "var holder = 'other-host, process 4711'\n\nvar token = 'of-the-other'\n\nstream\n    |from()\n";
    let template = json!({ "id": "squadcast-write-lease", "type": "stream", "script": script });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &template);
}

fn templates(server: &Server) -> Value {
    server.api().get("/kapacitor/v1/templates?fields=id")["templates"].clone()
}

fn is_about_leases(request: &SeenRequest) -> bool {
    request.path.starts_with("/kapacitor/v1/templates")
}

fn looks_at_the_lease(requests: &[SeenRequest]) -> usize {
    let looks = requests
        .iter()
        .filter(|request| request.method == "GET" && request.path.starts_with(LEASE));
    looks.count()
}

#[test]
fn two_machines_that_apply_one_rule_at_once_start_it_once() {
    let Some(server) = Server::sandbox(strict(), WHY) else {
        return;
    };
    for race in 0..RACES {
        let name = format!("raced {race}");
        let url = server.receiver_url(&format!("/race-{race}"));
        let raced = crate::harness::threshold(&name, &url).hcl();
        let workspaces = [Workspace::new(&server).real(), Workspace::new(&server).real()];
        let runs = at_once(&workspaces, &[raced.clone(), raced]);
        let succeeded = runs.iter().filter(|run| run.code == Some(0)).count();
        assert!(succeeded >= 1, "{runs:#?}");

        let tasks = server.api().tasks_named(&name);
        assert_eq!(tasks.len(), 1, "{tasks:#?}");
        assert_eq!(tasks[0]["executing"], true, "{tasks:#?}");
        delivered_once(&server, race);
        server.api().delete_task(tasks[0]["id"].as_str().unwrap());
    }
    assert!(!server.insides().is_hung());
}

/// One request starts and stops all tasks of a template.
#[test]
fn a_template_is_given_to_its_tasks_while_no_other_machine_starts_or_stops_one() {
    let Some(server) = Server::sandbox(strict(), WHY) else {
        return;
    };
    let template = |crit: u32| {
        let script = format!("stream|from().measurement('m')|alert().crit(lambda: \\\"v\\\" > {crit})");
        let task = "for_each = toset([\"a\", \"b\", \"c\"])\n  task_id = each.key\n  template_id = squadcast_kapacitor_template.it.id\n  \
                    dbrps = [\"telegraf.autogen\"]";
        format!(
            "resource \"squadcast_kapacitor_template\" \"it\" {{\n  template_id = \"it\"\n  script = \"{script}\"\n}}\n\
             resource \"squadcast_kapacitor_task\" \"of\" {{\n  {task}\n}}\n"
        )
    };
    let workspaces = [Workspace::new(&server).real(), Workspace::new(&server).real()];
    workspaces[0].apply(&template(1)).succeeds();
    for crit in 2..=3 {
        let rules = join(&rules_of(&server, &format!("beside-{crit}"), "{{ .ID }}")[..10]);
        let runs = at_once(&workspaces, &[template(crit), rules]);
        assert!(runs.iter().all(|run| run.code == Some(0)), "{runs:#?}");
    }
    assert!(!server.insides().is_hung());
    assert_eq!(server.insides().pace().most_at_once, 1);
    for id in ["a", "b", "c"] {
        let task = server.api().task(id).unwrap();
        assert_eq!(task["executing"], true, "{task:#}");
        assert!(task["script"].as_str().unwrap().contains("> 3"), "{task:#}");
    }
}

/// A task that was started twice posts its first alert twice, and then ends.
fn delivered_once(server: &Server, race: usize) {
    let path = format!("/race-{race}");
    let at = 2_000_000_000 + 1000 * race as u64;
    for (seconds, (value, level)) in [(95, "CRITICAL"), (5, "OK")].into_iter().enumerate() {
        let point = format!("cpu,host=a usage_user={value}");
        server.api().write(&point, at + seconds as u64);
        server.receives(|post| post.path == path && post.level() == Some(level));
    }
    let posts = server.posts();
    let of_this_race = posts.iter().filter(|post| post.path == path);
    assert_eq!(of_this_race.count(), 2, "{posts:#?}");
}

/// The rules of one machine, named after it.
fn rules_of(server: &Server, machine: &str, message: &str) -> Vec<Resource> {
    let named = |(number, rule): (usize, Resource)| rule.text("name", &format!("{machine}-{number}"));
    rules(server, RULES, message)
        .into_iter()
        .enumerate()
        .map(named)
        .collect()
}

/// What no writes of machines that take turns ever lead to.
fn nothing_hangs_or_overlaps(server: &Server) {
    assert!(!server.insides().is_hung());
    assert_eq!(server.insides().pace().most_at_once, 1);
    assert_eq!(templates(server), json!([]));
}

/// Fires and recovers all rules at once: each posts once, and a task that was started twice would post its first alert twice.
fn each_delivers_once(server: &Server, path: &str, rules: usize) {
    server.clear_posts();
    for (seconds, (value, level)) in [(95, "CRITICAL"), (5, "OK")].into_iter().enumerate() {
        let point = format!("cpu,host=a usage_user={value}");
        server.api().write(&point, 2_000_000_000 + seconds as u64);
        block_on(server.insides().settle());
        let posts = server.posts();
        let of_level = posts.iter().filter(|post| post.level() == Some(level));
        assert_eq!(of_level.clone().count(), rules, "{posts:#?}");
        assert!(of_level.clone().all(|post| post.path == path), "{posts:#?}");
    }
    assert_eq!(server.posts().len(), 2 * rules);
}

#[test]
fn four_machines_with_rules_of_their_own_write_one_after_the_other() {
    let Some(server) = Server::sandbox(strict(), WHY) else {
        return;
    };
    let workspaces = [0; MACHINES].map(|_| Workspace::new(&server).apart());
    for message in ["first", "second"] {
        let configurations: Vec<String> = (0..MACHINES)
            .map(|machine| join(&rules_of(&server, &machine.to_string(), message)))
            .collect();
        for run in at_once(&workspaces, &configurations) {
            run.succeeds();
        }
        let tasks = server.api().tasks();
        assert_eq!(tasks.len(), MACHINES * RULES);
        assert!(tasks.iter().all(|task| task["executing"] == true), "{tasks:#?}");
        assert!(tasks.iter().all(|task| script(task).contains(message)), "{tasks:#?}");
    }
    each_delivers_once(&server, RULES_PATH, MACHINES * RULES);
    for run in at_once(&workspaces, &[const { String::new() }; MACHINES]) {
        run.succeeds();
    }
    assert_eq!(server.api().tasks(), Vec::<Value>::new());
    nothing_hangs_or_overlaps(&server);
}

#[test]
fn four_machines_with_the_same_rules_make_each_once_and_say_whose_it_is() {
    let Some(server) = Server::sandbox(strict(), WHY) else {
        return;
    };
    let workspaces = [0; MACHINES].map(|_| Workspace::new(&server).apart());
    for message in ["first", "second"] {
        let same = join(&rules_of(&server, "shared", message));
        for run in at_once(&workspaces, &[(); MACHINES].map(|()| same.clone())) {
            succeeds_or_says_whose(&run);
        }
        // Who was told that a rule is another's has it now.
        for run in at_once(&workspaces, &[(); MACHINES].map(|()| same.clone())) {
            run.succeeds();
        }
        let tasks = server.api().tasks();
        assert_eq!(tasks.len(), RULES, "{tasks:#?}");
        assert!(tasks.iter().all(|task| task["executing"] == true), "{tasks:#?}");
        assert!(tasks.iter().all(|task| script(task).contains(message)), "{tasks:#?}");
    }
    each_delivers_once(&server, RULES_PATH, RULES);
    for run in at_once(&workspaces, &[const { String::new() }; MACHINES]) {
        succeeds_or_says_whose(&run);
    }
    assert_eq!(server.api().tasks(), Vec::<Value>::new());
    nothing_hangs_or_overlaps(&server);

    server.clear_posts();
    server.api().write("cpu,host=a usage_user=95", 2_000_001_000);
    block_on(server.insides().settle());
    assert_eq!(server.posts().len(), 0, "a task that nobody sees posts on");
}

#[test]
fn two_machines_that_apply_one_task_and_one_handler_at_once_make_each_once() {
    let Some(server) = Server::sandbox(strict(), WHY) else {
        return;
    };
    for race in 0..RACES {
        let task = Resource::new("squadcast_kapacitor_task", "own")
            .text("task_id", &format!("raced-{race}"))
            .text(
                "script",
                &format!(
                    "stream|from().measurement('cpu').groupBy('host')|alert().id('{{{{ .Group }}}}')\
                     .crit(lambda: \"usage_user\" > 90).stateChangesOnly().topic('raced-{race}')"
                ),
            )
            .set("dbrps", "[\"telegraf.autogen\"]");
        let url = server.receiver_url(&format!("/race-{race}"));
        let handler = Resource::new("squadcast_kapacitor_topic_handler", "it")
            .text("topic", &format!("raced-{race}"))
            .text("handler_id", "it")
            .set("post", format!("{{ url = \"{url}\" }}"));
        let raced = join(&[task, handler]);
        let workspaces = [machine(&server), machine(&server)];
        let runs = at_once(&workspaces, &[raced.clone(), raced]);
        assert!(runs.iter().any(|run| run.code == Some(0)), "{runs:#?}");
        assert_eq!(server.api().task(&format!("raced-{race}")).unwrap()["executing"], true);
        delivered_once(&server, race);
        for workspace in &workspaces {
            workspace
                .run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"])
                .succeeds();
        }
        server.api().delete_task(&format!("raced-{race}"));
    }
    assert!(!server.insides().is_hung());
}

/// A terraform of its own.
fn machine(server: &Server) -> Workspace {
    Workspace::new(server)
}

fn script(task: &Value) -> &str {
    task["script"].as_str().unwrap_or_default()
}

/// An apply that does not succeed has met another machine's write, and says so.
fn succeeds_or_says_whose(run: &Run) {
    if run.code == Some(0) {
        return;
    }
    for error in run.fails() {
        let says = ["Another task has the rule's id", "The rule's task is gone"];
        assert!(says.contains(&error.summary.as_str()), "{error:#?}");
    }
}

#[cfg(unix)]
#[test]
fn a_holder_that_is_killed_in_the_middle_of_a_write_holds_others_up_for_the_lease_time_alone() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let settings = "lease_duration = 2";
    let killed = Workspace::with_settings(&server, settings);
    killed.write(&rule(&server).hcl());
    server.fails_with(
        Fault::new(Kind::Hang { acted: true })
            .on("POST", "/kapacitor/v1/tasks")
            .times(1),
    );
    assert!(crate::faults::killed(&server, &killed));

    let lease = server.api().get(LEASE);
    let holder = script(&lease).split('\'').nth(1).unwrap().to_owned();
    let next = Workspace::with_settings(&server, settings).env("TF_LOG", "WARN");
    let run = next.apply_resource(&rule(&server)).succeeds();
    assert!(holder.contains("process"), "{lease:#?}");
    assert!(run.stderr.contains(&holder), "{}", run.stderr);
    next.plan().is_empty();
    let tasks = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert_eq!(tasks[0]["executing"], true, "{tasks:#?}");
    nothing_hangs_or_overlaps(&server);
}

#[test]
fn an_apply_of_many_rules_takes_the_lease_for_many_writes_and_gives_it_back() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    const RULES: usize = 20;
    let workspace = Workspace::new(&server).real();
    workspace.apply(&join(&rules(&server, RULES, "first"))).succeeds();
    let requests = server.insides().requests();
    let of = |method: &str| {
        let is_one = |request: &&SeenRequest| request.method == method && is_about_leases(request);
        requests.iter().filter(is_one).count()
    };
    assert_eq!(of("POST"), of("DELETE"), "{requests:#?}");
    assert!((1..RULES / 2).contains(&of("POST")), "{requests:#?}");
    assert_eq!(templates(&server), json!([]));
}

#[test]
fn the_lease_of_a_holder_that_died_is_ended_and_its_holder_named() {
    let server = Server::start();
    leave_a_lease(&server);
    let workspace = Workspace::new(&server).real().env("TF_LOG", "DEBUG");
    let run = workspace.apply_resource(&rule(&server)).succeeds();
    assert!(run.stderr.contains("other-host, process 4711"), "{}", run.stderr);
    assert_eq!(templates(&server), json!([]));
    workspace.plan().is_empty();
}

#[test]
fn who_waits_too_long_is_told_for_whom_and_has_written_nothing() {
    let server = Server::start();
    leave_a_lease(&server);
    let settings = "lease_wait = 0\nlease_duration = 60";
    let workspace = Workspace::with_settings(&server, settings);
    let errors = workspace.apply_resource(&rule(&server)).fails();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0].summary, "Somebody else writes to Kapacitor");
    for part in ["other-host, process 4711", "lease_wait"] {
        assert!(errors[0].detail.contains(part), "{errors:#?}");
    }
    assert_eq!(
        server.api().tasks_named(&server.unique("cpu high")),
        Vec::<Value>::new()
    );
    assert_eq!(templates(&server)[0]["id"], "squadcast-write-lease");
    server.api().send_ok("DELETE", LEASE, &Value::Null);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_wait_for_somebody_elses_lease() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    leave_a_lease(&server);
    let workspace = Workspace::with_settings(&server, "lease_duration = 3600");
    workspace.write(&rule(&server).hcl());
    let terraform = workspace.spawn(&["apply", "-auto-approve", "-input=false", "-json"]);
    block_on(
        server
            .insides()
            .wait_for_requests(|requests| looks_at_the_lease(requests) >= 2),
    );
    let group = format!("-{}", terraform.id());
    let sent = std::process::Command::new("kill").args(["-INT", "--", &group]).status();
    assert!(sent.unwrap().success());
    let errors = workspace.ended(terraform).fails();
    let told = errors.iter().any(|error| {
        error.detail.contains("other-host, process 4711") && error.detail.contains("the run was interrupted")
    });
    assert!(told, "{errors:#?}");
    assert_eq!(server.api().tasks(), Vec::<Value>::new());
}

#[test]
fn a_kapacitor_that_takes_no_templates_is_written_to_all_the_same() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let refused = Kind::status(
        403,
        "user sre does not have \"post\" privileges for API endpoint \"/api/templates\"",
    );
    server.fails_with(Fault::new(refused).on("POST", "/kapacitor/v1/templates"));
    let workspace = Workspace::new(&server).real().env("TF_LOG", "DEBUG");
    let run = workspace.apply_resource(&rule(&server)).succeeds();
    assert!(
        run.stderr.contains("takes no template for the write lease"),
        "{}",
        run.stderr
    );
    workspace.plan().is_empty();
}

#[test]
fn a_plan_takes_no_lease() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.write(&join(&[rule(&server), crate::harness::endpoint(&server)]));
    let plan = workspace.plan().run;
    assert_eq!(plan.code, Some(2), "{plan}");
    let requests = server.insides().requests();
    assert!(!requests.is_empty());
    assert!(!requests.iter().any(is_about_leases), "{requests:#?}");
}
