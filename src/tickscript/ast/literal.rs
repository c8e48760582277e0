//! What cannot be taken apart: names, numbers, strings and the like. Literals keep value and, where Kapacitor prints it
//! again, the text of the source.

use crate::tickscript::lexer;
use crate::tickscript::lexer::regex_syntax;
use crate::tickscript::lexer::regex_syntax::RegexError;

/// A comment: lines that begin with `//`.
///
/// Lines that follow one another are a block; an empty line between two blocks is kept, several become one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The blocks, each with its lines, without the `//` and the space behind it.
    pub blocks: Vec<Vec<String>>,
}

/// `name`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identifier {
    /// What stands before the name.
    pub comment: Option<Comment>,
    /// The name: a letter, then letters, digits and underscores.
    pub name: String,
}

/// `"field"`, a field or tag of the point that a lambda is evaluated for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// What stands before it.
    pub comment: Option<Comment>,
    pub(crate) name: String,
}

/// `'text'` or `'''text'''`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StringLiteral {
    /// What stands before it.
    pub comment: Option<Comment>,
    pub(crate) value: String,
    pub(crate) quotes: Quotes,
}

/// The quotes around a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// `'text'`, where `\'` is a quote and every other backslash is itself.
    Single,
    /// `'''text'''`, where nothing is escaped.
    Triple,
}

/// A text that TICKscript has no way to write: the language has no escape for a backslash, so it cannot stand before
/// the closing quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inexpressible {
    /// A string in single quotes cannot end in a backslash.
    #[error("a text in single quotes cannot end in a backslash, because TICKscript reads \\' as a quote")]
    Single,
    /// A string in triple quotes cannot end in a quote or hold three of them in a row.
    #[error("a text in triple quotes cannot end in a quote or hold three of them in a row, because TICKscript ends it there")]
    Triple,
    /// Neither kind of quotes can hold the text.
    #[error("TICKscript cannot write this text: it ends in a backslash, which single quotes cannot hold, and triple quotes cannot hold its quotes")]
    Any,
    /// A reference cannot end in a backslash.
    #[error("the name of a field or tag cannot end in a backslash, because TICKscript reads \\\" as a quote")]
    Reference,
}

/// A number, never negative: a minus before it is an operator.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberLiteral {
    /// What stands before it.
    pub comment: Option<Comment>,
    pub(crate) value: Number,
}

/// The value of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number, 0 to 2^63 - 1.
    Integer(i64),
    /// A whole number that is written with a leading zero and base 8.
    Octal(i64),
    /// A number with a decimal point.
    Float(f64),
}

/// `10s`: digits and one of the units `u`, `µ`, `ms`, `s`, `m`, `h`, `d` and `w`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duration {
    /// What stands before it.
    pub comment: Option<Comment>,
    pub(crate) literal: String,
    pub(crate) nanoseconds: i64,
}

/// Why a text is no duration, in Kapacitor's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidDuration {
    /// It is not made of a number that fits into 63 bits and a unit.
    #[error("invalid duration")]
    Invalid,
    /// It is longer than 2^63 nanoseconds. Kapacitor notices only every other time: what wraps around to a positive
    /// number again is taken.
    #[error("overflowed duration {0}: choose a smaller duration or INF")]
    Overflow(String),
}

/// `TRUE` or `FALSE`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoolLiteral {
    /// What stands before it.
    pub comment: Option<Comment>,
    /// The value.
    pub value: bool,
}

/// `/pattern/`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Regex {
    /// What stands before it.
    pub comment: Option<Comment>,
    pub(crate) literal: String,
}

/// Why a pattern cannot stand in a script.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRegex {
    /// Kapacitor could not compile it; in Go's words.
    #[error(transparent)]
    Refused(#[from] RegexError),
    /// It ends in a backslash, if only in an escaped one.
    #[error(
        r"a regular expression cannot end in a backslash, because TICKscript reads \/ as a slash: write [\\] instead"
    )]
    Backslash,
}

/// `*`, which stands for every tag in `.groupBy(*)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Star {
    /// What stands before it.
    pub comment: Option<Comment>,
}

impl Comment {
    /// A comment of one block.
    pub fn new<Line: Into<String>>(lines: impl IntoIterator<Item = Line>) -> Self {
        Self {
            blocks: vec![lines.into_iter().map(Into::into).collect()],
        }
    }
}

impl Identifier {
    /// A name as it stands. What is no identifier prints, but does not read back.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            comment: None,
            name: name.into(),
        }
    }
}

impl Reference {
    /// The reference to the field or tag of that name.
    pub fn new(name: impl Into<String>) -> Result<Self, Inexpressible> {
        let name = name.into();
        if name.ends_with('\\') {
            return Err(Inexpressible::Reference);
        }
        Ok(Self { comment: None, name })
    }

