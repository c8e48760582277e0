//! What an alert remembers of a group, and the flags that say when it fires.

use crate::engine::plan::{Const, NodePlan};
use crate::kapacitor::topics::Level;

/// How many levels an alert that looks out for flapping remembers.
const FLAPPING_HISTORY: usize = 21;
/// Weights of old and new changes when flapping is measured; Kapacitor's.
const MAX_WEIGHT: f64 = 1.2;
const WEIGHT_DIFFERENCE: f64 = 1.5;

/// When an alert fires.
pub struct Flags {
    pub no_recoveries: bool,
    pub all: bool,
    pub state_changes_only: bool,
    /// After how long an unchanged state is sent again all the same, in nanoseconds; 0 is never.
    pub reminder: i64,
    /// Below which and above which share of changes it stops and starts to flap.
    pub flapping: Option<(f64, f64)>,
    pub history: usize,
}

/// The state of one group.
pub struct State {
    pub history: Vec<Level>,
    pub newest: usize,
    pub flapping: bool,
    pub changed: bool,
    pub expired: bool,
    pub first_triggered: i64,
    pub last_triggered: i64,
}

impl Flags {
    pub fn of(plan: &NodePlan) -> Flags {
        let number = |name: &str, place: usize| {
            plan.property(name)
                .and_then(|property| property.arguments.get(place).and_then(Const::as_float))
        };
        let flapping = number("flapping", 0).zip(number("flapping", 1));
        let reminder = plan
            .property("stateChangesOnly")
            .and_then(|property| property.arguments.first()?.as_duration());
        let history = number("history", 0).map_or(FLAPPING_HISTORY, |history| history as usize);
        Flags {
            no_recoveries: plan.property("noRecoveries").is_some(),
            all: plan.property("all").is_some(),
            state_changes_only: plan.property("stateChangesOnly").is_some(),
            reminder: reminder.unwrap_or_default(),
            flapping,
            history: history.max(2),
        }
    }
}

impl State {
    pub fn new(history: usize) -> State {
        State {
            history: vec![Level::Ok; history],
            newest: 0,
            flapping: false,
            changed: false,
            expired: false,
            first_triggered: 0,
            last_triggered: 0,
        }
    }

    pub fn current(&self) -> Level {
        self.history[self.newest]
    }

    fn previous(&self) -> usize {
        self.newest.checked_sub(1).unwrap_or(self.history.len() - 1)
    }

    pub fn add(&mut self, time: i64, level: Level, flags: &Flags) {
        self.changed = self.current() != level;
        self.newest = (self.newest + 1) % self.history.len();
        self.history[self.newest] = level;
        if let Some((low, high)) = flags.flapping {
            let share = self.share_of_changes();
            self.flapping = if self.flapping { share >= low } else { share > high };
        }
        self.expired = !self.changed && flags.reminder != 0 && time - self.last_triggered >= flags.reminder;
    }

    /// The share of changes in the history, newer ones weighing more.
    fn share_of_changes(&self) -> f64 {
        let length = self.history.len();
        let mut weight = MAX_WEIGHT / WEIGHT_DIFFERENCE;
        let step = (MAX_WEIGHT - weight) / (length - 1) as f64;
        let mut changes = 0.0;
        for offset in 0..length - 1 {
            let current = (offset + self.newest) % length;
            let previous = current.checked_sub(1).unwrap_or(length - 1);
            if self.history[current] != self.history[previous] {
                changes += weight;
            }
            weight += step;
        }
        changes / (length - 1) as f64
    }

    pub fn triggered(&mut self, time: i64) {
        self.last_triggered = time;
        if self.history[self.previous()] == Level::Ok {
            self.first_triggered = time;
        }
    }
}
