//! Writes: one at a time, in this process and among all machines, and each to its end.

mod lease;
pub(super) mod process_lock;
mod sequence;
mod turn;
pub(super) mod write_queue;
pub(super) mod writer;

pub use sequence::writes_are_done;
pub use write_queue::give_back_leases;
pub use writer::Writer;
