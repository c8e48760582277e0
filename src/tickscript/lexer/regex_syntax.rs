//! Tells whether Go's `regexp` takes a pattern, and if not why, in Go's words.
//!
//! Kapacitor compiles regular expressions while it parses a script. Go's syntax is its own: no back-references and no
//! look-around, at most a thousand copies of anything, `\Q…\E`, `\pN` and POSIX classes. After Go 1.25, with which
//! Kapacitor 1.8.3 is built. Only what Go refuses for sheer size (a thousand levels, millions of instructions) passes.

mod class;
mod escape;
mod unicode_class;

use thiserror::Error;

/// How many copies of a part a pattern may ask for, nested repetitions multiplied.
const MAX_COPIES: u32 = 1000;

/// Why Go refuses a pattern; each names the part that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("error parsing regexp: {fault}: `{part}`")]
pub struct RegexError {
    fault: Fault,
    part: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
enum Fault {
    #[error("invalid character class range")]
    CharacterRange,
    #[error("invalid escape sequence")]
    Escape,
    #[error("invalid named capture")]
    NamedCapture,
    #[error("invalid or unsupported Perl syntax")]
    PerlSyntax,
    #[error("invalid nested repetition operator")]
    NestedRepetition,
    #[error("invalid repeat count")]
    RepeatCount,
    #[error("missing closing ]")]
    MissingBracket,
    #[error("missing closing )")]
    MissingParenthesis,
    #[error("missing argument to repetition operator")]
    MissingArgument,
    #[error("trailing backslash at end of expression")]
    TrailingBackslash,
    #[error("unexpected )")]
    UnexpectedParenthesis,
}

impl Fault {
    fn at(self, part: &str) -> RegexError {
        RegexError {
            fault: self,
            part: part.to_owned(),
        }
    }
}

/// Refuses what Go refuses.
pub(crate) fn check(pattern: &str) -> Result<(), RegexError> {
    Checker::new(pattern).pattern()
}

struct Checker<'a> {
    pattern: &'a str,
    position: usize,
    /// The groups that are open; the first is the pattern itself.
    groups: Vec<Group>,
    /// Where the repetition begins that stands right before the current part.
    repetition: Option<usize>,
    /// Whether the rest of the pattern is known to hold no `:]`.
    no_posix_class: bool,
}

/// What the checker needs to know of a group: how many copies of anything in it are asked for.
#[derive(Default)]
struct Group {
    /// The most copies in what is finished.
    copies: u32,
    /// The copies in the part that a repetition would repeat, if there is one.
    last: Option<u32>,
}

impl Group {
    fn push(&mut self, copies: u32) {
        self.finish();
        self.last = Some(copies);
    }

    fn finish(&mut self) {
        self.copies = self.copies.max(self.last.take().unwrap_or(1));
    }
}

impl<'a> Checker<'a> {
    fn new(pattern: &'a str) -> Self {
        let groups = vec![Group::default()];
        Self {
            pattern,
            position: 0,
            groups,
            repetition: None,
            no_posix_class: false,
        }
    }

    fn pattern(mut self) -> Result<(), RegexError> {
        while let Some(c) = self.peek() {
            let start = self.position;
            let is_repetition = self.part(c)?;
            self.repetition = is_repetition.then_some(start);
        }
        match self.groups.len() {
            1 => Ok(()),
            _ => Err(Fault::MissingParenthesis.at(self.pattern)),
        }
    }

    /// Reads one part; tells whether it is a repetition.
    fn part(&mut self, c: char) -> Result<bool, RegexError> {
        match c {
            '(' if self.rest().starts_with("(?") => self.perl_group()?,
            '(' => {
                self.position += 1;
                self.groups.push(Group::default());
            }
            ')' => self.close_group()?,
            '|' => {
                self.position += 1;
                self.group().finish();
            }
            '[' => self.class()?,
            '*' | '+' | '?' => {
                let start = self.position;
                self.position += 1;
                self.repeat(start, 1)?;
                return Ok(true);
            }
            '{' => return self.counted_repetition(),
            '\\' => self.escaped_part()?,
            c => self.literal(c),
        }
        Ok(false)
    }

    fn literal(&mut self, c: char) {
        self.position += c.len_utf8();
        self.group().push(1);
    }

