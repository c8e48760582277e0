//! What flows between nodes.

use crate::engine::point::{Group, Point};

/// What flows between nodes.
#[derive(Clone, Debug)]
pub enum Message {
    Point(Point),
    Batch(Batch),
}

/// The points of a window.
#[derive(Clone, Debug)]
pub struct Batch {
    pub name: String,
    pub group: Group,
    /// The end of the window, in nanoseconds since 1970.
    pub time: i64,
    pub points: Vec<Point>,
}

impl Batch {
    /// The same window with other points, if there are any.
    pub fn of(&self, points: Vec<Point>) -> Option<Message> {
        let batch = || {
            Message::Batch(Batch {
                points: points.clone(),
                ..self.clone()
            })
        };
        (!points.is_empty()).then(batch)
    }
}
