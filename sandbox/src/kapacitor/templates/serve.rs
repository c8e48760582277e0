//! Which request about templates goes where.

use crate::kapacitor::execution::reply;
use crate::kapacitor::templates::{change, read};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

/// Routes a request whose path starts with `/kapacitor/v1/templates`. None of them waits for a stop but the update of a
/// template that enabled tasks are made from.
pub async fn serve(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let id = path.strip_prefix("/kapacitor/v1/templates/");
    let answered = match (request.method.as_str(), id) {
        ("GET", None) => read::list(kapacitor, request),
        ("POST", None) => change::create(kapacitor, request).await,
        ("GET" | "PATCH" | "DELETE", Some("")) => Err(Answer::error(400, "must specify template id on path")),
        ("GET", Some(id)) => read::read(kapacitor, request, id),
        ("DELETE", Some(id)) => Ok(change::delete(kapacitor, id)),
        ("PATCH", Some(id)) => return reply(change::update(kapacitor, request, id).await),
        _ => Err(Answer::error(404, "Not Found")),
    };
    answered.unwrap_or_else(|refused| refused).into()
}
