//! The calls about list resources.

use crate::protocol::list_resource::{DynListResource, Wanted};
use crate::protocol::messages::*;
use crate::protocol::plugin::{named, or_bug, Plugin};
use tf_provider::Diagnostics;

impl Plugin {
    /// Answers `ValidateListResourceConfig`.
    pub async fn validate_list_config(
        &self,
        diags: &mut Diagnostics,
        request: ValidateConfigRequest,
    ) -> ValidateConfigResponse {
        if let Some(list) = self.list(diags, &request.type_name) {
            let validated = list.validate(diags, &request.config.unwrap_or_default()).await;
            or_bug(diags, validated);
        }
        ValidateConfigResponse::default()
    }

    /// Answers `ListResource`.
    pub async fn list_resource(&self, diags: &mut Diagnostics, request: ListResourceRequest) -> Vec<ListResourceEvent> {
        let Some(list) = self.list(diags, &request.type_name) else {
            return Vec::new();
        };
        let config = request.config.unwrap_or_default();
        let limit = usize::try_from(request.limit).unwrap_or(0);
        let wanted = match request.include_resource_object {
            true => Wanted::State,
            false => Wanted::Identity,
        };
        let listed = list.list(diags, &config, limit, wanted).await;
        or_bug(diags, listed).unwrap_or_default()
    }

    fn list(&self, diags: &mut Diagnostics, type_name: &str) -> Option<&dyn DynListResource> {
        named(diags, &self.served.lists, "list resource", type_name)
    }
}
