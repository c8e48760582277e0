//! Where in its HTML each part of a template of `details` stands, as Go's html/template follows it.
//!
//! Go does so when the template is executed for the first time, through all branches, and fails where it loses its way. A
//! script is not looked into, nor whether an attribute's value without quotes takes the function `html`: that is left open.
//! After html/template/transition.go and escape.go.

use super::ast::{Control, Node, Operand, Pipeline};
use super::error::TemplateError;

/// Why Go fails, if it certainly does.
pub(super) fn fails(nodes: &[Node]) -> Option<TemplateError> {
    let mut context = Context::TEXT;
    let end = context.nodes(nodes).and_then(|()| context.ends());
    match end {
        Err(Stop::Fails(message)) => Some(TemplateError::new(message)),
        Err(Stop::Unsure) | Ok(()) => None,
    }
}

/// Why the way through the template was not followed to its end.
#[derive(Debug, PartialEq)]
enum Stop {
    Fails(String),
    /// What comes cannot be told.
    Unsure,
}

type Outcome<T = ()> = Result<T, Stop>;

fn failure<T>(message: impl Into<String>) -> Outcome<T> {
    Err(Stop::Fails(message.into()))
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum State {
    Text,
    /// After a tag's name, between its attributes.
    Tag,
    AttributeName,
    AfterName,
    /// After the `=`.
    BeforeValue,
    Value(Quote),
    Comment,
    /// In an element that holds no tags.
    Content,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Quote {
    Double,
    Single,
    /// The value ends with a blank or with the tag.
    None,
}

/// The elements that hold no tags, of which each ends with its own end tag.
const WITHOUT_TAGS: &[&str] = &["textarea", "title", "style"];

#[derive(Debug, Clone, Copy, PartialEq)]
struct Context {
    state: State,
    /// The element without tags whose tag this is, or in which this is.
    element: Option<&'static str>,
}

impl Context {
    const TEXT: Context = Context {
        state: State::Text,
        element: None,
    };

    fn nodes(&mut self, nodes: &[Node]) -> Outcome {
        nodes.iter().try_for_each(|node| self.node(node))
    }

    fn node(&mut self, node: &Node) -> Outcome {
        match node {
            Node::Text(text) => self.text(text.as_bytes()),
            Node::Action(pipeline) => self.action(pipeline),
            Node::Control {
                kind, body, otherwise, ..
            } => self.control(*kind, body, otherwise),
            Node::Leave | Node::Other(_) => Err(Stop::Unsure),
        }
    }

    fn control(&mut self, kind: Control, body: &[Node], otherwise: &[Node]) -> Outcome {
        let (mut taken, mut not) = (*self, *self);
        taken.nodes(body)?;
        if kind == Control::Range {
            let mut twice = taken;
            twice.nodes(body)?;
            taken = taken.joined(twice, kind)?;
        }
        not.nodes(otherwise)?;
        *self = taken.joined(not, kind)?;
        Ok(())
    }

    fn joined(self, other: Context, kind: Control) -> Outcome<Context> {
        if self == other {
            return Ok(self);
        }
        let (this, other) = (self.before_action(), other.before_action());
        if this == other {
            return Ok(this);
        }
        let name = kind.name();
        failure(format!(
            "the branches of `{name}` end at different places of the HTML, one {}, one {}",
            this.name(),
            other.name()
        ))
    }

    fn action(&mut self, pipeline: &Pipeline) -> Outcome {
        if !pipeline.variables.is_empty() {
            return Ok(());
        }
        *self = self.before_action();
        let last = pipeline.commands.len().saturating_sub(1);
        for (place, command) in pipeline.commands.iter().enumerate() {
            let Some(Operand::Function(name)) = command.first() else {
                continue;
            };
            if matches!(name.as_str(), "html" | "urlquery") && place < last {
                return failure(format!("`{name}` may only be the last function of an action"));
            }
        }
        Ok(())
    }

    /// Where a text stands that an action prints here.
    fn before_action(self) -> Context {
        let state = match self.state {
            State::Tag | State::AfterName => State::AttributeName,
            State::BeforeValue => State::Value(Quote::None),
            state => state,
        };
        Context { state, ..self }
    }

    fn text(&mut self, mut rest: &[u8]) -> Outcome {
        while !rest.is_empty() {
            let read = self.step(rest)?;
            rest = &rest[read..];
        }
        Ok(())
    }

    /// Goes on in this place, and says how many bytes that took.
    fn step(&mut self, rest: &[u8]) -> Outcome<usize> {
        if let State::Value(quote) = self.state {
            return self.value(quote, rest);
        }
        let end = self.element.and_then(|element| end_tag(rest, element));
        if end == Some(0) {
            *self = Context::TEXT;
            return Ok(0);
        }
        let rest = &rest[..end.unwrap_or(rest.len())];
        match self.state {
            State::Text => self.find_tag(rest),
            State::Tag => self.in_tag(rest),
            State::AttributeName => self.attribute_name(rest),
            State::AfterName => Ok(self.after_name(rest)),
            State::BeforeValue => Ok(self.before_value(rest)),
            State::Comment => Ok(self.comment(rest)),
            State::Content | State::Value(_) => Ok(rest.len()),
        }
    }

    fn find_tag(&mut self, rest: &[u8]) -> Outcome<usize> {
        let mut from = 0;
        loop {
            let Some(found) = rest[from..].iter().position(|byte| *byte == b'<') else {
                return Ok(rest.len());
            };
            let bracket = from + found;
            if rest[bracket..].starts_with(b"<!--") {
                self.state = State::Comment;
                return Ok(bracket + 4);
            }
            let ends = rest.get(bracket + 1) == Some(&b'/');
            let start = bracket + if ends { 2 } else { 1 };
            let name = tag_name(&rest[start.min(rest.len())..]);
            if !name.is_empty() {
                self.state = State::Tag;
                self.element = if ends { None } else { element(name)? };
                return Ok(start + name.len());
            }
            if start >= rest.len() {
                return Ok(rest.len());
            }
            from = start;
        }
    }

    fn in_tag(&mut self, rest: &[u8]) -> Outcome<usize> {
        let start = blanks(rest);
        let Some(first) = rest.get(start) else {
            return Ok(rest.len());
        };
        if *first == b'>' {
            self.state = if self.element.is_some() {
                State::Content
            } else {
                State::Text
            };
            return Ok(start + 1);
        }
        let length = attribute_name(&rest[start..])?;
        if length == 0 {
            return failure("a `=` stands in a tag of its HTML where the name of an attribute should be");
        }
        let end = start + length;
        self.state = if end == rest.len() {
            State::AttributeName
        } else {
            State::AfterName
        };
        Ok(end)
    }

    fn attribute_name(&mut self, rest: &[u8]) -> Outcome<usize> {
        let end = attribute_name(rest)?;
        if end != rest.len() {
            self.state = State::AfterName;
        }
        Ok(end)
    }

    fn after_name(&mut self, rest: &[u8]) -> usize {
        let start = blanks(rest);
        match rest.get(start) {
            None => rest.len(),
            Some(b'=') => {
                self.state = State::BeforeValue;
                start + 1
            }
            Some(_) => {
                self.state = State::Tag;
                start
            }
        }
    }

    fn before_value(&mut self, rest: &[u8]) -> usize {
        let start = blanks(rest);
        let (quote, length) = match rest.get(start) {
            None => return rest.len(),
            Some(b'"') => (Quote::Double, 1),
            Some(b'\'') => (Quote::Single, 1),
            Some(_) => (Quote::None, 0),
        };
        self.state = State::Value(quote);
        start + length
    }

    fn value(&mut self, quote: Quote, rest: &[u8]) -> Outcome<usize> {
        let ends: &[u8] = match quote {
            Quote::Double => b"\"",
            Quote::Single => b"'",
            Quote::None => b" \t\n\x0c\r>",
        };
        let end = rest.iter().position(|byte| ends.contains(byte));
        let value = &rest[..end.unwrap_or(rest.len())];
        if quote == Quote::None {
            if let Some(wrong) = value.iter().find(|byte| b"\"'<=`".contains(byte)) {
                let wrong = char::from(*wrong);
                return failure(format!("`{wrong}` stands in a value of its HTML that has no quotes"));
            }
        }
        let Some(end) = end else {
            return Ok(rest.len());
        };
        self.state = State::Tag;
        Ok(if quote == Quote::None { end } else { end + 1 })
    }

    fn comment(&mut self, rest: &[u8]) -> usize {
        let Some(end) = rest.windows(3).position(|bytes| bytes == b"-->") else {
            return rest.len();
        };
        *self = Context::TEXT;
        end + 3
    }

    fn ends(&self) -> Outcome {
        match self.state {
            State::Text => Ok(()),
            _ => failure(format!("its HTML ends {}", self.name())),
        }
    }

    fn name(&self) -> String {
        match self.state {
            State::Text => "outside of a tag".to_owned(),
            State::Tag | State::AttributeName | State::AfterName | State::BeforeValue => {
                "inside a tag, where a `>` is missing".to_owned()
            }
            State::Value(Quote::None) => "in a value inside a tag, where a `>` is missing".to_owned(),
            State::Value(_) => "in a quoted value inside a tag, where a quote is missing".to_owned(),
            State::Comment => "in a comment, where a `-->` is missing".to_owned(),
            State::Content => {
                let element = self.element.unwrap_or_default();
                format!("in the element `{element}`, where `</{element}>` is missing")
            }
        }
    }
}

fn element(name: &[u8]) -> Outcome<Option<&'static str>> {
    if name.eq_ignore_ascii_case(b"script") {
        return Err(Stop::Unsure);
    }
    let is_it = |element: &&&str| name.eq_ignore_ascii_case(element.as_bytes());
    Ok(WITHOUT_TAGS.iter().find(is_it).copied())
}

/// The tag's name at the beginning: letters and digits, and `:` or `-` between two of them.
fn tag_name(rest: &[u8]) -> &[u8] {
    if !rest.first().is_some_and(u8::is_ascii_alphabetic) {
        return &[];
    }
    let mut end = 1;
    loop {
        let after = &rest[end..];
        match after {
            [byte, ..] if byte.is_ascii_alphanumeric() => end += 1,
            [b':' | b'-', byte, ..] if byte.is_ascii_alphanumeric() => end += 2,
            _ => return &rest[..end],
        }
    }
}

/// The length of the attribute's name at the beginning.
fn attribute_name(rest: &[u8]) -> Outcome<usize> {
    let end = rest
        .iter()
        .position(|byte| b" \t\n\x0c\r=>'\"<".contains(byte))
        .unwrap_or(rest.len());
    match rest.get(end) {
        Some(wrong @ (b'\'' | b'"' | b'<')) => {
            let wrong = char::from(*wrong);
            failure(format!(
                "`{wrong}` stands in a tag of its HTML where the name of an attribute should be"
            ))
        }
        _ => Ok(end),
    }
}

fn blanks(rest: &[u8]) -> usize {
    rest.iter()
        .position(|byte| !b" \t\n\x0c\r".contains(byte))
        .unwrap_or(rest.len())
}

/// Where the element's end tag begins.
fn end_tag(rest: &[u8], element: &str) -> Option<usize> {
    let closes = |at: &usize| {
        let after = &rest[at + 2..];
        let Some((name, after)) = after.split_at_checked(element.len()) else {
            return false;
        };
        name.eq_ignore_ascii_case(element.as_bytes()) && after.first().is_some_and(|byte| b"> \t\n\x0c/".contains(byte))
    };
    let starts = rest.windows(2).enumerate().filter(|(_, bytes)| *bytes == b"</");
    starts.map(|(at, _)| at).find(closes)
}
