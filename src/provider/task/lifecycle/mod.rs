//! How a task is made, changed and removed, so that it is never left half-made.
//!
//! Every sequence runs with the right to write (see [`Writer`](crate::kapacitor::Writer)), since Kapacitor hangs for good where
//! tasks are started and stopped at the same time.

mod anew;
mod carried_out;
pub(crate) mod creation;
mod delete;
mod failure;
pub(crate) mod refusal;
mod running;
mod start;
mod stop;
mod update;
mod wanted;

pub use self::anew::make_again;
pub use self::delete::delete;
pub use self::failure::{Failure, Left};
pub use self::start::start;
pub use self::stop::{stop, stop_task};
pub use self::update::{update, update_with};
pub use self::wanted::{same_vars, WantedTask};
