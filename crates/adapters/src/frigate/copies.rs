//! Copies of Frigate's pictures in a folder of a bounded size: stills, so that Frigate need not draw them
//! anew, and clips of which players want parts. Each is fetched once, however many wait for it.

use std::{future::Future, io, path::PathBuf, sync::Arc, time::Duration};

use bytes::Bytes;
use eps_domain::{
    Clock, Error, ErrorKind, Event, Result,
    clip::{Media, MediaFile, MediaStream},
};
use futures::{StreamExt as _, stream};
use moka::future::Cache;
use reqwest::Response;
use tokio::{io::AsyncWriteExt as _, sync::Semaphore};

use super::session::FRIGATE;
use crate::{
    elsewhere,
    picture_folder::{self, PictureFolder},
};

/// Clips copied at the same time.
const COPIES_AT_ONCE: usize = 4;
/// The longest that copying one may take: players give up as well.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Copies under way that are known; whoever comes meanwhile waits for the same.
const UNDER_WAY_MAX: u64 = 1_000;

/// The copies that there may be of an event: of its clip while it is young and when it is whole, of its still
/// while it goes on and when it is over.
const ENDINGS: [&str; 4] = [YOUNG_CLIP, CLIP, EARLY_STILL, STILL];
pub(super) const YOUNG_CLIP: &str = "young.mp4";
pub(super) const CLIP: &str = "mp4";
pub(super) const EARLY_STILL: &str = "early.jpg";
pub(super) const STILL: &str = "jpg";

/// How long it is remembered that there is no room for a clip.
const TOO_LARGE_FOR: Duration = Duration::from_mins(10);

/// The copies.
pub(super) struct Copies {
    folder: PictureFolder,
    permits: Semaphore,
    under_way: Cache<String, Copied>,
    too_large: Cache<String, ()>,
}

impl Copies {
    pub(super) fn open(folder: PathBuf, bytes_max: u64, clock: Arc<dyn Clock>) -> Result<Self> {
        Ok(Self {
            folder: PictureFolder::open(folder, bytes_max, clock)?,
            permits: Semaphore::new(COPIES_AT_ONCE),
            under_way: Cache::new(UNDER_WAY_MAX),
            too_large: Cache::builder().max_capacity(UNDER_WAY_MAX).time_to_live(TOO_LARGE_FOR).build(),
        })
    }

    /// A copy that is there.
    pub(super) fn kept(&self, name: &str, content_type: &'static str) -> Option<MediaFile> {
        self.folder.kept(name, content_type)
    }

    /// Keeps a still. Without room for it, it is shown all the same.
    pub(super) fn still(&self, name: &str, still: Vec<u8>) -> Media {
        let kept = self.folder.keep(name, &still, None);
        if let Some(copy) = kept.is_ok().then(|| self.folder.kept(name, "image/jpeg")).flatten() {
            return Media::File(copy);
        }
        tracing::warn!(error = kept.err().map(tracing::field::display), "a still could not be kept");
        Media::Stream(MediaStream {
            bytes: Some(still.len() as u64),
            body: stream::once(async { Ok(Bytes::from(still)) }).boxed(),
            content_type: "image/jpeg",
            part: None,
            etag: None,
            modified: None,
        })
    }

    /// Whether there was no room for a clip.
    pub(super) fn is_too_large(&self, name: &str) -> bool {
        self.too_large.contains_key(name)
    }

    /// Copies what `clip` answers with, whole. Who comes while it is copied waits for the same, and does not ask.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout`; `Internal` when it cannot be kept.
    pub(super) async fn copy(
        &self,
        name: &str,
        clip: impl Future<Output = Result<Option<Response>>>,
    ) -> Result<Copied> {
        let copying = self.under_way.try_get_with(name.to_owned(), self.fetch(name, clip)).await;
        // Only what is under way is known; what there is, the folder knows.
        self.under_way.invalidate(name).await;
        let copied = copying.map_err(elsewhere::shared)?;
        if copied == Copied::TooLarge {
            self.too_large.insert(name.to_owned(), ()).await;
        }
        Ok(copied)
    }

    async fn fetch(
        &self,
        name: &str,
        clip: impl Future<Output = Result<Option<Response>>>,
    ) -> Result<Copied> {
        if self.folder.kept(name, "video/mp4").is_some() {
            return Ok(Copied::Whole);
        }
        let late = |_| Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", "the clip does not come in time");
        tokio::time::timeout(TIME_MAX, self.fetch_at_leisure(name, clip)).await.map_err(late)?
    }

    async fn fetch_at_leisure(
        &self,
        name: &str,
        clip: impl Future<Output = Result<Option<Response>>>,
    ) -> Result<Copied> {
        let cannot_keep = |e: io::Error| Error::internal("the copy of a clip cannot be kept").caused_by(e);
        let permit = self.permits.acquire().await;
        let _permit = permit.map_err(|e| cannot_keep(io::Error::other(e)))?;
        let Some(mut response) = clip.await? else { return Ok(Copied::Nothing) };
        let (file, path) = self.folder.begin().map_err(cannot_keep)?.into_parts();
        let mut file = tokio::fs::File::from_std(file);
        let mut left = self.folder.bytes_max();
        while let Some(chunk) = elsewhere::chunk(FRIGATE, &mut response).await? {
            let Some(room) = left.checked_sub(chunk.len() as u64) else { return Ok(Copied::TooLarge) };
            left = room;
            file.write_all(&chunk).await.map_err(cannot_keep)?;
        }
        // Nothing came: that is no clip, and there may be one the next time.
        if left == self.folder.bytes_max() {
            return Ok(Copied::Nothing);
        }
        file.flush().await.map_err(cannot_keep)?;
        let file = tempfile::NamedTempFile::from_parts(file.into_std().await, path);
        self.folder.finish(file, name).map_err(cannot_keep)?;
        Ok(Copied::Whole)
    }

    /// Removes the copies of an event: those of its clip, and those of its stills unless they are still there.
    pub(super) fn forget(&self, tenant: &str, event: &Event, has_stills: bool) {
        let endings = if has_stills { &ENDINGS[..2] } else { &ENDINGS };
        for ending in endings {
            self.folder.remove(&name(tenant, event, ending));
        }
    }
}

/// What became of a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Copied {
    /// It is there.
    Whole,
    /// There is no clip.
    Nothing,
    /// There is no room for it.
    TooLarge,
}

/// The file name of a copy.
pub(super) fn name(tenant: &str, event: &Event, ending: &str) -> String {
    let parts = ["frigate", tenant, &event.camera_id, &event.event_id].map(str::as_bytes);
    picture_folder::name(&parts, ending)
}
