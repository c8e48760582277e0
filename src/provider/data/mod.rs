//! Data sources: what is on a server, whoever made it. None of them shows a secret.

pub(super) mod alert_rule;
pub(super) mod endpoint;
mod rule_view;
pub(super) mod server;
pub(super) mod task;
mod task_facts;
mod task_view;
pub(super) mod topics;

use crate::kapacitor::{Client, Error};
use crate::provider::attributes::{self, Definition};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::server_error;
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::Serialize;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description, Schema};
use tf_provider::value::ValueEmpty;
use tf_provider::{AttributePath, DataSource, Diagnostics};

/// A question to a Kapacitor.
#[async_trait]
pub(super) trait Query: Send + Sync + 'static {
    /// The question, and after it the answer.
    type State: Serialize + DeserializeOwned + Send + 'static;

    /// What a read does, for an error: "reading the tasks".
    const DOING: &'static str;

    /// Its schema.
    fn block() -> Block;

    /// Reports what no server could answer.
    fn check(_: &mut Diagnostics, _: &Self::State) {}

    /// The answer. An error of the server is reported by the caller; none without one where `diags` tells why.
    async fn answer(
        diags: &mut Diagnostics,
        client: &Client,
        question: Self::State,
    ) -> Result<Option<Self::State>, Error>;
}

/// The data source that asks a question.
pub(super) struct Data<Q> {
    connection: Connection,
    query: std::marker::PhantomData<fn() -> Q>,
}

impl<Q> Data<Q> {
    /// The data source, which uses the provider's connection.
    pub(super) fn new(connection: Connection) -> Self {
        Data {
            connection,
            query: std::marker::PhantomData,
        }
    }
}

#[async_trait]
impl<Q: Query> DataSource for Data<Q> {
    type State<'a> = Q::State;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 0,
            block: Q::block(),
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Q::State) -> Option<()> {
        Q::check(diags, &config);
        Some(())
    }

    async fn read<'a>(&self, diags: &mut Diagnostics, config: Q::State, _: ValueEmpty) -> Option<Q::State> {
        Q::check(diags, &config);
        if !diags.errors.is_empty() {
            return None;
        }
        let client = self.connection.required(diags)?;
        let answer = Q::answer(diags, &client, config).await;
        self.connection.warn_of_choice(diags);
        answer
            .map_err(|error| server_error(diags, Q::DOING, AttributePath::root(), &error))
            .ok()?
    }
}

/// A schema with these attributes, and a computed list `name` of objects.
fn block_with_list(
    description: &str,
    attributes: &[Definition],
    name: &str,
    list_description: &str,
    objects: &[Definition],
) -> Block {
    let mut block = attributes::block(description, attributes);
    block.attributes.extend([list(name, list_description, objects)]);
    block
}

/// A computed list of objects.
fn list(name: &str, description: &str, objects: &[Definition]) -> (String, Attribute) {
    let list = Attribute {
        attr_type: AttributeType::AttributeList(attributes::block("", objects).attributes),
        description: Description::markdown(description),
        constraint: AttributeConstraint::Computed,
        sensitive: false,
        deprecated: false,
    };
    (name.to_owned(), list)
}

#[cfg(test)]
mod tests {
    use super::task::TasksState;
    use crate::protocol::messages::DynamicValue;
    use crate::provider::filter::task_filter::TaskFilter;
    use tf_provider::value::Value;
    use tf_provider::Diagnostics;

    #[test]
    fn a_filter_is_read_with_what_is_not_known_yet() {
        let mut diags = Diagnostics::default();
        let asked = TasksState {
            filter: TaskFilter {
                name: Value::Unknown,
                status: Value::Value("enabled".into()),
                executing: Value::Value(true),
                ..TaskFilter::default()
            },
            tasks: Value::Unknown,
        };
        let sent = DynamicValue::encode(&mut diags, &asked).unwrap();
        let read: TasksState = sent.decode(&mut diags, "config").unwrap();
        assert!(read.filter.name.is_unknown() && read.tasks.is_unknown(), "{read:?}");
        assert!(read.filter.database.is_null(), "{read:?}");
        assert_eq!(
            (read.filter.status, read.filter.executing),
            (asked.filter.status, asked.filter.executing)
        );
        assert!(diags.errors.is_empty(), "{:?}", diags.errors);
    }
}
