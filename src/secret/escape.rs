//! Shows control characters instead of sending them to a terminal.
//!
//! Whoever writes metrics, scripts or a server's answers chooses what they hold: an escape sequence could repaint a plan, and
//! a bidirectional control could turn a line around.

use std::borrow::Cow;

/// The text with every control character escaped, such as `\u{1b}`, but for the line breaks and tabs of our own layout.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    replaced(text, |character| {
        is_control(character) && !matches!(character, '\n' | '\t')
    })
}

/// The same for a text of others that belongs into one line: line breaks and tabs are escaped too.
pub(crate) fn escaped_line(text: &str) -> Cow<'_, str> {
    replaced(text, is_control)
}

fn replaced(text: &str, is_wrong: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_wrong) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' if is_wrong('\n') => shown.push_str("\\n"),
            '\t' if is_wrong('\t') => shown.push_str("\\t"),
            '\r' => shown.push_str("\\r"),
            character if is_wrong(character) => shown.extend(character.escape_unicode()),
            character => shown.push(character),
        }
    }
    Cow::Owned(shown)
}

/// C0 and C1 controls and DEL, the bidirectional controls, and the line breaks that only Unicode knows.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_shown_and_not_sent() {
        assert_eq!(
            escaped("web\u{1b}[2J\u{9b}1m\r\0\u{7f}"),
            "web\\u{1b}[2J\\u{9b}1m\\r\\u{0}\\u{7f}"
        );
        assert_eq!(
            escaped("a\u{202e}b\u{2066}c\u{200f}d\u{2028}"),
            "a\\u{202e}b\\u{2066}c\\u{200f}d\\u{2028}"
        );
    }

    #[test]
    fn our_own_layout_and_all_other_text_stay() {
        assert_eq!(escaped("line\n\tindented é 日本 👩‍💻"), "line\n\tindented é 日本 👩‍💻");
        assert_eq!(escaped_line("line\n\tindented"), "line\\n\\tindented");
        assert!(matches!(escaped("plain"), Cow::Borrowed(_)));
    }
}
