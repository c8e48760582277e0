//! Recordings and replays as Kapacitor shows them.

use super::kept::{Kept, Recording, Replay};
use crate::go::path;
use crate::kapacitor::page;
use crate::server::exchange::{Answer, Request};
use serde_json::{json, Map, Value};

const RECORDING_FIELDS: [&str; 8] = ["link", "id", "type", "size", "date", "error", "status", "progress"];
const REPLAY_FIELDS: [&str; 11] = [
    "link",
    "id",
    "task",
    "recording",
    "recording-time",
    "clock",
    "date",
    "error",
    "status",
    "progress",
    "stats",
];

pub fn recording(kept: &Kept, id: &str) -> Result<Answer, Answer> {
    let recording = kept.recordings.get(id);
    let recording = recording.ok_or_else(|| Answer::error(500, "error finding recording: no recording exists"))?;
    Ok(Answer::json(200, &whole_recording(recording)))
}

pub fn replay(kept: &Kept, id: &str) -> Result<Answer, Answer> {
    let replay = kept.replays.get(id);
    let replay = replay.ok_or_else(|| Answer::error(404, "could not find replay: no replay exists"))?;
    Ok(Answer::json(200, &whole_replay(replay)))
}

/// What is said of a recording that has just begun.
pub fn new_recording(recording: &Recording) -> Value {
    under_way(whole_recording(recording))
}

/// What is said of a replay that has just begun.
pub fn new_replay(replay: &Replay) -> Value {
    under_way(whole_replay(replay))
}

pub fn list_recordings(kept: &Kept, request: &Request) -> Result<Answer, Answer> {
    let mut all: Vec<&Recording> = kept.recordings.values().collect();
    all.sort_by_key(|recording| std::cmp::Reverse(recording.made));
    let all = all.into_iter().map(|one| (one.id.as_str(), whole_recording(one)));
    listed("recordings", &RECORDING_FIELDS, all, request)
}

pub fn list_replays(kept: &Kept, request: &Request) -> Result<Answer, Answer> {
    let mut all: Vec<&Replay> = kept.replays.values().collect();
    all.sort_by_key(|replay| std::cmp::Reverse(replay.made));
    let all = all.into_iter().map(|one| (one.id.as_str(), whole_replay(one)));
    listed("replays", &REPLAY_FIELDS, all, request)
}

fn listed<'a>(
    name: &str,
    all_fields: &[&str],
    all: impl Iterator<Item = (&'a str, Value)>,
    request: &Request,
) -> Result<Answer, Answer> {
    let pattern = request.parameter("pattern").unwrap_or_default();
    let fields = page::fields(request, all_fields);
    let mut shown = Vec::new();
    for (_, whole) in all.filter(|(id, _)| path::lets_through(&pattern, id)) {
        let mut part = Map::new();
        for field in &fields {
            let value = whole.get(field).ok_or_else(|| page::unsupported(field))?;
            part.insert(field.clone(), value.clone());
        }
        shown.push(Value::Object(part));
    }
    let mut list = Map::new();
    list.insert(name.to_owned(), Value::Array(shown));
    Ok(Answer::json(200, &Value::Object(list)))
}

fn whole_recording(recording: &Recording) -> Value {
    json!({
        "link": { "rel": "self", "href": format!("/kapacitor/v1/recordings/{}", recording.id) },
        "id": recording.id,
        "type": recording.task_type,
        "size": if recording.error.is_empty() { 23 + 2 * recording.points.len() } else { 0 },
        "date": recording.date,
        "error": recording.error,
        "status": status(&recording.error),
        "progress": 1,
    })
}

fn whole_replay(replay: &Replay) -> Value {
    json!({
        "link": { "rel": "self", "href": format!("/kapacitor/v1/replays/{}", replay.id) },
        "id": replay.id,
        "task": replay.task,
        "recording": replay.recording,
        "recording-time": replay.recording_time,
        "clock": replay.clock,
        "date": replay.date,
        "error": replay.error,
        "status": status(&replay.error),
        "progress": 1,
        "stats": {},
    })
}

fn status(error: &str) -> &'static str {
    match error {
        "" => "finished",
        _ => "failed",
    }
}

fn under_way(mut whole: Value) -> Value {
    whole["error"] = json!("");
    whole["status"] = json!("running");
    whole["progress"] = json!(0);
    if whole.get("size").is_some() {
        whole["size"] = json!(0);
    }
    whole
}
