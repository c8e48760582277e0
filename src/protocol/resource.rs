//! Resources as the service calls them: over bytes, and through a trait that can be an object.

use super::convert::encoding::{decode_private, encode_private};
use super::identity::{self, Identity, IdentityPart};
use super::messages::{DynamicValue, IdentityData};
use async_trait::async_trait;
use prost::bytes::Bytes;
use tf_provider::schema::Schema;
use tf_provider::{AttributePath, Diagnostics, Resource};

/// What a resource may do besides what every [`Resource`] does. Each method has a default, by which it does not.
#[async_trait]
pub trait ManagedResource: Resource {
    /// The paths of the attributes that only the configuration has, and neither plan nor state, such as `post.url_wo`.
    fn write_only(&self) -> Vec<String> {
        Vec::new()
    }

    /// Where this configuration sets one of them.
    fn write_only_values(&self, _config: &Self::State<'_>) -> Vec<AttributePath> {
        Vec::new()
    }

    /// What an identity of such a resource consists of; nothing if it has none.
    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[]
    }

    /// The identity of the resource with this state, once it is known.
    fn identity(&self, _state: &Self::State<'_>) -> Option<Identity> {
        None
    }

    /// The import id that means the same as an identity.
    fn import_id(&self, _identity: Identity) -> Option<String> {
        None
    }

    /// Makes a state of this schema's version out of one that an earlier version of the schema has written.
    fn upgrade_state(
        &self,
        diags: &mut Diagnostics,
        version: i64,
        _state: serde_json::Value,
    ) -> Option<serde_json::Value> {
        diags.root_error(
            "The state cannot be upgraded",
            format!("No version of this provider has written states of version {version} for this type of resource."),
        );
        None
    }

    /// Makes a state out of that of another type of resource, which a `moved` block names.
    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource) -> Option<serde_json::Value> {
        diags.root_error(
            "The resource cannot be moved to another type",
            format!(
                "What {} manages is not what this type of resource manages. Remove the `moved` block; to give an object to \
                 another resource, write a `removed` block for the old one and an `import` block for the new one.",
                source.type_name
            ),
        );
        None
    }
}

/// What a `moved` block leads away from.
#[derive(Debug)]
pub struct MoveSource {
    /// The address of its provider, such as `registry.terraform.io/hashicorp/null`.
    pub provider: String,
    /// Its type.
    pub type_name: String,
    /// The version of its schema.
    pub version: i64,
    /// Its state.
    pub state: serde_json::Value,
}

/// A resource as Terraform stores it, or plans to.
pub struct Stored {
    /// What the configuration language sees.
    pub state: DynamicValue,
    /// What is kept beside it.
    pub private: Bytes,
    /// What it is called on its server, once that is known.
    pub identity: Option<IdentityData>,
}

/// What an update is to come to, and what about it would need another resource instead.
pub struct PlannedUpdate {
    /// The resource after the update.
    pub stored: Stored,
    /// The attributes for which it has to be replaced.
    pub requires_replace: Vec<AttributePath>,
}

/// A resource whose types are not known.
#[async_trait]
pub trait DynResource: Send + Sync {
    /// See [`Resource::schema`].
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema>;

    /// See [`ManagedResource::write_only`].
    fn write_only(&self) -> Vec<String>;

    /// See [`ManagedResource::identity_parts`].
    fn identity_parts(&self) -> &'static [IdentityPart];

    /// See [`ManagedResource::upgrade_state`].
    fn upgrade_state(
        &self,
        diags: &mut Diagnostics,
        version: i64,
        state: serde_json::Value,
    ) -> Option<serde_json::Value>;

