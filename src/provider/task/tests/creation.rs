//! What becomes of a rule's creation that fails, or whose answer is lost, on the sandbox.

use super::lifecycle::{rule, sandbox, task};
use crate::kapacitor::models::{CreateTask, Status, UpdateTask};
use crate::kapacitor::Client;
use crate::provider::task::lifecycle::creation::{create, Created};
use crate::provider::task::lifecycle::{Failure, Left, WantedTask};
use sandbox::{Fault, Kind, Sandbox, SeenRequest, Step};

/// An answer that comes after somebody else had his way.
const LATE: Kind = Kind::Slow { millis: 200 };

/// The look that follows the request for the task.
const LOOK: &str = "*pattern=r&*";

async fn creation(client: &Client, wanted: WantedTask) -> Result<Created, Failure> {
    client.uninterrupted(|writes| create(writes, wanted)).await
}

/// A task that Kapacitor stores and cannot start.
fn dead() -> WantedTask {
    let script = rule(90).script + "        .post()\n        .endpoint('nowhere')\n";
    WantedTask {
        printed: script.clone(),
        script,
        ..rule(90)
    }
}

fn requests(sandbox: &Sandbox) -> Vec<String> {
    let about_tasks = |request: &SeenRequest| request.path.starts_with("/kapacitor/v1/tasks");
    let requests = sandbox.requests().into_iter().filter(about_tasks);
    requests.map(|request| request.method).collect()
}

/// Lets somebody else change the task when the provider has looked at it for the first time, and before it knows what it saw.
/// Nothing keeps a person at Chronograf from writing.
async fn while_it_looks(
    sandbox: &Sandbox,
    client: &Client,
    (wanted, look): (WantedTask, Kind),
    change: UpdateTask,
) -> Result<Created, Failure> {
    sandbox.clear_requests();
    sandbox.faults().add(Fault::new(look).on("GET", LOOK).times(1));
    let creation = tokio::spawn({
        let client = client.clone();
        async move { creation(&client, wanted).await }
    });
    let looks = |seen: &[SeenRequest]| seen.iter().any(|request| request.path.contains("pattern=r&"));
    sandbox.wait_for_requests(looks).await;
    by_hand(sandbox, change).await;
    creation.await.unwrap()
}

