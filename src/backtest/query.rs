//! The query that brings what a stream would have seen: made from the script's own `from` and filters.
//!
//! It may bring more than the script takes, since the copy filters once more, and never less.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::error::{Reason, Refusal};
use super::pipeline::{resolved, Node, Step, StepValue, Variables};
use super::program::program_of;
use crate::tickscript::ast::{Binary, Call, Expression, Operator};
use crate::tickscript::VisitMut;

/// What a stream reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reads {
    /// The database.
    pub database: String,
    /// The retention policy.
    pub retention_policy: String,
    /// The measurements; `None` for all.
    measurements: Option<BTreeSet<String>>,
    /// What the script asks of the points, as far as InfluxQL can say it.
    condition: Option<String>,
    /// The fields without which the script takes no point; `None` if it may take any.
    needed: Option<BTreeSet<String>>,
    /// All names that the script uses of a point.
    used: BTreeSet<String>,
}

/// From when to when, in nanoseconds since 1970; the end does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first moment.
    pub start: i64,
    /// The moment behind the last.
    pub stop: i64,
}

impl Reads {
    /// `None` for a script that reads no stream. `default` is the database if the script names none.
    pub(super) fn of(
        steps: &[Step],
        values: &Variables,
        default: Option<&(String, String)>,
    ) -> Result<Option<Reads>, Refusal> {
        let pipelines = steps.iter().filter_map(|step| match &step.value {
            StepValue::Pipeline(pipeline) => Some(pipeline),
            _ => None,
        });
        let nodes: Vec<&Node> = pipelines.flat_map(|pipeline| pipeline.all_nodes()).collect();
        let froms: Vec<From> = nodes
            .iter()
            .filter(|node| node.name == "from")
            .map(|node| From::of(node, values))
            .collect();
        let Some(first) = froms.first() else {
            return Ok(None);
        };
        let named = |own: &Option<String>, default: Option<&String>| own.clone().or_else(|| default.cloned());
        let default_of = |from: &From| {
            (
                named(&from.database, default.map(|(database, _)| database)),
                named(&from.retention_policy, default.map(|(_, policy)| policy)),
            )
        };
        let place = nodes.iter().find(|node| node.name == "from");
        let refuse = |reason| {
            let nowhere = Refusal {
                what: String::new(),
                place: None,
                reason,
            };
            place.map_or(nowhere, |node| node.refuse(reason))
        };
        let (Some(database), Some(retention_policy)) = default_of(first) else {
            return Err(refuse(Reason::NoDatabase));
        };
        let same = (Some(database.clone()), Some(retention_policy.clone()));
        if froms.iter().any(|from| default_of(from) != same) {
            return Err(refuse(Reason::SeveralDatabases));
        }
        let conditions: Option<BTreeSet<String>> = froms.iter().map(|from| from.condition.clone()).collect();
        let needed: Option<Vec<BTreeSet<String>>> = froms.iter().map(|from| from.needed.clone()).collect();
        Ok(Some(Reads {
            database,
            retention_policy,
            measurements: froms.iter().map(|from| from.measurement.clone()).collect(),
            condition: conditions.map(|conditions| Vec::from_iter(conditions).join(" OR ")),
            needed: needed.map(|needed| needed.into_iter().flatten().collect()),
            used: used_names(&nodes, values),
        }))
    }

    /// The points, series by series.
    pub(crate) fn query(&self, range: Range) -> String {
        let selected = match &self.needed {
            None => "*".to_owned(),
            Some(_) => listed(self.used.iter().map(|name| identifier(name))),
        };
        format!("SELECT {selected} {} GROUP BY *", self.rest(range))
    }

    /// How many points there are: the highest of the numbers that come, or with several fields at most their sum.
    pub(crate) fn count_query(&self, range: Range) -> String {
        let counted = match &self.needed {
            None => "count(*)".to_owned(),
            Some(needed) => listed(needed.iter().map(|name| format!("count({})", identifier(name)))),
        };
        format!("SELECT {counted} {}", self.rest(range))
    }

    /// The number of points, of the numbers that a count of each measurement brought.
    pub(crate) fn count_of(&self, counts: &[f64]) -> f64 {
        match &self.needed {
            Some(_) => counts.iter().sum(),
            None => counts.iter().copied().fold(0.0, f64::max),
        }
    }

    fn rest(&self, range: Range) -> String {
        let measurement = match &self.measurements {
            None => "/.*/".to_owned(),
            Some(names) if names.len() == 1 => listed(names.iter().map(|name| identifier(name))),
            Some(names) => format!(
                "/^({})$/",
                Vec::from_iter(names.iter().map(|name| regex(name))).join("|")
            ),
        };
        let (database, policy) = (identifier(&self.database), identifier(&self.retention_policy));
        let mut rest = format!(
            "FROM {database}.{policy}.{measurement} WHERE time >= {} AND time < {}",
            range.start, range.stop
        );
        if let Some(condition) = &self.condition {
            let _ = write!(rest, " AND ({condition})");
        }
        rest
    }
}

/// One `from` of the script.
struct From {
    database: Option<String>,
    retention_policy: Option<String>,
    measurement: Option<String>,
    condition: Option<String>,
    needed: Option<BTreeSet<String>>,
}

