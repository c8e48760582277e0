//! No secret in what an error shows, whoever quotes it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::kapacitor::models::{BasicAuth, EndpointOptions, Status, UpdateTask};
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::tests::writing::writer::task;
use crate::kapacitor::tests::{client, config};
use crate::kapacitor::{Client, ClientConfig, Error, KapacitorAuth, Secret, TransportConfig, MASK};
use crate::provider::remedy::remedy;

const WEBHOOK: &str = "https://api.squadcast.com/v2/incidents/kapacitor/5ca1ab1e";

/// A server that quotes all that it is sent, as an error.
async fn quoting_server() -> Server {
    Server::with(|seen, _| {
        let message = format!("cannot: {} {:?}", seen.body, seen.headers);
        Reply::json(400, &json!({"error": message, "message": message}))
    })
    .await
}

fn assert_hidden(error: &Error, secrets: &[&str]) {
    let shown = format!("{error} {error:?} {:?} {:?}", error.kapacitor_message(), remedy(error));
    assert!(shown.contains("cannot") && shown.contains(MASK), "{shown}");
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test]
async fn secrets_of_a_request() {
    let server = quoting_server().await;
    let mut writes = client(&server).writes().await.unwrap();

    let options = EndpointOptions {
        url: Some(Secret::new(WEBHOOK)),
        headers: Some(BTreeMap::from([("X-Token".to_owned(), Secret::new("sesame"))])),
        basic_auth: Some(BasicAuth {
            username: "u".to_owned(),
            password: Secret::new("hunter2"),
        }),
        ..EndpointOptions::default()
    };
    let secrets = ["squadcast.com", "5ca1ab1e", "sesame", "hunter2"];
    assert_hidden(&writes.set_endpoint("e", &options, &[]).await.unwrap_err(), &secrets);
    assert_hidden(&writes.add_endpoint("e", &options).await.unwrap_err(), &secrets);

    let secrets = vec![Secret::new(WEBHOOK)];
    let mut new = task("t", &format!("stream|alert().post('{WEBHOOK}')"), Status::Enabled);
    new.secrets = secrets.clone();
    assert_hidden(
        &writes.create_task(&new).await.unwrap_err(),
        &["squadcast.com", "5ca1ab1e"],
    );
    let change = UpdateTask {
        script: Some(new.script),
        secrets,
        ..UpdateTask::default()
    };
    assert_hidden(
        &writes.update_task("t", &change).await.unwrap_err(),
        &["squadcast.com", "5ca1ab1e"],
    );
}

#[tokio::test]
async fn secrets_of_the_settings() {
    let server = quoting_server().await;
    let auth = KapacitorAuth::Bearer(Secret::new("a-ready-token"));
    let transport = TransportConfig::Direct {
        url: server.url(),
        auth,
    };
    let headers = vec![("X-Gate".to_owned(), Secret::new("sesame"))];
    let client = Client::new(ClientConfig {
        headers,
        transport,
        ..config(&server)
    })
    .unwrap();
    let error = client.tasks().get("t").await.unwrap_err();
    assert_eq!(server.seen()[0].headers["x-gate"], "sesame");
    assert_hidden(&error, &["a-ready-token", "sesame"]);
}

#[tokio::test]
async fn user_and_password_of_the_url() {
    let server = quoting_server().await;
    let url = server.url().replace("http://", "http://admin:hunter2@");
    let client = Client::new(ClientConfig::direct(url, KapacitorAuth::None)).unwrap();
    let error = client.tasks().get("t").await.unwrap_err();
    assert_eq!(error.server(), server.url());
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}
