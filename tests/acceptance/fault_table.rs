//! Every request of every operation, struck by every fault: the state tells the truth, and the next apply ends where an
//! undisturbed one would.
//!
//! Which requests an operation makes is not written down here: an undisturbed run shows them. The rows are walked by the tests'
//! own Terraform, and one of each fault by the real one.

use crate::harness::{
    block_on, join, threshold, Api, Block, Resource, Run, Server, State, Workspace, ENDPOINT, LEASES, RULE,
};
use regex::{Captures, Regex};
use sandbox::{Fault, HttpPost, KapacitorConf, Kind, Options, SeenRequest};
use serde_json::{json, Value};
use std::io::Write as _;
use std::sync::Mutex;

/// Each request is sent once, so that a fault shows, and a server that does not answer is given up soon.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 1";

/// How many rows are walked at the same time. Most of them wait.
const WORKERS: usize = 24;

/// The rule's name.
const NAME: &str = "cpu high";

/// Nobody listens there. What differs between the servers of two rows would differ in hashes too.
const NOWHERE: &str = "http://127.0.0.1:9";

/// What strikes a request.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Strike {
    /// Nobody listens from this request on.
    Refused,
    /// The connection is closed before the server acts.
    Reset,
    /// No answer comes until the provider gives up; the server did nothing.
    Hangs,
    /// The server answers 500, and did nothing.
    Fails,
    /// The server acts, and half of its answer comes.
    Truncated,
    /// The server acts, and its answer is lost.
    Lost,
}

impl Strike {
    const ALL: [Strike; 6] = [
        Strike::Refused,
        Strike::Reset,
        Strike::Hangs,
        Strike::Fails,
        Strike::Truncated,
        Strike::Lost,
    ];

    fn fault(self) -> Fault {
        match self {
            Strike::Refused => Fault::new(Kind::Refuse),
            Strike::Reset => Fault::new(Kind::Drop { acted: false }).times(1),
            Strike::Hangs => Fault::new(Kind::Hang { acted: false }).times(1),
            Strike::Fails => Fault::new(Kind::status(500, "the disk is full")).times(1),
            Strike::Truncated => Fault::new(Kind::Truncate).times(1),
            Strike::Lost => Fault::new(Kind::Drop { acted: true }).times(1),
        }
    }
}

/// Something that an apply does.
struct Operation {
    name: &'static str,
    /// The configuration that was applied before; nothing where it is empty.
    before: fn(&Server) -> String,
    /// What others did after that.
    disturbed: fn(&Server),
    /// The configuration that is applied.
    wanted: fn(&Server) -> String,
    /// The arguments of the run in which the requests are struck.
    run: &'static [&'static str],
    /// What else has to be true in the end.
    holds: fn(&Server) -> Result<(), String>,
    /// Whether the rule fires.
    fires: bool,
    /// Whether the run that is struck is one of the real terraform: what a process has left goes only once that process has ended.
    is_real: bool,
    /// Whether the state is lost before the run, which is to import what the server has.
    imports: bool,
    /// Whether also an undisturbed apply fails, and leaves things as they were. The next apply is then one of the
    /// configuration before.
    fails: bool,
}

const APPLY: &[&str] = &["apply", "-auto-approve", "-input=false", "-json", "-refresh=false"];
const REFRESH: &[&str] = &["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"];

/// Changes nothing; that what it showed can be applied is seen afterwards.
const PLAN: &[&str] = &["plan", "-input=false", "-json"];

/// Where the resources of tasks and handlers stand.
const TASK: &str = "squadcast_kapacitor_task.own";
const HANDLER: &str = "squadcast_kapacitor_topic_handler.it";

/// The handlers of the topic that has one.
const HANDLERS: &str = "/kapacitor/v1/alerts/topics/ops/handlers";

fn a_task() -> Resource {
    let script = "var crit = 90\nvar hook string\nstream|from().measurement('cpu').groupBy('host')\
                  |alert().id('{{ .Group }}').crit(lambda: \"usage_user\" > crit).stateChangesOnly().post(hook)";
    Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .text("script", script)
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("vars", "{ crit = 95 }")
        .set("secrets", format!("{{ hook = \"{NOWHERE}/task\" }}"))
}

