//! What a task needs of Kapacitor.

use crate::kapacitor::process::endpoint::Endpoints;
use crate::kapacitor::process::poster::Poster;

/// What a starting task needs of Kapacitor's services.
pub struct Services<'a> {
    pub endpoints: &'a Endpoints,
    pub poster: &'a Poster,
    /// The ids of the `[[kafka]]` elements.
    pub kafka_clusters: &'a [String],
    /// Nanoseconds since 1970.
    pub now: i64,
}
