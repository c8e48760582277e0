//! Alert topics: `/kapacitor/v1/alerts/topics`.

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::ErrorKind;
use crate::kapacitor::models::{Event, Level, Topic};
use crate::kapacitor::transport::request::{segment, Request, TOPICS};

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

impl Client {
    /// Reads alert topics.
    pub fn topics(&self) -> Topics {
        Topics { client: self.clone() }
    }
}

impl Topics {
    /// The topics whose whole name matches the glob `pattern`.
    ///
    /// Kapacitor takes the level of the first event for the topic's, and sorts events by a comparison that contradicts
    /// itself. So a topic whose level is OK may hold events that are CRITICAL, and its filter `min-level` hides them.
    pub async fn list(&self, pattern: &str) -> Result<Vec<Topic>, Error> {
        let request = Request::get(TOPICS).with("pattern", pattern);
        Ok(self.client.connection().json::<TopicList>(&request).await?.topics)
    }

    /// The events of a topic that are not OK; `None` if there is no such topic. They are picked here: Kapacitor's filter
    /// `min-level` stops at the first event that is OK, which may stand before others that are not.
    pub async fn open_events(&self, topic: &str) -> Result<Option<Vec<Event>>, Error> {
        let is_open = |event: &Event| event.state.level > Level::Ok;
        let events = self.events(topic).await?;
        Ok(events.map(|events| events.into_iter().filter(is_open).collect()))
    }

    /// The events of a topic, each id with its newest state; `None` if there is no such topic.
    pub async fn events(&self, topic: &str) -> Result<Option<Vec<Event>>, Error> {
        let connection = self.client.connection();
        let segment = segment("name of a topic", topic)
            .map_err(|error| connection.error(&Request::get(TOPICS), ErrorKind::Setup(error)))?;
        let request = Request::get(&format!("{TOPICS}/{segment}/events"));
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
            .kapacitor_message()
            .is_some_and(|words| words.contains("unknown topic"))
}