fn one_task(_: &Server) -> String {
    a_task().hcl()
}

/// A task that Kapacitor cannot start.
fn a_dead_task(_: &Server) -> String {
    let script = "stream|from()|alert().crit(lambda: TRUE).stateChangesOnly().post().endpoint('not-declared-anywhere')";
    a_task().text("script", script).without("vars").without("secrets").hcl()
}

fn a_handler() -> Resource {
    Resource::new("squadcast_kapacitor_topic_handler", "it")
        .text("topic", "ops")
        .text("handler_id", "it")
        .set(
            "post",
            format!("{{ url = \"{NOWHERE}/handler\", headers = {{ Accept = \"a\" }} }}"),
        )
}

fn one_handler(_: &Server) -> String {
    a_handler().hcl()
}

fn handlers(api: &Api) -> Vec<Value> {
    api.get(HANDLERS)["handlers"].as_array().cloned().unwrap_or_default()
}

fn nothing(_: &Server) -> String {
    String::new()
}

fn a_rule(_: &Server) -> Resource {
    posting_to(&format!("{NOWHERE}/rule"))
}

fn posting_to(url: &str) -> Resource {
    threshold(NAME, url)
}

fn endpoint(_: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_endpoint", "squadcast")
        .text("name", "squadcast")
        .text("url", &format!("{NOWHERE}/endpoint"))
}

fn one_rule(server: &Server) -> String {
    a_rule(server).hcl()
}

fn one_endpoint(server: &Server) -> String {
    endpoint(server).hcl()
}

/// A rule that Kapacitor cannot start.
fn a_dead_rule(server: &Server) -> String {
    let post = Block::new().text("endpoint", "not-declared-anywhere");
    a_rule(server).text("message", "dead").only_block("post", post).hcl()
}

fn a_resolving_rule(server: &Server) -> String {
    let rule = posting_to(&server.receiver_url("/rule"));
    rule.set("resolve_on_destroy", "true").hcl()
}

/// A rule whose alerts arrive.
fn a_heard_rule(server: &Server) -> String {
    posting_to(&server.receiver_url("/rule")).hcl()
}

/// A rule under an id that does not follow from its name, so that by name it is found only by its script.
fn a_rule_with_an_id(server: &Server) -> Resource {
    a_rule(server).text("task_id", "of-old")
}

/// The same resource with the block that imports it.
fn imported(resource: Resource, address: &str, id: &str) -> String {
    format!("{}\nimport {{\n  to = {address}\n  id = \"{id}\"\n}}\n", resource.hcl())
}

/// The data source, and an output of what it found.
fn a_webhook_test(server: &Server) -> String {
    let test = Resource::new("squadcast_kapacitor_webhook_test", "webhook");
    let test = test.text("url", &server.receiver_url("/test")).hcl();
    let data = test.replacen("resource", "data", 1);
    let found = "data.squadcast_kapacitor_webhook_test.webhook.reached";
    format!("{data}output \"reached\" {{\n  value = {found}\n}}\n")
}

/// A back-test of a series that is critical once, and an output of what it found.
fn a_backtest(server: &Server) -> String {
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    let script = "stream|from().database('telegraf').retentionPolicy('autogen').groupBy('host')\
                  |alert().crit(lambda: \\\"usage_user\\\" > 90)";
    format!(
        "data \"squadcast_kapacitor_backtest\" \"cpu\" {{\n  script = \"{script}\"\n  start = \"2001-09-09T01:46:00Z\"\n  \
         stop = \"2001-09-09T01:47:00Z\"\n}}\noutput \"incidents\" {{\n  value = \
         data.squadcast_kapacitor_backtest.cpu.incidents\n}}\n"
    )
}

/// What back-tests have left on the server: it goes with the next one.
fn left_of_backtests(server: &Server) -> Value {
    let topics = server
        .api()
        .get("/kapacitor/v1/alerts/topics?pattern=squadcast-backtest-*");
    let replayed = server.insides().replayed();
    json!([topics["topics"], replayed.recordings, replayed.replays])
}

