//! `|stateCount()`.

use crate::engine::lambda::{evaluate, Context, Value};
use crate::engine::plan::{Const, NodePlan, Scope};
use crate::engine::point::{Field, Group, Point};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;

/// `|stateCount()`: how many points in a row fulfil a condition.
pub struct StateCount {
    condition: Option<Expression>,
    name: String,
    counts: BTreeMap<Group, i64>,
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

    pub fn take(&mut self, mut point: Point, scope: &Scope) -> Option<Point> {
        let condition = self.condition.as_ref()?;
        let fulfilled = evaluate(condition, &Context::of(&point, scope)).ok()? == Value::Bool(true);
        let count = self.counts.entry(point.group.clone()).or_default();
        *count = if fulfilled { (*count).max(0) + 1 } else { -1 };
        point.fields.insert(self.name.clone(), Field::Int(*count));
        Some(point)
    }
}
