//! What the types of resources have in common: each says what is its own as a [`ManagedObject`], and [`Managed`] makes of it a
//! resource as Terraform calls it.

use super::attributes::{block, write_only_paths, Definition};
use super::connection::Connection;
use crate::kapacitor::{Client, Secret};
use crate::protocol::{identity_of, Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::Serialize;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// A type of objects of a server, each of which a resource can manage.
///
/// Whoever calls has kept the secrets of every state out of what is shown, and has put the write-only values of the
/// configuration into what is proposed or planned.
#[async_trait]
pub(super) trait ManagedObject: Send + Sync {
    /// The state of such a resource, and its configuration and plan.
    type State: Serialize + DeserializeOwned + Send + Sync;
    /// What is to be remembered besides. The default is for an object of which nothing was remembered yet.
    type Private: Serialize + DeserializeOwned + Default + Send + Sync;

    /// What a resource of this type is, in Markdown.
    const DESCRIPTION: &'static str;
    /// What an identity consists of. The import id has the same values, with slashes between them.
    const IDENTITY: &'static [IdentityPart];

    /// The provider's connection.
    fn connection(&self) -> &Connection;

    /// The attributes, in the order of the docs.
    fn attributes() -> Vec<Definition>;

    /// The schema.
    fn schema() -> Schema {
        Schema {
            version: 0,
            block: block(Self::DESCRIPTION, &Self::attributes()),
        }
    }

    /// The paths of the attributes that only the configuration has.
    fn write_only() -> Vec<String> {
        write_only_paths(&Self::attributes())
    }

    /// Where this configuration sets one of them.
    fn write_only_values(&self, config: &Self::State) -> Vec<AttributePath>;

    /// The value of each part of the identity of the object with this state, once they are known.
    fn key(state: &Self::State) -> Option<Vec<&str>>;

    /// What of a state no message may show.
    fn secrets(state: &Self::State) -> Vec<Secret>;

    /// Takes over what only the configuration has.
    fn take_write_only(state: &mut Self::State, config: &Self::State);

    /// Checks a configuration as far as it is known.
    fn validate(&self, diags: &mut Diagnostics, config: &Self::State);

    /// Notes which object a state has, also where there is no server to ask.
    fn note_read(&self, state: &Self::State, private: &mut Self::Private);

    /// Takes over what the server has; nothing if the object is gone.
    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        state: Self::State,
        private: Self::Private,
    ) -> Option<(Self::State, Self::Private)>;

    /// Plans a creation.
    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: Self::State,
        config: &Self::State,
    ) -> (Self::State, Self::Private);

    /// Plans a change, and names the attributes that take a new object.
    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: Self::State,
        proposed: Self::State,
        config: &Self::State,
        private: Self::Private,
    ) -> (Self::State, Self::Private, Vec<AttributePath>);

    /// Plans a destruction.
    async fn plan_destroy(&self, diags: &mut Diagnostics, prior: &Self::State, private: Self::Private)
        -> Self::Private;

    /// Creates the object; nothing where `diags` tells why.
    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        planned: Self::State,
        config: &Self::State,
        private: Self::Private,
    ) -> Option<(Self::State, Self::Private)>;

    /// Changes the object; nothing where `diags` tells why.
    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<Self::State>,
        private: Self::Private,
    ) -> Option<(Self::State, Self::Private)>;

    /// Removes the object.
    async fn destroy(&self, diags: &mut Diagnostics, client: &Client, prior: Self::State, private: Self::Private);

    /// The state of an object that nothing managed so far; nothing where `diags` tells why.
    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        id: String,
    ) -> Option<(Self::State, Self::Private)>;
}

/// What a change goes from and to.
pub(super) struct Change<S> {
    /// The state.
    pub prior: S,
    /// What was planned.
    pub planned: S,
    /// The configuration.
    pub config: S,
}

/// A type of objects as a type of resources.
pub(super) struct Managed<M>(pub M);

impl<M: ManagedObject> Managed<M> {
    fn remember(&self, states: &[&M::State]) {
        let secrets = states.iter().flat_map(|state| M::secrets(state));
        self.0.connection().remember(secrets.collect());
    }
}