/// A resolving rule whose alerts arrive by the endpoint.
fn an_endpoint_and_a_resolving_rule(server: &Server) -> String {
    let endpoint = endpoint(server).text("url", &server.receiver_url("/endpoint"));
    let post = Block::new().set("endpoint", format!("{ENDPOINT}.name"));
    let rule = a_rule(server).set("resolve_on_destroy", "true");
    join(&[endpoint, rule.only_block("post", post)])
}

fn fire(server: &Server) {
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    block_on(server.insides().settle());
    let firing = server.api().get("/kapacitor/v1/alerts/topics?min-level=CRITICAL");
    assert_ne!(firing["topics"], json!([]), "the rule does not fire: {firing:#}");
}

fn the_recovery_was_posted(server: &Server) -> Result<(), String> {
    let posts = server.posts();
    let recovery = posts.iter().rev().find(|post| post.level() == Some("OK"));
    match recovery.and_then(|post| post.alert_id()) {
        Some(id) if id == NAME => Ok(()),
        _ => Err(format!("no recovery was posted: {posts:?}")),
    }
}

fn the_test_was_posted(server: &Server) -> Result<(), String> {
    let posts = server.posts();
    match posts.iter().any(|post| post.path == "/test") {
        true => Ok(()),
        false => Err(format!("no test was posted: {posts:?}")),
    }
}

