//! What is wrong with a template.

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct TemplateError {
    /// When it fails.
    pub kind: ErrorKind,
    /// What is wrong, in words that quote only names and literals of the template's actions.
    pub message: String,
}

/// When a template fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ErrorKind {
    /// When it is parsed: the task does not start.
    Syntax,
    /// When it is executed, because an alert fires.
    Execution,
    /// When it is executed without an alert, because an endpoint takes it.
    WithoutAlert,
}

impl TemplateError {
    pub(super) fn syntax(message: impl Into<String>) -> Self {
        TemplateError {
            kind: ErrorKind::Syntax,
            message: message.into(),
        }
    }

    pub(super) fn new(message: impl Into<String>) -> Self {
        TemplateError {
            kind: ErrorKind::Execution,
            message: message.into(),
        }
    }
}

/// What cannot be parsed.
pub(super) fn syntax<T>(message: impl Into<String>) -> Result<T, TemplateError> {
    Err(TemplateError::syntax(message))
}
