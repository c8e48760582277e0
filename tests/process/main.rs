//! The built binary as a process: what it says to a person, whom it serves, and how it ends.

#[cfg(unix)]
mod bad_clients;
mod by_hand;
#[cfg(unix)]
mod leftovers;
mod orphan;
#[cfg(unix)]
mod plugin;
#[cfg(unix)]
mod stop;
