//! The log of requests that a server saw, for tests to look at.

use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// A request that reached the server, struck by a fault or not.
#[derive(Clone, Debug, Serialize)]
pub struct SeenRequest {
    /// The HTTP method.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; bytes that are no UTF-8 are replaced.
    pub body: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The server is still at it.
    Pending,
    /// The server is still at it: a stop of a task waits for posts to a webhook, or a test holds the step. It ends with that.
    Waiting,
    /// It was answered with this status.
    Answered(u16),
    /// The connection was closed without a whole answer.
    Dropped,
    /// No answer will ever come.
    Hanging,
}

/// The log itself; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    seen: Arc<Mutex<Log>>,
    /// Counts changes, so that a waiter can look again.
    changes: Arc<watch::Sender<u64>>,
}

/// The place of a request in the log, so that a server can say what it waits for.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    journal: Journal,
    id: u64,
}

impl Entry {
    /// Notes that the request waits for another one, or for a webhook.
    pub fn waits(&self) {
        self.journal.note(self.id, Outcome::Waiting);
    }

    /// Notes that it waits no longer.
    pub fn goes_on(&self) {
        self.journal.note(self.id, Outcome::Pending);
    }

    /// Notes what became of it.
    pub fn close(&self, outcome: Outcome) {
        self.journal.note(self.id, outcome);
    }
}

#[derive(Debug, Default)]
struct Log {
    next_id: u64,
    entries: Vec<(u64, SeenRequest)>,
}

impl Journal {
    pub fn new() -> Self {
        Journal {
            seen: Arc::default(),
            changes: Arc::new(watch::Sender::new(0)),
        }
    }

    /// Enters a request.
    pub fn open(&self, request: SeenRequest) -> Entry {
        let id = {
            let mut log = self.lock();
            let id = log.next_id;
            log.next_id += 1;
            log.entries.push((id, request));
            id
        };
        self.changes.send_modify(|count| *count += 1);
        Entry {
            journal: self.clone(),
            id,
        }
    }

    /// Notes what has become of a request; one that was cleared meanwhile is forgotten.
    pub fn note(&self, id: u64, outcome: Outcome) {
        if let Some((_, entry)) = self.lock().entries.iter_mut().find(|(entry_id, _)| *entry_id == id) {
            entry.outcome = outcome;
        }
        self.changes.send_modify(|count| *count += 1);
    }

    pub fn seen(&self) -> Vec<SeenRequest> {
        self.lock().entries.iter().map(|(_, entry)| entry.clone()).collect()
    }

    pub fn clear(&self) {
        self.lock().entries.clear();
        self.changes.send_modify(|count| *count += 1);
    }

    pub fn watch(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
