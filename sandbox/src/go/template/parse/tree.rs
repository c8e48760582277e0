//! The tree of a template.

use crate::go::template::node::{Branch, Call, Node};
use crate::go::template::parse::lex::{self, Kind};
use crate::go::template::parse::parser::Parser;
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

enum Part {
    Node(Node),
    End,
    Else,
}

impl Parser<'_> {
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
}
