//! Functions, which need no server and no configuration.

mod alert_rule_tickscript;
mod kapacitor_conf;
mod object;
mod script;
mod tickscript_format;
mod tickscript_vars;

pub use self::alert_rule_tickscript::AlertRuleTickscript;
pub use self::kapacitor_conf::KapacitorConf;
pub use self::tickscript_format::TickscriptFormat;
pub use self::tickscript_vars::TickscriptVars;

#[cfg(test)]
mod tests;
