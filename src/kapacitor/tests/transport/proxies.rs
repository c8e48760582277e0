//! Through a proxy that the environment names, or past it.

use crate::kapacitor::tests::support::server::{nobody, Reply, Server};
use crate::kapacitor::tests::{config, impatient};
use crate::kapacitor::{Client, ClientConfig, ConnectFailure, Error, ErrorKind, KapacitorAuth, Variables};
use crate::provider::remedy::remedy;

/// A ping of a server that only the proxy could know.
async fn ping_through(proxy: &str, exceptions: &str) -> Result<(), Error> {
    let (proxy, exceptions) = (proxy.to_owned(), exceptions.to_owned());
    let config = ClientConfig {
        max_retries: 0,
        environment: Variables::new(move |name| match name {
            "HTTP_PROXY" => Some(proxy.clone()),
            "NO_PROXY" => Some(exceptions.clone()),
            _ => None,
        }),
        ..ClientConfig::direct("http://kapacitor.invalid:9092", KapacitorAuth::None)
    };
    Client::new(impatient(config)).unwrap().ping().await.map(drop)
}

#[tokio::test]
async fn requests_go_through_the_proxy_unless_no_proxy_names_their_host() {
    let proxy = Server::with(|_, _| Reply::no_content()).await;
    ping_through(&proxy.url(), "").await.unwrap();
    ping_through(&proxy.url(), "kapacitor.invalid:9093,*.other")
        .await
        .unwrap();
    let line = "GET http://kapacitor.invalid:9092/kapacitor/v1/ping";
    assert_eq!(proxy.lines(), [line, line]);
    for exceptions in ["kapacitor.invalid:9092", "*.invalid", ".invalid", "invalid", "*"] {
        let error = ping_through(&proxy.url(), exceptions).await.unwrap_err();
        assert!(
            matches!(
                error.kind(),
                ErrorKind::Connect {
                    kind: ConnectFailure::UnknownHost,
                    proxy: None,
                    ..
                }
            ),
            "{exceptions}: {error:?}"
        );
    }
    assert_eq!(proxy.lines().len(), 2);
}

#[tokio::test]
async fn a_proxy_that_is_down_is_named_with_its_variable_and_without_its_password() {
    let down = nobody().await;
    let proxy = down.replace("http://", "http://me:hunter2@");
    let error = ping_through(&proxy, "").await.unwrap_err();
    let told = format!("{error} {}", remedy(&error).unwrap());
    assert!(told.contains(&format!("the proxy {down} (HTTP_PROXY)")), "{told}");
    assert!(told.contains("NO_PROXY") && !told.contains("hunter2"), "{told}");
    assert!(!told.contains("nobody listens"), "{told}");
}

#[tokio::test]
async fn this_machines_own_addresses_pass_the_proxy_by() {
    let server = Server::with(|_, _| Reply::no_content()).await;
    let proxy = nobody().await;
    let config = ClientConfig {
        environment: Variables::new(move |name| (name == "HTTP_PROXY").then(|| proxy.clone())),
        ..config(&server)
    };
    Client::new(config).unwrap().ping().await.unwrap();
}

#[tokio::test]
async fn a_proxy_that_is_no_url_is_refused_without_showing_it() {
    let error = ping_through("hunter2://proxy", "").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Setup(_)), "{error:?}");
    assert!(
        error.to_string().contains("HTTP_PROXY") && !error.to_string().contains("hunter2"),
        "{error}"
    );
}
