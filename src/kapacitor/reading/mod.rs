//! Reads that share requests, and reads that wait for a Kapacitor that stops a task.

pub(super) mod handler_reads;
pub(super) mod read_coalescer;
pub(super) mod stall;
