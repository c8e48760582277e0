//! The parser and the printer on the recorded corpus, in bytes per second.

// The macro of criterion below makes a public function without a description.
#![allow(missing_docs)]

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use squadcast_kapacitor::tickscript;
use std::hint::black_box;
use std::path::Path;

/// The scripts that Chronograf stored for the recorded rules.
fn corpus() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/contract/rules");
    let mut scripts = Vec::new();
    for file in ["systematic.jsonl", "random.jsonl"] {
        let text = std::fs::read_to_string(folder.join(file)).expect("the recordings are there");
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
            scripts.extend(case["tickscript"].as_str().map(str::to_owned));
        }
    }
    scripts
}

fn benchmarks(criterion: &mut Criterion) {
    let scripts = corpus();
    let programs: Vec<_> = scripts
        .iter()
        .map(|script| tickscript::parse(script).expect("recorded scripts parse"))
        .collect();
    let bytes = scripts.iter().map(|script| script.len() as u64).sum();
    let mut group = criterion.benchmark_group("tickscript");
    group.throughput(Throughput::Bytes(bytes));
    group.bench_function("parse", |bencher| {
        bencher.iter(|| {
            for script in &scripts {
                black_box(tickscript::parse(black_box(script)).is_ok());
            }
        });
    });
    group.bench_function("print", |bencher| {
        bencher.iter(|| {
            for program in &programs {
                black_box(black_box(program).to_string());
            }
        });
    });
    group.finish();
}

criterion_group!(benches, benchmarks);
criterion_main!(benches);
