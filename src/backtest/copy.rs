//! The copy itself: what does not decide when an alert fires is left out, and each alert tells a topic of its own.

use std::collections::{BTreeMap, BTreeSet};

use super::nodes::{class, Class, Edge, DECIDING};
use super::pipeline::{self, always, resolved, variables, Argument, Node, Pipeline, Step, StepValue};
use super::query::Reads;
use super::{BacktestError, Reason, Refusal};
use crate::tickscript::ast::{
    Call, Chain, Expression, Lambda, Program, Reference, Statement, StringLiteral, UnaryOperator,
};
use crate::tickscript::{self, VisitMut};

/// The names of what the copy puts into the data.
const MESSAGE: &str = "squadcast_message";
const NUMBER: &str = "squadcast_number";
const NUMBER_TAG: &str = "squadcast_number_tag";

/// The beginning of what stands for a hidden text; eight hexadecimal digits follow.
const FINGERPRINT: &str = "hmac:";

/// A script whose alerts can be counted without anybody being told.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    program: Program,
    is_batch: bool,
    silent_recoveries: Vec<bool>,
    lead: i64,
    reads: Option<Reads>,
    databases: Vec<(String, String)>,
}

impl Backtest {
    /// Makes the copy. `database` is the database and retention policy to read if the script does not name them.
    pub fn of(script: &str, database: Option<(String, String)>) -> Result<Backtest, BacktestError> {
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
    pub fn script(&self, id: &str) -> String {
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
    pub fn topics(&self, id: &str) -> Vec<String> {
        (1..=self.silent_recoveries.len())
            .map(|number| format!("{id}-{number}"))
            .collect()
    }

    /// Whether each alert keeps its recoveries to itself, which the copy does not, so that they can be counted.
    pub fn silent_recoveries(&self) -> &[bool] {
        &self.silent_recoveries
    }

    /// Whether the task queries its data.
    pub fn is_batch(&self) -> bool {
        self.is_batch
    }

    /// How long before the first moment that counts the data has to begin, in nanoseconds: as far as windows and shifts reach
    /// back.
    pub fn lead(&self) -> i64 {
        self.lead
    }

    /// What a stream reads.
    pub fn reads(&self) -> Option<&Reads> {
        self.reads.as_ref()
    }

    /// The databases and retention policies that the task needs.
    pub fn databases(&self) -> &[(String, String)] {
        &self.databases
    }
}

/// The script of a task that tells `topic` how many points there are, for a recording of a query that counts them.
pub fn counter_script(topic: &str) -> String {
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

fn nowhere(what: &str, reason: Reason) -> Refusal {
    Refusal {
        what: what.to_owned(),
        place: None,
        reason,
    }
}

/// The variables that hold what an alert hands on.
#[derive(Default)]
struct Alerts(BTreeSet<String>);

impl Alerts {
    fn find(steps: &[Step]) -> Alerts {
        let mut alerts = Alerts::default();
        for step in steps {
            let Some(name) = &step.variable else { continue };
            let is_alert = match &step.value {
                StepValue::Pipeline(pipeline) => {
                    pipeline.all_nodes().iter().any(|node| node.is_alert())
                        || pipeline.heads().iter().any(|head| alerts.0.contains(*head))
                }
                StepValue::Plain(value) => value.as_identifier().is_some_and(|name| alerts.0.contains(name)),
                StepValue::Missing => false,
            };
            if is_alert {
                alerts.0.insert(name.clone());
            }
        }
        alerts
    }
}

/// Takes from the alerts what names or describes them or sends them somewhere.
fn bare_alerts(step: &mut Step) {
    let StepValue::Pipeline(pipeline) = &mut step.value else {
        return;
    };
    for node in &mut pipeline.nodes {
        if node.is_alert() {
            node.properties.retain(|property| {
                let name = property.name.as_str();
                DECIDING.contains(&name) || matches!(name, "noRecoveries" | "inhibit")
            });
        } else if is_deadman(node) {
            node.properties.clear();
        }
    }
}

/// The steps that an alert needs, each pipeline cut behind its alert.
fn needed(steps: Vec<Step>, alerts: &Alerts) -> Result<Vec<Step>, Refusal> {
    let mut names = BTreeSet::new();
    let mut kept = Vec::new();
    for mut step in steps.into_iter().rev() {
        let is_needed = step.variable.as_ref().is_some_and(|name| names.contains(name));
        if is_needed && step.variable.as_ref().is_some_and(|name| alerts.0.contains(name)) {
            let what = step.variable.unwrap_or_default();
            return Err(nowhere(&format!("var {what}"), Reason::AlertOfAlert));
        }
        if let StepValue::Pipeline(pipeline) = &mut step.value {
            if !is_needed && !cut_behind_alert(pipeline)? {
                continue;
            }
        } else if !is_needed {
            continue;
        }
        match &step.value {
            StepValue::Missing => {
                let what = step.variable.unwrap_or_default();
                return Err(nowhere(&format!("var {what}"), Reason::NoValue));
            }
            StepValue::Plain(value) => names.extend(identifiers(value)),
            StepValue::Pipeline(pipeline) => {
                names.extend(pipeline.heads().into_iter().map(str::to_owned));
                let nodes = pipeline.all_nodes();
                names.extend(nodes.iter().flat_map(|node| node.values()).flat_map(identifiers));
            }
        }
        kept.push(step);
    }
    kept.reverse();
    Ok(kept)
}

/// Takes off what stands behind the alert. Whether there is one.
fn cut_behind_alert(pipeline: &mut Pipeline) -> Result<bool, Refusal> {
    let alerts: Vec<usize> = (0..pipeline.nodes.len())
        .filter(|place| pipeline.nodes[*place].is_alert())
        .collect();
    let Some(last) = alerts.last().copied() else {
        return Ok(pipeline.nodes.iter().any(is_deadman));
    };
    if alerts.len() > 1 {
        return Err(pipeline.nodes[last].refuse(Reason::AlertOfAlert));
    }
    pipeline.nodes.truncate(last + 1);
    Ok(true)
}

/// A deadman is an alert, and one that cannot be replayed.
fn is_deadman(node: &Node) -> bool {
    node.name == "deadman" && !node.user_defined
}

/// Leaves the nodes out that write elsewhere, and refuses what may do so.
fn leave_out_writes(pipeline: &mut Pipeline) -> Result<(), Refusal> {
    for node in &mut pipeline.nodes {
        if node.user_defined {
            return Err(node.refuse(Reason::UserDefined));
        }
        if let Class::Refused(reason) = class(&node.name) {
            return Err(node.refuse(reason));
        }
        if node.name == "httpPost" && node.property("captureResponse").is_some() {
            return Err(node.refuse(Reason::Response));
        }
        if node.is_alert() && node.property("inhibit").is_some() {
            return Err(node.refuse(Reason::Inhibits));
        }
        if node.values().any(asks_for_the_time) {
            return Err(node.refuse(Reason::Clock));
        }
        for argument in &mut node.arguments {
            if let Argument::Pipeline(inner) = argument {
                if let Some(alert) = inner.all_nodes().into_iter().find(|node| node.is_alert()) {
                    return Err(alert.refuse(Reason::AlertOfAlert));
                }
                leave_out_writes(inner)?;
            }
        }
    }
    pipeline.nodes.retain(|node| class(&node.name) != Class::Writes);
    Ok(())
}

/// Whether a lambda calls `now()`.
fn asks_for_the_time(value: &Expression) -> bool {
    struct Now(bool);
    impl VisitMut for Now {
        fn call(&mut self, call: &mut Call) {
            self.0 |= call.name == "now";
        }
    }
    let mut now = Now(false);
    program_of(value).visit_mut(&mut now);
    now.0
}

fn identifiers(value: &Expression) -> Vec<String> {
    struct Names(Vec<String>);
    impl VisitMut for Names {
        fn expression(&mut self, expression: &mut Expression) {
            self.0.extend(expression.as_identifier().map(str::to_owned));
        }
    }
    let mut names = Names(Vec::new());
    program_of(value).visit_mut(&mut names);
    names.0
}

/// A program of one expression, to walk over it.
pub(super) fn program_of(value: &Expression) -> Program {
    Program {
        statements: vec![Statement::from(value.clone())],
        trailing: Vec::new(),
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

/// Makes the alert tell a topic each event with a number of its own, and whether it keeps recoveries to itself.
fn tell(pipeline: &mut Pipeline, edge: Edge, number: usize) -> Result<bool, Refusal> {
    let Some(alert) = pipeline.nodes.last_mut() else {
        return Ok(false);
    };
    let is_silent = alert.property("noRecoveries").is_some();
    let value = watched(alert);
    alert.properties.retain(|property| property.name != "noRecoveries");
    let mut message = "{{ .Level }} {{ .Time.UnixNano }}".to_owned();
    if let Some(value) = value.filter(|name| !name.contains(['"', '\\', '{', '}'])) {
        message = format!("{message} {{{{ index .Fields \"{value}\" }}}}");
    }
    for (name, template) in [("id", "{{ .Group }}"), ("message", &message), ("details", "")] {
        alert.properties.push(Call::new(name, vec![text(template)]));
    }
    alert.properties.push(Call::new("messageField", vec![text(MESSAGE)]));
    if edge == Edge::Batches {
        pipeline
            .nodes
            .push(Node::added("last", vec![text(MESSAGE)]).with("as", vec![text(MESSAGE)]));
    }
    pipeline.nodes.extend(numbered());
    pipeline.nodes.push(
        Node::added("alert", vec![])
            .with("crit", vec![always()])
            .with(
                "id",
                vec![text(&format!(
                    "{{{{ index .Tags \"{NUMBER_TAG}\" }}}} {{{{ .Group }}}}"
                ))],
            )
            .with("message", vec![text(&format!("{{{{ index .Fields \"{MESSAGE}\" }}}}"))])
            .with("details", vec![text("")])
            .with("topic", vec![text(&number.to_string())]),
    );
    Ok(is_silent)
}

/// Numbers the events of each group: several may have one time, and a topic keeps the last event of each id alone.
fn numbered() -> [Node; 2] {
    let as_text = Reference::new(NUMBER).map(|number| Call::new("string", vec![number.into()]));
    let as_text = as_text.map_or_else(|_| always(), |call| Lambda::new(call).into());
    [
        Node::added("stateCount", vec![always()]).with("as", vec![text(NUMBER)]),
        Node::added("eval", vec![as_text])
            .with("as", vec![text(NUMBER_TAG)])
            .with("tags", vec![text(NUMBER_TAG)])
            .with("keep", vec![]),
    ]
}

/// The first field that the alert compares.
fn watched(alert: &Node) -> Option<String> {
    struct First(Option<String>);
    impl VisitMut for First {
        fn expression(&mut self, expression: &mut Expression) {
            if self.0.is_none() {
                self.0 = expression.as_reference().map(str::to_owned);
            }
        }
    }
    let mut first = First(None);
    for level in ["crit", "warn", "info"] {
        for value in alert.property(level).into_iter().flat_map(|level| &level.arguments) {
            program_of(value).visit_mut(&mut first);
        }
    }
    first.0
}

fn printed(steps: Vec<Step>) -> Program {
    let statements = steps.into_iter().filter_map(|step| {
        let value = match step.value {
            StepValue::Plain(value) => value,
            StepValue::Pipeline(pipeline) => pipeline.chain().into(),
            StepValue::Missing => return None,
        };
        Some(match step.variable {
            Some(name) => Statement::variable(name, value),
            None => Statement::from(value),
        })
    });
    Program {
        statements: statements.collect(),
        trailing: Vec::new(),
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

/// A text of ours, which any quotes can hold.
pub(super) fn text(text: &str) -> Expression {
    StringLiteral::new(text).map_or_else(|_| Expression::from(false), Expression::from)
}
