//! What is wrong with a script, and where.

/// A script that Kapacitor's parser refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("parser: {message}")]
pub struct ParseError {
    /// What is wrong, in Kapacitor's words.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The byte in the script, counted from 0.
    pub offset: usize,
}
