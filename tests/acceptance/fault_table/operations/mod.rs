//! The operations of the table, by the object that they are about.

mod endpoint;
mod handler;
pub(super) mod reads;
mod rule;
mod task;
mod template;

use crate::harness::{block_on, Resource, Server};
use serde_json::json;

/// The rule's name.
pub(super) const NAME: &str = "cpu high";

/// A port that is closed. What differs between the servers of two rows would differ in hashes too.
pub(super) const NOWHERE: &str = "http://127.0.0.1:9";

/// Something that an apply does.
pub(super) struct Operation {
    pub name: &'static str,
    /// The configuration that was applied before; nothing where it is empty.
    pub before: fn(&Server) -> String,
    /// What others did after that.
    pub disturbed: fn(&Server),
    /// The configuration that is applied.
    pub wanted: fn(&Server) -> String,
    /// The arguments of the run in which the requests are struck.
    pub run: &'static [&'static str],
    /// What else has to be true in the end.
    pub holds: fn(&Server) -> Result<(), String>,
    /// Whether the rule fires.
    pub fires: bool,
    /// Whether the state is lost before the run, which is to import what the server has.
    pub imports: bool,
    /// Whether also an undisturbed apply fails, and leaves things as they were. The next apply is then one of the
    /// configuration before.
    pub fails: bool,
}

pub(super) const APPLY: &[&str] = &["apply", "-auto-approve", "-input=false", "-json", "-refresh=false"];
pub(super) const REFRESH: &[&str] = &["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"];

/// Changes nothing; that what it showed can be applied is seen afterwards.
pub(super) const PLAN: &[&str] = &["plan", "-input=false", "-json"];

/// Where the resources of tasks, templates and handlers stand.
pub(super) const TASK: &str = "squadcast_kapacitor_task.own";
pub(super) const TEMPLATE: &str = "squadcast_kapacitor_template.it";
pub(super) const SECOND: &str = "squadcast_kapacitor_template.second";
pub(super) const HANDLER: &str = "squadcast_kapacitor_topic_handler.it";

/// The task of somebody else, of which no state tells.
pub(super) const OUTSIDE: &str = "outside";

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    [
        endpoint::operations(),
        rule::operations(),
        task::operations(),
        handler::operations(),
        template::operations(),
        reads::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An apply that creates, changes or destroys.
fn operation(name: &'static str, before: fn(&Server) -> String, wanted: fn(&Server) -> String) -> Operation {
    Operation {
        name,
        before,
        disturbed: |_| {},
        wanted,
        run: APPLY,
        holds: |_| Ok(()),
        fires: false,
        imports: false,
        fails: false,
    }
}

fn nothing(_: &Server) -> String {
    String::new()
}

/// The same resource with the block that imports it.
fn imported(resource: Resource, address: &str, id: &str) -> String {
    format!("{}\nimport {{\n  to = {address}\n  id = \"{id}\"\n}}\n", resource.hcl())
}

pub(super) fn fire(server: &Server) {
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    block_on(server.insides().settle());
    let firing = server.api().get("/kapacitor/v1/alerts/topics?min-level=CRITICAL");
    assert_ne!(firing["topics"], json!([]), "the rule does not fire: {firing:#}");
}
