//! Schemas as Terraform takes them, from the types of the framework.

use crate::protocol::messages;
use crate::protocol::messages::Object;
use std::collections::HashMap;
use tf_provider::schema::{
    Attribute, AttributeConstraint, AttributeType, Block, Description, NestedBlock, Schema, StringKind,
};

/// How often a nested block or attribute may stand, and what it is then; the numbers are the protocol's.
#[derive(Clone, Copy)]
enum Nesting {
    Single = 1,
    List = 2,
    Set = 3,
    Map = 4,
    Group = 5,
}

/// The schema, with the attributes of these paths, such as `post.url_wo`, as write-only.
pub(crate) fn to_message(schema: &Schema, write_only: &[String]) -> messages::Schema {
    messages::Schema {
        version: schema.version,
        block: Some(
            Path {
                path: String::new(),
                write_only,
            }
            .block(&schema.block),
        ),
    }
}

/// Where in a schema something is.
struct Path<'a> {
    path: String,
    write_only: &'a [String],
}

impl Path<'_> {
    fn block(&self, block: &Block) -> messages::Block {
        let mut block_types: Vec<_> = block
            .blocks
            .iter()
            .map(|(name, nested)| self.nested_block(name, nested))
            .collect();
        block_types.sort_by(|one, other| one.type_name.cmp(&other.type_name));
        messages::Block {
            version: block.version,
            attributes: self.attributes(&block.attributes),
            block_types,
            description: block.description.content.clone(),
            description_kind: kind(&block.description),
            deprecated: block.deprecated,
            deprecation_message: String::new(),
        }
    }

    fn nested_block(&self, name: &str, nested: &NestedBlock) -> messages::NestedBlock {
        let (nesting, block, min_items, max_items) = match nested {
            NestedBlock::Single(block) => (Nesting::Single, block, 1, 1),
            NestedBlock::List(block) => (Nesting::List, block, 0, 0),
            NestedBlock::Set(block) => (Nesting::Set, block, 0, 0),
            NestedBlock::Map(block) => (Nesting::Map, block, 0, 0),
            NestedBlock::Group(block) => (Nesting::Group, block, 0, 0),
            NestedBlock::Optional(block) => (Nesting::List, block, 0, 1),
        };
        messages::NestedBlock {
            type_name: name.to_owned(),
            block: Some(self.below(name).block(block)),
            nesting: nesting as i32,
            min_items,
            max_items,
        }
    }

    fn attributes(&self, attributes: &HashMap<String, Attribute>) -> Vec<messages::Attribute> {
        let mut attributes: Vec<_> = attributes
            .iter()
            .map(|(name, attribute)| self.attribute(name, attribute))
            .collect();
        attributes.sort_by(|one, other| one.name.cmp(&other.name));
        attributes
    }

    fn attribute(&self, name: &str, attribute: &Attribute) -> messages::Attribute {
        use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
        let path = self.below(name);
        let nested_type = match &attribute.attr_type {
            AttributeType::AttributeSingle(attributes) => Some((Nesting::Single, attributes)),
            AttributeType::AttributeList(attributes) => Some((Nesting::List, attributes)),
            AttributeType::AttributeSet(attributes) => Some((Nesting::Set, attributes)),
            AttributeType::AttributeMap(attributes) => Some((Nesting::Map, attributes)),
            _ => None,
        };
        let nested_type = nested_type.map(|(nesting, attributes)| Object {
            attributes: path.attributes(attributes),
            nesting: nesting as i32,
        });
        // Terraform takes one of the two, and refuses a schema with both.
        let r#type = match nested_type {
            Some(_) => Default::default(),
            None => attribute.attr_type.to_string().into(),
        };
        messages::Attribute {
            name: name.to_owned(),
            r#type,
            nested_type,
            description: attribute.description.content.clone(),
            required: attribute.constraint == Required,
            optional: matches!(attribute.constraint, Optional | OptionalComputed),
            computed: matches!(attribute.constraint, Computed | OptionalComputed),
            sensitive: attribute.sensitive,
            description_kind: kind(&attribute.description),
            deprecated: attribute.deprecated,
            write_only: self.write_only.contains(&path.path),
            deprecation_message: String::new(),
        }
    }

    fn below(&self, name: &str) -> Self {
        let path = match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        };
        Path {
            path,
            write_only: self.write_only,
        }
    }
}

fn kind(description: &Description) -> i32 {
    match description.kind {
        StringKind::Plain => 0,
        StringKind::Markdown => 1,
    }
}
