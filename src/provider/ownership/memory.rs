//! What Terraform keeps with a resource of what a walk has found out of its owner.

use serde::{Deserialize, Serialize};

/// The part of a resource's private state that is about who has its object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct OwnerMemory {
    /// Another entry of the state has the same object, so that a destroy of this one must leave it. Each read says so anew.
    pub is_shared: bool,
    /// The walk in which that was read. Terraform may plan a destroy before it reads, with what an earlier walk left. An apply
    /// reads nothing, and has what its plan has read.
    pub walk: u64,
    /// The plan of a destroy has looked for open alerts, and warned if there were some.
    pub has_looked: bool,
}

impl OwnerMemory {
    /// Takes in what a read says in this walk.
    pub(crate) fn note_read(&mut self, is_shared: bool, walk: u64) {
        (self.is_shared, self.walk) = (is_shared, walk);
    }

    /// Takes in the plan of a destroy in this walk, and whether the walk reads. Whether the object is to be left.
    pub(crate) fn plan_destruction(&mut self, is_kept: bool, walk: u64, walk_reads: bool) -> bool {
        let is_of_this_run = self.walk == walk || !walk_reads;
        self.is_shared = is_kept || (self.is_shared && is_of_this_run);
        self.is_shared
    }
}

#[cfg(test)]
mod tests {
    use super::OwnerMemory;

    #[test]
    fn what_an_earlier_run_found_keeps_no_object() {
        let mut memory = OwnerMemory::default();
        memory.note_read(true, 1);
        assert!({ memory }.plan_destruction(false, 1, true));
        assert!({ memory }.plan_destruction(false, 2, false), "the apply of that plan");
        assert!(!memory.plan_destruction(false, 2, true), "a later plan");
    }
}
