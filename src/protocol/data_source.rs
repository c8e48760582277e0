//! Data sources as the service calls them: over bytes, and through a trait that can be an object.

use super::messages::DynamicValue;
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::{DataSource, Diagnostics};

/// A data source whose types are not known.
#[async_trait]
pub trait DynDataSource: Send + Sync {
    /// See [`DataSource::schema`].
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;

    /// See [`DataSource::validate`].
    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()>;

    /// See [`DataSource::read`].
    async fn read(&self, diags: &mut Diagnostics, config: &DynamicValue, meta: &DynamicValue) -> Option<DynamicValue>;
}

#[async_trait]
impl<D: DataSource> DynDataSource for D {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        DataSource::schema(self, diags)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()> {
        let config = config.decode(diags, "configuration")?;
        DataSource::validate(self, diags, config).await
    }

    async fn read(&self, diags: &mut Diagnostics, config: &DynamicValue, meta: &DynamicValue) -> Option<DynamicValue> {
        let config = config.decode(diags, "configuration")?;
        let meta = meta.decode(diags, "provider_meta block")?;
        let state = DataSource::read(self, diags, config, meta).await?;
        DynamicValue::encode(diags, &state)
    }
}
