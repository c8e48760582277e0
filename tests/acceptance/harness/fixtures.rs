//! The endpoint and the rule from which most tests start.

use super::{Block, Resource, Server};

/// The address of [`endpoint`].
pub const ENDPOINT: &str = "squadcast_kapacitor_endpoint.squadcast";

/// The address of [`rule`].
pub const RULE: &str = "squadcast_kapacitor_alert_rule.cpu";

/// The declared endpoint, posting to `/endpoint` of the server's receiver.
pub fn endpoint(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_endpoint", "squadcast")
        .text("name", "squadcast")
        .text("url", &server.receiver_url("/endpoint"))
}

/// A threshold rule on a raw field, which the sandbox can run, posting to `/rule` of the server's receiver.
pub fn rule(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_alert_rule", "cpu")
        .text("name", &server.unique("cpu high"))
        .text("database", "telegraf")
        .text("measurement", "cpu")
        .text("field", "usage_user")
        .text("trigger", "threshold")
        .text("operator", ">")
        .set("value", "90")
        .text("message", "{{ .ID }} is {{ .Level }}")
        .block("post", Block::new().text("url", &server.receiver_url("/rule")))
}
