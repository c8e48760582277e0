//! `squadcast_kapacitor_alert_rule`: a rule of Chronograf's Alert Rule Builder, as a Kapacitor task.

pub mod definition;
pub(super) mod import;
mod inventory;
pub mod list;
mod managed;
mod plan;
pub(super) mod refresh;
mod report;

pub(super) mod state;
#[cfg(test)]
mod tests;

pub(super) use self::inventory::{found, Older};
pub use self::plan::alert_ids::AlertIds;
use self::plan::{cuts_off, server_version};
use self::refresh::examination::Examinations;
use self::refresh::normal_form;
use self::state::model::AlertRuleState;
use self::state::preserve_secrets::{spec_to_validate, Prior};
use self::state::private_state::PrivateState;
use self::state::write_only;
use self::state::write_only_memory::WriteOnlyMemory;
use super::attributes::write_only_paths;
use super::connection::Connection;
use super::diagnostics::refresh_error;
use super::ownership::{Creation, Ownership};
use super::task::apply;
use super::task::open_alerts::firing;
use super::task::open_alerts::firing::Step;
use super::task::{owner, task_id, ManagedTask};
use super::values::known;
use crate::protocol::{Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct AlertRuleResource {
    connection: Connection,
    ownership: Ownership,
    alert_ids: AlertIds,
    examinations: Examinations,
}

impl AlertRuleResource {
    /// The resource, which uses the provider's connection, and knows of no other resource.
    pub fn new(connection: Connection) -> Self {
        AlertRuleResource {
            connection,
            ownership: Ownership::default(),
            alert_ids: AlertIds::default(),
            examinations: Examinations::default(),
        }
    }

    /// The same, with what the provider knows of the tasks' owners and of their alerts.
    pub fn knowing(self, ownership: Ownership, alert_ids: AlertIds) -> Self {
        AlertRuleResource {
            ownership,
            alert_ids,
            ..self
        }
    }

    /// A rule that is replaced is planned twice, and is noted with the first plan.
    fn note_alert_ids(&self, diags: &mut Diagnostics, planned: &AlertRuleState) {
        if let Some(rule) = planned.rule().filter(|_| planned.is_enabled()) {
            self.alert_ids.plan(diags, &rule, known(&planned.id));
        }
    }
}

impl ManagedResource for AlertRuleResource {
    fn write_only(&self) -> Vec<String> {
        write_only_paths(&definition::attributes(), &definition::blocks())
    }

    fn write_only_values(&self, config: &AlertRuleState) -> Vec<AttributePath> {
        write_only::values(config)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[definition::IDENTITY]
    }

    fn identity(&self, state: &AlertRuleState) -> Option<Identity> {
        known(&state.id).map(|id| definition::IDENTITY.alone(id))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        identity.remove(definition::IDENTITY.name)
    }
}

#[async_trait]
impl Resource for AlertRuleResource {
    type State<'a> = AlertRuleState;
    type PrivateState<'a> = Value<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: AlertRuleState) -> Option<()> {
        self.connection.remember(config.secrets());
        task_id::check(diags, &config.task_id);
        plan::check_one_url(diags, &config);
        report::errors(diags, &config, &spec_to_validate(&config).check());
        owner::announce(&self.ownership, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(AlertRuleState, Value<PrivateState>)> {
        self.connection.remember(state.secrets());
        let mut private = PrivateState::of(private);
        private.remember_variables(&state);
        self.ownership.note_read(state.id(), &mut private.owner);
        let Some(client) = self.connection.client() else {
            return Some((state, Value::Value(private)));
        };
        let task = client.tasks().refresh(state.id()).await;
        self.connection.warn_of_choice(diags);
        match task {
            Ok(None) => return None,
            Ok(Some(task)) => {
                state.take_from_script(&private, &task.script);
                if let Some(examination) = refresh::refresh(&mut state, &mut private, &task) {
                    self.examinations.keep(state.id(), examination);
                }
                normal_form::warn(diags, &task.script);
            }
            Err(error) => refresh_error(diags, "reading the rule's task", &error),
        }
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: AlertRuleState,
        config: AlertRuleState,
        _: ValueEmpty,
    ) -> Option<(AlertRuleState, Value<PrivateState>)> {
        proposed.take_write_only(&config);
        self.connection.remember(proposed.secrets());
        let (mut planned, private) = plan::plan_create(diags, proposed, &config);
        let creation = owner::plan_creation(diags, self.connection.client(), &self.ownership, &mut planned).await;
        if creation != Some(Creation::InState) {
            self.note_alert_ids(diags, &planned);
        }
        if let Some(client) = self.connection.client() {
            server_version::check(diags, &client, &planned).await;
        }
        Some((planned, Value::Value(private)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        mut prior: AlertRuleState,
        mut proposed: AlertRuleState,
        config: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(AlertRuleState, Value<PrivateState>, Vec<AttributePath>)> {
        let private = PrivateState::of(private);
        proposed.take_write_only(&config);
        prior.take_what_stayed(&config, &private);
        self.connection.remember(prior.secrets());
        self.connection.remember(proposed.secrets());
        let state = Prior {
            state: &prior,
            private: &private,
        };
        let (mut planned, private) = plan::plan_update(diags, &self.examinations, state, proposed, &config);
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned, &config);
        self.note_alert_ids(diags, &planned);
        if let Some(client) = self.connection.client() {
            if let Some(step) = cuts_off::cuts_off(&prior, &planned) {
                firing::warn(diags, &client, prior.id(), step).await;
            }
            if prior.handler != planned.handler {
                server_version::check(diags, &client, &planned).await;
            }
        }
        Some((planned, Value::Value(private), Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Value<PrivateState>> {
        self.connection.remember(prior.secrets());
        let mut private = PrivateState::of(private);
        if owner::plan_destruction(diags, &self.ownership, &prior, &mut private.owner) {
            return Some(Value::Value(private));
        }
        if let Some(client) = self.connection.client() {
            if !(prior.resolves_on_destroy()) {
                private.owner.has_looked = firing::warn(diags, &client, prior.id(), Step::Removal).await;
            }
        }
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: AlertRuleState,
        config: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(AlertRuleState, Value<PrivateState>)> {
        if !plan::check_one_url(diags, &config) {
            return None;
        }
        planned.take_write_only(&config);
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        let key = private.key();
        private.write_only = WriteOnlyMemory::of(&config, &key);
        let state = apply::create(diags, &client, &self.ownership, planned, &key).await;
        self.connection.warn_of_choice(diags);
        let state = state?;
        let private = private.after_write(&state);
        Some((state, Value::Value(private)))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        mut prior: AlertRuleState,
        mut planned: AlertRuleState,
        config: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(AlertRuleState, Value<PrivateState>)> {
        if !plan::check_one_url(diags, &config) {
            return None;
        }
        let mut private = PrivateState::of(private);
        planned.take_write_only(&config);
        prior.take_what_stayed(&config, &private);
        self.connection.remember(prior.secrets());
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let key = private.key();
        private.write_only = WriteOnlyMemory::of(&config, &key);
        let state = apply::update(diags, &client, &self.ownership, &prior, planned, &key).await;
        self.connection.warn_of_choice(diags);
        let state = state?;
        let private = private.after_write(&state);
        Some((state, Value::Value(private)))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        mut prior: AlertRuleState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secrets());
        let client = self.connection.required(diags)?;
        let private = PrivateState::of(private);
        if prior.resolves_on_destroy() && prior.has_write_only() {
            // There is no configuration any more that would tell where to post the recoveries.
            if let Ok(Some(task)) = client.tasks().find(prior.id()).await {
                prior.take_from_script(&private, &task.script);
            }
        }
        let memory = private.owner;
        let Some(destruction) = self.ownership.destruction(prior.id(), &memory).await else {
            AlertRuleState::WORDS.warn_of_keeping(diags, prior.id());
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
        wanted: String,
    ) -> Option<(AlertRuleState, Value<PrivateState>)> {
        let client = self.connection.required(diags)?;
        let imported = import::import(diags, &client, &wanted).await;
        self.connection.warn_of_choice(diags);
        let (state, private) = imported?;
        Some((state, Value::Value(private)))
    }
}
