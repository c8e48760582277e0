//! The provider as one walk of Terraform uses it: the protocol's own messages go from call to call, without a socket.

use super::shape::Shape;
use super::value::Value;
use squadcast_kapacitor::protocol::messages::{
    ApplyResourceChangeRequest, AttributePath, ClientCapabilities, ConfigureProviderRequest, DynamicValue,
    GetProviderSchemaRequest, ImportResourceStateRequest, PlanResourceChangeRequest, ReadDataSourceRequest,
    ReadResourceRequest, Schema, ValidateConfigRequest, ValidateProviderConfigRequest, ValidateResourceConfigRequest,
};
use squadcast_kapacitor::protocol::Plugin;
use squadcast_kapacitor::provider::SquadcastProvider;
use std::collections::BTreeMap;
use std::sync::{Once, OnceLock};
use tf_provider::Diagnostics;

/// A private state as it stands in a state file, base64 aside.
pub(super) type Private = Vec<u8>;

/// What an answer consists of, where there is one.
pub(super) type Answer = Option<(Value, Private)>;

/// What this Terraform can do: it forgets what is write-only.
const CAPABILITIES: ClientCapabilities = ClientCapabilities {
    deferral_allowed: false,
    write_only_attributes_allowed: true,
};

/// The provider's process, as Terraform starts it for each walk. A panic is not turned into an error: it fails the test. Nor
/// are errors searched for the secrets of the process, since all tests are one process; the real terraform's are.
pub(super) struct Process(Plugin);

/// The schemas of all that the provider serves. They are the same for each process.
pub(super) struct Shapes {
    pub provider: Shape,
    pub resources: BTreeMap<String, Shape>,
    pub data: BTreeMap<String, Shape>,
}

/// What the provider serves, asked for once.
pub(super) fn shapes() -> &'static Shapes {
    static SHAPES: OnceLock<Shapes> = OnceLock::new();
    SHAPES.get_or_init(|| {
        // On a thread of its own, since the one that asks may be driving a walk already.
        let asked = std::thread::spawn(|| crate::harness::block_on(Shapes::ask()));
        asked.join().unwrap()
    })
}

impl Shapes {
    async fn ask() -> Self {
        let Process(plugin) = Process::start();
        let request = GetProviderSchemaRequest {};
        let schemas = plugin.get_provider_schema(&mut Diagnostics::default(), request).await;
        let each = |schemas: BTreeMap<String, Schema>| -> BTreeMap<String, Shape> {
            let schemas = schemas.into_iter();
            schemas.map(|(name, schema)| (name, Shape::of(&schema))).collect()
        };
        Shapes {
            provider: Shape::of(&schemas.provider.expect("the provider has a schema")),
            resources: each(schemas.resource_schemas),
            data: each(schemas.data_source_schemas),
        }
    }
}

impl Process {
    pub(super) fn start() -> Self {
        // As the provider's own process begins: the framework would append backtraces to diagnostics.
        static BEGUN: Once = Once::new();
        BEGUN.call_once(|| std::env::set_var("RUST_LIB_BACKTRACE", "0"));
        Process(Plugin::new(SquadcastProvider::default(), || {}))
    }

    pub(super) async fn configure(&self, diags: &mut Diagnostics, config: &Value) {
        let request = ValidateProviderConfigRequest { config: sent(config) };
        self.0.validate_provider_config(diags, request).await;
        if !diags.errors.is_empty() {
            return;
        }
        let request = ConfigureProviderRequest {
            terraform_version: "1.11.0".to_owned(),
            config: sent(config),
            client_capabilities: Some(CAPABILITIES),
        };
        self.0.configure_provider(diags, request).await;
    }

    /// A resource of this type.
    pub(super) fn resource<'a>(&'a self, type_name: &'a str) -> Resource<'a> {
        Resource {
            plugin: &self.0,
            type_name,
        }
    }

    /// A data source of this type.
    pub(super) fn data<'a>(&'a self, type_name: &'a str) -> Data<'a> {
        Data {
            plugin: &self.0,
            type_name,
        }
    }
}

fn sent(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue {
        msgpack: value.encode().into(),
        ..DynamicValue::default()
    })
}

fn received(value: Option<DynamicValue>) -> Option<Value> {
    let value = value?;
    Some(match value.msgpack.is_empty() {
        true => Value::from_json(&serde_json::from_slice(&value.json).unwrap()),
        false => Value::decode(&value.msgpack),
    })
}

