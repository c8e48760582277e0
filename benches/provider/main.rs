//! `make bench`: what the provider costs beside Terraform's own built-in resource, measured in one run, side by side.
//!
//! It prints `name value unit` lines, and a table. BENCH_RULES (default 1000) is the number of rules, BENCH_RUNS (default 5)
//! how often each plan is made, BENCH_SIZES (default 100,1000,5000) the sizes whose growth is shown. With KAPACITOR_URL the
//! rules are on that real server, and the figures that only the sandbox knows are left out.

mod process;
mod report;
mod server;
mod workspace;

use report::{median, Report};
use server::Server;
use workspace::{Content, Workspace};

fn main() {
    let rules = number("BENCH_RULES", 1000);
    let runs = number("BENCH_RUNS", 5);
    let mut report = Report::default();
    measure_process(&mut report, runs);
    measure_plans(&mut report, rules, runs);
    for size in sizes() {
        measure_growth(&mut report, size, runs);
    }
    report.print();
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn sizes() -> Vec<usize> {
    let sizes = std::env::var("BENCH_SIZES").unwrap_or_else(|_| "100,1000,5000".into());
    sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect()
}

fn measure_process(report: &mut Report, runs: usize) {
    let starts: Vec<f64> = (0..runs.max(5)).map(|_| process::start_to_handshake()).collect();
    report.add("start_to_handshake", median(starts) * 1000.0, "ms");
    report.add("binary_size", process::binary_size() / 1e6, "MB");
}

/// The figures for the number of rules that was asked for.
fn measure_plans(report: &mut Report, rules: usize, runs: usize) {
    let server = Server::start();
    let squadcast = Workspace::new(&server, Content::Rules(rules));
    let builtin = Workspace::new(&server, Content::TerraformData(rules));
    let applied = squadcast.apply();
    builtin.apply();
    report.add("apply_seconds", applied.seconds, "s");
    let mut plans = Plans::default();
    for _ in 0..runs {
        plans.add(&server, &squadcast, &builtin);
    }
    plans.report(report, "");
    squadcast.destroy();
}

/// The same plans at another size, for the growth.
fn measure_growth(report: &mut Report, size: usize, runs: usize) {
    let server = Server::start();
    let squadcast = Workspace::new(&server, Content::Rules(size));
    let builtin = Workspace::new(&server, Content::TerraformData(size));
    let applied = squadcast.apply();
    builtin.apply();
    let mut plans = Plans::default();
    for _ in 0..runs {
        plans.add(&server, &squadcast, &builtin);
    }
    let at = format!("_at_{size}");
    report.add(&format!("apply_seconds{at}"), applied.seconds, "s");
    plans.report(report, &at);
    squadcast.destroy();
}

/// Plans without a change, of both kinds in turn so that whatever else the machine does strikes both.
#[derive(Default)]
struct Plans {
    squadcast: Vec<f64>,
    builtin: Vec<f64>,
    ratios: Vec<f64>,
    requests: Vec<f64>,
    memory: Vec<f64>,
}

impl Plans {
    fn add(&mut self, server: &Server, squadcast: &Workspace, builtin: &Workspace) {
        server.forget_requests();
        let ours = squadcast.plan();
        self.requests.extend(server.requests());
        let theirs = builtin.plan();
        self.squadcast.push(ours.seconds);
        self.builtin.push(theirs.seconds);
        self.ratios.push(ours.seconds / theirs.seconds);
        self.memory.extend(ours.provider_memory);
    }

    fn report(self, report: &mut Report, suffix: &str) {
        report.add(&format!("plan_seconds{suffix}"), median(self.squadcast), "s");
        report.add(&format!("terraform_data_seconds{suffix}"), median(self.builtin), "s");
        report.add(&format!("plan_ratio{suffix}"), median(self.ratios), "ratio");
        if !self.requests.is_empty() {
            report.add(&format!("plan_requests{suffix}"), median(self.requests), "requests");
        }
        if !self.memory.is_empty() {
            report.add(&format!("provider_memory{suffix}"), median(self.memory), "MiB");
        }
    }
}
