//! The points that let the rule of the fixtures fire and recover.

use super::Server;
use sandbox::Post;
use std::cell::Cell;

/// The points of a test, each a minute after the one before.
pub(crate) struct Points(Cell<u64>);

impl Points {
    pub(crate) fn new() -> Self {
        Points(Cell::new(1_000_000_000))
    }

    fn write(&self, server: &Server, value: u32) {
        let at = self.0.get();
        self.0.set(at + 60);
        let point = format!("cpu,cpu=cpu-total,host=a usage_user={value},usage_system={value}");
        server.api().write(&point, at);
    }

    /// Writes points over any threshold, each higher than the one before, and waits for the alert: a windowed rule needs more
    /// than one point, and a relative one a change.
    #[track_caller]
    pub(crate) fn fire(&self, server: &Server) -> Option<String> {
        for value in [95, 120, 150, 190] {
            self.write(server, value);
        }
        server.receives(|post| post.level() == Some("CRITICAL")).alert_id()
    }

    /// Writes points below any threshold, and waits for the recovery.
    #[track_caller]
    pub(crate) fn recover(&self, server: &Server) -> Post {
        for _ in 0..4 {
            self.write(server, 5);
        }
        server.receives(|post| post.level() == Some("OK"))
    }
}
