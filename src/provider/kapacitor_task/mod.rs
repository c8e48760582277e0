//! `squadcast_kapacitor_task`: any TICKscript as a Kapacitor task.

mod check;
mod dbrps;
pub(super) mod definition;
mod import;
mod inventory;
pub(super) mod list;
mod managed;
mod plan;
mod state;
mod vars;

pub(super) use self::inventory::configured;

use self::state::model::KapacitorTaskState;
use self::state::private_state::PrivateState;
use super::attributes::Definition;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::kapacitor_template::plan::planned::PlannedTemplates;
use super::managed_object::{Change, Managed, ManagedObject};
use super::ownership::Ownership;
use super::task::open_alerts::firing;
use super::task::{apply, fields};
use super::task::{owner, removal, ManagedTask};
use super::values::known;
use crate::kapacitor::{Client, Secret};
use crate::protocol::IdentityPart;
use async_trait::async_trait;
use tf_provider::{AttributePath, Diagnostics};

/// The resource.
pub(super) type KapacitorTaskResource = Managed<KapacitorTasks>;

/// The tasks of a server.
pub(super) struct KapacitorTasks {
    connection: Connection,
    ownership: Ownership,
    templates: PlannedTemplates,
}

impl KapacitorTaskResource {
    /// The resource, which uses the provider's connection, shares the tasks' owners with the rules, and is told what templates
    /// are planned to have.
    pub(super) fn new(connection: Connection, ownership: Ownership, templates: PlannedTemplates) -> Self {
        Managed(KapacitorTasks {
            connection,
            ownership,
            templates,
        })
    }
}

impl KapacitorTasks {
    /// Reads the template of a task that is about to be written.
    async fn read_template(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        planned: &mut KapacitorTaskState,
    ) -> Option<()> {
        if let Err(error) = plan::read_template(client, planned).await {
            let at = AttributePath::new("template_id");
            server_error(diags, "reading the template of the task", at, &error);
            return None;
        }
        if let (Some(id), None) = (known(&planned.task.template_id), &planned.template_script) {
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

#[async_trait]
impl ManagedObject for KapacitorTasks {
    type State = KapacitorTaskState;
    type Private = PrivateState;

    const DESCRIPTION: &'static str = definition::DESCRIPTION;
    const IDENTITY: &'static [IdentityPart] = definition::IDENTITY;

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn attributes() -> Vec<Definition> {
        definition::attributes()
    }

    fn write_only_values(&self, config: &KapacitorTaskState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn key(state: &KapacitorTaskState) -> Option<Vec<&str>> {
        known(&state.task.id).map(|id| vec![id])
    }

    fn secrets(state: &KapacitorTaskState) -> Vec<Secret> {
        state.secret_texts()
    }

    fn take_write_only(state: &mut KapacitorTaskState, config: &KapacitorTaskState) {
        state.take_write_only(config);
    }

    fn validate(&self, diags: &mut Diagnostics, config: &KapacitorTaskState) {
        check::check(diags, config);
        owner::announce(&self.ownership, config);
    }

    fn note_read(&self, state: &KapacitorTaskState, private: &mut PrivateState) {
        self.ownership.note_read(state.id(), &mut private.owner);
    }

    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut state: KapacitorTaskState,
        mut private: PrivateState,
    ) -> Option<(KapacitorTaskState, PrivateState)> {
        let task = client.tasks().refresh(state.id()).await;
        match task {
            Ok(None) => return None,
            Ok(Some(task)) => {
                state.take_from_server(&task, &private);
                state.refresh(&task, &private.key());
            }
            Err(error) => refresh_error(diags, "reading the task", &error),
        }
        Some((state, private))
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTaskState,
        config: &KapacitorTaskState,
    ) -> (KapacitorTaskState, PrivateState) {
        let key = plan::plan(
            diags,
            (self.connection.client(), &self.templates),
            &mut planned,
            config,
            None,
        )
        .await;
        owner::plan_creation(diags, self.connection.client(), &self.ownership, &mut planned).await;
        let private = PrivateState {
            fingerprint_key: key,
            ..PrivateState::default()
        };
        (planned, private)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTaskState,
        mut planned: KapacitorTaskState,
        config: &KapacitorTaskState,
        mut private: PrivateState,
    ) -> (KapacitorTaskState, PrivateState, Vec<AttributePath>) {
        fields::stopped(diags, &prior);
        let client = self.connection.client();
        let former = Some((&prior, private.fingerprint_key.clone()));
        private.fingerprint_key =
            plan::plan(diags, (client.clone(), &self.templates), &mut planned, config, former).await;
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned, config);
        if let Some((client, step)) = client.zip(plan::cuts_off(&prior, &planned)) {
            firing::warn(diags, &client, prior.id(), step).await;
        }
        (planned, private, Vec::new())
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &KapacitorTaskState,
        mut private: PrivateState,
    ) -> PrivateState {
        removal::plan(diags, &self.connection, &self.ownership, prior, &mut private.owner).await;
        private
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut planned: KapacitorTaskState,
        config: &KapacitorTaskState,
        mut private: PrivateState,
    ) -> Option<(KapacitorTaskState, PrivateState)> {
        planned.take_configured_script(config);
        self.connection.remember(planned.secret_texts());
        self.read_template(diags, client, &mut planned).await?;
        let state = apply::create(diags, client, &self.ownership, planned, &private.key()).await;
        let private = private.after_write(state.as_ref()?);
        Some((state?, private))
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<KapacitorTaskState>,
        mut private: PrivateState,
    ) -> Option<(KapacitorTaskState, PrivateState)> {
        let Change {
            mut prior,
            mut planned,
            config,
        } = states;
        planned.take_configured_script(&config);
        self.connection.remember(planned.secret_texts());
        self.read_template(diags, client, &mut planned).await?;
        if prior.task.template_id == planned.task.template_id {
            prior.template_script.clone_from(&planned.template_script);
        } else {
            plan::read_former_template(client, &mut prior).await;
        }
        self.read_write_only(diags, client, &mut prior, &private).await?;
        let state = apply::update(diags, client, &self.ownership, &prior, planned, &private.key()).await;
        let private = private.after_write(state.as_ref()?);
        Some((state?, private))
    }

    async fn destroy(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut prior: KapacitorTaskState,
        private: PrivateState,
    ) {
        plan::read_former_template(client, &mut prior).await;
        if prior.resolves_on_destroy() {
            let known = self.read_write_only(diags, client, &mut prior, &private).await;
            if known.is_none() {
                return;
            }
        }
        removal::remove(diags, client, &self.ownership, &prior, &private.owner).await;
    }

    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        id: String,
    ) -> Option<(KapacitorTaskState, PrivateState)> {
        import::import(diags, client, &id).await
    }
}
