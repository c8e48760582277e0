//! One object on the server, one owner in Terraform.
//!
//! Terraform addresses resources by their place in the configuration, Kapacitor its objects by their ids. Two places can lead
//! to one id: a resource that moved without a `moved` block, a replacement, a copy with the same name. Terraform tells the
//! provider nothing of addresses, but all that one walk (a plan or an apply) does goes through one process. So this process
//! remembers what it was told of each id, and each step asks here before it takes an object or deletes it.
//!
//! What Terraform does, by its source: a plan validates each configuration before it plans it. A replacement is planned twice,
//! with the prior state and then without it, and is validated once; the warnings of the second call are dropped. An apply
//! plans each creation and change again, without the private data of the first plan, while a destroy gets that data. With
//! `create_before_destroy` the creation comes first, and the destroy is planned again in the apply.

mod memory;
mod messages;
#[cfg(test)]
mod tests;

pub(super) use self::memory::OwnerMemory;
pub(super) use self::messages::{Conflict, Words};

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OwnedMutexGuard;

/// What this process knows of the objects of one kind; clones share it.
#[derive(Clone, Default)]
pub(super) struct Ownership(Arc<Mutex<Walk>>);

/// What one walk of Terraform has told.
struct Walk {
    /// What tells this walk from all others.
    id: u64,
    /// Whether it has read anything of the state. An apply reads nothing.
    has_read: bool,
    objects: HashMap<String, Object>,
}

impl Default for Walk {
    fn default() -> Self {
        Walk {
            id: fastrand::u64(..),
            has_read: false,
            objects: HashMap::new(),
        }
    }
}

/// What a resource is called that has an object or wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holder {
    name: String,
    has_fixed_id: bool,
}

impl Holder {
    /// A resource whose object's id follows from its name, unless that is taken.
    pub(super) fn named(name: &str) -> Self {
        Holder {
            name: name.to_owned(),
            has_fixed_id: false,
        }
    }

    /// A resource whose configuration names the id of its object.
    pub(super) fn fixed(name: &str) -> Self {
        Holder {
            has_fixed_id: true,
            ..Holder::named(name)
        }
    }

    /// Whether both want the very same object, so that only one can have it.
    fn excludes(&self, other: &Holder) -> bool {
        self.has_fixed_id || other.has_fixed_id || self.name == other.name
    }
}

/// What is known of an object that a resource is planned to create.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Creation {
    /// This walk has not seen the object.
    Unseen,
    /// The state has the object: the resource is being replaced, or another resource gives its name up.
    InState,
    /// The state has the object, and nothing has planned what becomes of it: a tainted resource is being replaced.
    Tainted,
}

/// What is known of an object whose resource stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// No other resource has it.
    Undisputed,
    /// Another entry of the state has it too, and a destroy of that one may come first: it has to be written again.
    Disputed,
    /// Another resource has taken it over in this walk.
    Taken,
}

#[derive(Default)]
struct Object {
    /// How many validated configurations, which want it by their name or id, have not been planned yet.
    announced: usize,
    reads: usize,
    is_in_state: bool,
    /// Whether a resource of the state that has it was planned.
    is_planned: bool,
    /// The resource that is to have it after this walk.
    kept_by: Option<Holder>,
    /// The resource that is to be created, and would have it.
    wanted_by: Option<Holder>,
    /// Whether that resource is planned to have just this object.
    is_claimed: bool,
    /// The resource with which it is planned to go.
    goes_with: Option<Holder>,
    /// Whether its destroy has begun.
    is_going: bool,
    is_destroyed: bool,
    /// Whose turn it is to change it.
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Object {
    /// Notes that a resource of the state that has it is planned.
    fn plan(&mut self) {
        self.is_in_state = true;
        self.is_planned = true;
    }

    fn is_to_go(&self) -> bool {
        self.kept_by.is_none() && !self.is_destroyed
    }
}

impl Ownership {
    /// Forgets everything, since a new walk begins.
    pub(super) fn forget_all(&self) {
        *self.lock() = Walk::default();
    }

