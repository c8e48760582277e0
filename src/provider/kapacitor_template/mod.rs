//! `squadcast_kapacitor_template`: a TICKscript that tasks are made from.

mod apply;
mod check;
pub(super) mod definition;
mod deletion;
mod firing;
mod followers;
mod import;
mod inventory;
mod lifecycle;
pub(super) mod list;
mod owner;
pub(super) mod plan;
mod state;

pub(super) use self::inventory::configured;

use self::plan::planned::PlannedTemplates;
use self::state::model::KapacitorTemplateState;
use self::state::private_state::PrivateState;
use super::attributes::Definition;
use super::connection::Connection;
use super::diagnostics::refresh_error;
use super::managed_object::{Change, Managed, ManagedObject};
use super::ownership::{Holder, Ownership};
use super::task::script::printed;
use super::values::known;
use crate::kapacitor::{Client, Secret};
use crate::protocol::IdentityPart;
use async_trait::async_trait;
use tf_provider::{AttributePath, Diagnostics};

/// The resource.
pub(super) type KapacitorTemplateResource = Managed<KapacitorTemplates>;

/// The templates of a server.
pub(super) struct KapacitorTemplates {
    connection: Connection,
    ownership: Ownership,
    planned: PlannedTemplates,
}

impl KapacitorTemplateResource {
    /// The resource, which uses the provider's connection, knows of the templates' owners, and tells the tasks what it plans.
    pub(super) fn new(connection: Connection, ownership: Ownership, planned: PlannedTemplates) -> Self {
        Managed(KapacitorTemplates {
            connection,
            ownership,
            planned,
        })
    }
}

impl KapacitorTemplates {
    /// Tells the tasks what the template is to have.
    fn tell_tasks(&self, planned: &KapacitorTemplateState) {
        if let Some(id) = known(&planned.template_id) {
            self.planned.note(id, known(planned.source()).and_then(printed));
        }
    }
}

#[async_trait]
impl ManagedObject for KapacitorTemplates {
    type State = KapacitorTemplateState;
    type Private = PrivateState;

    const DESCRIPTION: &'static str = definition::DESCRIPTION;
    const IDENTITY: &'static [IdentityPart] = definition::IDENTITY;

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn attributes() -> Vec<Definition> {
        definition::attributes()
    }

    fn write_only_values(&self, config: &KapacitorTemplateState) -> Vec<AttributePath> {
        let is_set = !config.script_wo.0.is_null();
        is_set.then(|| AttributePath::new("script_wo")).into_iter().collect()
    }

    fn key(state: &KapacitorTemplateState) -> Option<Vec<&str>> {
        known(&state.id).map(|id| vec![id])
    }

    fn secrets(state: &KapacitorTemplateState) -> Vec<Secret> {
        state.secrets()
    }

    fn take_write_only(state: &mut KapacitorTemplateState, config: &KapacitorTemplateState) {
        state.take_write_only(config);
    }

    fn validate(&self, diags: &mut Diagnostics, config: &KapacitorTemplateState) {
        check::check(diags, config);
        if let Some(id) = known(&config.template_id) {
            self.ownership.announce(id);
        }
    }

    fn note_read(&self, state: &KapacitorTemplateState, private: &mut PrivateState) {
        self.ownership.note_read(state.id(), &mut private.owner);
    }

    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut state: KapacitorTemplateState,
        mut private: PrivateState,
    ) -> Option<(KapacitorTemplateState, PrivateState)> {
        let template = client.templates().refresh(state.id()).await;
        match template {
            Ok(None) => return None,
            Ok(Some(template)) => match client.tasks().all().await {
                Ok(tasks) => state.refresh(&template, &tasks, &private.key()),
                Err(error) => refresh_error(diags, "reading the tasks of the template", &error),
            },
            Err(error) => refresh_error(diags, "reading the template", &error),
        }
        Some((state, private))
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        mut planned: KapacitorTemplateState,
        config: &KapacitorTemplateState,
    ) -> (KapacitorTemplateState, PrivateState) {
        let key = plan::plan(diags, &mut planned, config, None);
        owner::plan_creation(diags, &self.ownership, &planned);
        self.tell_tasks(&planned);
        let private = PrivateState {
            fingerprint_key: key,
            ..PrivateState::default()
        };
        (planned, private)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: KapacitorTemplateState,
        mut planned: KapacitorTemplateState,
        config: &KapacitorTemplateState,
        mut private: PrivateState,
    ) -> (KapacitorTemplateState, PrivateState, Vec<AttributePath>) {
        let former = Some((&prior, private.fingerprint_key.clone()));
        private.fingerprint_key = plan::plan(diags, &mut planned, config, former);
        owner::plan_keeping(diags, &self.ownership, &prior, &mut planned);
        let changes_script = plan::changes_script(&planned, &prior);
        if changes_script || planned.id != prior.id {
            self.tell_tasks(&planned);
        }
        if let Some(client) = self.connection.client().filter(|_| changes_script) {
            plan::warn_of_tasks(diags, &client, &prior, &planned).await;
        }
        (planned, private, Vec::new())
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &KapacitorTemplateState,
        mut private: PrivateState,
    ) -> PrivateState {
        owner::plan_destruction(diags, &self.ownership, prior, &mut private.owner);
        private
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        planned: KapacitorTemplateState,
        _: &KapacitorTemplateState,
        mut private: PrivateState,
    ) -> Option<(KapacitorTemplateState, PrivateState)> {
        let id = known(&planned.template_id).unwrap_or_default().to_owned();
        let _turn = self.ownership.turn(&id).await;
        let may_replace = !self.ownership.take(&id);
        let created = apply::create(diags, client, planned, may_replace, &private.key()).await;
        self.planned.forget(&id);
        let has_now = created.as_ref().map(|_| id.as_str());
        self.ownership.created(&id, has_now, &Holder::fixed(&id));
        Some((created?, private.after_write()))
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<KapacitorTemplateState>,
        mut private: PrivateState,
    ) -> Option<(KapacitorTemplateState, PrivateState)> {
        let Change { prior, planned, .. } = states;

        let _turn = self.ownership.turn(prior.id()).await;
        let (id, key) = (
            known(&planned.template_id).unwrap_or_default().to_owned(),
            private.key(),
        );
        let updated = match self.ownership.is_destroyed(prior.id()) {
            true => apply::create(diags, client, planned, true, &key).await,
            false => apply::update(diags, client, &prior, planned, &key).await,
        };
        self.planned.forget(&id);
        let has_now = updated.as_ref().unwrap_or(&prior).id();
        self.ownership.kept(has_now, &Holder::fixed(has_now));
        Some((updated?, private.after_write()))
    }

    async fn destroy(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        prior: KapacitorTemplateState,
        private: PrivateState,
    ) {
        let memory = private.owner;
        let Some(destruction) = self.ownership.destruction(prior.id(), &memory).await else {
            owner::WORDS.warn_of_keeping(diags, prior.id());
            return;
        };
        apply::destroy(diags, client, &prior).await;
        destruction.end(diags.errors.is_empty());
    }

    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        id: String,
    ) -> Option<(KapacitorTemplateState, PrivateState)> {
        import::import(diags, client, &id).await
    }
}
