//! The topics in Kapacitor's memory. They are not quite what its database holds: recovered alerts stay here until a restart,
//! the topics of disabled tasks are not here, and a deleted topic loses its handlers.

use crate::kapacitor::process::poster::Queue;
use crate::kapacitor::stored::Database;
use crate::kapacitor::topics::event::{Event, EventState, Level};
use crate::kapacitor::topics::handler::{Handler, HandlerSpec};
use std::collections::{BTreeMap, BTreeSet};

/// One topic.
#[derive(Default)]
pub struct Topic {
    events: BTreeMap<String, EventState>,
    /// The ids of the events in Kapacitor's order, which is no order: see [`Topic::sort`].
    order: Vec<String>,
    pub collected: u64,
    handlers: Vec<(String, Handler)>,
}

impl Topic {
    /// The level of the first event, which Kapacitor takes for the highest one.
    pub fn level(&self) -> Level {
        let first = self.order.first().and_then(|id| self.events.get(id));
        first.map(|state| state.level).unwrap_or_default()
    }

    /// The events before the first one below a level, as Kapacitor looks for those that are not below it.
    pub fn events(&self, min_level: Level) -> impl Iterator<Item = (&str, &EventState)> {
        let ordered = self
            .order
            .iter()
            .filter_map(|id| Some((id.as_str(), self.events.get(id)?)));
        ordered.take_while(move |(_, state)| state.level >= min_level)
    }

    fn restore(&mut self, events: Option<&BTreeMap<String, EventState>>) {
        self.events = events.cloned().unwrap_or_default();
        self.order = self.events.keys().cloned().collect();
        self.sort();
    }

    /// Takes the state of an event and returns the former one.
    fn update(&mut self, id: &str, state: &EventState) -> Option<EventState> {
        let former = self.events.insert(id.to_owned(), state.clone());
        if former.is_none() {
            self.order.push(id.to_owned());
        }
        if former.as_ref().is_none_or(|former| former.level != state.level) {
            self.sort();
        }
        former
    }

    /// Go's insertion sort, by which it sorts up to twelve items, with Kapacitor's comparison. That one says of two events
    /// with different levels that each goes before the other if the one with the higher level has the greater id, so that
    /// an event that is OK may stand before one that is CRITICAL.
    fn sort(&mut self) {
        let goes_before = |left: &str, right: &str| {
            let level = |id: &str| self.events.get(id).map(|state| state.level).unwrap_or_default();
            level(left) > level(right) || left < right
        };
        for place in 1..self.order.len() {
            let mut at = place;
            while at > 0 && goes_before(&self.order[at], &self.order[at - 1]) {
                self.order.swap(at, at - 1);
                at -= 1;
            }
        }
    }

    fn queues(self) -> Vec<Queue> {
        let queues = self.handlers.into_iter().filter_map(|(_, handler)| handler.queue());
        queues.collect()
    }
}

/// All topics, and the handlers that the API made.
#[derive(Default)]
pub struct Topics {
    topics: BTreeMap<String, Topic>,
    /// Topics of stopped tasks, whose events only the database holds.
    closed: BTreeSet<String>,
    /// By topic and handler id.
    specs: BTreeMap<String, BTreeMap<String, (HandlerSpec, Handler)>>,
    /// `[alert] persist-topics`.
    persist: bool,
}

impl Topics {
    /// What a start loads from the database. Handlers that cannot be made, e.g. for want of their endpoint, are passed over.
    pub fn load(database: &Database, persist: bool, make: impl Fn(&HandlerSpec) -> Result<Handler, String>) -> Topics {
        let mut board = Topics {
            persist,
            ..Topics::default()
        };
        for (topic, specs) in &database.handlers {
            for spec in specs.values() {
                if let Ok(handler) = make(spec) {
                    board.put_spec(topic, spec.clone(), handler);
                }
            }
        }
        for (topic, events) in &database.events {
            board.topics.entry(topic.clone()).or_default().restore(Some(events));
        }
        board
    }

    pub fn all(&self) -> &BTreeMap<String, Topic> {
        &self.topics
    }

    pub fn get(&self, topic: &str) -> Option<&Topic> {
        self.topics.get(topic)
    }

