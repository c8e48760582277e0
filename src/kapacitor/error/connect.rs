//! Why no connection came about.

use crate::kapacitor::error::server::Server;

/// Why no connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectFailure {
    /// Nobody listens at that address.
    Refused,
    /// The host's name could not be resolved.
    UnknownHost,
    /// The two sides could not agree on TLS, or a certificate was refused.
    Tls(TlsFailure),
    /// Nobody answered in time.
    TimedOut,
    /// Anything else.
    Other,
}

/// Why no TLS connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFailure {
    /// The server's certificate comes from an authority that is not trusted.
    UnknownIssuer,
    /// The server's certificate is for other names.
    WrongName,
    /// The server's certificate has expired, or is not valid yet.
    WrongTime,
    /// Something else about the server's certificate.
    Certificate,
    /// The server refused, mostly the client's certificate or the lack of one.
    RefusedByServer,
    /// What answers does not speak TLS.
    NotTls,
    /// Anything else.
    Other,
}

impl ConnectFailure {
    /// Whether it is about TLS, so that another try would end the same way.
    pub fn is_tls(self) -> bool {
        matches!(self, ConnectFailure::Tls(_))
    }

    pub(super) fn told(self, server: &Server) -> String {
        match self {
            ConnectFailure::Refused => format!("nobody listens at {}", server.address),
            ConnectFailure::UnknownHost => format!("the host of {} is not known", server.address),
            ConnectFailure::Tls(_) => format!("no TLS connection with {server} came about"),
            ConnectFailure::TimedOut => format!("{server} did not accept a connection in time"),
            ConnectFailure::Other => format!("no connection to {server} came about"),
        }
    }
}
