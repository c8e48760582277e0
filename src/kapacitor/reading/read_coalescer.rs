//! Reads that share requests: one by one while they are few, one list for all while they are many.
//!
//! Whoever refreshes many tasks reads each by a call of its own, up to ten at a time. A list of a thousand tasks costs about as much
//! as thirty single reads, so that reads that come together are served from one. What is served is never older than the
//! newest write to the same object in this process, and never older than [`VALIDITY`].

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::kapacitor::transport::last_failure::LastFailure;

/// How many reads at the same time are still done one by one.
const FEW: usize = 2;

/// How many reads are done one by one before a list is asked for all the same: whoever asks so often asks for more, be it so slowly
/// that no two reads come together.
const MANY: usize = 10;

/// How long a list serves reads, from the moment that it was asked for. Long enough for the refresh of some thousand
/// resources on a slow machine, and short enough that a process that lives longer sees what others change.
const VALIDITY: Duration = Duration::from_secs(60);

/// The shared reads of one kind of object, by name.
pub(in crate::kapacitor) struct ReadCoalescer<V, E> {
    /// How many reads at the same time are still done one by one.
    few: usize,
    reading: AtomicUsize,
    /// How many reads were done one by one, for want of a list.
    one_by_one: AtomicUsize,
    writes: Mutex<WriteCounts>,
    list: tokio::sync::Mutex<Option<List<V>>>,
    list_failed: LastFailure<E>,
    no_lists: AtomicBool,
}

/// When each object was last written, counted in writes.
#[derive(Default)]
struct WriteCounts {
    count: u64,
    /// When a write changed any number of objects.
    any: u64,
    last: HashMap<String, u64>,
}

struct List<V> {
    asked: Instant,
    /// The writes that had happened when it was asked for.
    writes: u64,
    objects: HashMap<String, Object<V>>,
}

struct Object<V> {
    value: V,
    /// Whether the read of this one object was answered with it.
    is_served: bool,
}

/// What a list says of an object.
enum Listed<V> {
    /// It is this, or there is none.
    Is(Option<V>),
    /// It was served already: whoever asks again wants to know what has become of it.
    Served,
    /// It was written since.
    Written,
}

impl<V: Clone, E: Clone> ReadCoalescer<V, E> {
    /// Nothing read yet.
    pub(crate) fn new() -> Self {
        ReadCoalescer::with_few(FEW)
    }

    /// Nothing read yet, of objects of which a list costs no more than one.
    pub(crate) fn of_cheap_lists() -> Self {
        ReadCoalescer::with_few(0)
    }

    fn with_few(few: usize) -> Self {
        ReadCoalescer {
            few,
            reading: AtomicUsize::new(0),
            one_by_one: AtomicUsize::new(0),
            writes: Mutex::default(),
            list: tokio::sync::Mutex::new(None),
            list_failed: LastFailure::new(),
            no_lists: AtomicBool::new(false),
        }
    }

    /// Notes a write to an object; to be called both before and after it, since a read may fall between.
    pub(crate) fn written(&self, name: &str) {
        let mut writes = self.lock_writes();
        writes.count += 1;
        let count = writes.count;
        writes.last.insert(name.to_owned(), count);
    }

    /// Notes a write that may change any object; to be called both before and after it.
    pub(crate) fn any_written(&self) {
        let mut writes = self.lock_writes();
        writes.count += 1;
        writes.any = writes.count;
    }

    /// Reads everything one by one from now on.
    pub(crate) fn do_without_lists(&self) {
        self.no_lists.store(true, Ordering::Relaxed);
    }

    /// Reads one object, by itself or out of a list.
    pub(crate) async fn read<One, All>(
        &self,
        name: &str,
        one: impl FnOnce() -> One,
        all: impl FnOnce() -> All,
    ) -> Result<Option<V>, E>
    where
        One: Future<Output = Result<Option<V>, E>>,
        All: Future<Output = Result<HashMap<String, V>, E>>,
    {
        let began = tokio::time::Instant::now();
        let reading = Reading::begin(&self.reading);
        let mut list = self.list.lock().await;
        list.take_if(|list| list.asked.elapsed() > VALIDITY);
        let listed = list.as_mut().map(|list| self.look_up(list, name));
        let are_many = match listed {
            None => reading.others_and_this > self.few || self.one_by_one.load(Ordering::Relaxed) >= MANY,
            Some(Listed::Served) => reading.others_and_this > self.few,
            Some(Listed::Is(_) | Listed::Written) => false,
        };
        let listed = if are_many && !self.no_lists.load(Ordering::Relaxed) {
            let asked = self.ask(began, all).await?;
            Some(self.look_up(list.insert(asked), name))
        } else {
            listed
        };
        drop(list);
        match listed {
            Some(Listed::Is(object)) => Ok(object),
            Some(Listed::Served | Listed::Written) => one().await,
            None => {
                self.one_by_one.fetch_add(1, Ordering::Relaxed);
                one().await
            }
        }
    }

    /// All objects, out of the list that serves the reads of single ones, if nothing was written since it was asked for.
    pub(crate) async fn read_all<All>(&self, all: impl FnOnce() -> All) -> Result<Vec<V>, E>
    where
        All: Future<Output = Result<HashMap<String, V>, E>>,
    {
        let began = tokio::time::Instant::now();
        let mut list = self.list.lock().await;
        let writes = self.lock_writes().count;
        list.take_if(|list| list.asked.elapsed() > VALIDITY || list.writes != writes);
        let list = match list.as_mut() {
            Some(list) => list,
            None => list.insert(self.ask(began, all).await?),
        };
        Ok(list.objects.values().map(|object| object.value.clone()).collect())
    }

    /// Asks for a list, unless one that was asked for since `began` has failed.
    async fn ask<All>(&self, began: tokio::time::Instant, all: impl FnOnce() -> All) -> Result<List<V>, E>
    where
        All: Future<Output = Result<HashMap<String, V>, E>>,
    {
        if let Some(error) = self.list_failed.since(began) {
            return Err(error);
        }
        let (asked, writes) = (Instant::now(), self.lock_writes().count);
        let objects = all().await;
        self.list_failed.note(&objects);
        let unserved = |value| Object {
            value,
            is_served: false,
        };
        let objects = objects?.into_iter().map(|(name, value)| (name, unserved(value)));
        Ok(List {
            asked,
            writes,
            objects: objects.collect(),
        })
    }

    fn look_up(&self, list: &mut List<V>, name: &str) -> Listed<V> {
        if self.last_write(name) > list.writes {
            return Listed::Written;
        }
        match list.objects.get_mut(name) {
            None => Listed::Is(None),
            Some(object) if object.is_served => Listed::Served,
            Some(object) => {
                object.is_served = true;
                Listed::Is(Some(object.value.clone()))
            }
        }
    }

    fn last_write(&self, name: &str) -> u64 {
        let writes = self.lock_writes();
        writes.last.get(name).copied().unwrap_or_default().max(writes.any)
    }

    fn lock_writes(&self) -> MutexGuard<'_, WriteCounts> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A read that is under way, counted until it is dropped.
struct Reading<'a> {
    counter: &'a AtomicUsize,
    others_and_this: usize,
}

impl<'a> Reading<'a> {
    fn begin(counter: &'a AtomicUsize) -> Self {
        let others = counter.fetch_add(1, Ordering::Relaxed);
        Reading {
            counter,
            others_and_this: others + 1,
        }
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.counter.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
