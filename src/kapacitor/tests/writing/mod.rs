//! Writes.

mod lock_key;
mod serialising;
pub(super) mod writer;
