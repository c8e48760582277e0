//! What the tests share.

pub(crate) mod recording;
pub(crate) mod server;
