//! Providers as the service calls them.

use super::action::DynAction;
use super::data_source::DynDataSource;
use super::function::DynFunction;
use super::list_resource::DynListResource;
use super::messages::DynamicValue;
use super::resource::DynResource;
use async_trait::async_trait;
use std::collections::BTreeMap;
use tf_provider::schema::Schema;
use tf_provider::{Diagnostics, Provider};

/// A provider, and what it serves.
///
/// [`Provider`] alone cannot be served: what it calls `Dynamic…` takes a type that only its own library has.
pub trait ServedProvider: Provider {
    /// All that it serves.
    fn serves(&self) -> Served;
}

/// What a provider serves, by full name, such as `squadcast_kapacitor_endpoint`.
#[derive(Default)]
pub struct Served {
    /// The resources.
    pub resources: BTreeMap<String, Box<dyn DynResource>>,
    /// The data sources.
    pub data_sources: BTreeMap<String, Box<dyn DynDataSource>>,
    /// The list resources, each under the name of its resource.
    pub lists: BTreeMap<String, Box<dyn DynListResource>>,
    /// The actions.
    pub actions: BTreeMap<String, Box<dyn DynAction>>,
    /// The functions, whose names do not begin with the provider's.
    pub functions: BTreeMap<String, Box<dyn DynFunction>>,
}

impl Served {
    /// The same with a resource.
    pub fn resource(mut self, name: &str, resource: impl DynResource + 'static) -> Self {
        self.resources.insert(name.to_owned(), Box::new(resource));
        self
    }

    /// The same with a data source.
    pub fn data_source(mut self, name: &str, data_source: impl DynDataSource + 'static) -> Self {
        self.data_sources.insert(name.to_owned(), Box::new(data_source));
        self
    }

    /// The same with a list resource.
    pub fn list(mut self, name: &str, list: impl DynListResource + 'static) -> Self {
        self.lists.insert(name.to_owned(), Box::new(list));
        self
    }

    /// The same with an action.
    pub fn action(mut self, name: &str, action: impl DynAction + 'static) -> Self {
        self.actions.insert(name.to_owned(), Box::new(action));
        self
    }

    /// The same with a function.
    pub fn function(mut self, name: &str, function: impl DynFunction + 'static) -> Self {
        self.functions.insert(name.to_owned(), Box::new(function));
        self
    }
}

/// A provider whose types are not known.
#[async_trait]
pub(super) trait DynProvider: Send + Sync {
    /// See [`Provider::schema`].
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;

    /// See [`Provider::validate`].
    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()>;

    /// See [`Provider::configure`].
    async fn configure(&self, diags: &mut Diagnostics, version: String, config: &DynamicValue) -> Option<()>;
}

#[async_trait]
impl<P: ServedProvider> DynProvider for P {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Provider::schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()> {
        let config = config.decode(diags, "provider's configuration")?;
        Provider::validate(self, diags, config).await
    }

    async fn configure(&self, diags: &mut Diagnostics, version: String, config: &DynamicValue) -> Option<()> {
        let config = config.decode(diags, "provider's configuration")?;
        Provider::configure(self, diags, version, config).await
    }
}
