//! An option of a handler: its type, how it is written in Terraform, and how it is written in TICKscript.

use crate::template::Place;

/// An option of a kind of handler.
#[derive(Debug, PartialEq, Eq)]
pub struct HandlerOption {
    /// Its name in the map `options` or `secrets`.
    pub name: &'static str,
    /// Its name in TICKscript where that is another one, else empty; see [`HandlerOption::method`].
    pub(super) method: &'static str,
    /// What it means, in one sentence.
    pub documentation: &'static str,
    /// Its type.
    pub kind: OptionKind,
    /// Where it stands in the script.
    pub form: Form,
    /// Whether the handler is refused without it.
    pub required: bool,
    /// Whether it belongs into the map `secrets`.
    pub secret: bool,
    /// What Kapacitor takes the text for, or each text of a list.
    pub content: Content,
}

/// What Kapacitor takes a text for, which decides what can work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Nothing but a text.
    Plain,
    /// A template of this place.
    Template(Place),
    /// The URL that it posts to.
    Url,
    /// A host and a port that it connects to.
    Address,
    /// An absolute path on its host.
    Path,
    /// The address of one mailbox, with or without a name before it.
    Mailbox,
}

/// The type of an option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptionKind {
    /// A text.
    Text,
    /// Several texts: separated by commas, or a JSON array.
    List,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Integer,
}

/// Where an option stands in the script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the handler's own parentheses: `.tcp('address')`.
    Arguments,
    /// In a call behind the handler: `.slack().channel('#ops')`.
    Property,
    /// In a call behind the handler for each item of a list: `.email().to('a').to('b')`.
    Repeated,
}

/// The value of an option that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// A text that is not empty.
    Text(String),
    /// A list that is not empty.
    List(Vec<String>),
    /// A flag that is set.
    Flag,
    /// A number other than zero.
    Integer(i64),
}

impl HandlerOption {
    /// Its name in TICKscript.
    pub fn method(&self) -> &'static str {
        if self.method.is_empty() {
            self.name
        } else {
            self.method
        }
    }

    /// Reads what the map `options` or `secrets` holds; `None` for what means the same as leaving it out.
    ///
    /// The error is a sentence that says what is allowed, and does not repeat the value, which may be secret.
    pub fn parse(&self, written: &str) -> Result<Option<OptionValue>, String> {
        match self.kind {
            OptionKind::Text => Ok(Some(written)
                .filter(|text| !text.is_empty())
                .map(|text| OptionValue::Text(text.to_owned()))),
            OptionKind::List => {
                let items =
                    parse_list(written).map_err(|reason| format!("The option {} is a list: {reason}.", self.name))?;
                Ok(Some(items).filter(|items| !items.is_empty()).map(OptionValue::List))
            }
            OptionKind::Flag => match written {
                "true" => Ok(Some(OptionValue::Flag)),
                "false" | "" => Ok(None),
                _ => Err(format!("The option {} is a flag: write true or false.", self.name)),
            },
            OptionKind::Integer => match written.parse::<i64>() {
                Ok(0) => Ok(None),
                Ok(number) if number != i64::MIN => Ok(Some(OptionValue::Integer(number))),
                _ if written.is_empty() => Ok(None),
                _ => Err(format!("The option {} is a whole number: write digits.", self.name)),
            },
        }
    }
}

impl OptionValue {
    /// The value as the map `options` or `secrets` holds it.
    pub fn written(&self) -> String {
        match self {
            OptionValue::Text(text) => text.clone(),
            OptionValue::List(items) => written_list(items),
            OptionValue::Flag => "true".to_owned(),
            OptionValue::Integer(number) => number.to_string(),
        }
    }

    /// The texts that the value is made of.
    pub(crate) fn texts(&self) -> &[String] {
        match self {
            OptionValue::Text(text) => std::slice::from_ref(text),
            OptionValue::List(items) => items,
            OptionValue::Flag | OptionValue::Integer(_) => &[],
        }
    }
}

fn parse_list(written: &str) -> Result<Vec<String>, &'static str> {
    if written.trim_start().starts_with('[') {
        return serde_json::from_str(written)
            .map_err(|_| "it begins like a JSON array and is none of texts; write it with jsonencode([…])");
    }
    if written.trim().is_empty() {
        return Ok(Vec::new());
    }
    let items: Vec<String> = written.split(',').map(|item| item.trim().to_owned()).collect();
    if items.iter().any(String::is_empty) {
        return Err("there is an empty item between its commas");
    }
    Ok(items)
}

/// Writes a list with commas where that reads back to the same items, else as JSON.
fn written_list(items: &[String]) -> String {
    let joined = items.join(",");
    match parse_list(&joined) {
        Ok(read) if read == items => joined,
        _ => serde_json::Value::from(items.to_vec()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_list_is_read_from_commas_and_from_json() {
        let expected = vec!["a".to_owned(), "b c".to_owned()];
        assert_eq!(parse_list("a, b c"), Ok(expected.clone()));
        assert_eq!(parse_list(r#"["a","b c"]"#), Ok(expected));
        assert_eq!(parse_list(""), Ok(vec![]));
        assert!(parse_list("a,,b").is_err());
        assert!(parse_list("[1]").is_err());
    }

    proptest! {
        #[test]
        fn a_list_that_is_written_reads_back(items in proptest::collection::vec("[a,\\[\\]\" é]{0,4}", 1..4)) {
            prop_assert_eq!(parse_list(&written_list(&items)), Ok(items));
        }
    }
}
