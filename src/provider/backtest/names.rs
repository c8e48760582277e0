//! The names of what a back-test makes on the server, by which what was left behind is found.

use crate::kapacitor::models::ListTasks;
use crate::kapacitor::{Client, Error};
use crate::lock_files;
use std::collections::BTreeSet;
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const PREFIX: &str = "squadcast-backtest-";

/// What there is on the server, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Made {
    /// Tasks.
    pub tasks: Vec<String>,
    /// Recordings.
    pub recordings: Vec<String>,
    /// Replays.
    pub replays: Vec<String>,
    /// Topics.
    pub topics: Vec<String>,
}

/// Names for what the back-tests of this process make.
#[derive(Debug)]
pub(crate) struct Names {
    process: String,
    /// Tells other processes of this user on this machine that this one lives. Without it they wait for the time in the name.
    alive: OnceLock<Option<File>>,
    /// How many runs have not taken everything away again.
    unfinished: AtomicUsize,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            process: format!("{:016x}", fastrand::u64(..)),
            alive: OnceLock::new(),
            unfinished: AtomicUsize::new(0),
        }
    }
}

impl Names {
    /// A new name. It holds the second from which whoever finds it may take it for left behind: a run gives up after `timeout`,
    /// and takes as long again at most for its end. And it holds the process, so that others of the machine need not wait.
    pub(super) fn make(&self, timeout: Duration) -> String {
        let alive = || lock_files::locked(&lock_name(&self.process)).ok();
        self.alive.get_or_init(alive);
        self.unfinished.fetch_add(1, Ordering::Relaxed);
        let until = now() + timeout.saturating_mul(2);
        let (process, run) = (&self.process, fastrand::u64(..));
        format!("{PREFIX}{}-{process}-{run:016x}", until.as_secs())
    }

    /// Notes that nothing is left of one run.
    pub(super) fn finished(&self) {
        self.unfinished.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        let nothing_is_left = *self.unfinished.get_mut() == 0;
        if nothing_is_left && self.alive.take().flatten().is_some() {
            lock_files::remove(&lock_name(&self.process));
        }
    }
}

fn lock_name(process: &str) -> String {
    format!("backtest-{process}.lock")
}

/// Deletes what runs that are gone have left.
pub(super) async fn delete_leftovers(client: &Client) -> Result<(), Error> {
    let left = left_behind(client).await?;
    if left == Made::default() {
        return Ok(());
    }
    tracing::info!("deleting what a back-test that was killed has left: {left:?}");
    let ids = [&left.tasks, &left.recordings, &left.replays, &left.topics]
        .into_iter()
        .flatten();
    let locks: BTreeSet<String> = ids.filter_map(|id| Some(lock_name(Parts::of(id)?.process?))).collect();
    delete(client, left).await?;
    locks.iter().for_each(|lock| lock_files::remove(lock));
    Ok(())
}

async fn left_behind(client: &Client) -> Result<Made, Error> {
    let pattern = format!("{PREFIX}*");
    let tasks = ListTasks {
        pattern: Some(pattern.clone()),
        ..ListTasks::default()
    };
    let topics = client.topics().list(&pattern).await?;
    let old = |ids: Vec<String>| ids.into_iter().filter(|id| is_old(id, now())).collect();
    Ok(Made {
        tasks: old(client.tasks().list_ids(&tasks).await?),
        recordings: old(client.replays().recording_ids(&pattern).await?),
        replays: old(client.replays().replay_ids(&pattern).await?),
        topics: old(topics.into_iter().map(|topic| topic.id).collect()),
    })
}

/// Deletes all of it, as far as that works; the first error is the result.
pub(super) async fn delete(client: &Client, made: Made) -> Result<(), Error> {
    if made == Made::default() {
        return Ok(());
    }
    let mut writes = client.writes_to_go_on().await?;
    let mut first = Ok(());
    for id in &made.replays {
        first = first.and(writes.delete_replay(id).await);
    }
    for id in &made.tasks {
        first = first.and(writes.delete_task(id).await);
    }
    for id in &made.recordings {
        first = first.and(writes.delete_recording(id).await);
    }
    for topic in &made.topics {
        first = first.and(writes.delete_topic(topic).await);
    }
    first
}

/// What a name of ours says.
struct Parts<'a> {
    /// The second from which on it is left behind.
    until: u64,
    /// The process that it is of. Anybody can name a task so, and what is not a number may lead to another file.
    process: Option<&'a str>,
}

impl<'a> Parts<'a> {
    fn of(id: &'a str) -> Option<Self> {
        let mut parts = id.strip_prefix(PREFIX)?.split('-');
        let until = parts.next()?.parse().ok()?;
        let is_number = |process: &&str| process.len() == 16 && process.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Parts {
            until,
            process: parts.next().filter(is_number),
        })
    }
}

fn is_old(id: &str, now: Duration) -> bool {
    let Some(Parts { until, process }) = Parts::of(id) else {
        return false;
    };
    until < now.as_secs() || process.is_some_and(|process| lock_files::has_ended(&lock_name(process)))
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_from_when_on_it_is_left_behind() {
        let names = Names::default();
        let name = names.make(Duration::from_secs(30));
        assert!(!is_old(&name, now()) && !is_old(&format!("{name}-1"), now() + Duration::from_secs(59)));
        assert!(is_old(&format!("{name}-1"), now() + Duration::from_secs(62)));
        assert!(!is_old("squadcast-backtest-mine", now()) && !is_old("other-1-2", now()));
    }

    #[test]
    fn what_a_process_of_this_user_has_left_is_known_as_soon_as_it_has_ended() {
        let names = Names::default();
        let (left, _finished) = (names.make(Duration::from_secs(30)), names.make(Duration::from_secs(30)));
        names.finished();
        let id = format!("{left}-data");
        assert!(!is_old(&id, now()), "the process lives");
        drop(names);
        assert!(is_old(&id, now()));
        lock_files::remove(&lock_name(Parts::of(&id).unwrap().process.unwrap()));
        assert!(!is_old(&id, now()), "it may be another machine's");
    }

    #[test]
    fn who_leaves_nothing_leaves_no_file_either() {
        let names = Names::default();
        names.make(Duration::from_secs(30));
        names.finished();
        let lock = lock_name(&names.process);
        drop(names);
        assert!(!lock_files::has_ended(&lock));
    }

    #[test]
    fn a_name_that_leads_to_another_file_is_of_no_process() {
        let process = |id: &str| Parts::of(id).and_then(|parts| Some(parts.process?.to_owned()));
        assert_eq!(
            process("squadcast-backtest-1-0123456789abcdef-1").as_deref(),
            Some("0123456789abcdef")
        );
        assert_eq!(process("squadcast-backtest-1-../0123456789abc-1"), None);
        assert_eq!(process("squadcast-backtest-1"), None);
    }
}
