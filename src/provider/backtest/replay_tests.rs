//! A back-test tells what the same rule posts when the same points are written to it live: generated rules, with every trigger
//! and aggregate that can be replayed, on generated points.

use super::run::{run, Job};
use super::shared::Shared;
use crate::backtest::{Backtest, Range};
use crate::kapacitor::models::{CreateTask, Dbrp, Status, TaskType, Vars};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth};
use crate::rule::{redact_script, Aggregate, ChangeKind, Field, Operator, PostSpec, RangeOperator, Rule, RuleSpec};
use crate::secret::Key;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use sandbox::{Options, Post, Sandbox};
use std::cell::Cell;
use std::time::Duration;

const SECOND: i64 = 1_000_000_000;
const START: i64 = 1_000_000_000;
const MINUTES: i64 = 60;

/// What stands for the receiver until there is one.
const NOWHERE: &str = "http://127.0.0.1:9";

/// How many rules are tried.
const CASES: u32 = 96;

fn word(words: &'static [&'static str]) -> impl Strategy<Value = Field<String>> {
    select(words).prop_map(Field::from)
}

fn number() -> impl Strategy<Value = Field<String>> {
    (-20i32..120).prop_map(|number| Field::Known(number.to_string()))
}

fn duration() -> impl Strategy<Value = Field<String>> {
    word(&["1m", "2m", "150s", "5m"])
}

fn spec() -> impl Strategy<Value = RuleSpec> {
    let threshold = (number(), word(Operator::WORDS)).prop_map(|(value, operator)| RuleSpec {
        trigger: "threshold".into(),
        value,
        operator,
        ..RuleSpec::default()
    });
    let range = (-20i32..100, 0i32..60, word(RangeOperator::WORDS)).prop_map(|(lower, width, operator)| RuleSpec {
        trigger: "range".into(),
        lower: Field::Known(lower.to_string()),
        upper: Field::Known((lower + width).to_string()),
        operator,
        ..RuleSpec::default()
    });
    let relative = (number(), word(Operator::WORDS), word(ChangeKind::WORDS), duration()).prop_map(
        |(value, operator, change, shift)| RuleSpec {
            trigger: "relative".into(),
            value,
            operator,
            change,
            shift,
            ..RuleSpec::default()
        },
    );
    let watched = prop_oneof![threshold, range, relative].boxed();
    let aggregate = (watched.clone(), word(Aggregate::WORDS), duration(), duration());
    let aggregated = aggregate.prop_map(|(spec, aggregate, period, every)| RuleSpec {
        aggregate,
        period,
        every,
        ..spec
    });
    let tags = select(vec![vec![], vec!["host"], vec!["host", "cpu"]]);
    (prop_oneof![watched, aggregated], tags, any::<[bool; 4]>()).prop_map(|(spec, tags, flags)| RuleSpec {
        name: "r".into(),
        database: "telegraf".into(),
        retention_policy: "autogen".into(),
        measurement: "cpu".into(),
        field: "usage".into(),
        group_by: Field::Known(tags.into_iter().map(Field::from).collect()),
        exclude: match flags[3] {
            true => Field::Known([("host".to_owned(), Field::Known(vec!["b".into()]))].into()),
            false => Field::default(),
        },
        message: "{{ .ID }}".into(),
        state_changes_only: Field::Known(flags[0]),
        no_recoveries: Field::Known(flags[1]),
        flapping: Field::Known(flags[2] && flags[0]),
        posts: Field::Known(vec![PostSpec {
            url: Field::Known(format!("{NOWHERE}/rule")),
            ..PostSpec::default()
        }]),
        ..spec
    })
}

/// A value for each of two hosts and minutes, or none.
fn points() -> impl Strategy<Value = Vec<[Option<i32>; 2]>> {
    let value = || prop_oneof![1 => Just(None), 4 => (0i32..100).prop_map(Some), 2 => Just(Some(0))];
    vec([value(), value()], MINUTES as usize)
}

