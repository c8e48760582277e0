//! What the sandbox promises beyond the recordings, which `tests/contract` replays.

mod alerts;
mod configuration;
mod deadlock;
mod failing_alerts;
mod faults;
mod races;
mod releases;

mod scripts;
mod slow_webhook;
mod support;
mod templates;
