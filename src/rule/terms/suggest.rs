//! Help with names that are misspelt.

/// The name that a misspelt one most likely meant: the nearest of all that are near enough to be a slip.
pub(in crate::rule) fn nearest<'a>(given: &str, names: &[&'a str]) -> Option<&'a str> {
    let given = given.to_lowercase();
    names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&given, &name.to_lowercase()), *name))
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .min()
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_near_name_is_offered() {
        let names = ["channel", "username", "iconEmoji"];
        assert_eq!(nearest("chanel", &names), Some("channel"));
        assert_eq!(nearest("icon_emoji", &names), Some("iconEmoji"));
        assert_eq!(nearest("token", &names), None);
    }
}
