//! A script as its checks look at it: what its variables hold, its alerts, and what comes before each of them.

use std::collections::{BTreeMap, BTreeSet};

use super::normal_form::{alert, nodes, Alert, Node};
use crate::tickscript::ast::{Call, Chain, ChainOperator, Expression, Operator, Program, Statement};

/// Texts that a task gives to vars of its script.
pub(crate) type Given = BTreeMap<String, String>;

/// A script whose variables are known as far as the script, and what the task gives them, says it.
pub(in crate::rule) struct Script<'a> {
    variables: BTreeMap<&'a str, &'a Expression>,
    /// The texts that the task gives, which go over what the script says.
    given: &'a Given,
    chains: Vec<&'a Chain>,
}

/// An alert of a script.
pub(in crate::rule) struct PlacedAlert {
    /// `alert` or `deadman`, with its arguments.
    pub call: Call,
    pub alert: Alert,
    /// All nodes and properties before it, from the source on; none if the script does not show them all.
    pub upstream: Option<Vec<Step>>,
}

/// A node or a property of the node before.
#[derive(Clone)]
pub(in crate::rule) struct Step {
    pub is_node: bool,
    pub call: Call,
}

/// What the data of an alert is grouped by.
#[derive(Debug, Default, PartialEq)]
pub(in crate::rule) struct Grouping {
    /// The tags whose names are given.
    pub tags: Vec<String>,
    /// Whether it is grouped by all tags.
    pub by_all: bool,
}

impl Grouping {
    pub(crate) fn is_grouped(&self) -> bool {
        self.by_all || !self.tags.is_empty()
    }
}

impl PlacedAlert {
    /// Whether any of its handlers is a `post`.
    pub(crate) fn posts(&self) -> bool {
        self.alert.handlers.iter().any(|handler| handler.call.name == "post")
    }

    /// An own property of the alert.
    pub(crate) fn property(&self, name: &str) -> Option<&Call> {
        self.alert.properties.iter().find(|property| property.name == name)
    }
}

impl<'a> Script<'a> {
    pub(crate) fn of(program: &'a Program, given: &'a Given) -> Self {
        let mut script = Script {
            variables: BTreeMap::new(),
            given,
            chains: Vec::new(),
        };
        for statement in &program.statements {
            let value = match statement {
                Statement::Variable(variable) => {
                    script.variables.insert(&variable.name.name, &variable.value);
                    &variable.value
                }
                Statement::Expression(value) => value,
                Statement::TypedVariable(_) | Statement::Dbrp(_) => continue,
            };
            if let Expression::Chain(chain) = value {
                script.chains.push(chain);
            }
        }
        script
    }

    pub(crate) fn alerts(&self) -> Vec<PlacedAlert> {
        self.chains.iter().flat_map(|chain| self.alerts_of(chain)).collect()
    }

    fn alerts_of(&self, chain: &Chain) -> Vec<PlacedAlert> {
        let mut alerts = Vec::new();
        let mut upstream = self.before(chain, &mut BTreeSet::new());
        let (before, nodes) = nodes(chain);
        let steps = before.iter().filter_map(|link| {
            let call = link.call()?.clone();
            let is_node = link.operator != ChainOperator::Dot;
            Some(Step { is_node, call })
        });
        upstream.iter_mut().for_each(|upstream| upstream.extend(steps.clone()));
        for node in nodes {
            if let Some(alert) = alert(&node) {
                alerts.push(PlacedAlert {
                    call: node.call.clone(),
                    alert,
                    upstream: upstream.clone(),
                });
            }
            upstream
                .iter_mut()
                .for_each(|upstream| upstream.extend(steps_of(&node)));
        }
        alerts
    }

    /// What comes before the first link of a chain; none if its head is not a stream, a batch, or a chain of a variable.
    fn before(&self, chain: &'a Chain, followed: &mut BTreeSet<&'a str>) -> Option<Vec<Step>> {
        let head = chain.head.name();
        if matches!(head, "stream" | "batch") {
            return Some(Vec::new());
        }
        let Some(Expression::Chain(before)) = self.variables.get(head) else {
            return None;
        };
        if !followed.insert(head) {
            return None;
        }
        let mut steps = self.before(before, followed)?;
        for link in &before.links {
            steps.push(Step {
                is_node: link.operator != ChainOperator::Dot,
                call: small(link.call()?),
            });
        }
        Some(steps)
    }

    /// What the data of an alert is grouped by, if the script shows that.
    pub(crate) fn grouping(&self, alert: &PlacedAlert) -> Option<Grouping> {
        let upstream = alert.upstream.as_ref()?;
        let mut grouping = Grouping::default();
        let Some(last) = upstream.iter().rfind(|step| step.call.name == "groupBy") else {
            return Some(grouping);
        };
        for argument in &last.call.arguments {
            self.add_tags(argument, &mut grouping)?;
        }
        Some(grouping)
    }

    fn add_tags(&self, value: &Expression, grouping: &mut Grouping) -> Option<()> {
        match value {
            Expression::Star(_) => grouping.by_all = true,
            // `time(…)` of a query groups by no tag.
            Expression::Call(call) if call.name == "time" => {}
            Expression::List(list) => {
                for item in &list.items {
                    self.add_tags(item, grouping)?;
                }
            }
            // What the task gives may be a list as well.
            Expression::Identifier(identifier) if self.given.contains_key(&identifier.name) => return None,
            Expression::Identifier(identifier) => match self.variables.get(identifier.name.as_str())? {
                Expression::Identifier(_) => return None,
                value => self.add_tags(value, grouping)?,
            },
            text => grouping.tags.push(self.text(text)?),
        }
        Some(())
    }

    /// The var that the task gives this value by.
    pub(crate) fn given_var<'e>(&self, value: &'e Expression) -> Option<&'e str> {
        value.as_identifier().filter(|name| self.given.contains_key(*name))
    }

    /// The text that a value comes to, if the script and what is given say it.
    pub(crate) fn text(&self, value: &Expression) -> Option<String> {
        self.text_within(value, &mut BTreeSet::new())
    }

    fn text_within(&self, value: &Expression, followed: &mut BTreeSet<String>) -> Option<String> {
        match value {
            Expression::String(text) => Some(text.value().to_owned()),
            Expression::Identifier(identifier) => {
                let name = &identifier.name;
                if let Some(given) = self.given.get(name) {
                    return Some(given.clone());
                }
                let declared = self.variables.get(name.as_str())?;
                if !followed.insert(name.clone()) {
                    return None;
                }
                let text = self.text_within(declared, followed);
                followed.remove(name);
                text
            }
            Expression::Binary(binary) => {
                let mut whole = self.text_within(binary.first(), followed)?;
                for operation in binary.rest() {
                    if operation.operator != Operator::Plus {
                        return None;
                    }
                    whole.push_str(&self.text_within(&operation.operand, followed)?);
                }
                Some(whole)
            }
            _ => None,
        }
    }
}

fn steps_of(node: &Node) -> Vec<Step> {
    let own = Step {
        is_node: true,
        call: node.call.clone(),
    };
    let properties = node.properties.iter().map(|call| Step {
        is_node: false,
        call: call.clone(),
    });
    std::iter::once(own).chain(properties).collect()
}

/// Kapacitor does not tell `.GroupBy` and `.groupBy` apart.
fn small(call: &Call) -> Call {
    let mut letters = call.name.chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    Call {
        name: first.into_iter().chain(letters).collect(),
        ..call.clone()
    }
}
