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

pub(crate) use self::anew::make_again;
pub(crate) use self::delete::delete;
pub(crate) use self::failure::{Failure, Left};
pub(crate) use self::start::start;
pub(crate) use self::stop::{stop, stop_task};
pub(crate) use self::update::{update, update_with};
pub(crate) use self::wanted::{same_vars, WantedTask};
