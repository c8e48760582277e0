//! Pipes, with their commands and arguments.

use crate::go::quote::quote;
use crate::go::template::functions;
use crate::go::template::node::{Argument, Command, Operand, Pipe};
use crate::go::template::parse::lex::Kind;
use crate::go::template::parse::literal::number;
use crate::go::template::parse::parser::Parser;

impl Parser<'_> {
    pub(super) fn pipe(&mut self, context: &str, end: Kind) -> Result<Pipe, String> {
        self.skip_space();
        let mut pipe = Pipe {
            at: self.peek().at,
            variables: Vec::new(),
            assigns: false,
            commands: Vec::new(),
        };
        self.declarations(&mut pipe, context)?;
        loop {
            self.skip_space();
            let start = self.next;
            let item = self.take();
            match item.kind {
                kind if kind == end => break,
                Kind::Bool
                | Kind::CharConstant
                | Kind::Dot
                | Kind::Field
                | Kind::Identifier
                | Kind::Number
                | Kind::Nil
                | Kind::RawString
                | Kind::String
                | Kind::Variable
                | Kind::LeftParen => {
                    self.next = start;
                    let command = self.command()?;
                    pipe.commands.push(command);
                }
                _ => return Err(self.unexpected(&item, context)),
            }
        }
        if pipe.commands.is_empty() {
            return Err(self.error(&format!("missing value for {context}")));
        }
        for (stage, command) in pipe.commands.iter().enumerate().skip(1) {
            let executes = !matches!(
                command.arguments[0].kind,
                Operand::Bool(_) | Operand::Dot | Operand::Nil | Operand::Number(_) | Operand::String(..)
            );
            if !executes {
                let stage = stage + 1;
                return Err(self.error(&format!("non executable command in pipeline stage {stage}")));
            }
        }
        Ok(pipe)
    }

    /// `$a :=`, `$a =`, and `$a, $b :=` of a range.
    fn declarations(&mut self, pipe: &mut Pipe, context: &str) -> Result<(), String> {
        loop {
            self.skip_space();
            let start = self.next;
            let variable = self.take();
            if variable.kind != Kind::Variable {
                self.next = start;
                return Ok(());
            }
            let next = self.take_visible();
            let comma = next.kind == Kind::Char && next.text == ",";
            if !comma && !matches!(next.kind, Kind::Assign | Kind::Declare) {
                self.next = start;
                return Ok(());
            }
            pipe.variables.push(variable.text.to_owned());
            self.variables.push(variable.text.to_owned());
            if !comma {
                pipe.assigns = next.kind == Kind::Assign;
                return Ok(());
            }
            if context != "range" || pipe.variables.len() > 1 {
                return Err(self.error(&format!("too many declarations in {context}")));
            }
            self.skip_space();
            if !matches!(
                self.peek().kind,
                Kind::Variable | Kind::RightDelimiter | Kind::RightParen
            ) {
                return Err(self.error("range can only initialize variables"));
            }
        }
    }

    fn command(&mut self) -> Result<Command, String> {
        let mut arguments = Vec::new();
        loop {
            self.skip_space();
            if let Some(argument) = self.operand()? {
                arguments.push(argument);
            }
            let start = self.next;
            let item = self.take();
            match item.kind {
                Kind::Space => continue,
                Kind::RightDelimiter | Kind::RightParen => self.next = start,
                Kind::Pipe => {}
                _ => return Err(self.unexpected(&item, "operand")),
            }
            break;
        }
        if arguments.is_empty() {
            return Err(self.error("empty command"));
        }
        Ok(Command { arguments })
    }

    fn operand(&mut self) -> Result<Option<Argument>, String> {
        let Some(term) = self.term()? else { return Ok(None) };
        if self.peek().kind != Kind::Field {
            return Ok(Some(term));
        }
        let at = self.peek().at;
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.take().text[1..].to_owned());
        }
        let kind = match term.kind {
            Operand::Fields(first) => Operand::Fields([first, fields].concat()),
            Operand::Variable(name, first) => Operand::Variable(name, [first, fields].concat()),
            Operand::Bool(_) | Operand::String(..) | Operand::Number(_) | Operand::Nil | Operand::Dot => {
                let term = quote(&term.to_string());
                return Err(self.error(&format!("unexpected . after term {term}")));
            }
            _ => Operand::Chain(Box::new(term), fields),
        };
        Ok(Some(Argument { at, kind }))
    }

    fn term(&mut self) -> Result<Option<Argument>, String> {
        self.skip_space();
        let start = self.next;
        let item = self.take();
        let kind = match item.kind {
            Kind::Identifier => {
                if !functions::BUILT_IN.contains(&item.text) && !self.extra.contains(&item.text) {
                    return Err(self.error(&format!("function {} not defined", quote(item.text))));
                }
                Operand::Function(item.text.to_owned())
            }
            Kind::Dot => Operand::Dot,
            Kind::Nil => Operand::Nil,
            Kind::Variable => {
                if !self.variables.iter().any(|known| known == item.text) {
                    return Err(self.error(&format!("undefined variable {}", quote(item.text))));
                }
                Operand::Variable(item.text.to_owned(), Vec::new())
            }
            Kind::Field => Operand::Fields(vec![item.text[1..].to_owned()]),
            Kind::Bool => Operand::Bool(item.text == "true"),
            Kind::Number | Kind::CharConstant => {
                Operand::Number(number(item.text).map_err(|message| self.error(&message))?)
            }
            Kind::LeftParen => Operand::Pipe(Box::new(self.pipe("parenthesized pipeline", Kind::RightParen)?)),
            Kind::String => Operand::String(item.text.to_owned(), self.unquote(item.text)?),
            Kind::RawString => Operand::String(item.text.to_owned(), item.text.trim_matches('`').to_owned()),
            _ => {
                self.next = start;
                return Ok(None);
            }
        };
        Ok(Some(Argument { at: item.at, kind }))
    }
}
