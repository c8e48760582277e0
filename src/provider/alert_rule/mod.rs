//! `squadcast_kapacitor_alert_rule`: a rule of Chronograf's Alert Rule Builder, as a Kapacitor task.

pub(super) mod definition;
pub(super) mod handlers;
pub(super) mod import;
mod inventory;
pub(super) mod list;
mod managed;
mod plan;
pub(super) mod refresh;
pub(super) mod report;
pub(super) mod state;
#[cfg(test)]
mod tests;

pub(super) use self::inventory::{found, Older};
pub(super) use self::plan::alert_ids::AlertIds;
use self::plan::{cuts_off, server_version};
use self::refresh::examination::Examinations;
use self::refresh::normal_form;
use self::state::model::AlertRuleState;
use self::state::preserve::former::Prior;
use self::state::preserve::preserve_secrets::spec_to_validate;
use self::state::private_state::PrivateState;
use self::state::write_only;
use self::state::write_only_memory::WriteOnlyMemory;
use super::attributes::Definition;
use super::connection::Connection;
use super::diagnostics::refresh_error;
use super::managed_object::{Change, Managed, ManagedObject};
use super::ownership::{Creation, Ownership};
use super::task::apply;
use super::task::open_alerts::firing;
use super::task::{owner, removal, task_id, ManagedTask};
use super::values::known;
use crate::kapacitor::{Client, Secret};
use crate::protocol::IdentityPart;
use async_trait::async_trait;
use tf_provider::{AttributePath, Diagnostics};

/// The resource.
pub(super) type AlertRuleResource = Managed<AlertRules>;

/// The rules of a server.
pub(super) struct AlertRules {
    connection: Connection,
    ownership: Ownership,
    alert_ids: AlertIds,
    examinations: Examinations,
}

impl AlertRuleResource {
    /// The resource, which uses the provider's connection, and knows of no other resource.
    pub(super) fn new(connection: Connection) -> Self {
        Managed(AlertRules {
            connection,
            ownership: Ownership::default(),
            alert_ids: AlertIds::default(),
            examinations: Examinations::default(),
        })
    }

    /// The same, with what the provider knows of the tasks' owners and of their alerts.
    pub(super) fn knowing(self, ownership: Ownership, alert_ids: AlertIds) -> Self {
        Managed(AlertRules {
            ownership,
            alert_ids,
            ..self.0
        })
    }
}

impl AlertRules {
    /// A rule that is replaced is planned twice, and is noted with the first plan.
    fn note_alert_ids(&self, diags: &mut Diagnostics, planned: &AlertRuleState) {
        if let Some(rule) = planned.rule().filter(|_| planned.is_enabled()) {
            self.alert_ids.plan(diags, &rule, known(&planned.task.id));
        }
    }
}

#[async_trait]
impl ManagedObject for AlertRules {
    type State = AlertRuleState;
    type Private = PrivateState;

    const DESCRIPTION: &'static str = definition::DESCRIPTION;
    const IDENTITY: &'static [IdentityPart] = definition::IDENTITY;

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn attributes() -> Vec<Definition> {
        definition::attributes()
    }

    fn write_only_values(&self, config: &AlertRuleState) -> Vec<AttributePath> {
        write_only::values(config)
    }

    fn key(state: &AlertRuleState) -> Option<Vec<&str>> {
        known(&state.task.id).map(|id| vec![id])
    }

    fn secrets(state: &AlertRuleState) -> Vec<Secret> {
        state.secrets()
    }

    fn take_write_only(state: &mut AlertRuleState, config: &AlertRuleState) {
        state.take_write_only(config);
    }

    fn validate(&self, diags: &mut Diagnostics, config: &AlertRuleState) {
        task_id::check(
            diags,
            &config.task.task_id,
            " Leave `task_id` out to have one made from the name.",
        );
        plan::check_one_url(diags, config);
        report::errors(diags, config, &spec_to_validate(config).check());
        owner::announce(&self.ownership, config);
    }

    fn note_read(&self, state: &AlertRuleState, private: &mut PrivateState) {
        private.remember_variables(state);
        self.ownership.note_read(state.id(), &mut private.owner);
    }

    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut state: AlertRuleState,
        mut private: PrivateState,
    ) -> Option<(AlertRuleState, PrivateState)> {
        let task = client.tasks().refresh_rule(state.id()).await;
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
        Some((state, private))
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: AlertRuleState,
        config: &AlertRuleState,
    ) -> (AlertRuleState, PrivateState) {
        let (mut planned, private) = plan::plan_create(diags, proposed, config);
        let creation = owner::plan_creation(diags, self.connection.client(), &self.ownership, &mut planned).await;
        if creation != Some(Creation::InState) {
            self.note_alert_ids(diags, &planned);
        }
        if let Some(client) = self.connection.client() {
            server_version::check(diags, &client, &planned).await;
        }
        (planned, private)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        mut prior: AlertRuleState,
        proposed: AlertRuleState,
        config: &AlertRuleState,
        private: PrivateState,
    ) -> (AlertRuleState, PrivateState, Vec<AttributePath>) {
        prior.take_what_stayed(config, &private);
        self.connection.remember(prior.secrets());
        let state = Prior {
            state: &prior,
            private: &private,
        };
        let (mut planned, private) = plan::plan_update(diags, &self.examinations, state, proposed, config);
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned, config);
        self.note_alert_ids(diags, &planned);
        if let Some(client) = self.connection.client() {
            if let Some(step) = cuts_off::cuts_off(&prior, &planned) {
                firing::warn(diags, &client, prior.id(), step).await;
            }
            if prior.handlers != planned.handlers {
                server_version::check(diags, &client, &planned).await;
            }
        }
        (planned, private, Vec::new())
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &AlertRuleState,
        mut private: PrivateState,
    ) -> PrivateState {
        removal::plan(diags, &self.connection, &self.ownership, prior, &mut private.owner).await;
        private
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        planned: AlertRuleState,
        config: &AlertRuleState,
        mut private: PrivateState,
    ) -> Option<(AlertRuleState, PrivateState)> {
        if !plan::check_one_url(diags, config) {
            return None;
        }
        let key = private.key();
        private.write_only = WriteOnlyMemory::of(config, &key);
        let state = apply::create(diags, client, &self.ownership, planned, &key).await;
        let state = state?;
        let private = private.after_write(&state);
        Some((state, private))
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<AlertRuleState>,
        mut private: PrivateState,
    ) -> Option<(AlertRuleState, PrivateState)> {
        let Change {
            mut prior,
            planned,
            config,
        } = states;
        if !plan::check_one_url(diags, &config) {
            return None;
        }
        prior.take_what_stayed(&config, &private);
        self.connection.remember(prior.secrets());
        let key = private.key();
        private.write_only = WriteOnlyMemory::of(&config, &key);
        let state = apply::update(diags, client, &self.ownership, &prior, planned, &key).await;
        let state = state?;
        let private = private.after_write(&state);
        Some((state, private))
    }

    async fn destroy(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut prior: AlertRuleState,
        private: PrivateState,
    ) {
        if prior.resolves_on_destroy() && prior.has_write_only() {
            // There is no configuration any more that would tell where to post the recoveries.
            if let Ok(Some(task)) = client.tasks().find(prior.id()).await {
                prior.take_from_script(&private, &task.script);
            }
        }
        removal::remove(diags, client, &self.ownership, &prior, &private.owner).await;
    }

    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        wanted: String,
    ) -> Option<(AlertRuleState, PrivateState)> {
        import::import(diags, client, &wanted).await
    }
}
