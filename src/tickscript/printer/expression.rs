//! Expressions.

use std::fmt;

use super::{Place, Printer, STEP};
use crate::tickscript::ast::{
    Binary, Call, Chain, ChainOperator, Expression, Identifier, Lambda, List, Member, Number, Quotes, Reference,
    StringLiteral, Unary,
};

impl<W: fmt::Write> Printer<'_, W> {
    pub(super) fn expression(&mut self, expression: &Expression, place: Place) -> fmt::Result {
        match expression {
            Expression::Number(number) => {
                self.begin(&number.comment, place)?;
                self.number(number.value())
            }
            Expression::Duration(duration) => {
                self.begin(&duration.comment, place)?;
                self.text(duration.literal())
            }
            Expression::Bool(value) => {
                self.begin(&value.comment, place)?;
                self.text(if value.value { "TRUE" } else { "FALSE" })
            }
            Expression::String(string) => {
                self.begin(&string.comment, place)?;
                self.string(string)
            }
            Expression::Regex(regex) => {
                self.begin(&regex.comment, place)?;
                write!(self.out, "/{}/", regex.literal())
            }
            Expression::Star(star) => {
                self.begin(&star.comment, place)?;
                self.text("*")
            }
            Expression::Reference(reference) => self.reference(reference, place),
            Expression::Identifier(identifier) => self.identifier(identifier, place),
            Expression::List(list) => self.list(list, place),
            Expression::Call(call) => self.call(call, place),
            Expression::Unary(unary) => self.unary(unary, place),
            Expression::Binary(binary) => self.binary(binary, place),
            Expression::Lambda(lambda) => self.lambda(lambda, place),
            Expression::Chain(chain) => self.chain(chain, place),
        }
    }

    pub(super) fn identifier(&mut self, identifier: &Identifier, place: Place) -> fmt::Result {
        self.begin(&identifier.comment, place)?;
        self.text(&identifier.name)
    }

    /// The shortest digits that mean the number, never with an exponent.
    fn number(&mut self, number: Number) -> fmt::Result {
        match number {
            Number::Integer(value) => write!(self.out, "{value}"),
            Number::Octal(value) => write!(self.out, "0{value:o}"),
            Number::Float(value) if value.fract() == 0.0 => write!(self.out, "{value}.0"),
            Number::Float(value) => write!(self.out, "{value}"),
        }
    }

    fn string(&mut self, string: &StringLiteral) -> fmt::Result {
        match string.quotes() {
            Quotes::Single => write!(self.out, "'{}'", string.value().replace('\'', "\\'")),
            Quotes::Triple => write!(self.out, "'''{}'''", string.value()),
        }
    }

    fn reference(&mut self, reference: &Reference, place: Place) -> fmt::Result {
        self.begin(&reference.comment, place)?;
        write!(self.out, "\"{}\"", reference.name().replace('"', "\\\""))
    }

    /// Its items think that they are on a new line whenever the list is, and Kapacitor indents each.
    fn list(&mut self, list: &List, place: Place) -> fmt::Result {
        self.begin(&list.comment, place)?;
        let on_new_line = place.on_new_line || list.comment.is_some();
        self.text("[")?;
        for (index, item) in list.items.iter().enumerate() {
            if index > 0 {
                self.text(", ")?;
            }
            self.expression(item, Place { on_new_line, ..place })?;
        }
        self.text("]")
    }

    fn call(&mut self, call: &Call, place: Place) -> fmt::Result {
        self.begin(&call.comment, place)?;
        self.text(&call.name)?;
        self.text("(")?;
        let argument = Place {
            indent: place.indent + STEP,
            on_new_line: call.multi_line,
        };
        for (index, value) in call.arguments.iter().enumerate() {
            match (index, call.multi_line) {
                (0, true) => self.text("\n")?,
                (0, false) => {}
                (_, true) => self.text(",\n")?,
                (_, false) => self.text(", ")?,
            }
            self.expression(value, argument)?;
        }
        if call.multi_line && !call.arguments.is_empty() {
            self.text("\n")?;
            self.indent(place.indent)?;
        }
        self.text(")")
    }

    fn unary(&mut self, unary: &Unary, place: Place) -> fmt::Result {
        self.begin(&unary.comment, place)?;
        self.text(unary.operator.symbol())?;
        self.expression(&unary.operand, Place::within(place.indent))
    }

    /// The comments of all operators stand before the first operand, the last operator's first.
    fn binary(&mut self, binary: &Binary, place: Place) -> fmt::Result {
        let mut place = place;
        for (inner, operation) in binary.rest().iter().rev().enumerate() {
            self.begin(&operation.comment, place)?;
            place.on_new_line = false;
            if inner == 0 && binary.is_parenthesised() {
                self.text("(")?;
                place.indent += STEP;
            }
        }
        self.expression(binary.first(), Place::within(place.indent))?;
        for operation in binary.rest() {
            self.text(" ")?;
            self.text(operation.operator.symbol())?;
            self.text(if operation.multi_line { "\n" } else { " " })?;
            self.expression(
                &operation.operand,
                Place {
                    on_new_line: operation.multi_line,
                    ..place
                },
            )?;
        }
        self.text(if binary.is_parenthesised() { ")" } else { "" })
    }

    fn lambda(&mut self, lambda: &Lambda, place: Place) -> fmt::Result {
        self.begin(&lambda.comment, place)?;
        self.text("lambda: ")?;
        self.expression(&lambda.expression, Place::within(place.indent))
    }

    /// Each link has a line of its own; what sets a property of a node is indented behind the node.
    fn chain(&mut self, chain: &Chain, place: Place) -> fmt::Result {
        self.member(&chain.head, place)?;
        for link in &chain.links {
            let indent = match link.operator {
                ChainOperator::Pipe | ChainOperator::At => place.indent + STEP,
                ChainOperator::Dot => place.indent + 2 * STEP,
            };
            self.text("\n")?;
            self.begin(&link.comment, Place::fresh(indent))?;
            self.text(link.operator.symbol())?;
            self.member(&link.member, Place::within(indent))?;
        }
        Ok(())
    }

    fn member(&mut self, member: &Member, place: Place) -> fmt::Result {
        match member {
            Member::Identifier(identifier) => self.identifier(identifier, place),
            Member::Call(call) => self.call(call, place),
        }
    }
}
