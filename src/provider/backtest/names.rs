//! The names of what a back-test makes on the server, by which what was left behind is found.

use crate::kapacitor::models::ListTasks;
use crate::kapacitor::{Client, Error};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::LazyLock;
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

/// A new name. It holds the second from which whoever finds it may take it for left behind: a run gives up after `timeout`, and
/// takes as long again at most for its end. And it holds the process, so that others of the same machine need not wait.
pub(super) fn new(timeout: Duration) -> String {
    let until = now() + timeout.saturating_mul(2);
    let (machine, process, random) = (&*MACHINE, std::process::id(), fastrand::u64(..));
    format!("{PREFIX}{}-{machine}.{process}-{random:016x}", until.as_secs())
}

/// Stands for the processes that this one can see: the machine since it was started, and the container. Empty if that cannot be
/// known, as elsewhere than on Linux.
static MACHINE: LazyLock<String> = LazyLock::new(|| {
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    let namespace = std::fs::read_link("/proc/self/ns/pid");
    let (Ok(boot), Ok(namespace)) = (boot, namespace) else {
        return String::new();
    };
    let digest = Sha256::digest(format!("{boot} {}", namespace.display()));
    digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
});

/// What runs that are gone have left.
pub(super) async fn left_behind(client: &Client) -> Result<Made, Error> {
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

fn is_old(id: &str, now: Duration) -> bool {
    let mut parts = id.strip_prefix(PREFIX).unwrap_or_default().split('-');
    let until = parts.next().and_then(|until| until.parse::<u64>().ok());
    let owner = parts.next().and_then(|owner| owner.split_once('.'));
    let Some(until) = until else { return false };
    until < now.as_secs() || owner.is_some_and(|(machine, process)| is_gone(machine, process))
}

/// Whether the process was one of this machine, and has ended.
fn is_gone(machine: &str, process: &str) -> bool {
    let is_ours = !machine.is_empty() && machine == *MACHINE;
    is_ours && process.parse::<u32>().is_ok() && has_ended(process)
}

/// Whether there is no such process, or only what is left of it until its parent takes note.
fn has_ended(process: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(process).join("stat"));
    // The name of the program, which may hold anything, stands in parentheses before the state.
    let state = stat
        .ok()
        .and_then(|stat| stat.rsplit_once(')')?.1.trim_start().chars().next());
    state.is_none_or(|state| matches!(state, 'Z' | 'X'))
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_from_when_on_it_is_left_behind() {
        let name = new(Duration::from_secs(30));
        assert!(!is_old(&name, now()) && !is_old(&format!("{name}-1"), now() + Duration::from_secs(59)));
        assert!(is_old(&format!("{name}-1"), now() + Duration::from_secs(62)));
        assert!(!is_old("squadcast-backtest-mine", now()) && !is_old("other-1-2", now()));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_process_of_this_machine_has_left_is_known_at_once() {
        let until = now().as_secs() + 60;
        let name = |machine: &str, process: u32| format!("{PREFIX}{until}-{machine}.{process}-0000");
        // No process has this number: it is beyond what Linux gives.
        let nobody = u32::MAX;
        assert!(is_old(&name(&MACHINE, nobody), now()));
        assert!(!is_old(&name(&MACHINE, std::process::id()), now()));
        assert!(!is_old(&name("00000000", nobody), now()) && !is_old(&name("", nobody), now()));
    }
}
