//! The plugin process that Terraform starts.

use squadcast_kapacitor::process;
use squadcast_kapacitor::provider::SquadcastProvider;
use std::process::ExitCode;

/// Less time than with the system's allocator, and far less than with that of musl, for a few MiB; DESIGN.md has the figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    process::run(SquadcastProvider::default())
}
