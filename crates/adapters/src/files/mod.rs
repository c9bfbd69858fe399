//! Clips and stills as files below one folder: `<event_id>.mp4` (or webm, mkv, mov) and
//! `<event_id>.jpg` (or jpeg, png, webp), all in it or each in the folder of its camera.
//!
//! Names are opened beneath the folder itself, so that neither an id nor a symbolic link leads out of
//! it. Ids that are no plain file names are written as [`file_stem`] says. Whoever writes clips should
//! write elsewhere and rename: a file that is there counts as whole. Ids are unique within a tenant
//! only, so one folder holds the pictures of one tenant.

mod names;
#[cfg(test)]
mod tests;
mod thumbnails;

pub use names::{file_path, file_stem};
pub use thumbnails::find_ffmpeg;

use std::{
    fmt, io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use cap_std::{ambient_authority, fs::Dir};
use eps_domain::{
    Clock, Error, Event, Result,
    access::DEFAULT_TENANT,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaFile, MediaKind, MediaRequest},
};
use jiff::Timestamp;
use tokio::sync::Semaphore;

use self::thumbnails::Thumbnails;
use crate::picture_folder::media_file;

/// Look-ups at once. A folder on a network that hangs holds this many threads and no more.
const LOOKUPS_MAX: usize = 4;
/// Endings of clips in the order of preference.
const CLIP_TYPES: [(&str, &str); 4] =
    [("mp4", "video/mp4"), ("webm", "video/webm"), ("mkv", "video/x-matroska"), ("mov", "video/quicktime")];
/// Endings of stills in the order of preference.
const STILL_TYPES: [(&str, &str); 4] =
    [("jpg", "image/jpeg"), ("jpeg", "image/jpeg"), ("png", "image/png"), ("webp", "image/webp")];

/// Where clips are and how long they take to come and to go.
#[derive(Debug, Clone)]
pub struct FileClipSettings {
    /// The folder with the clips (`CLIPS_DIR`).
    pub root: PathBuf,
    /// Whose clips they are.
    pub tenant: Arc<str>,
    /// Whether the files of each camera are in a folder of their own, so that an event opens no file of
    /// another camera, whatever its id is.
    pub by_camera: bool,
    /// After this long a clip that is missing counts as `expired`; `None` when clips are kept for good.
    pub retention: Option<Duration>,
    /// Where stills that are made from clips are kept; without it none are made.
    pub thumbnails: Option<ThumbnailSettings>,
}

impl FileClipSettings {
    /// Clips of the usual tenant in a folder, kept for good, without made stills.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        let tenant = DEFAULT_TENANT.into();
        Self { root: root.into(), tenant, by_camera: false, retention: None, thumbnails: None }
    }
}

/// How stills are made from clips.
#[derive(Debug, Clone)]
pub struct ThumbnailSettings {
    /// The program, see [`find_ffmpeg`].
    pub ffmpeg: PathBuf,
    /// A folder of ours, created when it is missing; what is in it may be deleted at any time.
    pub cache: PathBuf,
    /// The stills used longest ago go when there are more bytes than this.
    pub cache_bytes_max: u64,
}

/// Serves clips from files.
pub struct FileClipSource {
    root: Arc<Dir>,
    tenant: Arc<str>,
    by_camera: bool,
    retention: Option<Duration>,
    thumbnails: Option<Thumbnails>,
    lookups: Arc<Semaphore>,
}

impl fmt::Debug for FileClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileClipSource").field("root", &self.root).finish_non_exhaustive()
    }
}

impl FileClipSource {
    /// Opens the folder; `clock` dates the use of made stills.
    ///
    /// # Errors
    /// `InvalidInput` that names `CLIPS_DIR` when it is no folder; `Internal` when stills cannot be kept.
    pub fn open(settings: FileClipSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let root = Dir::open_ambient_dir(&settings.root, ambient_authority()).map_err(|e| {
            let message = format!("`CLIPS_DIR` ({}) cannot be opened", settings.root.display());
            Error::invalid("CLIPS_DIR", message).caused_by(e)
        })?;
        let thumbnails = settings.thumbnails.map(|settings| Thumbnails::new(settings, clock)).transpose()?;
        Ok(Self {
            root: Arc::new(root),
            tenant: settings.tenant,
            by_camera: settings.by_camera,
            retention: settings.retention,
            thumbnails,
            lookups: Arc::new(Semaphore::new(LOOKUPS_MAX)),
        })
    }
}

