//! A script as steps: variables, and pipelines of nodes with their properties, each of which knows its place.

use std::collections::BTreeMap;

use super::error::{Reason, Refusal};
use crate::tickscript::ast::{Call, Chain, ChainOperator, Expression, Lambda, Member, Program, Statement};
use crate::tickscript::{link_positions, Position};

/// A statement.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The name that it declares.
    pub variable: Option<String>,
    pub value: StepValue,
}

#[derive(Debug, Clone)]
pub(super) enum StepValue {
    Plain(Expression),
    Pipeline(Pipeline),
    /// A declaration without a value.
    Missing,
}

/// A chain of nodes that begins with `stream`, `batch` or a variable.
#[derive(Debug, Clone)]
pub(super) struct Pipeline {
    pub head: String,
    pub nodes: Vec<Node>,
}

/// A node with its properties.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub name: String,
    /// Whether a user defined the function.
    pub user_defined: bool,
    pub arguments: Vec<Argument>,
    pub properties: Vec<Call>,
    pub place: Option<Position>,
}

/// What a node takes: a value, or another pipeline.
#[derive(Debug, Clone)]
pub(super) enum Argument {
    Value(Expression),
    Pipeline(Pipeline),
}

/// The steps of a script, and the databases that it declares.
pub(super) struct Steps {
    pub steps: Vec<Step>,
    pub databases: Vec<(String, String)>,
}

/// The literal values of a script's variables.
pub(super) type Variables = BTreeMap<String, Expression>;

impl Node {
    /// A node that the copy adds.
    pub(super) fn added(name: &str, arguments: Vec<Expression>) -> Node {
        Node {
            name: name.to_owned(),
            user_defined: false,
            arguments: arguments.into_iter().map(Argument::Value).collect(),
            properties: Vec::new(),
            place: None,
        }
    }

    /// The same node with one more property.
    pub(super) fn with(mut self, name: &str, arguments: Vec<Expression>) -> Node {
        self.properties.push(Call::new(name, arguments));
        self
    }

    pub(super) fn is_alert(&self) -> bool {
        self.name == "alert" && !self.user_defined
    }

    /// The last property of that name.
    pub(super) fn property(&self, name: &str) -> Option<&Call> {
        self.properties.iter().rev().find(|property| property.name == name)
    }

    pub(super) fn refuse(&self, reason: Reason) -> Refusal {
        let sign = if self.user_defined { '@' } else { '|' };
        Refusal {
            what: format!("{sign}{}", self.name),
            place: self.place,
            reason,
        }
    }

    /// The values that it takes, other pipelines left out, and those of its properties.
    pub(super) fn values(&self) -> impl Iterator<Item = &Expression> {
        let arguments = self.arguments.iter().filter_map(|argument| match argument {
            Argument::Value(value) => Some(value),
            Argument::Pipeline(_) => None,
        });
        arguments.chain(self.properties.iter().flat_map(|property| &property.arguments))
    }
}

impl Pipeline {
    /// All nodes, those of pipelines that others take included.
    pub(super) fn all_nodes(&self) -> Vec<&Node> {
        let mut all = Vec::new();
        for node in &self.nodes {
            all.push(node);
            for argument in &node.arguments {
                if let Argument::Pipeline(inner) = argument {
                    all.extend(inner.all_nodes());
                }
            }
        }
        all
    }

    /// The heads of this pipeline and of those in it.
    pub(super) fn heads(&self) -> Vec<&str> {
        let inner = self.nodes.iter().flat_map(|node| &node.arguments);
        let inner = inner.filter_map(|argument| match argument {
            Argument::Pipeline(inner) => Some(inner.heads()),
            Argument::Value(_) => None,
        });
        std::iter::once(self.head.as_str()).chain(inner.flatten()).collect()
    }

    pub(super) fn chain(&self) -> Chain {
        let mut chain = Chain::new(self.head.clone());
        for node in &self.nodes {
            let arguments = node.arguments.iter().map(|argument| match argument {
                Argument::Value(value) => value.clone(),
                Argument::Pipeline(inner) => inner.expression(),
            });
            chain = chain.pipe(node.name.clone(), arguments.collect());
            for property in &node.properties {
                chain = chain.dot(property.name.clone(), property.arguments.clone());
            }
        }
        chain
    }

    fn expression(&self) -> Expression {
        if self.nodes.is_empty() {
            return crate::tickscript::ast::Identifier::new(self.head.clone()).into();
        }
        self.chain().into()
    }
}