/// What Terraform kept beside a state.
pub(super) fn kept<P: Default>(private: Value<P>) -> P {
    match private {
        Value::Value(private) => private,
        Value::Null | Value::Unknown => P::default(),
    }
}

impl<M: ManagedObject> ManagedResource for Managed<M> {
    fn write_only(&self) -> Vec<String> {
        M::write_only()
    }

    fn write_only_values(&self, config: &M::State) -> Vec<AttributePath> {
        self.0.write_only_values(config)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        M::IDENTITY
    }

    fn identity(&self, state: &M::State) -> Option<Identity> {
        M::key(state).map(|values| identity_of(M::IDENTITY, &values))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        let values: Option<Vec<String>> = M::IDENTITY.iter().map(|part| identity.remove(part.name)).collect();
        Some(values?.join("/"))
    }
}

#[async_trait]
impl<M: ManagedObject> Resource for Managed<M> {
    type State<'a> = M::State;
    type PrivateState<'a> = Value<M::Private>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(M::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: M::State) -> Option<()> {
        self.remember(&[&config]);
        self.0.validate(diags, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        state: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<(M::State, Value<M::Private>)> {
        self.remember(&[&state]);
        let mut private = kept(private);
        self.0.note_read(&state, &mut private);
        let Some(client) = self.0.connection().client() else {
            return Some((state, Value::Value(private)));
        };
        let refreshed = self.0.refresh(diags, &client, state, private).await;
        self.0.connection().warn_of_choice(diags);
        let (state, private) = refreshed?;
        self.remember(&[&state]);
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: M::State,
        config: M::State,
        _: ValueEmpty,
    ) -> Option<(M::State, Value<M::Private>)> {
        M::take_write_only(&mut proposed, &config);
        self.remember(&[&config, &proposed]);
        let (planned, private) = self.0.plan_create(diags, proposed, &config).await;
        Some((planned, Value::Value(private)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: M::State,
        mut proposed: M::State,
        config: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<(M::State, Value<M::Private>, Vec<AttributePath>)> {
        M::take_write_only(&mut proposed, &config);
        self.remember(&[&prior, &config, &proposed]);
        let planned = self.0.plan_update(diags, prior, proposed, &config, kept(private));
        let (planned, private, replacing) = planned.await;
        Some((planned, Value::Value(private), replacing))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<Value<M::Private>> {
        self.remember(&[&prior]);
        let private = self.0.plan_destroy(diags, &prior, kept(private)).await;
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: M::State,
        config: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<(M::State, Value<M::Private>)> {
        M::take_write_only(&mut planned, &config);
        self.remember(&[&config, &planned]);
        let client = self.0.connection().required(diags)?;
        let created = self.0.create(diags, &client, planned, &config, kept(private)).await;
        self.0.connection().warn_of_choice(diags);
        let (state, private) = created?;
        Some((state, Value::Value(private)))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: M::State,
        mut planned: M::State,
        config: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<(M::State, Value<M::Private>)> {
        M::take_write_only(&mut planned, &config);
        self.remember(&[&prior, &config, &planned]);
        let client = self.0.connection().required(diags)?;
        let states = Change { prior, planned, config };
        let updated = self.0.update(diags, &client, states, kept(private)).await;
        self.0.connection().warn_of_choice(diags);
        let (state, private) = updated?;
        Some((state, Value::Value(private)))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: M::State,
        private: Value<M::Private>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.remember(&[&prior]);
        let client = self.0.connection().required(diags)?;
        self.0.destroy(diags, &client, prior, kept(private)).await;
        self.0.connection().warn_of_choice(diags);
        Some(())
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, id: String) -> Option<(M::State, Value<M::Private>)> {
        let client = self.0.connection().required(diags)?;
        let imported = self.0.import(diags, &client, id).await;
        self.0.connection().warn_of_choice(diags);
        let (state, private) = imported?;
        self.remember(&[&state]);
        Some((state, Value::Value(private)))
    }
}
