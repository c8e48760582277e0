//! The calls of a resource's life: validate, read, plan, apply.

use crate::protocol::messages::*;
use crate::protocol::plugin::{or_bug, Plugin};
use crate::protocol::resource::{PlannedUpdate, Stored};
use tf_provider::Diagnostics;

/// What a change does, by which of its states are null.
enum Change {
    Create,
    Update,
    Destroy,
}

impl Change {
    fn between(diags: &mut Diagnostics, before: &DynamicValue, after: &DynamicValue) -> Option<Self> {
        match (before.is_null(), after.is_null()) {
            (true, false) => Some(Change::Create),
            (false, false) => Some(Change::Update),
            (false, true) => Some(Change::Destroy),
            (true, true) => {
                diags.root_error(
                    "Terraform asked for a change of nothing",
                    "Neither the state before the change nor the one after it is there. This is a bug of the program that calls \
                     the provider.",
                );
                None
            }
        }
    }
}

impl Plugin {
    /// Answers `ValidateResourceConfig`.
    pub async fn validate_resource_config(
        &self,
        diags: &mut Diagnostics,
        request: ValidateResourceConfigRequest,
    ) -> ValidateConfigResponse {
        let write_only_allowed = request
            .client_capabilities
            .unwrap_or_default()
            .write_only_attributes_allowed;
        let config = request.config.unwrap_or_default();
        if let Some(resource) = self.resource(diags, &request.type_name) {
            let validated = resource.validate(diags, &config, write_only_allowed).await;
            or_bug(diags, validated);
        }
        ValidateConfigResponse::default()
    }

    /// Answers `ReadResource`. No state means that the resource is gone.
    pub async fn read_resource(&self, diags: &mut Diagnostics, request: ReadResourceRequest) -> ReadResourceResponse {
        let Some(resource) = self.resource(diags, &request.type_name) else {
            return ReadResourceResponse::default();
        };
        let state = request.current_state.unwrap_or_default();
        let meta = request.provider_meta.unwrap_or_default();
        match resource.read(diags, &state, &request.private, &meta).await {
            None => ReadResourceResponse::default(),
            Some(read) => ReadResourceResponse {
                new_state: Some(read.state),
                private: read.private,
                new_identity: read.identity,
                diagnostics: Vec::new(),
            },
        }
    }

    /// Answers `PlanResourceChange`.
    pub async fn plan_resource_change(
        &self,
        diags: &mut Diagnostics,
        request: PlanResourceChangeRequest,
    ) -> PlanResourceChangeResponse {
        let planned = self.planned(diags, request).await;
        match or_bug(diags, planned) {
            None => PlanResourceChangeResponse::default(),
            Some(planned) => PlanResourceChangeResponse {
                planned_state: Some(planned.stored.state),
                requires_replace: planned.requires_replace.into_iter().map(AttributePath::from).collect(),
                planned_private: planned.stored.private,
                planned_identity: planned.stored.identity,
                diagnostics: Vec::new(),
            },
        }
    }

    async fn planned(&self, diags: &mut Diagnostics, request: PlanResourceChangeRequest) -> Option<PlannedUpdate> {
        let resource = self.resource(diags, &request.type_name)?;
        let prior = request.prior_state.unwrap_or_default();
        let proposed = request.proposed_new_state.unwrap_or_default();
        let config = request.config.unwrap_or_default();
        let meta = request.provider_meta.unwrap_or_default();
        let private = &request.prior_private;
        let stored = match Change::between(diags, &prior, &proposed)? {
            Change::Update => {
                return resource
                    .plan_update(diags, &prior, &proposed, &config, private, &meta)
                    .await
            }
            Change::Create => resource.plan_create(diags, &proposed, &config, &meta).await?,
            Change::Destroy => Stored {
                state: DynamicValue::null(),
                private: resource
                    .plan_destroy(diags, &prior, private, &meta)
                    .await
                    .unwrap_or_default(),
                identity: request.prior_identity,
            },
        };
        Some(PlannedUpdate {
            stored,
            requires_replace: Vec::new(),
        })
    }

    /// Answers `ApplyResourceChange`. With an error and no state, Terraform keeps the state that it had.
    pub async fn apply_resource_change(
        &self,
        diags: &mut Diagnostics,
        request: ApplyResourceChangeRequest,
    ) -> ApplyResourceChangeResponse {
        let applied = self.applied(diags, request).await;
        match or_bug(diags, applied) {
            None => ApplyResourceChangeResponse::default(),
            Some(applied) => ApplyResourceChangeResponse {
                new_state: Some(applied.state),
                private: applied.private,
                new_identity: applied.identity,
                diagnostics: Vec::new(),
            },
        }
    }

    async fn applied(&self, diags: &mut Diagnostics, request: ApplyResourceChangeRequest) -> Option<Stored> {
        let resource = self.resource(diags, &request.type_name)?;
        let prior = request.prior_state.unwrap_or_default();
        let planned = request.planned_state.unwrap_or_default();
        let config = request.config.unwrap_or_default();
        let meta = request.provider_meta.unwrap_or_default();
        let private = &request.planned_private;
        match Change::between(diags, &prior, &planned)? {
            Change::Create => resource.create(diags, &planned, &config, private, &meta).await,
            Change::Update => resource.update(diags, &prior, &planned, &config, private, &meta).await,
            Change::Destroy => {
                // It says by an error that the resource is still there, and by nothing else.
                resource.destroy(diags, &prior, private, &meta).await;
                Some(Stored {
                    state: DynamicValue::null(),
                    private: Default::default(),
                    identity: request.planned_identity,
                })
            }
        }
    }
}
