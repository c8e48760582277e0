//! Recordings that several back-tests use: rules that read the same data need it once.

use super::names::Names;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OnceCell, Semaphore};

/// How many back-tests are at work at a time.
const AT_A_TIME: usize = 2;

/// What the back-tests of a process share; clones are the same.
#[derive(Clone)]
pub(crate) struct Shared {
    recordings: Arc<Mutex<HashMap<Key, Arc<Recording>>>>,
    /// Whoever has one is at work.
    pub turns: Arc<Semaphore>,
    /// Whether what runs that are gone have left was looked for.
    pub cleared: Arc<OnceCell<()>>,
    pub names: Arc<Names>,
}

/// What a recording holds: the name of the InfluxDB, and the query.
pub(super) type Key = (String, String);

/// A recording, once somebody has made it.
pub(crate) struct Recording {
    /// How many points it holds.
    pub points: OnceCell<i64>,
    /// Its id.
    pub id: OnceCell<String>,
    users: Mutex<usize>,
    began: Instant,
}

/// A use of a recording.
pub(crate) struct Held {
    shared: Shared,
    key: Key,
    /// The recording.
    pub recording: Arc<Recording>,
}

impl Default for Shared {
    fn default() -> Self {
        Shared {
            recordings: Arc::default(),
            turns: Arc::new(Semaphore::new(AT_A_TIME)),
            cleared: Arc::default(),
            names: Arc::default(),
        }
    }
}

impl Shared {
    /// The recording of this key, for a while: the one that is there, if it is younger than `timeout`, after which others might
    /// take it for left behind.
    pub(crate) fn hold(&self, key: Key, timeout: Duration) -> Held {
        let mut recordings = self.lock();
        let young = recordings
            .get(&key)
            .filter(|one| one.began.elapsed() < timeout)
            .cloned();
        let recording = young.unwrap_or_else(|| {
            Arc::new(Recording {
                points: OnceCell::new(),
                id: OnceCell::new(),
                users: Mutex::new(0),
                began: Instant::now(),
            })
        });
        *recording.users() += 1;
        recordings.insert(key.clone(), Arc::clone(&recording));
        Held {
            shared: self.clone(),
            key,
            recording,
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Arc<Recording>>> {
        self.recordings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recording {
    fn users(&self) -> MutexGuard<'_, usize> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Ends the use. The id of a recording that nobody uses any more is the result: it is to be deleted.
    pub(crate) fn release(self) -> Option<String> {
        let mut recordings = self.shared.lock();
        let mut users = self.recording.users();
        *users -= 1;
        if *users > 0 {
            return None;
        }
        if recordings
            .get(&self.key)
            .is_some_and(|one| Arc::ptr_eq(one, &self.recording))
        {
            recordings.remove(&self.key);
        }
        self.recording.id.get().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_shared_and_goes_with_its_last_user() {
        let shared = Shared::default();
        let key = || ("".to_owned(), "SELECT".to_owned());
        let long = Duration::from_secs(3600);
        let (first, second) = (shared.hold(key(), long), shared.hold(key(), long));
        first.recording.id.set("rec".to_owned()).expect("it is new");
        assert_eq!(second.recording.id.get().map(String::as_str), Some("rec"));
        let later = shared.hold(key(), Duration::ZERO);
        assert_eq!(
            later.recording.id.get(),
            None,
            "one that is too old is not used any more"
        );
        assert_eq!(first.release(), None);
        assert_eq!(second.release(), Some("rec".to_owned()));
        assert_eq!(later.release(), None);
        assert!(shared.lock().is_empty());
    }
}