    pub fn specs(&self, topic: &str) -> impl Iterator<Item = &HandlerSpec> {
        self.specs
            .get(topic)
            .into_iter()
            .flat_map(|specs| specs.values().map(|(spec, _)| spec))
    }

    pub fn spec(&self, topic: &str, id: &str) -> Option<&HandlerSpec> {
        self.specs.get(topic)?.get(id).map(|(spec, _)| spec)
    }

    /// Adds or replaces a handler of the API.
    pub fn put_spec(&mut self, topic: &str, spec: HandlerSpec, handler: Handler) {
        let entry = self.topics.entry(topic.to_owned()).or_default();
        entry.handlers.retain(|(id, _)| *id != spec.id);
        entry.handlers.push((spec.id.clone(), handler.clone()));
        self.specs
            .entry(topic.to_owned())
            .or_default()
            .insert(spec.id.clone(), (spec, handler));
    }

    /// Takes a handler of the API away and returns what it has still to post.
    pub fn remove_spec(&mut self, topic: &str, id: &str) -> Option<Queue> {
        if let Some(topic) = self.topics.get_mut(topic) {
            topic.handlers.retain(|(handler, _)| handler != id);
        }
        let (_, handler) = self.specs.get_mut(topic)?.remove(id)?;
        handler.queue()
    }

    /// A task with handlers of its own starts: its topic gets them, and its events come back from the database.
    pub fn open(&mut self, database: &Database, topic: &str, handlers: &[Handler]) {
        let entry = self.topics.entry(topic.to_owned()).or_default();
        entry.restore(database.events.get(topic));
        let named = handlers
            .iter()
            .enumerate()
            .map(|(place, handler)| (format!("\0{place}"), handler.clone()));
        entry.handlers.extend(named);
    }

    /// A task with handlers of its own stops. Returns what they have still to post.
    pub fn close(&mut self, topic: &str) -> Vec<Queue> {
        self.closed.insert(topic.to_owned());
        self.topics.remove(topic).map(Topic::queues).unwrap_or_default()
    }

    /// Deletes a topic with its events. Handlers that the API made stay listed, but are not called any more.
    /// Returns what they have still to post.
    pub fn delete(&mut self, database: &mut Database, topic: &str) -> Vec<Queue> {
        self.closed.remove(topic);
        database.events.remove(topic);
        self.topics.remove(topic).map(Topic::queues).unwrap_or_default()
    }

    pub fn event(&self, topic: &str, id: &str) -> Option<&EventState> {
        self.topics.get(topic)?.events.get(id)
    }

    /// Notes an event that another topic knew better.
    pub fn update_event(&mut self, database: &mut Database, topic: &str, id: &str, state: &EventState) {
        self.topics.entry(topic.to_owned()).or_default().update(id, state);
        self.persist(database, topic, id, state);
    }

    /// Takes an event and hands it to the topic's handlers.
    pub fn collect(&mut self, database: &mut Database, topic: &str, event: &Event) {
        if self.closed.remove(topic) {
            self.reopen(database, topic);
        }
        let entry = self.topics.entry(topic.to_owned()).or_default();
        let previous = entry.update(&event.id, &event.state);
        let previous = previous.map(|state| state.level).unwrap_or_default();
        entry.collected += 1;
        for (_, handler) in &entry.handlers {
            handler.handle(event, previous);
        }
        self.persist(database, topic, &event.id, &event.state);
    }

    fn reopen(&mut self, database: &Database, topic: &str) {
        let entry = self.topics.entry(topic.to_owned()).or_default();
        entry.restore(database.events.get(topic));
        if let Some(specs) = self.specs.get(topic) {
            entry.handlers.retain(|(id, _)| !specs.contains_key(id));
            entry
                .handlers
                .extend(specs.iter().map(|(id, (_, handler))| (id.clone(), handler.clone())));
        }
    }

    /// The database keeps only what is not OK, and nothing if topics are not persisted.
    fn persist(&self, database: &mut Database, topic: &str, id: &str, state: &EventState) {
        if !self.persist {
            return;
        }
        let events = database.events.entry(topic.to_owned()).or_default();
        if state.level == Level::Ok {
            events.remove(id);
        } else {
            events.insert(id.to_owned(), state.clone());
        }
    }
}
