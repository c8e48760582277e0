//! Texts as HCL writes them.

use std::fmt::Write as _;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Piece {
    /// Letters that mean themselves.
    Text(String),
    /// What is filled in, such as `var.webhook`.
    Reference(String),
}

/// A text in quotation marks.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// A text of several pieces in quotation marks.
pub(crate) fn quoted_pieces(pieces: &[Piece]) -> String {
    format!("\"{}\"", written(pieces, escaped))
}

/// The pieces one after the other, each as `write` writes its text.
fn written(pieces: &[Piece], write: impl Fn(&str) -> String) -> String {
    let mut written = String::new();
    for (piece, next) in pieces.iter().zip(pieces.iter().skip(1).map(Some).chain([None])) {
        match piece {
            Piece::Reference(reference) => {
                let _ = write!(written, "${{{reference}}}");
            }
            Piece::Text(text) => {
                // Before what is filled in, a dollar sign would take the meaning of the next one away.
                let is_before_reference = matches!(next, Some(Piece::Reference(_)));
                let plain = if is_before_reference {
                    text.trim_end_matches('$')
                } else {
                    text
                };
                written.push_str(&write(plain));
                if plain.len() < text.len() {
                    let _ = write!(written, "${{\"{}\"}}", &text[plain.len()..]);
                }
            }
        }
    }
    written
}

fn escaped(text: &str) -> String {
    let mut written = String::new();
    for letter in without_templates(text).chars() {
        match letter {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            letter if is_invisible(letter) => {
                let _ = match u32::from(letter) {
                    code @ 0..=0xffff => write!(written, "\\u{code:04x}"),
                    code => write!(written, "\\U{code:08x}"),
                };
            }
            letter => written.push(letter),
        }
    }
    written
}

/// Letters that nobody sees in an editor, or that turn the text around them.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Go's templates have `{{`, which means nothing in HCL; `${` and `%{` do.
fn without_templates(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// A text of several lines between two markers, if it can be written so.
pub(crate) fn heredoc(pieces: &[Piece], depth: usize) -> Option<String> {
    let is_plain = |piece: &Piece| match piece {
        Piece::Text(text) => !text
            .chars()
            .any(|letter| is_invisible(letter) && !matches!(letter, '\t' | '\n')),
        Piece::Reference(_) => true,
    };
    if !pieces.iter().all(is_plain) {
        return None;
    }
    let text = written(pieces, without_templates);
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    // HCL takes away the blanks that all lines have in common.
    let begins_at_the_margin = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t']);
    if lines.len() < 2 || !lines.iter().any(begins_at_the_margin) {
        return None;
    }
    let marker = ["EOT", "TICK", "END_OF_TEXT"]
        .into_iter()
        .find(|marker| lines.iter().all(|line| line.trim() != *marker))?;
    let mut written = format!("<<-{marker}\n");
    for line in lines {
        if !line.is_empty() {
            indent(&mut written, depth + 1);
            written.push_str(line);
        }
        written.push('\n');
    }
    indent(&mut written, depth);
    written.push_str(marker);
    Some(written)
}

/// Two blanks for each level.
pub(crate) fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn a_heredoc_stands_only_where_it_says_the_same() {
        for written in [
            "one\n",
            "one\ntwo",
            "  one\n  two\n",
            "one\r\ntwo\n",
            "\u{feff}one\ntwo\n",
        ] {
            assert_eq!(heredoc(&[text(written)], 0), None, "{written:?}");
        }
        let written = heredoc(&[text("EOT\nTICK\n")], 0);
        assert!(
            written
                .as_deref()
                .is_some_and(|text| text.starts_with("<<-END_OF_TEXT\n")),
            "{written:?}"
        );
    }

    #[test]
    fn what_is_filled_in_stands_among_text_that_keeps_its_meaning() {
        let hook = || Piece::Reference("var.hook".to_owned());
        let pieces = [text("a ${b} $$"), hook(), text("'\n%{"), hook(), text("$\n")];
        assert_eq!(
            quoted_pieces(&pieces),
            r#""a $${b} ${"$$"}${var.hook}'\n%%{${var.hook}$\n""#
        );
        assert_eq!(
            heredoc(&pieces, 0).as_deref(),
            Some("<<-EOT\n  a $${b} ${\"$$\"}${var.hook}'\n  %%{${var.hook}$\nEOT")
        );
    }
}
