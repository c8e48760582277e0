//! The URLs that Go can post to: net/url's parser, what net/http asks of a URL, and the names that can be looked up.

use crate::template::{self, ErrorKind, Place};
use std::net::Ipv6Addr;

/// A URL that Kapacitor can post to.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct WebhookUrl {
    scheme: &'static str,
    /// User information and host, as written.
    authority: String,
    target: String,
    blank: Option<Blank>,
}

/// Where a URL holds a blank that is hardly meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Blank {
    /// At the end of the path.
    AtEnd,
    /// In the query.
    InQuery,
}

impl Blank {
    /// What Kapacitor makes of it, and what to do.
    pub(crate) fn consequence(self) -> &'static str {
        match self {
            Blank::AtEnd => {
                "The URL ends in a blank. Kapacitor takes it for a part of the path, so that it posts to another place than \
                 the URL without it. Remove the blank, or write %20 if it is meant."
            }
            Blank::InQuery => {
                "The URL's query holds a blank. Kapacitor sends it as it is, which is not valid HTTP, so that receivers refuse \
                 the alert. Remove the blank, or write %20 if it is meant."
            }
        }
    }
}

/// Why Kapacitor never posts to a URL. The message never holds a part of the URL, which is a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UrlError {
    /// No URL at all.
    #[error("The URL must not be empty")]
    Empty,
    /// Nothing but a line break behind a URL.
    #[error("The URL ends in a line break, as the text of a file does: remove it")]
    LineBreakAtEnd,
    /// A control character anywhere before the fragment.
    #[error("The URL holds a line break, a tab or another control character: remove it")]
    Control,
    /// A blank or an invisible character before the scheme.
    #[error("The URL begins with a blank, a quotation mark or another character that no URL begins with: it has to begin with http:// or https://, as https://host/path does")]
    Beginning,
    /// No scheme, or another one than `http` and `https`.
    #[error("The URL has to begin with http:// or https://, as https://host/path does")]
    Scheme,
    /// A scheme without two slashes behind it.
    #[error("The URL needs two slashes behind \"http:\" or \"https:\"")]
    Slashes,
    /// No host.
    #[error("The URL does not name a host: write one such as https://host/path")]
    NoHost,
    /// The host holds what no name of a host holds.
    #[error("The URL's host holds a character that the name of a host cannot hold, such as a blank: write one such as https://host/path")]
    Host,
    /// An address in brackets that is not one.
    #[error("The URL's host is not an IPv6 address in brackets, such as [::1]")]
    Address,
    /// The port is not a number from 1 to 65535.
    #[error("The URL's port is not a number from 1 to 65535")]
    Port,
    /// A user name or password that has to be escaped.
    #[error(
        "The URL's user name or password holds a character that has to be written as % and two hexadecimal digits"
    )]
    UserInformation,
    /// A template that does not parse.
    #[error("The URL holds a `{{{{` that does not begin a template which Kapacitor can read: each needs its `}}}}`, as in `{{{{ .ID }}}}`")]
    TemplateSyntax,
    /// A template that cannot be executed on what Kapacitor has for it.
    #[error("The URL's template fails, so that Kapacitor never posts: a URL's template has only the alert's own names, which are .ID, .Message, .Details, .Time, .Duration, .Level (a number), .Data, .PreviousLevel and .Recoverable, and neither its tags nor its fields")]
    Template,
    /// A template that cannot be executed without an alert, as Kapacitor does with the URL of an endpoint.
    #[error("Kapacitor refuses this template in the URL of an endpoint: it executes it once without an alert, where this fails. What prints a name alone, as `{{ .ID }}` does, works")]
    TemplateWithoutAlert,
    /// A percent sign without two hexadecimal digits.
    #[error("A % in the URL is not followed by two hexadecimal digits: write %25 for the percent sign itself")]
    Escape,
}

impl WebhookUrl {
    /// Reads a URL as Go does.
    ///
    /// # Errors
    /// Kapacitor would never send a post to this URL.
    pub(crate) fn parse(url: &str) -> Result<WebhookUrl, UrlError> {
        if url.is_empty() {
            return Err(UrlError::Empty);
        }
        let (before, fragment) = url.split_once('#').unwrap_or((url, ""));
        check_control_characters(before)?;
        let (scheme, rest) = scheme(before)?;
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query)),
            None => (rest, None),
        };
        let rest = rest.strip_prefix("//").ok_or(UrlError::Slashes)?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        check_authority(authority)?;
        let mut target = request_path(path)?;
        unescaped(fragment)?;
        if let Some(query) = query {
            target.push('?');
            target.push_str(query);
        }
        Ok(WebhookUrl {
            scheme,
            authority: authority.to_owned(),
            target,
            blank: match query {
                Some(query) => query.contains(' ').then_some(Blank::InQuery),
                None => path.ends_with(' ').then_some(Blank::AtEnd),
            },
        })
    }

    /// Path and query, as they stand in the request.
    pub(crate) fn target(&self) -> &str {
        &self.target
    }

    /// Whether Kapacitor can post to a URL, which may be a template.
    ///
    /// # Errors
    /// Kapacitor would never send a post to this URL. A template is refused only if that is certain for every alert.
    pub(crate) fn check(url: &str, place: Place) -> Result<(), UrlError> {
        if !url.contains("{{") {
            return WebhookUrl::parse(url).map(drop);
        }
        let findings = template::check(url, place);
        match findings.fails.map(|error| error.kind) {
            Some(ErrorKind::Syntax) => return Err(UrlError::TemplateSyntax),
            Some(ErrorKind::Execution) => return Err(UrlError::Template),
            Some(ErrorKind::WithoutAlert) => return Err(UrlError::TemplateWithoutAlert),
            None => {}
        }
        findings
            .printed
            .map_or(Ok(()), |parts: Vec<Option<String>>| check_parts(&parts))
    }

    /// A blank that is hardly meant, though Kapacitor posts.
    pub(crate) fn blank(&self) -> Option<Blank> {
        self.blank
    }

    /// The same URL with its path escaped as Kapacitor sends it, without a fragment.
    pub(crate) fn as_sent(&self) -> String {
        format!("{}://{}{}", self.scheme, self.authority, self.target)
    }
}

