//! The calls about actions.

use crate::protocol::action::DynAction;
use crate::protocol::messages::*;
use crate::protocol::plugin::{named, or_bug, Plugin};
use tf_provider::Diagnostics;

impl Plugin {
    /// Answers `ValidateActionConfig`.
    pub async fn validate_action_config(
        &self,
        diags: &mut Diagnostics,
        request: ValidateConfigRequest,
    ) -> ValidateConfigResponse {
        if let Some(action) = self.action(diags, &request.type_name) {
            let validated = action.validate(diags, &request.config.unwrap_or_default()).await;
            or_bug(diags, validated);
        }
        ValidateConfigResponse::default()
    }

    /// Answers `PlanAction`. An action that is known and whose configuration is right can be carried out.
    pub async fn plan_action(&self, diags: &mut Diagnostics, request: PlanActionRequest) -> PlanActionResponse {
        if let Some(action) = self.action(diags, &request.action_type) {
            let validated = action.validate(diags, &request.config.unwrap_or_default()).await;
            or_bug(diags, validated);
        }
        PlanActionResponse::default()
    }

    /// Answers `InvokeAction`, with what the action tells.
    pub async fn invoke_action(&self, diags: &mut Diagnostics, request: InvokeActionRequest) -> Option<String> {
        let action = self.action(diags, &request.action_type)?;
        let told = action.invoke(diags, &request.config.unwrap_or_default()).await;
        or_bug(diags, told)
    }

    fn action(&self, diags: &mut Diagnostics, name: &str) -> Option<&dyn DynAction> {
        named(diags, &self.served.actions, "action", name)
    }
}
