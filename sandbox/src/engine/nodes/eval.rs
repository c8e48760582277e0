//! `|eval()`.

use crate::engine::lambda::{evaluate, Context};
use crate::engine::plan::{Const, NodePlan, Scope};
use crate::engine::point::{Field, Point};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;

/// `|eval()`: new fields from expressions.
pub struct Eval {
    expressions: Vec<Expression>,
    names: Vec<String>,
    /// Which of the new fields become tags.
    tags: Vec<String>,
    /// `None` keeps only the new fields; an empty list keeps all.
    keep: Option<Vec<String>>,
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

    pub fn apply(&self, point: &Point, scope: &Scope) -> Result<Point, String> {
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
