//! Alert topics: `/kapacitor/v1/alerts/topics`.

use std::collections::HashMap;

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::{ErrorKind, SetupError};
use crate::kapacitor::models::{Event, Level, Topic, TopicHandler};
use crate::kapacitor::reading::handler_reads::Placed;
use crate::kapacitor::transport::outage::Subject;
use crate::kapacitor::transport::request::{handler_path, topic_path, Request, TOPICS};

/// Reads alert topics.
pub struct Topics {
    pub(in crate::kapacitor) client: Client,
}

#[derive(Deserialize)]
struct TopicList {
    topics: Vec<Topic>,
}

#[derive(Deserialize)]
struct HandlerList {
    handlers: Vec<TopicHandler>,
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

    /// Whether there is a topic of this name. A topic with a handler is there, unless somebody deleted it: then its handlers
    /// are still shown, and called no more until they are written again (`05-topics.jsonl`).
    async fn exists(&self, topic: &str) -> Result<bool, Error> {
        let request = Request::get(&self.path(topic)?);
        Ok(found(self.client.connection().send(&request).await)?.is_some())
    }

    /// A handler, and whether its topic is there, for a refresh of many: reads that come together are served from one list of
    /// their topic's handlers, which is never older than the newest write to the handler in this process, nor than a minute. A server that does not answer is asked a few times for all, and one error speaks for all
    /// ([`Error::is_spoken_for`]).
    pub async fn refresh_handler(&self, topic: &str, id: &str) -> Result<Option<(TopicHandler, bool)>, Error> {
        let outage = self.client.connection().outage();
        outage.ask_among_many(Subject::Handler, self.coalesced(topic, id)).await
    }

    async fn coalesced(&self, topic: &str, id: &str) -> Result<Option<Placed>, Error> {
        let reads = self.client.handler_reads().of(topic);
        reads
            .read(id, || self.placed(topic, id), || self.all_placed(topic))
            .await
    }

    async fn placed(&self, topic: &str, id: &str) -> Result<Option<Placed>, Error> {
        match self.find_handler(topic, id).await? {
            Some(handler) => Ok(Some((handler, self.exists(topic).await?))),
            None => Ok(None),
        }
    }

    async fn all_placed(&self, topic: &str) -> Result<HashMap<String, Placed>, Error> {
        let handlers = match self.handlers(topic).await {
            Err(error) if error.is_not_found() => return Ok(HashMap::new()),
            handlers => handlers?,
        };
        let exists = self.exists(topic).await?;
        let by_id = handlers
            .into_iter()
            .map(|handler| (handler.id.clone(), (handler, exists)));
        Ok(by_id.collect())
    }

    /// The handler of this id that the API has added to a topic; `None` if there is none, and while the endpoint that it names
    /// is not in kapacitor.conf (`05-topics-endpoint-gone.jsonl`).
    pub async fn handler(&self, topic: &str, id: &str) -> Result<Option<TopicHandler>, Error> {
        let outage = self.client.connection().outage();
        outage.ask(self.find_handler(topic, id)).await
    }

    async fn find_handler(&self, topic: &str, id: &str) -> Result<Option<TopicHandler>, Error> {
        let request = Request::get(&handler_path(&self.path(topic)?, id).map_err(|error| self.refused(error))?);
        found(self.client.connection().json(&request).await)
    }

    /// All handlers that the API has added to a topic, in the order of their ids.
    pub async fn handlers(&self, topic: &str) -> Result<Vec<TopicHandler>, Error> {
        let request = Request::get(&format!("{}/handlers", self.path(topic)?));
        Ok(self.client.connection().json::<HandlerList>(&request).await?.handlers)
    }

    fn path(&self, topic: &str) -> Result<String, Error> {
        topic_path(topic).map_err(|error| self.refused(error))
    }

    fn refused(&self, error: SetupError) -> Error {
        self.client
            .connection()
            .error(&Request::get(TOPICS), ErrorKind::Setup(error))
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
        let request = Request::get(&format!("{}/events", self.path(topic)?));
        match connection.json::<EventList>(&request).await {
            Ok(list) => Ok(Some(list.events)),
            Err(error) if says_no_such_topic(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(error) if error.is_not_found() => Ok(None),
        answer => answer.map(Some),
    }
}

/// Kapacitor answers a request for the events of a missing topic with 500, not 404.
fn says_no_such_topic(error: &Error) -> bool {
    error.is_not_found()
        || error
            .kapacitor_message()
            .is_some_and(|words| words.contains("unknown topic"))
}
