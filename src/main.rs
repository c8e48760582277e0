//! The plugin process that Terraform starts.

use squadcast_kapacitor::process;
use squadcast_kapacitor::provider::SquadcastProvider;
use std::process::ExitCode;

fn main() -> ExitCode {
    process::run(SquadcastProvider::default())
}