impl From {
    fn of(node: &Node, values: &Variables) -> From {
        let text = |name: &str| {
            let argument = node.property(name)?.arguments.first()?;
            resolved(argument, values)
                .as_str()
                .filter(|text| !text.is_empty())
                .map(str::to_owned)
        };
        let mut conditions = Vec::new();
        for property in node.properties.iter().filter(|property| property.name == "where") {
            for argument in &property.arguments {
                if let Some(condition) = resolved(argument, values).as_lambda() {
                    split(condition, values, &mut conditions);
                }
            }
        }
        let needed: BTreeSet<String> = conditions.iter().filter_map(|condition| present(condition)).collect();
        let pushed: Vec<String> = conditions
            .iter()
            .filter_map(|condition| influxql(condition, values))
            .collect();
        From {
            database: text("database"),
            retention_policy: text("retentionPolicy"),
            measurement: text("measurement"),
            condition: (!pushed.is_empty()).then(|| pushed.join(" AND ")),
            needed: (!needed.is_empty()).then_some(needed),
        }
    }
}

/// Takes a condition apart at its ANDs.
fn split<'a>(condition: &'a Expression, values: &'a Variables, parts: &mut Vec<&'a Expression>) {
    let condition = resolved(condition, values);
    match condition {
        Expression::Lambda(lambda) => split(&lambda.expression, values, parts),
        Expression::Binary(binary) => match binary.operands_of(Operator::And) {
            Some(operands) => operands.into_iter().for_each(|operand| split(operand, values, parts)),
            None => parts.push(condition),
        },
        other => parts.push(other),
    }
}

/// The field that `isPresent("field")` asks for.
fn present(condition: &Expression) -> Option<String> {
    let Expression::Call(call) = condition else {
        return None;
    };
    let only = call.only_argument().filter(|_| call.name == "isPresent")?;
    only.as_reference().map(str::to_owned)
}

/// A condition on tags in InfluxQL, which lets through whatever the script lets through; `None` if there is none.
fn influxql(condition: &Expression, values: &Variables) -> Option<String> {
    let Expression::Binary(binary) = resolved(condition, values) else {
        return None;
    };
    for (operator, word) in [(Operator::Or, " OR "), (Operator::And, " AND ")] {
        if let Some(operands) = binary.operands_of(operator) {
            let operands: Option<Vec<String>> = operands.into_iter().map(|operand| influxql(operand, values)).collect();
            return Some(format!("({})", operands?.join(word)));
        }
    }
    comparison(binary, values)
}

fn comparison(binary: &Binary, values: &Variables) -> Option<String> {
    let (left, operator, right) = binary.as_pair()?;
    let name = identifier(left.as_reference()?);
    match (operator, resolved(right, values)) {
        (Operator::Equal, Expression::String(text)) => Some(format!("{name} = {}", string(text.value()))),
        (Operator::NotEqual, Expression::String(text)) => Some(format!("{name} != {}", string(text.value()))),
        _ => None,
    }
}

/// What the script uses of a point: fields and tags of its expressions, and whatever its nodes take as a text, but for the tags
/// that it groups by, which each series brings.
fn used_names(nodes: &[&Node], values: &Variables) -> BTreeSet<String> {
    struct Names<'a> {
        found: BTreeSet<String>,
        followed: BTreeSet<String>,
        left: Vec<&'a Expression>,
        values: &'a Variables,
    }
    impl VisitMut for Names<'_> {
        fn expression(&mut self, expression: &mut Expression) {
            match expression {
                Expression::Reference(reference) => drop(self.found.insert(reference.name().to_owned())),
                Expression::Identifier(name) if self.followed.insert(name.name.clone()) => {
                    self.left.extend(self.values.get(&name.name));
                }
                _ => {}
            }
        }
    }
    let mut names = Names {
        found: BTreeSet::new(),
        followed: BTreeSet::new(),
        left: Vec::new(),
        values,
    };
    let mut grouped = Names {
        found: BTreeSet::new(),
        followed: BTreeSet::new(),
        left: Vec::new(),
        values,
    };
    let is_grouping = |call: &Call| call.name == "groupBy";
    for node in nodes {
        let taken = node.arguments.iter().filter_map(|argument| match argument {
            super::pipeline::Argument::Value(value) => Some(value),
            super::pipeline::Argument::Pipeline(_) => None,
        });
        match node.name.as_str() {
            "groupBy" => grouped.left.extend(taken),
            _ => names.left.extend(taken),
        }
        for property in &node.properties {
            match node.name.as_str() {
                _ if is_grouping(property) => grouped.left.extend(&property.arguments),
                "from" if property.name != "where" => {}
                _ => names.left.extend(&property.arguments),
            }
        }
    }
    for names in [&mut names, &mut grouped] {
        while let Some(value) = names.left.pop() {
            match value {
                // Within an expression a text is compared with something, and names nothing.
                Expression::String(text) => drop(names.found.insert(text.value().to_owned())),
                Expression::List(list) => names.left.extend(&list.items),
                other => program_of(other).visit_mut(names),
            }
        }
    }
    names.found.retain(|name| !name.is_empty() && name != "time");
    &names.found - &grouped.found
}

fn listed(names: impl Iterator<Item = String>) -> String {
    Vec::from_iter(names).join(", ")
}

/// A name in InfluxQL.
fn identifier(name: &str) -> String {
    format!("\"{}\"", escaped(name, '"'))
}

/// A text in InfluxQL.
fn string(text: &str) -> String {
    format!("'{}'", escaped(text, '\''))
}

fn escaped(text: &str, quote: char) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\n' => escaped.push_str("\\n"),
            '\\' => escaped.push_str("\\\\"),
            letter if letter == quote => escaped.extend(['\\', letter]),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// A name within a regular expression between slashes.
fn regex(name: &str) -> String {
    let special = |letter: char| "\\.+*?()|[]{}^$/".contains(letter);
    name.chars()
        .flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter]))
        .collect()
}
