//! Where Kapacitor takes no templates, the lock of this machine goes by the server's own id.

use std::time::Duration;

use serde_json::json;

use crate::kapacitor::tests::config;
use crate::kapacitor::tests::support::server::{Reply, Seen, Server};
use crate::kapacitor::writing::process_lock::ProcessLock;
use crate::kapacitor::{Client, ClientConfig, ErrorKind, LeaseTerms};

const NO_PRIVILEGE: &str = "user sre does not have \"post\" privileges for API endpoint \"/api/templates\"";

/// A server of this id that takes no templates, or takes them.
async fn server(id: &'static str, takes_templates: bool) -> Server {
    Server::with(move |seen, _| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/kapacitor/v1/templates") if takes_templates => Reply::json(200, &json!({})),
        ("POST", "/kapacitor/v1/templates") => {
            Reply::json(403, &json!({"error": NO_PRIVILEGE, "message": NO_PRIVILEGE}))
        }
        ("GET", "/kapacitor/v1/debug/vars") => Reply::json(200, &json!({ "server_id": id })),
        _ => Reply::no_content(),
    })
    .await
}

fn client(server: &Server) -> Client {
    let lease = LeaseTerms {
        wait: Duration::ZERO,
        ..LeaseTerms::default()
    };
    Client::new(ClientConfig {
        lease: Some(lease),
        ..config(server)
    })
    .unwrap()
}

#[tokio::test]
async fn two_urls_of_one_server_share_the_lock() {
    const ID: &str = "5e9d2c1a-lock-of-one-server";
    let (one, other) = (server(ID, false).await, server(ID, false).await);
    let writes = client(&one).writes().await.unwrap();
    let error = client(&other).writes().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LeaseHeld { .. }), "{error}");
    assert!(!other.seen().iter().any(|seen| seen.method == "DELETE"));
    drop(writes);
}

#[tokio::test]
async fn a_server_that_shows_no_id_is_locked_by_its_url() {
    let server = server("", false).await;
    let client = client(&server);
    let mut writes = client.writes().await.unwrap();
    writes.delete_task("t").await.unwrap();
    let key = client.key().await.unwrap();
    let error = ProcessLock::wait_for(&client, key, Duration::ZERO).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::LeaseHeld { .. }), "{error}");
}

#[tokio::test]
async fn a_server_that_takes_the_lease_is_not_asked_for_its_id() {
    let server = server("unasked", true).await;
    let mut writes = client(&server).writes().await.unwrap();
    writes.delete_task("t").await.unwrap();
    let lines: Vec<String> = server.seen().iter().map(Seen::line).collect();
    assert_eq!(lines, ["POST /kapacitor/v1/templates", "DELETE /kapacitor/v1/tasks/t"]);
}
