//! A provider as it is served: what it is made of, and its answers to the calls about it as a whole. Those about resources,
//! data sources, lists and actions are in files of their own.

use super::convert::schema::to_message;
use super::function::signatures;
use super::identity;
use super::messages::*;
use super::provider::{DynProvider, Served, ServedProvider};
use std::collections::BTreeMap;
use std::sync::OnceLock;
use tf_provider::Diagnostics;

/// What the service can do besides what every provider does.
const CAPABILITIES: ServerCapabilities = ServerCapabilities {
    plan_destroy: true,
    get_provider_schema_optional: true,
    move_resource_state: true,
    generate_resource_config: false,
};

/// A provider as it is served.
pub struct Plugin {
    provider: Box<dyn DynProvider>,
    pub(super) served: Served,
    schemas: OnceLock<Schemas>,
    on_stop: fn(),
}

/// The schemas of all that is served, and what was said when they were made.
struct Schemas {
    message: GetProviderSchemaResponse,
    diags: Diagnostics,
}

impl Plugin {
    /// The provider. `on_stop` is called when Terraform asks to stop.
    pub fn new(provider: impl ServedProvider, on_stop: fn()) -> Self {
        Plugin {
            served: provider.serves(),
            provider: Box::new(provider),
            schemas: OnceLock::new(),
            on_stop,
        }
    }

    /// Made when they are first asked for.
    fn schemas(&self) -> &Schemas {
        self.schemas.get_or_init(|| {
            let mut diags = Diagnostics::default();
            let message = schemas(self.provider.as_ref(), &self.served, &mut diags);
            Schemas { message, diags }
        })
    }

    /// The version of a resource's schema.
    pub(super) fn schema_version(&self, type_name: &str) -> Option<i64> {
        Some(self.schemas().message.resource_schemas.get(type_name)?.version)
    }

    /// Answers `GetMetadata`.
    pub async fn get_metadata(&self, _: &mut Diagnostics, _: GetMetadataRequest) -> GetMetadataResponse {
        GetMetadataResponse {
            server_capabilities: Some(CAPABILITIES),
            data_sources: names(&self.served.data_sources),
            resources: names(&self.served.resources),
            list_resources: names(&self.served.lists),
            actions: names(&self.served.actions),
            functions: names(&self.served.functions),
            ..GetMetadataResponse::default()
        }
    }

    /// Answers `GetProviderSchema`.
    pub async fn get_provider_schema(
        &self,
        diags: &mut Diagnostics,
        _: GetProviderSchemaRequest,
    ) -> GetProviderSchemaResponse {
        let schemas = self.schemas();
        diags.add_diagnostics(schemas.diags.clone());
        schemas.message.clone()
    }

    /// Answers `GetResourceIdentitySchemas`.
    pub async fn get_identity_schemas(
        &self,
        _: &mut Diagnostics,
        _: GetIdentitySchemasRequest,
    ) -> GetIdentitySchemasResponse {
        let resources = self.served.resources.iter();
        let parts = resources.map(|(name, resource)| (name, resource.identity_parts()));
        GetIdentitySchemasResponse {
            identity_schemas: parts
                .filter(|(_, parts)| !parts.is_empty())
                .map(|(name, parts)| (name.clone(), identity::schema(parts)))
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    /// Answers `ValidateProviderConfig`.
    pub async fn validate_provider_config(
        &self,
        diags: &mut Diagnostics,
        request: ValidateProviderConfigRequest,
    ) -> ValidateProviderConfigResponse {
        let config = request.config.unwrap_or_default();
        let validated = self.provider.validate(diags, &config).await;
        or_bug(diags, validated);
        ValidateProviderConfigResponse::default()
    }

    /// Answers `ConfigureProvider`.
    pub async fn configure_provider(
        &self,
        diags: &mut Diagnostics,
        request: ConfigureProviderRequest,
    ) -> ConfigureProviderResponse {
        let config = request.config.unwrap_or_default();
        let configured = self.provider.configure(diags, request.terraform_version, &config).await;
        or_bug(diags, configured);
        ConfigureProviderResponse::default()
    }

    /// Answers `StopProvider`: calls that wait may give up, and nothing that runs is cut.
    pub async fn stop_provider(&self, _: &mut Diagnostics, _: StopRequest) -> StopResponse {
        (self.on_stop)();
        StopResponse::default()
    }
}

fn schemas(provider: &dyn DynProvider, served: &Served, diags: &mut Diagnostics) -> GetProviderSchemaResponse {
    let mut message = GetProviderSchemaResponse {
        provider: provider.schema(diags).map(|schema| to_message(&schema, &[])),
        server_capabilities: Some(CAPABILITIES),
        ..GetProviderSchemaResponse::default()
    };
    for (name, resource) in &served.resources {
        if let Some(schema) = resource.schema(diags) {
            let schema = to_message(&schema, &resource.write_only());
            message.resource_schemas.insert(name.clone(), schema);
        }
    }
    for (name, data_source) in &served.data_sources {
        if let Some(schema) = data_source.schema(diags) {
            message
                .data_source_schemas
                .insert(name.clone(), to_message(&schema, &[]));
        }
    }
    for (name, list) in &served.lists {
        let schema = to_message(&list.schema(), &[]);
        message.list_resource_schemas.insert(name.clone(), schema);
    }
    for (name, action) in &served.actions {
        let schema = Some(to_message(&action.schema(), &[]));
        message.action_schemas.insert(name.clone(), ActionSchema { schema });
    }
    message.functions = signatures(&served.functions);
    message
}

fn names<T>(served: &BTreeMap<String, T>) -> Vec<TypeName> {
    served.keys().map(|name| TypeName { name: name.clone() }).collect()
}

/// What is served under this name; an error, which calls it `what`, if nothing is.
pub(super) fn named<'a, T: ?Sized>(
    diags: &mut Diagnostics,
    served: &'a BTreeMap<String, Box<T>>,
    what: &str,
    name: &str,
) -> Option<&'a T> {
    let found = served.get(name).map(Box::as_ref);
    if found.is_none() {
        diags.root_error(
            format!("Unknown {what}"),
            format!("This version of the provider has no {what} called {name:?}."),
        );
    }
    found
}

/// What a call came to. Nothing, without a word why, is a bug.
pub(super) fn or_bug<T>(diags: &mut Diagnostics, result: Option<T>) -> Option<T> {
    if result.is_none() && diags.errors.is_empty() {
        diags.root_error(
            "The provider has a bug",
            "The call ended without a result, and without an error that would say why. Please report this to the provider's \
             authors.",
        );
    }
    result
}
