//! Faults that a test orders: which requests they strike, and what happens to those.

use crate::server::exchange::Request;
use crate::server::gate::Gate;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// What happens to a request that a fault strikes. `acted` says whether the server does what the request asks before the
/// answer is lost, which the client cannot tell.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Nobody listens any more: this connection is dropped before the server acts, all others too, and new ones are refused
    /// until `Faults::clear` or a restart. A `Refuse` that skips nothing closes the port at once. `times` has no meaning.
    Refuse,
    /// The connection is closed without an answer.
    Drop {
        /// Whether the server acts first.
        acted: bool,
    },
    /// No answer ever comes, and the connection stays open.
    Hang {
        /// Whether the server acts first.
        acted: bool,
    },
    /// Another answer comes instead of the server's own.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The headers, e.g. `Retry-After`.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body as sent.
        #[serde(default)]
        body: String,
        /// Whether the server acts first.
        #[serde(default)]
        acted: bool,
    },
    /// The server acts; half of the body comes, then the connection is closed. An empty body loses its headers' second half.
    Truncate,
    /// The server acts at once; its answer comes after this many milliseconds.
    Slow {
        /// The delay in milliseconds.
        millis: u64,
    },
}

impl Kind {
    /// An error of the given status in Kapacitor's own shape, without acting.
    pub fn status(status: u16, message: &str) -> Kind {
        let body = serde_json::json!({ "error": message, "message": message }).to_string();
        let headers = vec![("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned())];
        Kind::Answer {
            status,
            headers,
            body,
            acted: false,
        }
    }

    /// An HTML page such as a reverse proxy answers with, without acting.
    pub fn html(status: u16) -> Kind {
        let body = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n");
        let headers = vec![("Content-Type".to_owned(), "text/html; charset=utf-8".to_owned())];
        Kind::Answer {
            status,
            headers,
            body,
            acted: false,
        }
    }

    /// The answer comes late.
    pub fn slow(delay: Duration) -> Kind {
        Kind::Slow {
            millis: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// One order: strike the requests that match, after the first `skip` of them, `times` times.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct Fault {
    /// Only requests of this method; `None` means any.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path and query match this pattern, where `*` stands for any characters; `None` means any.
    #[serde(default)]
    pub path: Option<String>,
    /// No requests whose path and query, or whose body, match this pattern; `None` means that none is left out.
    #[serde(default)]
    pub except: Option<String>,
    /// Only requests whose body contains this text; `None` means any.
    #[serde(default)]
    pub body: Option<String>,
    /// How many matching requests pass before the first is struck.
    #[serde(default)]
    pub skip: usize,
    /// How many are struck; `None` means all until `Faults::clear`.
    #[serde(default)]
    pub times: Option<usize>,
    /// What happens to them.
    pub kind: Kind,
}

impl Fault {
    /// Strikes every request from now on.
    pub fn new(kind: Kind) -> Self {
        Fault {
            method: None,
            path: None,
            except: None,
            body: None,
            skip: 0,
            times: None,
            kind,
        }
    }

    /// Strikes only requests of this method whose path and query match; `*` in the path stands for any characters.
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// Neither strikes nor counts requests whose path and query, or whose body, match; `*` stands for any characters.
    pub fn except(mut self, pattern: &str) -> Self {
        self.except = Some(pattern.to_owned());
        self
    }

    /// Strikes only requests whose body contains this text.
    pub fn body_contains(mut self, text: &str) -> Self {
        self.body = Some(text.to_owned());
        self
    }

    /// Lets the first `requests` matching requests pass: `after(2)` strikes the third.
    pub fn after(mut self, requests: usize) -> Self {
        self.skip = requests;
        self
    }

    /// Strikes this many requests and no more.
    pub fn times(mut self, times: usize) -> Self {
        self.times = Some(times);
        self
    }

    fn matches(&self, request: &Request) -> bool {
        self.method
            .as_ref()
            .is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self
                .path
                .as_ref()
                .is_none_or(|pattern| wildcard_matches(pattern, &request.target))
            && !self.except.as_ref().is_some_and(|pattern| {
                wildcard_matches(pattern, &request.target) || wildcard_matches(pattern, &request.text())
            })
            && self
                .body
                .as_ref()
                .is_none_or(|text| request.text().contains(text.as_str()))
    }
}

/// The faults in force at one server.
#[derive(Clone)]
pub struct Faults {
    ordered: Arc<Mutex<Vec<Fault>>>,
    /// The port that `Refuse` closes.
    gate: Gate,
}

impl Faults {
    pub(crate) fn new() -> Self {
        Faults {
            ordered: Arc::default(),
            gate: Gate::new(),
        }
    }

    /// Orders a fault. Several may be in force; the one that was ordered first and matches strikes.
    pub fn add(&self, fault: Fault) {
        if fault.kind == Kind::Refuse && fault.skip == 0 && fault.method.is_none() && fault.path.is_none() {
            self.gate.set(false);
            return;
        }
        self.lock().push(fault);
    }

    /// Ends all faults and opens the port again.
    pub fn clear(&self) {
        self.lock().clear();
        self.gate.set(true);
    }

    /// The faults that are still to strike.
    pub fn pending(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Takes the fault that strikes this request, counting it down.
    pub(crate) fn strike(&self, request: &Request) -> Option<Kind> {
        let mut ordered = self.lock();
        let mut struck = None;
        for fault in ordered.iter_mut().filter(|fault| fault.matches(request)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if struck.is_none() {
                fault.times = fault.times.map(|times| times.saturating_sub(1));
                struck = Some(fault.kind.clone());
            }
        }
        ordered.retain(|fault| fault.times != Some(0));
        drop(ordered);
        if struck == Some(Kind::Refuse) {
            self.gate.ask(false);
        }
        struck
    }

    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.ordered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether `text` matches `pattern`, in which `*` stands for any characters.
pub(crate) fn wildcard_matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(remaining) = text.strip_prefix(head) else {
        return false;
    };
    if rest.is_empty() {
        return true;
    }
    remaining
        .char_indices()
        .map(|(at, _)| at)
        .chain([remaining.len()])
        .any(|at| wildcard_matches(rest, &remaining[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, target: &str) -> Request {
        Request::for_test(method, target, "")
    }

    #[test]
    fn a_fault_skips_then_strikes_then_ends() {
        let faults = Faults::new();
        faults.add(
            Fault::new(Kind::Drop { acted: false })
                .on("GET", "/a*")
                .after(1)
                .times(2),
        );
        let struck: Vec<bool> = ["/a", "/b", "/a/1", "/a?x", "/a"]
            .iter()
            .map(|target| faults.strike(&request("GET", target)).is_some())
            .collect();
        assert_eq!(struck, [false, false, true, true, false]);
        assert!(faults.pending().is_empty());
    }

    #[test]
    fn what_is_left_out_is_not_counted_either() {
        let faults = Faults::new();
        faults.add(Fault::new(Kind::Drop { acted: false }).except("/lease*").after(1));
        let struck: Vec<bool> = ["/lease", "/a", "/lease/1", "/a"]
            .iter()
            .map(|target| faults.strike(&request("GET", target)).is_some())
            .collect();
        assert_eq!(struck, [false, false, false, true]);
    }

    #[test]
    fn what_is_left_out_is_told_by_its_body_too() {
        let faults = Faults::new();
        faults.add(Fault::new(Kind::Drop { acted: false }).except("*of-a-lease*"));
        let of_a_lease = Request::for_test("POST", "/templates", r#"{"id":"of-a-lease"}"#);
        assert!(faults.strike(&of_a_lease).is_none());
        let another = Request::for_test("POST", "/templates", r#"{"id":"another"}"#);
        assert!(faults.strike(&another).is_some());
    }

    #[test]
    fn wildcards_match_across_slashes() {
        assert!(wildcard_matches("/kapacitor/*/tasks*", "/kapacitor/v1/tasks/x?y=z"));
        assert!(wildcard_matches("*tasks", "/tasks"));
        assert!(!wildcard_matches("/tasks", "/tasks/"));
    }
}
