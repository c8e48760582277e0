//! The plugin process that Terraform starts.

use squadcast_kapacitor::cli;
use squadcast_kapacitor::kapacitor;
use squadcast_kapacitor::process::{self, Hooks};
use squadcast_kapacitor::provider::SquadcastProvider;
use std::process::ExitCode;

/// Less time than with the system's allocator, and far less than with that of musl, for a few MiB; docs/dev/benchmarks.md has the figures.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if let Some(code) = cli::run(std::env::args_os().skip(1)) {
        return code;
    }
    let hooks = Hooks {
        on_stop: kapacitor::stop_waiting,
        unfinished: kapacitor::writes_are_done(),
        at_the_end: kapacitor::give_back_leases(),
    };
    process::run(SquadcastProvider::default(), hooks)
}
