//! From tokens to the tree, by the rules of Go's text/template/parse/parse.go.

use super::ast::{Command, Control, Node, Number, Operand, Pipeline};
use super::error::{syntax, TemplateError};
use super::functions;
use super::lexer::{tokens, Token};
use super::literal::{character, number, unquoted};
use super::pipeline::check_pipeline;
use std::collections::VecDeque;

type Parsed<T> = Result<T, TemplateError>;

/// Parses a template that may call `extra` functions besides Go's own.
pub(super) fn parse(template: &str, extra: &[&str]) -> Parsed<Vec<Node>> {
    let mut parser = Parser {
        tokens: tokens(template)?.into(),
        extra,
        variables: vec!["$".to_owned()],
        ranges: 0,
        depth: 0,
    };
    let mut nodes = Vec::new();
    while !parser.tokens.is_empty() {
        if parser.at_keyword("define") {
            parser.definition()?;
            continue;
        }
        match parser.item()? {
            Item::Node(node) => nodes.push(node),
            Item::End | Item::Else => {
                return syntax("`{{ end }}` or `{{ else }}` stands without an `if`, `with` or `range`")
            }
        }
    }
    Ok(nodes)
}

struct Parser<'a> {
    tokens: VecDeque<Token>,
    extra: &'a [&'a str],
    variables: Vec<String>,
    ranges: usize,
    depth: usize,
}

/// What nests deeper is not looked into: it would take the stack, and nobody writes it.
const DEEPEST: usize = 60;

/// What is said of a template that nests too deeply to be looked into.
pub(super) const TOO_DEEP: &str = "the template nests too deeply";

enum Item {
    Node(Node),
    End,
    Else,
}

/// What ended a list of nodes.
#[derive(PartialEq)]
enum Ending {
    End,
    Else,
}

/// What ends a pipeline.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    Close,
    RightParen,
}

fn unexpected<T>() -> Parsed<T> {
    syntax("an action is not written as Go's templates are")
}

