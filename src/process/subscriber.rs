//! The process's tracing subscriber: the program's own events go to the log, the framework's spans tell of Terraform's calls.
//!
//! A registry of spans would keep each span while it lasts, and look it up at each step of its call: an eighth of the
//! provider's time in a plan. Nothing here asks for a span again after its beginning.

use super::calls::Seen;
use super::logging::Log;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

/// The one id that all spans have.
const SPAN: Id = Id::from_non_zero_u64(std::num::NonZeroU64::MIN);

/// The subscriber.
pub struct LogAndCalls {
    log: Option<Log>,
    calls: Seen,
}

impl LogAndCalls {
    /// With the log, where one is asked for.
    pub fn new(log: Option<Log>, calls: Seen) -> Self {
        LogAndCalls { log, calls }
    }
}

impl Subscriber for LogAndCalls {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        if metadata.is_span() {
            return Seen::is_call(metadata);
        }
        self.log.as_ref().is_some_and(|log| log.has(metadata))
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.calls.call(attributes);
        SPAN
    }

    fn event(&self, event: &Event<'_>) {
        if let Some(log) = &self.log {
            log.write(event);
        }
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
