//! Alert topics: `/kapacitor/v1/alerts/topics`.

use crate::kapacitor::models::{Event, Level, Topic};
use crate::kapacitor::{Client, Error};

/// Reads alert topics.
pub struct Topics {
    pub(in crate::kapacitor) client: Client,
}

impl Topics {
    /// The topics whose whole name matches the glob `pattern` and whose level is at least `min_level`.
    pub async fn list(&self, pattern: &str, min_level: Level) -> Result<Vec<Topic>, Error> {
        let _ = (pattern, min_level);
        todo!()
    }

    /// The events of a topic whose level is at least `min_level`; `None` where there is no such topic.
    pub async fn events(&self, topic: &str, min_level: Level) -> Result<Option<Vec<Event>>, Error> {
        let _ = (topic, min_level);
        todo!()
    }
}
