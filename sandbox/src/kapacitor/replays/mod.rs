//! `/kapacitor/v1/recordings…` and `/kapacitor/v1/replays…`.
//!
//! The real ones take a moment; here they are done when the request that began them is answered, though the answer says that
//! they run.

mod body;
mod kept;
mod record;
mod run;
mod serve;
mod view;

pub use kept::{Replayed, Replays};
pub use serve::serve;