fn operations() -> Vec<Operation> {
    let operation = |name, before, wanted| Operation {
        name,
        before,
        disturbed: |_| {},
        wanted,
        run: APPLY,
        holds: |_| Ok(()),
        fires: false,
        is_real: false,
        imports: false,
        fails: false,
    };
    vec![
        operation("create the endpoint", nothing, one_endpoint),
        operation("create the endpoint, deferred", nothing, |server| {
            let endpoint = endpoint(server).text("undeclared", "defer");
            endpoint.text("name", "later").hcl()
        }),
        Operation {
            fails: true,
            ..operation("register an endpoint that does not go live", nothing, |server| {
                let endpoint = endpoint(server).text("undeclared", "register");
                endpoint.text("name", "added").hcl()
            })
        },
        operation("update the endpoint", one_endpoint, |server| {
            let moved = endpoint(server).text("url", &format!("{NOWHERE}/moved"));
            moved.set("headers", r#"{ X-Team = "sre" }"#).hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the endpoint", one_endpoint, one_endpoint)
        },
        operation("destroy the endpoint", one_endpoint, nothing),
        operation("create the rule", nothing, one_rule),
        operation("create the rule, disabled", nothing, |server| {
            a_rule(server).set("enabled", "false").hcl()
        }),
        Operation {
            fails: true,
            ..operation("create a rule that cannot start", nothing, a_dead_rule)
        },
        operation("update the rule", one_rule, |server| {
            a_rule(server).text("message", "other").hcl()
        }),
        Operation {
            disturbed: |server| {
                let id = server.api().tasks()[0]["id"].as_str().unwrap().to_owned();
                let by_hand = |script: &str| script.replace("|alert()\n", "|alert()\n        .warn(lambda: TRUE)\n");
                server.api().edit_script(&id, by_hand);
            },
            ..operation("update the rule that was edited by hand", one_rule, |server| {
                a_rule(server).text("message", "other").hcl()
            })
        },
        Operation {
            fails: true,
            ..operation("update the rule to one that cannot start", one_rule, a_dead_rule)
        },
        operation("give the rule's task another id", one_rule, |server| {
            a_rule(server).text("task_id", "moved").hcl()
        }),
        operation("switch the rule off", one_rule, |server| {
            a_rule(server).set("enabled", "false").hcl()
        }),
        operation(
            "switch the rule on",
            |server| a_rule(server).set("enabled", "false").hcl(),
            one_rule,
        ),
        Operation {
            run: REFRESH,
            ..operation("read the rule", one_rule, one_rule)
        },
        operation("destroy the rule", one_rule, nothing),
        Operation {
            fires: true,
            holds: the_recovery_was_posted,
            ..operation("destroy the firing rule, and resolve", a_resolving_rule, nothing)
        },
        Operation {
            fires: true,
            fails: true,
            ..operation(
                "destroy the firing rule whose webhook fails",
                |server| a_rule(server).set("resolve_on_destroy", "true").hcl(),
                nothing,
            )
        },
        Operation {
            fires: true,
            holds: the_recovery_was_posted,
            ..operation(
                "destroy the firing rule and its endpoint, and resolve",
                an_endpoint_and_a_resolving_rule,
                nothing,
            )
        },
        Operation {
            imports: true,
            ..operation("import the endpoint", one_endpoint, |server| {
                imported(endpoint(server), ENDPOINT, "squadcast")
            })
        },
        Operation {
            imports: true,
            ..operation(
                "import the rule by its id",
                |server| a_rule_with_an_id(server).hcl(),
                |server| imported(a_rule_with_an_id(server), RULE, "of-old"),
            )
        },
        Operation {
            imports: true,
            ..operation(
                "import the rule by its name",
                |server| a_rule_with_an_id(server).hcl(),
                |server| imported(a_rule_with_an_id(server), RULE, NAME),
            )
        },
        operation("create the task", nothing, one_task),
        operation("create the task, disabled", nothing, |_| {
            a_task().set("enabled", "false").hcl()
        }),
        Operation {
            fails: true,
            ..operation("create a task that cannot start", nothing, a_dead_task)
        },
        operation("update the task", one_task, |_| {
            a_task()
                .set("vars", "{ crit = 97 }")
                .set("dbrps", "[\"telegraf.week\"]")
                .hcl()
        }),
        operation("take a var of the task away", one_task, |_| {
            a_task().without("vars").hcl()
        }),
        Operation {
            fails: true,
            ..operation("update the task to one that cannot start", one_task, a_dead_task)
        },
        operation("switch the task off", one_task, |_| {
            a_task().set("enabled", "false").hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the task", one_task, one_task)
        },
        operation("destroy the task", one_task, nothing),
        Operation {
            imports: true,
            ..operation("import the task", one_task, |_| imported(a_task(), TASK, "own"))
        },
        operation("create the handler", nothing, one_handler),
        operation("update the handler", one_handler, |_| {
            a_handler().text("match", "changed() == TRUE").hcl()
        }),
        operation("give the handler another kind", one_handler, |_| {
            a_handler().without("post").set("slack", "{ channel = \"#ops\" }").hcl()
        }),
        operation("give the handler another id", one_handler, |_| {
            a_handler().text("handler_id", "moved").hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the handler", one_handler, one_handler)
        },
        operation("destroy the handler", one_handler, nothing),
        Operation {
            imports: true,
            ..operation("import the handler", one_handler, |_| {
                imported(a_handler(), HANDLER, "ops/it")
            })
        },
        Operation {
            holds: the_test_was_posted,
            ..operation("read the webhook test", nothing, a_webhook_test)
        },
        Operation {
            is_real: true,
            ..operation("read a back-test", nothing, a_backtest)
        },
        Operation {
            run: PLAN,
            ..operation("plan the endpoint", nothing, one_endpoint)
        },
        Operation {
            run: PLAN,
            fires: true,
            ..operation("plan to destroy the firing rule", a_heard_rule, nothing)
        },
        Operation {
            run: PLAN,
            fires: true,
            ..operation("plan to rename the firing rule", a_heard_rule, |server| {
                a_rule(server).text("name", "renamed").hcl()
            })
        },
    ]
}

/// What an undisturbed run showed of an operation.
struct Undisturbed {
    /// The state, and what the server had, before the run.
    start: Start,
    requests: Vec<SeenRequest>,
    /// What came of it, free of what differs between two servers.
    end: String,
}

/// A state file, and what the server has to have with it.
struct Start {
    receiver: String,
    state: Option<String>,
    tasks: Vec<Value>,
    handlers: Vec<Value>,
    endpoint: Option<Value>,
}

impl Start {
    fn of(server: &Server, workspace: &Workspace) -> Self {
        let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).ok();
        Start {
            receiver: server.receiver_url(""),
            endpoint: workspace.state().find(ENDPOINT),
            state,
            tasks: server.api().tasks(),
            handlers: handlers(&server.api()),
        }
    }

    /// Brings another server, and the workspace that belongs to it, to the same point without running terraform.
    fn repeat(&self, server: &Server, workspace: &Workspace) {
        let moved = |text: &str| text.replace(&self.receiver, &server.receiver_url(""));
        if let Some(state) = &self.state {
            std::fs::write(workspace.path("terraform.tfstate"), moved(state)).unwrap();
        }
        for task in &self.tasks {
            let task: Value = serde_json::from_str(&moved(&task.to_string())).unwrap();
            server.api().create_task(&task);
        }
        for handler in &self.handlers {
            server.api().send_ok("POST", HANDLERS, handler);
        }
        if let Some(attributes) = &self.endpoint {
            let url = moved(attributes["url"].as_str().unwrap());
            server.api().set_endpoint("squadcast", &json!({ "url": url }));
        }
    }
}

fn sandbox() -> Option<Server> {
    let options = Options {
        conf: KapacitorConf::declaring([HttpPost::new("squadcast", &format!("{NOWHERE}/from-conf"))]),
        ..Options::default()
    };
    Server::sandbox(options, "it injects faults")
}

fn undisturbed(operation: &Operation) -> Undisturbed {
    let server = sandbox().unwrap();
    // Nothing has to be given up here, however busy the machine is.
    let workspace = Workspace::with_settings(&server, "max_retries = 0");
    let before = (operation.before)(&server);
    if !before.is_empty() {
        workspace.apply(&before).succeeds();
    }
    (operation.disturbed)(&server);
    if operation.fires {
        fire(&server);
    }
    if !before.is_empty() {
        workspace.run(REFRESH).succeeds();
    }
    let mut start = Start::of(&server, &workspace);
    if operation.imports {
        workspace.forget_state();
        start.state = None;
    }
    workspace.write(&(operation.wanted)(&server));
    server.insides().clear_requests();
    let run = workspace.run(operation.run);
    let mut requests = server.insides().requests();
    // The lease is the same for all operations, and has a test of its own.
    requests.retain(|request| !request.path.contains("/templates"));
    assert_eq!(run.code == Some(0), !operation.fails, "{}: {run}", operation.name);
    if operation.run == PLAN {
        agree(operation, &server, &workspace.state()).unwrap();
        workspace.apply_again().succeeds();
    }
    (operation.holds)(&server).unwrap();
    agree(operation, &server, &workspace.state()).unwrap();
    if !operation.fails {
        workspace.plan().is_empty();
    }
    Undisturbed {
        start,
        requests,
        end: end(&server, &workspace),
    }
}

/// Everything that an apply comes to: what the server has, and the state.
fn end(server: &Server, workspace: &Workspace) -> String {
    let state = workspace.state();
    let kept = [RULE, ENDPOINT, TASK, HANDLER].map(|address| json!([state.find(address), state.is_tainted(address)]));
    let config = server.api().config();
    let end = json!({
        "state": kept,
        "outputs": state.0["outputs"],
        "tasks": server.api().tasks(),
        "handlers": handlers(&server.api()),
        "left": left_of_backtests(server),
        "config": config,
    });
    let end = serde_json::to_string_pretty(&end).unwrap();
    by_first_place(&end.replace(&server.receiver_url(""), "(receiver)"))
}

/// Fingerprints by number. An import knows no configuration and draws their key at random, so that those of two imports
/// differ; which of them are equal does not.
fn by_first_place(text: &str) -> String {
    let fingerprint = Regex::new("hmac:[0-9a-f]+").unwrap();
    let mut seen: Vec<String> = Vec::new();
    let numbered = fingerprint.replace_all(text, |found: &Captures| {
        let found = &found[0];
        let place = seen.iter().position(|one| one == found).unwrap_or_else(|| {
            seen.push(found.to_owned());
            seen.len() - 1
        });
        format!("(fingerprint {place})")
    });
    numbered.into_owned()
}

/// Whether the state says what the server has. Before an import it says nothing, and that is no lie.
fn agree(operation: &Operation, server: &Server, state: &State) -> Result<(), String> {
    if operation.imports && state.addresses().is_empty() {
        return Ok(());
    }
    match state.find(TASK) {
        Some(kept) => task_agrees(&server.api(), &kept)?,
        None => rule_agrees(&server.api(), state.find(RULE))?,
    }
    handler_agrees(&server.api(), state.find(HANDLER))?;
    endpoint_agrees(&server.api(), state.find(ENDPOINT))?;
    webhook_test_agrees(server, state)
}

/// The receiver is always reached, so that a test either says so or failed and says nothing.
fn webhook_test_agrees(server: &Server, state: &State) -> Result<(), String> {
    let reached = &state.0["outputs"]["reached"]["value"];
    if *reached == Value::Null || (*reached == true && the_test_was_posted(server).is_ok()) {
        return Ok(());
    }
    Err(format!("the state says reached = {reached}: {:?}", server.posts()))
}

fn rule_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let mut tasks = api.tasks();
    tasks.retain(|task| {
        !task["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("squadcast-backtest-"))
    });
    let (kept, task) = match (kept, tasks.as_slice()) {
        (None, []) => return Ok(()),
        (Some(kept), [task]) => (kept, task),
        (kept, tasks) => return Err(format!("{} tasks, and the state has {kept:?}", tasks.len())),
    };
    let said = |name: &str| kept[name].clone();
    let enabled = json!(task["status"] == "enabled");
    if (said("id"), said("enabled"), said("executing")) != (task["id"].clone(), enabled, task["executing"].clone()) {
        return Err(format!("the state has {kept:#}, the server {task:#}"));
    }
    let script = task["script"].as_str().unwrap();
    let line = format!("var message = '{}'\n", kept["message"].as_str().unwrap());
    let by_hand = ".warn(lambda: TRUE)";
    let shown = kept["tickscript"].as_str().unwrap();
    if !script.contains(&line) || script.contains(by_hand) != shown.contains(by_hand) {
        return Err(format!("the state has {shown}, the server {script}"));
    }
    Ok(())
}

fn task_agrees(api: &Api, kept: &Value) -> Result<(), String> {
    let tasks = api.tasks();
    let [task] = tasks.as_slice() else {
        return Err(format!("{} tasks, and the state has {kept:#}", tasks.len()));
    };
    let enabled = json!(task["status"] == "enabled");
    let dbrp = |dbrp: &Value| format!("{}.{}", dbrp["db"].as_str().unwrap(), dbrp["rp"].as_str().unwrap());
    let dbrps: Vec<String> = task["dbrps"].as_array().unwrap().iter().map(dbrp).collect();
    let crit = |crit: Option<&str>| crit.map(str::to_owned).unwrap_or_default();
    let is = json!([
        task["id"],
        enabled,
        task["executing"],
        dbrps,
        task["vars"]["hook"]["value"]
    ]);
    let said = json!([
        kept["id"],
        kept["enabled"],
        kept["executing"],
        kept["dbrps"],
        kept["secrets"]["hook"]
    ]);
    let number = task["vars"]["crit"]["value"].as_i64().map(|crit| crit.to_string());
    let posts = |script: &Value| script.as_str().unwrap().contains("post(hook)");
    let is_same_script = posts(&kept["script"]) == posts(&task["script"]);
    if is != said || crit(number.as_deref()) != crit(kept["vars"]["crit"].as_str()) || !is_same_script {
        return Err(format!("the state has {kept:#}, the server {task:#}"));
    }
    Ok(())
}

fn handler_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let found = handlers(api);
    let (kept, handler) = match (kept, found.as_slice()) {
        (None, []) => return Ok(()),
        (Some(kept), [handler]) => (kept, handler),
        (kept, found) => return Err(format!("the handlers {found:?}, and the state has {kept:?}")),
    };
    let kind = handler["kind"].as_str().unwrap();
    let is = json!([
        handler["id"],
        handler["options"]["url"],
        handler["options"]["channel"],
        handler["match"]
    ]);
    let condition = kept["match"].as_str().unwrap_or_default();
    let said = json!([kept["handler_id"], kept[kind]["url"], kept[kind]["channel"], condition]);
    match is == said {
        true => Ok(()),
        false => Err(format!("the state has {kept:#}, the server {handler:#}")),
    }
}

fn endpoint_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let has = api.endpoint("squadcast").ok_or("the declared endpoint is gone")?;
    if let Some(added) = api.endpoint("added") {
        return Err(format!("an endpoint was left behind: {added}"));
    }
    let url = match &kept {
        Some(kept) if kept["declared"] == true => kept["url"].clone(),
        _ => json!(format!("{NOWHERE}/from-conf")),
    };
    if has["url"] != url {
        return Err(format!("the state has {kept:#?}, the server {has:#}"));
    }
    Ok(())
}

/// One row of the table.
#[derive(Clone, Copy)]
struct Row<'a> {
    operation: &'a Operation,
    undisturbed: &'a Undisturbed,
    /// Which of the operation's requests is struck.
    struck: usize,
    strike: Strike,
    /// Whether the real terraform walks it.
    is_real: bool,
}

