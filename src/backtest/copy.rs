//! The copy itself: what does not decide when an alert fires is left out, and each alert tells a topic of its own.

use super::error::{nowhere, BacktestError, Reason, Refusal};
use super::nodes::{class, Class, Edge};
use super::pipeline::{self, always, resolved, variables, Pipeline, Step, StepValue};
use super::program::{printed, text};
use super::query::Reads;
use super::select::{bare_alerts, leave_out_writes, needed, Alerts};
use super::tell::tell;
use crate::tickscript::ast::{Call, Chain, Expression, Program, Statement, UnaryOperator};
use crate::tickscript::{self, VisitMut};
use std::collections::BTreeMap;

/// The beginning of what stands for a hidden text; eight hexadecimal digits follow.
const FINGERPRINT: &str = "hmac:";

/// A script whose alerts can be counted without anybody being told.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Backtest {
    program: Program,
    is_batch: bool,
    silent_recoveries: Vec<bool>,
    lead: i64,
    reads: Option<Reads>,
    databases: Vec<(String, String)>,
}

impl Backtest {
    /// Makes the copy. `database` is the database and retention policy to read if the script does not name them.
    pub(crate) fn of(script: &str, database: Option<(String, String)>) -> Result<Backtest, BacktestError> {
        let program = tickscript::parse(script).map_err(BacktestError::Parse)?;
        let mut found = pipeline::steps(script, &program)?;
        let values = variables(&found.steps);
        found.steps.iter_mut().for_each(bare_alerts);
        let alerts = Alerts::find(&found.steps);
        let mut steps = needed(found.steps, &alerts)?;
        for step in &mut steps {
            if let StepValue::Pipeline(pipeline) = &mut step.value {
                leave_out_writes(pipeline)?;
            }
        }
        let edges = Edges::of(&steps)?;
        let lead = lead(&steps, &values);
        let reads = Reads::of(&steps, &values, found.databases.first().or(database.as_ref()))?;
        let mut silent_recoveries = Vec::new();
        for (step, edge) in steps.iter_mut().zip(&edges.before_alerts) {
            let StepValue::Pipeline(pipeline) = &mut step.value else {
                continue;
            };
            if let Some(edge) = edge {
                silent_recoveries.push(tell(pipeline, *edge, silent_recoveries.len() + 1)?);
            }
        }
        if silent_recoveries.is_empty() {
            return Err(nowhere("", Reason::NoAlert).into());
        }
        let databases = match (&reads, found.databases) {
            (Some(reads), _) => vec![(reads.database.clone(), reads.retention_policy.clone())],
            (None, declared) if !declared.is_empty() => declared,
            (None, _) => vec![database.ok_or_else(|| nowhere("", Reason::NoDatabase))?],
        };
        let program = printed(steps);
        check_texts(&program)?;
        Ok(Backtest {
            program,
            is_batch: edges.is_batch,
            silent_recoveries,
            lead,
            reads,
            databases,
        })
    }

    /// The script of a task of that id. Its topics are those of [`Backtest::topics`].
    pub(crate) fn script(&self, id: &str) -> String {
        struct Topics<'a>(&'a str);
        impl VisitMut for Topics<'_> {
            fn call(&mut self, call: &mut Call) {
                if call.name == "topic" {
                    if let Some(Expression::String(number)) = call.arguments.first() {
                        call.arguments = vec![text(&format!("{}-{}", self.0, number.value()))];
                    }
                }
            }
        }
        let mut program = self.program.clone();
        program.visit_mut(&mut Topics(id));
        program.to_string()
    }

    /// The topics that the script of a task of that id tells, one for each alert.
    pub(crate) fn topics(&self, id: &str) -> Vec<String> {
        (1..=self.silent_recoveries.len())
            .map(|number| format!("{id}-{number}"))
            .collect()
    }

    /// Whether each alert keeps its recoveries to itself, which the copy does not, so that they can be counted.
    pub(crate) fn silent_recoveries(&self) -> &[bool] {
        &self.silent_recoveries
    }

    /// Whether the task queries its data.
    pub(crate) fn is_batch(&self) -> bool {
        self.is_batch
    }

    /// How long before the first moment that counts the data has to begin, in nanoseconds: as far as windows and shifts reach
    /// back.
    pub(crate) fn lead(&self) -> i64 {
        self.lead
    }

    /// What a stream reads.
    pub(crate) fn reads(&self) -> Option<&Reads> {
        self.reads.as_ref()
    }

    /// The databases and retention policies that the task needs.
    pub(crate) fn databases(&self) -> &[(String, String)] {
        &self.databases
    }
}