fn lines(points: &[[Option<i32>; 2]]) -> String {
    let mut lines = Vec::new();
    for (minute, values) in (0..).zip(points) {
        for (host, value) in ["a", "b"].into_iter().zip(values) {
            if let Some(value) = value {
                let time = START + 60 * minute;
                lines.push(format!("cpu,cpu=c1,host={host} usage={value} {time}"));
            }
        }
    }
    lines.join("\n")
}

/// What was told of an alert: its id, its level, and when.
type Told = (String, String, String);

fn told_by(post: &Post) -> Told {
    let body = post.json().unwrap();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (text("id"), text("level"), text("time"))
}

struct Bench {
    sandbox: Sandbox,
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    fn new() -> Self {
        let sandbox = Sandbox::start_blocking(Options::default()).unwrap();
        let config = ClientConfig {
            lease: None,
            ..ClientConfig::direct(sandbox.kapacitor_url(), KapacitorAuth::None)
        };
        Bench {
            client: Client::new(config).unwrap(),
            sandbox,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    async fn write(&self, lines: &str) {
        let url = format!(
            "{}/kapacitor/v1/write?db=telegraf&rp=autogen&precision=s",
            self.sandbox.kapacitor_url()
        );
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = client.post(url).body(lines.to_owned()).send().await.unwrap();
        assert!(answer.status().is_success());
    }

    /// What the rule posts while the points are written.
    async fn live(&self, script: &str, lines: &str) -> Vec<Told> {
        let task = CreateTask {
            id: "live".to_owned(),
            task_type: TaskType::Stream,
            dbrps: vec![Dbrp {
                db: "telegraf".to_owned(),
                rp: "autogen".to_owned(),
            }],
            script: script.to_owned(),
            vars: Vars::new(),
            template_id: String::new(),
            status: Status::Enabled,
            secrets: Vec::new(),
        };
        self.client.writes().await.unwrap().create_task(&task).await.unwrap();
        self.write(lines).await;
        self.sandbox.settle().await;
        self.client.writes().await.unwrap().delete_task("live").await.unwrap();
        let mut told: Vec<Told> = self.sandbox.receiver().posts().iter().map(told_by).collect();
        self.sandbox.receiver().clear();
        told.sort();
        told
    }

    async fn replayed(&self, script: &str) -> Vec<Told> {
        let job = Job {
            copy: Backtest::of(script, None).unwrap(),
            range: Range {
                start: START * SECOND,
                stop: (START + 60 * MINUTES) * SECOND,
            },
            cluster: String::new(),
            max_points: 1_000,
            timeout: Duration::from_secs(60),
        };
        let (outcome, deleted) = run(&self.client, &Shared::default(), &job).await;
        deleted.unwrap();
        let Ok(outcome) = outcome else { panic!("no outcome") };
        let id = |series: &str| match series {
            "nil" => "r".to_owned(),
            group => format!("r-{group}"),
        };
        let events = outcome.history.events.iter().map(|event| {
            (
                id(&event.series),
                event.level.name().to_owned(),
                super::times::rfc3339(event.time),
            )
        });
        let mut told: Vec<Told> = events.collect();
        told.sort();
        told
    }
}

#[test]
fn a_back_test_tells_what_the_same_rule_posts_live() {
    let mut runner = TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    });
    let (fired, told) = (Cell::new(0), Cell::new(0));
    let result = runner.run(&(spec(), points()), |(spec, points)| {
        // The points of another case would be in its InfluxDB.
        let bench = Bench::new();
        let script = Rule::try_from(spec).unwrap().to_tickscript();
        let script = script.replace(NOWHERE, &bench.sandbox.receiver_url());
        let (live, replayed) = bench.runtime.block_on(async {
            let live = bench.live(&script, &lines(&points)).await;
            let hidden = redact_script(&script, &Key::random());
            (live, bench.replayed(&hidden).await)
        });
        prop_assert_eq!(&replayed, &live, "{}", script);
        prop_assert!(bench.sandbox.receiver().posts().is_empty());
        fired.set(fired.get() + usize::from(!live.is_empty()));
        told.set(told.get() + live.len());
        Ok(())
    });
    result.unwrap();
    println!(
        "{CASES} rules, of which {} fired, {} alerts in all",
        fired.get(),
        told.get()
    );
    assert!(fired.get() > CASES as usize / 4, "hardly any rule fired");
}
