//! Functions, which need no server and no configuration.

mod alert_rule_tickscript;
mod kapacitor_conf;
mod object;
mod tickscript_format;
mod tickscript_vars;

pub use self::alert_rule_tickscript::AlertRuleTickscript;
pub use self::kapacitor_conf::KapacitorConf;
pub use self::tickscript_format::TickscriptFormat;
pub use self::tickscript_vars::TickscriptVars;

use crate::tickscript::{self, Program};

#[cfg(test)]
mod tests;

/// What the parameter of both functions is.
const SCRIPT: &str = "The TICKscript, such as `file(\"cpu.tick\")`.";

/// Reads a script. The error says where it breaks, without any text of it.
fn parse(script: &str) -> Result<Program, String> {
    tickscript::parse(script).map_err(|error| {
        format!(
            "Kapacitor would refuse this TICKscript at {}\nTexts are not shown, since they may hold secrets.",
            error.without_texts(script)
        )
    })
}
