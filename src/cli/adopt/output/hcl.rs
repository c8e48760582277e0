//! Configuration as text, in the layout of `terraform fmt`.

use super::text::{heredoc, indent, quoted, quoted_pieces, Piece};
use std::fmt::Write as _;

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    /// A text; one of several lines is written as a heredoc where that says the same.
    Text(String),
    /// A text into which something is filled in; written in the same way.
    Template(Vec<Piece>),
    /// A number, in digits.
    Number(String),
    /// True or false.
    Boolean(bool),
    /// What stands in the configuration as it is, such as `var.webhook`.
    Reference(String),
    /// A list.
    List(Vec<Expression>),
    /// An object or a map, by its keys.
    Object(Vec<(String, Expression)>),
    /// The same, marked as sensitive as a whole.
    SensitiveObject(Vec<(String, Expression)>),
}

/// A piece of a body.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    /// `name = value`.
    Attribute(String, Expression),
    /// A block of a type with labels.
    Block(Block),
    /// A line that begins with `#`.
    Comment(String),
}

/// A block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// Its type, such as `resource`.
    pub kind: &'static str,
    /// Its labels.
    pub labels: Vec<String>,
    /// What stands in it.
    pub body: Vec<Item>,
}

impl Block {
    /// An empty block.
    pub(crate) fn new(kind: &'static str, labels: &[&str]) -> Self {
        Block {
            kind,
            labels: labels.iter().map(|label| (*label).to_owned()).collect(),
            body: Vec::new(),
        }
    }

    /// The block with one more attribute.
    pub(crate) fn with(mut self, name: &str, value: Expression) -> Self {
        self.body.push(Item::Attribute(name.to_owned(), value));
        self
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Self {
        Expression::Text(text.to_owned())
    }
}

/// A file of blocks, with a blank line between each two.
pub(crate) fn file(heading: &str, blocks: &[Block]) -> String {
    let mut text = String::new();
    for line in heading.lines() {
        let _ = writeln!(text, "# {line}");
    }
    for block in blocks {
        if !text.is_empty() {
            text.push('\n');
        }
        write_block(&mut text, block, 0);
    }
    text
}

/// Attributes outside of any block, as in a file of variables.
pub(crate) fn attributes(given: impl Iterator<Item = (String, Expression)>) -> String {
    let body: Vec<Item> = given.map(|(name, value)| Item::Attribute(name, value)).collect();
    let mut text = String::new();
    write_body(&mut text, &body, 0);
    text
}

/// Whether a text is a name that needs no quotation marks as a key.
fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'))
}

fn write_block(text: &mut String, block: &Block, depth: usize) {
    let labels: String = block.labels.iter().map(|label| format!(" {}", quoted(label))).collect();
    indent(text, depth);
    let _ = write!(text, "{}{labels} {{", block.kind);
    if block.body.is_empty() {
        text.push_str("}\n");
        return;
    }
    text.push('\n');
    write_body(text, &block.body, depth + 1);
    indent(text, depth);
    text.push_str("}\n");
}

fn write_body(text: &mut String, body: &[Item], depth: usize) {
    let names: Vec<Option<Line>> = body
        .iter()
        .map(|item| match item {
            Item::Attribute(name, value) => Some(Line::of(name, value, depth)),
            _ => None,
        })
        .collect();
    let widths = widths(&names);
    for ((item, line), width) in body.iter().zip(&names).zip(widths) {
        match (item, line) {
            (_, Some(line)) => line.write(text, width, depth),
            (Item::Block(block), _) => write_block(text, block, depth),
            (Item::Comment(comment), _) => {
                indent(text, depth);
                let _ = writeln!(text, "# {comment}");
            }
            _ => text.push('\n'),
        }
    }
}

/// `name = value`, which may go on over more lines.
struct Line {
    name: String,
    value: String,
    /// Whether it is aligned with its neighbours: it is unless it goes on between brackets.
    is_aligned: bool,
}

impl Line {
    fn of(name: &str, value: &Expression, depth: usize) -> Self {
        let written = expression(value, depth);
        Line {
            name: name.to_owned(),
            is_aligned: !written.contains('\n') || written.starts_with("<<"),
            value: written,
        }
    }

    fn write(&self, text: &mut String, width: usize, depth: usize) {
        indent(text, depth);
        let _ = writeln!(text, "{:width$} = {}", self.name, self.value);
    }
}

