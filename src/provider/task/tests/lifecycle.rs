//! The sequences of a rule's task, on the sandbox.

use crate::kapacitor::models::{Dbrp, Status, Task, TaskType, UpdateTask, Vars};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth};
use crate::provider::task::lifecycle::creation::create;
use crate::provider::task::lifecycle::{delete, start, update, Failure, Left, WantedTask};
use sandbox::{Fault, Kind, Options, Sandbox};
use serde_json::json;
use std::time::Duration;

const SCRIPT: &str = "stream\n    |from()\n        .measurement('cpu')\n    |alert()\n        .crit(lambda: \"value\" > 90)\n        .details('')\n";

pub(crate) fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start_blocking(Options::default()).unwrap();
    let config = ClientConfig {
        timeout: Duration::from_millis(300),
        stop_timeout: Duration::from_secs(60),
        max_retries: 0,
        ..ClientConfig::direct(sandbox.kapacitor_url(), KapacitorAuth::None)
    };
    (sandbox, Client::new(config).unwrap())
}

pub(crate) fn rule(limit: u32) -> WantedTask {
    WantedTask {
        id: "r".to_owned(),
        task_type: TaskType::Stream,
        script_has_dbrps: false,
        script: SCRIPT.replace("90", &limit.to_string()),
        printed: SCRIPT.replace("90", &limit.to_string()),
        dbrps: vec![Dbrp {
            db: "telegraf".to_owned(),
            rp: "autogen".to_owned(),
        }],
        enabled: true,
        vars: Vars::new(),
        template_id: String::new(),
        secrets: Vec::new(),
    }
}

pub(crate) async fn created(client: &Client, rule: WantedTask) -> Task {
    client.uninterrupted(|writes| create(writes, rule)).await.unwrap().task
}

pub(crate) async fn updated(client: &Client, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    client.uninterrupted(|writes| update(writes, former, wanted)).await
}

pub(crate) async fn task(client: &Client) -> Option<Task> {
    client.tasks().find("r").await.unwrap()
}

/// What somebody else does to the task.
pub(crate) async fn given(client: &Client, change: UpdateTask) {
    client.writes().await.unwrap().update_task("r", &change).await.unwrap();
}

fn crit(value: i64) -> Vars {
    [(
        "crit".to_owned(),
        json!({ "type": "int", "value": value, "description": "" }),
    )]
    .into()
}

/// Fact recorded in `15-slow-webhook`: the change is stored, and the answer comes long after.
#[tokio::test]
async fn a_stop_that_outlasts_a_request_is_waited_for_and_the_rule_runs_in_the_end() {
    let (sandbox, client) = sandbox();
    created(&client, rule(90)).await;
    let stop = Fault::new(Kind::Hang { acted: true })
        .on("PATCH", "/kapacitor/v1/tasks/r")
        .body_contains("disabled");
    sandbox.faults().add(stop.times(1));
    let task = updated(&client, rule(90), rule(80)).await.unwrap();
    assert!(task.is_running() && task.script == rule(80).script, "{task:?}");
}

#[tokio::test]
async fn a_stop_that_outlasts_the_limit_leaves_words_that_say_what_is_left() {
    let (sandbox, _) = sandbox();
    let config = ClientConfig {
        timeout: Duration::from_millis(300),
        stop_timeout: Duration::from_millis(1),
        max_retries: 0,
        ..ClientConfig::direct(sandbox.kapacitor_url(), KapacitorAuth::None)
    };
    let client = Client::new(config).unwrap();
    created(&client, rule(90)).await;
    let stop = Fault::new(Kind::Hang { acted: true }).on("PATCH", "/kapacitor/v1/tasks/r");
    sandbox.faults().add(stop.times(1));
    sandbox
        .faults()
        .add(Fault::new(Kind::Hang { acted: false }).on("GET", "/kapacitor/v1/tasks*"));
    let failure = updated(&client, rule(90), rule(80)).await.unwrap_err();
    for said in ["new script", "disabled", "apply again", "nothing has to be restarted"] {
        assert!(
            failure.detail.contains(said),
            "{said:?} is not said in {}",
            failure.detail
        );
    }
    sandbox.faults().clear();
    let left = task(&client).await.unwrap();
    assert_eq!((left.status, left.script), (Status::Disabled, rule(80).script));
}