    /// Notes a validated configuration that wants the object.
    pub(super) fn announce(&self, id: &str) {
        self.with(id, |object| object.announced += 1);
    }

    /// Notes that the state has the object, and lets its entry remember whether another one has it too.
    pub(super) fn note_read(&self, id: &str, memory: &mut OwnerMemory) {
        let is_shared = self.read(id);
        memory.note_read(is_shared, self.lock().id);
    }

    /// Notes that the state has the object. Whether another entry of the state has it too, as far as this walk has seen. One
    /// that is planned to go may be the very same, since Terraform may read it after it has planned its destroy.
    fn read(&self, id: &str) -> bool {
        self.lock().has_read = true;
        self.with(id, |object| {
            let is_shared = object.reads > 0 || object.kept_by.is_some();
            object.reads += 1;
            object.is_in_state = true;
            is_shared
        })
    }

    /// Plans a creation that wants the object.
    pub(super) fn plan_creation(&self, id: &str, holder: &Holder) -> Result<Creation, Conflict> {
        self.with(id, |object| {
            // The second planning of a replacement is the only one that no validation announces.
            let is_first_planning = object.announced > 0;
            object.announced = object.announced.saturating_sub(1);
            if excludes(&object.wanted_by, holder) {
                return Err(Conflict::Clash);
            }
            if is_first_planning && excludes(&object.kept_by, holder) {
                return Err(Conflict::Clash);
            }
            if object.is_to_go() && excludes(&object.goes_with, holder) {
                return Err(Conflict::Moved);
            }
            object.wanted_by = Some(holder.clone());
            Ok(match (object.is_in_state && !object.is_destroyed, object.is_planned) {
                (false, _) => Creation::Unseen,
                (true, false) => Creation::Tainted,
                (true, true) => Creation::InState,
            })
        })
    }

    /// Notes that the planned creation is to have just this object.
    pub(super) fn claim(&self, id: &str) {
        self.with(id, |object| object.is_claimed = true);
    }

    /// Plans a change, or none, of a resource that has the object. `wanted` is the id that its configuration asks for, and
    /// `gives_up` says that the resource may leave the object to a new resource that wants it.
    pub(super) fn plan_keeping(
        &self,
        id: &str,
        wanted: Option<&str>,
        holder: &Holder,
        gives_up: bool,
    ) -> Result<Keeping, Conflict> {
        self.planned(wanted);
        self.with(id, |object| {
            object.plan();
            if excludes(&object.kept_by, holder) || excludes(&object.wanted_by, holder) {
                return Err(Conflict::Clash);
            }
            if object.kept_by.is_some() || object.is_claimed {
                return Ok(Keeping::Taken);
            }
            let is_going = object.is_going || object.is_destroyed;
            let is_disputed = object.reads > 1 || object.goes_with.is_some() || is_going;
            if !gives_up {
                object.kept_by = Some(holder.clone());
            }
            Ok(if is_disputed {
                Keeping::Disputed
            } else {
                Keeping::Undisputed
            })
        })
    }

    /// Notes that the state has an object that its resource is planned to give up. `wanted` is the id of the one that its
    /// configuration asks for.
    pub(super) fn plan_giving_up(&self, id: &str, wanted: Option<&str>) {
        self.planned(wanted);
        self.with(id, Object::plan);
    }

    /// Plans a destroy, with what the entry remembers. Whether the object must not go.
    pub(super) fn plan_destruction_of(
        &self,
        id: &str,
        holder: &Holder,
        memory: &mut OwnerMemory,
    ) -> Result<bool, Conflict> {
        let is_kept = self.plan_destruction(id, holder)?;
        let walk = self.lock();
        Ok(memory.plan_destruction(is_kept, walk.id, walk.has_read))
    }

    /// Plans a destroy. Whether another resource keeps the object, so that it must not go.
    fn plan_destruction(&self, id: &str, holder: &Holder) -> Result<bool, Conflict> {
        self.with(id, |object| {
            object.plan();
            object.goes_with = Some(holder.clone());
            if object.kept_by.is_some() {
                return Ok(true);
            }
            if excludes(&object.wanted_by, holder) {
                return Err(Conflict::Moved);
            }
            Ok(false)
        })
    }

