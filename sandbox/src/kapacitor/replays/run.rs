//! Replays: a task at work on a recording, with all its handlers.

use super::body::read;
use super::kept::Replay;
use super::view;
use crate::engine::point::Point;
use crate::engine::{Running, Services};
use crate::go::time;
use crate::kapacitor::process::state::State;
use crate::kapacitor::stored::Task;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Request};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Asked {
    id: String,
    task: String,
    recording: String,
    #[serde(default)]
    recording_time: bool,
    #[serde(default = "fast")]
    clock: String,
}

fn fast() -> String {
    "fast".to_owned()
}

pub async fn create(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Answer> {
    let asked: Asked = read(request)?;
    let task = kapacitor.state().database.tasks.get(&asked.task).cloned();
    let task = task.ok_or_else(|| Answer::error(404, "task load: no task exists"))?;
    let points = {
        let kept = kapacitor.replays.lock();
        let recording = kept.recordings.get(&asked.recording);
        let recording = recording.ok_or_else(|| Answer::error(404, "recording not found: no recording exists"))?;
        recording.points.clone()
    };
    let ran = kapacitor.run(&task, &points);
    let mut kept = kapacitor.replays.lock();
    kept.made += 1;
    let replay = Replay {
        id: asked.id.clone(),
        task: asked.task,
        recording: asked.recording,
        recording_time: asked.recording_time,
        clock: asked.clock,
        made: kept.made,
        date: time::now(),
        error: ran.err().unwrap_or_default(),
    };
    let answer = Answer::json(201, &view::new_replay(&replay));
    kept.replays.insert(asked.id, replay);
    Ok(answer)
}

impl Kapacitor {
    /// Runs a task over points, whether it is enabled or not. The error of a task that ends is the result.
    fn run(&self, task: &Task, points: &[Point]) -> Result<(), String> {
        let mut state = self.state();
        let now = time::nanos_now();
        let State {
            conf, database, memory, ..
        } = &mut *state;
        let services = Services {
            endpoints: &memory.endpoints,
            poster: &self.poster,
            kafka_clusters: &conf.kafka_clusters,
            now,
        };
        let mut running = Running::start(task, &services).map_err(|error| format!("task start: {error}"))?;
        for (topic, handlers) in running.anonymous_topics() {
            memory.topics.open(database, topic, handlers);
        }
        let mut result = Ok(());
        for point in points {
            result = running.feed(point, &mut memory.topics, database);
            if result.is_err() {
                break;
            }
        }
        for (topic, _) in running.anonymous_topics() {
            // What its handlers have queued is still posted.
            memory.topics.close(topic);
        }
        result.map_err(|error| format!("task run: {error}"))
    }
}