impl Row<'_> {
    /// The row as it is printed: operation, request and fault.
    fn name(&self) -> String {
        let request = &self.undisturbed.requests[self.struck];
        format!(
            "{} | {} {} {} | {:?}",
            self.operation.name,
            self.struck + 1,
            request.method,
            request.path.split('?').next().unwrap_or_default(),
            self.strike
        )
    }

    /// What is wrong with the row.
    fn walk(&self) -> Result<Truth, String> {
        let operation = self.operation;
        let server = sandbox().unwrap();
        let workspace = Workspace::with_settings(&server, IMPATIENT);
        let workspace = if self.is_real { workspace.real() } else { workspace };
        self.undisturbed.start.repeat(&server, &workspace);
        if operation.fires {
            fire(&server);
        }
        workspace.write(&(operation.wanted)(&server));
        server.fails_with(self.strike.fault().except(LEASES).after(self.struck));
        let run = workspace.run(operation.run);
        server.recovers();
        let truth = truth(operation, &server, &workspace, &run);
        // Nothing strikes from here on, so that nothing has to be given up soon, however busy the machine is.
        let workspace = workspace.configured(&server, "");
        let workspace = match operation.is_real {
            // The process that left something was that of the run, and has ended.
            true => workspace.in_process(),
            false => workspace,
        };
        let next_one = match operation.fails {
            true => operation.before,
            false => operation.wanted,
        };
        workspace.write(&next_one(&server));
        let next = workspace.apply_again();
        if next.code != Some(0) {
            return Err(format!(
                "the next apply: {:#?}\nafter {:#?}",
                next.errors(),
                run.errors()
            ));
        }
        (operation.holds)(&server)?;
        let (end, wanted) = (end(&server, &workspace), &self.undisturbed.end);
        if end != *wanted {
            let differing = end.lines().zip(wanted.lines()).find(|(is, shall)| is != shall);
            return Err(format!(
                "the next apply ended elsewhere: {differing:?}\nafter {:#?}",
                run.errors()
            ));
        }
        truth
    }
}

