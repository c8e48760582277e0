//! Reads an answer: who gave it, and what it says.

use reqwest::header::{HeaderMap, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use serde::de::DeserializeOwned;
use serde::Deserialize;
use std::time::{Duration, SystemTime};

use crate::kapacitor::error::{ErrorKind, Responder, LONGEST_MESSAGE};
use crate::secret::Secret;

/// The header that every answer of Kapacitor's handlers carries, though its value may be empty.
pub(in crate::kapacitor) const KAPACITOR_VERSION: &str = "x-kapacitor-version";
/// How much of an answer is looked through for secrets before the rest is cut off, in bytes.
const LONGEST_LOOKED_THROUGH: usize = 64 * 1024;
/// How much of an answer that is not understood a message shows, in characters.
const LONGEST_EXCERPT: usize = 200;

/// An answer, whatever its status.
pub(in crate::kapacitor) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// The two ways in which Kapacitor and Chronograf word an error.
#[derive(Deserialize)]
struct ErrorBody {
    error: Option<String>,
    message: Option<String>,
    code: Option<u16>,
}

/// Where a function takes `mask`, that is called only for what somebody will read, and before anything is cut off.
impl Answer {
    /// The answer where its status says yes, and otherwise what it says instead.
    pub(crate) fn accepted(self, through_chronograf: bool, mask: impl Fn(&str) -> String) -> Result<Self, ErrorKind> {
        match self.status {
            200..=299 => Ok(self),
            300..=399 => Err(self.redirect(&mask)),
            _ => Err(self.refusal(through_chronograf, &mask)),
        }
    }

    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self, mask: impl Fn(&str) -> String) -> Result<T, ErrorKind> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // The error's own text may quote the answer, which may hold what nobody has told us to mask.
            let place = format!("line {}, column {}", error.line(), error.column());
            self.not_understood(&format!("not the JSON that was expected ({place})"), &mask)
        })
    }

    /// Makes sure that the answer is the empty one of a write that was done. Chronograf answers unknown paths with 200 and
    /// a page, so the status alone proves nothing.
    pub(crate) fn no_content(&self, mask: impl Fn(&str) -> String) -> Result<(), ErrorKind> {
        if self.status == 204 {
            return Ok(());
        }
        Err(self.not_understood("an empty answer (status 204) was expected", &mask))
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    /// How long the server asks to be left alone.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let value = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        if let Ok(seconds) = value.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let time = httpdate::parse_http_date(value).ok()?;
        Some(time.duration_since(SystemTime::now()).unwrap_or_default())
    }

    /// Whether this is Chronograf's word for missing, wrong or expired credentials: 403 and nothing else.
    pub(crate) fn is_bare_forbidden(&self) -> bool {
        self.status == 403 && self.body.is_empty() && !self.headers.contains_key(KAPACITOR_VERSION)
    }

    fn redirect(&self, mask: &impl Fn(&str) -> String) -> ErrorKind {
        let location = self
            .headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("elsewhere");
        let place = location.split(['?', '#']).next().unwrap_or_default();
        ErrorKind::NotUnderstood {
            status: self.status,
            reason: format!("it redirects to {}, and redirects are not followed", mask(place)),
            html: false,
            excerpt: String::new(),
            answer: self.kept(),
        }
    }

    fn refusal(&self, through_chronograf: bool, mask: &impl Fn(&str) -> String) -> ErrorKind {
        if self.is_html() {
            return self.not_understood("an HTML page", mask);
        }
        let (responder, message) = self.responder_and_message(through_chronograf);
        ErrorKind::Status {
            status: self.status,
            responder,
            message: shorten(&mask(head(&message)), LONGEST_MESSAGE),
        }
    }

    fn responder_and_message(&self, through_chronograf: bool) -> (Responder, String) {
        let kapacitor_header = self.headers.contains_key(KAPACITOR_VERSION);
        let Ok(body) = serde_json::from_slice::<ErrorBody>(&self.body) else {
            return (
                self.responder_of_text(kapacitor_header, through_chronograf),
                self.message_of_text(),
            );
        };
        match body {
            ErrorBody { error: Some(error), .. } if kapacitor_header => (Responder::Kapacitor, error),
            // Kapacitor says everything twice, which nobody else does: known even where a proxy dropped the header.
            ErrorBody {
                error: Some(error),
                message: Some(message),
                ..
            } if error == message => (Responder::Kapacitor, error),
            ErrorBody {
                message: Some(message),
                code: Some(_),
                ..
            } if through_chronograf => (Responder::Chronograf, message),
            body => (
                self.responder_of_text(kapacitor_header, through_chronograf),
                body.error.or(body.message).unwrap_or_default(),
            ),
        }
    }

    /// JSON of an unknown shape is not shown: it may hold URLs and headers that are secrets, and nobody could know which.
    fn message_of_text(&self) -> String {
        let text = self.text();
        if text.starts_with(['{', '[', '"']) {
            return String::new();
        }
        text
    }

    fn responder_of_text(&self, kapacitor_header: bool, through_chronograf: bool) -> Responder {
        match (kapacitor_header, through_chronograf) {
            (true, _) => Responder::Kapacitor,
            (false, false) => Responder::Unknown,
            (false, true) if self.status == 502 && self.body.is_empty() => Responder::ChronografWithoutKapacitor,
            (false, true) if self.headers.contains_key("x-chronograf-version") => Responder::Chronograf,
            (false, true) if self.is_bare_forbidden() => Responder::Chronograf,
            (false, true) => Responder::Unknown,
        }
    }

    fn not_understood(&self, reason: &str, mask: &impl Fn(&str) -> String) -> ErrorKind {
        let html = self.is_html();
        let reason = if html {
            "it is an HTML page".to_owned()
        } else {
            reason.to_owned()
        };
        ErrorKind::NotUnderstood {
            status: self.status,
            reason,
            html,
            excerpt: shorten(&mask(head(&self.excerpt(html))), LONGEST_EXCERPT),
            answer: self.kept(),
        }
    }

    /// The title of a page, or the beginning of a text. JSON is not shown: an answer about the configuration holds URLs
    /// and headers that are secrets, and nobody could know which.
    fn excerpt(&self, html: bool) -> String {
        let text = self.text();
        if html {
            return title(&text).unwrap_or_default().to_owned();
        }
        if text.starts_with(['{', '[', '"']) {
            return String::new();
        }
        text
    }

    fn kept(&self) -> Secret {
        Secret::new(shorten(&self.text(), LONGEST_MESSAGE))
    }

    fn is_html(&self) -> bool {
        let content_type = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let start: Vec<u8> = self
            .body
            .iter()
            .skip_while(|byte| byte.is_ascii_whitespace())
            .take(14)
            .copied()
            .collect();
        let start = start.to_ascii_lowercase();
        content_type.starts_with("text/html") || start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
    }
}

/// As much of a text as is worth looking through. What this cuts in two is masked like any other piece of a secret.
fn head(text: &str) -> &str {
    let end = (0..=LONGEST_LOOKED_THROUGH.min(text.len()))
        .rev()
        .find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or_default()]
}

fn title(page: &str) -> Option<&str> {
    // Lower-casing ASCII alone keeps every byte where it was.
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    Some(page[start..end].trim())
}

/// The first `longest` characters of `text`, with an ellipsis where there are more.
fn shorten(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry_after(value: &str) -> Option<Duration> {
        let headers = HeaderMap::from_iter([(RETRY_AFTER, value.parse().unwrap())]);
        let answer = Answer {
            status: 429,
            headers,
            body: vec![],
        };
        answer.retry_after()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("120"), Some(Duration::from_secs(120)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        let tomorrow = SystemTime::now() + Duration::from_secs(86_400);
        assert!(retry_after(&httpdate::fmt_http_date(tomorrow)).unwrap() > Duration::from_secs(80_000));
        assert_eq!(retry_after("soon"), None);
    }

    #[test]
    fn a_text_is_shortened_between_characters() {
        assert_eq!(shorten("äöü", 2), "äö…");
        assert_eq!(shorten("äöü", 3), "äöü");
    }
}