/// Takes a script apart.
pub(super) fn steps(script: &str, program: &Program) -> Result<Steps, Refusal> {
    let mut reader = Reader {
        places: link_positions(script),
        next: 0,
    };
    let mut found = Steps {
        steps: Vec::new(),
        databases: Vec::new(),
    };
    for statement in &program.statements {
        let (variable, value) = match statement {
            Statement::Dbrp(dbrp) => {
                found
                    .databases
                    .push((dbrp.database.clone(), dbrp.retention_policy.clone()));
                continue;
            }
            Statement::TypedVariable(variable) => (Some(variable.name.name.clone()), StepValue::Missing),
            Statement::Variable(variable) => (Some(variable.name.name.clone()), reader.value(&variable.value)?),
            Statement::Expression(value) => (None, reader.value(value)?),
        };
        found.steps.push(Step { variable, value });
    }
    Ok(found)
}

/// The values of the variables that are no pipelines.
pub(super) fn variables(steps: &[Step]) -> Variables {
    let values = steps.iter().filter_map(|step| match (&step.variable, &step.value) {
        (Some(name), StepValue::Plain(value)) => Some((name.clone(), value.clone())),
        _ => None,
    });
    values.collect()
}

/// The value itself, or that of the variable that it names.
pub(super) fn resolved<'a>(value: &'a Expression, variables: &'a Variables) -> &'a Expression {
    let mut value = value;
    // A script cannot use a variable before its declaration, so that this ends; a broken one may.
    for _ in 0..=variables.len() {
        match value.as_identifier().and_then(|name| variables.get(name)) {
            Some(named) => value = named,
            None => break,
        }
    }
    value
}

/// Kapacitor does not tell `.Post` and `.post` apart.
pub(super) fn small_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}

struct Reader {
    places: Vec<Position>,
    /// How many links have been seen.
    next: usize,
}

impl Reader {
    fn value(&mut self, value: &Expression) -> Result<StepValue, Refusal> {
        Ok(match value {
            Expression::Chain(chain) => StepValue::Pipeline(self.pipeline(chain)?),
            other => StepValue::Plain(bare(other)),
        })
    }

    fn pipeline(&mut self, chain: &Chain) -> Result<Pipeline, Refusal> {
        let head = match &chain.head {
            Member::Identifier(name) => name.name.clone(),
            Member::Call(call) => return Err(self.refuse(&format!("{}()", call.name), None, Reason::Unknown)),
        };
        let mut pipeline = Pipeline {
            head,
            nodes: Vec::new(),
        };
        for link in &chain.links {
            let place = self.places.get(self.next).copied();
            self.next += 1;
            let name = small_first(link.member.name());
            let Some(call) = link.member.call() else {
                return Err(self.refuse(&name, place, Reason::Unknown));
            };
            let arguments = self.arguments(call)?;
            match (link.operator, pipeline.nodes.last_mut()) {
                (ChainOperator::Dot, Some(node)) => {
                    let arguments = arguments.into_iter().filter_map(|argument| match argument {
                        Argument::Value(value) => Some(value),
                        Argument::Pipeline(_) => None,
                    });
                    node.properties.push(Call::new(name, arguments.collect()));
                }
                (ChainOperator::Dot, None) => {
                    return Err(self.refuse(&format!(".{name}"), place, Reason::PropertyOfVariable))
                }
                (operator, _) => pipeline.nodes.push(Node {
                    name,
                    user_defined: operator == ChainOperator::At,
                    arguments,
                    properties: Vec::new(),
                    place,
                }),
            }
        }
        Ok(pipeline)
    }

    fn arguments(&mut self, call: &Call) -> Result<Vec<Argument>, Refusal> {
        let arguments = call.arguments.iter().map(|argument| match argument {
            Expression::Chain(chain) => self.pipeline(chain).map(Argument::Pipeline),
            other => Ok(Argument::Value(bare(other))),
        });
        arguments.collect()
    }

    fn refuse(&self, what: &str, place: Option<Position>, reason: Reason) -> Refusal {
        Refusal {
            what: what.to_owned(),
            place,
            reason,
        }
    }
}

/// The expression without its comments.
fn bare(value: &Expression) -> Expression {
    use crate::tickscript::ast::Comment;
    struct Comments;
    impl crate::tickscript::VisitMut for Comments {
        fn comment(&mut self, comment: &mut Option<Comment>) {
            *comment = None;
        }
    }
    let mut program = Program {
        statements: vec![Statement::from(value.clone())],
        trailing: Vec::new(),
    };
    program.visit_mut(&mut Comments);
    match program.statements.pop() {
        Some(Statement::Expression(value)) => value,
        _ => value.clone(),
    }
}

/// `lambda: TRUE`
pub(super) fn always() -> Expression {
    Lambda::new(true).into()
}