/// The calls about one type of resource.
pub(super) struct Resource<'a> {
    plugin: &'a Plugin,
    type_name: &'a str,
}

/// What a change is planned from.
pub(super) struct Wish<'a> {
    pub prior: &'a Value,
    pub proposed: &'a Value,
    pub config: &'a Value,
    pub private: &'a [u8],
}

/// What the provider makes of a wish.
pub(super) struct Planned {
    pub value: Value,
    pub private: Private,
    pub requires_replace: Vec<AttributePath>,
}

impl Resource<'_> {
    pub(super) fn shape(&self) -> &'static Shape {
        &shapes().resources[self.type_name]
    }

    fn type_name(&self) -> String {
        self.type_name.to_owned()
    }

    pub(super) async fn validate(&self, diags: &mut Diagnostics, config: &Value) {
        let request = ValidateResourceConfigRequest {
            type_name: self.type_name(),
            config: sent(config),
            client_capabilities: Some(CAPABILITIES),
        };
        self.plugin.validate_resource_config(diags, request).await;
    }

    /// Nothing, where the resource is gone.
    pub(super) async fn read(&self, diags: &mut Diagnostics, state: &Value, private: &[u8]) -> Answer {
        let request = ReadResourceRequest {
            type_name: self.type_name(),
            current_state: sent(state),
            private: private.to_vec().into(),
            client_capabilities: Some(CAPABILITIES),
            ..ReadResourceRequest::default()
        };
        let answer = self.plugin.read_resource(diags, request).await;
        let value = received(answer.new_state).filter(|value| !value.is_null())?;
        Some((value, answer.private.to_vec()))
    }

    /// Plans a creation, an update, or a destruction, by which of the values are null.
    pub(super) async fn plan(&self, diags: &mut Diagnostics, wish: Wish<'_>) -> Option<Planned> {
        let request = PlanResourceChangeRequest {
            type_name: self.type_name(),
            prior_state: sent(wish.prior),
            proposed_new_state: sent(wish.proposed),
            config: sent(wish.config),
            prior_private: wish.private.to_vec().into(),
            client_capabilities: Some(CAPABILITIES),
            ..PlanResourceChangeRequest::default()
        };
        let answer = self.plugin.plan_resource_change(diags, request).await;
        Some(Planned {
            value: received(answer.planned_state)?,
            private: answer.planned_private.to_vec(),
            requires_replace: answer.requires_replace,
        })
    }

    /// Carries out what was planned. Of a destruction nothing is left but, perhaps, an error.
    pub(super) async fn apply(&self, diags: &mut Diagnostics, wish: Wish<'_>) -> Answer {
        let request = ApplyResourceChangeRequest {
            type_name: self.type_name(),
            prior_state: sent(wish.prior),
            planned_state: sent(wish.proposed),
            config: sent(wish.config),
            planned_private: wish.private.to_vec().into(),
            ..ApplyResourceChangeRequest::default()
        };
        let answer = self.plugin.apply_resource_change(diags, request).await;
        Some((received(answer.new_state)?, answer.private.to_vec()))
    }

    pub(super) async fn import(&self, diags: &mut Diagnostics, id: &str) -> Answer {
        let request = ImportResourceStateRequest {
            type_name: self.type_name(),
            id: id.to_owned(),
            client_capabilities: Some(CAPABILITIES),
            ..ImportResourceStateRequest::default()
        };
        let answer = self.plugin.import_resource_state(diags, request).await;
        let imported = answer.imported_resources.into_iter().next()?;
        Some((received(imported.state)?, imported.private.to_vec()))
    }
}

/// The calls about one type of data source.
pub(super) struct Data<'a> {
    plugin: &'a Plugin,
    type_name: &'a str,
}

impl Data<'_> {
    pub(super) async fn validate(&self, diags: &mut Diagnostics, config: &Value) {
        let request = ValidateConfigRequest {
            type_name: self.type_name.to_owned(),
            config: sent(config),
        };
        self.plugin.validate_data_source_config(diags, request).await;
    }

    pub(super) async fn read(&self, diags: &mut Diagnostics, config: &Value) -> Option<Value> {
        let request = ReadDataSourceRequest {
            type_name: self.type_name.to_owned(),
            config: sent(config),
            client_capabilities: Some(CAPABILITIES),
            ..ReadDataSourceRequest::default()
        };
        received(self.plugin.read_data_source(diags, request).await.state)
    }
}
