//! A parser on its way through a template, and its errors.

use crate::go::quote::quote;
use crate::go::template::node::Node;
use crate::go::template::parse::lex::{Item, Kind};
use crate::go::template::parse::literal::unquote;
use std::collections::BTreeMap;

pub(super) struct Parser<'a> {
    pub(super) name: &'a str,
    pub(super) items: Vec<Item<'a>>,
    pub(super) next: usize,
    pub(super) extra: &'a [&'a str],
    pub(super) variables: Vec<String>,
    /// The line of the action that is read; 0 outside of one.
    pub(super) action_line: usize,
    pub(super) ranges: usize,
    pub(super) defined: BTreeMap<String, Vec<Node>>,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> &Item<'a> {
        &self.items[self.next.min(self.items.len() - 1)]
    }

    pub(super) fn take(&mut self) -> Item<'a> {
        let item = self.peek().clone();
        self.next += 1;
        item
    }

    pub(super) fn skip_space(&mut self) {
        while self.peek().kind == Kind::Space {
            self.next += 1;
        }
    }

    pub(super) fn take_visible(&mut self) -> Item<'a> {
        self.skip_space();
        self.take()
    }

    /// The line is that of the item that was read last, or is looked at.
    pub(super) fn error(&self, message: &str) -> String {
        let last = self.next.saturating_sub(1).min(self.items.len() - 1);
        format!("template: {}:{}: {message}", self.name, self.items[last].line)
    }

    pub(super) fn unexpected(&self, item: &Item, context: &str) -> String {
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

    pub(super) fn expect_right(&mut self, context: &str) -> Result<(), String> {
        let item = self.take_visible();
        if item.kind == Kind::RightDelimiter {
            return Ok(());
        }
        Err(self.unexpected(&item, context))
    }

    /// Go's error has no place.
    pub(super) fn unquote(&self, quoted: &str) -> Result<String, String> {
        unquote(&quoted[1..quoted.len() - 1]).ok_or_else(|| "invalid syntax".to_owned())
    }
}
