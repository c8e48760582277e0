//! The part of Go's `html/template` that alerts' details meet: what is inserted is escaped for its place, and a template
//! that ends inside of a tag fails. Scripts, styles and addresses in attributes it does not know, and fails.

use crate::go::template::functions::escape_html;
use crate::go::template::value::Value;

/// Where in a document the output has got to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    state: State,
    /// The letter that ends an attribute's value.
    quote: Option<char>,
    /// The name of the attribute or element that is being read.
    name: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Text,
    Comment,
    TagName,
    Tag,
    AttributeName,
    AfterName,
    BeforeValue,
    Value,
    /// In a script or a style, which is not followed.
    Raw,
}

impl Context {
    /// Goes through literal text and returns what of it is written: no comments, and no `<` that begins no tag.
    pub fn text(&mut self, text: &str) -> String {
        let mut output = String::new();
        let mut rest = text;
        while let Some(letter) = rest.chars().next() {
            let used = match self.state {
                State::Text => self.in_text(rest, &mut output),
                State::Comment => match rest.find("-->") {
                    Some(end) => {
                        self.state = State::Text;
                        end + 3
                    }
                    None => rest.len(),
                },
                State::Raw => {
                    output.push(letter);
                    letter.len_utf8()
                }
                _ => {
                    self.in_tag(letter);
                    output.push(letter);
                    letter.len_utf8()
                }
            };
            rest = &rest[used..];
        }
        output
    }

    fn in_text(&mut self, rest: &str, output: &mut String) -> usize {
        let Some(open) = rest.find('<') else {
            output.push_str(rest);
            return rest.len();
        };
        output.push_str(&rest[..open]);
        let behind = &rest[open + 1..];
        if behind.starts_with("!--") {
            self.state = State::Comment;
            return open + 4;
        }
        let name = behind.strip_prefix('/').unwrap_or(behind);
        if name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
            self.state = State::TagName;
            self.name.clear();
            output.push('<');
        } else {
            output.push_str("&lt;");
        }
        open + 1
    }

    fn in_tag(&mut self, letter: char) {
        let space = letter.is_ascii_whitespace();
        match self.state {
            State::TagName if letter.is_ascii_alphanumeric() || "-:/".contains(letter) && self.name.is_empty() => {
                self.name.push(letter.to_ascii_lowercase());
            }
            State::Value => {
                let ended = match self.quote {
                    Some(quote) => letter == quote,
                    None => space || letter == '>',
                };
                if ended {
                    self.state = State::Tag;
                    self.name.clear();
                }
                if ended && letter == '>' {
                    self.state = State::Text;
                }
            }
            _ if letter == '>' => {
                let raw = self.state == State::TagName && matches!(self.name.as_str(), "script" | "style");
                self.state = if raw { State::Raw } else { State::Text };
                self.name.clear();
            }
            State::BeforeValue if space => {}
            State::BeforeValue => {
                self.state = State::Value;
                self.quote = Some(letter).filter(|quote| matches!(quote, '"' | '\''));
            }
            _ if letter == '=' => self.state = State::BeforeValue,
            State::AttributeName if space => self.state = State::AfterName,
            State::AttributeName => self.name.push(letter.to_ascii_lowercase()),
            _ if space || letter == '/' => {
                if self.state != State::AfterName {
                    self.state = State::Tag;
                }
            }
            _ => {
                self.state = State::AttributeName;
                self.name = letter.to_ascii_lowercase().to_string();
            }
        }
    }

    /// The value as it is written in this place.
    pub fn value(&mut self, value: &Value) -> Result<String, String> {
        let text = match value.held() {
            Value::Nil => String::new(),
            held => held.inside(),
        };
        match self.state {
            State::Text => Ok(escape(&text)),
            State::Comment => Ok(String::new()),
            State::Value if self.quote.is_some() && is_plain(&self.name) => Ok(escape(&text)),
            _ => Err(
                "the sandbox, which is not Kapacitor, inserts values in text and in plain attributes only".to_owned(),
            ),
        }
    }

    /// A template that ends inside of a tag is refused when it is executed.
    pub fn check_end(&self, name: &str) -> Result<(), String> {
        let (state, delimiter, attribute) = match (self.state, self.quote) {
            (State::Text | State::Raw, _) => return Ok(()),
            (State::Comment, _) => ("stateHTMLCmt", "delimNone", "attrNone"),
            (State::TagName | State::Tag, _) => ("stateTag", "delimNone", "attrNone"),
            (State::AttributeName, _) => ("stateAttrName", "delimNone", "attrNone"),
            (State::AfterName, _) => ("stateAfterName", "delimNone", "attrNone"),
            (State::BeforeValue, _) => ("stateBeforeValue", "delimNone", "attrNone"),
            (State::Value, quote) => {
                let delimiter = match quote {
                    Some('"') => "delimDoubleQuote",
                    Some(_) => "delimSingleQuote",
                    None => "delimSpaceOrTagEnd",
                };
                let url = matches!(self.name.as_str(), "href" | "src" | "action");
                if url {
                    let context =
                        format!("{{stateURL {delimiter} urlPartPreQuery jsCtxRegexp [] attrURL elementNone <nil>}}");
                    return Err(format!("html/template:{name}: ends in a non-text context: {context}"));
                }
                ("stateAttr", delimiter, "attrNone")
            }
        };
        let context = format!("{{{state} {delimiter} urlPartNone jsCtxRegexp [] {attribute} elementNone <nil>}}");
        Err(format!("html/template:{name}: ends in a non-text context: {context}"))
    }
}

/// Whether an attribute holds just text.
fn is_plain(name: &str) -> bool {
    matches!(
        name,
        "title" | "alt" | "class" | "id" | "name" | "value" | "width" | "height" | "align" | "lang"
    )
}

/// `html/template` escapes a plus sign as well.
fn escape(text: &str) -> String {
    escape_html(text).replace('+', "&#43;")
}
