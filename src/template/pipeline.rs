//! What Go refuses of a pipeline when it parses it.

use super::ast::{Command, Operand, Pipeline};
use super::error::{syntax, TemplateError};

/// Refuses a pipeline without a command, and one that hands a value to what takes none.
pub(super) fn check_pipeline(pipeline: &Pipeline, context: &str) -> Result<(), TemplateError> {
    if pipeline.commands.is_empty() {
        return syntax(format!("a value is missing in a {context}"));
    }
    let constant = |command: &Command| {
        matches!(
            command.first(),
            Some(Operand::Bool | Operand::Dot | Operand::Nil | Operand::Number(_) | Operand::Text(_))
        )
    };
    if pipeline.commands.iter().skip(1).any(constant) {
        return syntax("what stands behind a `|` is neither a function nor a method");
    }
    Ok(())
}
