//! The sequences of tasks, over the sandbox.

#[cfg(test)]
mod creation;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod resolve;
