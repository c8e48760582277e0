//! `squadcast_kapacitor_template`: a TICKscript that tasks are made from.

mod apply;
mod check;
pub mod definition;
mod firing;
mod followers;
mod import;
mod inventory;
mod lifecycle;
pub mod list;
mod model;
mod owner;
mod plan;
pub mod planned;
mod private_state;

pub(super) use self::inventory::configured;

use self::model::KapacitorTemplateState;
use self::planned::PlannedTemplates;
use self::private_state::PrivateState;
use super::connection::Connection;
use super::diagnostics::refresh_error;
use super::ownership::{Holder, Ownership};
use super::task::script::printed;
use super::values::known;
use crate::protocol::{Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct KapacitorTemplateResource {
    connection: Connection,
    ownership: Ownership,
    planned: PlannedTemplates,
}

impl KapacitorTemplateResource {
    /// The resource, which uses the provider's connection, knows of the templates' owners, and tells the tasks what it plans.
    pub fn new(connection: Connection, ownership: Ownership, planned: PlannedTemplates) -> Self {
        KapacitorTemplateResource {
            connection,
            ownership,
            planned,
        }
    }

    /// Tells the tasks what the template is to have.
    fn tell_tasks(&self, planned: &KapacitorTemplateState) {
        if let Some(id) = known(&planned.template_id) {
            self.planned.note(id, known(planned.source()).and_then(printed));
        }
    }
}

impl ManagedResource for KapacitorTemplateResource {
    fn write_only(&self) -> Vec<String> {
        definition::write_only()
    }

    fn write_only_values(&self, config: &KapacitorTemplateState) -> Vec<AttributePath> {
        let is_set = !config.script_wo.0.is_null();
        is_set.then(|| AttributePath::new("script_wo")).into_iter().collect()
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[definition::IDENTITY]
    }

    fn identity(&self, state: &KapacitorTemplateState) -> Option<Identity> {
        known(&state.id).map(|id| definition::IDENTITY.alone(id))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        identity.remove(definition::IDENTITY.name)
    }
}

#[async_trait]
impl Resource for KapacitorTemplateResource {
    type State<'a> = KapacitorTemplateState;
    type PrivateState<'a> = Value<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: KapacitorTemplateState) -> Option<()> {
        self.connection.remember(config.secrets());
        check::check(diags, &config);
        if let Some(id) = known(&config.template_id) {
            self.ownership.announce(id);
        }
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>)> {
        self.connection.remember(state.secrets());
        let mut private = PrivateState::of(private);
        self.ownership.note_read(state.id(), &mut private.owner);
        let Some(client) = self.connection.client() else {
            return Some((state, Value::Value(private)));
        };
        let template = client.templates().refresh(state.id()).await;
        self.connection.warn_of_choice(diags);
        match template {
            Ok(None) => return None,
            Ok(Some(template)) => match client.tasks().all().await {
                Ok(tasks) => state.refresh(&template, &tasks, &private.key()),
                Err(error) => refresh_error(diags, "reading the tasks of the template", &error),
            },
            Err(error) => refresh_error(diags, "reading the template", &error),
        }
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTemplateState,
        config: KapacitorTemplateState,
        _: ValueEmpty,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>)> {
        self.connection.remember(config.secrets());
        let key = plan::plan(diags, &mut planned, &config, None);
        owner::plan_creation(diags, &self.ownership, &planned);
        self.tell_tasks(&planned);
        let private = PrivateState {
            fingerprint_key: key,
            ..PrivateState::default()
        };
        Some((planned, Value::Value(private)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTemplateState,
        mut planned: KapacitorTemplateState,
        config: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>, Vec<AttributePath>)> {
        let mut private = PrivateState::of(private);
        self.connection.remember(prior.secrets());
        self.connection.remember(config.secrets());
        let former = Some((&prior, private.fingerprint_key.clone()));
        private.fingerprint_key = plan::plan(diags, &mut planned, &config, former);
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned);
        let changes_script = plan::changes_script(&planned, &prior);
        if changes_script || planned.id != prior.id {
            self.tell_tasks(&planned);
        }
        if let Some(client) = self.connection.client().filter(|_| changes_script) {
            plan::warn_of_tasks(diags, &client, &prior, &planned).await;
        }
        Some((planned, Value::Value(private), Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Value<PrivateState>> {
        self.connection.remember(prior.secrets());
        let mut private = PrivateState::of(private);
        owner::plan_destruction(diags, &self.ownership, &prior, &mut private.owner);
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTemplateState,
        config: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>)> {
        planned.take_write_only(&config);
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        let id = known(&planned.template_id).unwrap_or_default().to_owned();
        let _turn = self.ownership.turn(&id).await;
        let may_replace = !self.ownership.take(&id);
        let created = apply::create(diags, &client, planned, may_replace, &private.key()).await;
        self.connection.warn_of_choice(diags);
        self.planned.forget(&id);
        let has_now = created.as_ref().map(|_| id.as_str());
        self.ownership.created(&id, has_now, &Holder::fixed(&id));
        Some((created?, Value::Value(private.after_write())))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTemplateState,
        mut planned: KapacitorTemplateState,
        config: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>)> {
        planned.take_write_only(&config);
        self.connection.remember(prior.secrets());
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        let _turn = self.ownership.turn(prior.id()).await;
        let (id, key) = (
            known(&planned.template_id).unwrap_or_default().to_owned(),
            private.key(),
        );
        let updated = match self.ownership.is_destroyed(prior.id()) {
            true => apply::create(diags, &client, planned, true, &key).await,
            false => apply::update(diags, &client, &prior, planned, &key).await,
        };
        self.connection.warn_of_choice(diags);
        self.planned.forget(&id);
        let has_now = updated.as_ref().unwrap_or(&prior).id();
        self.ownership.kept(has_now, &Holder::fixed(has_now));
        Some((updated?, Value::Value(private.after_write())))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTemplateState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secrets());
        let client = self.connection.required(diags)?;
        let memory = PrivateState::of(private).owner;
        let Some(destruction) = self.ownership.destruction(prior.id(), &memory).await else {
            owner::WORDS.warn_of_keeping(diags, prior.id());
            return Some(());
        };
        apply::destroy(diags, &client, &prior).await;
        destruction.end(diags.errors.is_empty());
        self.connection.warn_of_choice(diags);
        Some(())
    }

    async fn import<'a>(
        &self,
        diags: &mut Diagnostics,
        id: String,
    ) -> Option<(KapacitorTemplateState, Value<PrivateState>)> {
        let client = self.connection.required(diags)?;
        let imported = import::import(diags, &client, &id).await;
        self.connection.warn_of_choice(diags);
        let (state, private) = imported?;
        Some((state, Value::Value(private)))
    }
}
