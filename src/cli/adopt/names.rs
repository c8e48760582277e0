//! Names of resources and variables, made from what objects are called on the server.

use std::collections::HashSet;

/// Hands out names that are identifiers, readable, and each only once.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// The name for an object: its own, in small letters, with `_` for what an identifier cannot hold. A number tells
    /// objects apart whose names come out the same.
    pub fn next(&mut self, own: &str, kind: &str) -> String {
        let base = match identifier(own) {
            base if base.is_empty() => kind.to_owned(),
            base if base.starts_with(|first: char| first.is_ascii_digit()) => format!("{kind}_{base}"),
            base => base,
        };
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let name = std::iter::once(base.clone())
            .chain(numbered)
            .find(|name| !self.taken.contains(name))
            .unwrap_or(base);
        self.taken.insert(name.clone());
        name
    }
}

/// The longest name: longer ones are cut, as nobody reads them.
const LONGEST: usize = 60;

fn identifier(own: &str) -> String {
    let mut name = String::new();
    for letter in own.chars() {
        match letter {
            letter if letter.is_ascii_alphanumeric() => name.push(letter.to_ascii_lowercase()),
            _ if name.is_empty() || name.ends_with('_') => {}
            _ => name.push('_'),
        }
        if name.len() >= LONGEST {
            break;
        }
    }
    name.trim_end_matches('_').to_owned()
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
        ];
        let made: Vec<String> = given.iter().map(|own| names.next(own, "rule")).collect();
        assert_eq!(
            made,
            [
                "cpu_high_prod",
                "cpu_high_prod_2",
                "rule_99th_percentile",
                "rule",
                "berlast",
                "rule_2"
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
}
