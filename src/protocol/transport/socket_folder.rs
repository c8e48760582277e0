//! A folder of this process's own for a socket that no other user can reach, and the end of those that others left behind.
//!
//! A process holds a lock on its folder for as long as it lives, however it ends. So a folder without a lock is a dead one's.

use std::fs::{DirBuilder, DirEntry, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// How the name of each folder begins.
const PREFIX: &str = concat!(env!("CARGO_PKG_NAME"), ".");

/// How often to try another name, if somebody else has the folder or took it away.
const TRIES: usize = 16;

/// The folder, which goes with the value.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl SocketFolder {
    /// A new folder below `parent`, and what `open` makes of the path of the socket in it.
    pub(crate) fn with<T>(parent: &Path, open: impl Fn(&Path) -> io::Result<T>) -> io::Result<(Self, T)> {
        let mut last = None;
        for _ in 0..TRIES {
            let path = parent.join(format!("{PREFIX}{:016x}", fastrand::u64(..)));
            match SocketFolder::make(path).and_then(|folder| {
                let opened = open(&folder.socket())?;
                Ok((folder, opened))
            }) {
                // Who clears up took it for a dead one's, before it was locked.
                Err(error) if is_taken(&error) => last = Some(error),
                done => return done,
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
    }

    fn make(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).create(&path)?;
        let lock = File::open(&path)?;
        lock.try_lock()?;
        Ok(SocketFolder { path, _lock: lock })
    }

    /// Where the socket is.
    pub(crate) fn socket(&self) -> PathBuf {
        self.path.join("socket")
    }

    /// Removes the folders beside this one whose processes were killed.
    pub(crate) fn remove_leftovers(&self) {
        let Some((parent, user)) = self.path.parent().zip(self.path.metadata().ok()) else {
            return;
        };
        let Ok(entries) = std::fs::read_dir(parent) else {
            return;
        };
        let is_ours = |entry: &DirEntry| entry.file_name().to_string_lossy().starts_with(PREFIX);
        for entry in entries.flatten().filter(is_ours) {
            remove_if_dead(&entry.path(), user.uid());
        }
    }
}

fn is_taken(error: &io::Error) -> bool {
    use io::ErrorKind::{AlreadyExists, NotFound, WouldBlock};
    matches!(error.kind(), AlreadyExists | NotFound | WouldBlock)
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next process.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// Removes a folder of this user that no process has locked.
fn remove_if_dead(path: &Path, user: u32) {
    // A link may lead anywhere, and what belongs to another user is that user's.
    let is_own = |metadata: Metadata| metadata.is_dir() && metadata.uid() == user;
    if !path.symlink_metadata().is_ok_and(is_own) {
        return;
    }
    let Ok(folder) = File::open(path) else {
        return;
    };
    if folder.try_lock().is_ok() {
        let _ = std::fs::remove_dir_all(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    fn listening(parent: &Path) -> (SocketFolder, UnixListener) {
        SocketFolder::with(parent, |socket| UnixListener::bind(socket)).unwrap()
    }

    fn entries(parent: &Path) -> usize {
        std::fs::read_dir(parent).unwrap().count()
    }

    #[test]
    fn the_folder_goes_with_its_owner() {
        let parent = tempfile::tempdir().unwrap();
        let (folder, _listener) = listening(parent.path());
        UnixStream::connect(folder.socket()).unwrap();
        assert_eq!(entries(parent.path()), 1);
        drop(folder);
        assert_eq!(entries(parent.path()), 0);
    }

    #[test]
    fn what_a_killed_process_left_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let (living, _listener) = listening(parent.path());
        let dead = parent.path().join(format!("{PREFIX}dead"));
        std::fs::create_dir(&dead).unwrap();
        drop(UnixListener::bind(dead.join("socket")).unwrap());
        let kept = ["file", "link"].map(|name| parent.path().join(format!("{PREFIX}{name}")));
        std::fs::write(&kept[0], "").unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), &kept[1]).unwrap();
        let unrelated = parent.path().join("unrelated");
        std::fs::create_dir(&unrelated).unwrap();

        let (mine, _mine) = listening(parent.path());
        mine.remove_leftovers();

        assert!(!dead.exists());
        for path in [&living.path, &mine.path, &kept[0], &kept[1], &unrelated] {
            assert!(path.symlink_metadata().is_ok(), "{path:?} is gone");
        }
    }

    /// Whether another user of this machine finds something.
    fn another_user_finds(path: &Path) -> bool {
        const SOMEBODY: u32 = 65_534;
        let mut look = Command::new("/bin/sh");
        look.args(["-c", "ls -d \"$0\" 2>/dev/null >&2"])
            .arg(path)
            .current_dir("/");
        look.uid(SOMEBODY).status().unwrap().success()
    }

    #[test]
    fn no_other_user_reaches_the_socket() {
        let parent = tempfile::tempdir().unwrap();
        if parent.path().metadata().unwrap().uid() != 0 {
            eprintln!("skipped: only root can act as another user");
            return;
        }
        std::fs::set_permissions(parent.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let (folder, _listener) = listening(parent.path());
        assert!(another_user_finds(&folder.path), "the test's own folder hides it");
        assert!(!another_user_finds(&folder.socket()));
        // So it is the folder's mode that hides the socket.
        std::fs::set_permissions(&folder.path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        assert!(another_user_finds(&folder.socket()));
    }

    #[test]
    fn who_clears_up_takes_nobodys_folder_away() {
        let parent = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let (folder, _listener) = listening(parent.path());
                        folder.remove_leftovers();
                        UnixStream::connect(folder.socket()).unwrap();
                    }
                });
            }
        });
        assert_eq!(entries(parent.path()), 0);
    }
}
