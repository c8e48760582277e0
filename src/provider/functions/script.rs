//! The TICKscript that a function takes.

use crate::tickscript::{self, Program};

/// What the parameter of both functions is.
pub(super) const SCRIPT: &str = "The TICKscript, such as `file(\"cpu.tick\")`.";

/// Reads a script. The error says where it breaks, without any text of it.
pub(super) fn parse(script: &str) -> Result<Program, String> {
    tickscript::parse(script).map_err(|error| {
        format!(
            "Kapacitor would refuse this TICKscript at {}\nTexts are not shown, since they may hold secrets.",
            error.without_texts(script)
        )
    })
}
