//! `POST /kapacitor/v1/write`: points for the running tasks.

use crate::engine::line_protocol::{self, Precision};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

/// Takes points. They are handed to the tasks before the answer; while a stop is at work they wait for its end, and while the
/// server hangs no task sees them. The InfluxDB beside Kapacitor, from which a real one would have them, gets them too.
pub fn write(kapacitor: &Kapacitor, request: &Request) -> Reply {
    let database = request.parameter("db").unwrap_or_default();
    if database.is_empty() {
        return Answer::error(400, "database is required").into();
    }
    let policy = request.parameter("rp").unwrap_or_default();
    let precision = match Precision::parse(&request.parameter("precision").unwrap_or_default()) {
        Ok(precision) => precision,
        Err(error) => return Answer::error(400, &error).into(),
    };
    let points = match line_protocol::parse(&request.text(), &database, &policy, precision) {
        Ok(points) => points,
        Err(error) => return Answer::error(400, &error).into(),
    };
    kapacitor.influxdb.write(&points);
    if !kapacitor.lifecycle.is_hung() {
        let mut state = kapacitor.state();
        for point in points {
            state.feed(point);
        }
        kapacitor.save(&state);
    }
    Answer::no_content().into()
}
