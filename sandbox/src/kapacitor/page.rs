//! What part of a list a request asks for.

use crate::go::{path, quote::quote};
use crate::server::exchange::{Answer, Request};

const DEFAULT_LIMIT: i64 = 100;

/// A part of a list. Without a limit it ends after 100 and does not say so.
pub struct Page {
    pattern: String,
    offset: i64,
    limit: i64,
}

impl Page {
    pub fn of(request: &Request) -> Result<Page, Answer> {
        Ok(Page {
            pattern: request.parameter("pattern").unwrap_or_default(),
            offset: integer(request, "offset")?.unwrap_or(0),
            limit: integer(request, "limit")?.unwrap_or(DEFAULT_LIMIT),
        })
    }

    /// A page of a list whose negative limit means none instead of all.
    pub fn none_if_negative(self) -> Page {
        Page {
            limit: self.limit.max(0),
            ..self
        }
    }

    /// Those that belong to the page. They come in the order of their ids.
    pub fn of_all<'a, T>(&self, all: impl Iterator<Item = (&'a String, &'a T)>) -> Vec<&'a T> {
        all.filter(|(id, _)| path::lets_through(&self.pattern, id))
            .map(|(_, item)| item)
            .skip(usize::try_from(self.offset).unwrap_or(0))
            .take(usize::try_from(self.limit).unwrap_or(usize::MAX))
            .collect()
    }
}

/// The fields that a list is asked for; all where it is not asked for certain ones.
pub fn fields(request: &Request, all: &[&str]) -> Vec<String> {
    let asked: Vec<String> = request
        .query()
        .into_iter()
        .filter(|(name, _)| name == "fields")
        .map(|(_, value)| value)
        .collect();
    if asked.is_empty() {
        return all.iter().map(|field| (*field).to_owned()).collect();
    }
    asked.into_iter().chain(["id".to_owned(), "link".to_owned()]).collect()
}

/// The refusal of a field that a list does not have.
pub fn unsupported(field: &str) -> Answer {
    Answer::error(400, &format!("unsupported field {}", quote(field)))
}

fn integer(request: &Request, parameter: &str) -> Result<Option<i64>, Answer> {
    let Some(text) = request.parameter(parameter).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let number = text.parse().map_err(|_| {
        let value = quote(&text);
        let message = format!(
            "invalid {parameter} parameter {value} must be an integer: strconv.ParseInt: parsing {value}: invalid syntax"
        );
        Answer::error(400, &message)
    })?;
    Ok(Some(number))
}
