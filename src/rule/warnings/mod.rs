//! What a rule or a script does well enough for Kapacitor, and not as its author thinks or not for who gets its alerts.

mod delivery;
#[cfg(test)]
mod delivery_tests;
mod found;
mod script;
mod script_delivery;
mod squadcast;

pub use self::delivery::delivery_warnings;
pub use self::script::{script_warnings, squadcast_script_warnings};
pub use self::squadcast::{comparison_warnings, squadcast_warnings};
