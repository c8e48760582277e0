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
/// Written as Chronograf's builder takes it: `TRUE` and `FALSE` are booleans, what reads as a number is one, and all else
/// is text. So a text that looks like a number or a boolean cannot be said, neither there nor here.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// `TRUE` or `FALSE`.
    Boolean(bool),
    /// A text, for fields that hold strings. Made by [`Value::text`] only.
    Text(String),
}

impl Value {
    /// Reads what an attribute holds.
    pub fn parse(written: &str) -> Value {
        match written {
            "TRUE" => Value::Boolean(true),
            "FALSE" => Value::Boolean(false),
            _ => match written.parse() {
                Ok(number) => Value::Number(number),
                Err(NotANumber { given }) => Value::Text(given),
            },
        }
    }

    /// A text, or nothing where the attribute would read the same letters as a number or a boolean.
    pub fn text(text: &str) -> Option<Value> {
        match Value::parse(text) {
            value @ Value::Text(_) => Some(value),
            _ => None,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Number(number) => number.fmt(formatter),
            Value::Boolean(true) => formatter.write_str("TRUE"),
            Value::Boolean(false) => formatter.write_str("FALSE"),
            Value::Text(text) => formatter.write_str(text),
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

    #[test]
    fn a_text_that_would_be_read_as_something_else_cannot_be_said() {
        assert_eq!(Value::text("down"), Some(Value::Text("down".to_owned())));
        assert_eq!(Value::text("true"), Some(Value::Text("true".to_owned())));
        assert_eq!(Value::text("90"), None);
        assert_eq!(Value::text("TRUE"), None);
    }
}
