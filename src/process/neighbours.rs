//! Turns away the other users of this machine, as far as that is possible from outside of the framework's server.
//!
//! The framework listens on TCP on loopback, where everybody on the machine can connect, and does not insist on Terraform's
//! client certificate: whoever is connected can call anything, with the credentials that Terraform configured. Linux knows
//! whose a loopback connection is, so that those of other users are shut before the framework serves them. Elsewhere this
//! module does nothing.

use self::system::Door;
use std::future::Future;

/// Drives `server`, and shuts the connections of other users that it has accepted before it goes on with them.
pub async fn turned_away_from<F: Future>(server: F) -> F::Output {
    let mut server = std::pin::pin!(server);
    let mut door = Door::default();
    std::future::poll_fn(|context| {
        door.turn_away();
        let progress = server.as_mut().poll(context);
        door.turn_away();
        progress
    })
    .await
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// Open to everybody.
    #[derive(Default)]
    pub struct Door;

    impl Door {
        /// Does nothing.
        pub fn turn_away(&mut self) {}
    }
}

#[cfg(target_os = "linux")]
mod system {
    use crate::process::sockets;
    use socket2::{SockAddr, SockRef};
    use std::collections::HashSet;
    use std::net::{IpAddr, Ipv4Addr, SocketAddr};
    use std::os::unix::fs::MetadataExt;

    /// Where Linux lists the connections of each family with the user whose they are. A socket of IPv6 reaches an address of
    /// IPv4, too.
    const TABLES: [&str; 2] = ["/proc/self/net/tcp", "/proc/self/net/tcp6"];

    const ROOT: u32 = 0;

    /// Whether a user may talk to this process: its own, and root, who can read its memory anyway.
    fn may_connect(user: u32) -> bool {
        let own = std::fs::metadata("/proc/self").map(|process| process.uid());
        user == ROOT || own.map_or(true, |own| user == own)
    }

    /// The address here and the one of the other end.
    type Ends = (SocketAddr, SocketAddr);

    /// Knows the connections that it has let in: to look one up is slow, since Linux goes over all that its own table has
    /// room for.
    #[derive(Default)]
    pub struct Door {
        welcome: HashSet<Ends>,
    }

    impl Door {
        /// Shuts the process's connections of which it is known that they are somebody's who may not connect.
        pub fn turn_away(&mut self) {
            sockets::each(|socket| self.shut_unless(may_connect, socket));
        }

        fn shut_unless(&mut self, may_connect: impl Fn(u32) -> bool, socket: &SockRef<'_>) {
            let Some(ends) = ends_of(socket).filter(|ends| !self.welcome.contains(ends)) else {
                return;
            };
            let (here, there) = ends;
            match owner(there, here) {
                Some(user) if may_connect(user) => {
                    self.welcome.insert(ends);
                }
                Some(_) => {
                    // It fails only where the connection has ended already.
                    let _ = socket.shutdown(std::net::Shutdown::Both);
                }
                None => {}
            }
        }
    }

    /// None where the socket is not a connected one of TCP.
    fn ends_of(socket: &SockRef<'_>) -> Option<Ends> {
        let address = |address: std::io::Result<SockAddr>| address.ok()?.as_socket();
        Some((address(socket.local_addr())?, address(socket.peer_addr())?))
    }

    /// The user whose end of a connection on this machine has the address `local`.
    fn owner(local: SocketAddr, remote: SocketAddr) -> Option<u32> {
        TABLES
            .iter()
            .filter_map(|table| std::fs::read_to_string(table).ok())
            .find_map(|table| table.lines().find_map(|line| owner_in(line, local, remote)))
    }

    /// The user in a line of such a table, where it is about this end of this connection. The fields are those of proc(5).
    fn owner_in(line: &str, local: SocketAddr, remote: SocketAddr) -> Option<u32> {
        let mut fields = line.split_ascii_whitespace().skip(1);
        let is = |field: &str, address: SocketAddr| {
            parse(field).is_some_and(|(ip, port)| ip == address.ip().to_canonical() && port == address.port())
        };
        if !is(fields.next()?, local) || !is(fields.next()?, remote) {
            return None;
        }
        fields.nth(4)?.parse().ok()
    }

    /// An address as the tables have it: words of 32 bits in the machine's order, and a port, in hexadecimal digits.
    fn parse(field: &str) -> Option<(IpAddr, u16)> {
        let (address, port) = field.split_once(':')?;
        let words: Option<Vec<u8>> = (0..address.len() / 8)
            .map(|word| u32::from_str_radix(address.get(8 * word..8 * word + 8)?, 16).ok())
            .try_fold(Vec::new(), |mut bytes, word| {
                bytes.extend(word?.to_ne_bytes());
                Some(bytes)
            });
        let bytes = words?;
        let ip = match <[u8; 4]>::try_from(bytes.as_slice()) {
            Ok(four) => IpAddr::V4(Ipv4Addr::from(four)),
            Err(_) => IpAddr::from(<[u8; 16]>::try_from(bytes.as_slice()).ok()?).to_canonical(),
        };
        Some((ip, u16::from_str_radix(port, 16).ok()?))
    }

    #[cfg(test)]
    mod tests {
        use super::{may_connect, owner, Door};
        use socket2::SockRef;
        use std::io::Read;
        use std::net::{SocketAddr, TcpListener, TcpStream};
        use std::os::unix::fs::MetadataExt;

        fn own() -> u32 {
            std::fs::metadata("/proc/self").unwrap().uid()
        }

        /// A connection over loopback, and the end that accepted it.
        fn connection(host: &str) -> (TcpStream, TcpStream) {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            let client = TcpStream::connect(format!("{host}:{port}")).unwrap();
            (client, listener.accept().unwrap().0)
        }

        fn owner_of(accepted: &TcpStream) -> Option<u32> {
            owner(accepted.peer_addr().unwrap(), accepted.local_addr().unwrap())
        }

        #[test]
        fn the_owner_of_a_connection_is_known() {
            let (_client, accepted) = connection("127.0.0.1");
            assert_eq!(owner_of(&accepted), Some(own()));
        }

        #[test]
        fn the_owner_of_a_connection_from_a_socket_of_ipv6_is_known() {
            let (_client, accepted) = connection("[::ffff:127.0.0.1]");
            assert_eq!(owner_of(&accepted), Some(own()));
        }

        #[test]
        fn a_connection_that_is_not_there_has_no_owner() {
            let nobody: SocketAddr = "127.0.0.1:1".parse().unwrap();
            assert_eq!(owner(nobody, nobody), None);
        }

        #[test]
        fn only_this_user_and_root_may_connect() {
            assert!(may_connect(own()) && may_connect(0));
            assert!(!may_connect(own() + 1));
        }

        #[test]
        fn a_connection_of_somebody_who_may_not_connect_is_shut() {
            let (mut client, accepted) = connection("127.0.0.1");
            Door::default().shut_unless(|user| user != own(), &SockRef::from(&accepted));
            assert_eq!(client.read(&mut [0]).unwrap(), 0, "it is still open");
        }

        #[test]
        fn a_connection_that_was_let_in_stays_open_and_is_not_looked_up_again() {
            let (mut client, accepted) = connection("127.0.0.1");
            client.set_nonblocking(true).unwrap();
            let mut door = Door::default();
            door.shut_unless(may_connect, &SockRef::from(&accepted));
            door.shut_unless(|_| panic!("it is looked up again"), &SockRef::from(&accepted));
            let error = client.read(&mut [0]).unwrap_err();
            assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        }
    }
}
