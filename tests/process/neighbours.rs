//! Other processes of this machine that connect to the provider.

use crate::plugin::{Connection, Plugin};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::{fchown, MetadataExt};
use tokio::net::TcpSocket;

/// The beginning of every connection of HTTP/2: its preface, and settings without a setting.
const HELLO: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

const SCHEMA: &str = "/tfplugin6.Provider/GetProviderSchema";

/// What a user of no account on any system has as its number.
const SOMEBODY: u32 = 65_534;

#[tokio::test]
async fn the_connection_of_another_user_is_shut() {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        eprintln!("skipped: only root can act as another user");
        return;
    }
    let plugin = Plugin::start();
    let socket = TcpSocket::new_v4().unwrap();
    fchown(&socket, Some(SOMEBODY), None).unwrap();
    // It may be shut before or after the first bytes of the server have come.
    if let Ok(connection) = Connection::over(socket, &plugin).await {
        connection.closed().await;
    }
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
}

#[tokio::test]
async fn once_terraform_has_called_nobody_is_let_in_any_more() {
    let plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
    // Who comes in the moment in which the provider sees the call may still be let in; later on nobody is.
    for _ in 0..10 {
        if !is_let_in(&plugin, &terraform).await {
            return;
        }
    }
    panic!("everybody is let in");
}

/// Whether the provider answers a new connection. The system itself takes it, in any case.
async fn is_let_in(plugin: &Plugin, terraform: &Connection) -> bool {
    let mut late = TcpStream::connect(plugin.address()).unwrap();
    late.write_all(HELLO).unwrap();
    for _ in 0..20 {
        assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
    }
    late.set_nonblocking(true).unwrap();
    match late.read(&mut [0; 9]) {
        Ok(bytes) => bytes > 0,
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
            false
        }
    }
}
