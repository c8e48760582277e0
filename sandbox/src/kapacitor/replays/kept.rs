//! The recordings and replays that there are.

use crate::engine::point::Point;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The ids of the recordings and replays that Kapacitor keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    /// Of recordings.
    pub recordings: Vec<String>,
    /// Of replays.
    pub replays: Vec<String>,
}

/// What is kept of recordings and replays. A restart leaves it alone, as it is on the disk.
#[derive(Default)]
pub struct Replays {
    kept: Mutex<Kept>,
}

#[derive(Default)]
pub(super) struct Kept {
    /// By id.
    pub(super) recordings: BTreeMap<String, Recording>,
    /// By id.
    pub(super) replays: BTreeMap<String, Replay>,
    /// How many have been made; orders those of the same time.
    pub(super) made: u64,
}

pub(super) struct Recording {
    pub(super) id: String,
    pub(super) task_type: &'static str,
    pub(super) made: u64,
    pub(super) date: String,
    pub(super) error: String,
    pub(super) points: Vec<Point>,
}

pub(super) struct Replay {
    pub(super) id: String,
    pub(super) task: String,
    pub(super) recording: String,
    pub(super) recording_time: bool,
    pub(super) clock: String,
    pub(super) made: u64,
    pub(super) date: String,
    pub(super) error: String,
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

    pub(super) fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
