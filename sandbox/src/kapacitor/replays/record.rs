//! Recordings of what queries bring.

use super::body::read;
use super::kept::Recording;
use super::view;
use crate::engine::point::Point;
use crate::go::{quote::quote, time};
use crate::influxdb::Query;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Request};
use serde::Deserialize;

#[derive(Deserialize)]
struct Asked {
    id: String,
    #[serde(default)]
    query: String,
    #[serde(rename = "type", default)]
    task_type: String,
    #[serde(default)]
    cluster: String,
    #[serde(default)]
    task: String,
    #[serde(default)]
    start: String,
}

pub fn query(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Answer> {
    let asked: Asked = read(request)?;
    let task_type = match asked.task_type.as_str() {
        "stream" => "stream",
        "batch" => "batch",
        other => return Err(Answer::error(400, &format!("unknown TaskType {other}"))),
    };
    if asked.query.is_empty() {
        return Err(Answer::error(400, "must provide query"));
    }
    let recorded = points(kapacitor, &asked);
    keep(kapacitor, asked.id, task_type, recorded)
}

/// The queries of batch tasks are beyond the sandbox: the recording fails and says so.
pub fn batch(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Answer> {
    let asked: Asked = read(request)?;
    if asked.start.is_empty() {
        return Err(Answer::error(400, "must provide start time"));
    }
    if !kapacitor.state().database.tasks.contains_key(&asked.task) {
        return Err(Answer::error(404, "no task exists"));
    }
    let refused = Err("the sandbox does not record the queries of batch tasks".to_owned());
    keep(kapacitor, asked.id, "batch", refused)
}

fn keep(
    kapacitor: &Kapacitor,
    id: String,
    task_type: &'static str,
    recorded: Result<Vec<Point>, String>,
) -> Result<Answer, Answer> {
    if !crate::kapacitor::tasks::is_valid_id(&id) {
        let message = format!(
            "recording ID must contain only letters, numbers, '-', '.' and '_'. {}",
            quote(&id)
        );
        return Err(Answer::error(400, &message));
    }
    let mut kept = kapacitor.replays.lock();
    if kept.recordings.contains_key(&id) {
        return Err(Answer::error(500, "recording already exists"));
    }
    kept.made += 1;
    let (points, error) = match recorded {
        Ok(points) => (points, String::new()),
        Err(error) => (Vec::new(), error),
    };
    let recording = Recording {
        id: id.clone(),
        task_type,
        made: kept.made,
        date: time::now(),
        error,
        points,
    };
    let answer = Answer::json(201, &view::new_recording(&recording));
    kept.recordings.insert(id, recording);
    Ok(answer)
}

fn points(kapacitor: &Kapacitor, asked: &Asked) -> Result<Vec<Point>, String> {
    let query = Query::parse(&asked.query)?;
    let clusters = kapacitor.conf().influxdbs;
    let named = |name: &String| asked.cluster.is_empty() || *name == asked.cluster;
    if !clusters.iter().any(named) {
        return Err(format!(
            "failed to get InfluxDB client: no such InfluxDB config {}",
            asked.cluster
        ));
    }
    let failed = |reason: String| format!("InfluxDB query failed: {reason}");
    if kapacitor.influxdb.is_down() {
        let query: String = url::form_urlencoded::byte_serialize(asked.query.as_bytes()).collect();
        let query = query.replace('*', "%2A");
        return Err(failed(format!(
            "Post \"http://127.0.0.1:8086/query?db=&q={query}\": dial tcp 127.0.0.1:8086: connect: connection refused"
        )));
    }
    kapacitor.influxdb.answer(&query).map_err(failed)
}
