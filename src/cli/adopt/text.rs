//! Texts as HCL writes them.

use std::fmt::Write as _;

/// A text in quotation marks.
pub fn quoted(text: &str) -> String {
    let mut written = String::from("\"");
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
    written.push('"');
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
pub fn heredoc(text: &str, depth: usize) -> Option<String> {
    let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
    let is_plain = |line: &&str| !line.chars().any(|letter| is_invisible(letter) && letter != '\t');
    // HCL takes away the blanks that all lines have in common.
    let begins_at_the_margin = |line: &&str| !line.is_empty() && !line.starts_with([' ', '\t']);
    if lines.len() < 2 || !lines.iter().all(is_plain) || !lines.iter().any(begins_at_the_margin) {
        return None;
    }
    let marker = ["EOT", "TICK", "END_OF_TEXT"]
        .into_iter()
        .find(|marker| lines.iter().all(|line| line.trim() != *marker))?;
    let mut written = format!("<<-{marker}\n");
    for line in lines {
        if !line.is_empty() {
            indent(&mut written, depth + 1);
            written.push_str(&without_templates(line));
        }
        written.push('\n');
    }
    indent(&mut written, depth);
    written.push_str(marker);
    Some(written)
}

/// Two blanks for each level.
pub fn indent(text: &mut String, depth: usize) {
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heredoc_stands_only_where_it_says_the_same() {
        for text in [
            "one\n",
            "one\ntwo",
            "  one\n  two\n",
            "one\r\ntwo\n",
            "\u{feff}one\ntwo\n",
        ] {
            assert_eq!(heredoc(text, 0), None, "{text:?}");
        }
        let text = heredoc("EOT\nTICK\n", 0);
        assert!(
            text.as_deref().is_some_and(|text| text.starts_with("<<-END_OF_TEXT\n")),
            "{text:?}"
        );
    }
}
