//! `GET /kapacitor/v1/tasks/ID`.

use crate::kapacitor::execution::{reply, Stop};
use crate::kapacitor::tasks::path::id_of;
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

pub async fn read(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    reply(read_or_stop(kapacitor, request, path).await)
}

/// A task is read first and its turn comes then, so that one that is missing is told of at once.
async fn read_or_stop(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Answer, Stop> {
    let id = id_of(path)?;
    let task = kapacitor.state().database.tasks.get(id).cloned();
    let task = task.ok_or_else(|| Answer::error(404, "no task exists"))?;
    let view = View::of(request)?;
    if let Some(replay) = request
        .parameter("replay-id")
        .filter(|replay| !replay.is_empty() && replay != "main")
    {
        return Err(Answer::error(400, &format!("no running replay with ID: {replay}")).into());
    }
    kapacitor.lifecycle.turn(request).await?;
    let state = kapacitor.state();
    Ok(Answer::json(200, &view::whole(&task, &state.memory, view)))
}
