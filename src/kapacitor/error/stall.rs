//! What came of waiting for a server that answers nothing about tasks.

use std::time::Duration;

/// What came of waiting for a Kapacitor that answered a ping, but nothing about tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stall {
    /// It answers about tasks again, after this long.
    Ended(Duration),
    /// It still does not, after this long.
    Lasts(Duration),
    /// It was waited for this long, until the program was asked to stop.
    Left(Duration),
}

impl Stall {
    /// Whether Kapacitor had not answered when the wait ended.
    pub fn goes_on(self) -> bool {
        match self {
            Stall::Ended(_) => false,
            Stall::Lasts(_) | Stall::Left(_) => true,
        }
    }
}
