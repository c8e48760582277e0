//! Answers that are longer than any that is read.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::kapacitor::tests::client;
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::transport::http::LONGEST_ANSWER;
use crate::kapacitor::ErrorKind;
use crate::provider::remedy::remedy;

#[tokio::test]
async fn an_answer_that_is_too_long_is_an_error_and_is_not_asked_for_again() {
    for reply in [Reply::Announce(LONGEST_ANSWER + 1), Reply::Endless] {
        let server = Server::with(move |_, _| reply.clone()).await;
        let error = client(&server).tasks().get("t").await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooLong { .. }), "{error:?}");
        assert!(error.to_string().contains("longer than 64 MiB"), "{error}");
        assert!(remedy(&error).is_some() && !error.is_retryable() && error.may_have_acted());
        assert_eq!(server.lines().len(), 1);
    }
}

/// What is small on the way and large here can do no harm where nothing is decompressed.
#[tokio::test]
async fn no_compression_is_offered_and_none_is_undone() {
    let body = "\u{1f}\u{8b}";
    let reply = Reply::with_headers(200, &[("Content-Encoding", "gzip"), ("X-Kapacitor-Version", "")], body);
    let server = Server::scripted(vec![reply]).await;
    let error = client(&server).tasks().get("t").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotUnderstood { .. }), "{error:?}");
    assert!(!server.seen()[0].headers.contains_key("accept-encoding"));
}

#[tokio::test]
async fn tasks_that_are_too_long_together_are_read_one_by_one() {
    let server = Server::with(|seen, _| {
        if !seen.path.contains("pattern=") {
            return Reply::Announce(LONGEST_ANSWER + 1);
        }
        recorded("02-task-list", "empty list").reply()
    })
    .await;
    let client = client(&server);
    for _ in 0..2 {
        let barrier = Arc::new(Barrier::new(10));
        let reads = (0..10).map(|number| {
            let (client, barrier) = (client.clone(), barrier.clone());
            tokio::spawn(async move {
                barrier.wait().await;
                client.tasks().refresh(&number.to_string()).await
            })
        });
        for read in reads.collect::<Vec<_>>() {
            assert_eq!(read.await.unwrap().unwrap(), None);
        }
    }
    let lists = server.lines().iter().filter(|line| !line.contains("pattern=")).count();
    assert_eq!(lists, 1, "{:?}", server.lines());
}
