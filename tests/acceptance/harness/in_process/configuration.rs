//! A configuration, as far as the tests' Terraform can run it.

use super::graph::Step;
use super::language::{unsupported, Block, Body, Expression, Known, Parsed};
use super::parse::parse;
use super::provider::shapes;
use super::shape::Refer;
use super::value::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

pub(super) struct Configuration {
    pub source: String,
    provider: Body,
    /// In an order in which each comes after what it refers to.
    pub nodes: Vec<Node>,
    pub outputs: BTreeMap<String, Expression>,
    /// The id to import at an address.
    pub imports: BTreeMap<String, String>,
}

/// A resource or a data source.
#[derive(Clone)]
pub(super) struct Node {
    /// Without `data.`, as in the state.
    pub address: String,
    pub kind: String,
    pub is_data: bool,
    pub body: Body,
    /// The addresses that it refers to.
    pub dependencies: Vec<String>,
    /// Those of them that its own block names.
    pub direct: Vec<String>,
}

impl Configuration {
    pub(super) fn read(folder: &Path, source: &str) -> Parsed<Self> {
        let file = parse(source)?;
        let mut configuration = Configuration {
            source: source.to_owned(),
            provider: Body::default(),
            nodes: Vec::new(),
            outputs: BTreeMap::new(),
            imports: BTreeMap::new(),
        };
        let known = known(folder, &file)?;
        let mut nodes = Vec::new();
        let mut providers = 0;
        for block in file.blocks {
            let direct = dependencies(&block.body.references());
            let body = block.body.expanded(&known)?;
            let block = Block { body, ..block };
            match (block.kind.as_str(), block.labels.as_slice()) {
                ("terraform" | "locals", []) => {}
                ("provider", [name]) if name == "squadcast" => {
                    providers += 1;
                    configuration.provider = block.body;
                }
                ("resource" | "data", [kind, name]) => nodes.push(Node {
                    address: format!("{kind}.{name}"),
                    kind: kind.clone(),
                    is_data: block.kind == "data",
                    dependencies: dependencies(&block.body.references()),
                    direct,
                    body: block.body,
                }),
                ("output", [name]) if block.body.attributes.len() == 1 && block.body.blocks.is_empty() => {
                    let value = block.body.attributes.get("value");
                    let value = value.map_or_else(|| unsupported("an output without a value"), Ok)?;
                    configuration.outputs.insert(name.clone(), value.expression.clone());
                }
                ("import", []) => configuration.take_import(&block.body)?,
                (kind, _) => return unsupported(format!("a block {kind}")),
            }
        }
        if providers != 1 {
            return unsupported("no provider, or several");
        }
        configuration.nodes = in_order(nodes)?;
        configuration.check()?;
        Ok(configuration)
    }

    fn take_import(&mut self, body: &Body) -> Parsed<()> {
        let part = |name: &str| body.attributes.get(name).map(|attribute| &attribute.expression);
        match (part("to"), part("id")) {
            (Some(Expression::Reference(to)), Some(Expression::Literal(Value::Text(id)))) => {
                self.imports.insert(to.join("."), id.clone());
                Ok(())
            }
            _ => unsupported("an import of another kind"),
        }
    }

    /// Finds what is not supported before anything is done.
    fn check(&self) -> Parsed<()> {
        let unknown = |parts: &[String]| self.unknown(parts);
        shapes()
            .provider
            .configuration(&self.provider, &|_| unsupported("a reference of the provider"))?;
        for node in &self.nodes {
            self.value(node, &unknown)?;
        }
        for expression in self.outputs.values() {
            expression.value(&unknown)?;
        }
        match self.imports.keys().find(|to| self.node(to).is_none()) {
            Some(to) => unsupported(format!("an import of the undeclared {to}")),
            None => Ok(()),
        }
    }

