//! The provider's process as Terraform starts it, and a client that calls it.

use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::Engine;
use h2::client::SendRequest;
use http::Request;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;

/// What go-plugin's handshake asks of Terraform.
pub(crate) const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// The variable by which Terraform announces its certificate.
pub(crate) const CLIENT_CERTIFICATE: &str = "PLUGIN_CLIENT_CERT";

/// How long to wait for what comes at once, or never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The built provider, in an environment that tells it nothing.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// A certificate with its key, as Terraform makes one for each plugin.
pub(crate) struct Identity {
    pub pem: String,
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    pub(crate) fn new() -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = parameters.self_signed(&key).unwrap();
        Identity {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }
}

/// A running provider, killed at the end of the test.
pub(crate) struct Plugin {
    process: Child,
    /// The line by which it tells where it listens.
    pub handshake: String,
    /// What Terraform proves itself with.
    pub terraform: Identity,
    /// Where it puts what is temporary.
    folder: Arc<TempDir>,
}

impl Plugin {
    pub(crate) fn start() -> Self {
        Plugin::start_in(Arc::new(tempfile::tempdir().unwrap()))
    }

    /// One whose temporary files are in this folder.
    pub(crate) fn start_in(folder: Arc<TempDir>) -> Self {
        let terraform = Identity::new();
        let mut process = binary()
            .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
            .env(CLIENT_CERTIFICATE, &terraform.pem)
            .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
            .env("TMPDIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut handshake = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut handshake).unwrap();
        Plugin {
            process,
            handshake,
            terraform,
            folder,
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The socket that it listens on.
    pub(crate) fn socket(&self) -> PathBuf {
        self.handshake.split('|').nth(3).unwrap().into()
    }

    /// What it has put where temporary files go.
    pub(crate) fn temporary_files(&self) -> usize {
        entries(self.folder.path())
    }

    /// The certificate by which it says to be known.
    fn certificate(&self) -> CertificateDer<'static> {
        let encoded = self.handshake.trim_end().split('|').nth(5).unwrap();
        STANDARD_NO_PAD.decode(encoded).unwrap().into()
    }

    /// Waits for the process to end, and returns its exit code. One that does not end is killed, and has none.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let (ended, watched) = mpsc::channel::<()>();
        let process = self.id().to_string();
        let watchdog = std::thread::spawn(move || {
            if watched.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                let _ = Command::new("kill").args(["-s", "KILL", &process]).status();
            }
        });
        let status = self.process.wait().unwrap();
        drop(ended);
        watchdog.join().unwrap();
        status.code()
    }

    /// Kills the process, as nothing can be done about.
    pub(crate) fn kill(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How many files a folder has.
pub(crate) fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

/// A connection to the provider.
pub(crate) struct Connection {
    requests: SendRequest<bytes::Bytes>,
    carried: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    /// Connects as Terraform does. It is done once the provider has answered with settings of HTTP/2.
    pub(crate) async fn open(plugin: &Plugin) -> Result<Self, String> {
        Connection::open_as(Some(&plugin.terraform), plugin).await
    }

    /// Connects with another certificate, or without one.
    pub(crate) async fn open_as(client: Option<&Identity>, plugin: &Plugin) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add(plugin.certificate()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match client {
            Some(client) => config
                .with_client_auth_cert(vec![client.certificate.clone()], client.key.clone_key())
                .unwrap(),
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = UnixStream::connect(plugin.socket())
            .await
            .map_err(|error| error.to_string())?;
        let name = ServerName::try_from("localhost").unwrap();
        let connect = async {
            let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
            Connection::over(stream.map_err(|error| error.to_string())?).await
        };
        tokio::time::timeout(PATIENCE, connect)
            .await
            .map_err(|error| error.to_string())?
    }

    /// Connects without encryption.
    pub(crate) async fn open_in_clear(plugin: &Plugin) -> Result<Self, String> {
        let stream = UnixStream::connect(plugin.socket())
            .await
            .map_err(|error| error.to_string())?;
        let connect = Connection::over(stream);
        tokio::time::timeout(PATIENCE, connect)
            .await
            .map_err(|error| error.to_string())?
    }

    async fn over(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Self, String> {
        let (requests, mut connection) = h2::client::handshake(stream).await.map_err(|error| error.to_string())?;
        let mut ping = connection.ping_pong().unwrap();
        let carried = tokio::spawn(connection);
        ping.ping(h2::Ping::opaque()).await.map_err(|error| error.to_string())?;
        Ok(Connection { requests, carried })
    }

    /// Closes the connection.
    pub(crate) async fn close(self) {
        drop(self.requests);
        end(self.carried).await;
    }

    /// Breaks the connection off, whatever is under way.
    pub(crate) fn abort(self) {
        self.carried.abort();
    }

    /// Waits for the provider to close the connection.
    pub(crate) async fn closed(self) {
        end(self.carried).await;
    }

    /// Calls a method with an empty message, and returns the gRPC status, `"0"` for success.
    pub(crate) async fn call(&self, method: &str) -> Result<String, String> {
        self.send(method, &[0; 5]).await
    }

    /// Calls a method with these bytes, which are a whole message with its length only if the test means it.
    pub(crate) async fn send(&self, method: &str, message: &[u8]) -> Result<String, String> {
        let answer = self.answer(method, message.to_vec());
        tokio::time::timeout(PATIENCE, answer)
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }

    /// Begins a call, and sends nothing of its message.
    pub(crate) async fn begin(&self, method: &str) -> h2::SendStream<bytes::Bytes> {
        let mut requests = self.requests.clone().ready().await.unwrap();
        requests.send_request(request(method), false).unwrap().1
    }

    async fn answer(&self, method: &str, message: Vec<u8>) -> Result<String, h2::Error> {
        let mut requests = self.requests.clone().ready().await?;
        let (response, mut body) = requests.send_request(request(method), false)?;
        body.send_data(message.into(), true)?;
        let response = response.await?;
        let status = |headers: &http::HeaderMap| Some(headers.get("grpc-status")?.to_str().unwrap().to_owned());
        let at_once = status(response.headers());
        let mut body = response.into_body();
        while let Some(chunk) = body.data().await {
            let length = chunk?.len();
            body.flow_control().release_capacity(length)?;
        }
        let trailers = body.trailers().await?;
        Ok(at_once
            .or_else(|| trailers.as_ref().and_then(status))
            .expect("a gRPC status"))
    }
}

fn request(method: &str) -> Request<()> {
    Request::post(format!("http://localhost{method}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap()
}

async fn end(carried: JoinHandle<Result<(), h2::Error>>) {
    // How it ended does not matter.
    let _ = tokio::time::timeout(PATIENCE, carried)
        .await
        .expect("the connection ends");
}
