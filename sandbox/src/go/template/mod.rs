//! Go's `text/template`, with Go's words for what is wrong, and what of `html/template` the details of alerts need.
//!
//! `tests/contract/go-templates.jsonl` holds what Go does with templates of every kind; the tests say which of them the
//! sandbox does not play.

mod execute;
mod format;
mod functions;
mod html;
mod methods;
mod node;
mod parse;
mod value;

pub use value::{float, Value};

use execute::Source;
use parse::Tree;

/// A template that parsed.
#[derive(Clone, Debug)]
pub struct Template {
    name: String,
    text: String,
    tree: Tree,
    is_html: bool,
}

/// Functions that a template may call besides Go's own.
pub const JSON_FUNCTIONS: [&str; 2] = ["json", "jsonCompact"];

impl Template {
    /// Parses, or says what is wrong as Go does, e.g. `template: body:1: unclosed action`.
    pub fn parse(name: &str, text: &str, extra_functions: &[&str]) -> Result<Template, String> {
        parse::parse(name, text, extra_functions).map(|tree| Template {
            name: name.to_owned(),
            text: text.to_owned(),
            tree,
            is_html: false,
        })
    }

    /// The same for a template whose values are escaped for HTML.
    pub fn parse_html(name: &str, text: &str, extra_functions: &[&str]) -> Result<Template, String> {
        Template::parse(name, text, extra_functions).map(|template| Template {
            is_html: true,
            ..template
        })
    }

    /// The text that the template makes of the data, or Go's error.
    pub fn execute(&self, data: &Value) -> Result<String, String> {
        let source = Source {
            name: &self.name,
            text: &self.text,
            is_html: self.is_html,
        };
        execute::execute(&source, &self.tree, data)
    }
}
