//! What the log says of a request, and what it does not.

use std::io;
use std::sync::{Arc, Mutex};

use tracing_subscriber::fmt::MakeWriter;

use crate::kapacitor::models::Status;
use crate::kapacitor::tests::config;
use crate::kapacitor::tests::reading::stalls::{client, stalled_for, LONG};
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::Server;
use crate::kapacitor::tests::writing::writer::task;
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth, Secret, TransportConfig};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}

#[tokio::test]
async fn method_path_status_and_duration_are_logged_and_no_secret_at_any_level() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let server = Server::scripted(vec![recorded("02-task-list", "set-up: b").reply(); 2]).await;
    let url = server.url().replace("http://", "http://admin:hunter2@");
    let transport = TransportConfig::Direct {
        url,
        auth: KapacitorAuth::None,
    };
    let headers = vec![("X-Gate".to_owned(), Secret::new("sesame"))];
    let client = Client::new(ClientConfig {
        transport,
        headers,
        ..config(&server)
    })
    .unwrap();
    let sent = task("b", "stream|alert().post('https://h/5ca1ab1e')", Status::Disabled);
    let mut writes = client.writes().await.unwrap();
    writes.create_task(&sent).await.unwrap();
    // Where another test's thread came by the log's call first, and just now, it may be noted as of interest to nobody.
    tracing::callsite::rebuild_interest_cache();
    writes.create_task(&sent).await.unwrap();

    let text = log.text();
    let line = text.lines().find(|line| line.contains("kapacitor: request")).unwrap();
    for expected in [
        "DEBUG",
        "method=\"POST\"",
        "path=\"/kapacitor/v1/tasks\"",
        "status=200",
        "duration_ms=",
    ] {
        assert!(line.contains(expected), "{expected} in {line}");
    }
    for secret in ["hunter2", "YWRtaW46", "sesame", "5ca1ab1e"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_stop_that_is_waited_for_is_told_of_every_few_seconds() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_ansi(false)
        .with_writer(log.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());
    let server = stalled_for(3).await;
    client(&server, LONG).tasks().get("v").await.unwrap();
    let text = log.text();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 1, "{text}");
    for line in lines {
        for said in ["answers a ping", "webhook", "waited_s", "limit_s=60"] {
            assert!(line.contains(said), "{said:?} is not said in {line}");
        }
    }
}
