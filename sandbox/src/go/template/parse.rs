//! Reads a template into nodes.

use crate::go::quote::quote;

/// A part of a template.
#[derive(Clone, Debug)]
pub enum Node {
    Text(String),
    Action {
        declares: Vec<String>,
        pipeline: Pipeline,
    },
    If {
        branches: Vec<(Pipeline, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    With {
        declares: Vec<String>,
        pipeline: Pipeline,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Range {
        declares: Vec<String>,
        pipeline: Pipeline,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
}

/// Commands whose results are handed on.
#[derive(Clone, Debug)]
pub struct Pipeline {
    pub commands: Vec<Command>,
}

/// One command: a function or a value, and its arguments.
#[derive(Clone, Debug)]
pub struct Command {
    pub arguments: Vec<Argument>,
    /// As written, for errors.
    pub source: String,
    /// Line and column, for errors.
    pub place: (usize, usize),
}

#[derive(Clone, Debug)]
pub enum Argument {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    /// `.A.B` of the dot.
    Fields(Vec<String>),
    /// `$x.A`.
    Variable(String, Vec<String>),
    Function(String),
    /// `(pipeline).A`.
    Nested(Pipeline, Vec<String>),
}

const BUILT_IN: [&str; 18] = [
    "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "eq", "ne",
    "lt", "le", "gt", "ge",
];

pub fn parse(name: &str, text: &str, extra: &[&str]) -> Result<Vec<Node>, String> {
    let mut parser = Parser {
        name,
        text,
        at: 0,
        extra,
        variables: vec!["$".to_owned()],
        trim_next: false,
    };
    let (nodes, ended_by) = parser.list()?;
    match ended_by {
        None => Ok(nodes),
        Some(keyword) => Err(parser.error(&format!("unexpected {{{{{keyword}}}}}"))),
    }
}

struct Parser<'a> {
    name: &'a str,
    text: &'a str,
    at: usize,
    extra: &'a [&'a str],
    variables: Vec<String>,
    trim_next: bool,
}

/// The inside of an action, and where it begins.
struct Inside<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Parser<'a> {
    fn error(&self, message: &str) -> String {
        let line = 1 + self.text[..self.at].matches('\n').count();
        format!("template: {}:{line}: {message}", self.name)
    }

    /// Reads until `end`, `else` or the end of the text; says which keyword ended it (with what follows it).
    fn list(&mut self) -> Result<(Vec<Node>, Option<String>), String> {
        let mut nodes = Vec::new();
        loop {
            let rest = &self.text[self.at..];
            let open = rest.find("{{").unwrap_or(rest.len());
            let mut literal = &rest[..open];
            if std::mem::take(&mut self.trim_next) {
                literal = literal.trim_start();
            }
            if rest[open..].starts_with("{{- ") || rest[open..].starts_with("{{-\n") {
                literal = literal.trim_end();
            }
            if !literal.is_empty() {
                nodes.push(Node::Text(literal.to_owned()));
            }
            self.at += open;
            if open == rest.len() {
                return Ok((nodes, None));
            }
            let inside = self.inside()?;
            if inside.text.starts_with("/*") {
                continue;
            }
            let (keyword, rest) = split_word(inside.text);
            match keyword {
                "end" | "else" => return Ok((nodes, Some(inside.text.to_owned()))),
                "if" => nodes.push(self.branch_if(&offset(&inside, rest))?),
                "with" => nodes.push(self.block(&offset(&inside, rest), true)?),
                "range" => nodes.push(self.block(&offset(&inside, rest), false)?),
                "define" | "template" | "block" | "break" | "continue" => {
                    return Err(self.error(&format!("the sandbox does not know {{{{{keyword}}}}}")))
                }
                _ => {
                    let (declares, pipeline) = self.declaration(&inside)?;
                    nodes.push(Node::Action { declares, pipeline });
                }
            }
        }
    }

    /// Steps over an action and returns its inside, trimmed.
    fn inside(&mut self) -> Result<Inside<'a>, String> {
        let mut start = self.at + 2;
        if self.text[start..].starts_with("- ") || self.text[start..].starts_with("-\n") {
            start += 1;
        }
        let close = self.closing(start)?;
        let mut text = &self.text[start..close];
        if text.ends_with(" -") {
            text = &text[..text.len() - 1];
            self.trim_next = true;
        }
        self.at = close + 2;
        let trimmed = text.trim_start();
        Ok(Inside {
            text: trimmed.trim_end(),
            start: start + (text.len() - trimmed.len()),
        })
    }