#[async_trait]
impl ClipSource for FileClipSource {
    fn holds(&self, tenant: &str) -> bool {
        *self.tenant == *tenant
    }

    async fn status(
        &self,
        _tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let until = Instant::now() + deadline;
        let stems: Vec<String> = events.iter().map(|event| file_path(event, self.by_camera)).collect();
        let known: Arc<Mutex<Vec<Found>>> = Arc::default();
        let look_up = {
            let (root, known, lookups) =
                (Arc::clone(&self.root), Arc::clone(&known), Arc::clone(&self.lookups));
            async move {
                let permit = lookups.acquire_owned().await;
                let work = move || {
                    let _permit = permit;
                    look_up(&root, &stems, &known, until)
                };
                tokio::task::spawn_blocking(work).await
            }
        };
        let in_time = tokio::time::timeout(deadline, look_up).await;
        if let Ok(outcome) = in_time {
            outcome
                .map_err(io::Error::other)
                .flatten()
                .map_err(|e| Error::unavailable("CLIPS_UNAVAILABLE", "clips cannot be read").caused_by(e))?;
        }
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let status = |(position, event): (usize, &Event)| {
            let found = known.get(position)?;
            Some(if found.clip {
                let has_thumbnail = found.still || self.thumbnails.is_some();
                ClipStatus { clip: ClipState::Ready, has_thumbnail }
            } else {
                if let Some(thumbnails) = &self.thumbnails {
                    thumbnails.forget(&file_path(event, self.by_camera));
                }
                let missing = ClipStatus::missing(event, now, self.retention);
                ClipStatus { has_thumbnail: found.still, ..missing }
            })
        };
        Ok(events.iter().enumerate().map(status).collect())
    }

    async fn open(&self, _tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let stem = file_path(event, self.by_camera);
        let types = match request.kind {
            MediaKind::Clip => CLIP_TYPES,
            MediaKind::Thumbnail => STILL_TYPES,
        };
        let found = self.open_any(stem.clone(), types).await?;
        let thumbnails = self.thumbnails.as_ref().filter(|_| request.kind == MediaKind::Thumbnail);
        let Some(thumbnails) = thumbnails.filter(|_| found.is_none()) else {
            return Ok(found.map(Media::File));
        };
        let Some(clip) = self.open_any(stem.clone(), CLIP_TYPES).await? else {
            thumbnails.forget(&stem);
            return Ok(None);
        };
        Ok(thumbnails.of(&stem, clip).await?.map(Media::File))
    }
}

impl FileClipSource {
    async fn open_any(
        &self,
        stem: String,
        types: [(&'static str, &'static str); 4],
    ) -> Result<Option<MediaFile>> {
        let root = Arc::clone(&self.root);
        let open = move || {
            for (ending, content_type) in types {
                if let Some(file) = open_file(&root, &format!("{stem}.{ending}"), content_type)? {
                    return Ok(Some(file));
                }
            }
            Ok(None)
        };
        let outcome = tokio::task::spawn_blocking(open).await.map_err(io::Error::other).flatten();
        outcome.map_err(|e| Error::unavailable("CLIPS_UNAVAILABLE", "clips cannot be read").caused_by(e))
    }
}

/// Which files of an event there are.
#[derive(Debug, Clone, Copy)]
struct Found {
    clip: bool,
    still: bool,
}

/// Looks the files up one event after the other until time is up. A single file that cannot be read is
/// not there; a folder that cannot be read is an error.
fn look_up(root: &Dir, stems: &[String], known: &Mutex<Vec<Found>>, until: Instant) -> io::Result<()> {
    root.dir_metadata()?;
    for stem in stems {
        if Instant::now() >= until {
            return Ok(());
        }
        let any = |types: [(&str, &str); 4]| {
            types.iter().any(|(ending, _)| {
                root.metadata(format!("{stem}.{ending}")).is_ok_and(|file| file.is_file() && file.len() > 0)
            })
        };
        let found = Found { clip: any(CLIP_TYPES), still: any(STILL_TYPES) };
        known.lock().unwrap_or_else(PoisonError::into_inner).push(found);
    }
    Ok(())
}

/// Opens a regular file that is not empty; `None` when there is none, or one outside of the folder.
fn open_file(root: &Dir, name: &str, content_type: &'static str) -> io::Result<Option<MediaFile>> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    if !root.metadata(name).is_ok_and(|file| file.is_file() && file.len() > 0) {
        return Ok(None);
    }
    let file = match root.open(name) {
        Ok(file) => file.into_std(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    media_file(file, content_type).map(Some)
}
