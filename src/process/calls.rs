//! Keeps the framework's server up from Terraform's first call until Terraform asks for the end of the process.
//!
//! The framework takes StopProvider, which Terraform sends on Ctrl-C, for the end: it closes the connection after the calls
//! that are under way. The process then ends while Terraform may not have read the last answers, and Terraform, which gives
//! up what a dead plugin was asked, loses these resources from its state. What Terraform means is only that calls which take
//! long may give up, and nothing here does: it finishes what runs, calls nothing new, and asks for the end by Shutdown.
//!
//! The framework offers no say in this, but two things are seen from outside. It opens a tracing span for each call, whose
//! `uri` names it. And its future only accepts connections and waits for the end; each connection runs as a task of its own.
//! So this future is left alone after the first call: no end of it comes, and nobody can connect any more either.

use std::future::Future;
use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::span::Attributes;
use tracing::Metadata;

/// The target of the framework's spans, one for each call.
const SPAN_OF_A_CALL: &str = "tower_http::trace::make_span";

/// The call by which go-plugin asks a plugin to end, once it needs no answer of it any more.
const SHUTDOWN: &str = "/plugin.GRPCController/Shutdown";

/// The call by which Terraform asks for an early end of what is under way.
const STOP: &str = "/tfplugin6.Provider/StopProvider";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Terraform has not called yet.
    Starting,
    /// Terraform has called, so that its connection stands.
    Serving,
    /// Terraform has asked for the end.
    Ending,
}

/// What Terraform has called for so far.
pub struct Calls {
    stage: watch::Receiver<Stage>,
}

impl Calls {
    /// With what has to be told of each call.
    ///
    /// `on_stop` is called when Terraform asks to stop.
    pub fn new(on_stop: fn()) -> (Self, Seen) {
        let (sender, stage) = watch::channel(Stage::Starting);
        (Calls { stage }, Seen { stage: sender, on_stop })
    }

    /// Drives the framework's server, but not between Terraform's first call and Shutdown.
    pub async fn serve_until_shutdown<F: Future>(mut self, server: F) -> F::Output {
        let mut server = std::pin::pin!(server);
        tokio::select! {
            biased;
            Ok(_) = self.stage.wait_for(|stage| *stage != Stage::Starting) => {}
            ended = &mut server => return ended,
        }
        // What is told of the calls lives as long as the process; without it the end would be the framework's.
        let _ = self.stage.wait_for(|stage| *stage == Stage::Ending).await;
        server.await
    }
}

/// What is told of the calls, and tells whoever waits for one.
pub struct Seen {
    stage: watch::Sender<Stage>,
    on_stop: fn(),
}

impl Seen {
    /// Whether a span is that of a call.
    pub fn is_call(span: &Metadata<'_>) -> bool {
        span.target() == SPAN_OF_A_CALL
    }

    /// Notes the call whose span has these fields.
    pub fn call(&self, attributes: &Attributes<'_>) {
        let mut uri = Uri::default();
        attributes.record(&mut uri);
        let stage = if uri.0.ends_with(SHUTDOWN) {
            Stage::Ending
        } else {
            Stage::Serving
        };
        if uri.0.ends_with(STOP) {
            (self.on_stop)();
        }
        self.stage.send_if_modified(|current| {
            let modified = *current != stage && *current != Stage::Ending;
            if modified {
                *current = stage;
            }
            modified
        });
    }
}

#[derive(Default)]
struct Uri(String);

impl Visit for Uri {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "uri" {
            self.0 = format!("{value:?}");
        }
    }
}
