//! The values that a rule compares with: numbers, and what else a threshold can be.

use std::fmt;
use std::str::FromStr;

/// A number as TICKscript has it: a 64-bit integer or a 64-bit float.
///
/// [`fmt::Display`] writes it as Kapacitor prints it: floats with a decimal point and never with an exponent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number written without a decimal point. Its size fits TICKscript: it is never `i64::MIN`.
    Integer(i64),
    /// A finite number written with a decimal point or an exponent, or too large for an integer.
    Float(f64),
}

/// A text that is no number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a number: write digits, such as 90, -3 or 0.5")]
pub struct NotANumber {
    given: String,
}

impl FromStr for Number {
    type Err = NotANumber;

    fn from_str(given: &str) -> Result<Self, NotANumber> {
        let refuse = || NotANumber {
            given: given.to_owned(),
        };
        // Rust's own parsers also take "inf", "nan" and a leading "+", which mean nothing in TICKscript.
        let unsigned = given.strip_prefix('-').unwrap_or(given);
        if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return Err(refuse());
        }
        if let Ok(integer) = given.parse::<i64>() {
            if integer != i64::MIN {
                return Ok(Number::Integer(integer));
            }
        }
        match given.parse::<f64>() {
            // Adding zero turns the negative zero, which compares as zero, into the usual one.
            Ok(float) if float.is_finite() => Ok(Number::Float(float + 0.0)),
            _ => Err(refuse()),
        }
    }
}

impl Number {
    /// Whether this number is greater than the other one.
    pub fn is_greater_than(self, other: Number) -> bool {
        match (self, other) {
            (Number::Integer(left), Number::Integer(right)) => left > right,
            _ => self.as_float() > other.as_float(),
        }
    }

    fn as_float(self) -> f64 {
        match self {
            Number::Integer(integer) => integer as f64,
            Number::Float(float) => float,
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Number::Integer(integer) => write!(formatter, "{integer}"),
            Number::Float(float) if float.fract() == 0.0 => write!(formatter, "{float}.0"),
            Number::Float(float) => write!(formatter, "{float}"),
        }
    }
}

/// What a threshold rule compares its field with.
///
/// `true` and `false` are booleans, in small letters as HCL writes them or in capital letters as Chronograf's builder takes
/// them; what reads as a number is one; and all else is a text. A text that would be read as something else stands in single
/// quotation marks: `'90'` is the text 90.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// True or false.
    Boolean(bool),
    /// A text, for fields that hold strings.
    Text(String),
}

impl Value {
    /// Reads what an attribute holds.
    pub fn parse(written: &str) -> Value {
        if let Some(text) = quoted(written) {
            return Value::Text(text.to_owned());
        }
        match written {
            "TRUE" | "true" => Value::Boolean(true),
            "FALSE" | "false" => Value::Boolean(false),
            _ => match written.parse() {
                Ok(number) => Value::Number(number),
                Err(NotANumber { given }) => Value::Text(given),
            },
        }
    }
}

/// What stands between single quotation marks.
fn quoted(written: &str) -> Option<&str> {
    written.strip_prefix('\'')?.strip_suffix('\'')
}

/// Whether a text without quotation marks begins like a number, as `1,000` and `1e400` do, and so is hardly meant as a text.
pub(in crate::rule) fn begins_like_a_number(written: &str) -> bool {
    let unsigned = written.strip_prefix(['-', '+']).unwrap_or(written);
    let digits = unsigned.strip_prefix(['.', ',']).unwrap_or(unsigned);
    digits.starts_with(|c: char| c.is_ascii_digit())
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(formatter),
            Value::Boolean(true) => formatter.write_str("TRUE"),
            Value::Boolean(false) => formatter.write_str("FALSE"),
            Value::Text(text) if !begins_like_a_number(text) && Value::parse(text) == *self && !text.is_empty() => {
                formatter.write_str(text)
            }
            Value::Text(text) => write!(formatter, "'{text}'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_kapacitor_prints_them() {
        let cases = [
            ("90", "90"),
            ("-3", "-3"),
            ("0.50", "0.5"),
            ("1.", "1.0"),
            (".5", "0.5"),
            ("007", "7"),
            ("1e3", "1000.0"),
            ("-0.0", "0.0"),
            ("1e23", "100000000000000000000000.0"),
            ("9223372036854775808", "9223372036854776000.0"),
            ("-9223372036854775808", "-9223372036854776000.0"),
        ];
        for (written, printed) in cases {
            assert_eq!(written.parse::<Number>().unwrap().to_string(), printed, "for {written}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_none() {
        for written in [
            "", "-", ".", "inf", "-inf", "NaN", "+5", "0x10", "1_000", "1e999", "12abc", " 1",
        ] {
            assert!(written.parse::<Number>().is_err(), "{written:?} was accepted");
        }
    }

    /// HCL's own booleans reach the provider as these texts.
    #[test]
    fn booleans_are_taken_as_hcl_and_as_chronograf_write_them() {
        for (written, boolean) in [("true", true), ("false", false), ("TRUE", true), ("FALSE", false)] {
            assert_eq!(Value::parse(written), Value::Boolean(boolean));
        }
        assert_eq!(Value::parse("True"), Value::Text("True".to_owned()));
    }

    #[test]
    fn every_text_can_be_said() {
        let plain = ["down", "True", "it's", "'", "'a", "TRUE!", "-", "."];
        let marked = [
            "", "90", "true", "FALSE", "''", "'a'", "1,000", "1e400", "10.0.0.1", "-5 C",
        ];
        for text in plain.into_iter().chain(marked) {
            let value = Value::Text(text.to_owned());
            assert_eq!(Value::parse(&value.to_string()), value, "{text:?}");
        }
        for text in plain {
            assert_eq!(Value::Text(text.to_owned()).to_string(), text);
        }
        for text in marked {
            assert_eq!(Value::Text(text.to_owned()).to_string(), format!("'{text}'"));
        }
    }

    #[test]
    fn what_begins_like_a_number_is_seen() {
        for written in ["1,000", "1e400", "90%", "+5", "-5 C", ".5.", ",5", "0x10", "10.0.0.1"] {
            assert!(begins_like_a_number(written), "{written}");
        }
        for written in ["down", "-", "v1", "", ".", "'90'"] {
            assert!(!begins_like_a_number(written), "{written}");
        }
    }
}
