//! `squadcast_kapacitor_task`: any TICKscript as a Kapacitor task.

mod check;
mod dbrps;
pub mod definition;
mod import;
mod inventory;
pub mod list;
mod model;
mod plan;
mod private_state;
mod vars;
mod write_only;

pub(super) use self::inventory::configured;

use self::model::KapacitorTaskState;
use self::private_state::PrivateState;
use super::attributes::write_only_paths;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::kapacitor_template::planned::PlannedTemplates;
use super::ownership::Ownership;
use super::task::open_alerts::firing;
use super::task::open_alerts::firing::Step;
use super::task::{apply, fields};
use super::task::{owner, ManagedTask};
use super::values::known;
use crate::kapacitor::Client;
use crate::protocol::{Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct KapacitorTaskResource {
    connection: Connection,
    ownership: Ownership,
    templates: PlannedTemplates,
}

impl KapacitorTaskResource {
    /// The resource, which uses the provider's connection, shares the tasks' owners with the rules, and is told what templates
    /// are planned to have.
    pub fn new(connection: Connection, ownership: Ownership, templates: PlannedTemplates) -> Self {
        KapacitorTaskResource {
            connection,
            ownership,
            templates,
        }
    }

    /// Reads the template of a task that is about to be written.
    async fn read_template(&self, diags: &mut Diagnostics, planned: &mut KapacitorTaskState) -> Option<()> {
        let client = self.connection.required(diags)?;
        plan::read_template(&client, planned).await;
        if let (Some(id), None) = (known(&planned.template_id), &planned.template_script) {
            diags.error(
                "There is no such template",
                format!("Kapacitor shows no template with the id {id:?}, so that the task was not written."),
                AttributePath::new("template_id"),
            );
            return None;
        }
        check::check_vars(diags, planned);
        diags.errors.is_empty().then_some(())
    }

    /// Completes the former task by what no state holds of it.
    async fn read_write_only(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        prior: &mut KapacitorTaskState,
        private: &PrivateState,
    ) -> Option<()> {
        if private.write_only.is_empty() {
            return Some(());
        }
        match client.tasks().find(prior.id()).await {
            Ok(Some(task)) => prior.take_from_server(&task, private),
            Ok(None) => {}
            Err(error) => {
                server_error(diags, "reading the task", AttributePath::root(), &error);
                return None;
            }
        }
        self.connection.remember(prior.secret_texts());
        Some(())
    }
}

impl ManagedResource for KapacitorTaskResource {
    fn write_only(&self) -> Vec<String> {
        write_only_paths(&definition::attributes(), &[])
    }

    fn write_only_values(&self, config: &KapacitorTaskState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[definition::IDENTITY]
    }

    fn identity(&self, state: &KapacitorTaskState) -> Option<Identity> {
        known(&state.id).map(|id| definition::IDENTITY.alone(id))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        identity.remove(definition::IDENTITY.name)
    }
}

#[async_trait]
impl Resource for KapacitorTaskResource {
    type State<'a> = KapacitorTaskState;
    type PrivateState<'a> = Value<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: KapacitorTaskState) -> Option<()> {
        self.connection.remember(config.secret_texts());
        check::check(diags, &config);
        owner::announce(&self.ownership, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>)> {
        self.connection.remember(state.secret_texts());
        let mut private = PrivateState::of(private);
        self.ownership.note_read(state.id(), &mut private.owner);
        let Some(client) = self.connection.client() else {
            return Some((state, Value::Value(private)));
        };
        let task = client.tasks().refresh(state.id()).await;
        self.connection.warn_of_choice(diags);
        match task {
            Ok(None) => return None,
            Ok(Some(task)) => {
                state.take_from_server(&task, &private);
                state.refresh(&task, &private.key());
                self.connection.remember(state.secret_texts());
            }
            Err(error) => refresh_error(diags, "reading the task", &error),
        }
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTaskState,
        config: KapacitorTaskState,
        _: ValueEmpty,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>)> {
        planned.take_write_only(&config);
        self.connection.remember(planned.secret_texts());
        let key = plan::plan(
            diags,
            (self.connection.client(), &self.templates),
            &mut planned,
            &config,
            None,
        )
        .await;
        owner::plan_creation(diags, self.connection.client(), &self.ownership, &mut planned).await;
        let private = PrivateState {
            fingerprint_key: key,
            ..PrivateState::default()
        };
        Some((planned, Value::Value(private)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTaskState,
        mut planned: KapacitorTaskState,
        config: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>, Vec<AttributePath>)> {
        let mut private = PrivateState::of(private);
        planned.take_write_only(&config);
        self.connection.remember(prior.secret_texts());
        self.connection.remember(planned.secret_texts());
        fields::stopped(diags, &prior);
        let client = self.connection.client();
        let former = Some((&prior, private.fingerprint_key.clone()));
        private.fingerprint_key =
            plan::plan(diags, (client.clone(), &self.templates), &mut planned, &config, former).await;
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned, &config);
        if let Some((client, step)) = client.zip(plan::cuts_off(&prior, &planned)) {
            firing::warn(diags, &client, prior.id(), step).await;
        }
        Some((planned, Value::Value(private), Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Value<PrivateState>> {
        self.connection.remember(prior.secret_texts());
        let mut private = PrivateState::of(private);
        if owner::plan_destruction(diags, &self.ownership, &prior, &mut private.owner) {
            return Some(Value::Value(private));
        }
        if let Some(client) = self.connection.client().filter(|_| !prior.resolves_on_destroy()) {
            private.owner.has_looked = firing::warn(diags, &client, prior.id(), Step::Removal).await;
        }
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTaskState,
        config: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>)> {
        planned.take_configured_script(&config);
        planned.take_write_only(&config);
        self.connection.remember(planned.secret_texts());
        self.read_template(diags, &mut planned).await?;
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        let state = apply::create(diags, &client, &self.ownership, planned, &private.key()).await;
        self.connection.warn_of_choice(diags);
        let private = private.after_write(state.as_ref()?);
        Some((state?, Value::Value(private)))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        mut prior: KapacitorTaskState,
        mut planned: KapacitorTaskState,
        config: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>)> {
        planned.take_configured_script(&config);
        planned.take_write_only(&config);
        self.connection.remember(prior.secret_texts());
        self.connection.remember(planned.secret_texts());
        self.read_template(diags, &mut planned).await?;
        let client = self.connection.required(diags)?;
        plan::read_template(&client, &mut prior).await;
        let mut private = PrivateState::of(private);
        self.read_write_only(diags, &client, &mut prior, &private).await?;
        let state = apply::update(diags, &client, &self.ownership, &prior, planned, &private.key()).await;
        self.connection.warn_of_choice(diags);
        let private = private.after_write(state.as_ref()?);
        Some((state?, Value::Value(private)))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        mut prior: KapacitorTaskState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secret_texts());
        let client = self.connection.required(diags)?;
        plan::read_template(&client, &mut prior).await;
        let private = PrivateState::of(private);
        if prior.resolves_on_destroy() {
            self.read_write_only(diags, &client, &mut prior, &private).await?;
        }
        let memory = private.owner;
        let Some(destruction) = self.ownership.destruction(prior.id(), &memory).await else {
            KapacitorTaskState::WORDS.warn_of_keeping(diags, prior.id());
            return Some(());
        };
        apply::destroy(diags, &client, &prior, memory.has_looked).await;
        destruction.end(diags.errors.is_empty());
        self.connection.warn_of_choice(diags);
        Some(())
    }

    async fn import<'a>(
        &self,
        diags: &mut Diagnostics,
        id: String,
    ) -> Option<(KapacitorTaskState, Value<PrivateState>)> {
        let client = self.connection.required(diags)?;
        let imported = import::import(diags, &client, &id).await;
        self.connection.warn_of_choice(diags);
        let (state, private) = imported?;
        Some((state, Value::Value(private)))
    }
}
