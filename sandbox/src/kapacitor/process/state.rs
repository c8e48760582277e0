//! Kapacitor's state: its database, and what its process only keeps in memory.

use crate::engine::point::Point;
use crate::engine::{Running, Services};
use crate::kapacitor::config::{declared, resolve};
use crate::kapacitor::process::clock::Clock;
use crate::kapacitor::process::endpoint::Endpoints;
use crate::kapacitor::process::poster::{Poster, Queue};
use crate::kapacitor::stored::Database;
use crate::kapacitor::stored::StoredUser;
use crate::kapacitor::stored::{Status, Task};
use crate::kapacitor::topics::{Handler, Topics};
use crate::options::KapacitorConf;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Kapacitor did not start, and now refuses connections, as when its process exits. The text is what it logs.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("{0}")]
pub struct RefusedStart(pub String);

/// Everything behind the lock.
pub struct State {
    pub conf: KapacitorConf,
    pub database: Database,
    pub memory: Memory,
    clock: Clock,
}

/// What a restart loses.
#[derive(Default)]
pub struct Memory {
    pub endpoints: Endpoints,
    pub topics: Topics,
    /// Tasks that execute, by id.
    pub running: BTreeMap<String, Running>,
    /// Topics to delete with a task: those of its alerts since Kapacitor started.
    pub topics_of_tasks: BTreeMap<String, BTreeSet<String>>,
    /// Stops, and changes of handlers, that are at work.
    pub stops: usize,
    /// Points that came while a stop was at work: no task sees them before it ends.
    pub delayed: Vec<Point>,
    /// Passwords that were right once; Kapacitor remembers them for an hour.
    pub passwords: BTreeMap<String, String>,
}

impl State {
    /// Starts the process, or says in Kapacitor's words why it exits. The database is changed only if it starts.
    pub fn boot(
        conf: KapacitorConf,
        mut database: Database,
        poster: &Poster,
        clock: &Clock,
    ) -> Result<State, RefusedStart> {
        let declared = declared(&conf);
        let refused = |reason: String| RefusedStart(format!("run: open server: {reason}"));
        let mut endpoints = Endpoints::declared(&declared).map_err(refused)?;
        if conf.config_override_enabled && !conf.skip_config_overrides {
            let resolved = resolve(&conf, &database.overrides).map_err(|error| {
                let reason =
                    format!("failed to apply config overrides: failed to apply configuration overrides: {error}");
                refused(reason)
            })?;
            let updated = endpoints.update(&resolved);
            updated
                .map_err(|error| refused(format!("failed to update configuration for service httppost: {error}")))?;
        }
        for id in [&mut database.server_id, &mut database.cluster_id] {
            if id.is_empty() {
                *id = uuid::Uuid::new_v4().to_string();
            }
        }
        for user in &conf.auth.users {
            database
                .users
                .entry(user.name.clone())
                .or_insert_with(|| StoredUser::from(user.clone()));
        }
        let topics = Topics::load(&database, conf.persist_topics, |spec| {
            Handler::of_spec(spec, &endpoints, poster)
        });
        let memory = Memory {
            endpoints,
            topics,
            ..Memory::default()
        };
        let mut state = State {
            conf,
            database,
            memory,
            clock: clock.clone(),
        };
        state.start_enabled(poster);
        Ok(state)
    }

    fn start_enabled(&mut self, poster: &Poster) {
        let enabled = self
            .database
            .tasks
            .values()
            .filter(|task| task.status == Status::Enabled);
        let enabled: Vec<Task> = enabled.cloned().collect();
        for task in enabled {
            // One that cannot start keeps its error, as when it is enabled.
            let _ = self.start_task(&task, poster);
        }
    }

    /// Starts a task, or returns why it cannot. The stored task, if there is one, gets the reason. One that runs already is
    /// started a second time: the first gets no more points, but its handlers stay.
    pub fn start_task(&mut self, task: &Task, poster: &Poster) -> Result<(), String> {
        let id = &task.id;
        let services = Services {
            endpoints: &self.memory.endpoints,
            poster,
            kafka_clusters: &self.conf.kafka_clusters,
            now: self.clock.now(),
        };
        let started = match task.dbrps.is_empty() {
            true => Err("task does contain any dbrps".to_owned()),
            false => Running::start(task, &services),
        };
        if let Some(stored) = self.database.tasks.get_mut(id) {
            stored.error = started.as_ref().err().cloned().unwrap_or_default();
        }
        let mut running = started?;
        if self.memory.running.contains_key(id) {
            running.is_the_second(id);
        }
        for (topic, handlers) in running.anonymous_topics() {
            self.memory.topics.open(&self.database, topic, handlers);
            self.memory
                .topics_of_tasks
                .entry(id.clone())
                .or_default()
                .insert(topic.to_owned());
        }
        self.memory.running.insert(id.clone(), running);
        self.clock.wake();
        Ok(())
    }

    /// Hands a point to the tasks that execute, once no stop is at work.
    pub fn feed(&mut self, point: Point) {
        if self.memory.stops > 0 {
            self.memory.delayed.push(point);
            return;
        }
        self.each_running(|running, topics, database| running.feed(&point, topics, database));
    }

    /// Hands on what came, and does what was due, while a stop was at work.
    pub fn go_on(&mut self) {
        for point in std::mem::take(&mut self.memory.delayed) {
            self.feed(point);
        }
        self.tick();
    }

    /// Does what is due by the clock, once no stop is at work.
    pub fn tick(&mut self) {
        if self.memory.stops > 0 {
            return;
        }
        let now = self.clock.now();
        self.each_running(|running, topics, database| running.tick(now, topics, database));
    }

    /// How long it is until the clock makes a task do something; `None` if only points do.
    pub fn due_in(&self) -> Option<Duration> {
        let next = self.memory.running.values().filter_map(Running::next_tick).min()?;
        Some(Duration::from_nanos(
            next.saturating_sub(self.clock.now()).try_into().unwrap_or(0),
        ))
    }

    /// Lets each task that executes do something. One that fails ends: its error is kept, while its topics stay open with
    /// the handlers that they have, which a later start adds to.
    fn each_running(&mut self, act: impl Fn(&mut Running, &mut Topics, &mut Database) -> Result<(), String>) {
        let State { database, memory, .. } = self;
        let mut failed = Vec::new();
        for (id, running) in &mut memory.running {
            if let Err(error) = act(running, &mut memory.topics, database) {
                failed.push((id.clone(), error));
            }
        }
        for (id, error) in failed {
            memory.running.remove(&id);
            if let Some(task) = database.tasks.get_mut(&id) {
                task.error = error;
            }
        }
    }

    /// Stops a task and returns what it has still to post.
    pub fn stop_task(&mut self, id: &str) -> Vec<Queue> {
        let Some(running) = self.memory.running.remove(id) else {
            return Vec::new();
        };
        let mut queues = running.post_queues();
        for (topic, _) in running.anonymous_topics() {
            queues.extend(self.memory.topics.close(topic));
        }
        queues
    }

    /// Deletes the topics of a deleted task's alerts, and with them the alerts' states.
    pub fn forget_alerts_of(&mut self, id: &str) {
        for topic in self.memory.topics_of_tasks.remove(id).unwrap_or_default() {
            self.memory.topics.delete(&mut self.database, &topic);
        }
    }
}
