//! A provider of notes that are nowhere but in the state, and do what their text says.

use crate::protocol::{
    Action, Identity, IdentityPart, ListResource, Listed, ManagedResource, MoveSource, Served, ServedProvider, Wanted,
    WriteOnly,
};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, NestedBlock, Schema};
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{map, AttributePath, DataSource, Diagnostics, Provider, Resource};
use tokio::sync::Semaphore;

/// By which the creation of a note that waits tells that it has begun.
pub(super) static UNDER_WAY: Semaphore = Semaphore::const_new(0);

/// What it waits for.
pub(super) static MAY_END: Semaphore = Semaphore::const_new(0);

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Note {
    pub id: Value<String>,
    pub text: Value<String>,
    pub secret_wo: WriteOnly<String>,
    pub lines: Value<Vec<Value<Line>>>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Line {
    pub ink: Value<String>,
}

impl Note {
    /// Does what a text of the form `fails`, `warns`, `panics` says.
    fn act(&self, diags: &mut Diagnostics) -> Option<()> {
        let Value::Value(text) = &self.text else {
            return Some(());
        };
        match text.as_str() {
            "panics" => panic!("on purpose"),
            "fails" => diags.error("It fails", "As told.", AttributePath::new("text")),
            "warns" => diags.warning(
                "It warns",
                "As told.",
                AttributePath::new("lines").index(0).attribute("ink"),
            ),
            "ends without a word" => {}
            _ => return Some(()),
        }
        (text == "warns").then_some(())
    }
}

pub(super) struct Notes;

#[async_trait]
impl Provider for Notes {
    type Config<'a> = Value<BTreeMap<String, Value<String>>>;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema(
            0,
            map! { "region" => attribute(AttributeType::String, AttributeConstraint::Optional) },
        ))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>) -> Option<()> {
        if config.unwrap_or_default().contains_key("nowhere") {
            diags.error("It fails", "As told.", AttributePath::new("nowhere"));
        }
        Some(())
    }

    async fn configure<'a>(&self, diags: &mut Diagnostics, version: String, _: Self::Config<'a>) -> Option<()> {
        diags.root_warning("It is configured", format!("By {version}."));
        Some(())
    }
}

impl ServedProvider for Notes {
    fn serves(&self) -> Served {
        Served::default()
            .resource("test_note", NoteResource)
            .data_source("test_note", NoteSource)
            .list("test_note", NoteList)
            .action("test_shout", Shout)
    }
}

fn attribute(attr_type: AttributeType, constraint: AttributeConstraint) -> Attribute {
    Attribute {
        attr_type,
        constraint,
        description: Description::markdown("Some *words*."),
        sensitive: false,
        deprecated: false,
    }
}

fn schema(version: i64, attributes: std::collections::HashMap<String, Attribute>) -> Schema {
    Schema {
        version,
        block: Block {
            version: 0,
            attributes,
            ..Block::default()
        },
    }
}

pub(super) struct NoteResource;

impl ManagedResource for NoteResource {
    fn write_only(&self) -> Vec<String> {
        vec!["secret_wo".to_owned()]
    }

    fn write_only_values(&self, config: &Note) -> Vec<AttributePath> {
        let is_set = !config.secret_wo.0.is_null();
        is_set.then(|| AttributePath::new("secret_wo")).into_iter().collect()
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[IdentityPart {
            name: "id",
            description: "The note's number.",
        }]
    }

    fn identity(&self, state: &Note) -> Option<Identity> {
        let id = state.id.as_ref_option()?;
        Some(Identity::from([("id".to_owned(), id.clone())]))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        identity.remove("id")
    }

    fn upgrade_state(&self, diags: &mut Diagnostics, version: i64, mut state: Json) -> Option<Json> {
        match version {
            // Texts were called bodies, and there were no lines.
            0 => {
                let text = state["body"].take();
                Some(json!({ "id": state["id"], "text": text, "lines": null }))
            }
            1 => Some(state),
            _ => {
                diags.root_error_short("no such version");
                None
            }
        }
    }

    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource) -> Option<Json> {
        if source.type_name != "test_letter" || !source.provider.ends_with("/test/test") || source.version != 4 {
            diags.root_error("The resource cannot be moved to another type", "Not from there.");
            return None;
        }
        Some(json!({ "id": source.state["number"], "text": "moved", "lines": null }))
    }
}

