//! What becomes of handlers of topics.

use super::{imported, nothing, operation, Operation, HANDLER, NOWHERE, REFRESH};
use crate::harness::{Resource, Server};

/// What an apply does to it.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("create the handler", nothing, one_handler),
        operation("update the handler", one_handler, |_| {
            a_handler().text("match", "changed() == TRUE").hcl()
        }),
        operation("give the handler another kind", one_handler, |_| {
            a_handler().without("post").set("slack", "{ channel = \"#ops\" }").hcl()
        }),
        operation("give the handler another id", one_handler, |_| {
            a_handler().text("handler_id", "moved").hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the handler", one_handler, one_handler)
        },
        operation("destroy the handler", one_handler, nothing),
        Operation {
            imports: true,
            ..operation("import the handler", one_handler, |_| {
                imported(a_handler(), HANDLER, "ops/it")
            })
        },
    ]
}

fn a_handler() -> Resource {
    Resource::new("squadcast_kapacitor_topic_handler", "it")
        .text("topic", "ops")
        .text("handler_id", "it")
        .set(
            "post",
            format!("{{ url = \"{NOWHERE}/handler\", headers = {{ Accept = \"a\" }} }}"),
        )
}

fn one_handler(_: &Server) -> String {
    a_handler().hcl()
}
