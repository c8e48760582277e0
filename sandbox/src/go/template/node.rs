//! The tree of a template, and how Go shows its parts in errors.

use std::fmt;

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    Break,
    Continue,
    Template(Call),
}

/// `if`, `with` or `range`.
#[derive(Clone, Debug)]
pub struct Branch {
    pub pipe: Pipe,
    pub body: Vec<Node>,
    pub otherwise: Vec<Node>,
}

/// `{{ template "name" pipe }}`.
#[derive(Clone, Debug)]
pub struct Call {
    pub at: usize,
    pub name: String,
    pub pipe: Option<Pipe>,
}

/// Commands whose results are handed on.
#[derive(Clone, Debug)]
pub struct Pipe {
    pub at: usize,
    /// The variables that it sets, with their `$`.
    pub variables: Vec<String>,
    /// Whether it sets variables that exist.
    pub assigns: bool,
    pub commands: Vec<Command>,
}

/// A function or a value, and its arguments.
#[derive(Clone, Debug)]
pub struct Command {
    pub arguments: Vec<Argument>,
}

/// An argument, and where Go says that it is.
#[derive(Clone, Debug)]
pub struct Argument {
    pub at: usize,
    pub kind: Operand,
}

#[derive(Clone, Debug)]
pub enum Operand {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    /// As written, and what it stands for.
    String(String, String),
    /// `.A.B` of the dot.
    Fields(Vec<String>),
    /// `$x.A`.
    Variable(String, Vec<String>),
    Function(String),
    Pipe(Box<Pipe>),
    /// `(pipe).A`.
    Chain(Box<Argument>, Vec<String>),
}

/// A number as written, and its values.
#[derive(Clone, Debug)]
pub struct Number {
    pub text: String,
    pub int: Option<i64>,
    pub float: Option<f64>,
}

impl fmt::Display for Pipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let sign = if self.assigns { "=" } else { ":=" };
            write!(formatter, "{} {sign} ", self.variables.join(", "))?;
        }
        let commands: Vec<String> = self.commands.iter().map(Command::to_string).collect();
        formatter.write_str(&commands.join(" | "))
    }
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments: Vec<String> = self.arguments.iter().map(Argument::to_string).collect();
        formatter.write_str(&arguments.join(" "))
    }
}

impl fmt::Display for Argument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dotted = |fields: &[String]| fields.iter().map(|field| format!(".{field}")).collect::<String>();
        match &self.kind {
            Operand::Dot => formatter.write_str("."),
            Operand::Nil => formatter.write_str("nil"),
            Operand::Bool(value) => write!(formatter, "{value}"),
            Operand::Number(number) => formatter.write_str(&number.text),
            Operand::String(quoted, _) => formatter.write_str(quoted),
            Operand::Fields(fields) => formatter.write_str(&dotted(fields)),
            Operand::Variable(name, fields) => write!(formatter, "{name}{}", dotted(fields)),
            Operand::Function(name) => formatter.write_str(name),
            Operand::Pipe(pipe) => write!(formatter, "({pipe})"),
            Operand::Chain(inner, fields) => write!(formatter, "{inner}{}", dotted(fields)),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = crate::go::quote::quote(&self.name);
        match &self.pipe {
            Some(pipe) => write!(formatter, "{{{{template {name} {pipe}}}}}"),
            None => write!(formatter, "{{{{template {name}}}}}"),
        }
    }
}
