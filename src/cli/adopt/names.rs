//! Names of resources and variables, made from what objects are called on the server.

use crate::tickscript::is_letter;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};
use std::collections::{HashMap, HashSet};
use unicode_general_category::get_general_category;

/// Hands out names that are identifiers, readable, and each only once.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// The number that was given last to a name that came out the same, so that thousands of them take no time.
    last: HashMap<String, usize>,
}

impl Names {
    /// One that never hands out these.
    pub(super) fn without(reserved: &[&str]) -> Self {
        Names {
            taken: reserved.iter().map(|name| (*name).to_owned()).collect(),
            last: HashMap::new(),
        }
    }

    /// The name for an object: its own, in small letters, with `_` for what an identifier cannot hold. A number tells
    /// objects apart whose names come out the same.
    pub(super) fn next(&mut self, own: &str, kind: &str) -> String {
        let base = match identifier(own) {
            base if base.is_empty() => kind.to_owned(),
            base if base.starts_with(|first: char| first.is_ascii_digit()) => format!("{kind}_{base}"),
            base => base,
        };
        if self.taken.insert(base.clone()) {
            return base;
        }
        let number = self.last.entry(base.clone()).or_insert(1);
        loop {
            *number += 1;
            let name = format!("{base}_{number}");
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// The longest name: longer ones are cut, as nobody reads them.
const LONGEST: usize = 60;

/// Letters lose their accents, and those of other alphabets stay as they are: an identifier may hold them.
fn identifier(own: &str) -> String {
    let decomposed = DecomposingNormalizerBorrowed::new_nfkd().normalize(own);
    let mut name = String::new();
    let mut was_small = false;
    for letter in decomposed.chars().filter(|letter| !is_mark(*letter)) {
        if letter.is_ascii_alphanumeric() || is_letter(letter) {
            if was_small && letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.extend(letter.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if name.chars().count() >= LONGEST {
            break;
        }
    }
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(&name);
    composed.trim_end_matches('_').to_owned()
}

/// Whether it only stands over, under or in the letter before it.
fn is_mark(letter: char) -> bool {
    use unicode_general_category::GeneralCategory::{EnclosingMark, NonspacingMark, SpacingMark};
    matches!(
        get_general_category(letter),
        EnclosingMark | NonspacingMark | SpacingMark
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_identifiers_and_unique() {
        let mut names = Names::default();
        let given = [
            "CPU high (prod)",
            "cpu high -- prod",
            "99th percentile",
            "",
            "Überlast",
            "名前",
            "diskFull",
            "–",
        ];
        let made: Vec<String> = given.iter().map(|own| names.next(own, "rule")).collect();
        assert_eq!(
            made,
            [
                "cpu_high_prod",
                "cpu_high_prod_2",
                "rule_99th_percentile",
                "rule",
                "uberlast",
                "名前",
                "disk_full",
                "rule_2",
            ]
        );
    }

    #[test]
    fn a_number_that_an_object_has_itself_is_not_given_twice() {
        let mut names = Names::default();
        let made: Vec<String> = ["cpu", "cpu 2", "cpu"]
            .iter()
            .map(|own| names.next(own, "rule"))
            .collect();
        assert_eq!(made, ["cpu", "cpu_2", "cpu_3"]);
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(Names::default().next(&"a".repeat(200), "rule").len(), LONGEST);
    }

    #[test]
    fn what_terraform_keeps_for_itself_is_not_given() {
        assert_eq!(Names::without(&["source"]).next("source", "secret"), "source_2");
    }
}
