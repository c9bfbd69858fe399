//! Pictures that are kept to be shown again: files in a folder of ours, of a bounded size. What is in it
//! may be deleted at any time; the pictures used longest ago go first. Never fetches or makes a picture.

use std::{
    fs::{self, File, FileTimes},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use eps_domain::{Clock, Error, Result, clip::MediaFile};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

/// A folder of pictures.
pub(crate) struct PictureFolder {
    folder: PathBuf,
    bytes_max: u64,
    clock: Arc<dyn Clock>,
}

impl PictureFolder {
    /// Opens the folder, and makes it where it is missing.
    ///
    /// # Errors
    /// `Internal` when it cannot be made.
    pub(crate) fn open(folder: PathBuf, bytes_max: u64, clock: Arc<dyn Clock>) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(|e| {
            Error::internal(format!("no folder for pictures at {}", folder.display())).caused_by(e)
        })?;
        Ok(Self { folder, bytes_max, clock })
    }

    /// The most bytes that are kept.
    pub(crate) fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// Opens a picture of the folder and marks it as used. Without marks the order of removal is that
    /// of making, which is good enough. What is empty is no picture.
    pub(crate) fn kept(&self, name: &str, content_type: &'static str) -> Option<MediaFile> {
        let file = File::options().read(true).write(true).open(self.folder.join(name)).ok()?;
        // The time of change stays: it is part of the mark by which players know a picture again.
        let _ = file.set_times(FileTimes::new().set_accessed(self.clock.now().into()));
        media_file(file, content_type).ok().filter(|picture| picture.bytes > 0)
    }

    /// Removes a picture, if it is there. Whoever is reading it may read on.
    pub(crate) fn remove(&self, name: &str) {
        match fs::remove_file(self.folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(%error, "a picture that is kept could not be removed");
            }
            _ => {}
        }
    }

    /// Puts a picture into the folder, whole or not at all, and makes room. What it was made of changed at
    /// `modified`, where that is its own time of change.
    pub(crate) fn keep(&self, name: &str, picture: &[u8], modified: Option<Timestamp>) -> io::Result<()> {
        let mut file = self.begin()?;
        file.write_all(picture)?;
        if let Some(modified) = modified {
            file.as_file().set_times(FileTimes::new().set_modified(modified.into()))?;
        }
        self.finish(file, name)
    }

    /// A file that becomes a picture of the folder when it is whole.
    pub(crate) fn begin(&self) -> io::Result<NamedTempFile> {
        NamedTempFile::new_in(&self.folder)
    }

    /// Gives a whole picture its name and makes room.
    pub(crate) fn finish(&self, file: NamedTempFile, name: &str) -> io::Result<()> {
        let path = self.folder.join(name);
        file.as_file().set_times(FileTimes::new().set_accessed(self.clock.now().into()))?;
        file.persist(&path).map_err(|e| e.error)?;
        self.make_room(&path)
    }

    /// Removes the pictures used longest ago until the folder is small enough; never the newest one.
    fn make_room(&self, newest: &Path) -> io::Result<()> {
        let mut pictures = Vec::new();
        let mut bytes = 0;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_file() {
                bytes += metadata.len();
                pictures.push((metadata.accessed()?, metadata.len(), entry.path()));
            }
        }
        pictures.sort_unstable();
        for (_, length, path) in pictures {
            if bytes <= self.bytes_max {
                break;
            }
            if path != newest {
                fs::remove_file(&path)?;
                bytes -= length;
            }
        }
        Ok(())
    }
}

/// A file name that no two lists of parts share.
pub(crate) fn name(parts: &[&[u8]], ending: &str) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("{}.{ending}", hex::encode(&hash.finalize()[..16]))
}

/// An open file as a picture.
pub(crate) fn media_file(file: File, content_type: &'static str) -> io::Result<MediaFile> {
    let metadata = file.metadata()?;
    let modified = Timestamp::try_from(metadata.modified()?).map_err(io::Error::other)?;
    Ok(MediaFile { bytes: metadata.len(), file, content_type, modified })
}