    /// See [`ManagedResource::move_state`].
    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource) -> Option<serde_json::Value>;

    /// See [`Resource::validate`]. A client that knows no write-only attributes may set none.
    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue, write_only_allowed: bool) -> Option<()>;

    /// See [`Resource::read`].
    async fn read(
        &self,
        diags: &mut Diagnostics,
        state: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored>;

    /// See [`Resource::plan_create`].
    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: &DynamicValue,
        config: &DynamicValue,
        meta: &DynamicValue,
    ) -> Option<Stored>;

    /// See [`Resource::plan_update`].
    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        proposed: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<PlannedUpdate>;

    /// See [`Resource::plan_destroy`].
    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Bytes>;

    /// See [`Resource::create`].
    async fn create(
        &self,
        diags: &mut Diagnostics,
        planned: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored>;

    /// See [`Resource::update`].
    async fn update(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        planned: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored>;

    /// See [`Resource::destroy`].
    async fn destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<()>;

    /// See [`Resource::import`].
    async fn import(&self, diags: &mut Diagnostics, id: String) -> Option<Stored>;

    /// The same by identity.
    async fn import_by_identity(&self, diags: &mut Diagnostics, identity: &IdentityData) -> Option<Stored>;
}

/// What the parts of a resource are called in an error about their form.
const CONFIG: &str = "configuration";
const PRIOR: &str = "state";
const PLANNED: &str = "planned state";
const META: &str = "provider_meta block";

fn stored<R: ManagedResource>(
    resource: &R,
    diags: &mut Diagnostics,
    (state, private): (R::State<'_>, R::PrivateState<'_>),
) -> Option<Stored> {
    let identity = resource.identity(&state);
    Some(Stored {
        state: DynamicValue::encode(diags, &state)?,
        private: encode_private(diags, &private)?,
        identity: match identity {
            Some(identity) => Some(identity::encode(diags, &identity)?),
            None => None,
        },
    })
}

#[async_trait]
impl<R: ManagedResource> DynResource for R {
    fn schema(&self, diags: &mut Diagnostics) -> Option<Schema> {
        Resource::schema(self, diags)
    }

    fn write_only(&self) -> Vec<String> {
        ManagedResource::write_only(self)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        ManagedResource::identity_parts(self)
    }

    fn upgrade_state(
        &self,
        diags: &mut Diagnostics,
        version: i64,
        state: serde_json::Value,
    ) -> Option<serde_json::Value> {
        ManagedResource::upgrade_state(self, diags, version, state)
    }

    fn move_state(&self, diags: &mut Diagnostics, source: &MoveSource) -> Option<serde_json::Value> {
        ManagedResource::move_state(self, diags, source)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &DynamicValue, write_only_allowed: bool) -> Option<()> {
        let config: R::State<'_> = config.decode(diags, CONFIG)?;
        if !write_only_allowed {
            for path in self.write_only_values(&config) {
                diags.error(
                    "The attribute needs a newer Terraform",
                    "It is write-only: only the configuration has it, and neither plan nor state. This takes Terraform 1.11 or \
                     newer, or OpenTofu 1.11 or newer.",
                    path,
                );
            }
        }
        Resource::validate(self, diags, config).await
    }

    async fn read(
        &self,
        diags: &mut Diagnostics,
        state: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored> {
        let state = state.decode(diags, PRIOR)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        let read = Resource::read(self, diags, state, private, meta).await?;
        stored(self, diags, read)
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: &DynamicValue,
        config: &DynamicValue,
        meta: &DynamicValue,
    ) -> Option<Stored> {
        let proposed = proposed.decode(diags, PLANNED)?;
        let config = config.decode(diags, CONFIG)?;
        let meta = meta.decode(diags, META)?;
        let planned = Resource::plan_create(self, diags, proposed, config, meta).await?;
        stored(self, diags, planned)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        proposed: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<PlannedUpdate> {
        let prior = prior.decode(diags, PRIOR)?;
        let proposed = proposed.decode(diags, PLANNED)?;
        let config = config.decode(diags, CONFIG)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        let (state, private, requires_replace) =
            Resource::plan_update(self, diags, prior, proposed, config, private, meta).await?;
        Some(PlannedUpdate {
            stored: stored(self, diags, (state, private))?,
            requires_replace,
        })
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Bytes> {
        let prior = prior.decode(diags, PRIOR)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        let private = Resource::plan_destroy(self, diags, prior, private, meta).await?;
        encode_private(diags, &private)
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        planned: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored> {
        let planned = planned.decode(diags, PLANNED)?;
        let config = config.decode(diags, CONFIG)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        let created = Resource::create(self, diags, planned, config, private, meta).await?;
        stored(self, diags, created)
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        planned: &DynamicValue,
        config: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<Stored> {
        let prior = prior.decode(diags, PRIOR)?;
        let planned = planned.decode(diags, PLANNED)?;
        let config = config.decode(diags, CONFIG)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        let updated = Resource::update(self, diags, prior, planned, config, private, meta).await?;
        stored(self, diags, updated)
    }

    async fn destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &DynamicValue,
        private: &[u8],
        meta: &DynamicValue,
    ) -> Option<()> {
        let prior = prior.decode(diags, PRIOR)?;
        let private = decode_private(diags, private)?;
        let meta = meta.decode(diags, META)?;
        Resource::destroy(self, diags, prior, private, meta).await
    }

    async fn import(&self, diags: &mut Diagnostics, id: String) -> Option<Stored> {
        let imported = Resource::import(self, diags, id).await?;
        stored(self, diags, imported)
    }

    async fn import_by_identity(&self, diags: &mut Diagnostics, identity: &IdentityData) -> Option<Stored> {
        let parts = ManagedResource::identity_parts(self);
        let identity = identity::decode(diags, parts, identity)?;
        let Some(id) = self.import_id(identity) else {
            diags.root_error(
                "This type of resource has no identity",
                "Import it by `id` instead of `identity`.",
            );
            return None;
        };
        DynResource::import(self, diags, id).await
    }
}
