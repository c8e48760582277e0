//! Which request an error is about, and which server it went to.

use std::fmt;

/// The request that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// The method, e.g. `PATCH`.
    pub method: &'static str,
    /// The path at Kapacitor (or at Chronograf, for its own API), without a query.
    pub path: String,
}

/// The server that a request went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Scheme, host and port.
    pub address: String,
    /// What it is.
    pub kind: ServerKind,
    /// How it is told who asks.
    pub credentials: CredentialKind,
}

/// What a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// Kapacitor itself.
    Kapacitor,
    /// A Chronograf, with the Kapacitor behind it.
    Chronograf,
    /// The receiver of a rule's alerts.
    Webhook,
}

/// A way of telling a server who asks, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// None at all.
    None,
    /// A user name and a password.
    Password,
    /// Tokens made with Kapacitor's shared secret.
    SharedSecret,
    /// Tokens made by signing Chronograf's nonce.
    Superadmin,
    /// A ready token.
    Token,
    /// A ready cookie.
    Cookie,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.kind {
            ServerKind::Kapacitor => "Kapacitor",
            ServerKind::Chronograf => "Chronograf",
            ServerKind::Webhook => "the webhook",
        };
        write!(f, "{name} at {}", self.address)
    }
}
