//! One write at a time among the processes of one user on one machine, for a Kapacitor that has no lease.
//!
//! Nothing keeps two machines apart.

use std::fs::{File, TryLockError};
use std::io;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::writing::turn::Waiting;
use crate::lock_files;

/// The pause between two tries.
const TRY_EVERY: Duration = Duration::from_millis(50);

/// Who has the lock, as far as can be told.
const OTHER: &str = "another process of this user on this machine";

/// The right to write to one server, which no other process of this user has meanwhile. It ends when this is dropped.
#[derive(Debug)]
pub(in crate::kapacitor) struct ProcessLock {
    _file: File,
}

impl ProcessLock {
    /// Waits for the right to write to the server with this key.
    ///
    /// `None` if there is no safe place for the file or the file system knows no locks: better a write that only this process
    /// keeps in order than none.
    pub(crate) async fn wait_for(client: &Client, key: &str, wait: Duration) -> Result<Option<Self>, Error> {
        let file = match lock_files::open(&file_name(key)) {
            Ok(file) => file,
            Err(error) => return Ok(without(&error)),
        };
        let mut waiting = Waiting::new("the right to write", wait);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(ProcessLock { _file: file })),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Ok(without(&error)),
            }
            waiting.pause(client, OTHER, TRY_EVERY).await?;
        }
    }
}

fn without(error: &io::Error) -> Option<ProcessLock> {
    tracing::warn!("writes are kept in order within this process only: {error}");
    None
}

/// The key may be a URL with a name of a host that is nobody's business.
fn file_name(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let start: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    start + ".lock"
}

#[cfg(test)]
mod tests {
    use super::{file_name, ProcessLock};
    use crate::kapacitor::client::Client;
    use crate::kapacitor::config::{ClientConfig, KapacitorAuth};
    use crate::kapacitor::error::ErrorKind;
    use crate::lock_files;
    use std::time::Duration;

    #[tokio::test]
    async fn a_wait_for_another_process_comes_to_an_end_that_says_so() {
        let key = "http://a-wait-for-another-process";
        let other = lock_files::open(&file_name(key)).unwrap();
        other.lock().unwrap();
        let client = Client::new(ClientConfig::direct("http://127.0.0.1:9", KapacitorAuth::None)).unwrap();
        let error = ProcessLock::wait_for(&client, key, Duration::ZERO).await.unwrap_err();
        let held = matches!(error.kind(), ErrorKind::LeaseHeld { holder, .. } if holder.contains("another process"));
        assert!(held, "{error}");
        drop(other);
        let lock = ProcessLock::wait_for(&client, key, Duration::ZERO).await.unwrap();
        assert!(lock.is_some());
    }
}
