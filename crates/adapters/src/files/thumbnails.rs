//! Stills made from clips by ffmpeg, kept in a folder of a bounded size.
//!
//! The clip reaches ffmpeg as an open file, never as a path, and is read as the kind of file that its
//! ending says, so that a hostile file cannot make it open others.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use eps_domain::{Clock, Error, Result, clip::MediaFile};
use moka::future::Cache;
use sha2::{Digest, Sha256};
use tokio::{io::AsyncReadExt, process::Command, sync::Semaphore};

use super::{ThumbnailSettings, media_file};

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

/// The path of ffmpeg on a search path, as in the variable `PATH`.
pub fn find_ffmpeg(search_path: &OsStr) -> Option<PathBuf> {
    std::env::split_paths(search_path).map(|folder| folder.join("ffmpeg")).find(|program| program.is_file())
}

/// Makes and keeps stills.
pub(super) struct Thumbnails {
    ffmpeg: PathBuf,
    cache: PathBuf,
    cache_bytes_max: u64,
    clock: Arc<dyn Clock>,
    programs: Semaphore,
    /// By file name: whether a still was made. Who asks while one is in the making waits for it.
    outcomes: Cache<String, bool>,
}

impl Thumbnails {
    pub(super) fn new(settings: ThumbnailSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        fs::create_dir_all(&settings.cache).map_err(|e| {
            let message = format!("no folder for stills at {}", settings.cache.display());
            Error::internal(message).caused_by(e)
        })?;
        Ok(Self {
            ffmpeg: settings.ffmpeg,
            cache: settings.cache,
            cache_bytes_max: settings.cache_bytes_max,
            clock,
            programs: Semaphore::new(PROGRAMS_MAX),
            outcomes: Cache::builder().max_capacity(OUTCOMES_MAX).time_to_live(OUTCOME_KEPT).build(),
        })
    }

    /// The still of a clip, from the folder or made now; `None` when none can be made.
    pub(super) async fn of(&self, stem: &str, clip: MediaFile) -> Result<Option<MediaFile>> {
        let name = name(stem, &clip);
        let path = self.cache.join(&name);
        if let Some(still) = self.kept(&path) {
            return Ok(Some(still));
        }
        let make = async {
            match self.make(&path, clip).await {
                Ok(made) => made,
                Err(error) => {
                    tracing::warn!(%error, "no still could be made");
                    false
                }
            }
        };
        let is_made = self.outcomes.get_with(name, make).await;
        Ok(if is_made { self.kept(&path) } else { None })
    }

    /// Opens a still of the folder and marks it as used. Without marks the order of removal is that of
    /// making, which is good enough.
    fn kept(&self, path: &Path) -> Option<MediaFile> {
        let file = File::options().read(true).write(true).open(path).ok()?;
        let _ = file.set_modified(self.clock.now().into());
        media_file(file, "image/jpeg").ok()
    }

    /// Makes a still; false when ffmpeg finds no picture.
    async fn make(&self, path: &Path, clip: MediaFile) -> io::Result<bool> {
        let _permit = self.programs.acquire().await.map_err(io::Error::other)?;
        let still = match tokio::time::timeout(TIME_MAX, self.run(clip)).await {
            Ok(still) => still?,
            // Dropping the program's handle has killed it.
            Err(_) => return Err(io::ErrorKind::TimedOut.into()),
        };
        let Some(still) = still else { return Ok(false) };
        self.keep(path, &still)?;
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

    /// Puts a still into the folder, whole or not at all, and makes room.
    fn keep(&self, path: &Path, still: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.cache)?;
        file.write_all(still)?;
        file.as_file().set_modified(self.clock.now().into())?;
        file.persist(path).map_err(|e| e.error)?;
        self.make_room(path)
    }

    /// Removes the stills used longest ago until the folder is small enough; never the newest one.
    fn make_room(&self, newest: &Path) -> io::Result<()> {
        let mut stills = Vec::new();
        let mut bytes = 0;
        for entry in fs::read_dir(&self.cache)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_file() {
                bytes += metadata.len();
                stills.push((metadata.modified()?, metadata.len(), entry.path()));
            }
        }
        stills.sort_unstable();
        for (_, length, path) in stills {
            if bytes <= self.cache_bytes_max {
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

/// Another clip under the same name gives another still.
fn name(stem: &str, clip: &MediaFile) -> String {
    let mut hash = Sha256::new();
    hash.update(clip.modified.as_nanosecond().to_be_bytes());
    hash.update(clip.bytes.to_be_bytes());
    hash.update(stem.as_bytes());
    format!("{}.jpg", hex::encode(&hash.finalize()[..16]))
}
