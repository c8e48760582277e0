//! Files in the user's cache folder that one process at a time holds locked. The system gives a lock back however its process
//! ends, so that a lock also shows who lives.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The folder within the user's cache folder.
const FOLDER: &str = "terraform-provider-squadcast";

/// Opens the file with this name, which is made if it is not there. It is not locked yet.
///
/// An error means that there is no safe place for it.
pub(crate) fn open(name: &str) -> io::Result<File> {
    let folder = folder()?;
    make_private(&folder)?;
    let path = checked(&folder, name)?;
    File::options().create(true).truncate(false).write(true).open(path)
}

/// A file that is locked as long as the value lives. It stays, so that others find it without a lock.
#[derive(Debug)]
pub(crate) struct LockedFile {
    _lock: File,
}

impl LockedFile {
    /// Makes and locks a file that nobody else knows of yet.
    pub(crate) fn new(name: &str) -> io::Result<Self> {
        let lock = open(name)?;
        lock.try_lock()?;
        Ok(LockedFile { _lock: lock })
    }
}

/// Whether a [`LockedFile`] of this user on this machine had this name and its process has ended.
pub(crate) fn has_ended(name: &str) -> bool {
    let Ok(file) = folder().and_then(|folder| File::open(checked(&folder, name)?)) else {
        return false;
    };
    file.try_lock().is_ok()
}

/// Takes a file away that nobody needs to find.
pub(crate) fn remove(name: &str) {
    if let Ok(folder) = folder() {
        // An empty file that stays does no harm.
        let _ = fs::remove_file(folder.join(name));
    }
}

fn folder() -> io::Result<PathBuf> {
    let cache = dirs::cache_dir().ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "there is no cache folder"))?;
    Ok(cache.join(FOLDER))
}

/// Where the file is. A link or a pipe in its place is not followed.
fn checked(folder: &Path, name: &str) -> io::Result<PathBuf> {
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Err(io::Error::other(
            "the lock's place is taken by something that is not a file",
        ));
    }
    Ok(path)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locked_file_shows_whether_its_process_lives() {
        let name = format!("a-locked-file-{:016x}", fastrand::u64(..));
        assert!(!has_ended(&name), "there is no such file yet");
        let alive = LockedFile::new(&name).unwrap();
        assert!(!has_ended(&name));
        drop(alive);
        assert!(has_ended(&name));
        remove(&name);
        assert!(!has_ended(&name), "it was removed");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_the_users_alone() {
        use std::os::unix::fs::PermissionsExt;
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("locks");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        make_private(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[cfg(unix)]
    #[test]
    fn no_link_is_followed() {
        use std::os::unix::fs::symlink;
        let outside = tempfile::tempdir().unwrap();
        let elsewhere = outside.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, outside.path().join("locks")).unwrap();
        assert!(make_private(&outside.path().join("locks")).is_err());
        assert!(checked(outside.path(), "locks").is_err());
        assert_eq!(checked(outside.path(), "new").unwrap(), outside.path().join("new"));
    }
}
