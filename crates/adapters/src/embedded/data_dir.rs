//! The folder that the embedded stores keep their files in, held by one process at a time.
//!
//! It must never be opened without its lock: two writers of one folder would each believe their own
//! copy of what is derived from it.

use std::{
    fs::{DirBuilder, File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use eps_domain::{Error, ErrorKind, Result};

const LOCK_FILE: &str = "lock";

/// An opened and locked folder. The lock is let go when the last clone of it is dropped; every store
/// keeps one.
#[derive(Debug, Clone)]
pub struct DataDir {
    path: Arc<Path>,
    _lock: Arc<File>,
}

impl DataDir {
    /// Creates the folder, for its owner alone, when it is missing, and locks it.
    ///
    /// # Errors
    /// `Conflict` with code `DATA_DIR_IN_USE` when another process, or another opening in this one,
    /// holds it; `Internal` with code `DATA_DIR_UNUSABLE` when it cannot be created or written.
    pub fn open(path: &Path) -> Result<Self> {
        let unusable = |error: io::Error| {
            let message = format!("the data directory `{}` cannot be used: {error}", path.display());
            Error::new(ErrorKind::Internal, "DATA_DIR_UNUSABLE", message).caused_by(error)
        };
        create(path).map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(path.join(LOCK_FILE))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.into(), _lock: Arc::new(lock) }),
            Err(TryLockError::WouldBlock) => {
                let message = format!("the data directory `{}` is in use", path.display());
                Err(Error::new(ErrorKind::Conflict, "DATA_DIR_IN_USE", message))
            }
            Err(TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file or folder within it.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

fn create(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_held_until_the_last_clone_is_dropped() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let first = DataDir::open(&path).unwrap();
        let clone = first.clone();
        drop(first);
        let error = DataDir::open(&path).unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::Conflict, "DATA_DIR_IN_USE"));
        drop(clone);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn a_path_that_cannot_be_a_folder_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = DataDir::open(file.path()).unwrap_err();
        assert_eq!(error.code, "DATA_DIR_UNUSABLE");
        assert!(error.message.contains(&file.path().display().to_string()));
    }
}
