//! Writes the files of a configuration, all or none of them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The file that holds the secrets, and which must not be committed.
pub(crate) const SECRETS_FILE: &str = "secrets.auto.tfvars";

/// A file to write.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct File {
    /// Its name in the folder.
    pub name: &'static str,
    /// What stands in it.
    pub content: String,
    /// Whether only its owner may read it.
    pub private: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    /// The folder is not empty.
    #[error("the folder {} is not empty, it has {found:?}: give another one, or --force, which overwrites files of the same names", folder.display())]
    NotEmpty {
        /// The folder.
        folder: PathBuf,
        /// One of the files in it.
        found: String,
    },
    /// The operating system refused.
    #[error("cannot write {}: {source}. No file was written or changed", path.display())]
    Refused {
        /// What could not be written.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

impl WriteError {
    fn refused(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| WriteError::Refused { path, source }
    }
}

/// Looks whether a folder may be written to: it is empty, does not exist, or `force` is given. What begins with a dot, such as
/// `.git`, does not count, but for `.gitignore`.
///
/// # Errors
/// It may not, or cannot be read.
pub(crate) fn check(folder: &Path, force: bool) -> Result<(), WriteError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(WriteError::refused(folder)(error)),
    };
    if force {
        return Ok(());
    }
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(WriteError::refused(folder))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    names.sort();
    let counts = |name: &String| !name.starts_with('.') || name == ".gitignore";
    match names.into_iter().find(counts) {
        Some(found) => Err(WriteError::NotEmpty {
            folder: folder.to_owned(),
            found,
        }),
        None => Ok(()),
    }
}

/// Writes the files into a folder, which is made if it does not exist: all of them, or none.
///
/// Each is written whole under another name first, so that a full disk leaves no file that only looks whole.
///
/// # Errors
/// The folder is not empty and `force` is not given, or the operating system refuses.
pub(crate) fn write(folder: &Path, files: &[File], force: bool) -> Result<(), WriteError> {
    check(folder, force)?;
    let is_new = !folder.exists();
    fs::create_dir_all(folder).map_err(WriteError::refused(folder))?;
    let staged: Vec<Staged> = files.iter().map(|file| Staged::new(folder, file)).collect();
    let written = staged
        .iter()
        .zip(files)
        .try_for_each(|(staged, file)| staged.write(file));
    let placed = written.and_then(|()| place(&staged));
    if placed.is_err() {
        staged.iter().for_each(Staged::remove);
        if is_new {
            // Folders above it that are new too stay, and are empty.
            let _ = fs::remove_dir(folder);
        }
    }
    placed
}

/// A file that is written under another name, and then put in its place.
struct Staged {
    path: PathBuf,
    /// What is written to.
    part: PathBuf,
    /// Where a file that is there already is kept until all is done.
    former: PathBuf,
}

impl Staged {
    fn new(folder: &Path, file: &File) -> Self {
        let hidden = |end: &str| folder.join(format!(".{}.{}.{end}", file.name, std::process::id()));
        Staged {
            path: folder.join(file.name),
            part: hidden("part"),
            former: hidden("former"),
        }
    }

    fn write(&self, file: &File) -> Result<(), WriteError> {
        let write = || {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if file.private {
                use std::os::unix::fs::OpenOptionsExt as _;
                options.mode(0o600);
            }
            let mut part = options.open(&self.part)?;
            part.write_all(file.content.as_bytes())?;
            part.sync_all()
        };
        write().map_err(WriteError::refused(&self.path))
    }

    fn place(&self) -> io::Result<()> {
        if self.path.is_file() {
            fs::rename(&self.path, &self.former)?;
        }
        fs::rename(&self.part, &self.path)
    }

    fn take_back(&self) {
        // What was in its place was put aside; what was not there is not there again.
        let _ = fs::remove_file(&self.path);
        let _ = fs::rename(&self.former, &self.path);
    }

    fn remove(&self) {
        // What was not written yet, or is in its place, is not there.
        let _ = fs::remove_file(&self.part);
    }
}

fn place(staged: &[Staged]) -> Result<(), WriteError> {
    for (count, one) in staged.iter().enumerate() {
        if let Err(error) = one.place() {
            let _ = fs::rename(&one.former, &one.path);
            staged[..count].iter().rev().for_each(Staged::take_back);
            return Err(WriteError::refused(&one.path)(error));
        }
    }
    for one in staged {
        let _ = fs::remove_file(&one.former);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &'static str, private: bool) -> File {
        File {
            name,
            content: format!("# {name}\n"),
            private,
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new");
        write(&folder, &[file("a.tf", false), file("s.tfvars", true)], false).unwrap();
        assert_eq!(names(&folder), ["a.tf", "s.tfvars"]);
        assert_eq!(fs::read_to_string(folder.join("a.tf")).unwrap(), "# a.tf\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.join("s.tfvars")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_that_is_not_empty_is_written_to_only_by_force() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(".git")).unwrap();
        check(folder.path(), false).unwrap();
        fs::write(folder.path().join("b.tf"), "mine").unwrap();
        let files = [file("a.tf", false), file("b.tf", false)];
        let error = write(folder.path(), &files, false).unwrap_err();
        assert!(
            matches!(&error, WriteError::NotEmpty { found, .. } if found == "b.tf"),
            "{error}"
        );
        assert_eq!(names(folder.path()), [".git", "b.tf"]);
        write(folder.path(), &files, true).unwrap();
        assert_eq!(names(folder.path()), [".git", "a.tf", "b.tf"]);
        assert_eq!(fs::read_to_string(folder.path().join("b.tf")).unwrap(), "# b.tf\n");
    }

    #[test]
    fn a_failure_leaves_the_folder_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let new = folder.path().join("new");
        let error = write(&new, &[file("a.tf", false), file("no/such/folder.tf", false)], false).unwrap_err();
        assert!(matches!(error, WriteError::Refused { .. }), "{error}");
        assert!(!new.exists());

        // The last one cannot be put in its place, when the others are there already.
        let used = folder.path().join("used");
        fs::create_dir_all(used.join("c.tf/in the way")).unwrap();
        fs::write(used.join("b.tf"), "mine").unwrap();
        let files = [file("a.tf", false), file("b.tf", false), file("c.tf", false)];
        let error = write(&used, &files, true).unwrap_err();
        assert!(error.to_string().contains("c.tf"), "{error}");
        assert_eq!(names(&used), ["b.tf", "c.tf"]);
        assert_eq!(fs::read_to_string(used.join("b.tf")).unwrap(), "mine");
    }

    #[test]
    fn a_file_is_no_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(matches!(check(&path, true).unwrap_err(), WriteError::Refused { .. }));
    }
}
