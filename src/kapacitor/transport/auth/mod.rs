//! How a server is told who asks.

pub(in crate::kapacitor) mod credentials;
pub(in crate::kapacitor) mod superadmin;
