//! What is wrong with a script, and where.

use std::fmt;

/// How many bytes to either side of the error Kapacitor quotes.
const KAPACITOR_EXCERPT: usize = 10;
/// How many characters of the line to show to either side of the error.
const SHOWN: usize = 60;

/// A script that Kapacitor's parser refuses, with the place and the reason.
///
/// It displays as the reason, the line and a caret below the place. The line is part of the script, so whoever shows it
/// shows what secrets the script may hold; [`ParseError::kind`] and [`ParseError::position`] are free of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: ErrorKind,
    position: Position,
    /// The byte in the line, counted from 1: what Kapacitor calls `char`.
    byte_column: usize,
    /// What Kapacitor quotes of the script, which may be cut in the middle of a character.
    excerpt: String,
    /// The line around the error, and the place of the error in it.
    line: String,
    caret: usize,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Something else had to stand here.
    Unexpected {
        /// What stands here: a kind of token, or why there is none.
        found: String,
        /// The kinds of tokens that could stand here.
        expected: Vec<String>,
    },
    /// A number that is none, such as `08`, or one that is too large.
    Number(String),
    /// A duration that is too long; the reason.
    Duration(String),
    /// A regular expression that Go's `regexp` refuses; the reason.
    Regex(String),
    /// Parentheses, calls and operators nested more deeply than this parser goes. Kapacitor has no such limit.
    TooDeep,
}

/// A place in a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The character in the line, counted from 1.
    pub column: usize,
    /// The byte in the script, counted from 0.
    pub offset: usize,
}

impl ParseError {
    /// An error at the byte `offset` of `script`.
    pub(super) fn new(script: &str, offset: usize, kind: ErrorKind) -> Self {
        let line_start = script[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let line_end = script[offset..]
            .find('\n')
            .map_or(script.len(), |newline| offset + newline);
        let (before, after) = (&script[line_start..offset], &script[offset..line_end]);
        let shown_before: Vec<char> = before.chars().rev().take(SHOWN).collect();
        let line = shown_before.iter().rev().copied().chain(after.chars().take(SHOWN));
        Self(Box::new(Details {
            kind,
            position: Position {
                line: 1 + script[..line_start].matches('\n').count(),
                column: 1 + before.chars().count(),
                offset,
            },
            byte_column: 1 + before.len(),
            excerpt: excerpt(script, line_start, offset, line_end),
            // A tab is as wide as it likes, and other control characters do worse; the caret needs one column each.
            line: line.map(|c| if c.is_control() { ' ' } else { c }).collect(),
            caret: shown_before.len(),
        }))
    }

    /// What is wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where it is wrong.
    pub fn position(&self) -> Position {
        self.0.position
    }

    /// The error in Kapacitor's own words. (Of one that nests too deeply Kapacitor knows nothing.)
    pub fn kapacitor_message(&self) -> String {
        match &self.0.kind {
            ErrorKind::Unexpected { found, expected } => format!(
                "parser: unexpected {found} line {} char {} in \"{}\". expected: {}",
                self.0.position.line,
                self.0.byte_column,
                self.0.excerpt,
                quoted(expected)
            ),
            kind => format!("parser: {kind}"),
        }
    }
}

impl std::error::Error for ParseError {}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column, .. } = self.0.position;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        writeln!(f, "line {line}, column {column}: {}", self.0.kind)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {}", self.0.line)?;
        write!(f, "{margin} | {}^", " ".repeat(self.0.caret))
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected { found, expected } => write!(f, "unexpected {found}, expected: {}", quoted(expected)),
            Self::Number(text) => write!(f, "illegal number syntax: {text:?}"),
            Self::Duration(reason) | Self::Regex(reason) => f.write_str(reason),
            Self::TooDeep => f.write_str("this is nested too deeply"),
        }
    }
}

fn quoted(expected: &[String]) -> String {
    let quoted: Vec<String> = expected.iter().map(|kind| format!("\"{kind}\"")).collect();
    quoted.join(",")
}

/// Cuts at bytes, as Kapacitor does; each byte of a character that is cut becomes U+FFFD, as in the JSON that Go writes.
fn excerpt(script: &str, line_start: usize, offset: usize, line_end: usize) -> String {
    let start = line_start.max(offset.saturating_sub(KAPACITOR_EXCERPT));
    let end = line_end.min(offset + KAPACITOR_EXCERPT);
    let mut excerpt = String::new();
    for chunk in script.as_bytes()[start..end].utf8_chunks() {
        excerpt.push_str(chunk.valid());
        excerpt.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    excerpt
}
