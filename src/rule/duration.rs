//! A TICKscript duration, as it is written.

use std::fmt;
use std::str::FromStr;

/// A positive TICKscript duration, such as `90s`: a whole number and one unit.
///
/// It keeps what was written, because Kapacitor prints it so: `60s` and `1m` are the same time and different scripts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Duration {
    written: String,
    nanoseconds: i64,
}

/// A text that is no TICKscript duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a duration: write a whole number greater than zero and one unit (u, ms, s, m, h, d or w), such as \"30s\" or \"10m\"{hint}")]
pub struct BadDuration {
    given: String,
    hint: &'static str,
}

/// The units of TICKscript and their length in nanoseconds; `ms` comes before `m` and `s`, of which it is made.
const UNITS: &[(&str, i64)] = &[
    ("u", 1_000),
    ("µ", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("w", 604_800_000_000_000),
];

impl Duration {
    /// The duration as it was written, such as `90s`.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The length in nanoseconds.
    pub fn nanoseconds(&self) -> i64 {
        self.nanoseconds
    }
}

impl FromStr for Duration {
    type Err = BadDuration;

    fn from_str(given: &str) -> Result<Self, BadDuration> {
        let refuse = |hint| BadDuration {
            given: given.to_owned(),
            hint,
        };
        let digits = given.len() - given.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, unit) = given.split_at(digits);
        let Some((_, length)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            let compound = unit.chars().any(|c| c.is_ascii_digit()) && digits > 0;
            return Err(refuse(if compound {
                "; several units in a row are not possible, write \"90m\" for one and a half hours"
            } else {
                ""
            }));
        };
        let nanoseconds = number
            .parse::<i64>()
            .ok()
            .and_then(|number| number.checked_mul(*length))
            .filter(|nanoseconds| *nanoseconds > 0)
            .ok_or_else(|| refuse(""))?;
        Ok(Duration {
            written: given.to_owned(),
            nanoseconds,
        })
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
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
            "1m ",
        ] {
            assert!(written.parse::<Duration>().is_err(), "{written:?} was accepted");
        }
    }
}