/// How wide each name is written, so that the equals signs of lines that follow each other stand below each other.
fn widths(lines: &[Option<Line>]) -> Vec<usize> {
    let mut widths = vec![0; lines.len()];
    let mut start = 0;
    while start < lines.len() {
        let is_aligned = |line: &&Option<Line>| line.as_ref().is_some_and(|line| line.is_aligned);
        let end = start + lines[start..].iter().take_while(is_aligned).count();
        let chain = &lines[start..end];
        let width = chain.iter().flatten().map(|line| line.name.chars().count()).max();
        widths[start..end].fill(width.unwrap_or(0));
        start = end.max(start + 1);
    }
    widths
}

fn expression(value: &Expression, depth: usize) -> String {
    match value {
        Expression::Text(text) => heredoc(&[Piece::Text(text.clone())], depth).unwrap_or_else(|| quoted(text)),
        Expression::Template(pieces) => heredoc(pieces, depth).unwrap_or_else(|| quoted_pieces(pieces)),
        Expression::Number(digits) => digits.clone(),
        Expression::Boolean(boolean) => boolean.to_string(),
        Expression::Reference(reference) => reference.clone(),
        Expression::List(items) => list(items, depth),
        Expression::Object(members) => object(members, depth),
        Expression::SensitiveObject(members) => format!("sensitive({})", object(members, depth)),
    }
}

fn list(items: &[Expression], depth: usize) -> String {
    if let [Expression::Object(members)] = items {
        if !members.is_empty() {
            return format!("[{}]", object(members, depth));
        }
    }
    let on_one_line: Vec<String> = items.iter().map(|item| expression(item, depth + 1)).collect();
    let has_objects = items.iter().any(|item| matches!(item, Expression::Object(_)));
    if !has_objects && on_one_line.iter().all(|item| !item.contains('\n')) {
        return format!("[{}]", on_one_line.join(", "));
    }
    let mut text = String::from("[\n");
    for item in items {
        // A heredoc's last line is its marker alone, so that nothing can follow it.
        let written = match item {
            Expression::Text(text) => quoted(text),
            Expression::Template(pieces) => quoted_pieces(pieces),
            item => expression(item, depth + 1),
        };
        indent(&mut text, depth + 1);
        let _ = writeln!(text, "{written},");
    }
    indent(&mut text, depth);
    text.push(']');
    text
}

fn object(members: &[(String, Expression)], depth: usize) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let body: Vec<Item> = members
        .iter()
        .map(|(key, value)| {
            let key = if is_identifier(key) { key.clone() } else { quoted(key) };
            Item::Attribute(key, value.clone())
        })
        .collect();
    let mut text = String::from("{\n");
    write_body(&mut text, &body, depth + 1);
    indent(&mut text, depth);
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(body: Vec<Item>) -> String {
        let mut block = Block::new("resource", &["type", "name"]);
        block.body = body;
        file("", &[block])
    }

    fn attribute(name: &str, value: Expression) -> Item {
        Item::Attribute(name.to_owned(), value)
    }

    #[test]
    fn equals_signs_stand_below_each_other() {
        let object = Expression::Object(vec![
            ("a".to_owned(), "1".into()),
            ("b c".to_owned(), Expression::Number("2".to_owned())),
        ]);
        let text = written(vec![
            attribute("name", "cpu".into()),
            attribute("measurement", "cpu".into()),
            attribute("post", Expression::List(vec![object])),
            attribute("id", Expression::Reference("var.id".to_owned())),
            attribute("details", "one\ntwo\n".into()),
            attribute("on", Expression::Boolean(true)),
        ]);
        assert_eq!(
            text,
            r#"resource "type" "name" {
  name        = "cpu"
  measurement = "cpu"
  post = [{
    a     = "1"
    "b c" = 2
  }]
  id      = var.id
  details = <<-EOT
    one
    two
  EOT
  on      = true
}
"#
        );
    }

    #[test]
    fn what_hcl_would_fill_in_is_escaped() {
        assert_eq!(quoted("${a} %{ if } $ {{ .ID }}"), r#""$${a} %%{ if } $ {{ .ID }}""#);
        assert_eq!(quoted("a\"b\\c\r\n\t\u{1b}\u{202e}"), r#""a\"b\\c\r\n\t\u001b\u202e""#);
        let text = written(vec![attribute("script", "// ${x}\n\n  stream\\n\n".into())]);
        assert!(
            text.contains("<<-EOT\n    // $${x}\n\n      stream\\n\n  EOT\n"),
            "{text}"
        );
    }

    #[test]
    fn lists_of_several_objects_have_one_object_after_the_other() {
        let object = |name: &str| Expression::Object(vec![("a".to_owned(), name.into())]);
        let text = written(vec![attribute(
            "post",
            Expression::List(vec![object("x"), object("y")]),
        )]);
        assert!(
            text.contains("  post = [\n    {\n      a = \"x\"\n    },\n    {\n      a = \"y\"\n    },\n  ]\n"),
            "{text}"
        );
    }
}
