//! Through a Chronograf: the choice, the proxy's encoding, the ways to log in, and whose error it is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use ring::signature::{KeyPair, RsaKeyPair, UnparsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::PrivatePkcs8KeyDer;
use serde_json::json;

use crate::kapacitor::models::{EndpointOptions, ListTasks, Status, UpdateTask};
use crate::kapacitor::tests::impatient;
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Seen, Server};
use crate::kapacitor::{
    ChronografAuth, ChronografConfig, Client, ClientConfig, Error, ErrorKind, KapacitorAuth, PemSource, Responder,
    Secret, SetupError, TransportConfig,
};
use crate::provider::remedy::remedy;

/// A key for these tests alone, in both forms, and two that are no use.
const PKCS8: &str = include_str!("../keys/rsa-pkcs8.pem");
const PKCS1: &str = include_str!("../keys/rsa-pkcs1.pem");
const SHORT: &str = include_str!("../keys/rsa-1024.pem");
const ELLIPTIC: &str = include_str!("../keys/elliptic.pem");

fn client(server: &Server, auth: ChronografAuth) -> Client {
    client_with(ChronografConfig {
        url: server.url(),
        source: None,
        kapacitor: None,
        auth,
    })
}

fn client_with(config: ChronografConfig) -> Client {
    Client::new(impatient(ClientConfig::new(TransportConfig::Chronograf(config)))).unwrap()
}

/// Chronograf's own lists, with one source and one Kapacitor at `kapacitor`.
fn lists(seen: &Seen, kapacitor: &str) -> Option<Reply> {
    let json = [("Content-Type", "application/json"), ("X-Chronograf-Version", "1.11.4")];
    let answer = |body: serde_json::Value| Some(Reply::with_headers(200, &json, &body.to_string()));
    match seen.path.as_str() {
        "/chronograf/v1/sources" => answer(json!({"sources": [{"id": "0", "name": "influx", "default": true}]})),
        "/chronograf/v1/sources/0/kapacitors" => {
            answer(json!({"kapacitors": [{"id": "1", "name": "k", "url": kapacitor, "active": true}]}))
        }
        _ => None,
    }
}

/// A Chronograf whose proxy answers as `proxy` says.
async fn chronograf(proxy: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Server {
    Server::with(move |seen, _| lists(seen, "http://k:9092").unwrap_or_else(|| proxy(seen))).await
}

fn proxied(server: &Server) -> Vec<String> {
    server.lines().split_off(2)
}

async fn refused(reply: Reply) -> Error {
    let server = chronograf(move |_| reply.clone()).await;
    client(&server, ChronografAuth::None)
        .tasks()
        .get("t")
        .await
        .unwrap_err()
}

#[tokio::test]
async fn source_and_kapacitor_are_asked_for_once() {
    let server = Server::scripted(vec![
        recorded("09-sources", "sources").reply(),
        recorded("09-kapacitors", "kapacitors of source 0").reply(),
        recorded("09-proxy", "ping").reply(),
        recorded("09-proxy", "ping").reply(),
    ])
    .await;
    let client = client(&server, ChronografAuth::None);
    client.ping().await.unwrap();
    client.ping().await.unwrap();
    let ping = "GET /chronograf/v1/sources/0/kapacitors/0/proxy?path=%2Fkapacitor%2Fv1%2Fping";
    let lists = ["GET /chronograf/v1/sources", "GET /chronograf/v1/sources/0/kapacitors"];
    assert_eq!(server.lines(), [lists[0], lists[1], ping, ping]);
    assert_eq!(server.seen()[2].headers["x-requested-with"], "XMLHttpRequest");
}

#[tokio::test]
async fn a_base_path_comes_before_everything() {
    let server = Server::with(|seen, _| {
        let path = seen.path.strip_prefix("/x").unwrap_or("outside").to_owned();
        lists(&Seen { path, ..seen.clone() }, "http://k:9092").unwrap_or_else(Reply::no_content)
    })
    .await;
    let url = format!("{}/x/", server.url());
    let config = ChronografConfig {
        url,
        source: None,
        kapacitor: None,
        auth: ChronografAuth::None,
    };
    client_with(config).ping().await.unwrap();
    assert!(
        server
            .lines()
            .iter()
            .all(|line| line.starts_with("GET /x/chronograf/v1/sources")),
        "{:?}",
        server.lines()
    );
}

#[tokio::test]
async fn a_choice_that_cannot_be_made_lists_what_there_is() {
    let several = recorded("09-kapacitors", "list: ids are strings").reply();
    let sources = recorded("09-sources", "sources").reply();
    let server = Server::scripted(vec![sources, several]).await;
    let kapacitor = Some("production".to_owned());
    let config = ChronografConfig {
        url: server.url(),
        source: None,
        kapacitor,
        auth: ChronografAuth::None,
    };
    let error = client_with(config).ping().await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::NoChoice(_)) && !error.is_retryable(),
        "{error:?}"
    );
    let text = error.to_string();
    assert!(
        text.contains("no kapacitor whose id or name is \"production\"") && text.contains("1 (second)"),
        "{text}"
    );
}