    pub(super) fn node(&self, address: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.address == address)
    }

    /// Each after what it refers to.
    pub(super) fn steps(&self) -> Vec<Step<&Node>> {
        let steps = self.nodes.iter().map(|node| Step {
            item: node,
            name: node.address.clone(),
            after: node.dependencies.clone(),
        });
        steps.collect()
    }

    /// A reference of which nothing is known but that it leads somewhere.
    pub(super) fn unknown(&self, parts: &[String]) -> Parsed<Value> {
        let address = address(parts)?;
        match self.node(&address) {
            Some(_) => Ok(Value::Unknown),
            None => unsupported(format!("a reference to {address}")),
        }
    }

    /// The provider's settings. A lease that a broken-off provider left should not be waited for for long.
    pub(super) fn settings(&self) -> Value {
        let refer = |_: &[String]| unsupported("a reference of the provider");
        let settings = shapes().provider.configuration(&self.provider, &refer);
        let Ok(Value::Map(mut settings)) = settings else {
            panic!("the provider's block was checked");
        };
        let lease_duration = settings.entry("lease_duration".to_owned()).or_default();
        if lease_duration.is_null() {
            *lease_duration = Value::Number(4);
        }
        Value::Map(settings)
    }

    pub(super) fn provider(&self) -> &Body {
        &self.provider
    }

    /// What a resource's or a data source's block says.
    pub(super) fn value(&self, node: &Node, refer: &Refer) -> Parsed<Value> {
        let shapes = match node.is_data {
            true => &shapes().data,
            false => &shapes().resources,
        };
        let Some(shape) = shapes.get(&node.kind) else {
            return unsupported(format!("the type {}", node.kind));
        };
        shape.configuration(&node.body, refer)
    }
}

/// The address that a reference leads to, without `data.`.
pub(super) fn address(parts: &[String]) -> Parsed<String> {
    let parts = match parts {
        [data, rest @ ..] if data == "data" => rest,
        parts => parts,
    };
    match parts {
        [kind, name, ..] if kind.starts_with("squadcast_") => Ok(format!("{kind}.{name}")),
        _ => unsupported(format!("the reference {}", parts.join("."))),
    }
}

/// What a reference leads to inside of a resource's value.
pub(super) fn inside(parts: &[String], value: &Value) -> Value {
    let skipped = if parts[0] == "data" { 3 } else { 2 };
    let mut value = value;
    for part in &parts[skipped.min(parts.len())..] {
        value = match value.get(part) {
            Some(inner) => inner,
            None if *value == Value::Unknown => return Value::Unknown,
            None => panic!("{} leads nowhere", parts.join(".")),
        };
    }
    value.clone()
}

/// The resources and data sources among what is referred to.
fn dependencies(references: &[Vec<String>]) -> Vec<String> {
    let addresses = references.iter().filter_map(|parts| address(parts).ok());
    let addresses: BTreeSet<String> = addresses.collect();
    addresses.into_iter().collect()
}

/// What stands for values: names, none of which refers to another, and files.
fn known<'a>(folder: &'a Path, file: &Body) -> Parsed<Known<'a>> {
    let locals = BTreeMap::new();
    let none = Known { locals, folder };
    let blocks = file.blocks_of("locals").map(|block| &block.body);
    let locals = blocks.flat_map(|body| &body.attributes).map(|(name, attribute)| {
        let expression = attribute.expression.clone().expanded(&none)?;
        Ok((name.clone(), expression))
    });
    let locals = locals.collect::<Parsed<_>>()?;
    Ok(Known { locals, folder })
}

fn in_order(mut nodes: Vec<Node>) -> Parsed<Vec<Node>> {
    let mut ordered: Vec<Node> = Vec::new();
    while !nodes.is_empty() {
        let is_there = |wanted: &String| ordered.iter().any(|node| node.address == *wanted);
        let next = nodes.iter().position(|node| node.dependencies.iter().all(is_there));
        match next {
            Some(next) => ordered.push(nodes.remove(next)),
            None => return unsupported("a reference to nothing, or in a circle"),
        }
    }
    Ok(ordered)
}
