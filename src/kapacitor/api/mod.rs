//! The reading half of Kapacitor's API, one module per object. What writes is in [`Writes`](crate::kapacitor::Writes).

mod features;
mod httppost;
mod lease;
mod ping;
mod replays;
mod service_tests;
mod tasks;
mod topics;

pub use httppost::HttpPost;
pub use replays::Replays;
pub use service_tests::ServiceTests;
pub use tasks::Tasks;
pub use topics::Topics;

pub(super) use features::features;
pub(super) use httppost::PATH as HTTPPOST;
pub(super) use lease::{Creation, LeaseHolder, Leases, SeenLease};
pub(super) use ping::ping;
pub(super) use replays::{RECORDINGS, REPLAYS};
pub(super) use tasks::PATH as TASKS;
pub(super) use topics::PATH as TOPICS;