    fn close_group(&mut self) -> Result<(), RegexError> {
        if self.groups.len() == 1 {
            return Err(Fault::UnexpectedParenthesis.at(self.pattern));
        }
        self.position += 1;
        self.group().finish();
        let copies = self.groups.pop().map_or(1, |group| group.copies);
        self.group().push(copies);
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,3}`; whatever else begins with a brace is a literal.
    fn counted_repetition(&mut self) -> Result<bool, RegexError> {
        let start = self.position;
        let Some((bounds, length)) = counts(self.rest()) else {
            self.literal('{');
            return Ok(false);
        };
        self.position += length;
        let copies = match bounds {
            Some((minimum, None)) if minimum <= MAX_COPIES => minimum,
            Some((minimum, Some(maximum))) if minimum <= maximum && maximum <= MAX_COPIES => maximum,
            _ => return Err(Fault::RepeatCount.at(self.since(start))),
        };
        self.repeat(start, copies)?;
        if copies >= 2 && self.group().last.is_some_and(|copies| copies > MAX_COPIES) {
            return Err(Fault::RepeatCount.at(self.since(start)));
        }
        if bounds == Some((0, Some(0))) {
            self.group().last = Some(1);
        }
        Ok(true)
    }

    fn repeat(&mut self, start: usize, copies: u32) -> Result<(), RegexError> {
        self.accept('?');
        if let Some(repetition) = self.repetition {
            return Err(Fault::NestedRepetition.at(self.since(repetition)));
        }
        let Some(last) = self.group().last else {
            return Err(Fault::MissingArgument.at(self.since(start)));
        };
        self.group().last = Some(last.saturating_mul(copies.max(1)));
        Ok(())
    }

    /// `(?:`, `(?i)`, `(?i-s:`, `(?P<name>` and `(?<name>`.
    fn perl_group(&mut self) -> Result<(), RegexError> {
        let start = self.position;
        let rest = self.rest();
        let name_start = match rest.as_bytes() {
            [_, _, b'P', b'<', _, ..] => Some(4),
            [_, _, b'<', _, ..] => Some(3),
            _ => None,
        };
        if let Some(name_start) = name_start {
            return self.named_group(name_start);
        }
        self.position += 2;
        let mut negated = false;
        let mut flag_seen = false;
        while let Some(c) = self.next() {
            match c {
                'i' | 'm' | 's' | 'U' => flag_seen = true,
                '-' if !negated => {
                    negated = true;
                    flag_seen = false;
                }
                ':' | ')' if flag_seen || !negated => {
                    if c == ':' {
                        self.groups.push(Group::default());
                    }
                    return Ok(());
                }
                _ => break,
            }
        }
        Err(Fault::PerlSyntax.at(self.since(start)))
    }

    fn named_group(&mut self, name_start: usize) -> Result<(), RegexError> {
        let rest = self.rest();
        let Some(name_end) = rest.find('>') else {
            return Err(Fault::NamedCapture.at(rest));
        };
        let is_word = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
        // In `(?P<>` and `(?<>` the name is empty.
        let name = rest.get(name_start..name_end).unwrap_or_default();
        if name.is_empty() || !name.bytes().all(is_word) {
            return Err(Fault::NamedCapture.at(&rest[..=name_end]));
        }
        self.position += name_end + 1;
        self.groups.push(Group::default());
        Ok(())
    }

    /// The innermost group that is open.
    fn group(&mut self) -> &mut Group {
        let innermost = self.groups.len() - 1;
        &mut self.groups[innermost]
    }

    fn rest(&self) -> &'a str {
        &self.pattern[self.position..]
    }

    fn since(&self, start: usize) -> &'a str {
        &self.pattern[start..self.position]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.position += c.len_utf8();
        Some(c)
    }

    fn accept(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.position += expected.len_utf8();
        }
        found
    }
}

/// Minimum and maximum of a repetition; `None` for numbers that are far too large.
type Bounds = Option<(u32, Option<u32>)>;

/// The bounds of what has the form of a counted repetition, and its length in bytes.
fn counts(text: &str) -> Option<(Bounds, usize)> {
    let rest = text.strip_prefix('{')?;
    let (minimum, rest) = count(rest)?;
    let (maximum, rest) = match rest.strip_prefix(',') {
        None => (minimum.map(Some), rest),
        Some(rest) if rest.starts_with('}') => (Some(None), rest),
        Some(rest) => {
            let (maximum, rest) = count(rest)?;
            (maximum.map(Some), rest)
        }
    };
    let rest = rest.strip_prefix('}')?;
    Some((minimum.zip(maximum), text.len() - rest.len()))
}

/// A number without leading zeros, and what stands behind it.
fn count(text: &str) -> Option<(Option<u32>, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().ok(), rest))
}
