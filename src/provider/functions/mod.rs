//! Functions, which need no server and no configuration.

mod alert_rule_tickscript;
mod kapacitor_conf;
mod object;
mod script;
mod tickscript_format;
mod tickscript_vars;

pub(super) use self::alert_rule_tickscript::AlertRuleTickscript;
pub(super) use self::kapacitor_conf::KapacitorConf;
pub(super) use self::tickscript_format::TickscriptFormat;
pub(super) use self::tickscript_vars::TickscriptVars;

#[cfg(test)]
mod tests;
