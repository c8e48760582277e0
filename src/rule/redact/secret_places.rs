//! Where the secrets of a script stand, for who writes the script down without them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::script_secrets::named_secrets;
use crate::secret::looks_secret;
use crate::tickscript::{self, TextPlace};

/// What a URL is called that nothing else names.
const URL: &str = "url";

/// A secret in a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretPlace {
    /// Its bytes.
    pub range: Range<usize>,
    /// What it is called: by the call, header or variable that takes it.
    pub name: String,
}

/// The secrets of a script that parses, in their order: texts that stand where a script takes secrets, texts that are a URL,
/// and in other texts and comments the URLs that look as if they held a secret.
pub fn secret_places(script: &str) -> Vec<SecretPlace> {
    let Ok(program) = tickscript::parse(script) else {
        return Vec::new();
    };
    let named = named_secrets(program);
    let places = tickscript::text_places(script);
    places.iter().flat_map(|place| in_text(script, place, &named)).collect()
}

fn in_text(script: &str, place: &TextPlace, named: &BTreeMap<String, String>) -> Vec<SecretPlace> {
    let raw = &script[place.range.clone()];
    let name = Some(place).filter(|place| !place.is_comment);
    if let Some(name) = name.and_then(|place| named.get(&place.value(script))) {
        return vec![SecretPlace {
            range: place.range.clone(),
            name: name.clone(),
        }];
    }
    let urls = urls(raw).into_iter();
    urls.filter(|url| is_secret(raw, url, place.is_comment))
        .map(|url| SecretPlace {
            range: place.range.start + url.start..place.range.start + url.end,
            name: URL.to_owned(),
        })
        .collect()
}

/// A URL within words may be there for people to read.
fn is_secret(text: &str, url: &Range<usize>, is_comment: bool) -> bool {
    let is_alone = !is_comment && *url == (0..text.len());
    // What was commented out is a piece of a script.
    let is_quoted = is_comment && text[..url.start].ends_with('\'');
    is_alone || is_quoted || looks_secret(&text[url.clone()])
}

/// The URLs in a text.
fn urls(text: &str) -> Vec<Range<usize>> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '<' | '>' | '(' | ')' | '`');
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices("://") {
        if found.last().is_some_and(|last| last.end > at) {
            continue;
        }
        let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let start = text[..at].trim_end_matches(is_scheme).len();
        let end = text[at..].find(ends).map_or(text.len(), |length| at + length);
        let end = start + text[start..end].trim_end_matches(['.', ',', ';']).len();
        if start < at {
            found.push(start..end);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Vec<(String, &str)> {
        let places = secret_places(script).into_iter();
        places.map(|place| (place.name, &script[place.range])).collect()
    }

    #[test]
    fn secrets_are_found_with_their_names_and_what_people_read_is_left() {
        let script = "// See https://wiki.example.com/cpu, or:\n//   .post('https://old/hook')\n\
                      var hook = 'https://host/it\\'s'\n\
                      stream|from().measurement('cpu')|alert().message('see https://wiki.example.com/cpu')\
                      .details('''<a href=\"https://me:pw@host/x\">''')\
                      .post(hook).header('X-Key', 'k3y').header('Accept', 'json').slack().token('t0ken')\n\
                      stream|httpOut('https://alone/')\n";
        let expected = [
            ("url", "https://old/hook"),
            ("post", "https://host/it\\'s"),
            ("url", "https://me:pw@host/x"),
            ("X-Key", "k3y"),
            ("token", "t0ken"),
            ("url", "https://alone/"),
        ];
        assert_eq!(found(script), expected.map(|(name, text)| (name.to_owned(), text)));
    }

    #[test]
    fn a_script_that_does_not_parse_has_none() {
        assert_eq!(found("stream|alert().post('https://host/"), []);
    }
}