/// Seen on a real Kapacitor: it answered a list, and 45 ms later still showed the task that it was deleting.
#[tokio::test]
async fn a_deletion_that_waited_for_a_webhook_is_done_a_moment_after_others_are_answered() {
    let (sandbox, client) = sandbox();
    let task = created(&client, rule(90)).await;
    let shown = json!({
        "id": task.id, "type": "stream", "dbrps": task.dbrps, "script": task.script, "vars": {}, "status": "enabled",
        "executing": false, "error": "",
    });
    let still_there = Kind::Answer {
        status: 200,
        headers: vec![("X-Kapacitor-Version".to_owned(), "1.8.3".to_owned())],
        body: json!({ "tasks": [shown] }).to_string(),
        acted: false,
    };
    sandbox
        .faults()
        .add(Fault::new(Kind::Hang { acted: true }).on("DELETE", "*").times(1));
    sandbox
        .faults()
        .add(Fault::new(still_there).on("GET", "*pattern=r*").times(2));
    client
        .uninterrupted(|writes| delete(writes, "r".to_owned(), false))
        .await
        .unwrap();
    assert!(sandbox.faults().pending().is_empty());
}

#[tokio::test]
async fn vars_that_somebody_set_are_gone_after_an_update() {
    let (_sandbox, client) = sandbox();
    created(&client, rule(90)).await;
    given(
        &client,
        UpdateTask {
            vars: Some(crit(50)),
            ..UpdateTask::default()
        },
    )
    .await;
    let task = updated(&client, rule(90), rule(90)).await.unwrap();
    assert!(task.is_running() && task.vars.is_empty(), "{task:?}");
}

#[tokio::test]
async fn a_task_that_cannot_be_made_anew_is_put_back_with_what_it_had() {
    let (sandbox, client) = sandbox();
    created(&client, rule(90)).await;
    given(
        &client,
        UpdateTask {
            vars: Some(crit(50)),
            ..UpdateTask::default()
        },
    )
    .await;
    let refused = Fault::new(Kind::status(500, "the disk is full")).on("POST", "/kapacitor/v1/tasks");
    sandbox.faults().add(refused.times(1));
    let failure = updated(&client, rule(90), rule(80)).await.unwrap_err();
    assert!(failure.detail.contains("the disk is full"), "{}", failure.detail);
    assert_eq!(failure.left, Left::AsBefore);
    let task = task(&client).await.unwrap();
    assert!(task.is_running() && task.script == rule(90).script, "{task:?}");
    assert_eq!(task.vars["crit"]["value"], 50);
}

#[tokio::test]
async fn a_task_that_can_neither_be_made_anew_nor_put_back_is_said_to_be_gone() {
    let (sandbox, client) = sandbox();
    created(&client, rule(90)).await;
    given(
        &client,
        UpdateTask {
            vars: Some(crit(50)),
            ..UpdateTask::default()
        },
    )
    .await;
    sandbox
        .faults()
        .add(Fault::new(Kind::status(500, "the disk is full")).on("POST", "/kapacitor/v1/tasks"));
    let failure = updated(&client, rule(90), rule(80)).await.unwrap_err();
    assert!(failure.detail.contains("will be created"), "{}", failure.detail);
    assert_eq!(task(&client).await, None);
}

#[tokio::test]
async fn a_task_without_a_reason_is_not_quoted() {
    let (sandbox, client) = sandbox();
    let dead = json!({
        "id": "r", "type": "stream", "dbrps": [{ "db": "telegraf", "rp": "autogen" }], "script": rule(90).script,
        "vars": {}, "status": "enabled", "executing": false, "error": "",
    });
    let answer = Kind::Answer {
        status: 200,
        headers: vec![("X-Kapacitor-Version".to_owned(), "1.8.3".to_owned())],
        body: json!({ "tasks": [dead] }).to_string(),
        acted: true,
    };
    sandbox
        .faults()
        .add(Fault::new(answer).on("GET", "/kapacitor/v1/tasks*"));
    let failure = client
        .uninterrupted(|writes| create(writes, rule(90)))
        .await
        .unwrap_err();
    assert!(failure.detail.contains("no reason"), "{}", failure.detail);
    assert!(!failure.detail.contains("It said"), "{}", failure.detail);
}

