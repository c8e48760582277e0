//! Alert topics: their events, which outlive a disabled task, and the handlers that post them.

mod api;
mod board;
mod event;
mod handler;
mod json_patch;

pub use api::serve;
pub use board::Topics;
pub use event::{Event, EventState, Level};
pub use handler::{Handler, HandlerSpec, PostOptions};
