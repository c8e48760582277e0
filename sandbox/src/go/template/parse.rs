//! Reads a template into its tree, as Go's `text/template/parse` does, and in its words if it cannot.

use crate::go::quote::quote;
use crate::go::template::functions;
use crate::go::template::lex::{self, Item, Kind};
use crate::go::template::node::{Argument, Branch, Call, Command, Node, Number, Operand, Pipe};
use std::collections::BTreeMap;

/// A template and those that it defines.
#[derive(Clone, Debug)]
pub struct Tree {
    pub root: Vec<Node>,
    pub defined: BTreeMap<String, Vec<Node>>,
}

pub fn parse(name: &str, text: &str, extra: &[&str]) -> Result<Tree, String> {
    let mut parser = Parser {
        name,
        items: lex::items(text),
        next: 0,
        extra,
        variables: vec!["$".to_owned()],
        action_line: 0,
        ranges: 0,
        defined: BTreeMap::new(),
    };
    let mut root = Vec::new();
    while parser.peek().kind != Kind::End {
        if parser.define()? {
            continue;
        }
        match parser.part()? {
            Part::Node(node) => root.push(node),
            Part::End => return Err(parser.error("unexpected {{end}}")),
            Part::Else => return Err(parser.error("unexpected {{else}}")),
        }
    }
    Ok(Tree {
        root,
        defined: parser.defined,
    })
}

struct Parser<'a> {
    name: &'a str,
    items: Vec<Item<'a>>,
    next: usize,
    extra: &'a [&'a str],
    variables: Vec<String>,
    /// The line of the action that is read; 0 outside of one.
    action_line: usize,
    ranges: usize,
    defined: BTreeMap<String, Vec<Node>>,
}

enum Part {
    Node(Node),
    End,
    Else,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> &Item<'a> {
        &self.items[self.next.min(self.items.len() - 1)]
    }

    fn take(&mut self) -> Item<'a> {
        let item = self.peek().clone();
        self.next += 1;
        item
    }

    fn skip_space(&mut self) {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
    }

    fn take_visible(&mut self) -> Item<'a> {
        self.skip_space();
        self.take()
    }

    /// The line is that of the item that was read last, or is looked at.
    fn error(&self, message: &str) -> String {
        let last = self.next.saturating_sub(1).min(self.items.len() - 1);
        format!("template: {}:{}: {message}", self.name, self.items[last].line)
    }

    fn unexpected(&self, item: &Item, context: &str) -> String {
        let shown = match item.kind {
            Kind::Error => {
                let started = match self.action_line {
                    0 => String::new(),
                    line if line == item.line => String::new(),
                    line if item.message.ends_with(" action") => format!(" started at {}:{line}", self.name),
                    line => format!(" in action started at {}:{line}", self.name),
                };
                return format!("template: {}:{}: {}{started}", self.name, item.line, item.message);
            }
            Kind::End => "EOF".to_owned(),
            Kind::Keyword => format!("<{}>", item.text),
            _ if item.text.chars().count() > 10 => {
                let beginning: String = item.text.chars().take(10).collect();
                format!("{}...", quote(&beginning))
            }
            _ => quote(item.text),
        };
        self.error(&format!("unexpected {shown} in {context}"))
    }

    fn expect_right(&mut self, context: &str) -> Result<(), String> {
        let item = self.take_visible();
        if item.kind == Kind::RightDelimiter {
            return Ok(());
        }
        Err(self.unexpected(&item, context))
    }

    /// Reads a definition, if one is next.
    fn define(&mut self) -> Result<bool, String> {
        let start = self.next;
        let opens = self.take().kind == Kind::LeftDelimiter;
        let word = self.take_visible();
        if !opens || word.kind != Kind::Keyword || word.text != "define" {
            self.next = start;
            return Ok(false);
        }
        let name = self.template_name("define clause")?;
        self.expect_right("define clause")?;
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let (body, ended) = self.list()?;
        self.variables = variables;
        if !ended {
            return Err(self.error("unexpected {{else}} in define clause"));
        }
        self.defined.insert(name, body);
        Ok(true)
    }

    fn template_name(&mut self, context: &str) -> Result<String, String> {
        let item = self.take_visible();
        match item.kind {
            Kind::String => self.unquote(item.text),
            Kind::RawString => Ok(item.text.trim_matches('`').to_owned()),
            _ => Err(self.unexpected(&item, context)),
        }
    }

    /// Reads until `end` or `else`; says whether it was `end`.
    fn list(&mut self) -> Result<(Vec<Node>, bool), String> {
        let mut nodes = Vec::new();
        loop {
            self.skip_space();
            if self.peek().kind == Kind::End {
                self.next += 1;
                return Err(self.error("unexpected EOF"));
            }
            match self.part()? {
                Part::Node(node) => nodes.push(node),
                Part::End => return Ok((nodes, true)),
                Part::Else => return Ok((nodes, false)),
            }
        }
    }

    fn part(&mut self) -> Result<Part, String> {
        let item = self.take_visible();
        match item.kind {
            Kind::Text => Ok(Part::Node(Node::Text(item.text.to_owned()))),
            Kind::LeftDelimiter => {
                self.action_line = item.line;
                let part = self.action();
                self.action_line = 0;
                part
            }
            _ => Err(self.unexpected(&item, "input")),
        }
    }

    fn action(&mut self) -> Result<Part, String> {
        self.skip_space();
        let start = self.next;
        let item = self.take();
        if item.kind != Kind::Keyword {
            self.next = start;
            return Ok(Part::Node(Node::Action(self.pipe("command", Kind::RightDelimiter)?)));
        }
        Ok(Part::Node(match item.text {
            "end" => {
                self.expect_right("end")?;
                return Ok(Part::End);
            }
            "else" => {
                self.skip_space();
                let item = self.peek();
                if !(item.kind == Kind::Keyword && matches!(item.text, "if" | "with")) {
                    self.expect_right("else")?;
                }
                return Ok(Part::Else);
            }
            "if" => Node::If(self.branch("if")?),
            "with" => Node::With(self.branch("with")?),
            "range" => Node::Range(self.branch("range")?),
            "break" | "continue" => {
                let shown = format!("{{{{{}}}}}", item.text);
                self.expect_right(&shown)?;
                if self.ranges == 0 {
                    return Err(self.error(&format!("{shown} outside {{{{range}}}}")));
                }
                if item.text == "break" {
                    Node::Break
                } else {
                    Node::Continue
                }
            }
            "template" => self.call()?,
            "block" => self.block()?,
            _ => return Err(self.unexpected(&item, "command")),
        }))
    }

    fn call(&mut self) -> Result<Node, String> {
        self.skip_space();
        let at = self.peek().at;
        let name = self.template_name("template clause")?;
        self.skip_space();
        let pipe = if self.peek().kind == Kind::RightDelimiter {
            self.next += 1;
            None
        } else {
            Some(self.pipe("template clause", Kind::RightDelimiter)?)
        };
        Ok(Node::Template(Call { at, name, pipe }))
    }

    fn block(&mut self) -> Result<Node, String> {
        self.skip_space();
        let at = self.peek().at;
        let name = self.template_name("block clause")?;
        let pipe = Some(self.pipe("block clause", Kind::RightDelimiter)?);
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let (body, ended) = self.list()?;
        self.variables = variables;
        if !ended {
            return Err(self.error("unexpected {{else}} in block clause"));
        }
        self.defined.insert(name.clone(), body);
        Ok(Node::Template(Call { at, name, pipe }))
    }

    fn branch(&mut self, context: &str) -> Result<Branch, String> {
        let scope = self.variables.len();
        let pipe = self.pipe(context, Kind::RightDelimiter)?;
        let in_range = usize::from(context == "range");
        self.ranges += in_range;
        let (body, ended) = self.list()?;
        self.ranges -= in_range;
        let mut otherwise = Vec::new();
        if !ended {
            let item = self.peek();
            let chained = item.kind == Kind::Keyword && item.text == context && context != "range";
            if chained {
                self.next += 1;
                let branch = self.branch(context)?;
                otherwise.push(if context == "if" {
                    Node::If(branch)
                } else {
                    Node::With(branch)
                });
            } else {
                let ended;
                (otherwise, ended) = self.list()?;
                if !ended {
                    return Err(self.error("expected end; found {{else}}"));
                }
            }
        }
        self.variables.truncate(scope);
        Ok(Branch { pipe, body, otherwise })
    }

    fn pipe(&mut self, context: &str, end: Kind) -> Result<Pipe, String> {
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

    /// Go's error has no place.
    fn unquote(&self, quoted: &str) -> Result<String, String> {
        unquote(&quoted[1..quoted.len() - 1]).ok_or_else(|| "invalid syntax".to_owned())
    }
}

