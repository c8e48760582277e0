//! `|window()`.

use crate::engine::nodes::message::Batch;
use crate::engine::plan::NodePlan;
use crate::engine::point::{Group, Point};
use std::collections::{BTreeMap, VecDeque};

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

    pub fn take(&mut self, point: Point) -> Option<Batch> {
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
