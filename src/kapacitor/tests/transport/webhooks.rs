//! Posts to a webhook: the client's patience goes along, and nothing else of its settings.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::kapacitor::models::Level;
use crate::kapacitor::tests::impatient;
use crate::kapacitor::tests::support::server::{nobody, Reply, Server};
use crate::kapacitor::{Client, ClientConfig, Error, ErrorKind, KapacitorAuth, Recovery, Secret, Webhook};
use crate::provider::remedy::remedy;

/// The settings for a Kapacitor that no test here asks anything.
fn settings() -> ClientConfig {
    impatient(ClientConfig::direct(
        "http://kapacitor.invalid:9092",
        KapacitorAuth::None,
    ))
}

fn webhook(config: ClientConfig, url: &str) -> Webhook {
    let headers = BTreeMap::from([("X-Team".to_owned(), Secret::new("sre"))]);
    Client::new(config)
        .unwrap()
        .webhook(&Secret::new(url), &headers)
        .unwrap()
}

fn recovery() -> Recovery {
    Recovery {
        id: "cpu".to_owned(),
        message: "cpu is OK".to_owned(),
        details: String::new(),
        time: "2001-09-09T01:46:40Z".to_owned(),
        duration: 0,
        level: Level::Ok,
        data: serde_json::json!({ "series": null }),
        previous_level: Level::Critical,
        recoverable: true,
    }
}

fn answer(status: u16) -> Reply {
    Reply::with_headers(status, &[("Retry-After", "0")], "planted-key is not known here")
}

async fn failed_post(reply: Reply) -> Error {
    let server = Server::with(move |_, _| reply.clone()).await;
    let url = format!("{}/planted-key", server.url());
    let config = ClientConfig {
        timeout: Duration::from_millis(50),
        ..settings()
    };
    webhook(config, &url).send(&recovery()).await.unwrap_err()
}

#[tokio::test]
async fn a_post_is_repeated_as_often_as_the_client_is_told() {
    for max_retries in [0, 2] {
        for reply in [answer(503), Reply::Drop, Reply::CutShort] {
            let server = Server::with(move |_, _| reply.clone()).await;
            let config = ClientConfig {
                max_retries,
                ..settings()
            };
            webhook(config, &server.url()).send(&recovery()).await.unwrap_err();
            assert_eq!(server.lines().len(), 1 + usize::try_from(max_retries).unwrap());
        }
    }
}

#[tokio::test]
async fn a_post_is_waited_for_as_long_as_the_client_is_told() {
    let error = failed_post(Reply::Silence).await;
    let after = Duration::from_millis(50);
    assert!(
        matches!(error.kind(), ErrorKind::TimedOut { after: waited } if *waited == after),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_for_kapacitor_stays_away_from_a_webhook() {
    let server = Server::scripted(vec![answer(200)]).await;
    let config = ClientConfig {
        headers: vec![("X-Proxy".to_owned(), Secret::new("planted"))],
        ..impatient(ClientConfig::direct(
            "http://kapacitor.invalid:9092",
            KapacitorAuth::Bearer(Secret::new("planted")),
        ))
    };
    webhook(config, &server.url()).send(&recovery()).await.unwrap();
    let seen = server.seen().remove(0);
    assert_eq!(seen.headers["x-team"], "sre");
    assert_eq!(seen.headers["content-type"], "application/json");
    assert!(!format!("{seen:?}").contains("planted"), "{seen:?}");
}

#[tokio::test]
async fn a_failure_names_the_webhook_and_neither_kapacitor_nor_the_secret() {
    let mut errors = vec![webhook(settings(), &nobody().await)
        .send(&recovery())
        .await
        .unwrap_err()];
    for reply in [Reply::Silence, Reply::Drop, Reply::CutShort] {
        errors.push(failed_post(reply).await);
    }
    for status in [302, 400, 401, 404, 429, 500, 503] {
        let error = failed_post(answer(status)).await;
        assert_eq!(error.status(), Some(status));
        assert!(error.to_string().contains(&status.to_string()), "{error}");
        errors.push(error);
    }
    for error in errors {
        let told = format!("{error} {}", remedy(&error).unwrap_or_default());
        assert!(told.contains("webhook"), "{told}");
        assert!(!told.contains("Kapacitor") && !told.contains("planted"), "{told}");
    }
}

#[test]
fn a_url_that_no_post_can_go_to_is_refused_before_one_is_sent() {
    let client = Client::new(settings()).unwrap();
    for url in ["", "planted-key", "ftp://receiver/planted-key"] {
        let Err(error) = client.webhook(&Secret::new(url), &BTreeMap::new()) else {
            panic!("{url:?} was taken");
        };
        assert!(matches!(error.kind(), ErrorKind::Setup(_)), "{error:?}");
        assert!(!error.to_string().contains("planted"), "{error}");
    }
}
