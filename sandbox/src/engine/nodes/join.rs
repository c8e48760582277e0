//! `|join()`.

use crate::engine::plan::{Const, NodePlan};
use crate::engine::point::{Field, Group, Point};
use std::collections::{BTreeMap, VecDeque};

/// `|join()` of points with equal times.
pub struct Join {
    prefixes: Vec<String>,
    waiting: BTreeMap<Group, [VecDeque<Point>; 2]>,
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

    pub fn take(&mut self, point: Point, side: usize) -> Option<Point> {
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
