//! The reading half of Kapacitor's API, one module per object. What writes is in [`Writer`](crate::kapacitor::Writer).

mod features;
mod httppost;
pub(super) mod lease;
mod replays;
mod server_id;
mod service_tests;
mod tasks;
mod templates;
mod topics;

pub(crate) use lease::is_of_lease;
