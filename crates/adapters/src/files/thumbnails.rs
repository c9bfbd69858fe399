//! Stills made from clips by ffmpeg, kept in a folder of a bounded size.
//!
//! The clip reaches ffmpeg as an open file, never as a path, and is read as the kind of file that its
//! ending says, so that a hostile file cannot make it open others.

use std::{ffi::OsStr, io, path::PathBuf, process::Stdio, sync::Arc, time::Duration};

use eps_domain::{Clock, Result, clip::MediaFile};
use moka::future::Cache;
use tokio::{io::AsyncReadExt, process::Command, sync::Semaphore};

use super::ThumbnailSettings;
use crate::picture_folder::{self, PictureFolder};

/// Programs at once: they are for the eye, and must not slow the answers down.
const PROGRAMS_MAX: usize = 2;
/// The longest that one may take.
const TIME_MAX: Duration = Duration::from_secs(10);
/// The largest still; ours are 640 pixels wide and take some 40 KiB.
const STILL_BYTES_MAX: u64 = 2 * 1024 * 1024;
/// How long the outcome of an attempt is remembered, so that a clip without a picture is not tried
/// again with every look at it.
const OUTCOME_KEPT: Duration = Duration::from_mins(1);
const OUTCOMES_MAX: u64 = 1_000;
const STILL_TYPE: &str = "image/jpeg";

/// The path of ffmpeg on a search path, as in the variable `PATH`.
pub fn find_ffmpeg(search_path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path).map(|folder| folder.join("ffmpeg")).find(|program| program.is_file())
}

/// Makes and keeps stills.
pub(super) struct Thumbnails {
    ffmpeg: PathBuf,
    folder: PictureFolder,
    programs: Semaphore,
    /// By attempt: whether a still was made. Who asks while one is in the making waits for it.
    outcomes: Cache<String, bool>,
}

impl Thumbnails {
    pub(super) fn new(settings: ThumbnailSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self {
            ffmpeg: settings.ffmpeg,
            folder: PictureFolder::open(settings.cache, settings.cache_bytes_max, clock)?,
            programs: Semaphore::new(PROGRAMS_MAX),
            outcomes: Cache::builder().max_capacity(OUTCOMES_MAX).time_to_live(OUTCOME_KEPT).build(),
        })
    }

    /// The still of a clip, from the folder or made now; `None` when none can be made.
    pub(super) async fn of(&self, stem: &str, clip: MediaFile) -> Result<Option<MediaFile>> {
        let (name, modified) = (name(stem), clip.modified);
        // Another clip under the same name gives another still. Not every folder knows parts of a second.
        let is_of_it = |still: &MediaFile| still.modified.as_second() == modified.as_second();
        let kept = || self.folder.kept(&name, STILL_TYPE).filter(is_of_it);
        if let Some(still) = kept() {
            return Ok(Some(still));
        }
        let attempt = format!("{name} {modified} {}", clip.bytes);
        let make = async {
            match self.make(&name, clip).await {
                Ok(made) => made,
                Err(error) => {
                    tracing::warn!(%error, "no still could be made");
                    false
                }
            }
        };
        let is_made = self.outcomes.get_with(attempt.clone(), make).await;
        let still = kept().filter(|_| is_made);
        if is_made && still.is_none() {
            // It was removed meanwhile: the next look makes it anew.
            self.outcomes.invalidate(&attempt).await;
        }
        Ok(still)
    }

    /// Removes the still of a clip that is gone.
    pub(super) fn forget(&self, stem: &str) {
        self.folder.remove(&name(stem));
    }

    /// Makes a still; false when ffmpeg finds no picture.
    async fn make(&self, name: &str, clip: MediaFile) -> io::Result<bool> {
        let modified = clip.modified;
        let _permit = self.programs.acquire().await.map_err(io::Error::other)?;
        let still = match tokio::time::timeout(TIME_MAX, self.run(clip)).await {
            Ok(still) => still?,
            // Dropping the program's handle has killed it.
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        };
        let Some(still) = still else { return Ok(false) };
        self.folder.keep(name, &still, Some(modified))?;
        Ok(true)
    }

    async fn run(&self, clip: MediaFile) -> io::Result<Option<Vec<u8>>> {
        let demuxer =
            if matches!(clip.content_type, "video/mp4" | "video/quicktime") { "mov" } else { "matroska" };
        let mut program = Command::new(&self.ffmpeg)
            .args(["-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "1"])
            .args(["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", "file:/dev/stdin"])
            // The most typical of the first frames, for the very first is often grey.
            .args(["-an", "-sn", "-dn", "-vf", "thumbnail=25,scale='min(640,iw)':-2", "-frames:v", "1"])
            .args(["-threads", "1", "-q:v", "4", "-c:v", "mjpeg", "-f", "image2pipe", "pipe:1"])
            .env_clear()
            .stdin(Stdio::from(clip.file))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut still = Vec::new();
        if let Some(output) = program.stdout.take() {
            output.take(STILL_BYTES_MAX + 1).read_to_end(&mut still).await?;
        }
        let is_whole = still.len() as u64 <= STILL_BYTES_MAX && still.starts_with(&[0xFF, 0xD8]);
        if !is_whole {
            program.start_kill()?;
        }
        let status = program.wait().await?;
        Ok((status.success() && is_whole).then_some(still))
    }
}

/// The file name of the still of a clip.
fn name(stem: &str) -> String {
    picture_folder::name(&[b"still", stem.as_bytes()], "jpg")
}
