//! The gRPC services: which call is answered by what.

use super::catch_panic::{catch_panic, Panicked};
use super::grpc::{self, Response};
use super::shutdown::Shutdown;
use super::under_way::UnderWay;
use crate::protocol::convert::diagnostics::{panicked, to_messages};
use crate::protocol::messages::*;
use crate::protocol::plugin::Plugin;
use hyper::body::Incoming;
use hyper::Request;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use tf_provider::Diagnostics;

/// The services of a provider and of go-plugin.
pub(crate) struct Service {
    plugin: Plugin,
    shutdown: Shutdown,
    under_way: UnderWay,
    panic_places: fn() -> String,
}

/// A response that tells diagnostics.
trait Answer: prost::Message + Default {
    fn tell(&mut self, diagnostics: Vec<Diagnostic>);
}

macro_rules! answers {
    ($($response:ident),* $(,)?) => {
        $(impl Answer for $response {
            fn tell(&mut self, diagnostics: Vec<Diagnostic>) {
                self.diagnostics = diagnostics;
            }
        })*
    };
}

answers!(
    ApplyResourceChangeResponse,
    ConfigureProviderResponse,
    GetFunctionsResponse,
    GetIdentitySchemasResponse,
    GetMetadataResponse,
    GetProviderSchemaResponse,
    ImportResourceStateResponse,
    InvokeActionCompleted,
    ListResourceEvent,
    MoveResourceStateResponse,
    PlanActionResponse,
    PlanResourceChangeResponse,
    ReadDataSourceResponse,
    ReadResourceResponse,
    UpgradeIdentityResponse,
    UpgradeResourceStateResponse,
    ValidateConfigResponse,
    ValidateProviderConfigResponse,
);

impl Answer for CallFunctionResponse {
    fn tell(&mut self, diagnostics: Vec<Diagnostic>) {
        let text = |diagnostic: Diagnostic| format!("{}: {}", diagnostic.summary, diagnostic.detail);
        let errors: Vec<_> = diagnostics.into_iter().map(text).collect();
        if errors.is_empty() {
            return;
        }
        self.error = Some(FunctionError {
            text: errors.join("\n"),
            function_argument: None,
        });
    }
}

impl Answer for StopResponse {
    fn tell(&mut self, diagnostics: Vec<Diagnostic>) {
        self.error = diagnostics.into_iter().map(|diagnostic| diagnostic.detail).collect();
    }
}

/// A provider's call that has one answer.
macro_rules! unary {
    ($service:ident, $request:ident, $call:ident) => {
        grpc::unary($request, |request| async {
            let mut diags = Diagnostics::default();
            let answer = $service.plugin.$call(&mut diags, request);
            let answer = $service.guarded(stringify!($call), answer).await;
            $service.finished(answer, diags)
        })
        .await
    };
}

impl Service {
    /// The services. `panic_places` says where the process has panicked so far.
    pub(crate) fn new(plugin: Plugin, shutdown: Shutdown, panic_places: fn() -> String) -> Arc<Self> {
        Arc::new(Service {
            plugin,
            shutdown,
            under_way: UnderWay::none(),
            panic_places,
        })
    }

    /// Ends when the provider has answered all calls.
    pub(crate) async fn has_answered(&self) {
        self.under_way.ended().await;
    }

    /// Answers a call.
    pub(crate) async fn call(&self, request: Request<Incoming>) -> Response {
        let path = request.uri().path();
        if let Some(method) = path.strip_prefix("/tfplugin6.Provider/") {
            let method = method.to_owned();
            return self.provider(&method, request).await;
        }
        match path {
            "/plugin.GRPCController/Shutdown" => {
                grpc::unary(request, |_: Empty| async {
                    self.shutdown.begin();
                    Empty {}
                })
                .await
            }
            // What the provider prints goes to the log, so that nothing is ever sent here; nor does it serve anything else.
            "/plugin.GRPCStdio/StreamStdio" | "/plugin.GRPCBroker/StartStream" => {
                grpc::idle(request, &self.shutdown).await
            }
            _ => grpc::unknown(),
        }
    }