/// The number that a text stands for, or what Go says of it.
fn number(text: &str) -> Result<Number, String> {
    let value = |int: Option<i64>, float: Option<f64>| Number {
        text: text.to_owned(),
        int,
        float,
    };
    if let Some(inner) = text.strip_prefix('\'') {
        let inner = inner.strip_suffix('\'').and_then(unquote);
        let mut letters = inner.as_deref().unwrap_or_default().chars();
        return match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(value(Some(i64::from(letter as u32)), Some(f64::from(letter as u32)))),
            _ => Err(format!("malformed character constant: {text}")),
        };
    }
    let plain = text.replace('_', "");
    let unsigned = plain.trim_start_matches(['+', '-']);
    let sign = if plain.starts_with('-') { -1 } else { 1 };
    let based = |digits: &str, base: u32| i64::from_str_radix(digits, base).ok();
    let int = match unsigned.get(..2).map(str::to_lowercase).as_deref() {
        Some("0x") => based(&unsigned[2..], 16),
        Some("0o") => based(&unsigned[2..], 8),
        Some("0b") => based(&unsigned[2..], 2),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => based(&unsigned[1..], 8),
        _ => based(unsigned, 10),
    };
    if let Some(int) = int.map(|int| int * sign) {
        return Ok(value(Some(int), Some(int as f64)));
    }
    let float = unsigned.parse::<f64>().ok().map(|float| float * sign as f64);
    match float {
        Some(_) if unsigned.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("integer overflow: {}", quote(text)))
        }
        Some(float) => {
            // A float that is whole may stand for an integer too, where one is wanted.
            let int = Some(float as i64).filter(|int| *int as f64 == float);
            Ok(value(int, Some(float)))
        }
        None => Err(format!("illegal number syntax: {}", quote(text))),
    }
}

/// The text between Go's quotes.
fn unquote(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let hex = |letters: &mut std::str::Chars, count: usize| {
            let digits: String = letters.by_ref().take(count).collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
        };
        plain.push(match letters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'x' => hex(&mut letters, 2)?,
            'u' => hex(&mut letters, 4)?,
            'U' => hex(&mut letters, 8)?,
            same @ ('\\' | '"' | '\'') => same,
            _ => return None,
        });
    }
    Some(plain)
}
