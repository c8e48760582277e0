//! The order of a walk: each step once all are done that it waits for, and as many at the same time as Terraform takes.

use std::collections::BTreeSet;
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;
use tokio::sync::{watch, Semaphore};

/// Something to visit.
pub(super) struct Step<T> {
    pub item: T,
    /// What other steps name to wait for it.
    pub name: String,
    /// What it waits for. Names of no step are no reason to wait.
    pub after: Vec<String>,
}

impl<T> Step<T> {
    /// One that waits for nothing.
    pub(super) fn new(name: &str, item: T) -> Self {
        Step {
            item,
            name: name.to_owned(),
            after: Vec::new(),
        }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Step<U> {
        let Step { item, name, after } = self;
        let item = change(item);
        Step { item, name, after }
    }
}

/// Visits each, at most so many at once.
pub(super) async fn walk<T, V: Future<Output = ()>>(at_once: usize, steps: Vec<Step<T>>, visit: impl Fn(T) -> V) {
    let names: BTreeSet<String> = steps.iter().map(|step| step.name.clone()).collect();
    let permits = Semaphore::new(at_once);
    let (done, _) = watch::channel(BTreeSet::<String>::new());
    let each = steps.into_iter().map(|mut step| {
        step.after.retain(|name| names.contains(name));
        let (done, permits, visit) = (&done, &permits, &visit);
        async move {
            let is_due = |done: &BTreeSet<String>| step.after.iter().all(|name| done.contains(name));
            let due = done.subscribe().wait_for(is_due).await.map(|_| ());
            due.expect("the walk outlives its steps");
            let permit = permits.acquire().await.expect("nobody closes the walk");
            visit(step.item).await;
            drop(permit);
            done.send_modify(|done| {
                done.insert(step.name);
            });
        }
    });
    all(each.collect()).await;
}

async fn all(futures: Vec<impl Future<Output = ()>>) {
    let mut left: Vec<Pin<Box<_>>> = futures.into_iter().map(Box::pin).collect();
    poll_fn(|context| {
        left.retain_mut(|future| future.as_mut().poll(context).is_pending());
        match left.is_empty() {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}
