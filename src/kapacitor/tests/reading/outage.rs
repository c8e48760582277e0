//! A server that does not answer: how often it is asked, what each call gets, and that it is used again.

use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::tests::{config, impatient};
use crate::kapacitor::transport::outage::{Outage, Subject};
use crate::kapacitor::{Client, CredentialKind, Error, ErrorKind, RequestLine, Responder, ServerKind};

const TIMEOUT: Duration = Duration::from_secs(3);

/// A server that answers only after a number of tries, and each of them takes until the timeout.
#[derive(Default)]
struct Hanging {
    outage: Outage,
    tries: AtomicUsize,
    recovers_after: Option<usize>,
}

impl Hanging {
    fn that_recovers_after(tries: usize) -> Arc<Self> {
        Arc::new(Hanging {
            recovers_after: Some(tries),
            ..Hanging::default()
        })
    }

    async fn request(&self) -> Result<(), Error> {
        let round = self.outage.round();
        let tried = self.tries.fetch_add(1, Ordering::SeqCst);
        let result = if self.recovers_after.is_some_and(|tries| tried >= tries) {
            Ok(())
        } else {
            tokio::time::sleep(TIMEOUT).await;
            Err(error(ErrorKind::TimedOut { after: TIMEOUT }))
        };
        self.outage.note(round, &result);
        result
    }

    async fn read(&self) -> Result<(), Error> {
        self.outage.ask_among_many(Subject::Task, self.request()).await
    }

    fn tries(&self) -> usize {
        self.tries.load(Ordering::SeqCst)
    }
}

fn error(kind: ErrorKind) -> Error {
    let line = RequestLine {
        method: "GET",
        path: "/kapacitor/v1/tasks".to_owned(),
    };
    let server = crate::kapacitor::Server {
        address: "http://kapacitor:9092".to_owned(),
        kind: ServerKind::Kapacitor,
        credentials: CredentialKind::None,
    };
    Error::new(line, server, kind)
}

/// Calls as Terraform makes them: so many at a time, the next one when one is answered.
async fn at_a_time<F>(parallelism: usize, calls: impl Iterator<Item = F>) -> Vec<Result<(), Error>>
where
    F: Future<Output = Result<(), Error>> + Send + 'static,
{
    let slots = Arc::new(Semaphore::new(parallelism));
    let mut running = JoinSet::new();
    for call in calls {
        let slots = slots.clone();
        running.spawn(async move {
            let _slot = slots.acquire_owned().await.unwrap();
            call.await
        });
    }
    running.join_all().await
}

fn read(server: &Arc<Hanging>) -> impl Future<Output = Result<(), Error>> + Send + 'static {
    let server = server.clone();
    async move { server.read().await }
}

#[tokio::test(start_paused = true)]
async fn one_error_speaks_for_all_reads_of_a_refresh_and_the_server_is_asked_twice() {
    for (count, parallelism) in [(1, 10), (20, 10), (20, 20), (1000, 10)] {
        let server = Arc::new(Hanging::default());
        let started = Instant::now();
        let results = at_a_time(parallelism, (0..count).map(|_| read(&server))).await;
        assert!(
            started.elapsed() < 3 * TIMEOUT,
            "{count} reads took {:?}",
            started.elapsed()
        );
        let errors: Vec<Error> = results.into_iter().map(Result::unwrap_err).collect();
        let told: Vec<_> = errors.iter().filter(|error| !error.is_spoken_for()).collect();
        let [told] = told.as_slice() else {
            panic!("{} of {count} errors are told", told.len());
        };
        assert_eq!(told.speaks_for().map(|reads| reads.tasks), Some(count));
        assert!(server.tries() <= parallelism + 1, "{} tries", server.tries());
    }
}

