//! The literals of a template: numbers, characters and texts.

use super::ast::Number;
use super::error::{syntax, TemplateError};

/// The type of a number. What Go might read and this does not is taken for a number, too.
pub(super) fn number(text: &str) -> Result<Number, TemplateError> {
    let digits = text.trim_start_matches(['+', '-']);
    if digits.ends_with('i') {
        return Ok(Number::Complex);
    }
    let lower = digits.to_ascii_lowercase();
    if ["0x", "0b", "0o"].iter().any(|base| lower.starts_with(base)) || lower.contains('_') {
        return Ok(if lower.contains(['.', 'p']) {
            Number::Float
        } else {
            Number::Integer
        });
    }
    if digits.is_empty()
        || digits.parse::<f64>().is_err()
        || digits.contains(|c: char| c.is_alphabetic() && !"eE".contains(c))
    {
        return syntax(format!("{text:?} is not a number"));
    }
    Ok(if lower.contains(['.', 'e']) {
        Number::Float
    } else {
        Number::Integer
    })
}

/// Checks a character between single quotation marks.
pub(super) fn character(text: &str) -> Result<(), TemplateError> {
    let inside = &text[1..text.len() - 1];
    if inside.starts_with('\\') || inside.chars().count() == 1 {
        return Ok(());
    }
    syntax("a single quotation mark begins a character, not a text: write \"…\" for a text")
}

/// The text of a literal. Escapes that this does not know stay as they are written.
pub(super) fn unquoted(text: &str) -> Result<String, TemplateError> {
    let inside = &text[1..text.len() - 1];
    if text.starts_with('`') {
        return Ok(inside.replace('\r', ""));
    }
    let mut plain = String::with_capacity(inside.len());
    let mut characters = inside.chars();
    while let Some(c) = characters.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        match characters.next() {
            Some('n') => plain.push('\n'),
            Some('t') => plain.push('\t'),
            Some('r') => plain.push('\r'),
            Some(c @ ('"' | '\\')) => plain.push(c),
            Some(c) if "abfvxuU01234567".contains(c) => plain.extend(['\\', c]),
            Some(c) => return syntax(format!("the escape \"\\{c}\" in a text is not one of Go's")),
            None => plain.push(c),
        }
    }
    Ok(plain)
}
