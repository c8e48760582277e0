//! Which request about recordings and replays goes where.

use super::{record, run, view};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

/// Answers a request whose path begins with `/kapacitor/v1/recordings` or `/kapacitor/v1/replays`.
pub async fn serve(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let parts: Vec<&str> = path.trim_start_matches("/kapacitor/v1/").splitn(2, '/').collect();
    let replays = &kapacitor.replays;
    let result = match (request.method.as_str(), parts.as_slice()) {
        ("POST", ["recordings", "query"]) => record::query(kapacitor, request),
        ("POST", ["recordings", "batch"]) => record::batch(kapacitor, request),
        ("POST", ["replays"]) => run::create(kapacitor, request).await,
        ("GET", ["recordings"]) => view::list_recordings(&replays.lock(), request),
        ("GET", ["replays"]) => view::list_replays(&replays.lock(), request),
        ("GET", ["recordings", id]) => view::recording(&replays.lock(), id),
        ("GET", ["replays", id]) => view::replay(&replays.lock(), id),
        ("DELETE", ["recordings", id]) => {
            replays.lock().recordings.remove(*id);
            Ok(Answer::no_content())
        }
        ("DELETE", ["replays", id]) => {
            replays.lock().replays.remove(*id);
            Ok(Answer::no_content())
        }
        _ => Err(Answer::error(404, "Not Found")),
    };
    result.unwrap_or_else(|refused| refused).into()
}
