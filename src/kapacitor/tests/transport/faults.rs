//! Every phase in which a request can fail, and what the error says of it.

use std::time::Duration;

use crate::kapacitor::models::{Status, UpdateTask};
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{nobody, Reply, Server};
use crate::kapacitor::tests::{client, config, impatient};
use crate::kapacitor::{
    Client, ClientConfig, ClientIdentity, ConnectFailure, Error, ErrorKind, KapacitorAuth, PemSource, Responder,
    SetupError, TlsConfig,
};
use crate::provider::remedy::remedy;

/// The error of a read whose every try is answered by `reply`.
async fn failed_read(reply: Reply) -> Error {
    let server = Server::with(move |_, _| reply.clone()).await;
    client(&server).tasks().get("cpu").await.unwrap_err()
}

#[tokio::test]
async fn nobody_listening() {
    let url = nobody().await;
    let client = Client::new(impatient(ClientConfig::direct(url.clone(), KapacitorAuth::None))).unwrap();
    let error = client.tasks().get("cpu").await.unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Connect {
                kind: ConnectFailure::Refused,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.is_retryable() && !error.may_have_acted());
    assert_eq!(
        (error.method(), error.path(), error.server()),
        ("GET", "/kapacitor/v1/tasks/cpu", url.as_str())
    );
    assert!(
        error.to_string().contains(&format!("nobody listens at {url}")),
        "{error}"
    );
}

#[tokio::test]
async fn unknown_host() {
    let url = "http://does-not-exist.invalid:9092";
    let client = Client::new(impatient(ClientConfig::direct(url, KapacitorAuth::None))).unwrap();
    let error = client.ping().await.unwrap_err();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Connect {
                kind: ConnectFailure::UnknownHost,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn no_tls_at_the_other_side() {
    let server = Server::with(|_, _| Reply::Drop).await;
    let url = server.url().replace("http:", "https:");
    let client = Client::new(impatient(ClientConfig::direct(url, KapacitorAuth::None))).unwrap();
    let error = client.ping().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { .. }), "{error:?}");
    assert!(!error.may_have_acted());
}

#[tokio::test]
async fn no_answer_in_time() {
    let server = Server::with(|_, _| Reply::Silence).await;
    let config = ClientConfig {
        timeout: Duration::from_millis(50),
        ..config(&server)
    };
    let error = Client::new(config).unwrap().tasks().get("cpu").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::TimedOut { after } if after.as_millis() == 50),
        "{error:?}"
    );
    assert!(error.is_retryable() && error.may_have_acted());
    // It answers no ping either, so that nothing speaks for a stop that takes long.
    assert!(remedy(&error).unwrap().contains("`timeout`") && error.stall().is_none());
}

#[tokio::test]
async fn a_connection_that_is_dropped() {
    let error = failed_read(Reply::Drop).await;
    assert!(matches!(error.kind(), ErrorKind::Dropped { .. }), "{error:?}");
    assert!(error.is_retryable() && error.may_have_acted());
}

#[tokio::test]
async fn an_answer_that_is_cut_short() {
    let error = failed_read(Reply::CutShort).await;
    assert!(matches!(error.kind(), ErrorKind::Dropped { .. }), "{error:?}");
}

#[tokio::test]
async fn a_status_with_kapacitors_words() {
    let recording = recorded("02-task-list", "set-up: one that fails to start");
    let server = Server::scripted(vec![recording.reply()]).await;
    let change = UpdateTask::status(Status::Enabled);
    let error = client(&server)
        .writes()
        .await
        .unwrap()
        .update_task("w", &change)
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(500));
    assert_eq!(error.kapacitor_message(), Some(recording.message()));
    assert!(!error.is_retryable() && !error.is_not_found() && error.may_have_acted());
    let text = error.to_string();
    assert!(
        text.starts_with("PATCH /kapacitor/v1/tasks/w: Kapacitor at http://127.0.0.1:"),
        "{text}"
    );
    assert!(
        text.ends_with(&format!("answered 500: {}", recording.message())),
        "{text}"
    );
    assert!(remedy(&error).unwrap().contains("not live"));
}

