//! A rule and its script: written as Chronograf writes it, and read back whatever its layout.

mod dialect;
mod expression;
mod handlers;
mod normal_form;
mod posts;
mod read;
mod recognise;
mod view;
mod write;
mod write_alert;

pub use self::handlers::{script_handlers, ScriptHandlers};
pub use self::posts::{alert_identities, script_posts};
pub use self::recognise::{alert_id, rule_name, Reading};
pub(super) use self::view::{Given, PlacedAlert, Script};
pub(super) use self::write::program;
