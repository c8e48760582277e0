//! `GET /kapacitor/v1/tasks/ID`.

use crate::exchange::{Answer, Reply, Request};
use crate::kapacitor::tasks::id_of;
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::Kapacitor;

pub fn read(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    read_or_error(kapacitor, request, path).unwrap_or_else(Reply::from)
}

fn read_or_error(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Reply, Answer> {
    let id = id_of(path)?;
    let state = kapacitor.state();
    let task = state
        .database
        .tasks
        .get(id)
        .ok_or_else(|| Answer::error(404, "no task exists"))?;
    let view = View::of(request)?;
    if let Some(replay) = request
        .parameter("replay-id")
        .filter(|replay| !replay.is_empty() && replay != "main")
    {
        return Err(Answer::error(400, &format!("no running replay with ID: {replay}")));
    }
    if kapacitor.lifecycle.is_hung() {
        return Ok(Reply::Hang);
    }
    Ok(Answer::json(200, &view::whole(task, &state.memory, view)).into())
}
