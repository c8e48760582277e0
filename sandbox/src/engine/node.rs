//! The nodes at work, besides the alert.

use crate::engine::aggregate;
use crate::engine::alert::Alert;
use crate::engine::lambda::{evaluate, Context, Value};
use crate::engine::plan::{Const, NodePlan, Scope};
use crate::engine::point::{Field, Group, Point};
use crate::engine::statistics::{Derivative, Stats};
use crate::kapacitor::endpoint::{self, Shared};
use crate::kapacitor::poster::{Delivery, Queue};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What flows between nodes.
#[derive(Clone, Debug)]
pub enum Message {
    Point(Point),
    Batch(Batch),
}

/// The points of a window.
#[derive(Clone, Debug)]
pub struct Batch {
    pub name: String,
    pub group: Group,
    /// The end of the window, in nanoseconds since 1970.
    pub time: i64,
    pub points: Vec<Point>,
}

impl Batch {
    /// The same window with other points, if there are any.
    fn of(&self, points: Vec<Point>) -> Option<Message> {
        let batch = || {
            Message::Batch(Batch {
                points: points.clone(),
                ..self.clone()
            })
        };
        (!points.is_empty()).then(batch)
    }
}

/// The tags that a node groups by.
#[derive(Clone, Debug, Default)]
pub struct GroupBy {
    all: bool,
    tags: BTreeSet<String>,
}

impl GroupBy {
    pub fn of(arguments: &[Const]) -> GroupBy {
        let mut group_by = GroupBy::default();
        for argument in arguments {
            match argument {
                Const::Star => group_by.all = true,
                Const::String(tag) => drop(group_by.tags.insert(tag.clone())),
                Const::List(items) => {
                    let inner = GroupBy::of(items);
                    group_by.all |= inner.all;
                    group_by.tags.extend(inner.tags);
                }
                _ => {}
            }
        }
        group_by
    }

    /// The point's group. A tag that the point lacks counts with an empty value, as in Kapacitor.
    fn group(&self, point: &Point) -> Group {
        if self.all {
            return Group {
                tags: point.tags.clone(),
            };
        }
        let tags = self
            .tags
            .iter()
            .map(|tag| (tag.clone(), point.tags.get(tag).cloned().unwrap_or_default()));
        Group { tags: tags.collect() }
    }
}

/// A node at work.
pub enum Node {
    Source,
    From {
        database: String,
        policy: String,
        measurement: String,
        group_by: GroupBy,
        conditions: Vec<Expression>,
    },
    Where(Expression),
    GroupBy(GroupBy),
    Eval(Eval),
    Window(Window),
    Aggregate {
        function: String,
        field: String,
        result: String,
    },
    Shift(i64),
    Join(Join),
    Alert(Box<Alert>),
    Stats(Stats),
    Derivative(Derivative),
    StateCount(StateCount),
    HttpPost {
        endpoint: Shared,
        queue: Queue,
    },
    /// Hands nothing on: outputs, and nodes that the sandbox does not know.
    Sink,
}

/// `|eval()`: new fields from expressions.
pub struct Eval {
    expressions: Vec<Expression>,
    names: Vec<String>,
    /// Which of the new fields become tags.
    tags: Vec<String>,
    /// `None` keeps only the new fields; an empty list keeps all.
    keep: Option<Vec<String>>,
}

/// `|window()` by time. It goes by the points' times, so it emits when a point comes that is late enough.
pub struct Window {
    period: i64,
    every: i64,
    align: bool,
    fill_period: bool,
    groups: BTreeMap<Group, WindowState>,
}

struct WindowState {
    next_emit: i64,
    points: VecDeque<Point>,
}

/// `|stateCount()`: how many points in a row fulfil a condition.
pub struct StateCount {
    condition: Option<Expression>,
    name: String,
    counts: BTreeMap<Group, i64>,
}

/// `|join()` of points with equal times.
pub struct Join {
    prefixes: Vec<String>,
    waiting: BTreeMap<Group, [VecDeque<Point>; 2]>,
}

impl Eval {
    pub fn of(plan: &NodePlan) -> Eval {
        let expressions = plan.arguments.iter().filter_map(|argument| match argument {
            Const::Lambda(expression) => Some(expression.clone()),
            _ => None,
        });
        let texts = |name: &str| -> Option<Vec<String>> {
            let property = plan.property(name)?;
            Some(
                property
                    .arguments
                    .iter()
                    .filter_map(Const::as_str)
                    .map(str::to_owned)
                    .collect(),
            )
        };
        Eval {
            expressions: expressions.collect(),
            names: texts("as").unwrap_or_default(),
            tags: texts("tags").unwrap_or_default(),
            keep: texts("keep"),
        }
    }

