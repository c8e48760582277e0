//! Sets TCP_NODELAY on the socket that Terraform talks to, which the framework never does.
//!
//! Without it, each call waits out a delayed acknowledgement: at Terraform's default parallelism a plan of a thousand
//! resources takes two and a half times as long. The framework gives no access to its socket, so that the option is set
//! from outside: once, on the process's listening TCP sockets, after the serving future has bound them. Linux hands the
//! option on from a listening socket to every connection that it accepts. Elsewhere this module does nothing.

use std::future::Future;

/// Drives `server` to its end, and sets TCP_NODELAY on what it listens on as soon as it has bound it.
pub async fn on_listening_sockets<F: Future>(server: F) -> F::Output {
    let mut server = std::pin::pin!(server);
    let mut done = false;
    std::future::poll_fn(|context| {
        let progress = server.as_mut().poll(context);
        if !done {
            done = set_on_listening_sockets();
        }
        progress
    })
    .await
}

/// Whether there was a listening socket, so that no further look is needed.
#[cfg(target_os = "linux")]
fn set_on_listening_sockets() -> bool {
    let mut found = false;
    let listed = super::sockets::each(|socket| {
        if matches!(socket.is_listener(), Ok(true)) && socket.set_tcp_nodelay(true).is_ok() {
            found = true;
        }
    });
    found || !listed
}

#[cfg(not(target_os = "linux"))]
fn set_on_listening_sockets() -> bool {
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::on_listening_sockets;

    #[tokio::test]
    async fn an_accepted_connection_has_the_option() {
        let accepted = on_listening_sockets(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::task::yield_now().await;
            let client = tokio::spawn(tokio::net::TcpStream::connect(address));
            let (accepted, _) = listener.accept().await.unwrap();
            client.await.unwrap().unwrap();
            accepted.nodelay().unwrap()
        })
        .await;
        assert!(accepted);
    }
}