/// How the state tells the truth after a run.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Truth {
    /// It says what the server has.
    Exact,
    /// The run failed, and its error says what the state cannot know: that a request may have been carried out, or how the
    /// rule was left.
    Named,
}

/// A run that says it is done has to be right. One that failed may leave a state that is behind only where its error says so.
fn truth(operation: &Operation, server: &Server, workspace: &Workspace, run: &Run) -> Result<Truth, String> {
    let Err(difference) = agree(operation, server, &workspace.state()) else {
        return Ok(Truth::Exact);
    };
    let says = [
        "may have been carried out",
        "may be disabled",
        "the task may not run",
        "was left disabled",
        "could not be removed again",
    ];
    let errors = run.errors();
    let named = errors
        .iter()
        .any(|error| says.iter().any(|words| error.detail.contains(words)));
    if named && MAY_BE_NAMED.contains(&operation.name) {
        return Ok(Truth::Named);
    }
    Err(format!("{difference}\nafter {errors:#?}"))
}

fn rows<'a>(known: &'a [(Operation, Undisturbed)]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (operation, undisturbed) in known {
        for (struck, request) in undisturbed.requests.iter().enumerate() {
            for strike in Strike::ALL {
                // A read does nothing on the server, so that these two are one.
                if request.method == "GET" && strike == Strike::Lost {
                    continue;
                }
                rows.push(Row {
                    operation,
                    undisturbed,
                    struck,
                    strike,
                    is_real: operation.is_real,
                });
            }
        }
    }
    rows
}

