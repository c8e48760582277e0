//! Alert topics: `/kapacitor/v1/alerts/topics`.

use serde::Deserialize;

use crate::kapacitor::error::Phase;
use crate::kapacitor::models::{Event, Level, Topic};
use crate::kapacitor::request::{segment, Request};
use crate::kapacitor::{Client, Error};

/// The path of topics below the API's.
const PATH: &str = "/alerts/topics";

/// Reads alert topics.
pub struct Topics {
    pub(in crate::kapacitor) client: Client,
}

#[derive(Deserialize)]
struct TopicList {
    topics: Vec<Topic>,
}

#[derive(Deserialize)]
struct EventList {
    events: Vec<Event>,
}

impl Topics {
    /// The topics whose whole name matches the glob `pattern` and whose level is at least `min_level`.
    pub async fn list(&self, pattern: &str, min_level: Level) -> Result<Vec<Topic>, Error> {
        let request = Request::get(PATH)
            .with("pattern", pattern)
            .with("min-level", min_level.as_str());
        Ok(self.client.connection().json::<TopicList>(&request).await?.topics)
    }

    /// The events of a topic whose level is at least `min_level`; `None` where there is no such topic.
    pub async fn events(&self, topic: &str, min_level: Level) -> Result<Option<Vec<Event>>, Error> {
        let connection = self.client.connection();
        let segment = segment("name of a topic", topic)
            .map_err(|error| connection.error(&Request::get(PATH), Phase::Setup(error)))?;
        let request = Request::get(&format!("{PATH}/{segment}/events")).with("min-level", min_level.as_str());
        match connection.json::<EventList>(&request).await {
            Ok(list) => Ok(Some(list.events)),
            Err(error) if says_no_such_topic(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Kapacitor answers a request for the events of a missing topic with 500, not 404.
fn says_no_such_topic(error: &Error) -> bool {
    error.is_not_found()
        || error
            .kapacitor_words()
            .is_some_and(|words| words.contains("unknown topic"))
}