#[tokio::test]
async fn missing_credentials() {
    let error = failed_read(recorded("07-auth-users", "no credentials").reply()).await;
    assert_eq!(
        error.kapacitor_message(),
        Some("unable to parse authentication credentials")
    );
    assert!(remedy(&error).unwrap().contains("`username` and `password`"));
}

#[tokio::test]
async fn a_missing_privilege() {
    let error = failed_read(recorded("07-auth-users", "user without permissions: list tasks").reply()).await;
    assert_eq!(error.status(), Some(403));
    assert!(remedy(&error).unwrap().contains("lacks a privilege"));
}

#[tokio::test]
async fn plain_text_of_gos_own_server() {
    let error = failed_read(recorded("02-task-read", "bad percent-encoding").reply()).await;
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Status {
                status: 400,
                responder: Responder::Unknown,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.to_string().ends_with("400 Bad Request"), "{error}");
}

#[tokio::test]
async fn a_page_instead_of_json() {
    let page = "<!DOCTYPE html><html><head><TITLE> Sign in </TITLE></head></html>";
    let error = failed_read(Reply::with_headers(
        200,
        &[("Content-Type", "text/html; charset=utf-8")],
        page,
    ))
    .await;
    assert!(
        matches!(
            error.kind(),
            ErrorKind::NotUnderstood {
                html: true,
                status: 200,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        error.to_string().ends_with("it is an HTML page; it begins: Sign in"),
        "{error}"
    );
    assert!(remedy(&error).unwrap().contains("Check the URL"));
}

#[tokio::test]
async fn json_of_another_shape_is_kept_but_not_shown() {
    let error = failed_read(Reply::with_headers(200, &[], r#"{"url":"https://h/hunter2"}"#)).await;
    let ErrorKind::NotUnderstood {
        html: false, answer, ..
    } = error.kind()
    else {
        panic!("{error:?}")
    };
    assert_eq!(answer.expose(), r#"{"url":"https://h/hunter2"}"#);
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    assert!(error.to_string().contains("line 1, column"), "{error}");
}

#[tokio::test]
async fn a_redirect_is_named_and_not_followed() {
    let recording = recorded("01-ping", "double slash in path");
    let server = Server::scripted(vec![recording.reply()]).await;
    let error = client(&server).ping().await.unwrap_err();
    assert!(error.to_string().contains("redirects to /kapacitor/v1/ping"), "{error}");
    assert_eq!(server.lines().len(), 1);
}

#[tokio::test]
async fn files_are_opened_with_the_first_request() {
    let server = Server::scripted(vec![]).await;
    let missing = || PemSource::from_setting("does/not/exist.pem");
    let ca = TlsConfig {
        ca_cert: Some(missing()),
        ..TlsConfig::default()
    };
    let identity = ClientIdentity {
        certificate: missing(),
        private_key: missing(),
    };
    let identity = TlsConfig {
        client_identity: Some(identity),
        ..TlsConfig::default()
    };
    for (tls, setting) in [(ca, "`ca_cert`"), (identity, "`client_cert`")] {
        let client = Client::new(ClientConfig { tls, ..config(&server) }).unwrap();
        let error = client.ping().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Setup(SetupError::Unreadable { .. })),
            "{error:?}"
        );
        let told = error.to_string();
        assert!(
            told.contains(&format!("({setting})")) && told.contains("No such file"),
            "{told}"
        );
        assert!(
            !told.contains("does/not/exist"),
            "it might be a key that was not recognised: {told}"
        );
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_ca_certificate_that_is_none() {
    let server = Server::scripted(vec![]).await;
    let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    let tls = TlsConfig {
        ca_cert: Some(PemSource::from_setting(pem)),
        ..TlsConfig::default()
    };
    let error = Client::new(ClientConfig { tls, ..config(&server) })
        .unwrap()
        .ping()
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the CA certificate (`ca_cert`) cannot be used"),
        "{error}"
    );
    assert!(!error.is_retryable());
}

/// What Go's server answers to http at its https port.
#[tokio::test]
async fn http_at_an_https_port() {
    let reply = Reply::with_headers(400, &[], "Client sent an HTTP request to an HTTPS server.\n");
    let error = failed_read(reply).await;
    assert!(remedy(&error).unwrap().contains("https://"), "{error}");
}
