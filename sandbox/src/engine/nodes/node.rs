//! The nodes at work, besides the alert.

use crate::engine::alert::Alert;
use crate::engine::lambda::holds;
use crate::engine::nodes::aggregate;
use crate::engine::nodes::eval::Eval;
use crate::engine::nodes::group_by::GroupBy;
use crate::engine::nodes::join::Join;
use crate::engine::nodes::message::Message;
use crate::engine::nodes::state_count::StateCount;
use crate::engine::nodes::statistics::{Derivative, Stats};
use crate::engine::nodes::window::Window;
use crate::engine::plan::Scope;
use crate::engine::point::Point;
use crate::kapacitor::process::endpoint::{self, Shared};
use crate::kapacitor::process::poster::{Delivery, Queue};
use squadcast_kapacitor::tickscript::ast::Expression;

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
