//! Takes secrets out of text that others wrote: Kapacitor's messages quote scripts, URLs and options.

use crate::kapacitor::secret::MASK;
use crate::kapacitor::Secret;

/// A piece of a secret of this many bytes is masked also where the rest of it was cut off, as Kapacitor's parser does.
const SHORTEST_PIECE: usize = 10;
/// A secret shorter than this is masked only where it stands alone, or nothing of the message would be left.
const SHORTEST_INSIDE_WORDS: usize = 4;

/// A set of secrets, and the taking out of them.
#[derive(Debug, Clone, Default)]
pub struct Mask {
    secrets: Vec<Secret>,
}

impl Mask {
    /// Masks each of `secrets`; empty ones are left out.
    pub fn new(secrets: impl IntoIterator<Item = Secret>) -> Self {
        let mut mask = Mask::default();
        mask.extend(secrets);
        mask
    }

    /// Masks `secrets` too.
    pub fn extend(&mut self, secrets: impl IntoIterator<Item = Secret>) {
        self.secrets
            .extend(secrets.into_iter().filter(|secret| !secret.is_empty()));
        self.secrets
            .sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        self.secrets.dedup();
    }

    /// `text` without any of the secrets, any longer piece of one, and what URLs carry before an `@`.
    pub fn apply(&self, text: &str) -> String {
        let text = &mask_user_info(text);
        let mut masked = vec![false; text.len()];
        for secret in &self.secrets {
            mark_whole(text, secret.expose(), &mut masked);
            mark_pieces(text, secret.expose(), &mut masked);
        }
        replace_marked(text, &masked)
    }
}

/// `text` with the user and password of each URL in it masked, whoever's they are.
pub(super) fn mask_user_info(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + "://".len());
        result.push_str(before);
        let authority_end = after
            .find(['/', '?', '#', '"', '\'', ' ', '\n', '\t'])
            .unwrap_or(after.len());
        rest = match after[..authority_end].rfind('@') {
            Some(at) => {
                result.push_str(MASK);
                &after[at..]
            }
            None => after,
        };
    }
    result.push_str(rest);
    result
}

/// Marks where the whole of `secret` stands in `text`.
fn mark_whole(text: &str, secret: &str, masked: &mut [bool]) {
    for (start, found) in text.match_indices(secret) {
        let end = start + found.len();
        if secret.len() >= SHORTEST_INSIDE_WORDS || stands_alone(text, start, end) {
            masked[start..end].fill(true);
        }
    }
}

/// Marks every run of [`SHORTEST_PIECE`] bytes or more that `text` shares with `secret`.
fn mark_pieces(text: &str, secret: &str, masked: &mut [bool]) {
    let pieces: std::collections::HashSet<&[u8]> = secret.as_bytes().windows(SHORTEST_PIECE).collect();
    if pieces.is_empty() {
        return;
    }
    for (start, window) in text.as_bytes().windows(SHORTEST_PIECE).enumerate() {
        if pieces.contains(window) {
            masked[start..start + SHORTEST_PIECE].fill(true);
        }
    }
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
}

/// A character goes where any of its bytes is marked; each run of them becomes one [`MASK`].
fn replace_marked(text: &str, masked: &[bool]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut inside = false;
    for (start, character) in text.char_indices() {
        let hidden = masked[start..start + character.len_utf8()].contains(&true);
        if !hidden {
            result.push(character);
        } else if !inside {
            result.push_str(MASK);
        }
        inside = hidden;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://api.squadcast.com/v2/incidents/kapacitor/0123456789abcdef";

    #[test]
    fn the_whole_secret_becomes_one_mask() {
        let mask = Mask::new([Secret::new(URL)]);
        assert_eq!(
            mask.apply(&format!("Post \"{URL}\": refused")),
            format!("Post \"{MASK}\": refused")
        );
    }

    #[test]
    fn a_piece_that_a_parser_error_quotes_is_masked() {
        let mask = Mask::new([Secret::new(URL)]);
        let told = mask.apply("unexpected ' in \"itor/0123456789abcdef')\". expected: \"number\"");
        assert_eq!(told, format!("unexpected ' in \"{MASK}')\". expected: \"number\""));
    }

    #[test]
    fn a_short_secret_is_masked_where_it_stands_alone() {
        let mask = Mask::new([Secret::new("no")]);
        assert_eq!(mask.apply("unknown user \"no\""), format!("unknown user \"{MASK}\""));
    }

    #[test]
    fn a_secret_outside_ascii_is_masked_without_breaking_a_character() {
        let mask = Mask::new([Secret::new("pässwörd")]);
        assert_eq!(mask.apply("é pässwörd ü"), format!("é {MASK} ü"));
    }

    #[test]
    fn the_password_in_anybodys_url_is_masked() {
        let told = Mask::default().apply("Get \"http://user:pw@k:9092/x\": refused, see http://help/a@b");
        assert_eq!(
            told,
            format!("Get \"http://{MASK}@k:9092/x\": refused, see http://help/a@b")
        );
    }

    #[test]
    fn text_without_secrets_stays_as_it_is() {
        let mask = Mask::new([Secret::new(""), Secret::new("hunter2")]);
        assert_eq!(mask.apply("no task exists"), "no task exists");
    }
}
