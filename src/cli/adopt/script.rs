//! A TICKscript as a configuration writes it: secrets are variables.

use super::output::hcl::Expression;
use super::output::text::Piece;
use super::secrets::{Found, Variables};
use crate::rule::{self, SecretPlace};
use crate::secret::looks_secret;
use crate::tickscript;
use std::ops::Range;

/// Notes the secrets of a script.
pub(super) fn note_secrets(script: &str, user: &str, found: &mut Found) {
    for SecretPlace { range, name } in rule::secret_places(script) {
        found.note(&script[range].into(), &name, user);
    }
}

/// The script, with its secrets filled in.
pub(super) fn expression(script: &str, variables: &Variables) -> Expression {
    let (mut pieces, mut end) = (Vec::new(), 0);
    for (range, address) in places(script, variables) {
        pieces.push(Piece::Text(script[end..range.start].to_owned()));
        pieces.push(Piece::Reference(address));
        end = range.end;
    }
    let mut rest = script[end..].to_owned();
    // How a script ends makes no difference, and a heredoc ends in a line break.
    if !rest.ends_with('\n') {
        rest.push('\n');
    }
    pieces.push(Piece::Text(rest));
    Expression::Template(pieces)
}

/// Whether a text of the script that is written down looks like a secret.
pub(super) fn looks_suspicious(script: &str, variables: &Variables) -> bool {
    let filled_in = places(script, variables);
    tickscript::text_places(script).into_iter().any(|text| {
        let mut start = text.range.start;
        let inside = filled_in
            .iter()
            .filter(|(range, _)| text.range.start <= range.start && range.end <= text.range.end);
        let mut gaps: Vec<Range<usize>> = Vec::new();
        for (range, _) in inside {
            gaps.push(start..range.start);
            start = range.end;
        }
        gaps.push(start..text.range.end);
        gaps.into_iter()
            .any(|gap| variables.index().is_in(&script[gap.clone()]) || looks_secret(&script[gap]))
    })
}

/// Where something is filled in, and what, in the order of the script: its own secrets, and what is a secret elsewhere.
fn places(script: &str, variables: &Variables) -> Vec<(Range<usize>, String)> {
    let own: Vec<Range<usize>> = rule::secret_places(script)
        .into_iter()
        .map(|place| place.range)
        .collect();
    let is_free = |range: &Range<usize>| own.iter().all(|own| range.end <= own.start || own.end <= range.start);
    let texts = tickscript::text_places(script);
    let others = texts.iter().flat_map(|text| {
        let words = variables.index().words_in(&script[text.range.clone()]).into_iter();
        words.map(|word| text.range.start + word.start..text.range.start + word.end)
    });
    let mut all: Vec<Range<usize>> = others.filter(is_free).chain(own.iter().cloned()).collect();
    all.sort_by_key(|range| range.start);
    let filled_in = all.into_iter();
    filled_in
        .filter_map(|range| {
            let address = variables.address(&script[range.clone()].into())?;
            Some((range, address))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_filled_in_wherever_they_stand() {
        let script = "// formerly https://host/hook\nvar hook = 'https://host/hook'\nstream|from()|alert()\
                      .message('call t0ken-0123 for ${x}').post(hook).token('t0ken-0123')";
        let mut found = Found::default();
        note_secrets(script, "cpu", &mut found);
        let variables = found.named();
        let Expression::Template(pieces) = expression(script, &variables) else {
            panic!("no template");
        };
        let written: Vec<&str> = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) | Piece::Reference(text) => text.as_str(),
            })
            .collect();
        assert_eq!(
            written.concat(),
            "// formerly var.cpu_webhook_url\nvar hook = 'var.cpu_webhook_url'\nstream|from()|alert()\
             .message('call var.cpu_token for ${x}').post(hook).token('var.cpu_token')\n"
        );
        assert!(!looks_suspicious(script, &variables));
        assert!(looks_suspicious(
            "stream|from()|alert().message('password: hunter2')",
            &variables
        ));
    }
}