/// A change by somebody who takes no turns.
async fn by_hand(sandbox: &Sandbox, change: UpdateTask) {
    let url = format!("{}/kapacitor/v1/tasks/r", sandbox.kapacitor_url());
    let body = serde_json::to_string(&change).unwrap();
    let answer = reqwest::Client::new().patch(url).body(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

fn two_looks(seen: &[SeenRequest]) -> bool {
    let looks = seen.iter().filter(|request| request.path.contains("pattern=r&"));
    looks.count() >= 2
}

#[tokio::test]
async fn a_creation_is_two_requests_and_one_if_it_is_disabled() {
    let (sandbox, client) = sandbox();
    assert!(creation(&client, rule(90)).await.unwrap().task.is_running());
    assert_eq!(requests(&sandbox), ["POST", "GET"]);
    let (sandbox, client) = super::lifecycle::sandbox();
    let disabled = WantedTask {
        enabled: false,
        ..rule(90)
    };
    let created = creation(&client, disabled).await.unwrap().task;
    assert_eq!(
        (created.status, requests(&sandbox)),
        (Status::Disabled, vec!["POST".to_owned()])
    );
}

#[tokio::test]
async fn a_rule_that_cannot_start_is_taken_back() {
    let (_sandbox, client) = sandbox();
    let failure = creation(&client, dead()).await.unwrap_err();
    assert_eq!(
        (failure.summary, &failure.left),
        ("Kapacitor could not start the task", &Left::AsBefore)
    );
    assert!(failure.detail.contains("removed again"), "{}", failure.detail);
    assert_eq!(task(&client).await, None);
}

#[tokio::test]
async fn a_rule_that_cannot_start_is_left_alone_if_somebody_changed_it_since() {
    let (sandbox, client) = sandbox();
    let repaired = UpdateTask {
        script: Some(rule(80).script),
        ..UpdateTask::status(Status::Disabled)
    };
    let failure = while_it_looks(&sandbox, &client, (dead(), LATE), repaired)
        .await
        .unwrap_err();
    assert!(
        failure.detail.contains("Somebody else has changed"),
        "{}",
        failure.detail
    );
    assert_eq!(failure.left, Left::AsBefore);
    let left = task(&client).await.unwrap();
    assert_eq!((left.status, left.script), (Status::Disabled, rule(80).script));
}

#[tokio::test]
async fn a_task_that_was_there_before_is_left_alone_if_somebody_changed_it_since() {
    let (sandbox, client) = sandbox();
    let there = CreateTask {
        status: Status::Disabled,
        ..dead().to_create(Status::Disabled)
    };
    client.writes().await.unwrap().create_task(&there).await.unwrap();
    // The first look tells whether the task is this task, the second one whether it runs.
    let (looked, client_of_others) = (client.clone(), &sandbox);
    let repaired = UpdateTask {
        script: Some(rule(80).script),
        ..UpdateTask::status(Status::Disabled)
    };
    sandbox.clear_requests();
    sandbox.faults().add(Fault::new(LATE).on("GET", LOOK).after(1).times(1));
    let creation = tokio::spawn(async move { creation(&looked, dead()).await });
    sandbox.wait_for_requests(two_looks).await;
    by_hand(client_of_others, repaired).await;
    by_hand(client_of_others, UpdateTask::status(Status::Enabled)).await;
    let failure = creation.await.unwrap().unwrap_err();
    assert!(
        failure.detail.contains("Somebody else has changed"),
        "{}",
        failure.detail
    );
    let left = task(&client).await.unwrap();
    assert!(left.is_running() && left.script == rule(80).script, "{left:?}");
}

#[tokio::test]
async fn a_task_that_was_there_before_gets_its_status_back() {
    let (_sandbox, client) = sandbox();
    let there = dead().to_create(Status::Disabled);
    client.writes().await.unwrap().create_task(&there).await.unwrap();
    let failure = creation(&client, dead()).await.unwrap_err();
    assert!(failure.detail.contains("was left as it was"), "{}", failure.detail);
    assert_eq!(task(&client).await.unwrap().status, Status::Disabled);
}

#[tokio::test]
async fn another_task_of_the_id_is_never_written_over() {
    let (_sandbox, client) = sandbox();
    creation(&client, rule(80)).await.unwrap();
    let failure = creation(&client, rule(90)).await.unwrap_err();
    assert_eq!(failure.left, Left::Taken);
    let left = task(&client).await.unwrap();
    assert!(left.is_running() && left.script == rule(80).script, "{left:?}");
}

#[tokio::test]
async fn a_rule_whose_look_failed_once_is_looked_at_again_and_stays() {
    let (sandbox, client) = sandbox();
    sandbox
        .faults()
        .add(Fault::new(Kind::status(500, "no")).on("GET", LOOK).times(1));
    assert!(creation(&client, rule(90)).await.unwrap().task.is_running());
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found() {
    for kind in [Kind::Drop { acted: true }, Kind::Truncate, Kind::Hang { acted: true }] {
        let (sandbox, client) = sandbox();
        sandbox
            .faults()
            .add(Fault::new(kind).on("POST", "/kapacitor/v1/tasks").times(1));
        let created = creation(&client, rule(90)).await.unwrap();
        assert!(created.task.is_running() && !created.was_there);
        assert_eq!(
            requests(&sandbox).iter().filter(|method| *method == "DELETE").count(),
            0
        );
    }
}

/// A task that is deleted while it is being started runs on, and no read shows it.
#[tokio::test]
async fn a_start_that_is_still_under_way_is_waited_for() {
    let (sandbox, client) = sandbox();
    let start = sandbox.hold_at(Step::Start);
    let looked = client.clone();
    let creation = tokio::spawn(async move { creation(&looked, rule(90)).await });
    sandbox.wait_for_requests(two_looks).await;
    drop(start);
    let created = creation.await.unwrap().unwrap();
    assert!(created.task.is_running(), "{:?}", created.task);
    assert!(!requests(&sandbox).contains(&"DELETE".to_owned()));
}

#[tokio::test]
async fn a_rule_that_somebody_disabled_at_once_is_not_deleted() {
    let (sandbox, client) = sandbox();
    let disabled = UpdateTask::status(Status::Disabled);
    let unanswered = Kind::Hang { acted: false };
    let failure = while_it_looks(&sandbox, &client, (rule(90), unanswered), disabled).await;
    let detail = failure.unwrap_err().detail;
    assert!(detail.contains("Somebody else has changed"), "{detail}");
    assert_eq!(task(&client).await.unwrap().status, Status::Disabled);
}