#[tokio::test(start_paused = true)]
async fn reads_one_after_the_other_are_told_once_too() {
    let server = Arc::new(Hanging::default());
    let results = at_a_time(1, (0..20).map(|_| read(&server))).await;
    let told = results.into_iter().filter(|result| {
        let error = result.as_ref().unwrap_err();
        !error.is_spoken_for()
    });
    assert_eq!(told.count(), 1);
    assert_eq!(server.tries(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_answers_the_one_more_try_is_used_again() {
    let server = Hanging::that_recovers_after(1);
    assert!(server.read().await.is_err());
    for _ in 0..20 {
        server.read().await.unwrap();
    }
    let server = Hanging::that_recovers_after(1);
    let first = tokio::spawn(read(&server));
    tokio::time::sleep(TIMEOUT * 2).await;
    let results = at_a_time(10, (0..20).map(|_| read(&server))).await;
    assert!(results.iter().all(Result::is_ok));
    let error = first.await.unwrap().unwrap_err();
    assert_eq!(
        error.speaks_for().map(|reads| reads.tasks),
        Some(1),
        "it is told all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_recovers_later_is_used_again_and_a_new_outage_is_told_again() {
    let server = Hanging::that_recovers_after(3);
    assert!(server.read().await.unwrap_err().speaks_for().is_some());
    assert!(server.read().await.unwrap_err().is_spoken_for());
    assert!(server.read().await.unwrap_err().is_spoken_for());
    assert_eq!(server.tries(), 2);
    assert!(server.outage.refusal().unwrap().was_not_asked());

    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(server.outage.refusal().is_none());
    let again = server.read().await.unwrap_err();
    assert_eq!(again.speaks_for().map(|reads| reads.tasks), Some(1));
    tokio::time::sleep(Duration::from_secs(60)).await;
    server.read().await.unwrap();
    assert!(server.outage.refusal().is_none());
    server.read().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_kapacitor_answers_is_no_outage() {
    let outage = Outage::default();
    let answers = [
        ErrorKind::Status {
            status: 500,
            responder: Responder::Kapacitor,
            message: "no such database".to_owned(),
        },
        ErrorKind::Status {
            status: 401,
            responder: Responder::Kapacitor,
            message: String::new(),
        },
    ];
    for answer in answers {
        for _ in 0..3 {
            let failed: Result<(), Error> = Err(error(answer.clone()));
            outage.note(outage.round(), &failed);
            let read = outage.ask_among_many(Subject::Task, async { failed }).await;
            let error = read.unwrap_err();
            assert!(!error.is_spoken_for() && error.speaks_for().is_none() && !error.was_not_asked());
        }
        assert!(outage.refusal().is_none());
    }
}

#[tokio::test]
async fn nothing_is_begun_at_a_server_that_just_failed_twice_but_what_was_begun_goes_on() {
    let server = Server::with(|_, _| Reply::Drop).await;
    let client = Client::new(impatient(crate::kapacitor::ClientConfig {
        max_retries: 0,
        ..config(&server)
    }))
    .unwrap();
    assert!(client.tasks().get("t").await.is_err());
    drop(client.writes().await.unwrap());
    assert!(client.tasks().get("t").await.is_err());
    let asked = server.lines().len();
    assert!(client.writes().await.unwrap_err().was_not_asked());
    let mut writes = client.writes_to_go_on().await.unwrap();
    assert_eq!(server.lines().len(), asked);
    assert!(writes.delete_task("t").await.is_err());
    assert!(server.lines().len() > asked);
}

#[tokio::test]
async fn the_failure_of_a_chronograf_is_shared_by_all_who_wait_for_its_choice() {
    let server = Server::with(|_, _| Reply::Drop).await;
    let transport = crate::kapacitor::TransportConfig::Chronograf(crate::kapacitor::ChronografConfig {
        url: server.url(),
        source: None,
        kapacitor: None,
        auth: crate::kapacitor::ChronografAuth::None,
    });
    let client = Client::new(impatient(crate::kapacitor::ClientConfig {
        max_retries: 0,
        ..crate::kapacitor::ClientConfig::new(transport)
    }))
    .unwrap();
    let barrier = Arc::new(tokio::sync::Barrier::new(10));
    let reads = (0..10).map(|number| {
        let (client, barrier) = (client.clone(), barrier.clone());
        async move {
            barrier.wait().await;
            client.tasks().get(&number.to_string()).await.map(drop)
        }
    });
    let results = at_a_time(10, reads).await;
    assert!(results.iter().all(Result::is_err));
    assert_eq!(server.lines().len(), 1, "{:?}", server.lines());
}