    /// Waits until no other resource of this walk is about to take the object, to leave it or to destroy it. Whoever holds
    /// the turn can rely on what it is told of the object.
    pub(super) async fn turn(&self, id: &str) -> OwnedMutexGuard<()> {
        let turn = self.with(id, |object| object.turn.clone());
        turn.lock_owned().await
    }

    /// Claims the object for a creation, unless another resource of this walk has it.
    pub(super) fn take(&self, id: &str) -> bool {
        self.with(id, |object| {
            let is_free = object.kept_by.is_none() && (!object.is_in_state || object.is_destroyed);
            object.is_claimed |= is_free;
            is_free
        })
    }

    /// Gives a claim up.
    pub(super) fn release(&self, id: &str) {
        self.with(id, |object| object.is_claimed = false);
    }

    /// Notes that a creation is over which wanted the object `wanted`, and has the object `id` now; none where it failed.
    pub(super) fn created(&self, wanted: &str, id: Option<&str>, holder: &Holder) {
        self.with(wanted, |object| {
            object.wanted_by = None;
            object.is_claimed = false;
        });
        if let Some(id) = id {
            self.kept(id, holder);
        }
    }

    /// Notes that a resource has the object now.
    pub(super) fn kept(&self, id: &str, holder: &Holder) {
        self.with(id, |object| {
            object.kept_by = Some(holder.clone());
            object.is_destroyed = false;
        });
    }

    /// Keeps the object for the resource of the state that has it and might give it up. Whether another resource took it over
    /// before.
    pub(super) fn keep_unless_taken(&self, id: &str, holder: &Holder) -> bool {
        self.with(id, |object| {
            let is_taken = object.kept_by.is_some() || object.is_claimed;
            if !is_taken {
                object.kept_by = Some(holder.clone());
            }
            is_taken
        })
    }

    /// Begins a destroy when it is its turn; none if its plan, or a resource of this walk, keeps the object.
    pub(super) async fn destruction(&self, id: &str, memory: &OwnerMemory) -> Option<Destruction> {
        if memory.is_shared {
            return None;
        }
        let turn = self.turn(id).await;
        self.begin_destruction(id).then(|| Destruction {
            ownership: self.clone(),
            id: id.to_owned(),
            _turn: turn,
        })
    }

    /// Begins a destroy, unless a resource of this walk has the object. One that is planned from now on has to write it again.
    fn begin_destruction(&self, id: &str) -> bool {
        self.with(id, |object| {
            object.is_going = object.kept_by.is_none();
            object.is_going
        })
    }

    /// Notes how a destroy ended.
    fn end_destruction(&self, id: &str, is_destroyed: bool) {
        self.with(id, |object| {
            object.is_going = false;
            object.is_destroyed |= is_destroyed;
        });
    }

    /// Whether this walk destroyed the object.
    pub(super) fn is_destroyed(&self, id: &str) -> bool {
        self.with(id, |object| object.is_destroyed)
    }

    /// Notes that the configuration that wants the object was planned.
    fn planned(&self, wanted: Option<&str>) {
        if let Some(wanted) = wanted {
            self.with(wanted, |object| object.announced = object.announced.saturating_sub(1));
        }
    }

    fn with<T>(&self, id: &str, act: impl FnOnce(&mut Object) -> T) -> T {
        act(self.lock().objects.entry(id.to_owned()).or_default())
    }

    fn lock(&self) -> MutexGuard<'_, Walk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A destroy that has begun.
#[must_use]
pub(super) struct Destruction {
    ownership: Ownership,
    id: String,
    _turn: OwnedMutexGuard<()>,
}

impl Destruction {
    /// Notes how it ended.
    pub(super) fn end(self, is_destroyed: bool) {
        self.ownership.end_destruction(&self.id, is_destroyed);
    }
}

fn excludes(other: &Option<Holder>, holder: &Holder) -> bool {
    other.as_ref().is_some_and(|other| other.excludes(holder))
}
