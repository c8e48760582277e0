//! `/kapacitor/v1/recordings…` and `/kapacitor/v1/replays…`.
//!
//! The real ones take a moment; here they are done when the request that began them is answered, though the answer says that
//! they run.

mod record;
mod run;
mod view;

use crate::engine::point::Point;
use crate::exchange::{Answer, Reply, Request};
use crate::kapacitor::Kapacitor;
use crate::sandbox::Replayed;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is kept of recordings and replays. A restart leaves it alone, as it is on the disk.
#[derive(Default)]
pub struct Replays {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// By id.
    recordings: BTreeMap<String, Recording>,
    /// By id.
    replays: BTreeMap<String, Replay>,
    /// How many have been made; orders those of the same time.
    made: u64,
}

struct Recording {
    id: String,
    task_type: &'static str,
    made: u64,
    date: String,
    error: String,
    points: Vec<Point>,
}

struct Replay {
    id: String,
    task: String,
    recording: String,
    recording_time: bool,
    clock: String,
    made: u64,
    date: String,
    error: String,
}

impl Replays {
    /// The ids of all recordings and replays that are there.
    pub fn ids(&self) -> Replayed {
        let kept = self.lock();
        Replayed {
            recordings: kept.recordings.keys().cloned().collect(),
            replays: kept.replays.keys().cloned().collect(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a request whose path begins with `/kapacitor/v1/recordings` or `/kapacitor/v1/replays`.
pub async fn serve(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let parts: Vec<&str> = path.trim_start_matches("/kapacitor/v1/").splitn(2, '/').collect();
    let replays = &kapacitor.replays;
    let result = match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["recordings", "query"]) => record::query(kapacitor, request),
        ("POST", ["recordings", "batch"]) => record::batch(kapacitor, request),
        ("POST", ["replays"]) => run::create(kapacitor, request).await,
        ("GET", ["recordings"]) => view::list_recordings(&replays.lock(), request),
        ("GET", ["replays"]) => view::list_replays(&replays.lock(), request),
        ("GET", ["recordings", id]) => view::recording(&replays.lock(), id),
        ("GET", ["replays", id]) => view::replay(&replays.lock(), id),
        ("DELETE", ["recordings", id]) => {
            replays.lock().recordings.remove(*id);
            Ok(Answer::no_content())
        }
        ("DELETE", ["replays", id]) => {
            replays.lock().replays.remove(*id);
            Ok(Answer::no_content())
        }
        _ => Err(Answer::error(404, "Not Found")),
    };
    result.unwrap_or_else(|refused| refused).into()
}

fn read<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    serde_json::from_slice(&request.body).map_err(|error| Answer::error(400, &error.to_string()))
}
