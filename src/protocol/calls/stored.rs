//! Calls about states as they are stored: from an earlier version, from another type, from elsewhere.

use crate::protocol::messages::*;
use crate::protocol::plugin::{named, or_bug, Plugin};
use crate::protocol::resource::{DynResource, MoveSource, Stored};
use prost::bytes::Bytes;
use tf_provider::Diagnostics;

impl Plugin {
    /// Answers `UpgradeResourceState`, which Terraform calls for every resource of a state.
    pub async fn upgrade_resource_state(
        &self,
        diags: &mut Diagnostics,
        request: UpgradeResourceStateRequest,
    ) -> UpgradeResourceStateResponse {
        let upgraded = self.upgraded(diags, request);
        UpgradeResourceStateResponse {
            upgraded_state: or_bug(diags, upgraded),
            diagnostics: Vec::new(),
        }
    }

    fn upgraded(&self, diags: &mut Diagnostics, request: UpgradeResourceStateRequest) -> Option<DynamicValue> {
        let resource = self.resource(diags, &request.type_name)?;
        let version = self.schema_version(&request.type_name)?;
        let state = stored_json(diags, request.raw_state)?;
        if request.version == version {
            return Some(DynamicValue::of_json(state));
        }
        if request.version > version {
            diags.root_error(
                "The state was written by a newer version of the provider",
                format!(
                    "It is of version {} of the schema of {}, and this version of the provider knows {version} and earlier \
                     ones. Use the newer version of the provider.",
                    request.version, request.type_name
                ),
            );
            return None;
        }
        let state = parsed(diags, &state)?;
        let upgraded = resource.upgrade_state(diags, request.version, state)?;
        Some(DynamicValue::of_json(upgraded.to_string().into()))
    }

    /// Answers `UpgradeResourceIdentity`. No identity has had another version.
    pub async fn upgrade_identity(
        &self,
        diags: &mut Diagnostics,
        request: UpgradeIdentityRequest,
    ) -> UpgradeIdentityResponse {
        let Some(identity) = self.resource(diags, &request.type_name).and(request.raw_identity) else {
            or_bug::<()>(diags, None);
            return UpgradeIdentityResponse::default();
        };
        if request.version != 0 {
            diags.root_error(
                "The identity was written by a newer version of the provider",
                "Use the newer version of the provider.",
            );
            return UpgradeIdentityResponse::default();
        }
        UpgradeIdentityResponse {
            upgraded_identity: Some(IdentityData {
                identity_data: Some(DynamicValue::of_json(identity.json)),
            }),
            diagnostics: Vec::new(),
        }
    }

    /// Answers `MoveResourceState`, which Terraform calls for a `moved` block across types.
    pub async fn move_resource_state(
        &self,
        diags: &mut Diagnostics,
        request: MoveResourceStateRequest,
    ) -> MoveResourceStateResponse {
        let moved = self.moved(diags, request);
        MoveResourceStateResponse {
            target_state: or_bug(diags, moved),
            ..MoveResourceStateResponse::default()
        }
    }

    fn moved(&self, diags: &mut Diagnostics, request: MoveResourceStateRequest) -> Option<DynamicValue> {
        let resource = self.resource(diags, &request.target_type_name)?;
        let state = stored_json(diags, request.source_state)?;
        let source = MoveSource {
            provider: request.source_provider_address,
            type_name: request.source_type_name,
            version: request.source_schema_version,
            state: parsed(diags, &state)?,
        };
        let moved = resource.move_state(diags, &source)?;
        Some(DynamicValue::of_json(moved.to_string().into()))
    }

    /// Answers `ImportResourceState`.
    pub async fn import_resource_state(
        &self,
        diags: &mut Diagnostics,
        request: ImportResourceStateRequest,
    ) -> ImportResourceStateResponse {
        let imported = self.imported(diags, &request).await;
        let imported = or_bug(diags, imported).map(|imported| ImportedResource {
            type_name: request.type_name,
            state: Some(imported.state),
            private: imported.private,
            identity: imported.identity,
        });
        ImportResourceStateResponse {
            imported_resources: imported.into_iter().collect(),
            diagnostics: Vec::new(),
        }
    }

    async fn imported(&self, diags: &mut Diagnostics, request: &ImportResourceStateRequest) -> Option<Stored> {
        let resource = self.resource(diags, &request.type_name)?;
        match &request.identity {
            Some(identity) if request.id.is_empty() => resource.import_by_identity(diags, identity).await,
            _ => resource.import(diags, request.id.clone()).await,
        }
    }

    pub(super) fn resource(&self, diags: &mut Diagnostics, type_name: &str) -> Option<&dyn DynResource> {
        named(diags, &self.served.resources, "resource", type_name)
    }
}

/// A state as Terraform stores it since 0.12.
fn stored_json(diags: &mut Diagnostics, state: Option<RawState>) -> Option<Bytes> {
    let json = state.map(|state| state.json).filter(|json| !json.is_empty());
    if json.is_none() {
        diags.root_error(
            "The state cannot be read",
            "It is not JSON, as every Terraform that this provider works with writes it.",
        );
    }
    json
}

fn parsed(diags: &mut Diagnostics, state: &[u8]) -> Option<serde_json::Value> {
    let parsed = serde_json::from_slice(state);
    if let Err(error) = &parsed {
        // It says where the error is, and quotes nothing.
        diags.root_error("The state cannot be read", format!("It is not JSON: {error}."));
    }
    parsed.ok()
}
