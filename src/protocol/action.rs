//! Actions, which do something once and leave no state.

use super::messages::DynamicValue;
use async_trait::async_trait;
use serde::Deserialize;
use tf_provider::schema::Schema;
use tf_provider::Diagnostics;

/// Something that can be done.
#[async_trait]
pub trait Action: Send + Sync {
    /// What its `config` block holds.
    type Config<'a>: Deserialize<'a> + Send;

    /// The schema of the `config` block.
    fn schema(&self) -> Schema;

    /// Checks such a block, in which values may still be unknown.
    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>);

    /// Does it, and returns what to tell the user in one line.
    async fn invoke<'a>(&self, diags: &mut Diagnostics, config: Self::Config<'a>) -> Option<String>;
}

/// An action whose types are not known.
#[async_trait]
pub trait DynAction: Send + Sync {
    /// See [`Action::schema`].
    fn schema(&self) -> Schema;

    /// See [`Action::validate`].
    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()>;

    /// See [`Action::invoke`].
    async fn invoke(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<String>;
}

#[async_trait]
impl<A: Action> DynAction for A {
    fn schema(&self) -> Schema {
        Action::schema(self)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<()> {
        let config = config.decode(diags, "configuration")?;
        Action::validate(self, diags, config).await;
        Some(())
    }

    async fn invoke(&self, diags: &mut Diagnostics, config: &DynamicValue) -> Option<String> {
        let config = config.decode(diags, "configuration")?;
        Action::invoke(self, diags, config).await
    }
}