#[tokio::test]
async fn the_query_is_encoded_twice_and_an_id_too() {
    let recording = recorded("09-proxy", "a pattern with a class, encoded twice");
    let server = chronograf(move |_| recording.reply()).await;
    let client = client(&server, ChronografAuth::None);
    let which = ListTasks {
        pattern: Some("[t]".to_owned()),
        ..ListTasks::default()
    };
    assert_eq!(client.tasks().list_ids(&which).await.unwrap(), ["t"]);
    let _ = client.tasks().get("é").await;
    let proxy = "GET /chronograf/v1/sources/0/kapacitors/1/proxy?path=%2Fkapacitor%2Fv1%2Ftasks";
    let list = format!("{proxy}%3Flimit%3D-1%26pattern%3D%255Bt%255D%26fields%3Did");
    assert_eq!(proxied(&server), [list, format!("{proxy}%2F%25C3%25A9")]);
}

#[tokio::test]
async fn reads_and_writes_work_as_they_do_directly() {
    let server = chronograf(|seen| match seen.method.as_str() {
        "PATCH" => recorded("09-proxy", "PATCH").reply(),
        "DELETE" => recorded("09-proxy", "DELETE").reply(),
        "POST" => recorded("09-proxy", "config set").reply(),
        _ => recorded("09-proxy", "an error of Kapacitor is passed through as it is").reply(),
    })
    .await;
    let client = client(&server, ChronografAuth::None);
    assert_eq!(client.tasks().get("t").await.unwrap(), None);
    let mut writes = client.writes().await.unwrap();
    assert!(writes
        .update_task("t", &UpdateTask::status(Status::Enabled))
        .await
        .unwrap()
        .is_running());
    writes.delete_task("t").await.unwrap();
    writes
        .set_endpoint("squadcast", &EndpointOptions::default(), &[])
        .await
        .unwrap();
}

#[tokio::test]
async fn writes_through_chronograf_wait_for_direct_ones_to_the_same_kapacitor() {
    let kapacitor = Server::scripted(vec![]).await;
    let url = kapacitor.url();
    let server = Server::with(move |seen, _| lists(seen, &url).unwrap_or_else(Reply::no_content)).await;
    let through = client(&server, ChronografAuth::None);
    let direct = impatient(ClientConfig::direct(kapacitor.url(), KapacitorAuth::None));
    let direct = Client::new(direct).unwrap();
    let first = direct.writes().await.unwrap();
    let second = tokio::spawn(async move { through.writes().await.map(drop) });
    server.wait_for(2).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!second.is_finished());
    drop(first);
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_kapacitor_that_is_down_is_not_a_missing_task() {
    let error = refused(recorded("09-proxy-down", "list tasks").reply()).await;
    let expected = Responder::ChronografWithoutKapacitor;
    assert!(
        matches!(error.kind(), ErrorKind::Status { status: 502, responder, .. } if *responder == expected),
        "{error:?}"
    );
    assert!(error.is_retryable() && error.may_have_acted() && error.kapacitor_message().is_none());
    assert!(
        error.to_string().contains("it got no answer from its Kapacitor"),
        "{error}"
    );
}

