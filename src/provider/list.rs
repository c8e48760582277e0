//! What the lists of all resources have in common, for `terraform query`: each says what is its own as a [`Listing`], and
//! [`List`] makes of it a list as Terraform calls it.

use super::attributes::{block, Definition};
use super::connection::Connection;
use super::diagnostics::server_error;
use crate::kapacitor::{Client, Error};
use crate::protocol::{ListResource, Listed, Wanted};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::Serialize;
use std::marker::PhantomData;
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// A type of objects of a server, all of which can be listed.
#[async_trait]
pub(super) trait Listing: Send + Sync + 'static {
    /// What the list is, for the schema and the docs page.
    const DESCRIPTION: &'static str;
    /// What is being done, for errors, such as `listing the rules`.
    const DOING: &'static str;
    /// The block `config`: which objects are asked for.
    type Config: DeserializeOwned + Default + Send + Sync;
    /// The state of a resource of this type.
    type State: Serialize + Send;

    /// The attributes of the block `config`.
    fn attributes() -> Vec<Definition>;

    /// Reports what of such a block cannot be meant.
    fn check(_: &mut Diagnostics, _: &Self::Config) {}

    /// At most `limit` of the objects that are asked for.
    ///
    /// # Errors
    /// As [`Error`] says.
    async fn find(
        diags: &mut Diagnostics,
        client: &Client,
        config: &Self::Config,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<Self::State>>, Error>;
}

/// A type of objects as a list.
pub(super) struct List<L> {
    connection: Connection,
    of: PhantomData<L>,
}

impl<L: Listing> List<L> {
    /// The list, which uses the provider's connection.
    pub(super) fn new(connection: Connection) -> Self {
        List {
            connection,
            of: PhantomData,
        }
    }
}

#[async_trait]
impl<L: Listing> ListResource for List<L> {
    type Config<'a> = Value<L::Config>;
    type State = L::State;

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: block(L::DESCRIPTION, &L::attributes()),
        }
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Value<L::Config>) {
        L::check(diags, &config.unwrap_or_default());
    }

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Value<L::Config>,
        limit: usize,
        wanted: Wanted,
    ) -> Vec<Listed<L::State>> {
        let config = config.unwrap_or_default();
        L::check(diags, &config);
        let client = self.connection.required(diags).filter(|_| diags.errors.is_empty());
        let Some(client) = client else {
            return Vec::new();
        };
        let found = L::find(diags, &client, &config, limit, wanted).await;
        self.connection.warn_of_choice(diags);
        found.unwrap_or_else(|error| {
            server_error(diags, L::DOING, AttributePath::root(), &error);
            Vec::new()
        })
    }
}