    /// Where the action's `}}` is, outside of strings.
    fn closing(&self, start: usize) -> Result<usize, String> {
        if self.text[start..].trim_start().starts_with("/*") {
            let end = self.text[start..]
                .find("*/")
                .ok_or_else(|| self.error("unclosed comment"))?;
            let close = self.text[start + end..]
                .find("}}")
                .ok_or_else(|| self.error("comment ends before closing delimiter"))?;
            return Ok(start + end + close);
        }
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut quoted: Option<u8> = None;
        while at < bytes.len() {
            match (quoted, bytes[at]) {
                (Some(b'"'), b'\\') => at += 1,
                (Some(end), byte) if byte == end => quoted = None,
                (Some(b'"'), b'\n') => return Err(self.error("unterminated quoted string")),
                (None, quote @ (b'"' | b'`')) => quoted = Some(quote),
                (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Ok(at),
                (None, b'\n') => {}
                _ => {}
            }
            at += 1;
        }
        Err(self.error(if quoted.is_some() {
            "unterminated quoted string"
        } else {
            "unclosed action"
        }))
    }

    fn branch_if(&mut self, condition: &Inside) -> Result<Node, String> {
        let scope = self.variables.len();
        let mut branches = Vec::new();
        let mut condition = self.declaration(condition)?.1;
        let otherwise = loop {
            let (body, ended_by) = self.list()?;
            branches.push((condition, body));
            let ended_by = ended_by.ok_or_else(|| self.error("unexpected EOF"))?;
            let after = split_word(&ended_by).1;
            if ended_by == "end" {
                break Vec::new();
            }
            if split_word(after).0 == "if" {
                let text = split_word(after).1;
                condition = self.declaration(&Inside { text, start: 0 })?.1;
                continue;
            }
            let (body, end) = self.list()?;
            if end.as_deref() != Some("end") {
                return Err(self.error("expected end; found {{else}}"));
            }
            break body;
        };
        self.variables.truncate(scope);
        Ok(Node::If { branches, otherwise })
    }

    fn block(&mut self, inside: &Inside, with: bool) -> Result<Node, String> {
        let scope = self.variables.len();
        let (declares, pipeline) = self.declaration(inside)?;
        let (body, ended_by) = self.list()?;
        let otherwise = match ended_by.as_deref() {
            Some("end") => Vec::new(),
            Some(_) => self.list()?.0,
            None => return Err(self.error("unexpected EOF")),
        };
        self.variables.truncate(scope);
        Ok(if with {
            Node::With {
                declares,
                pipeline,
                body,
                otherwise,
            }
        } else {
            Node::Range {
                declares,
                pipeline,
                body,
                otherwise,
            }
        })
    }

    /// `$a, $b := pipeline` or a pipeline alone.
    fn declaration(&mut self, inside: &Inside) -> Result<(Vec<String>, Pipeline), String> {
        let (names, text, start) = match inside.text.split_once(":=") {
            Some((names, rest)) if inside.text.starts_with('$') => {
                (names, rest, inside.start + inside.text.len() - rest.len())
            }
            _ => ("", inside.text, inside.start),
        };
        let names: Vec<String> = names
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let mut words = Words {
            parser: self,
            text,
            at: 0,
            start,
        };
        let pipeline = words.pipeline()?;
        if words.at < words.text.len() {
            return Err(self.error("unexpected right paren"));
        }
        self.variables.extend(names.iter().cloned());
        Ok((names, pipeline))
    }
}

fn offset<'a>(inside: &Inside<'a>, rest: &'a str) -> Inside<'a> {
    Inside {
        text: rest,
        start: inside.start + inside.text.len() - rest.len(),
    }
}

fn split_word(text: &str) -> (&str, &str) {
    let end = text
        .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// The words of one action.
struct Words<'p, 'a> {
    parser: &'p Parser<'a>,
    text: &'p str,
    at: usize,
    start: usize,
}

impl Words<'_, '_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn pipeline(&mut self) -> Result<Pipeline, String> {
        let mut commands = Vec::new();
        loop {
            commands.push(self.command()?);
            if !self.rest().starts_with('|') {
                return Ok(Pipeline { commands });
            }
            self.at += 1;
        }
    }

    fn command(&mut self) -> Result<Command, String> {
        self.skip_space();
        let (from, mut arguments) = (self.at, Vec::new());
        loop {
            self.skip_space();
            if self.rest().is_empty() || self.rest().starts_with(['|', ')']) {
                break;
            }
            arguments.push(self.argument()?);
        }
        if arguments.is_empty() {
            return Err(self.parser.error("missing value for command"));
        }
        let place = self.start + from;
        let before = &self.parser.text[..place.min(self.parser.text.len())];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        Ok(Command {
            arguments,
            source: self.text[from..self.at].trim().to_owned(),
            place: (line, column),
        })
    }

    fn argument(&mut self) -> Result<Argument, String> {
        let first = self.rest().chars().next().unwrap_or(' ');
        match first {
            '"' => self.quoted(),
            '`' => {
                let end = self.rest()[1..]
                    .find('`')
                    .ok_or_else(|| self.parser.error("unterminated raw quoted string"))?;
                let text = self.rest()[1..=end].to_owned();
                self.at += end + 2;
                Ok(Argument::String(text))
            }
            '(' => {
                self.at += 1;
                let pipeline = self.pipeline()?;
                if !self.rest().starts_with(')') {
                    return Err(self.parser.error("unclosed left paren"));
                }
                self.at += 1;
                let fields = self.fields();
                Ok(Argument::Nested(pipeline, fields))
            }
            '.' => {
                let fields = self.fields();
                if fields.is_empty() {
                    self.at += 1;
                    return Ok(Argument::Dot);
                }
                Ok(Argument::Fields(fields))
            }
            '$' => {
                self.at += 1;
                let name = format!("${}", self.word());
                if !self.parser.variables.contains(&name) {
                    return Err(self.parser.error(&format!("undefined variable {}", quote(&name))));
                }
                let fields = self.fields();
                Ok(Argument::Variable(name, fields))
            }
            digit if digit.is_ascii_digit() || digit == '-' || digit == '+' => self.number(),
            letter if letter.is_alphabetic() || letter == '_' => self.word_argument(),
            other => {
                let code = format!("U+{:04X} '{other}'", other as u32);
                Err(self
                    .parser
                    .error(&format!("unexpected bad character {code} in command")))
            }
        }
    }

    fn word_argument(&mut self) -> Result<Argument, String> {
        let word = self.word();
        match word.as_str() {
            "true" => Ok(Argument::Bool(true)),
            "false" => Ok(Argument::Bool(false)),
            "nil" => Ok(Argument::Nil),
            name if BUILT_IN.contains(&name) || self.parser.extra.contains(&name) => Ok(Argument::Function(word)),
            name => Err(self.parser.error(&format!("function {} not defined", quote(name)))),
        }
    }

    fn word(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.at += end;
        word
    }

    /// `.A.B`, as far as it goes.
    fn fields(&mut self) -> Vec<String> {
        let mut fields = Vec::new();
        while self
            .rest()
            .strip_prefix('.')
            .is_some_and(|after| after.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        {
            self.at += 1;
            fields.push(self.word());
        }
        fields
    }

    fn number(&mut self) -> Result<Argument, String> {
        let rest = self.rest();
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "+-._".contains(c)))
            .unwrap_or(rest.len());
        let text = rest[..end].to_owned();
        self.at += end;
        if let Ok(int) = text.parse() {
            return Ok(Argument::Int(int));
        }
        text.parse()
            .map(Argument::Float)
            .map_err(|_| self.parser.error(&format!("bad number syntax: {}", quote(&text))))
    }

    fn quoted(&mut self) -> Result<Argument, String> {
        let rest = self.rest();
        let mut text = String::new();
        let mut letters = rest.char_indices().skip(1);
        while let Some((at, letter)) = letters.next() {
            match letter {
                '"' => {
                    self.at += at + 1;
                    return Ok(Argument::String(text));
                }
                '\\' => match letters.next().map(|(_, escaped)| escaped) {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some(other) => text.push(other),
                    None => break,
                },
                other => text.push(other),
            }
        }
        Err(self.parser.error("unterminated quoted string"))
    }
}
