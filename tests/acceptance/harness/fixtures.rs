//! The endpoint and the rule from which most tests start.

use super::{Block, Resource, Server};

/// The address of [`endpoint`].
pub(crate) const ENDPOINT: &str = "squadcast_kapacitor_endpoint.squadcast";

/// The address of [`rule`].
pub(crate) const RULE: &str = "squadcast_kapacitor_alert_rule.cpu";

/// The declared endpoint, posting to `/endpoint` of the server's receiver.
pub(crate) fn endpoint(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_endpoint", "squadcast")
        .text("name", "squadcast")
        .text("url", &server.receiver_url("/endpoint"))
}

/// A threshold rule on a raw field, which the sandbox can run, posting to `/rule` of the server's receiver.
pub(crate) fn rule(server: &Server) -> Resource {
    threshold(&server.unique("cpu high"), &server.receiver_url("/rule")).text("message", "{{ .ID }} is {{ .Level }}")
}

/// Such a rule with a name and a webhook of one's own, and nothing that it need not have.
pub(crate) fn threshold(name: &str, url: &str) -> Resource {
    Resource::new("squadcast_kapacitor_alert_rule", "cpu")
        .text("name", name)
        .text("database", "telegraf")
        .text("measurement", "cpu")
        .text("field", "usage_user")
        .text("trigger", "threshold")
        .text("operator", ">")
        .set("value", "90")
        .block("post", Block::new().text("url", url))
}

/// Where [`rules`] post to. It holds a token, as real webhooks do: what takes time about a secret is done once for all rules then.
pub(crate) const RULES_PATH: &str = "/rules/0a1b2c3d4e5f60718293a4b5c6d7e8f9";

/// That many rules with a label and a name of their own each, and the same message.
pub(crate) fn rules(server: &Server, count: usize, message: &str) -> Vec<Resource> {
    let url = server.receiver_url(RULES_PATH);
    let rule = |number| {
        let label = format!("rule{number}");
        let name = server.unique(&label);
        rule(server)
            .labelled(&label)
            .text("name", &name)
            .text("message", message)
            .only_block("post", Block::new().text("url", &url))
    };
    (0..count).map(rule).collect()
}
