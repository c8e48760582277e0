//! Where the provider listens: on a Unix socket that only this user can reach, or, where there are none, on loopback.

use std::io;
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection from whoever got one.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Where the provider listens.
pub(crate) enum Listener {
    /// A Unix socket in a folder of its own.
    #[cfg(unix)]
    Unix(super::socket_folder::SocketFolder, tokio::net::UnixListener),
    /// A port of loopback.
    #[cfg(any(test, not(unix)))]
    Tcp(tokio::net::TcpListener),
}

impl Listener {
    /// The one of this platform.
    #[cfg(unix)]
    pub(crate) async fn open() -> anyhow::Result<Self> {
        use super::socket_folder::SocketFolder;
        use anyhow::Context;
        let open =
            |parent: &std::path::Path| SocketFolder::with(parent, |socket| tokio::net::UnixListener::bind(socket));
        let parent = std::env::temp_dir();
        let opened = open(&parent).or_else(|error| match error.kind() {
            // The path of a socket has a hundred characters at most.
            io::ErrorKind::InvalidInput => open("/tmp".as_ref()),
            _ => Err(error),
        });
        let (folder, socket) = opened.with_context(|| {
            format!(
                "the provider cannot listen for Terraform in the folder for temporary files, {}: set TMPDIR to a folder that \
                 can be written",
                parent.display()
            )
        })?;
        Ok(Listener::Unix(folder, socket))
    }

    /// The one of this platform.
    #[cfg(not(unix))]
    pub async fn open() -> anyhow::Result<Self> {
        Listener::loopback().await
    }

    /// A free port of loopback.
    #[cfg(any(test, not(unix)))]
    pub(crate) async fn loopback() -> anyhow::Result<Self> {
        use anyhow::Context;
        let listener = tokio::net::TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await;
        Ok(Listener::Tcp(
            listener.context("the provider cannot listen for Terraform on loopback")?,
        ))
    }

    /// The network and the address, as go-plugin writes them.
    pub(crate) fn address(&self) -> io::Result<(&'static str, String)> {
        match self {
            #[cfg(unix)]
            Listener::Unix(folder, _) => Ok(("unix", folder.socket().display().to_string())),
            #[cfg(any(test, not(unix)))]
            Listener::Tcp(listener) => Ok(("tcp", listener.local_addr()?.to_string())),
        }
    }

    /// Removes what processes left behind that were killed.
    pub(crate) fn remove_leftovers(&self) {
        #[cfg(unix)]
        #[allow(irrefutable_let_patterns)]
        if let Listener::Unix(folder, _) = self {
            folder.remove_leftovers();
        }
    }

    /// The next connection.
    pub(crate) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            #[cfg(unix)]
            Listener::Unix(_, listener) => Ok(Box::new(listener.accept().await?.0)),
            #[cfg(any(test, not(unix)))]
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Without this each call waits for a delayed acknowledgement.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}
