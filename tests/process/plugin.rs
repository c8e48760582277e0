//! The provider's process as Terraform starts it, and a client that calls it.

use h2::client::SendRequest;
use http::Request;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

/// What go-plugin's handshake asks of Terraform.
pub const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// How long to wait for what comes at once, or never.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// The built provider, in an environment that tells it nothing.
pub fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// A running provider, killed at the end of the test.
pub struct Plugin {
    process: Child,
    /// The line by which it tells where it listens.
    pub handshake: String,
}

impl Plugin {
    pub fn start() -> Self {
        let mut process = binary()
            .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut handshake = String::new();
        let stdout = process.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut handshake).unwrap();
        Plugin { process, handshake }
    }

    pub fn id(&self) -> u32 {
        self.process.id()
    }

    pub fn address(&self) -> SocketAddr {
        self.handshake.split('|').nth(3).unwrap().parse().unwrap()
    }

    /// Waits for the process to end, and returns its exit code.
    pub fn exit_code(&mut self) -> Option<i32> {
        let given_up = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < given_up, "the process does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A connection to the provider. It is not encrypted, as Terraform's certificate is not in the environment.
pub struct Connection {
    requests: SendRequest<bytes::Bytes>,
    carried: JoinHandle<Result<(), h2::Error>>,
}

impl Connection {
    /// Connects, which is done once the provider has answered with settings of HTTP/2.
    pub async fn open(plugin: &Plugin) -> Result<Self, String> {
        Connection::over(TcpSocket::new_v4().unwrap(), plugin).await
    }

    /// The same with a socket of one's own.
    pub async fn over(socket: TcpSocket, plugin: &Plugin) -> Result<Self, String> {
        let connect = async {
            let stream = socket
                .connect(plugin.address())
                .await
                .map_err(|error| error.to_string())?;
            let (requests, mut connection) = h2::client::handshake(stream).await.map_err(|error| error.to_string())?;
            let mut ping = connection.ping_pong().unwrap();
            let carried = tokio::spawn(connection);
            ping.ping(h2::Ping::opaque()).await.map_err(|error| error.to_string())?;
            Ok(Connection { requests, carried })
        };
        tokio::time::timeout(PATIENCE, connect)
            .await
            .map_err(|error| error.to_string())?
    }

    /// Closes the connection.
    pub async fn close(self) {
        drop(self.requests);
        end(self.carried).await;
    }

    /// Waits for the provider to close the connection.
    pub async fn closed(self) {
        end(self.carried).await;
    }

    /// Calls a method with an empty message, and returns the gRPC status, `"0"` for success.
    pub async fn call(&self, method: &str) -> Result<String, String> {
        tokio::time::timeout(PATIENCE, self.answer(method))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())
    }

    async fn answer(&self, method: &str) -> Result<String, h2::Error> {
        let request = Request::post(format!("http://localhost{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .unwrap();
        let mut requests = self.requests.clone().ready().await?;
        let (response, mut body) = requests.send_request(request, false)?;
        // Uncompressed, and a message of no bytes.
        body.send_data(vec![0; 5].into(), true)?;
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

async fn end(carried: JoinHandle<Result<(), h2::Error>>) {
    // How it ended does not matter.
    let _ = tokio::time::timeout(PATIENCE, carried)
        .await
        .expect("the connection ends");
}