    async fn provider(&self, method: &str, request: Request<Incoming>) -> Response {
        match method {
            "GetMetadata" => unary!(self, request, get_metadata),
            "GetProviderSchema" => unary!(self, request, get_provider_schema),
            "GetResourceIdentitySchemas" => unary!(self, request, get_identity_schemas),
            "ValidateProviderConfig" => unary!(self, request, validate_provider_config),
            "ValidateResourceConfig" => unary!(self, request, validate_resource_config),
            "ValidateDataResourceConfig" => unary!(self, request, validate_data_source_config),
            "ValidateListResourceConfig" => unary!(self, request, validate_list_config),
            "ValidateActionConfig" => unary!(self, request, validate_action_config),
            "ConfigureProvider" => unary!(self, request, configure_provider),
            "UpgradeResourceState" => unary!(self, request, upgrade_resource_state),
            "UpgradeResourceIdentity" => unary!(self, request, upgrade_identity),
            "MoveResourceState" => unary!(self, request, move_resource_state),
            "ImportResourceState" => unary!(self, request, import_resource_state),
            "ReadResource" => unary!(self, request, read_resource),
            "PlanResourceChange" => unary!(self, request, plan_resource_change),
            "ApplyResourceChange" => unary!(self, request, apply_resource_change),
            "ReadDataSource" => unary!(self, request, read_data_source),
            "GetFunctions" => unary!(self, request, get_functions),
            "CallFunction" => unary!(self, request, call_function),
            "PlanAction" => unary!(self, request, plan_action),
            "StopProvider" => unary!(self, request, stop_provider),
            "ListResource" => grpc::stream(request, |request| self.list(request)).await,
            "InvokeAction" => grpc::stream(request, |request| self.invoke(request)).await,
            _ => grpc::unknown(),
        }
    }

    /// The resources of a list, and at its end what there is to say of it.
    async fn list(&self, request: ListResourceRequest) -> Vec<ListResourceEvent> {
        let mut diags = Diagnostics::default();
        let listed = self
            .guarded("list_resource", self.plugin.list_resource(&mut diags, request))
            .await;
        let (mut events, last) = match listed {
            Ok(_) if !diags.errors.is_empty() => (Vec::new(), Ok(ListResourceEvent::default())),
            Ok(events) => (events, Ok(ListResourceEvent::default())),
            Err(Panicked) => (Vec::new(), Err(Panicked)),
        };
        let last = self.finished(last, diags);
        if !last.diagnostics.is_empty() {
            events.push(last);
        }
        events
    }

    /// What an action tells, and how it ended.
    async fn invoke(&self, request: InvokeActionRequest) -> Vec<InvokeActionEvent> {
        let mut diags = Diagnostics::default();
        let told = self
            .guarded("invoke_action", self.plugin.invoke_action(&mut diags, request))
            .await;
        let (told, completed) = match told {
            Ok(told) => (told, Ok(InvokeActionCompleted::default())),
            Err(Panicked) => (None, Err(Panicked)),
        };
        let progress = told.map(|message| ActionEvent::Progress(InvokeActionProgress { message }));
        let completed = ActionEvent::Completed(self.finished(completed, diags));
        let events = progress.into_iter().chain([completed]);
        events.map(|event| InvokeActionEvent { event: Some(event) }).collect()
    }

    /// Drives a call to its end, and logs it.
    async fn guarded<T>(&self, name: &'static str, call: impl Future<Output = T>) -> Result<T, Panicked> {
        let _under_way = self.under_way.one();
        let started = Instant::now();
        let answer = catch_panic(call).await;
        tracing::trace!(
            call = name,
            ms = started.elapsed().as_millis() as u64,
            "Terraform called"
        );
        answer
    }

    fn finished<A: Answer>(&self, answer: Result<A, Panicked>, mut diags: Diagnostics) -> A {
        let mut answer = answer.unwrap_or_else(|Panicked| {
            panicked(&mut diags, &(self.panic_places)());
            A::default()
        });
        answer.tell(to_messages(diags));
        answer
    }
}