/// The script of a task that tells `topic` how many points there are, for a recording of a query that counts them.
pub(crate) fn counter_script(topic: &str) -> String {
    let chain = Chain::new("stream")
        .pipe("from", vec![])
        .pipe("alert", vec![])
        .dot("crit", vec![always()])
        .dot("id", vec![text("{{ .Name }}")])
        .dot(
            "message",
            vec![text("{{ range $name, $count := .Fields }}{{ $count }} {{ end }}")],
        )
        .dot("details", vec![text("")])
        .dot("topic", vec![text(topic)]);
    printed(vec![])
        .with(Statement::from(Expression::from(chain)))
        .to_string()
}

impl Program {
    fn with(mut self, statement: Statement) -> Program {
        self.statements.push(statement);
        self
    }
}

/// What flows along the pipelines.
struct Edges {
    is_batch: bool,
    /// For each step that is a pipeline with an alert, what comes to it.
    before_alerts: Vec<Option<Edge>>,
}

impl Edges {
    fn of(steps: &[Step]) -> Result<Edges, Refusal> {
        let mut named = BTreeMap::from([("stream".to_owned(), Edge::Points), ("batch".to_owned(), Edge::Batches)]);
        let mut edges = Edges {
            is_batch: false,
            before_alerts: Vec::new(),
        };
        for step in steps {
            let mut before_alert = None;
            let edge = match &step.value {
                StepValue::Plain(value) => value.as_identifier().and_then(|name| named.get(name).copied()),
                StepValue::Missing => None,
                StepValue::Pipeline(pipeline) => {
                    edges.is_batch |= pipeline.heads().contains(&"batch");
                    let mut edge = *named
                        .get(&pipeline.head)
                        .ok_or_else(|| nowhere(&pipeline.head, Reason::NoValue))?;
                    for node in &pipeline.nodes {
                        if node.is_alert() {
                            before_alert = Some(edge);
                        }
                        edge = match class(&node.name) {
                            Class::ToPoints => Edge::Points,
                            Class::ToBatches => Edge::Batches,
                            _ => edge,
                        };
                    }
                    Some(edge)
                }
            };
            if let (Some(name), Some(edge)) = (&step.variable, edge) {
                named.insert(name.clone(), edge);
            }
            edges.before_alerts.push(before_alert);
        }
        Ok(edges)
    }
}

/// How far windows and shifts reach back, in nanoseconds.
fn lead(steps: &[Step], values: &pipeline::Variables) -> i64 {
    let pipelines = steps.iter().filter_map(|step| match &step.value {
        StepValue::Pipeline(pipeline) => Some(pipeline),
        _ => None,
    });
    let nodes = pipelines.flat_map(Pipeline::all_nodes);
    let nanos = |value: Option<&Expression>| value.and_then(|value| nanoseconds(value, values)).unwrap_or_default();
    let leads = nodes.map(|node| match node.name.as_str() {
        "window" => {
            let of = |name: &str| nanos(node.property(name).and_then(|property| property.arguments.first()));
            of("period").saturating_add(of("every"))
        }
        "shift" | "sample" | "movingAverage" => nanos(node.values().next()).saturating_abs(),
        _ => 0,
    });
    leads.fold(0, i64::saturating_add)
}

fn nanoseconds(value: &Expression, values: &pipeline::Variables) -> Option<i64> {
    match resolved(value, values) {
        Expression::Duration(duration) => Some(duration.nanoseconds()),
        Expression::Unary(unary) if unary.operator == UnaryOperator::Minus => {
            nanoseconds(&unary.operand, values).map(i64::wrapping_neg)
        }
        _ => None,
    }
}

/// Refuses a script of which something that counts is hidden.
fn check_texts(program: &Program) -> Result<(), Refusal> {
    struct Masked(bool);
    impl VisitMut for Masked {
        fn expression(&mut self, expression: &mut Expression) {
            self.0 |= match expression {
                Expression::String(text) => is_masked(text.value()),
                Expression::Regex(regex) => is_masked(regex.literal()),
                Expression::Reference(reference) => is_masked(reference.name()),
                _ => false,
            };
        }
    }
    let mut masked = Masked(false);
    program.clone().visit_mut(&mut masked);
    match masked.0 {
        true => Err(nowhere("", Reason::Masked)),
        false => Ok(()),
    }
}

fn is_masked(text: &str) -> bool {
    text.match_indices(FINGERPRINT).any(|(at, _)| {
        let digits = text.get(at + FINGERPRINT.len()..at + FINGERPRINT.len() + 8);
        digits.is_some_and(|digits| digits.chars().all(|digit| digit.is_ascii_hexdigit()))
    })
}
