//! `GET /kapacitor/v1/debug/vars`: what the process counts, and who it is. It answers whatever hangs.

use crate::kapacitor::stored::Status;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::Answer;
use serde_json::json;

/// The variables. Those of memory and of nodes are left empty.
pub fn read(kapacitor: &Kapacitor) -> Answer {
    let state = kapacitor.state();
    let tasks = &state.database.tasks;
    let enabled = tasks.values().filter(|task| task.status == Status::Enabled).count();
    let variables = json!({
        "cluster_id": state.database.cluster_id,
        "cmdline": ["kapacitord"],
        "host": "localhost",
        "kapacitor": {},
        "memstats": {},
        "num_enabled_tasks": enabled,
        "num_subscriptions": 0,
        "num_tasks": tasks.len(),
        "platform": "OSS",
        "product": "kapacitor",
        "server_id": state.database.server_id,
        "version": kapacitor.version(),
    });
    Answer::json(200, &variables)
}
