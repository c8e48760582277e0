//! Go templates, as far as a rule's texts need to be checked before Kapacitor sees them.

/// Whether every `{{` has its `}}`. As in Go, `}}` inside a quoted text of an action does not close it.
pub(super) fn every_action_closes(template: &str) -> bool {
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        match after_action(&rest[start + 2..]) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    true
}

/// What follows the action's `}}`, or nothing where it never closes.
fn after_action(action: &str) -> Option<&str> {
    // A comment ends at its own mark, whatever stands in it.
    if let Some(comment) = action.trim_start_matches(['-', ' ']).strip_prefix("/*") {
        let (_, after) = comment.split_once("*/")?;
        return after.split_once("}}").map(|(_, after)| after);
    }
    let mut quote = None;
    let mut characters = action.char_indices();
    while let Some((position, character)) = characters.next() {
        match (quote, character) {
            (None, '"' | '`' | '\'') => quote = Some(character),
            (None, '}') if action[position..].starts_with("}}") => return Some(&action[position + 2..]),
            (Some('"' | '\''), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_that_never_closes_is_found() {
        for template in [
            "{{",
            "{{ .ID }",
            "a {{ .ID }} b {{ .Level",
            "{{ \"}}\" ",
            "{{/* }} ",
            "{{ \"a }}",
        ] {
            assert!(!every_action_closes(template), "{template}");
        }
    }

    #[test]
    fn what_closes_is_left_alone() {
        for template in [
            "",
            "no action }}",
            "{{ .ID }}",
            "{{ index .Tags \"}}\" }}",
            "{{/* a \" */}}",
            "{{ `\\` }}",
            "{ { x",
            "{{ \"\\\"}}\" }}é",
        ] {
            assert!(every_action_closes(template), "{template}");
        }
    }
}
