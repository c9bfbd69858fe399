//! What a feed must remember over a restart, in a small file of the data directory: how far it has read,
//! and under which name the broker keeps its session. Losing a file costs time, never an event.

use std::{
    io,
    path::{Path, PathBuf},
};

use eps_domain::{Error, Result};
use serde::{Serialize, de::DeserializeOwned};

/// The largest file that is believed to be ours.
const BYTES_MAX: u64 = 4 * 1024 * 1024;

/// The file of one feed.
#[derive(Debug)]
pub(super) struct MarksFile(PathBuf);

impl MarksFile {
    /// In a folder that exists.
    pub(super) fn new(folder: &Path, feed: &str) -> Self {
        Self(folder.join(format!("{feed}.json")))
    }

    /// What was remembered; nothing when there is no file or it is damaged.
    pub(super) fn read<T: DeserializeOwned + Default>(&self) -> T {
        let text = match std::fs::metadata(&self.0) {
            Ok(found) if found.len() <= BYTES_MAX => std::fs::read(&self.0),
            Ok(_) => Err(io::ErrorKind::InvalidData.into()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return T::default(),
            Err(error) => Err(error),
        };
        let read = text.and_then(|text| serde_json::from_slice(&text).map_err(io::Error::other));
        read.unwrap_or_else(|error| {
            tracing::warn!(file = %self.0.display(), %error, "how far a feed had read is not known");
            T::default()
        })
    }

    /// Remembers. A failure costs a longer way back and nothing else.
    pub(super) async fn write<T: Serialize>(&self, marks: &T) {
        let new = self.0.with_extension("new");
        let written = async {
            let json = serde_json::to_vec(marks).map_err(io::Error::other)?;
            tokio::fs::write(&new, json).await?;
            tokio::fs::rename(&new, &self.0).await
        };
        if let Err(error) = written.await {
            tracing::warn!(file = %self.0.display(), %error, "how far a feed has read was not written");
        }
    }
}

/// The name of this copy of the service at brokers: made once, kept in `folder`, which is made as well.
///
/// # Errors
/// `Internal` when the folder cannot be written.
pub fn client_id(folder: &Path) -> Result<String> {
    let unusable = |error: io::Error| {
        Error::internal(format!("`{}` cannot be written: {error}", folder.display())).caused_by(error)
    };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let file = folder.join("client-id");
    if let Ok(id) = std::fs::read_to_string(&file)
        && let id = id.trim()
        && (5..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Ok(id.to_owned());
    }
    // With the name of a feed still below the 23 characters that every broker takes.
    let id = format!("eps-{:010x}", fastrand::u64(..1 << 40));
    std::fs::write(&file, &id).map_err(unusable)?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[tokio::test]
    async fn what_is_remembered_comes_back_and_damage_is_no_failure() {
        let folder = TempDir::new().unwrap();
        let file = MarksFile::new(folder.path(), "f");
        assert_eq!(file.read::<Vec<u32>>(), [0; 0]);
        file.write(&vec![1, 2]).await;
        assert_eq!(file.read::<Vec<u32>>(), [1, 2]);
        std::fs::write(folder.path().join("f.json"), "{").unwrap();
        assert_eq!(file.read::<Vec<u32>>(), [0; 0]);
        let id = client_id(folder.path()).unwrap();
        assert_eq!(client_id(folder.path()).unwrap(), id);
        assert!(id.len() + "-frigate".len() <= 23, "{id}");
    }
}
