//! `make bench`: what the provider costs beside Terraform's own built-in resource, measured in one run, side by side.
//!
//! It prints `name value unit` lines, and a table. BENCH_RULES (default 1000) is the number of rules, BENCH_RUNS (default 5)
//! how often each plan is made, BENCH_SIZES (default 100,1000,5000) the sizes whose growth is shown. With KAPACITOR_URL the
//! rules are on that real server, and the figures that only the sandbox knows are left out.
//!
//! `plan_ratio` holds a plan of the rules against one of as many `terraform_data` whose input has the same arguments;
//! `plan_ratio_to_short_text` against `terraform_data` that hold next to nothing. Both are of resources that have a block
//! each; `_with_count` is the same with one block and `count`. `plan_ratio_growth_to_N` is how much `plan_ratio` is greater
//! at N than at BENCH_RULES: 1 where the rules grow as `terraform_data` does.
//!
//! `create_`, `update_` and `destroy_seconds_per_rule_of_N` are of whole applies, and their `_ratio` holds them against a client
//! that makes the least possible requests one after the other; BENCH_APPLY_SIZES (default 200,1000) are the sizes. With
//! BENCH_ONLY=apply or BENCH_ONLY=plan only these figures, or only the others, are measured. BENCH_PROVIDER is the path of a
//! provider that is measured instead of this commit's, such as that of the commit before.

mod apply;
mod bare;
mod process;
mod report;
mod server;
mod workspace;

use report::{median, Report};
use server::Server;
use workspace::{Content, Form, Kind, Run, Workspace};

fn main() {
    let rules = number("BENCH_RULES", 1000);
    let runs = number("BENCH_RUNS", 5);
    let mut report = Report::default();
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    if only != "plan" {
        for size in sizes("BENCH_APPLY_SIZES", "200,1000") {
            apply::measure(&mut report, size);
        }
    }
    if only != "apply" {
        measure_plans(&mut report, rules, runs);
    }
    report.print();
}

fn measure_plans(report: &mut Report, rules: usize, runs: usize) {
    measure_process(report, runs);
    let ratio = measure(report, Form::Blocks, rules, runs, "");
    measure(report, Form::Count, rules, runs, "_with_count");
    for size in sizes("BENCH_SIZES", "100,1000,5000")
        .into_iter()
        .filter(|size| *size != rules)
    {
        let ratio_there = measure(report, Form::Blocks, size, runs, &format!("_at_{size}"));
        report.add(&format!("plan_ratio_growth_to_{size}"), ratio_there / ratio, "ratio");
    }
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(default)
}

fn sizes(variable: &str, default: &str) -> Vec<usize> {
    let sizes = std::env::var(variable).unwrap_or_else(|_| default.into());
    sizes.split(',').filter_map(|size| size.trim().parse().ok()).collect()
}

fn measure_process(report: &mut Report, runs: usize) {
    let starts: Vec<f64> = (0..runs.max(5)).map(|_| process::start_to_handshake()).collect();
    report.add("start_to_handshake", median(starts) * 1000.0, "ms");
    report.add("binary_size", process::binary_size() / 1e6, "MB");
}

/// The figures for a number of rules, under names that end in `suffix`. Returns the ratio of the plans.
fn measure(report: &mut Report, form: Form, number: usize, runs: usize, suffix: &str) -> f64 {
    let server = Server::start();
    let workspace = |kind| Workspace::new(&server, Content { kind, form, number });
    let rules = workspace(Kind::Rules);
    let same = workspace(Kind::SameArguments);
    let short = workspace(Kind::ShortText);
    report.add(&format!("apply_seconds{suffix}"), rules.apply().seconds, "s");
    let of_terraform = same.apply().seconds;
    report.add(&format!("terraform_data_apply_seconds{suffix}"), of_terraform, "s");
    short.apply();
    let mut plans = Plans::default();
    for _ in 0..runs {
        server.forget_requests();
        let run = rules.plan();
        plans.add(server.requests(), &run, same.plan().seconds, short.plan().seconds);
    }
    let ratio = plans.report(report, suffix);
    // A sandbox goes with all that is on it.
    if server.is_real() {
        rules.destroy();
    }
    ratio
}

/// Plans without a change, of all kinds in turn so that whatever else the machine does strikes each.
#[derive(Default)]
struct Plans {
    rules: Vec<f64>,
    same: Vec<f64>,
    short: Vec<f64>,
    requests: Vec<f64>,
    memory: Vec<f64>,
}

impl Plans {
    fn add(&mut self, requests: Option<f64>, rules: &Run, same: f64, short: f64) {
        self.rules.push(rules.seconds);
        self.same.push(same);
        self.short.push(short);
        self.requests.extend(requests);
        self.memory.extend(rules.provider_memory);
    }

    /// Returns the ratio to `terraform_data` of the same arguments.
    fn report(self, report: &mut Report, suffix: &str) -> f64 {
        let ratios = |others: &[f64]| -> Vec<f64> {
            self.rules
                .iter()
                .zip(others)
                .map(|(rules, other)| rules / other)
                .collect()
        };
        let (to_same, to_short) = (ratios(&self.same), ratios(&self.short));
        let ratio = median(to_same.clone());
        for (name, values, unit) in [
            ("plan_seconds", self.rules, "s"),
            ("terraform_data_seconds", self.same, "s"),
            ("short_text_seconds", self.short, "s"),
            ("plan_ratio", to_same, "ratio"),
            ("plan_ratio_to_short_text", to_short, "ratio"),
            ("plan_requests", self.requests, "requests"),
            ("provider_memory", self.memory, "MiB"),
        ] {
            if !values.is_empty() {
                report.add(&format!("{name}{suffix}"), median(values), unit);
            }
        }
        ratio
    }
}
