//! Prints a tree as Kapacitor does.

mod expression;

use std::fmt;

use super::ast::{Comment, Dbrp, Expression, Program, Statement, TypedVariable, Variable};

/// Columns by which each level is indented.
const STEP: usize = 4;

pub(super) struct Printer<'a, W> {
    out: &'a mut W,
}

impl<'a, W: fmt::Write> Printer<'a, W> {
    pub(super) fn new(out: &'a mut W) -> Self {
        Self { out }
    }

    /// Each statement and trailing comment ends its line; an empty line stands between two of them.
    pub(super) fn program(&mut self, program: &Program) -> fmt::Result {
        let mut separator = "";
        for statement in &program.statements {
            self.text(separator)?;
            self.statement(statement)?;
            self.text("\n")?;
            separator = "\n";
        }
        for comment in &program.trailing {
            self.text(separator)?;
            self.comment(comment, Place::fresh(0))?;
            self.text("\n")?;
            separator = "\n";
        }
        Ok(())
    }

    pub(super) fn lone_expression(&mut self, expression: &Expression) -> fmt::Result {
        self.expression(expression, Place::within(0))
    }

    fn statement(&mut self, statement: &Statement) -> fmt::Result {
        match statement {
            Statement::Variable(variable) => self.variable(variable),
            Statement::TypedVariable(variable) => self.typed_variable(variable),
            Statement::Dbrp(dbrp) => self.dbrp(dbrp),
            Statement::Expression(expression) => self.expression(expression, Place::fresh(0)),
        }
    }

    fn variable(&mut self, variable: &Variable) -> fmt::Result {
        self.leading(&variable.comment)?;
        self.text("var ")?;
        self.identifier(&variable.name, Place::within(0))?;
        self.text(" = ")?;
        self.expression(&variable.value, Place::within(0))
    }

    fn typed_variable(&mut self, variable: &TypedVariable) -> fmt::Result {
        self.leading(&variable.comment)?;
        self.text("var ")?;
        self.identifier(&variable.name, Place::within(0))?;
        self.text(" ")?;
        self.identifier(&variable.kind, Place::within(0))
    }

    /// Kapacitor does not escape quotes here.
    fn dbrp(&mut self, dbrp: &Dbrp) -> fmt::Result {
        self.leading(&dbrp.comment)?;
        write!(self.out, "dbrp \"{}\".\"{}\"", dbrp.database, dbrp.retention_policy)
    }

    fn leading(&mut self, comment: &Option<Comment>) -> fmt::Result {
        match comment {
            Some(comment) => self.comment(comment, Place::fresh(0)),
            None => Ok(()),
        }
    }

    fn comment(&mut self, comment: &Comment, place: Place) -> fmt::Result {
        if !place.on_new_line {
            self.text("\n")?;
        }
        for (index, block) in comment.blocks.iter().enumerate() {
            if index > 0 {
                self.text("\n")?;
            }
            for line in block {
                let space = if line.is_empty() { "" } else { " " };
                self.indent(place.indent)?;
                writeln!(self.out, "//{space}{line}")?;
            }
        }
        Ok(())
    }

    /// What every part of an expression begins with: its comment, and the indentation of a line that it begins.
    fn begin(&mut self, comment: &Option<Comment>, place: Place) -> fmt::Result {
        let mut on_new_line = place.on_new_line;
        if let Some(comment) = comment {
            self.comment(comment, place)?;
            on_new_line = true;
        }
        if on_new_line {
            self.indent(place.indent)?;
        }
        Ok(())
    }

    fn indent(&mut self, columns: usize) -> fmt::Result {
        write!(self.out, "{:columns$}", "")
    }

    fn text(&mut self, text: &str) -> fmt::Result {
        self.out.write_str(text)
    }
}

/// Where something is printed.
#[derive(Clone, Copy)]
struct Place {
    /// Columns by which its lines are indented.
    indent: usize,
    /// Whether it begins a line.
    on_new_line: bool,
}

impl Place {
    /// At the beginning of a line.
    fn fresh(indent: usize) -> Self {
        Self {
            indent,
            on_new_line: true,
        }
    }

    /// Behind something else on the same line.
    fn within(indent: usize) -> Self {
        Self {
            indent,
            on_new_line: false,
        }
    }
}