    /// The name of the field or tag.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl StringLiteral {
    /// The text in single quotes, or in triple quotes where only they can hold it.
    pub fn new(value: impl Into<String>) -> Result<Self, Inexpressible> {
        let value = value.into();
        match (Quotes::Single.can_hold(&value), Quotes::Triple.can_hold(&value)) {
            (true, _) => Ok(Self {
                comment: None,
                value,
                quotes: Quotes::Single,
            }),
            (false, true) => Ok(Self {
                comment: None,
                value,
                quotes: Quotes::Triple,
            }),
            (false, false) => Err(Inexpressible::Any),
        }
    }

    /// The text in single quotes.
    pub fn single(value: impl Into<String>) -> Result<Self, Inexpressible> {
        let value = value.into();
        if !Quotes::Single.can_hold(&value) {
            return Err(Inexpressible::Single);
        }
        Ok(Self {
            comment: None,
            value,
            quotes: Quotes::Single,
        })
    }

    /// The text in triple quotes.
    pub fn triple(value: impl Into<String>) -> Result<Self, Inexpressible> {
        let value = value.into();
        if !Quotes::Triple.can_hold(&value) {
            return Err(Inexpressible::Triple);
        }
        Ok(Self {
            comment: None,
            value,
            quotes: Quotes::Triple,
        })
    }

    /// The text, without quotes and escapes.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The quotes around it.
    pub fn quotes(&self) -> Quotes {
        self.quotes
    }
}

impl Quotes {
    /// Whether a string in these quotes reads back as `value`.
    pub fn can_hold(self, value: &str) -> bool {
        match self {
            Self::Single => !value.ends_with('\\'),
            // Not only quotes can end such a text early: Kapacitor heeds a backslash behind two of them.
            Self::Triple => lexer::is_string(&format!("'''{value}'''")),
        }
    }

    /// The quotes as they are written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Single => "'",
            Self::Triple => "'''",
        }
    }
}

impl NumberLiteral {
    /// The value.
    pub fn value(&self) -> Number {
        self.value
    }
}

impl Number {
    /// Reads a number as Kapacitor does: digits, with a leading zero octal, with a point a float. `None` for anything
    /// else, a sign included.
    pub fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
            return None;
        }
        if text.contains('.') {
            return text
                .parse()
                .ok()
                .filter(|value: &f64| value.is_finite())
                .map(Self::Float);
        }
        if text.starts_with('0') && text.len() > 1 {
            return i64::from_str_radix(text, 8).ok().map(Self::Octal);
        }
        text.parse().ok().map(Self::Integer)
    }
}

impl From<Number> for NumberLiteral {
    fn from(value: Number) -> Self {
        Self { comment: None, value }
    }
}

impl Duration {
    /// Reads a duration such as `10s`.
    pub fn parse(text: &str) -> Result<Self, InvalidDuration> {
        let invalid = || InvalidDuration::Invalid;
        let (amount, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?);
        let amount: i64 = amount.parse().map_err(|_| invalid())?;
        let nanoseconds = amount.wrapping_mul(unit_nanoseconds(unit).ok_or_else(invalid)?);
        if nanoseconds < 0 {
            return Err(InvalidDuration::Overflow(format!("{amount}{unit}")));
        }
        Ok(Self {
            comment: None,
            literal: text.to_owned(),
            nanoseconds,
        })
    }

    /// The duration in the largest unit that counts it whole. `None` where it is negative or has a part of a
    /// microsecond, which TICKscript cannot write.
    pub fn from_nanoseconds(nanoseconds: i64) -> Option<Self> {
        let counts = |unit: i64| nanoseconds > 0 && nanoseconds % unit == 0;
        let literal = match UNITS.iter().find(|(_, unit)| counts(*unit)) {
            Some((name, unit)) => format!("{}{name}", nanoseconds / unit),
            None if nanoseconds == 0 => "0s".to_owned(),
            None => return None,
        };
        Some(Self {
            comment: None,
            literal,
            nanoseconds,
        })
    }

    /// The duration as it is written.
    pub fn literal(&self) -> &str {
        &self.literal
    }

    /// The duration in nanoseconds.
    pub fn nanoseconds(&self) -> i64 {
        self.nanoseconds
    }
}

/// The units and their nanoseconds, the largest first.
const UNITS: [(&str, i64); 8] = [
    ("w", 7 * 24 * 3_600 * 1_000_000_000),
    ("d", 24 * 3_600 * 1_000_000_000),
    ("h", 3_600 * 1_000_000_000),
    ("m", 60 * 1_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("u", 1_000),
    ("µ", 1_000),
];

fn unit_nanoseconds(name: &str) -> Option<i64> {
    UNITS
        .iter()
        .find(|(unit, _)| *unit == name)
        .map(|(_, nanoseconds)| *nanoseconds)
}

impl Regex {
    /// The pattern, with a backslash before each slash.
    pub fn new(pattern: &str) -> Result<Self, InvalidRegex> {
        regex_syntax::check(pattern)?;
        if pattern.ends_with('\\') {
            return Err(InvalidRegex::Backslash);
        }
        Ok(Self {
            comment: None,
            literal: pattern.replace('/', "\\/"),
        })
    }

    /// The pattern as it stands between the slashes, with a slash as `\/`.
    pub fn literal(&self) -> &str {
        &self.literal
    }
}
