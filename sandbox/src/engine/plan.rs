//! What a script makes: nodes with their arguments and properties, and the names that it declares.

use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;

/// A value that is known before any point arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum Const {
    Float(f64),
    Int(i64),
    Duration(i64),
    Bool(bool),
    String(String),
    Regex(String),
    Star,
    List(Vec<Const>),
    Lambda(Expression),
    /// A field or tag, which has no value before a point arrives.
    Reference(String),
    /// A node by its place.
    Node(usize),
}

impl Const {
    /// The type as Kapacitor names it in errors about variables.
    pub fn type_name(&self) -> &'static str {
        match self {
            Const::Float(_) => "float",
            Const::Int(_) => "int",
            Const::Duration(_) => "duration",
            Const::Bool(_) => "bool",
            Const::String(_) => "string",
            Const::Regex(_) => "regex",
            Const::Star => "star",
            Const::List(_) => "list",
            Const::Lambda(_) => "lambda",
            Const::Reference(_) => "reference",
            Const::Node(_) => "node",
        }
    }

    /// The type as Go names it.
    pub fn go_type(&self) -> &'static str {
        match self {
            Const::Float(_) => "float64",
            Const::Int(_) => "int64",
            Const::Duration(_) => "time.Duration",
            Const::Bool(_) => "bool",
            Const::String(_) => "string",
            Const::Regex(_) => "*regexp.Regexp",
            Const::Star => "*ast.StarNode",
            Const::List(_) => "[]interface {}",
            Const::Lambda(_) => "*ast.LambdaNode",
            Const::Reference(_) => "*ast.ReferenceNode",
            Const::Node(_) => "pipeline.Node",
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Const::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_duration(&self) -> Option<i64> {
        match self {
            Const::Duration(nanos) => Some(*nanos),
            _ => None,
        }
    }

    pub fn as_float(&self) -> Option<f64> {
        match self {
            Const::Float(value) => Some(*value),
            Const::Int(value) => Some(*value as f64),
            _ => None,
        }
    }
}

/// The names of a script and their values.
pub type Scope = BTreeMap<String, Const>;

/// A property of a node: `.name(arguments)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    pub name: String,
    pub arguments: Vec<Const>,
}

impl Property {
    pub fn first_str(&self) -> &str {
        self.arguments.first().and_then(Const::as_str).unwrap_or_default()
    }
}

/// A node: `|function(arguments)` and its properties.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePlan {
    pub function: String,
    pub arguments: Vec<Const>,
    pub properties: Vec<Property>,
    pub parents: Vec<usize>,
}

impl NodePlan {
    pub fn new(function: &str, arguments: Vec<Const>, parents: Vec<usize>) -> NodePlan {
        NodePlan {
            function: function.to_owned(),
            arguments,
            properties: Vec::new(),
            parents,
        }
    }

    /// The last property of that name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().rev().find(|property| property.name == name)
    }

    /// The text of a property.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.property(name)?.arguments.first()?.as_str()
    }
}

/// A script, ready to run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In the order in which the script makes them, which numbers them.
    pub nodes: Vec<NodePlan>,
    pub scope: Scope,
}

impl Plan {
    /// The name of a node, e.g. `alert3` or `influxdb_out5`.
    pub fn name(&self, place: usize) -> String {
        let function = self.nodes.get(place).map_or("", |node| node.function.as_str());
        let base = match function {
            "influxDBOut" => "influxdb_out".to_owned(),
            other => other.chars().fold(String::new(), |mut snake, letter| {
                if letter.is_uppercase() {
                    snake.push('_');
                }
                snake.extend(letter.to_lowercase());
                snake
            }),
        };
        format!("{base}{place}")
    }

    pub fn edges(&self) -> Vec<(usize, usize)> {
        let mut edges: Vec<(usize, usize)> = Vec::new();
        for (child, node) in self.nodes.iter().enumerate() {
            edges.extend(node.parents.iter().map(|parent| (*parent, child)));
        }
        edges.sort_unstable();
        edges
    }
}
