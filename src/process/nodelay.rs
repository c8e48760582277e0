//! Sets TCP_NODELAY on the socket that Terraform talks to, which the framework never does.
//!
//! Without it, each call waits out a delayed acknowledgement: at Terraform's default parallelism a plan of a thousand
//! resources takes two and a half times as long. The framework gives no access to its socket, so that the option is set
//! from outside, on all sockets of the process after each step of the serving future. On the listening one alone would do
//! for most connections, since Linux hands the option on to what it accepts; but Terraform may connect as soon as it is told
//! where, which is within the step that binds. Elsewhere than on Linux this module does nothing.

use std::future::Future;

/// Drives `server` to its end, and sets TCP_NODELAY on what it listens on and what it has accepted.
pub async fn on_sockets<F: Future>(server: F) -> F::Output {
    let mut server = std::pin::pin!(server);
    std::future::poll_fn(|context| {
        let progress = server.as_mut().poll(context);
        set_on_sockets();
        progress
    })
    .await
}

#[cfg(target_os = "linux")]
fn set_on_sockets() {
    super::sockets::each(|socket| {
        // It fails on what is no socket of TCP, and there is nothing to set there.
        let _ = socket.set_tcp_nodelay(true);
    });
}

#[cfg(not(target_os = "linux"))]
fn set_on_sockets() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::on_sockets;
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn an_accepted_connection_has_the_option() {
        let has_it = on_sockets(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::task::yield_now().await;
            let client = tokio::spawn(TcpStream::connect(address));
            let (accepted, _) = listener.accept().await.unwrap();
            client.await.unwrap().unwrap();
            accepted.nodelay().unwrap()
        })
        .await;
        assert!(has_it);
    }

    #[tokio::test]
    async fn so_has_one_that_was_there_before_the_option_was_set_on_the_listener() {
        let has_it = on_sockets(async {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            listener.set_nonblocking(true).unwrap();
            tokio::task::yield_now().await;
            let (accepted, _) = TcpListener::from_std(listener).unwrap().accept().await.unwrap();
            tokio::task::yield_now().await;
            accepted.nodelay().unwrap()
        })
        .await;
        assert!(has_it);
    }
}
