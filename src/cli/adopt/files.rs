//! Writes the files of a configuration, all or none of them.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// A file to write.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Its name in the folder.
    pub name: &'static str,
    /// What stands in it.
    pub content: String,
    /// Whether only its owner may read it.
    pub private: bool,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The folder has files already.
    #[error("{} is there already, and adopt overwrites nothing: give another folder, or --force", .0.display())]
    Exists(PathBuf),
    /// The operating system refused.
    #[error("cannot write {}: {source}. No file was changed", path.display())]
    Refused {
        /// What could not be written.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The operating system refused when some files had been put in place.
    #[error("cannot put {} in its place: {source}. Some of the other files have been written: run the command again with --force", path.display())]
    Partial {
        /// What could not be written.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
}

/// Writes the files into a folder, which is made if it does not exist.
///
/// Each file is written whole under another name first, so that a full disk leaves no file that only looks whole.
///
/// # Errors
/// A file is there already and `force` is not given, or the operating system refuses.
pub fn write(folder: &Path, files: &[File], force: bool) -> Result<(), WriteError> {
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError::Refused { path, source }
    };
    if !force {
        if let Some(file) = files.iter().find(|file| folder.join(file.name).exists()) {
            return Err(WriteError::Exists(folder.join(file.name)));
        }
    }
    fs::create_dir_all(folder).map_err(refused(folder))?;
    let staged: Vec<(PathBuf, PathBuf)> = files
        .iter()
        .map(|file| {
            let staged = format!(".{}.{}.part", file.name, std::process::id());
            (folder.join(staged), folder.join(file.name))
        })
        .collect();
    for (file, (staged_path, path)) in files.iter().zip(&staged) {
        if let Err(source) = stage(staged_path, file) {
            remove(&staged);
            return Err(WriteError::Refused {
                path: path.clone(),
                source,
            });
        }
    }
    for (staged_path, path) in &staged {
        if let Err(source) = fs::rename(staged_path, path) {
            remove(&staged);
            return Err(WriteError::Partial {
                path: path.clone(),
                source,
            });
        }
    }
    Ok(())
}

fn stage(path: &Path, file: &File) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if file.private {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut staged = options.open(path)?;
    staged.write_all(file.content.as_bytes())?;
    staged.sync_all()
}

fn remove(staged: &[(PathBuf, PathBuf)]) {
    for (path, _) in staged {
        // What was not staged yet, or is in its place, is not there.
        let _ = fs::remove_file(path);
    }
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
    fn a_file_that_is_there_is_overwritten_only_by_force() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("b.tf"), "mine").unwrap();
        let files = [file("a.tf", false), file("b.tf", false)];
        let error = write(folder.path(), &files, false).unwrap_err();
        assert!(matches!(error, WriteError::Exists(_)), "{error}");
        assert_eq!(names(folder.path()), ["b.tf"]);
        write(folder.path(), &files, true).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("b.tf")).unwrap(), "# b.tf\n");
    }

    #[test]
    fn a_failure_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = [file("a.tf", false), file("no/such/folder.tf", false)];
        let error = write(folder.path(), &files, false).unwrap_err();
        assert!(matches!(error, WriteError::Refused { .. }), "{error}");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