/// The operations whose state may be behind what the server has after a fault, where the error says so: they undo, or take
/// away step by step, and no answer tells how far that came. Of any other operation the state is exact.
const MAY_BE_NAMED: &[&str] = &[
    "create a rule that cannot start",
    "update the rule to one that cannot start",
    "destroy the endpoint",
    "destroy the firing rule, and resolve",
    "destroy the firing rule whose webhook fails",
    "destroy the firing rule and its endpoint, and resolve",
];

/// The operations with these names, each with what an undisturbed run showed of it.
fn known(wanted: impl Fn(&str) -> bool) -> Vec<(Operation, Undisturbed)> {
    let mut operations = operations();
    operations.retain(|operation| wanted(operation.name));
    let known = parallel(operations, |operation| {
        let undisturbed = undisturbed(&operation);
        (operation, undisturbed)
    });
    for (operation, undisturbed) in &known {
        assert!(!undisturbed.requests.is_empty(), "{} makes no request", operation.name);
    }
    known
}

/// Walks the rows, and prints them as a table.
fn walk(rows: &[Row]) {
    // Not by println!, which shows nothing of a test that passes.
    let _ = writeln!(std::io::stderr(), "fault table: {} rows", rows.len());
    let mut walked = parallel(rows.to_vec(), |row| (row.name(), row.walk()));
    walked.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, truth) in &walked {
        println!(
            "{name} | {}",
            truth.as_ref().map_or("WRONG".to_owned(), |truth| format!("{truth:?}"))
        );
    }
    let failed: Vec<String> = walked
        .iter()
        .filter_map(|(name, truth)| Some(format!("{name}: {}", truth.as_ref().err()?)))
        .collect();
    assert!(
        failed.is_empty(),
        "{} rows fail:\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}

#[test]
fn every_request_of_every_operation_survives_every_fault() {
    if sandbox().is_none() {
        return;
    }
    // For work on one operation: a part of its name.
    let only = std::env::var("FAULT_TABLE_ONLY").unwrap_or_default();
    let known = known(|name| name.contains(&only));
    assert!(!known.is_empty(), "no operation's name contains {only:?}");
    walk(&rows(&known));
}

/// One row of each fault, so that what the table proves holds for the real terraform, too.
#[test]
fn each_fault_ends_in_the_same_way_through_terraform() {
    if sandbox().is_none() {
        return;
    }
    let struck = [
        ("create the rule", Strike::Lost),
        ("update the rule", Strike::Reset),
        ("update the endpoint", Strike::Truncated),
        ("destroy the rule", Strike::Hangs),
        ("read the rule", Strike::Refused),
        ("import the rule by its id", Strike::Fails),
    ];
    assert_eq!(struck.len(), Strike::ALL.len());
    let known = known(|name| struck.iter().any(|(operation, _)| *operation == name));
    let mut rows = rows(&known);
    rows.retain(|row| struck.contains(&(row.operation.name, row.strike)));
    // Of each operation the last request, which is struck when most has been done.
    rows.retain(|row| row.struck + 1 == row.undisturbed.requests.len() || row.strike == Strike::Lost);
    rows.dedup_by_key(|row| (row.operation.name, row.strike as u8));
    for row in &mut rows {
        row.is_real = true;
    }
    assert_eq!(rows.len(), struck.len());
    walk(&rows);
}

/// Does the work on some threads, and gives the results in no certain order.
fn parallel<T: Send, R: Send>(work: Vec<T>, job: impl Fn(T) -> R + Sync) -> Vec<R> {
    let work = Mutex::new(work);
    let done = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| loop {
                let Some(next) = work.lock().unwrap().pop() else {
                    return;
                };
                let result = job(next);
                done.lock().unwrap().push(result);
            });
        }
    });
    done.into_inner().unwrap()
}
