//! `|stats()` and `|derivative()`, of which a deadman is made: what a node emitted for each group, by the clock.

use crate::engine::nodes::message::Message;
use crate::engine::plan::{Const, NodePlan};
use crate::engine::point::{Field, Group, Point};
use std::collections::BTreeMap;

/// Nanoseconds from Go's zero time, from which it aligns, to 1970.
const ZERO_TO_1970: i128 = 62_135_596_800_000_000_000;

/// `|stats()`: emits how much another node has emitted, at every interval.
pub struct Stats {
    interval: i64,
    align: bool,
    /// When it emits next, in nanoseconds since 1970.
    next: i64,
    /// The time of the first point: Kapacitor notes it before it waits for the interval to begin.
    first: Option<i64>,
    /// How many points the other node has emitted, by group.
    emitted: BTreeMap<Group, i64>,
}

impl Stats {
    /// A node that starts at `now`, or why its task cannot start.
    pub fn make(plan: &NodePlan, now: i64) -> Result<Stats, String> {
        let interval = plan.arguments.first().and_then(Const::as_duration).unwrap_or_default();
        if interval <= 0 {
            return Err("stats node must have positive interval".to_owned());
        }
        let align = plan.property("align").is_some();
        let (next, first) = if align {
            (truncated(now, interval) + interval, Some(rounded(now, interval)))
        } else {
            (now + interval, None)
        };
        Ok(Stats {
            interval,
            align,
            next,
            first,
            emitted: BTreeMap::new(),
        })
    }

    /// When it emits next, in nanoseconds since 1970.
    pub fn next(&self) -> i64 {
        self.next
    }

    /// Notes what the other node has emitted.
    pub fn count(&mut self, message: &Message) {
        let (group, points) = match message {
            Message::Point(point) => (&point.group, 1),
            Message::Batch(batch) => (&batch.group, batch.points.len() as i64),
        };
        *self.emitted.entry(group.clone()).or_default() += points;
    }

    /// The points of the present interval: one for each group, or one without a group if there is none yet.
    pub fn emit(&mut self) -> Vec<Message> {
        let aligned = if self.align {
            rounded(self.next, self.interval)
        } else {
            self.next
        };
        let time = self.first.take().unwrap_or(aligned);
        self.next += self.interval;
        let point = |group: &Group, emitted: i64| {
            Message::Point(Point {
                database: String::new(),
                retention_policy: String::new(),
                name: "stats".to_owned(),
                tags: group.tags.clone(),
                fields: BTreeMap::from([("emitted".to_owned(), Field::Int(emitted))]),
                time,
                group: group.clone(),
            })
        };
        if self.emitted.is_empty() {
            return vec![point(&Group::default(), 0)];
        }
        self.emitted
            .iter()
            .map(|(group, emitted)| point(group, *emitted))
            .collect()
    }
}

/// `|derivative()` of points.
pub struct Derivative {
    field: String,
    result: String,
    unit: i64,
    non_negative: bool,
    previous: BTreeMap<Group, (i64, f64)>,
}

impl Derivative {
    pub fn of(plan: &NodePlan) -> Derivative {
        let field = plan.arguments.first().and_then(Const::as_str).unwrap_or_default();
        let unit = plan
            .property("unit")
            .and_then(|property| property.arguments.first()?.as_duration());
        Derivative {
            field: field.to_owned(),
            result: plan.text("as").unwrap_or(field).to_owned(),
            unit: unit.unwrap_or(1_000_000_000),
            non_negative: plan.property("nonNegative").is_some(),
            previous: BTreeMap::new(),
        }
    }

    /// The first point of a group, and one at the same time as the last, have no derivative.
    pub fn take(&mut self, mut point: Point) -> Option<Point> {
        let value = point.fields.get(&self.field).and_then(Field::as_float)?;
        let previous = self.previous.insert(point.group.clone(), (point.time, value));
        let (former_time, former) = previous?;
        let (elapsed, difference) = (point.time - former_time, value - former);
        if elapsed == 0 || (self.non_negative && difference < 0.0) {
            return None;
        }
        let derivative = difference / (elapsed as f64 / self.unit as f64);
        point.fields.insert(self.result.clone(), Field::Float(derivative));
        Some(point)
    }
}

/// Go's `Time.Truncate`.
fn truncated(time: i64, interval: i64) -> i64 {
    let past = (i128::from(time) + ZERO_TO_1970).rem_euclid(i128::from(interval));
    time - past as i64
}

/// Go's `Time.Round`: half an interval rounds up.
fn rounded(time: i64, interval: i64) -> i64 {
    let down = truncated(time, interval);
    if (time - down) * 2 < interval {
        down
    } else {
        down + interval
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    #[test]
    fn intervals_align_as_gos_times_do() {
        // As time.Unix(1000000000, 0).Truncate(7*time.Second).Unix() and the like say.
        assert_eq!(truncated(1_000_000_000 * SECOND, 7 * SECOND), 999_999_997 * SECOND);
        assert_eq!(rounded(1_000_000_000 * SECOND, 7 * SECOND), 999_999_997 * SECOND);
        assert_eq!(rounded(1_000_000_003 * SECOND, 2 * SECOND), 1_000_000_004 * SECOND);
        assert_eq!(truncated(1_000_000_003 * SECOND, 2 * SECOND), 1_000_000_002 * SECOND);
    }
}
