//! Configuration, put together attribute by attribute.

use std::fmt::Write;

/// The content of a block.
#[derive(Clone, Debug, Default)]
pub(crate) struct Block {
    attributes: Vec<(String, String)>,
    blocks: Vec<(String, Block)>,
}

/// A resource block.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    kind: &'static str,
    label: String,
    body: Block,
}

impl Block {
    pub(crate) fn new() -> Self {
        Block::default()
    }

    /// Sets an attribute to an expression, in place of what it was.
    pub(crate) fn set(mut self, name: &str, expression: impl Into<String>) -> Self {
        let expression = expression.into();
        match self.attributes.iter_mut().find(|(known, _)| known == name) {
            Some(attribute) => attribute.1 = expression,
            None => self.attributes.push((name.to_owned(), expression)),
        }
        self
    }

    /// Sets an attribute to a text.
    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        self.set(name, quoted(text))
    }

    fn without(mut self, name: &str) -> Self {
        self.attributes.retain(|(known, _)| known != name);
        self.blocks.retain(|(known, _)| known != name);
        self
    }

    fn render(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        for (name, expression) in &self.attributes {
            let _ = writeln!(out, "{margin}{name} = {expression}");
        }
        let mut names: Vec<&String> = Vec::new();
        for (name, _) in &self.blocks {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        for name in names {
            let objects: Vec<&Block> = self
                .blocks
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, block)| block)
                .collect();
            render_nested(name, &objects, indent, out);
        }
    }
}

/// Nested objects of one name, of which `post` takes a list.
fn render_nested(name: &str, objects: &[&Block], indent: usize, out: &mut String) {
    let margin = " ".repeat(indent);
    let (open, separator, close) = match name {
        "post" => (format!("{name} = [{{"), "}, {", "}]"),
        "lifecycle" => (format!("{name} {{"), "}\nlifecycle {", "}"),
        _ => (format!("{name} = {{"), "}\n{", "}"),
    };
    let _ = writeln!(out, "{margin}{open}");
    for (place, object) in objects.iter().enumerate() {
        if place > 0 {
            let _ = writeln!(out, "{margin}{separator}");
        }
        object.render(indent + 2, out);
    }
    let _ = writeln!(out, "{margin}{close}");
}

impl Resource {
    pub(crate) fn new(kind: &'static str, label: &str) -> Self {
        Resource {
            kind,
            label: label.to_owned(),
            body: Block::new(),
        }
    }

    /// The same resource under another label.
    pub(crate) fn labelled(mut self, label: &str) -> Self {
        self.label = label.to_owned();
        self
    }

    /// Sets an attribute to an expression, in place of what it was.
    pub(crate) fn set(mut self, name: &str, expression: impl Into<String>) -> Self {
        self.body = self.body.set(name, expression);
        self
    }

    /// Sets an attribute to a text.
    pub(crate) fn text(self, name: &str, text: &str) -> Self {
        self.set(name, quoted(text))
    }

    /// Leaves out an attribute, or all blocks of that name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.body = self.body.without(name);
        self
    }

    /// Adds a block.
    pub(crate) fn block(mut self, name: &str, block: Block) -> Self {
        self.body.blocks.push((name.to_owned(), block));
        self
    }

    /// Puts one block in place of all blocks of that name.
    pub(crate) fn only_block(self, name: &str, block: Block) -> Self {
        self.without(name).block(name, block)
    }

    /// Where it is found in plans and states, e.g. `squadcast_kapacitor_endpoint.squadcast`.
    pub(crate) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.label)
    }

    pub(crate) fn hcl(&self) -> String {
        let mut out = format!("resource \"{}\" \"{}\" {{\n", self.kind, self.label);
        self.body.render(2, &mut out);
        out.push_str("}\n");
        out
    }
}

/// Several resources as one configuration.
pub(crate) fn join<'a>(resources: impl IntoIterator<Item = &'a Resource>) -> String {
    resources.into_iter().map(Resource::hcl).collect::<Vec<_>>().join("\n")
}

/// A text as a literal, in which nothing is a template of Terraform's.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace("${", "$${")
        .replace("%{", "%%{")
}