/// A rule whose first alert ends its task: a template that fails.
fn failing(sandbox: &Sandbox) -> WantedTask {
    posting(sandbox, "/former", "{{ .Nope }}")
}

fn posting(sandbox: &Sandbox, path: &str, message: &str) -> WantedTask {
    let post = format!("'{message}')\n        .post('{}{path}')\n", sandbox.receiver_url());
    let script = SCRIPT.replace(
        "        .details('')\n",
        &format!("        .details('')\n        .message({post}"),
    );
    WantedTask {
        printed: script.clone(),
        script,
        ..rule(90)
    }
}

async fn write(sandbox: &Sandbox, value: u32, seconds: u64) {
    let url = format!(
        "{}/kapacitor/v1/write?db=telegraf&rp=autogen&precision=s",
        sandbox.kapacitor_url()
    );
    let point = format!("cpu value={value} {seconds}");
    reqwest::Client::new().post(url).body(point).send().await.unwrap();
    sandbox.settle().await;
}

async fn failed(sandbox: &Sandbox, client: &Client) -> Task {
    created(client, failing(sandbox)).await;
    write(sandbox, 95, 1_000_000_000).await;
    let task = task(client).await.unwrap();
    assert!(!task.executing && !task.error.is_empty(), "{task:?}");
    task
}

fn paths_posted_to(sandbox: &Sandbox) -> Vec<String> {
    sandbox.receiver().posts().into_iter().map(|post| post.path).collect()
}

/// Fact tried on a real Kapacitor: an alert that fails ends its task, whose handlers stay on its topic until the next stop.
#[tokio::test]
async fn a_rule_that_had_failed_posts_once_after_its_repair() {
    let (sandbox, client) = sandbox();
    failed(&sandbox, &client).await;
    let repaired = posting(&sandbox, "/new", "m");
    let task = updated(&client, failing(&sandbox), repaired).await.unwrap();
    assert!(task.is_running(), "{task:?}");
    write(&sandbox, 96, 1_000_000_001).await;
    assert_eq!(paths_posted_to(&sandbox), ["/new"]);
}

#[tokio::test]
async fn a_rule_that_failed_and_was_disabled_posts_once_when_it_is_started() {
    let (sandbox, client) = sandbox();
    failed(&sandbox, &client).await;
    let repaired = posting(&sandbox, "/new", "m");
    let change = UpdateTask {
        script: Some(repaired.script),
        ..UpdateTask::status(Status::Disabled)
    };
    given(&client, change).await;
    client
        .uninterrupted(|writes| start(writes, "r".to_owned()))
        .await
        .unwrap();
    write(&sandbox, 96, 1_000_000_001).await;
    assert_eq!(paths_posted_to(&sandbox), ["/new"]);
}

#[tokio::test]
async fn a_rule_that_had_failed_and_was_given_vars_posts_once_after_it_was_made_anew() {
    let (sandbox, client) = sandbox();
    failed(&sandbox, &client).await;
    let vars = Some(crit(50));
    given(
        &client,
        UpdateTask {
            vars,
            ..UpdateTask::default()
        },
    )
    .await;
    let repaired = posting(&sandbox, "/new", "m");
    updated(&client, failing(&sandbox), repaired).await.unwrap();
    write(&sandbox, 96, 1_000_000_001).await;
    assert_eq!(paths_posted_to(&sandbox), ["/new"]);
}

/// Fact tried on a real Kapacitor: the deletion of a disabled task leaves the state of its alerts.
#[tokio::test]
async fn a_rule_that_is_created_after_a_disabled_one_was_deleted_tells_of_what_is_critical() {
    let (sandbox, client) = sandbox();
    let on_change = |mut rule: WantedTask| {
        rule.script = rule
            .script
            .replace("        .post(", "        .stateChangesOnly()\n        .post(");
        rule
    };
    let rule = on_change(posting(&sandbox, "/rule", "m"));
    for round in 0..2 {
        created(&client, rule.clone()).await;
        write(&sandbox, 95, 1_000_000_000 + round).await;
        given(&client, UpdateTask::status(Status::Disabled)).await;
        client
            .uninterrupted(|writes| delete(writes, "r".to_owned(), true))
            .await
            .unwrap();
    }
    assert_eq!(paths_posted_to(&sandbox), ["/rule", "/rule"]);
}
