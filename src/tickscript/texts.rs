//! Where the texts and comments of a script stand.

use std::ops::Range;

use super::lexer::token::TokenKind;
use super::lexer::Lexer;

/// A text or a comment of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPlace {
    /// The bytes of what it says: of a text, what stands between its quotes.
    pub range: Range<usize>,
    /// Whether it is a comment.
    pub is_comment: bool,
}

impl TextPlace {
    /// What the script means by it. In single quotes a backslash hides a quote.
    pub fn value(&self, script: &str) -> String {
        let raw = &script[self.range.clone()];
        match script[..self.range.start].ends_with("'''") || self.is_comment {
            true => raw.to_owned(),
            false => raw.replace("\\'", "'"),
        }
    }
}

/// The texts and comments of a script that parses, in their order.
pub fn text_places(script: &str) -> Vec<TextPlace> {
    let mut lexer = Lexer::new(script);
    let mut places = Vec::new();
    loop {
        let token = lexer.next_token();
        let is_comment = match token.kind {
            TokenKind::EndOfFile | TokenKind::Error(_) => return places,
            TokenKind::String => false,
            TokenKind::Comment => true,
            _ => continue,
        };
        let quotes = match &script[token.start..token.end] {
            _ if is_comment => 0,
            text if text.len() >= 6 && text.starts_with("'''") => 3,
            _ => 1,
        };
        let range = token.start + quotes..token.end - quotes;
        places.push(TextPlace { range, is_comment });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_found_between_its_quotes() {
        let script = "// it's\nvar a = 'it\\'s \\d'\nvar b = ''\nvar c = '''it\\'s''' // end";
        let found: Vec<(String, bool)> = text_places(script)
            .iter()
            .map(|place| (place.value(script), place.is_comment))
            .collect();
        let expected = [
            ("// it's\n", true),
            ("it's \\d", false),
            ("", false),
            ("it\\'s", false),
            ("// end", true),
        ];
        assert_eq!(found, expected.map(|(text, is_comment)| (text.to_owned(), is_comment)));
    }
}
