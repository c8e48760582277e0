//! The sequences of tasks, over the sandbox.

mod creation;
mod lifecycle;
mod resolve;
