//! The groups of points.

use crate::engine::plan::Const;
use crate::engine::point::{Group, Point};
use std::collections::BTreeSet;

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
    pub fn group(&self, point: &Point) -> Group {
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
