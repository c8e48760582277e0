//! A server that does not answer: one failure for all who ask it, instead of a timeout for each.
//!
//! A refresh reads each object by a call of its own, ten at a time. While the server answers, this module does nothing. After
//! a failure that is the server's and not the request's, one more try is made, by one call alone, and the others wait for it.
//! If it fails too, calls fail at once with the same error for [`REST`]; then there is one more try again, so that a server
//! that recovers is used again. Any answer ends the outage.
//!
//! Of the reads that fail this way one speaks for all: it waits until no other is left, and its error says for how many it
//! speaks. The others are marked as spoken for.
//!
//! What was begun is never refused here: only [`Client::writes`](crate::kapacitor::Client::writes), before the first request
//! of a sequence, and reads that belong to no sequence ask this module.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::kapacitor::error::Stall;
use crate::kapacitor::error::{Error, Share, SpeaksFor};

/// For how long calls fail at once, after a second try has failed.
const REST: Duration = Duration::from_secs(10);

/// How long no call may come before the one that speaks for all takes itself for the last: a refresh sends the next one as
/// soon as it has an answer.
const QUIET: Duration = Duration::from_secs(1);

/// What a read is about, for the count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kapacitor) enum Subject {
    Rule,
    Task,
    Endpoint,
    Template,
    Handler,
}

/// What is known of whether the server answers.
#[derive(Default)]
pub(in crate::kapacitor) struct Outage {
    state: Mutex<State>,
    /// Held by the one that makes the one more try.
    retry: tokio::sync::Mutex<()>,
    /// Something has changed that the one that speaks waits for.
    activity: Notify,
}

#[derive(Default)]
struct State {
    /// How many tries have failed since the last answer. Requests that were under way together count as one.
    failures: u32,
    /// How often this has changed, by which requests that were under way together are known.
    round: u64,
    last: Option<(Instant, Error)>,
    telling: Telling,
    speaks_for: SpeaksFor,
    under_way: usize,
}

/// Whether the outage is told.
#[derive(Default, PartialEq)]
enum Telling {
    #[default]
    None,
    /// One call waits for the others, to speak for them.
    Waits,
    /// It has spoken.
    HasSpoken,
}

/// The number of failures and answers at a request's start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kapacitor) struct Round(u64);

impl Outage {
    /// The present round, to be kept with a request that starts now.
    pub(crate) fn round(&self) -> Round {
        Round(self.lock().round)
    }

    /// Notes what became of a request that started in `round`.
    pub(crate) fn note<T>(&self, round: Round, result: &Result<T, Error>) {
        match result {
            Err(error) if error.is_of_server() => self.lock().note_failure(round, error),
            _ => {
                if self.lock().note_answer() {
                    self.activity.notify_waiters();
                }
            }
        }
    }

    /// What came of waiting for a server that gave no answer in time, if that was the last failure and nothing was answered
    /// since.
    pub(crate) fn waited_in_vain(&self) -> Option<Option<Stall>> {
        let state = self.lock();
        let (_, error) = state.last.as_ref()?;
        error.is_timeout().then(|| error.stall())
    }

    /// The failure of the last try, if another one would come too soon.
    pub(crate) fn refusal(&self) -> Option<Error> {
        let state = self.lock();
        let (at, error) = state.last.as_ref()?;
        let refused = state.failures >= 2 && at.elapsed() < REST;
        refused.then(|| error.clone().with_share(Share::NotAsked))
    }

    /// Does a read that belongs to no sequence, or shares the failure of another one.
    pub(crate) async fn ask<T>(&self, attempt: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let began = Instant::now();
        if self.lock().failures == 0 {
            return attempt.await;
        }
        if let Some(error) = self.refusal() {
            return Err(error);
        }
        let alone = self.retry.lock().await;
        if let Some(error) = self.failed_since(began) {
            return Err(error.with_share(Share::NotAsked));
        }
        if self.lock().failures == 0 {
            drop(alone);
        }
        attempt.await
    }

    /// The same for one of many reads of a refresh, whose failures are told once.
    pub(crate) async fn ask_among_many<T>(
        &self,
        subject: Subject,
        attempt: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let result = {
            let _under_way = UnderWay::begin(self);
            self.ask(attempt).await
        };
        match result {
            Err(error) if error.is_of_server() => Err(self.told_once(subject, error).await),
            result => result,
        }
    }

    async fn told_once(&self, subject: Subject, error: Error) -> Error {
        if !self.lock().speak(subject) {
            return error.with_share(Share::SpokenFor);
        }
        self.wait_for_the_others().await;
        error.with_share(Share::SpeaksFor(self.lock().has_spoken()))
    }

    async fn wait_for_the_others(&self) {
        loop {
            let mut activity = std::pin::pin!(self.activity.notified());
            activity.as_mut().enable();
            let (is_over, others) = {
                let state = self.lock();
                (state.failures == 0, state.under_way)
            };
            if is_over {
                return;
            }
            if others > 0 {
                activity.await;
            } else if tokio::time::timeout(QUIET, activity).await.is_err() {
                return;
            }
        }
    }

    fn failed_since(&self, began: Instant) -> Option<Error> {
        let state = self.lock();
        let (at, error) = state.last.as_ref()?;
        (*at >= began).then(|| error.clone())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn note_failure(&mut self, round: Round, error: &Error) {
        if round.0 != self.round {
            return;
        }
        if self.failures >= 2 && self.telling == Telling::HasSpoken {
            // The server had time to rest, so that whoever still asks is told again.
            self.telling = Telling::None;
        }
        self.failures += 1;
        self.round += 1;
        self.last = Some((Instant::now(), error.clone()));
    }

    /// Whether this ends an outage.
    fn note_answer(&mut self) -> bool {
        if self.failures == 0 {
            return false;
        }
        self.failures = 0;
        self.round += 1;
        self.last = None;
        self.telling = Telling::None;
        true
    }

    /// Counts a read that failed; whether it is to speak for the others.
    fn speak(&mut self, subject: Subject) -> bool {
        let is_first = self.telling == Telling::None;
        if is_first {
            self.telling = Telling::Waits;
            self.speaks_for = SpeaksFor::default();
        }
        match subject {
            Subject::Rule => self.speaks_for.rules += 1,
            Subject::Task => self.speaks_for.tasks += 1,
            Subject::Endpoint => self.speaks_for.endpoints += 1,
            Subject::Template => self.speaks_for.templates += 1,
            Subject::Handler => self.speaks_for.handlers += 1,
        }
        is_first
    }

    fn has_spoken(&mut self) -> SpeaksFor {
        if self.telling == Telling::Waits {
            self.telling = Telling::HasSpoken;
        }
        self.speaks_for
    }
}

/// A read that is under way, counted until it is dropped.
struct UnderWay<'a>(&'a Outage);

impl<'a> UnderWay<'a> {
    fn begin(outage: &'a Outage) -> Self {
        outage.lock().under_way += 1;
        outage.activity.notify_waiters();
        UnderWay(outage)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.lock().under_way -= 1;
        self.0.activity.notify_waiters();
    }
}