impl Parser<'_> {
    fn next(&mut self) -> Option<Token> {
        self.tokens.pop_front()
    }

    fn next_not_space(&mut self) -> Option<Token> {
        self.skip_space();
        self.next()
    }

    fn peek_not_space(&mut self) -> Option<&Token> {
        self.skip_space();
        self.tokens.front()
    }

    fn skip_space(&mut self) {
        while self.tokens.front() == Some(&Token::Space) {
            self.tokens.pop_front();
        }
    }

    /// Whether an action begins here with this keyword.
    fn at_keyword(&self, keyword: &'static str) -> bool {
        let mut tokens = self.tokens.iter();
        tokens.next() == Some(&Token::Open)
            && tokens.find(|token| **token != Token::Space) == Some(&Token::Keyword(keyword))
    }

    fn close(&mut self) -> Parsed<()> {
        match self.next_not_space() {
            Some(Token::Close) => Ok(()),
            _ => unexpected(),
        }
    }

    fn item(&mut self) -> Parsed<Item> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Item::Node(Node::Text(text))),
            Some(Token::Open) => self.action(),
            _ => unexpected(),
        }
    }

    fn action(&mut self) -> Parsed<Item> {
        let keyword = match self.peek_not_space() {
            Some(Token::Keyword(keyword)) => *keyword,
            _ => return Ok(Item::Node(Node::Action(self.pipeline("command", Until::Close)?))),
        };
        self.next();
        match keyword {
            "end" => self.close().map(|()| Item::End),
            "else" => {
                let chained = matches!(self.peek_not_space(), Some(Token::Keyword("if" | "with")));
                if !chained {
                    self.close()?;
                }
                Ok(Item::Else)
            }
            "if" => self.control(Control::If),
            "with" => self.control(Control::With),
            "range" => self.control(Control::Range),
            "break" | "continue" => {
                self.close()?;
                if self.ranges == 0 {
                    return syntax(format!("`{keyword}` stands outside of a `range`"));
                }
                Ok(Item::Node(Node::Leave))
            }
            "template" => self.template(),
            "block" => self.block(),
            _ => syntax("`define` stands inside of another action"),
        }
    }

    fn list(&mut self) -> Parsed<(Vec<Node>, Ending)> {
        let mut nodes = Vec::new();
        while !self.tokens.is_empty() {
            match self.item()? {
                Item::Node(node) => nodes.push(node),
                Item::End => return Ok((nodes, Ending::End)),
                Item::Else => return Ok((nodes, Ending::Else)),
            }
        }
        syntax("an `if`, `with`, `range` or `define` has no `{{ end }}`")
    }

    /// One level deeper, for as long as `read` takes.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return syntax(TOO_DEEP);
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn control(&mut self, kind: Control) -> Parsed<Item> {
        self.nested(|parser| parser.branches(kind))
    }

    fn branches(&mut self, kind: Control) -> Parsed<Item> {
        let scope = self.variables.len();
        let pipeline = self.pipeline(kind.name(), Until::Close)?;
        self.ranges += usize::from(kind == Control::Range);
        let (body, ending) = self.list()?;
        self.ranges -= usize::from(kind == Control::Range);
        let otherwise = match ending {
            Ending::End => Vec::new(),
            Ending::Else => self.otherwise(kind)?,
        };
        self.variables.truncate(scope);
        Ok(Item::Node(Node::Control {
            kind,
            pipeline,
            body,
            otherwise,
        }))
    }

    fn otherwise(&mut self, kind: Control) -> Parsed<Vec<Node>> {
        let chained = matches!(
            (kind, self.tokens.front()),
            (Control::If, Some(Token::Keyword("if"))) | (Control::With, Some(Token::Keyword("with")))
        );
        if chained {
            self.next();
            return match self.control(kind)? {
                Item::Node(node) => Ok(vec![node]),
                _ => unexpected(),
            };
        }
        match self.list()? {
            (nodes, Ending::End) => Ok(nodes),
            (_, Ending::Else) => syntax("an `{{ else }}` follows another one"),
        }
    }

    fn name_of_template(&mut self) -> Parsed<()> {
        match self.next_not_space() {
            Some(Token::Quoted(text)) => unquoted(&text).map(drop),
            _ => unexpected(),
        }
    }

    fn definition(&mut self) -> Parsed<()> {
        self.next();
        self.next_not_space();
        self.name_of_template()?;
        self.close()?;
        self.another_template()
    }

    /// The nodes of a template with a name of its own: they have their own variables.
    fn another_template(&mut self) -> Parsed<()> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let ranges = std::mem::take(&mut self.ranges);
        let (_, ending) = self.nested(Self::list)?;
        (self.variables, self.ranges) = (variables, ranges);
        match ending {
            Ending::End => Ok(()),
            Ending::Else => unexpected(),
        }
    }

    fn template(&mut self) -> Parsed<Item> {
        self.name_of_template()?;
        if self.peek_not_space() == Some(&Token::Close) {
            self.next();
            return Ok(Item::Node(Node::Other(None)));
        }
        let pipeline = self.pipeline("template", Until::Close)?;
        Ok(Item::Node(Node::Other(Some(pipeline))))
    }

    fn block(&mut self) -> Parsed<Item> {
        self.name_of_template()?;
        let pipeline = self.pipeline("block", Until::Close)?;
        self.another_template()?;
        Ok(Item::Node(Node::Other(Some(pipeline))))
    }

    fn pipeline(&mut self, context: &str, until: Until) -> Parsed<Pipeline> {
        let mut pipeline = Pipeline::default();
        self.declarations(context, &mut pipeline)?;
        loop {
            match (self.peek_not_space(), until) {
                (Some(Token::Close), Until::Close) | (Some(Token::RightParen), Until::RightParen) => {
                    self.next();
                    check_pipeline(&pipeline, context)?;
                    return Ok(pipeline);
                }
                _ => pipeline.commands.push(self.command()?),
            }
        }
    }

    /// `$a :=`, `$a =` or, for `range`, `$a, $b :=`, if the pipeline begins so.
    fn declarations(&mut self, context: &str, pipeline: &mut Pipeline) -> Parsed<()> {
        while let Some(Token::Variable(name)) = self.peek_not_space().cloned() {
            let sign = self
                .tokens
                .iter()
                .skip(1)
                .find(|token| **token != Token::Space)
                .cloned();
            let assigns = match sign {
                Some(Token::Assign) => Some(true),
                Some(Token::Declare) => Some(false),
                Some(Token::Comma) => None,
                _ => return Ok(()),
            };
            self.next();
            self.next_not_space();
            pipeline.variables.push(name.clone());
            self.variables.push(name);
            if let Some(assigns) = assigns {
                pipeline.assigns = assigns;
                return Ok(());
            }
            if context != "range" || pipeline.variables.len() > 1 {
                return syntax(format!("`{context}` declares too many variables"));
            }
            if !matches!(
                self.peek_not_space(),
                Some(Token::Variable(_) | Token::Close | Token::RightParen)
            ) {
                return syntax("`range` can only declare variables");
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Parsed<Command> {
        let mut operands = Vec::new();
        loop {
            self.skip_space();
            if let Some(operand) = self.operand()? {
                operands.push(operand);
            }
            match self.tokens.front() {
                Some(Token::Space) => {
                    self.next();
                    continue;
                }
                Some(Token::Close | Token::RightParen) => {}
                Some(Token::Pipe) => {
                    self.next();
                }
                _ => return unexpected(),
            }
            break;
        }
        if operands.is_empty() {
            return syntax("a command is empty");
        }
        Ok(operands)
    }

    fn operand(&mut self) -> Parsed<Option<Operand>> {
        let Some(term) = self.term()? else {
            return Ok(None);
        };
        let mut fields = Vec::new();
        while let Some(Token::Field(name)) = self.tokens.front() {
            fields.push(name.clone());
            self.tokens.pop_front();
        }
        if fields.is_empty() {
            return Ok(Some(term));
        }
        Ok(Some(match term {
            Operand::Field(mut first) => {
                first.extend(fields);
                Operand::Field(first)
            }
            Operand::Variable(name, _) => Operand::Variable(name, fields),
            Operand::Dot | Operand::Nil | Operand::Bool | Operand::Number(_) | Operand::Text(_) => {
                return syntax("a constant or the dot has no fields")
            }
            other => Operand::Chain(Box::new(other), fields),
        }))
    }

    fn term(&mut self) -> Parsed<Option<Operand>> {
        let operand = match self.tokens.front() {
            Some(Token::Name(name)) => {
                if !functions::is_built_in(name) && !self.extra.contains(&name.as_str()) {
                    return syntax(format!("there is no function {name:?}"));
                }
                Operand::Function(name.clone())
            }
            Some(Token::Dot) => Operand::Dot,
            Some(Token::Nil) => Operand::Nil,
            Some(Token::Bool) => Operand::Bool,
            Some(Token::Variable(name)) => {
                if !self.variables.contains(name) {
                    return syntax(format!("there is no variable {name:?}"));
                }
                Operand::Variable(name.clone(), Vec::new())
            }
            Some(Token::Field(name)) => Operand::Field(vec![name.clone()]),
            Some(Token::Number(text)) => Operand::Number(number(text)?),
            Some(Token::Character(text)) => character(text).map(|()| Operand::Number(Number::Integer))?,
            Some(Token::Quoted(text)) => Operand::Text(unquoted(text)?),
            Some(Token::LeftParen) => {
                self.next();
                let nested = self.nested(|parser| parser.pipeline("parenthesis", Until::RightParen))?;
                return Ok(Some(Operand::Nested(Box::new(nested))));
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(operand))
    }
}
