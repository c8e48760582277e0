//! Starts and stops at the same time hang the server for good; taking turns does not.

use crate::support::{alert, Bench};
use sandbox::{Options, Outcome};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The pause between the start and the stop of a task that ran clean against the real server.
const PAUSE: Duration = Duration::from_millis(20);

async fn tasks(bench: &Bench, count: usize) {
    for number in 0..count {
        let script = alert(".post('http://127.0.0.1:1/')");
        bench.create(&format!("t{number}"), &script, "disabled").await;
    }
}

async fn set(bench: &Bench, number: usize, status: &str) {
    bench.patch(&format!("t{number}"), json!({ "status": status })).await;
}

#[tokio::test]
async fn two_careless_clients_hang_the_server() {
    let bench = Arc::new(Bench::start(Options::default()).await);
    tasks(&bench, 2).await;
    let clients: Vec<_> = (0..2)
        .map(|number| {
            let bench = Arc::clone(&bench);
            tokio::spawn(async move {
                loop {
                    set(&bench, number, "enabled").await;
                    set(&bench, number, "disabled").await;
                }
            })
        })
        .collect();
    bench
        .sandbox
        .wait_for_requests(|seen| seen.iter().any(|one| one.outcome == Outcome::Hanging))
        .await;
    clients.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(bench.sandbox.is_hung());
    assert!(bench.sandbox.pace().most_at_once > 1);
    assert_eq!(bench.client.get(bench.url("/ping")).send().await.unwrap().status(), 204);
    bench.sandbox.restart(bench.sandbox.conf()).await.unwrap();
    assert!(!bench.sandbox.is_hung());
    assert_eq!(bench.get("/tasks").await["tasks"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn clients_that_take_turns_and_pause_never_do() {
    let bench = Arc::new(
        Bench::start(Options {
            strict_pace: true,
            ..Options::default()
        })
        .await,
    );
    tasks(&bench, 5).await;
    let turn = Arc::new(Mutex::new(()));
    let clients: Vec<_> = (0..5)
        .map(|number| {
            let (bench, turn) = (Arc::clone(&bench), Arc::clone(&turn));
            tokio::spawn(async move {
                for _ in 0..4 {
                    let _mine = turn.lock().await;
                    set(&bench, number, "enabled").await;
                    tokio::time::sleep(PAUSE).await;
                    set(&bench, number, "disabled").await;
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    assert!(!bench.sandbox.is_hung());
    assert_eq!(bench.sandbox.pace().most_at_once, 1);
    assert!(bench.sandbox.pace().shortest_start_to_stop.unwrap() >= PAUSE);
}

#[tokio::test]
async fn many_starts_at_once_do_not_and_neither_do_many_stops() {
    let bench = Arc::new(Bench::start(Options::default()).await);
    tasks(&bench, 20).await;
    for status in ["enabled", "disabled"] {
        let clients: Vec<_> = (0..20)
            .map(|number| {
                let bench = Arc::clone(&bench);
                tokio::spawn(async move { set(&bench, number, status).await })
            })
            .collect();
        for client in clients {
            client.await.unwrap();
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert!(!bench.sandbox.is_hung());
    assert!(bench.sandbox.pace().most_at_once > 1);
}

#[tokio::test]
async fn a_strict_sandbox_hangs_without_the_pause() {
    let bench = Bench::start(Options {
        strict_pace: true,
        ..Options::default()
    })
    .await;
    tasks(&bench, 1).await;
    // A machine that is busy may make the pause by itself, but not every time.
    let rounds = async {
        for _ in 0..100 {
            set(&bench, 0, "enabled").await;
            set(&bench, 0, "disabled").await;
        }
    };
    tokio::select! {
        () = rounds => panic!("an answer every time"),
        _ = bench.sandbox.wait_for_requests(|seen| seen.iter().any(|one| one.outcome == Outcome::Hanging)) => {}
    }
}