    fn apply(&self, point: &Point, scope: &Scope) -> Result<Point, String> {
        let mut all = point.clone();
        let mut made = BTreeMap::new();
        for (expression, name) in self.expressions.iter().zip(&self.names) {
            let value = evaluate(expression, &Context::of(&all, scope))?.field()?;
            all.fields.insert(name.clone(), value.clone());
            made.insert(name.clone(), value);
        }
        match &self.keep {
            None => all.fields.clone_from(&made),
            Some(kept) if kept.is_empty() => {}
            Some(kept) => all.fields.retain(|name, _| kept.contains(name)),
        }
        for tag in &self.tags {
            all.fields.remove(tag);
            if let Some(Field::String(value)) = made.get(tag) {
                all.tags.insert(tag.clone(), value.clone());
            }
        }
        Ok(all)
    }
}

impl Window {
    pub fn of(plan: &NodePlan) -> Window {
        let duration = |name: &str| {
            plan.property(name)
                .and_then(|property| property.arguments.first()?.as_duration())
        };
        Window {
            period: duration("period").unwrap_or_default(),
            every: duration("every").unwrap_or_default(),
            align: plan.property("align").is_some(),
            fill_period: plan.property("fillPeriod").is_some(),
            groups: BTreeMap::new(),
        }
    }

    fn first_emit(&self, time: i64) -> i64 {
        if !self.fill_period {
            return self.aligned(time + self.every);
        }
        let full = time + self.period;
        let emit = self.aligned(full);
        if self.align && emit <= full {
            emit + self.every
        } else {
            emit
        }
    }

    fn aligned(&self, time: i64) -> i64 {
        if self.align && self.every > 0 {
            time - time.rem_euclid(self.every)
        } else {
            time
        }
    }

    fn take(&mut self, point: Point) -> Option<Batch> {
        let (time, group, name) = (point.time, point.group.clone(), point.name.clone());
        let first = self.first_emit(time);
        let (every, period) = (self.every, self.period);
        let following = self.aligned(time + every);
        let fresh = || WindowState {
            next_emit: first,
            points: VecDeque::new(),
        };
        let state = self.groups.entry(group.clone()).or_insert_with(fresh);
        if every == 0 {
            // Every point emits; the window ends with it.
            state.points.push_back(point);
            state.points.retain(|old| old.time > time - period);
            state.next_emit = time;
            return Some(Batch {
                name,
                group,
                time,
                points: state.points.iter().cloned().collect(),
            });
        }
        let mut emitted = None;
        if time >= state.next_emit {
            let end = state.next_emit;
            state.points.retain(|old| old.time >= end - period);
            emitted = Some(Batch {
                name,
                group,
                time: end,
                points: state.points.iter().cloned().collect(),
            });
            state.next_emit = following;
        }
        state.points.push_back(point);
        emitted
    }
}

impl StateCount {
    pub fn of(plan: &NodePlan) -> StateCount {
        let condition = match plan.arguments.first() {
            Some(Const::Lambda(expression)) => Some(expression.clone()),
            _ => None,
        };
        StateCount {
            condition,
            name: plan.text("as").unwrap_or("state_count").to_owned(),
            counts: BTreeMap::new(),
        }
    }

    fn take(&mut self, mut point: Point, scope: &Scope) -> Option<Point> {
        let condition = self.condition.as_ref()?;
        let fulfilled = evaluate(condition, &Context::of(&point, scope)).ok()? == Value::Bool(true);
        let count = self.counts.entry(point.group.clone()).or_default();
        *count = if fulfilled { (*count).max(0) + 1 } else { -1 };
        point.fields.insert(self.name.clone(), Field::Int(*count));
        Some(point)
    }
}

impl Join {
    pub fn of(plan: &NodePlan) -> Join {
        let names = plan
            .property("as")
            .map(|property| property.arguments.as_slice())
            .unwrap_or_default();
        let prefixes = names.iter().filter_map(Const::as_str).map(str::to_owned).collect();
        Join {
            prefixes,
            waiting: BTreeMap::new(),
        }
    }

    fn take(&mut self, point: Point, side: usize) -> Option<Point> {
        let [left, right] = self.prefixes.as_slice() else {
            return None;
        };
        let queues = self.waiting.entry(point.group.clone()).or_default();
        let other = 1 - side.min(1);
        let time = point.time;
        let Some(place) = queues[other].iter().position(|waiting| waiting.time == time) else {
            queues[side.min(1)].push_back(point);
            return None;
        };
        let partner = queues[other].remove(place)?;
        // What is older than a match will find no partner any more.
        queues
            .iter_mut()
            .for_each(|queue| queue.retain(|waiting| waiting.time > time));
        let (first, second) = if side == 0 { (point, partner) } else { (partner, point) };
        let mut joined = first.clone();
        let prefixed = |prefix: &str, point: Point| -> Vec<(String, Field)> {
            point
                .fields
                .into_iter()
                .map(|(name, value)| (format!("{prefix}.{name}"), value))
                .collect()
        };
        joined.fields = prefixed(left, first)
            .into_iter()
            .chain(prefixed(right, second))
            .collect();
        Some(joined)
    }
}

