//! Reads.

mod every_recording;
mod outage;
mod reads;
pub(super) mod stalls;
