//! The built binary as a process: what it says to a person, and how it talks to Terraform and ends.

mod by_hand;
#[cfg(target_os = "linux")]
mod neighbours;
mod orphan;
mod plugin;
mod stop;
