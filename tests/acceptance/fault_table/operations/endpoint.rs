//! What becomes of endpoints.

use super::{imported, nothing, operation, Operation, NOWHERE, PLAN, REFRESH};
use crate::harness::{Resource, Server, ENDPOINT};

/// What an apply does to it.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("create the endpoint", nothing, one_endpoint),
        operation("create the endpoint, deferred", nothing, |server| {
            let endpoint = endpoint(server).text("undeclared", "defer");
            endpoint.text("name", "later").hcl()
        }),
        Operation {
            fails: true,
            ..operation("register an endpoint that does not go live", nothing, |server| {
                let endpoint = endpoint(server).text("undeclared", "register");
                endpoint.text("name", "added").hcl()
            })
        },
        operation("update the endpoint", one_endpoint, |server| {
            let moved = endpoint(server).text("url", &format!("{NOWHERE}/moved"));
            moved.set("headers", r#"{ X-Team = "sre" }"#).hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the endpoint", one_endpoint, one_endpoint)
        },
        operation("destroy the endpoint", one_endpoint, nothing),
        Operation {
            imports: true,
            ..operation("import the endpoint", one_endpoint, |server| {
                imported(endpoint(server), ENDPOINT, "squadcast")
            })
        },
        Operation {
            run: PLAN,
            ..operation("plan the endpoint", nothing, one_endpoint)
        },
    ]
}

pub(super) fn endpoint(_: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_endpoint", "squadcast")
        .text("name", "squadcast")
        .text("url", &format!("{NOWHERE}/endpoint"))
}

fn one_endpoint(server: &Server) -> String {
    endpoint(server).hcl()
}
