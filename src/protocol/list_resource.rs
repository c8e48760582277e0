//! List resources, which `terraform query` asks for what there is to import.

use super::identity::{self, Identity};
use super::messages::{DynamicValue, ListResourceEvent};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Schema;
use tf_provider::Diagnostics;

/// A list of the resources of a type.
#[async_trait]
pub trait ListResource: Send + Sync {
    /// What the block `config` of a `list` block holds.
    type Config<'a>: Deserialize<'a> + Send;

    /// The state of a listed resource.
    type State: Serialize + Send;

    /// The schema of the block `config`.
    fn schema(&self) -> Schema;

    /// Checks such a block.
    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>);

    /// At most `limit` of the resources that the configuration asks for. Nothing is listed if there is an error.
    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Self::Config<'a>,
        limit: usize,
        wanted: Wanted,
    ) -> Vec<Listed<Self::State>>;
}

/// What is asked for of each resource of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Its identity alone.
    Identity,
    /// Its state too.
    State,
}

/// One resource of a list.
#[derive(Debug)]
pub struct Listed<S> {
    /// What it is called on its server.
    pub identity: Identity,
    /// What a person calls it.
    pub display_name: String,
    /// Its state, if it is asked for.
    pub state: Option<S>,
}

/// A list resource whose types are not known.
#[async_trait]
pub trait DynListResource: Send + Sync {
    /// See [`ListResource::schema`].
    fn schema(&self) -> Schema;

    /// See [`ListResource::validate`].
    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()>;

    /// See [`ListResource::list`].
    async fn list(
        &self,
        diags: &mut Diagnostics,
        config: &DynamicValue,
        limit: usize,
        wanted: Wanted,
    ) -> Option<Vec<ListResourceEvent>>;
}

#[async_trait]
impl<L: ListResource> DynListResource for L {
    fn schema(&self) -> Schema {
        ListResource::schema(self)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()> {
        let config = config.decode(diags, "configuration")?;
        ListResource::validate(self, diags, config).await;
        Some(())
    }

    async fn list(
        &self,
        diags: &mut Diagnostics,
        config: &DynamicValue,
        limit: usize,
        wanted: Wanted,
    ) -> Option<Vec<ListResourceEvent>> {
        let config = config.decode(diags, "configuration")?;
        let listed = ListResource::list(self, diags, config, limit, wanted).await;
        listed.into_iter().take(limit).map(|one| event(diags, one)).collect()
    }
}

fn event<S: Serialize>(diags: &mut Diagnostics, listed: Listed<S>) -> Option<ListResourceEvent> {
    Some(ListResourceEvent {
        identity: Some(identity::encode(diags, &listed.identity)?),
        display_name: listed.display_name,
        resource_object: match listed.state {
            Some(state) => Some(DynamicValue::encode(diags, &state)?),
            None => None,
        },
        diagnostics: Vec::new(),
    })
}
