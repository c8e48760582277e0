//! The provider's log: one JSON object a line on stderr, in the form of hclog, which Terraform reads and shows under
//! `TF_LOG`.
//!
//! Only this crate's own events are written. Those of the libraries below it, such as HTTP/2 frames, would carry
//! secrets at TRACE.

use crate::secret;
use serde_json::{Map, Value};
use std::io::Write;
use std::num::NonZeroU64;
use time::format_description::well_known::iso8601::{Config, EncodedConfig, TimePrecision};
use time::format_description::well_known::Iso8601;
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// The prefixes of the targets that are this crate's own; the second is that of the requests to Kapacitor.
const OWN_TARGETS: [&str; 2] = [env!("CARGO_CRATE_NAME"), "kapacitor"];

/// The module name under which the lines appear in Terraform's log.
const MODULE: &str = "squadcast";

/// The form of a time that go-plugin reads (`2006-01-02T15:04:05.000000Z07:00` in its client.go): it takes no other number of
/// digits, and then shows the whole line at DEBUG.
const TIMESTAMP: EncodedConfig = Config::DEFAULT
    .set_time_precision(TimePrecision::Second {
        decimal_digits: std::num::NonZeroU8::new(6),
    })
    .encode();

/// The log, at a level.
pub(super) struct Log(Level);

impl Log {
    /// The log that `TF_LOG_PROVIDER` or `TF_LOG` asks for; with neither there is none.
    pub(super) fn requested() -> Option<Self> {
        let requested = std::env::var("TF_LOG_PROVIDER").or_else(|_| std::env::var("TF_LOG"));
        requested.ok().and_then(|name| level_named(&name)).map(Log)
    }
}

/// There are no spans: nothing here asks what an event belongs to, and to keep them takes time.
impl Subscriber for Log {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, event: &Metadata<'_>) -> bool {
        let is_own = || OWN_TARGETS.iter().any(|own| event.target().starts_with(own));
        event.is_event() && *event.level() <= self.0 && is_own()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.into())
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = line_of(event).to_string();
        line.push('\n');
        // A log that cannot be written must not stop the work that it reports on.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_non_zero_u64(NonZeroU64::MIN)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The level that Terraform means by a value of `TF_LOG`: an unknown one is TRACE there too.
fn level_named(name: &str) -> Option<Level> {
    match name.to_ascii_uppercase().as_str() {
        "" | "OFF" => None,
        "ERROR" => Some(Level::ERROR),
        "WARN" => Some(Level::WARN),
        "INFO" => Some(Level::INFO),
        "DEBUG" => Some(Level::DEBUG),
        _ => Some(Level::TRACE),
    }
}

fn line_of(event: &Event<'_>) -> Value {
    let mut fields = Fields(Map::new());
    event.record(&mut fields);
    let Fields(mut line) = fields;
    line.insert("@level".into(), level_name(event.metadata().level()).into());
    line.insert("@module".into(), MODULE.into());
    if let Some(now) = timestamp(OffsetDateTime::now_utc()) {
        line.insert("@timestamp".into(), now.into());
    }
    Value::Object(line)
}

fn timestamp(time: OffsetDateTime) -> Option<String> {
    time.format(&Iso8601::<TIMESTAMP>).ok()
}

fn level_name(level: &Level) -> &'static str {
    match *level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: Value) {
        let name = if field.name() == "message" {
            "@message"
        } else {
            field.name()
        };
        self.0.insert(name.into(), value);
    }
}

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, secret::shown(value).into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.insert(field, secret::shown(&format!("{value:?}")).into());
    }
}

#[cfg(test)]
mod tests {
    use super::timestamp;
    use time::{Duration, OffsetDateTime};

    #[test]
    fn a_timestamp_has_the_six_digits_that_go_plugin_reads() {
        for (nanoseconds, expected) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (120_000, "1970-01-01T00:00:00.000120Z"),
            (1_999_999_999, "1970-01-01T00:00:01.999999Z"),
        ] {
            let time = OffsetDateTime::UNIX_EPOCH + Duration::nanoseconds(nanoseconds);
            assert_eq!(timestamp(time).as_deref(), Some(expected));
        }
    }
}
