//! One write at a time to each server, whoever writes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

use crate::kapacitor::models::{EndpointOptions, Status, UpdateTask};
use crate::kapacitor::tests::client;
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Seen, Server};
use crate::kapacitor::writing::write_queue::{Effect, WriteGuard, PAUSE};
use crate::kapacitor::Error;

/// A server that holds back the answers to writes until a permit is given, and answers reads at once.
async fn holding_server() -> (Server, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let held = permits.clone();
    let server = Server::with(move |seen, _| match seen.method.as_str() {
        "GET" => recorded("02-task-read", "missing task").reply(),
        "PATCH" => Reply::Held(
            held.clone(),
            Box::new(recorded("02-task-rename", "rename it back").reply()),
        ),
        _ => Reply::Held(held.clone(), Box::new(Reply::no_content())),
    })
    .await;
    (server, permits)
}

fn writes_seen(server: &Server) -> Vec<String> {
    server
        .seen()
        .iter()
        .filter(|seen| seen.method != "GET")
        .map(Seen::line)
        .collect()
}

/// Reads a few times, so that whatever else could go on has gone on.
async fn read_for_a_while(server: &Server) {
    for _ in 0..20 {
        assert_eq!(client(server).tasks().get("nope").await.unwrap(), None);
    }
}

#[tokio::test]
async fn writes_of_different_clients_wait_for_each_other_and_reads_do_not() {
    let (server, permits) = holding_server().await;
    let first = tokio::spawn({
        let client = client(&server);
        async move { client.writes().await?.delete_task("first").await }
    });
    server.wait_for(1).await;
    let second = tokio::spawn({
        let client = client(&server);
        async move {
            client
                .writes()
                .await?
                .set_endpoint("second", &EndpointOptions::default(), &[])
                .await
        }
    });

    read_for_a_while(&server).await;
    assert_eq!(writes_seen(&server), ["DELETE /kapacitor/v1/tasks/first"]);

    permits.add_permits(2);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(writes_seen(&server).len(), 2);
}

#[tokio::test]
async fn requests_that_belong_together_are_not_interleaved() {
    let running = Arc::new(AtomicUsize::new(0));
    let server = Server::with(|_, _| recorded("02-task-rename", "rename it back").reply()).await;
    let cycles = (0..5).map(|number| {
        let (client, running) = (client(&server), running.clone());
        tokio::spawn(async move {
            let mut writes = client.writes().await.unwrap();
            assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
            for status in [Status::Disabled, Status::Enabled] {
                writes
                    .update_task(&number.to_string(), &UpdateTask::status(status))
                    .await
                    .unwrap();
            }
            running.fetch_sub(1, Ordering::SeqCst);
        })
    });
    for cycle in cycles.collect::<Vec<_>>() {
        cycle.await.unwrap();
    }
    let lines = server.lines();
    assert_eq!(lines.len(), 10);
    assert!(lines.chunks(2).all(|pair| pair[0] == pair[1]), "{lines:?}");
}

#[tokio::test]
async fn a_write_whose_caller_goes_away_keeps_the_right_until_it_is_answered() {
    let (server, permits) = holding_server().await;
    let first = tokio::spawn({
        let client = client(&server);
        async move { client.writes().await?.delete_task("first").await }
    });
    server.wait_for(1).await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    let second = tokio::spawn({
        let client = client(&server);
        async move { client.writes().await?.delete_task("second").await }
    });

    read_for_a_while(&server).await;
    assert_eq!(writes_seen(&server), ["DELETE /kapacitor/v1/tasks/first"]);
    permits.add_permits(2);
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn uninterrupted_steps_go_on_without_their_caller() {
    let (server, permits) = holding_server().await;
    let caller = tokio::spawn({
        let client = client(&server);
        async move {
            let steps = |mut writes: crate::kapacitor::Writer| async move {
                writes.update_task("cpu", &UpdateTask::status(Status::Disabled)).await?;
                writes.update_task("cpu", &UpdateTask::status(Status::Enabled)).await?;
                Ok::<(), Error>(())
            };
            client.uninterrupted(steps).await
        }
    });
    server.wait_for(1).await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    permits.add_permits(2);
    server.wait_for(2).await;
    assert_eq!(server.seen()[1].json()["status"], "enabled");
}

/// The pause is a least time, which no slow machine can undercut.
#[tokio::test]
async fn the_stop_of_a_task_comes_no_sooner_after_its_start_than_the_pause() {
    let arrivals = Arc::new(Mutex::new(Vec::new()));
    let noted = arrivals.clone();
    let server = Server::with(move |seen, _| {
        noted.lock().unwrap().push(Instant::now());
        match seen.method.as_str() {
            "DELETE" => Reply::no_content(),
            _ => recorded("02-task-rename", "rename it back").reply(),
        }
    })
    .await;
    // Each by another client, as two resources would.
    let start = UpdateTask::status(Status::Enabled);
    client(&server)
        .writes()
        .await
        .unwrap()
        .update_task("a", &start)
        .await
        .unwrap();
    client(&server).writes().await.unwrap().delete_task("b").await.unwrap();
    let arrivals = arrivals.lock().unwrap();
    assert!(arrivals[1] - arrivals[0] >= PAUSE);
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_out_the_pause_after_a_start_and_nothing_else_does() {
    async fn waited(turn: &WriteGuard, effect: Effect) -> Duration {
        let before = tokio::time::Instant::now();
        turn.before(effect).await;
        before.elapsed()
    }
    let mut turn = WriteGuard::alone().await;
    assert!(waited(&turn, Effect::Stops).await.is_zero());
    turn.after(Effect::Starts);
    assert!(waited(&turn, Effect::Starts).await.is_zero());
    assert!(waited(&turn, Effect::None).await.is_zero());
    assert!(waited(&turn, Effect::Stops).await >= PAUSE);
    assert!(waited(&turn, Effect::Stops).await.is_zero());
}

#[tokio::test]
async fn the_end_of_all_writes_can_be_waited_for_whoever_still_wants_their_answers() {
    let (server, permits) = holding_server().await;
    let write = tokio::spawn({
        let client = client(&server);
        async move { client.writes().await?.delete_task("t").await }
    });
    server.wait_for(1).await;
    write.abort();
    let mut done = tokio::spawn(crate::kapacitor::writes_are_done());
    read_for_a_while(&server).await;
    assert!(!done.is_finished());
    permits.add_permits(1);
    (&mut done).await.unwrap();
}
