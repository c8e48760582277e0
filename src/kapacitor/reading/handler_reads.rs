//! Reads of topics' handlers that share requests: one list for each topic.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::read_coalescer::ReadCoalescer;
use crate::kapacitor::error::Error;
use crate::kapacitor::models::TopicHandler;

/// A handler, and whether its topic is there.
pub(in crate::kapacitor) type Placed = (TopicHandler, bool);

/// The shared reads of one topic's handlers, by id.
type OfTopic = Arc<ReadCoalescer<Placed, Error>>;

/// The shared reads of handlers, by topic.
#[derive(Default)]
pub(in crate::kapacitor) struct HandlerReads(Mutex<HashMap<String, OfTopic>>);

impl HandlerReads {
    /// The reads of a topic's handlers.
    pub(crate) fn of(&self, topic: &str) -> OfTopic {
        let mut topics = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_topic = topics.entry(topic.to_owned());
        of_topic
            .or_insert_with(|| Arc::new(ReadCoalescer::of_cheap_lists()))
            .clone()
    }
}
