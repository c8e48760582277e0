//! What a TICKscript says of the tasks that run it.

use super::fields::shown;
use crate::kapacitor::models::{Dbrp, TaskType};
use crate::provider::values::Text;
use crate::rule;
use crate::secret::Key;
use crate::tickscript::{self, ast, Program};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The script as Kapacitor prints it; none if it does not parse.
pub(crate) fn printed(script: &str) -> Option<String> {
    tickscript::format(script).ok()
}

/// The script as the attribute `tickscript` has it.
pub(crate) fn redacted(script: &str, key: &Key) -> Text {
    Value::Value(shown(rule::redact_script(script, key)))
}

/// Whether a script queries, or takes points as they come.
pub(crate) fn type_of(program: &Program) -> TaskType {
    let begins_with_batch = |expression: &ast::Expression| match expression {
        ast::Expression::Chain(chain) => chain.head.name() == "batch",
        ast::Expression::Identifier(identifier) => identifier.name == "batch",
        _ => false,
    };
    let is_batch = program.statements.iter().any(|statement| match statement {
        ast::Statement::Variable(variable) => begins_with_batch(&variable.value),
        ast::Statement::Expression(expression) => begins_with_batch(expression),
        _ => false,
    });
    match is_batch {
        true => TaskType::Batch,
        false => TaskType::Stream,
    }
}

/// The type as the attribute `type` has it.
pub(crate) fn type_name(task_type: TaskType) -> &'static str {
    match task_type {
        TaskType::Stream => "stream",
        TaskType::Batch => "batch",
    }
}

/// What the script's own lines `dbrp` say that its tasks read.
pub(crate) fn dbrps_of(program: &Program) -> Vec<Dbrp> {
    let lines = program.statements.iter().filter_map(|statement| match statement {
        ast::Statement::Dbrp(line) => Some(Dbrp {
            db: line.database.clone(),
            rp: line.retention_policy.clone(),
        }),
        _ => None,
    });
    lines.collect()
}

/// The script, or an error at the attribute, with line, column and a caret.
pub(crate) fn parsed(diags: &mut Diagnostics, script: &str, attribute: &'static str) -> Option<Program> {
    let error = match tickscript::parse(script) {
        Ok(program) => return Some(program),
        Err(error) => error,
    };
    diags.error(
        "Kapacitor would refuse the script",
        format!(
            "{}\n\nTexts are not shown, since they may hold secrets.",
            error.without_texts(script)
        ),
        AttributePath::new(attribute),
    );
    None
}
