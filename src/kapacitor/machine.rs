//! One write at a time from everybody on this machine who runs Terraform as the same user.
//!
//! Two providers of one configuration that lead to the same Kapacitor are two processes, as are two applies, and Kapacitor
//! does not care which process its clients are. So the right to write is also a lock on a file, in the user's cache folder,
//! whose modification time says when the last start ended. The kernel gives the lock back where a process dies. Nothing
//! keeps two machines apart: that takes a Terraform backend that locks the state.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use sha2::{Digest, Sha256};

/// The folder within the user's cache folder.
const FOLDER: &str = "terraform-provider-squadcast";

/// The right to write to one server, which no other process of this user has meanwhile. It ends when this is dropped.
#[derive(Debug)]
pub(super) struct MachineLock(File);

impl MachineLock {
    /// Waits for the right to write to the server with this key.
    ///
    /// `None` where there is no folder for the file or the file system knows no locks: better a write that only this process
    /// keeps in order than none.
    pub async fn wait_for(key: &str) -> Option<Self> {
        let name = file_name(key);
        let locked = tokio::task::spawn_blocking(move || lock(&name)).await;
        match locked {
            Ok(Ok(file)) => Some(MachineLock(file)),
            Ok(Err(error)) => {
                tracing::info!("writes are kept in order within this process only: {error}");
                None
            }
            Err(_) => None,
        }
    }

    /// How long ago the last start ended, be it this process's or another's.
    pub fn since_last_start(&self) -> Option<Duration> {
        self.0.metadata().ok()?.modified().ok()?.elapsed().ok()
    }

    /// Notes that a start has just ended.
    pub fn note_start(&self) {
        if let Err(error) = self.0.set_modified(SystemTime::now()) {
            tracing::info!("other processes cannot see that a task was started: {error}");
        }
    }
}

fn lock(name: &str) -> io::Result<File> {
    let folder = folder().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no cache folder"))?;
    fs::create_dir_all(&folder)?;
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(name))?;
    file.lock()?;
    Ok(file)
}

fn folder() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join(FOLDER))
}

/// The key may be a URL with a name of a host that is nobody's business.
fn file_name(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let start: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    start + ".lock"
}
