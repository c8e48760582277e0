//! Writes.

mod serialising;
pub(super) mod writer;
