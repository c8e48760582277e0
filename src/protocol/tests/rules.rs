//! The rules by which Terraform checks a schema itself (`InternalValidate` of its `configschema` package), and refuses the
//! provider if one is broken.

use crate::protocol::convert::diagnostics::to_messages;
use crate::protocol::messages::{Attribute, Block, GetProviderSchemaRequest, GetProviderSchemaResponse, Schema};
use crate::protocol::plugin::Plugin;
use crate::protocol::ServedProvider;
use tf_provider::Diagnostics;

/// Nesting of a set, of blocks and of attributes alike.
const SET: i32 = 3;

/// The schema of a provider, as Terraform gets it.
pub(crate) async fn schema_of(provider: impl ServedProvider) -> GetProviderSchemaResponse {
    let mut diags = Diagnostics::default();
    let plugin = Plugin::new(provider, || {});
    let mut schema = plugin
        .get_provider_schema(&mut diags, GetProviderSchemaRequest {})
        .await;
    schema.diagnostics = to_messages(diags);
    schema
}

/// Panics with the place of what breaks a rule.
#[track_caller]
pub(crate) fn assert_follows_terraforms_rules(schema: &GetProviderSchemaResponse) {
    assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    let mut broken = Vec::new();
    let kinds = [
        &schema.resource_schemas,
        &schema.data_source_schemas,
        &schema.list_resource_schemas,
    ];
    let named = kinds.into_iter().flatten();
    let actions = schema
        .action_schemas
        .iter()
        .map(|(name, action)| (name, action.schema.as_ref().unwrap()));
    for (name, schema) in named.chain(actions) {
        check(&mut broken, name, schema, false);
    }
    check(&mut broken, "provider", schema.provider.as_ref().unwrap(), false);
    assert_eq!(broken, Vec::<String>::new());
}

fn check(broken: &mut Vec<String>, name: &str, schema: &Schema, in_set: bool) {
    block(broken, name, schema.block.as_ref().unwrap(), in_set);
}

fn block(broken: &mut Vec<String>, path: &str, block: &Block, in_set: bool) {
    attributes(broken, path, &block.attributes, in_set);
    for nested in &block.block_types {
        let path = format!("{path}.{}", nested.type_name);
        let mut rule = |holds: bool, words: &str| {
            if !holds {
                broken.push(format!("{path}: {words}"));
            }
        };
        rule(is_name(&nested.type_name), "not a name");
        rule((1..=5).contains(&nested.nesting), "no nesting");
        rule(
            block.attributes.iter().all(|one| one.name != nested.type_name),
            "an attribute has that name too",
        );
        rule(nested.min_items >= 0 && nested.max_items >= 0, "negative limits");
        rule(
            nested.min_items <= nested.max_items || nested.max_items == 0,
            "limits the wrong way round",
        );
        let content = nested.block.as_ref().unwrap();
        self::block(broken, &path, content, in_set || nested.nesting == SET);
    }
}

fn attributes(broken: &mut Vec<String>, path: &str, all: &[Attribute], in_set: bool) {
    for attribute in all {
        let path = format!("{path}.{}", attribute.name);
        let mut rule = |holds: bool, words: &str| {
            if !holds {
                broken.push(format!("{path}: {words}"));
            }
        };
        rule(is_name(&attribute.name), "not a name");
        rule(
            attribute.required || attribute.optional || attribute.computed,
            "nobody sets it",
        );
        rule(!(attribute.required && attribute.optional), "required and optional");
        rule(!(attribute.required && attribute.computed), "required and computed");
        rule(
            attribute.r#type.is_empty() == attribute.nested_type.is_some(),
            "a type and attributes of its own, or neither",
        );
        rule(!attribute.write_only || !attribute.computed, "write-only and computed");
        rule(!attribute.write_only || !in_set, "write-only in a set");
        rule(!attribute.description.is_empty(), "no description");
        if let Some(object) = &attribute.nested_type {
            rule((1..=4).contains(&object.nesting), "no nesting");
            rule(!object.attributes.is_empty(), "an object without attributes");
            attributes(broken, &path, &object.attributes, in_set || object.nesting == SET);
        }
    }
}

fn is_name(name: &str) -> bool {
    let is_first = |letter: char| letter.is_ascii_lowercase() || letter == '_';
    name.starts_with(is_first) && name.chars().all(|letter| is_first(letter) || letter.is_ascii_digit())
}

#[test]
fn a_schema_that_breaks_a_rule_is_found() {
    let sound = || Attribute {
        name: "a".into(),
        r#type: br#""string""#.as_slice().into(),
        description: "Words.".into(),
        optional: true,
        ..Attribute::default()
    };
    let broken = |attribute: Attribute| {
        let mut broken = Vec::new();
        attributes(&mut broken, "x", &[attribute], false);
        broken.len()
    };
    assert_eq!(broken(sound()), 0);
    let nested = || {
        Some(crate::protocol::messages::Object {
            attributes: vec![sound()],
            nesting: 1,
        })
    };
    for attribute in [
        Attribute {
            name: "A-b".into(),
            ..sound()
        },
        Attribute {
            optional: false,
            ..sound()
        },
        Attribute {
            required: true,
            ..sound()
        },
        Attribute {
            required: true,
            optional: false,
            computed: true,
            ..sound()
        },
        Attribute {
            nested_type: nested(),
            ..sound()
        },
        Attribute {
            r#type: Default::default(),
            ..sound()
        },
        Attribute {
            write_only: true,
            computed: true,
            ..sound()
        },
    ] {
        assert_eq!(broken(attribute.clone()), 1, "{attribute:?}");
    }
}
