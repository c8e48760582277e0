//! A provider with a resource that panics where it is told to, for the tests of what a panic does to the process.
//!
//! It starts through the same code as the released provider.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use squadcast_kapacitor::process;
use squadcast_kapacitor::protocol::{ManagedResource, Served, ServedProvider};
use std::process::ExitCode;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, Schema};
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{map, AttributePath, Diagnostics, Provider, Resource};
use tokio::sync::Semaphore;

fn main() -> ExitCode {
    process::run(PanickingProvider, process::Hooks::none())
}

struct PanickingProvider;

#[async_trait]
impl Provider for PanickingProvider {
    type Config<'a> = ValueEmpty;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 0,
            block: Block::default(),
        })
    }
}

impl ServedProvider for PanickingProvider {
    fn serves(&self) -> Served {
        Served::default().resource("squadcast_note", Note::default())
    }
}

/// A resource that is nowhere but in the state. Its creations meet: one that panics does so once another is under way, and
/// the other ends only after the panic.
struct Note {
    under_way: Semaphore,
    panicked: Semaphore,
}

impl Default for Note {
    fn default() -> Self {
        Note {
            under_way: Semaphore::new(0),
            panicked: Semaphore::new(0),
        }
    }
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct NoteState {
    id: Value<String>,
    content: Value<String>,
    panics: Value<bool>,
}

/// Tells when it is dropped, which a panic does too.
struct Tell<'a>(&'a Semaphore);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        self.0.add_permits(1);
    }
}

impl Note {
    /// Panics with what it was given, as careless code does.
    async fn panic_with(&self, content: &Value<String>) {
        let _tell = Tell(&self.panicked);
        let _permit = self.under_way.acquire().await;
        panic!("the note {content:?} is too much");
    }
}

fn attribute(attr_type: AttributeType, constraint: AttributeConstraint, sensitive: bool) -> Attribute {
    Attribute {
        attr_type,
        description: Description::plain(""),
        constraint,
        sensitive,
        deprecated: false,
    }
}

impl ManagedResource for Note {}

#[async_trait]
impl Resource for Note {
    type State<'a> = NoteState;
    type PrivateState<'a> = ValueEmpty;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        let attributes = map! {
            "id" => attribute(AttributeType::String, AttributeConstraint::Computed, false),
            "content" => attribute(AttributeType::String, AttributeConstraint::Required, true),
            "panics" => attribute(AttributeType::Bool, AttributeConstraint::Required, false),
        };
        Some(Schema {
            version: 0,
            block: Block {
                attributes,
                ..Block::default()
            },
        })
    }

    async fn read<'a>(
        &self,
        _: &mut Diagnostics,
        state: NoteState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(NoteState, ValueEmpty)> {
        Some((state, private))
    }

    async fn plan_create<'a>(
        &self,
        _: &mut Diagnostics,
        mut proposed: NoteState,
        _: NoteState,
        _: ValueEmpty,
    ) -> Option<(NoteState, ValueEmpty)> {
        proposed.id = Value::Unknown;
        Some((proposed, ValueEmpty::default()))
    }

    async fn plan_update<'a>(
        &self,
        _: &mut Diagnostics,
        _: NoteState,
        proposed: NoteState,
        _: NoteState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(NoteState, ValueEmpty, Vec<AttributePath>)> {
        Some((proposed, private, vec![]))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: NoteState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<ValueEmpty> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        _: &mut Diagnostics,
        mut planned: NoteState,
        _: NoteState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(NoteState, ValueEmpty)> {
        if planned.panics == Value::Value(true) {
            self.panic_with(&planned.content).await;
        }
        self.under_way.add_permits(1);
        let _permit = self.panicked.acquire().await;
        planned.id = Value::Value("note".into());
        Some((planned, private))
    }

    async fn update<'a>(
        &self,
        _: &mut Diagnostics,
        _: NoteState,
        planned: NoteState,
        _: NoteState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(NoteState, ValueEmpty)> {
        Some((planned, private))
    }

    async fn destroy<'a>(&self, _: &mut Diagnostics, _: NoteState, _: ValueEmpty, _: ValueEmpty) -> Option<()> {
        Some(())
    }
}
