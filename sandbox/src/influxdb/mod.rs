//! The InfluxDB that Kapacitor asks for recordings: the points that were written to the sandbox, and just enough InfluxQL to
//! select them, count them, and refuse what the real one refuses.

mod parse;
mod select;

pub use parse::Query;

use crate::engine::point::{Field, Point};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A series and a time, by which InfluxDB knows a point. What is written to it later adds fields.
type Key = (String, String, String, BTreeMap<String, String>, i64);

/// The database that is there before anything is written, as Telegraf makes it.
const DATABASE: &str = "telegraf";

/// The database. A restart of Kapacitor leaves it alone.
#[derive(Default)]
pub struct InfluxDb {
    points: Mutex<BTreeMap<Key, BTreeMap<String, Field>>>,
    is_down: Mutex<bool>,
}

impl InfluxDb {
    pub fn write(&self, points: &[Point]) {
        let mut stored = self.points();
        for point in points {
            let key = (
                point.database.clone(),
                point.retention_policy.clone(),
                point.name.clone(),
                point.tags.clone(),
                point.time,
            );
            stored.entry(key).or_default().extend(point.fields.clone());
        }
    }

    /// Lets nobody reach it any more, or again.
    pub fn set_down(&self, down: bool) {
        *self.is_down.lock().unwrap_or_else(PoisonError::into_inner) = down;
    }

    pub fn is_down(&self) -> bool {
        *self.is_down.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a query brings, in the order of times and then of series, or the refusal in InfluxDB's words.
    pub fn answer(&self, query: &Query) -> Result<Vec<Point>, String> {
        let stored = self.points();
        let exists = query.database == DATABASE || stored.keys().any(|(database, ..)| *database == query.database);
        if !exists {
            return Err(format!("database not found: {}", query.database));
        }
        let points = stored
            .iter()
            .map(|((database, policy, name, tags, time), fields)| Point {
                database: database.clone(),
                retention_policy: policy.clone(),
                name: name.clone(),
                tags: tags.clone(),
                fields: fields.clone(),
                time: *time,
                group: Default::default(),
            });
        Ok(select::select(query, points))
    }

    fn points(&self) -> MutexGuard<'_, BTreeMap<Key, BTreeMap<String, Field>>> {
        self.points.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