/// Checks the text around what a template prints: it may be a letter, a digit, or nothing.
fn check_parts(parts: &[Option<String>]) -> Result<(), UrlError> {
    let filled = |with: &str| {
        parts
            .iter()
            .map(|part| part.as_deref().unwrap_or(with))
            .collect::<String>()
    };
    let mut first = Ok(());
    for with in ["1", "41", "a", "", "http", "http://a"] {
        match WebhookUrl::parse(&filled(with)) {
            Ok(_) => return Ok(()),
            error if first.is_ok() => first = error.map(drop),
            Err(_) => {}
        }
    }
    first
}

fn check_control_characters(url: &str) -> Result<(), UrlError> {
    let control = |c: char| c.is_ascii_control();
    if !url.contains(control) {
        return Ok(());
    }
    if !url.trim_end_matches(['\r', '\n']).contains(control) {
        return Err(UrlError::LineBreakAtEnd);
    }
    Err(UrlError::Control)
}

fn scheme(url: &str) -> Result<(&'static str, &str), UrlError> {
    if !url.starts_with(|c: char| c.is_ascii_alphanumeric() || "/:*.?[".contains(c)) {
        return Err(UrlError::Beginning);
    }
    let (scheme, rest) = url.split_once(':').ok_or(UrlError::Scheme)?;
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Ok(("http", rest)),
        "https" => Ok(("https", rest)),
        _ => Err(UrlError::Scheme),
    }
}

fn check_authority(authority: &str) -> Result<(), UrlError> {
    let host = match authority.rsplit_once('@') {
        Some((user, host)) => {
            check_user_information(user)?;
            host
        }
        None => authority,
    };
    if host.starts_with('[') {
        return check_address(host);
    }
    let (name, port) = match host.split_once(':') {
        Some((name, port)) => (name, Some(port)),
        None => (host, None),
    };
    // Go would post to Kapacitor's own machine if there is a port, which nobody means by leaving the host out.
    if name.is_empty() {
        return Err(UrlError::NoHost);
    }
    check_name(name)?;
    port.map_or(Ok(()), check_port)
}

fn check_user_information(user: &str) -> Result<(), UrlError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(allowed) {
        return Err(UrlError::UserInformation);
    }
    unescaped(user).map(drop)
}

/// What can be looked up: Go's resolver asks for no name with another ASCII character, nor for one with an empty label.
/// Letters beyond ASCII are sent in Punycode.
fn check_name(name: &str) -> Result<(), UrlError> {
    let bytes = unescaped(name)?;
    // Only letters beyond ASCII may be escaped.
    if name
        .as_bytes()
        .windows(2)
        .any(|pair| matches!(pair, [b'%', b'0'..=b'7']))
    {
        return Err(UrlError::Host);
    }
    let name = String::from_utf8_lossy(&bytes);
    let allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.chars().all(allowed) || name.contains("..") {
        return Err(UrlError::Host);
    }
    Ok(())
}

/// `[ADDRESS]` or `[ADDRESS%25ZONE]`, and a port.
fn check_address(host: &str) -> Result<(), UrlError> {
    let (address, rest) = host[1..].rsplit_once(']').ok_or(UrlError::Address)?;
    let (address, zone) = address.split_once("%25").unwrap_or((address, "zone"));
    if address.parse::<Ipv6Addr>().is_err() || zone.is_empty() {
        return Err(UrlError::Address);
    }
    unescaped(zone)?;
    match rest.strip_prefix(':') {
        Some(port) => check_port(port),
        None if rest.is_empty() => Ok(()),
        None => Err(UrlError::Address),
    }
}

/// None at all behind the colon stands for the scheme's own.
fn check_port(port: &str) -> Result<(), UrlError> {
    if port.is_empty() {
        return Ok(());
    }
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    let digits = port.trim_start_matches('0');
    match digits.parse::<u16>() {
        Ok(_) if is_number => Ok(()),
        _ => Err(UrlError::Port),
    }
}

/// The path as it stands in the request: as written if that is valid, and escaped anew if not.
fn request_path(path: &str) -> Result<String, UrlError> {
    let bytes = unescaped(path)?;
    if path.is_empty() {
        return Ok("/".to_owned());
    }
    if path
        .bytes()
        .all(|byte| byte == b'%' || is_path_byte(byte) || b"!'()*[]".contains(&byte))
    {
        return Ok(path.to_owned());
    }
    let mut escaped = String::with_capacity(path.len());
    for byte in bytes {
        if is_path_byte(byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    Ok(escaped)
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte)
}

fn unescaped(text: &str) -> Result<Vec<u8>, UrlError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = after;
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let digits = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.ok_or(UrlError::Escape)?);
        rest = &after[2..];
    }
    Ok(bytes)
}
