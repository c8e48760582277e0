//! What a compilation has come to so far, and the places that its errors name.

use crate::engine::compile::vocabulary;
use crate::engine::plan::{Const, NodePlan, Plan, Property};
use crate::kapacitor::release::Release;
use crate::kapacitor::vars::Vars;
use std::collections::BTreeMap;

pub(super) struct Compiler<'a> {
    pub(super) release: Release,
    pub(super) source: &'a str,
    /// How far the source has been compiled: the tree holds no places, but it is walked in order.
    pub(super) cursor: usize,
    pub(super) vars: &'a Vars,
    pub(super) plan: Plan,
    /// `stream` and `batch`, once they are used.
    pub(super) sources: BTreeMap<String, usize>,
}

impl Compiler<'_> {
    pub(super) fn add(&mut self, node: NodePlan) -> usize {
        self.plan.nodes.push(node);
        self.plan.nodes.len() - 1
    }

    pub(super) fn class(&self, place: usize) -> &'static str {
        let function = self.plan.nodes.get(place).map_or("", |node| node.function.as_str());
        vocabulary::class(function).unwrap_or(vocabulary::ANY)
    }

    pub(super) fn has_property(&self, class: &str, name: &str) -> bool {
        vocabulary::has_property(class, name) && (class != vocabulary::ALERT_NODE || self.release.has_handler(name))
    }

    pub(super) fn unknown(&self, at: Option<usize>, name: &str, place: usize) -> String {
        let class = self.class(place);
        let words = match (vocabulary::has_method(class, name), self.has_property(class, name)) {
            (true, _) => format!(
                "no property method \"{name}\" on {class}, but chaining method does exist. Use '|' operator instead: 'node|{name}(..)'."
            ),
            (_, true) if class != vocabulary::ANY => format!(
                "no chaining method \"{name}\" on {class}, but property does exist. Use '.' operator instead: 'node.{name}(..)'."
            ),
            _ => format!("no method or property \"{name}\" on {class}"),
        };
        format!("{}{words}", self.place(at))
    }

    pub(super) fn set(&mut self, place: usize, name: &str, arguments: Vec<Const>) {
        if let Some(node) = self.plan.nodes.get_mut(place) {
            let name = name.to_owned();
            node.properties.push(Property { name, arguments });
        }
    }

    pub(super) fn wrong_type(
        &self,
        at: Option<usize>,
        function: &str,
        place: usize,
        found: &Const,
        wanted: &str,
    ) -> String {
        let calling = calling(function, self.class(place));
        let reason = format!("reflect: Call using {} as type {wanted}", found.go_type());
        format!("{}{calling}{reason}", self.place(at))
    }

    pub(super) fn too_few(&self, at: Option<usize>, function: &str, place: usize) -> String {
        let calling = calling(function, self.class(place));
        format!("{}{calling}reflect: Call with too few input arguments", self.place(at))
    }

    /// Where the next `operator name` stands in the source.
    pub(super) fn find(&mut self, operator: &str, name: &str) -> Option<usize> {
        let rest = self.source.get(self.cursor..)?;
        let found = rest.match_indices(operator).find_map(|(at, _)| {
            let behind = &rest[at + operator.len()..];
            let trimmed = behind.trim_start();
            trimmed
                .starts_with(name)
                .then(|| at + operator.len() + behind.len() - trimmed.len())
        })?;
        self.cursor += found + name.len();
        Some(self.cursor - name.len())
    }

    pub(super) fn place(&self, at: Option<usize>) -> String {
        let before = &self.source[..at.unwrap_or(0)];
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        format!("line {line} char {column}: ")
    }
}

/// How errors about a call begin.
pub(super) fn calling(name: &str, class: &str) -> String {
    format!("error calling func \"{name}\" on obj {class}: ")
}
