//! Finds known secrets in other texts, however many there are of both.

use std::collections::HashMap;
use std::ops::Range;

/// How many bytes a secret has at least that is looked for: `prod` may be a password and is a word.
const SHORTEST: usize = 8;

/// Secrets by how they begin.
#[derive(Debug, Default)]
pub(super) struct Index {
    by_start: HashMap<[u8; SHORTEST], Vec<String>>,
}

impl Index {
    /// Looks for this secret too, unless it may be a word: so are many passwords that nobody should have taken.
    pub(super) fn add(&mut self, secret: &str) {
        let Some(start) = start(secret.as_bytes()) else { return };
        if secret.chars().all(char::is_alphabetic) {
            return;
        }
        let same_start = self.by_start.entry(start).or_default();
        if !same_start.iter().any(|known| known == secret) {
            same_start.push(secret.to_owned());
            same_start.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        }
    }

    /// Whether a text holds any of them.
    pub(super) fn is_in(&self, text: &str) -> bool {
        (0..text.len()).any(|at| self.at(text, at, |_| true).is_some())
    }

    /// Where a text holds them, each as a word of its own and the longest of several.
    pub(super) fn words_in(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            match self.at(text, at, |range| stands_alone(text, range)) {
                Some(range) => {
                    at = range.end;
                    found.push(range);
                }
                None => at += 1,
            }
        }
        found
    }

    fn at(&self, text: &str, at: usize, is_wanted: impl Fn(&Range<usize>) -> bool) -> Option<Range<usize>> {
        let rest = &text.as_bytes()[at..];
        let same_start = self.by_start.get(&start(rest)?)?;
        let here = same_start.iter().filter(|secret| rest.starts_with(secret.as_bytes()));
        here.map(|secret| at..at + secret.len()).find(is_wanted)
    }
}

fn start(bytes: &[u8]) -> Option<[u8; SHORTEST]> {
    bytes.first_chunk().copied()
}

fn stands_alone(text: &str, range: &Range<usize>) -> bool {
    let ends_word = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
    ends_word(text[..range.start].chars().next_back()) && ends_word(text[range.end..].chars().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_as_words_and_the_longest_first() {
        let mut index = Index::default();
        for secret in ["https://h/key", "https://h/key/2", "passwords", "s3cret", "0123456789é"] {
            index.add(secret);
        }
        let text = "see https://h/key/2, https://h/keys and https://h/key; 0123456789é passwords s3cret é";
        let found: Vec<&str> = index.words_in(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["https://h/key/2", "https://h/key", "0123456789é"]);
        assert!(index.is_in("xhttps://h/keys") && !index.is_in("passwords and s3cret"));
    }
}