#[tokio::test]
async fn a_404_of_chronograf_is_not_a_missing_task() {
    let error = refused(recorded("09-proxy", "missing source").reply()).await;
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Status {
                status: 404,
                responder: Responder::Chronograf,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(
        !error.is_not_found() && error.to_string().contains("ID 0 not found"),
        "{error}"
    );
}

#[tokio::test]
async fn a_401_of_kapacitor_is_told_from_one_of_chronograf() {
    let error = refused(recorded("09-proxy-auth", "the 401 of Kapacitor is passed through").reply()).await;
    assert_eq!(
        error.kapacitor_message(),
        Some("unable to parse authentication credentials")
    );
    assert!(remedy(&error).unwrap().contains("Chronograf's own connection"));

    let error = refused(recorded("11-auth-htpasswd", "proxy without credentials").reply()).await;
    assert!(
        matches!(
            error.kind(),
            ErrorKind::Status {
                status: 401,
                responder: Responder::Chronograf,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(remedy(&error).unwrap().contains("`username` and `password`"));
}

#[tokio::test]
async fn a_request_taken_for_a_forged_one() {
    let step = "with a session cookie (any value) and no Origin: refused, even though authentication is off";
    let error = refused(recorded("09-proxy-headers", step).reply()).await;
    assert!(remedy(&error).unwrap().contains("forged"), "{error}");
}

#[tokio::test]
async fn basic_bearer_and_cookie() {
    let basic = ChronografAuth::Basic {
        username: "admin".to_owned(),
        password: Secret::new("pw"),
    };
    let bearer = ChronografAuth::Bearer(Secret::new("t0ken"));
    let cookie = ChronografAuth::Cookie(Secret::new("session=abc"));
    let cases = [
        (basic, "authorization", "Basic YWRtaW46cHc="),
        (bearer, "authorization", "Bearer t0ken"),
        (cookie, "cookie", "session=abc"),
    ];
    for (auth, name, value) in cases {
        let server = chronograf(|_| Reply::no_content()).await;
        let with_origin = matches!(auth, ChronografAuth::Cookie(_));
        client(&server, auth).ping().await.unwrap();
        for seen in server.seen() {
            assert_eq!(seen.headers[name], value);
            assert_eq!(seen.headers.get("origin"), with_origin.then(|| server.url()).as_ref());
        }
    }
}

/// A Chronograf that wants its nonce signed; the nonce is the number in `nonce`.
async fn signing_chronograf(nonce: Arc<AtomicUsize>) -> Server {
    let key = RsaKeyPair::from_pkcs8(
        PrivatePkcs8KeyDer::from_pem_slice(PKCS8.as_bytes())
            .unwrap()
            .secret_pkcs8_der(),
    );
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.unwrap().public_key().as_ref().to_vec());
    Server::with(move |seen, _| {
        let nonce = nonce.load(Ordering::SeqCst).to_string();
        if seen.path == "/nonce" {
            assert!(!seen.headers.contains_key("authorization"));
            return Reply::with_headers(200, &[("Content-Type", "text/plain")], &nonce);
        }
        let authorization = seen
            .headers
            .get("authorization")
            .and_then(|value| value.strip_prefix("CHRONOGRAF-SHA256 "));
        let signature = STANDARD.decode(authorization.unwrap_or_default()).unwrap();
        if key.verify(nonce.as_bytes(), &signature).is_err() {
            return recorded("11-auth-oauth-superadmin-token", "a signature of something else").reply();
        }
        lists(seen, "http://k:9092").unwrap_or_else(Reply::no_content)
    })
    .await
}

fn superadmin(pem: &str) -> ChronografAuth {
    ChronografAuth::SuperadminToken {
        private_key: PemSource::from_setting(pem),
    }
}

fn nonces(server: &Server) -> usize {
    server.lines().iter().filter(|line| *line == "GET /nonce").count()
}

#[tokio::test]
async fn a_signed_nonce_is_used_until_it_expires_and_then_renewed() {
    for pem in [PKCS8, PKCS1] {
        let nonce = Arc::new(AtomicUsize::new(1));
        let server = signing_chronograf(nonce.clone()).await;
        let client = client(&server, superadmin(pem));
        client.ping().await.unwrap();
        client.ping().await.unwrap();
        assert_eq!(nonces(&server), 1);

        nonce.store(2, Ordering::SeqCst);
        client.writes().await.unwrap().delete_task("t").await.unwrap();
        assert_eq!(nonces(&server), 2);
        client.ping().await.unwrap();
        assert_eq!(nonces(&server), 2);
    }
}

#[tokio::test]
async fn requests_that_find_their_nonce_expired_together_renew_it_once() {
    let nonce = Arc::new(AtomicUsize::new(1));
    let server = signing_chronograf(nonce.clone()).await;
    let client = client(&server, superadmin(PKCS8));
    client.ping().await.unwrap();
    nonce.store(2, Ordering::SeqCst);
    let pings = (0..8).map(|_| {
        tokio::spawn({
            let client = client.clone();
            async move { client.ping().await }
        })
    });
    for ping in pings.collect::<Vec<_>>() {
        ping.await.unwrap().unwrap();
    }
    assert_eq!(nonces(&server), 2);
}

#[tokio::test]
async fn a_key_that_chronograf_does_not_know_is_one_error_that_names_the_setting() {
    let forbidden = || recorded("11-auth-oauth-superadmin-token", "a signature by another key").reply();
    let server = Server::with(move |seen, _| match seen.path.as_str() {
        "/nonce" => Reply::with_headers(200, &[], "n"),
        _ => forbidden(),
    })
    .await;
    let error = client(&server, superadmin(PKCS8)).ping().await.unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert!(remedy(&error).unwrap().contains("`superadmin_private_key`"));
    assert_eq!(server.lines().len(), 4, "{:?}", server.lines());
}

#[tokio::test]
async fn a_private_key_that_is_no_use_is_refused_without_showing_it() {
    let cases = [
        (SHORT, "at least 2048 bits"),
        (ELLIPTIC, "not an RSA key"),
        ("-----BEGIN X-----", "no private key"),
    ];
    for (pem, expected) in cases {
        let server = Server::with(|_, _| Reply::with_headers(200, &[], "n")).await;
        let error = client(&server, superadmin(pem)).ping().await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Setup(SetupError::Unusable { .. })),
            "{error:?}"
        );
        assert!(error.to_string().contains(expected), "{error}");
        let content = pem.lines().nth(1).unwrap_or("nothing");
        assert!(!format!("{error} {error:?}").contains(content));
    }
}

#[tokio::test]
async fn the_url_of_a_kapacitor_under_chronograf_is_called_that() {
    let server = Server::with(|_, _| {
        let body = r#"{"error":"Not Found","message":"Not Found"}"#;
        Reply::with_headers(404, &[("X-Kapacitor-Version", "1.8.3")], body)
    })
    .await;
    let error = client(&server, ChronografAuth::None).ping().await.unwrap_err();
    assert!(remedy(&error).unwrap().contains("Kapacitor itself answers"), "{error}");
}
