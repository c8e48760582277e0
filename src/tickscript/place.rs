//! The place of an error in a script, without what may be a secret there.

use super::error::ParseError;
use super::lexer::token::{Token, TokenKind};
use super::lexer::Lexer;

/// What stands for a text, and for what could not be read.
const HIDDEN: &str = "…";
/// How many characters of the line to show before the error.
const SHOWN: usize = 60;

impl ParseError {
    /// Line, column and reason, with the line as far as it could be read and a caret: each text, pattern and comment in it
    /// is hidden, since it may be a secret, and so is what stands behind the caret, which may be the rest of a text whose
    /// quotes do not match.
    pub fn without_texts(&self, script: &str) -> String {
        let position = self.position();
        let before = readable(script, position.offset);
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        format!(
            "line {number}, column {}: {}\n{margin} |\n{number} | {before}{HIDDEN}\n{margin} | {}^",
            position.column,
            self.kind(),
            " ".repeat(before.chars().count()),
        )
    }
}

/// The line up to `offset`.
fn readable(script: &str, offset: usize) -> String {
    let line_start = script[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let mut shown = String::new();
    let mut end = line_start;
    let mut lexer = Lexer::new(script);
    loop {
        let token = lexer.next_token();
        if token.start >= offset || matches!(token.kind, TokenKind::Error(_) | TokenKind::EndOfFile) {
            break;
        }
        if token.end <= line_start {
            continue;
        }
        shown.push_str(script.get(end..token.start).unwrap_or_default());
        shown.push_str(piece(script, &token));
        end = token.end;
    }
    shown.push_str(script.get(end..offset).unwrap_or_default());
    let count = shown.chars().count();
    // A tab is as wide as it likes; the caret needs one column each.
    let shown = shown.chars().skip(count.saturating_sub(SHOWN));
    shown.map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn piece<'a>(script: &'a str, token: &Token) -> &'a str {
    match token.kind {
        TokenKind::String | TokenKind::Regex | TokenKind::Comment => HIDDEN,
        _ => &script[token.start..token.end],
    }
}

#[cfg(test)]
mod tests {
    use crate::tickscript::parse;

    fn shown(script: &str) -> String {
        parse(script).unwrap_err().without_texts(script)
    }

    #[test]
    fn the_caret_is_below_the_place_and_texts_are_hidden() {
        let shown = shown("var a = 1\n\tvar b = 'planted' )");
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[0].starts_with("line 2, column 20: unexpected "), "{shown}");
        assert_eq!(lines[1..], ["  |", "2 |  var b = … …", "  |            ^"]);
    }

    #[test]
    fn no_piece_of_a_text_is_shown_wherever_the_script_breaks() {
        for script in [
            "stream|alert().post('http://h/planted'",
            "stream|alert().post('http://h/planted",
            "stream|alert().post('a).id('planted')",
            "stream|alert().post('''planted\n''') )",
            "stream|where(lambda: \"a\" =~ /planted/ ) )",
            "// planted\nvar = 1",
            "var a = 'planted' var",
        ] {
            let shown = shown(script);
            assert!(!shown.contains("planted"), "{shown}");
            let caret = shown.lines().last().unwrap();
            let line = shown.lines().nth(2).unwrap();
            assert_eq!(caret.chars().count(), line.chars().count(), "{shown}");
        }
    }
}