impl Node {
    /// What the node makes of a message that comes from its `side`th parent. Alerts are handled by the caller.
    pub fn take(&mut self, message: Message, side: usize, scope: &Scope) -> Vec<Message> {
        match (self, message) {
            (Node::Source, message) => vec![message],
            (
                Node::From {
                    database,
                    policy,
                    measurement,
                    group_by,
                    conditions,
                },
                Message::Point(mut point),
            ) => {
                let wanted = |wanted: &str, value: &str| wanted.is_empty() || wanted == value;
                let fits = wanted(database, &point.database)
                    && wanted(policy, &point.retention_policy)
                    && wanted(measurement, &point.name)
                    && conditions.iter().all(|condition| holds(condition, &point, scope));
                if !fits {
                    return Vec::new();
                }
                point.group = group_by.group(&point);
                vec![Message::Point(point)]
            }
            (Node::Where(condition), Message::Point(point)) => {
                if holds(condition, &point, scope) {
                    vec![Message::Point(point)]
                } else {
                    Vec::new()
                }
            }
            (Node::Where(condition), Message::Batch(mut batch)) => {
                batch.points.retain(|point| holds(condition, point, scope));
                vec![Message::Batch(batch)]
            }
            (Node::GroupBy(group_by), Message::Point(mut point)) => {
                point.group = group_by.group(&point);
                vec![Message::Point(point)]
            }
            (Node::Eval(eval), Message::Point(point)) => {
                eval.apply(&point, scope).map(Message::Point).into_iter().collect()
            }
            (Node::Eval(eval), Message::Batch(batch)) => {
                let points = batch.points.iter();
                let made = points.filter_map(|point| eval.apply(point, scope).ok()).collect();
                batch.of(made).into_iter().collect()
            }
            (Node::Window(window), Message::Point(point)) => {
                window.take(point).map(Message::Batch).into_iter().collect()
            }
            (
                Node::Aggregate {
                    function,
                    field,
                    result,
                },
                Message::Batch(batch),
            ) => {
                let points = aggregate::points(function, field, result, &batch);
                match aggregate::makes_batch(function) {
                    true => batch.of(points).into_iter().collect(),
                    false => points.into_iter().map(Message::Point).collect(),
                }
            }
            (Node::Shift(by), Message::Point(mut point)) => {
                point.time += *by;
                vec![Message::Point(point)]
            }
            (Node::Shift(by), Message::Batch(mut batch)) => {
                batch.time += *by;
                batch.points.iter_mut().for_each(|point| point.time += *by);
                vec![Message::Batch(batch)]
            }
            (Node::Join(join), Message::Point(point)) => {
                join.take(point, side).map(Message::Point).into_iter().collect()
            }
            (Node::Join(join), Message::Batch(batch)) => {
                let points = batch.points.iter().cloned();
                let joined = points.filter_map(|point| join.take(point, side)).collect();
                batch.of(joined).into_iter().collect()
            }
            (Node::Derivative(derivative), Message::Point(point)) => {
                derivative.take(point).map(Message::Point).into_iter().collect()
            }
            (Node::StateCount(count), Message::Point(point)) => {
                count.take(point, scope).map(Message::Point).into_iter().collect()
            }
            (Node::HttpPost { endpoint, queue }, Message::Point(point)) => {
                post_rows(endpoint, queue, &point);
                vec![Message::Point(point)]
            }
            _ => Vec::new(),
        }
    }
}

/// A condition that cannot be evaluated, e.g. for want of a field, holds the point back.
fn holds(condition: &Expression, point: &Point, scope: &Scope) -> bool {
    evaluate(condition, &Context::of(point, scope)) == Ok(Value::Bool(true))
}

/// `|httpPost()` sends rows instead of an alert.
fn post_rows(endpoint: &Shared, queue: &Queue, point: &Point) {
    let Ok((url, mut headers)) = endpoint::lock(endpoint).head(&crate::go::template::Value::Nil) else {
        return;
    };
    headers.insert("Content-Type".to_owned(), "application/json".to_owned());
    let body = format!("{}\n", serde_json::json!({ "series": point.series() }));
    queue.send(Delivery {
        url,
        headers,
        body,
        timeout: None,
    });
}
