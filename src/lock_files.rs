//! Files in the user's cache folder that one process at a time holds locked. The system gives a lock back however its process
//! ends, so that a lock also shows who lives.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The folder within the user's cache folder.
const FOLDER: &str = "terraform-provider-squadcast";

/// Opens the file with this name, which is made if it is not there. It is not locked yet.
///
/// An error means that it has no safe place.
pub(crate) fn open(name: &str) -> io::Result<File> {
    open_in(&folder()?, name)
}

/// A file that nobody else knows of yet, locked as long as it is open. It stays, so that others find it without a lock.
pub(crate) fn locked(name: &str) -> io::Result<File> {
    let file = open(name)?;
    file.try_lock()?;
    Ok(file)
}

/// Whether the file is there, and its process has ended: nobody holds it [`locked`].
pub(crate) fn has_ended(name: &str) -> bool {
    let Ok(file) = folder().and_then(|folder| File::open(place(&folder, name)?)) else {
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

/// The same in a folder that only this user can write to.
fn open_in(folder: &Path, name: &str) -> io::Result<File> {
    make_private(folder)?;
    let path = place(folder, name)?;
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Where the file is. A link or a pipe there is not followed.
fn place(folder: &Path, name: &str) -> io::Result<PathBuf> {
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
        let alive = locked(&name).unwrap();
        assert!(!has_ended(&name));
        drop(alive);
        assert!(has_ended(&name));
        remove(&name);
        assert!(!has_ended(&name), "it was removed");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_is_the_users_alone_and_a_link_in_the_files_place_is_not_followed() {
        use std::os::unix::fs::{symlink, PermissionsExt};
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("locks");
        fs::create_dir(&folder).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        open_in(&folder, "a").unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);

        let target = outside.path().join("target");
        symlink(&target, folder.join("b")).unwrap();
        assert!(open_in(&folder, "b").is_err());
        assert!(!target.exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_is_a_link_is_not_used() {
        let outside = tempfile::tempdir().unwrap();
        let elsewhere = outside.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, outside.path().join("locks")).unwrap();
        assert!(open_in(&outside.path().join("locks"), "a").is_err());
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
    }
}
