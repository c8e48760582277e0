//! A TICKscript duration, as it is written.

use std::fmt;
use std::str::FromStr;

use crate::tickscript::ast;

/// A positive TICKscript duration, such as `90s`: a whole number and one unit.
///
/// It keeps what was written, because Kapacitor prints it so: `60s` and `1m` are the same time and different scripts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duration(ast::Duration);

/// A text that is no TICKscript duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a duration: write a whole number greater than zero and one unit (u, ms, s, m, h, d or w), such as \"30s\" or \"10m\"{hint}")]
pub struct BadDuration {
    given: String,
    hint: &'static str,
}

impl Duration {
    /// The duration as it was written, such as `90s`.
    pub fn as_str(&self) -> &str {
        self.0.literal()
    }

    /// The length in nanoseconds.
    pub fn nanoseconds(&self) -> i64 {
        self.0.nanoseconds()
    }

    /// The duration as a literal of a script.
    pub(in crate::rule) fn literal(&self) -> ast::Duration {
        self.0.clone()
    }
}

impl FromStr for Duration {
    type Err = BadDuration;

    fn from_str(given: &str) -> Result<Self, BadDuration> {
        let refuse = |hint| BadDuration {
            given: given.to_owned(),
            hint,
        };
        let unit = given.trim_start_matches(|c: char| c.is_ascii_digit());
        let amount = &given[..given.len() - unit.len()];
        // Kapacitor lets a duration that it cannot count run over.
        let one = ast::Duration::parse(&format!("1{unit}"))
            .ok()
            .filter(|_| !amount.is_empty())
            .map(|one| one.nanoseconds());
        let Some(one) = one else {
            return Err(refuse(hint(amount, unit)));
        };
        let length = amount.parse::<i64>().ok().and_then(|amount| amount.checked_mul(one));
        match (length, ast::Duration::parse(given)) {
            (Some(length), Ok(duration)) if length > 0 => Ok(Duration(duration)),
            (None, _) => Err(refuse(TOO_LONG)),
            _ => Err(refuse("")),
        }
    }
}

/// What to write instead of an amount and what follows it.
fn hint(amount: &str, rest: &str) -> &'static str {
    let goes_on = rest.chars().any(|c| c.is_ascii_digit());
    match (amount.is_empty(), goes_on) {
        (false, true) if rest.starts_with(['.', ',']) => FRACTION,
        (false, true) => COMPOUND,
        _ => "",
    }
}

const FRACTION: &str = "; fractions are not possible, write \"90m\" for one and a half hours";

const TOO_LONG: &str = "; Kapacitor counts in nanoseconds and no further than 292 years (\"106751d\")";

const COMPOUND: &str = "; several units in a row are not possible, write \"90m\" for one and a half hours";

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_keeps_its_spelling_and_knows_its_length() {
        for (written, nanoseconds) in [
            ("90s", 90_000_000_000),
            ("1m", 60_000_000_000),
            ("5u", 5_000),
            ("5µ", 5_000),
            ("500ms", 500_000_000),
            ("2w", 1_209_600_000_000_000),
        ] {
            let duration: Duration = written.parse().unwrap();
            assert_eq!((duration.as_str(), duration.nanoseconds()), (written, nanoseconds));
        }
    }

    #[test]
    fn what_kapacitor_would_refuse_or_misread_is_refused() {
        for written in [
            "",
            "1",
            "s",
            "1 minute",
            "1h30m",
            "1.5h",
            "-1m",
            "0s",
            "5ns",
            "99999999999w",
            "106752d",
            "1m ",
        ] {
            assert!(written.parse::<Duration>().is_err(), "{written:?} was accepted");
        }
        assert!("106751d".parse::<Duration>().is_ok());
    }

    #[test]
    fn what_is_refused_says_what_to_write_instead() {
        for (written, word) in [
            ("1h30m", "several units"),
            ("1.5h", "fractions"),
            ("1,5h", "fractions"),
            ("0.5m", "fractions"),
            ("106752d", "292 years"),
            ("99999999999999999999s", "292 years"),
        ] {
            let told = written.parse::<Duration>().unwrap_err().to_string();
            assert!(told.contains(word), "{told}");
            let others = ["several units", "fractions", "292 years"]
                .into_iter()
                .filter(|other| *other != word);
            for other in others {
                assert!(!told.contains(other), "{told}");
            }
        }
    }
}