#[async_trait]
impl Resource for NoteResource {
    type State<'a> = Note;
    type PrivateState<'a> = Value<Vec<String>>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let ink = map! { "ink" => attribute(AttributeType::String, AttributeConstraint::Optional) };
        let mut schema = schema(
            2,
            map! {
                "id" => attribute(AttributeType::String, AttributeConstraint::Computed),
                "text" => attribute(AttributeType::String, AttributeConstraint::Required),
                "secret_wo" => attribute(AttributeType::String, AttributeConstraint::Optional),
                "lines" => attribute(AttributeType::AttributeList(ink), AttributeConstraint::Optional),
            },
        );
        schema.block.blocks = map! { "margin" => NestedBlock::Optional(Block::default()) };
        Some(schema)
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Note) -> Option<()> {
        config.act(diags)
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: Note,
        private: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<(Note, Self::PrivateState<'a>)> {
        if state.text == Value::Value("gone".to_owned()) {
            return None;
        }
        state.act(diags)?;
        Some((state, private))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: Note,
        config: Note,
        _: ValueEmpty,
    ) -> Option<(Note, Self::PrivateState<'a>)> {
        config.act(diags)?;
        proposed.secret_wo = config.secret_wo;
        proposed.id = Value::Unknown;
        Some((proposed, Value::Value(vec!["planned".to_owned()])))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Note,
        proposed: Note,
        _: Note,
        private: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<(Note, Self::PrivateState<'a>, Vec<AttributePath>)> {
        proposed.act(diags)?;
        let replaced = (prior.text != proposed.text).then(|| AttributePath::new("text"));
        Some((proposed, private, replaced.into_iter().collect()))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Note,
        private: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<Self::PrivateState<'a>> {
        prior.act(diags)?;
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: Note,
        config: Note,
        mut private: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<(Note, Self::PrivateState<'a>)> {
        planned.act(diags)?;
        if planned.text == Value::Value("waits".to_owned()) {
            UNDER_WAY.add_permits(1);
            MAY_END.acquire().await.ok()?.forget();
        }
        if let Value::Value(secret) = &config.secret_wo.0 {
            planned.text = Value::Value(format!("{} characters", secret.len()));
        }
        planned.id = Value::Value("1".to_owned());
        if let Value::Value(private) = &mut private {
            private.push("created".to_owned());
        }
        Some((planned, private))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        _: Note,
        planned: Note,
        _: Note,
        private: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<(Note, Self::PrivateState<'a>)> {
        planned.act(diags)?;
        Some((planned, private))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: Note,
        _: Self::PrivateState<'a>,
        _: ValueEmpty,
    ) -> Option<()> {
        prior.act(diags)
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, id: String) -> Option<(Note, Self::PrivateState<'a>)> {
        let note = Note {
            id: Value::Value(id.clone()),
            text: Value::Value(id),
            ..Note::default()
        };
        note.act(diags)?;
        Some((note, Value::Null))
    }
}

struct NoteSource;

#[async_trait]
impl DataSource for NoteSource {
    type State<'a> = Note;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(schema(
            0,
            map! { "text" => attribute(AttributeType::String, AttributeConstraint::Required) },
        ))
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Note) -> Option<()> {
        config.act(diags)
    }

    async fn read<'a>(&self, diags: &mut Diagnostics, mut config: Note, _: ValueEmpty) -> Option<Note> {
        config.act(diags)?;
        config.id = Value::Value("read".to_owned());
        Some(config)
    }
}

struct NoteList;

#[async_trait]
impl ListResource for NoteList {
    type Config<'a> = Note;
    type State = Note;

    fn schema(&self) -> Schema {
        schema(
            0,
            map! { "text" => attribute(AttributeType::String, AttributeConstraint::Optional) },
        )
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Note) {
        config.act(diags);
    }

    async fn list<'a>(&self, diags: &mut Diagnostics, config: Note, _: usize, wanted: Wanted) -> Vec<Listed<Note>> {
        config.act(diags);
        let note = |id: u8| Listed {
            identity: Identity::from([("id".to_owned(), id.to_string())]),
            display_name: format!("Note {id}"),
            state: (wanted == Wanted::State).then(|| Note {
                id: Value::Value(id.to_string()),
                ..Note::default()
            }),
        };
        (1..=3).map(note).collect()
    }
}

struct Shout;

#[async_trait]
impl Action for Shout {
    type Config<'a> = Note;

    fn schema(&self) -> Schema {
        schema(
            0,
            map! { "text" => attribute(AttributeType::String, AttributeConstraint::Required) },
        )
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Note) {
        config.act(diags);
    }

    async fn invoke<'a>(&self, diags: &mut Diagnostics, config: Note) -> Option<String> {
        config.act(diags)?;
        Some(config.text.unwrap_or_default().to_uppercase())
    }
}
