//! What an import remembers between runs: how far each file is acknowledged and what was rejected so
//! far. Kept inside the data directory, so that it goes when the data go. A finished file is forgotten:
//! importing it again updates its events.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use serde::{Deserialize, Serialize};

use super::lines::Position;

/// Rejections that are listed one by one; more are only counted.
pub(super) const REJECTIONS_LISTED_MAX: usize = 10_000;

/// One record that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RejectedLine {
    /// The line at which it begins, from 1.
    pub line: u64,
    /// Its id, when it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<String>,
    /// Why, naming the field.
    pub error: String,
}

/// What has become of a file so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileProgress {
    /// Everything before it is acknowledged.
    pub position: Position,
    /// Records read.
    pub records: u64,
    /// New events.
    pub accepted: u64,
    /// Events that replaced one with the same id.
    pub updated: u64,
    /// Records that were not taken.
    pub rejected: u64,
    /// The first [`REJECTIONS_LISTED_MAX`] of them.
    pub rejections: Vec<RejectedLine>,
}

impl FileProgress {
    /// Adds a record that was not taken.
    pub(super) fn reject(&mut self, rejection: RejectedLine) {
        self.rejected += 1;
        if self.rejections.len() < REJECTIONS_LISTED_MAX {
            self.rejections.push(rejection);
        }
    }
}

/// Where the progress of one file is kept.
pub(super) struct Bookmark {
    path: PathBuf,
    key: Key,
}

/// A file that has been changed is another file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    path: PathBuf,
    bytes: u64,
    modified_ns: u128,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    key: Key,
    progress: FileProgress,
}

impl Bookmark {
    /// The bookmark of `file` in `folder`, which is created when there is something to keep.
    ///
    /// # Errors
    /// When the file cannot be looked at.
    pub(super) fn of(folder: &Path, file: &Path) -> io::Result<Self> {
        let path = fs::canonicalize(file)?;
        let about = fs::metadata(&path)?;
        let modified = about.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        // Deterministic and without meaning: the key inside the file decides.
        let name = path.to_string_lossy().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Ok(Self {
            path: folder.join(format!("{name:016x}.json")),
            key: Key { path, bytes: about.len(), modified_ns: modified.as_nanos() },
        })
    }

    /// What was done with exactly this file before; nothing when it is new or has changed.
    pub(super) fn load(&self) -> FileProgress {
        let stored = fs::read(&self.path).ok().and_then(|text| serde_json::from_slice::<Stored>(&text).ok());
        stored.filter(|stored| stored.key == self.key).map(|stored| stored.progress).unwrap_or_default()
    }

    /// Keeps the progress, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn save(&self, progress: &FileProgress) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let stored = Stored { key: self.key.clone(), progress: progress.clone() };
        let scratch = self.path.with_extension("tmp");
        fs::write(&scratch, serde_json::to_vec(&stored).map_err(io::Error::other)?)?;
        fs::rename(&scratch, &self.path)
    }

    /// Forgets it: the file is done.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub(super) fn forget(&self) -> io::Result<()> {
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
