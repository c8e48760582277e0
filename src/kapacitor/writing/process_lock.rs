//! One write at a time among the processes of one user on one machine, for a Kapacitor that has no lease.
//!
//! The lock is that of a file in the user's cache folder. The kernel gives it back where a process dies. Nothing keeps two
//! machines apart.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::writing::waiting::Waiting;

/// The folder within the user's cache folder.
const FOLDER: &str = "terraform-provider-squadcast";

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
        let file = match cache_folder().and_then(|folder| open(&folder, &file_name(key))) {
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

fn cache_folder() -> io::Result<PathBuf> {
    let cache = dirs::cache_dir().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no cache folder"))?;
    Ok(cache.join(FOLDER))
}

/// Opens the file in a folder that only this user can write to. A link or a pipe in its place is not followed.
fn open(folder: &Path, name: &str) -> io::Result<File> {
    make_private(folder)?;
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(
            "the lock's place is taken by something that is not a file",
        ));
    }
    File::options().create(true).truncate(false).write(true).open(path)
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    if !fs::symlink_metadata(folder)?.is_dir() {
        return Err(io::Error::other("the lock's folder is a link"));
    }
    // An older version made the folder with the user's usual mode. This fails where it belongs to somebody else.
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// The key may be a URL with a name of a host that is nobody's business.
fn file_name(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let start: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    start + ".lock"
}

#[cfg(all(test, unix))]
mod tests {
    use super::{cache_folder, file_name, open, ProcessLock};
    use crate::kapacitor::client::Client;
    use crate::kapacitor::config::{ClientConfig, KapacitorAuth};
    use crate::kapacitor::error::ErrorKind;
    use std::fs;
    use std::os::unix::fs::{symlink, PermissionsExt};
    use std::time::Duration;

    #[test]
    fn the_folder_is_the_users_alone_and_a_link_in_the_files_place_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("locks");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        open(&folder, "a").unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);

        let target = outside.path().join("target");
        symlink(&target, folder.join("b")).unwrap();
        assert!(open(&folder, "b").is_err());
        assert!(!target.exists());
    }

    #[tokio::test]
    async fn a_wait_for_another_process_comes_to_an_end_that_says_so() {
        let key = "http://a-wait-for-another-process";
        let other = open(&cache_folder().unwrap(), &file_name(key)).unwrap();
        other.lock().unwrap();
        let client = Client::new(ClientConfig::direct("http://127.0.0.1:9", KapacitorAuth::None)).unwrap();
        let error = ProcessLock::wait_for(&client, key, Duration::ZERO).await.unwrap_err();
        let held = matches!(error.kind(), ErrorKind::LeaseHeld { holder, .. } if holder.contains("another process"));
        assert!(held, "{error}");
        drop(other);
        let lock = ProcessLock::wait_for(&client, key, Duration::ZERO).await.unwrap();
        assert!(lock.is_some());
    }

    #[test]
    fn a_folder_that_is_a_link_is_not_used() {
        let outside = tempfile::tempdir().unwrap();
        let elsewhere = outside.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, outside.path().join("locks")).unwrap();
        assert!(open(&outside.path().join("locks"), "a").is_err());
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }
}
