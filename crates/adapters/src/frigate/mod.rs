//! Clips and stills of Frigate. It is on the inner network: its links are never given away, its pictures
//! are passed on.
//!
//! An event of ours has the id that it has there, and is bound to its camera: what bears the same id at
//! another camera is another event. Frigate makes clips while it sends them and knows no parts of them;
//! who asks for a part gets it from a copy in a folder of a bounded size.

mod copies;
pub(crate) mod session;

pub use session::FrigateLogin;

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Clock, Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use futures::FutureExt as _;
use jiff::Timestamp;
use reqwest::{Client, Response, StatusCode};
use serde::Deserialize;

use self::{
    copies::Copies,
    session::{FRIGATE, Session},
};
use crate::elsewhere;

/// Where it is.
#[derive(Debug, Clone)]
pub struct FrigateAddress {
    /// `https://frigate:8971` with users, `http://frigate:5000` without.
    pub url: String,
    /// Needed at the port with users.
    pub login: Option<FrigateLogin>,
}

/// Whose clips it keeps, and what we keep of them.
#[derive(Debug, Clone)]
pub struct FrigateClipSettings {
    /// Where it is.
    pub address: FrigateAddress,
    /// Whose clips it keeps.
    pub tenant: Arc<str>,
    /// After this long it removes clips; `None` when that is not known.
    pub retention: Option<Duration>,
    /// Where copies of stills and clips are kept, made when it is missing.
    pub cache: PathBuf,
    /// The copies used longest ago go when there are more bytes than this.
    pub cache_bytes_max: u64,
}

/// Asks Frigate.
pub struct FrigateClipSource {
    client: Client,
    base_url: String,
    tenant: Arc<str>,
    retention: Option<Duration>,
    session: Session,
    copies: Copies,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for FrigateClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrigateClipSource").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// What Frigate knows of an event.
#[derive(Debug, Deserialize)]
struct Known {
    id: String,
    camera: String,
    end_time: Option<f64>,
    #[serde(default)]
    has_clip: bool,
    #[serde(default)]
    has_snapshot: bool,
}

impl FrigateClipSource {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up or copies cannot be kept.
    pub fn new(settings: FrigateClipSettings, clock: Arc<dyn Clock>) -> Result<Self> {
        let base_url = settings.address.url.trim_end_matches('/').to_owned();
        Ok(Self {
            client: elsewhere::client()?,
            session: Session::new(&base_url, settings.address.login),
            base_url,
            tenant: settings.tenant,
            retention: settings.retention,
            copies: Copies::open(settings.cache, settings.cache_bytes_max, Arc::clone(&clock))?,
            clock,
        })
    }

    /// Asks for something of an event, once more with a new token when the old one is over.
    async fn get(&self, segment: &str, what: &str, wanted: Option<&MediaRequest>) -> Result<Response> {
        let url = format!("{}/api/events/{segment}{what}", self.base_url);
        let request = || {
            let request = self.client.get(&url);
            match wanted {
                Some(wanted) => elsewhere::ask_for(request, wanted),
                None => request,
            }
        };
        self.session.send(&self.client, request).await
    }

    /// The event of that id at that camera.
    async fn known(&self, segment: &str, event: &Event) -> Result<Option<Known>> {
        let response = self.get(segment, "", None).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => return Ok(None),
            status => return Err(elsewhere::unexpected(FRIGATE, status)),
        }
        let known: Known = elsewhere::read_json(FRIGATE, response).await?;
        Ok(Some(known).filter(|known| known.id == event.event_id && known.camera == event.camera_id))
    }

    async fn look_up(&self, event: &Event, now: Timestamp) -> Result<ClipStatus> {
        let Some(segment) = elsewhere::segment(&event.event_id) else { return Ok(ClipStatus::NONE) };
        let missing = ClipStatus::missing(event, now, self.retention);
        let Some(known) = self.known(&segment, event).await? else { return Ok(missing) };
        let clip = if known.end_time.is_none() {
            ClipState::Pending
        } else if known.has_clip {
            // It says so as soon as it records, and still does when the recording was removed. Only the
            // head of the answer is waited for.
            match self.get(&segment, CLIP, None).await?.status() {
                StatusCode::OK | StatusCode::PARTIAL_CONTENT => ClipState::Ready,
                // "No recordings found": not yet, or no longer.
                StatusCode::BAD_REQUEST if missing.clip == ClipState::Pending => ClipState::Pending,
                StatusCode::BAD_REQUEST => ClipState::Expired,
                StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => ClipState::Unavailable,
                status => return Err(elsewhere::unexpected(FRIGATE, status)),
            }
        } else if missing.clip == ClipState::Expired {
            ClipState::Expired
        } else {
            ClipState::Unavailable
        };
        Ok(ClipStatus { clip, has_thumbnail: true })
    }

    async fn clip(&self, segment: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        // The last seconds of an event that is just over may still be missing: that copy is not for good.
        let is_young = ClipStatus::missing(event, self.clock.now(), None).clip == ClipState::Pending;
        let name = copies::name(&self.tenant, event, if is_young { "young.mp4" } else { "mp4" });
        if let Some(copy) = self.copies.kept(&name, "video/mp4") {
            return Ok(Some(Media::File(copy)));
        }
        let may_copy = request.range.is_some() && !self.copies.is_too_large(&name);
        let mut response = self.get(segment, CLIP, Some(request)).await?;
        if response.status() == StatusCode::OK && may_copy {
            match self.copies.copy(&name, response).await? {
                Some(copy) => return Ok(Some(Media::File(copy))),
                // There is no room for it: whole, then, as the standard allows.
                None => response = self.get(segment, CLIP, None).await?,
            }
        }
        match response.status() {
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
            _ => elsewhere::passed_on(FRIGATE, response, request, "video/mp4").map(Some),
        }
    }

    async fn still(&self, segment: &str, event: &Event, known: &Known) -> Result<Option<Media>> {
        // Of an event that goes on there may soon be a better one.
        let name =
            copies::name(&self.tenant, event, if known.end_time.is_none() { "early.jpg" } else { "jpg" });
        if let Some(copy) = self.copies.kept(&name, "image/jpeg").filter(|_| known.end_time.is_some()) {
            return Ok(Some(Media::File(copy)));
        }
        // The whole picture where there is one; else what was cut out of it.
        let paths: &[&str] =
            if known.has_snapshot { &["/snapshot.jpg", "/thumbnail.jpg"] } else { &["/thumbnail.jpg"] };
        for path in paths {
            let response = self.get(segment, path, None).await?;
            match response.status() {
                StatusCode::OK => {
                    let bytes_max = elsewhere::STILL_BYTES_MAX as usize;
                    let still = elsewhere::read_up_to(FRIGATE, response, bytes_max).await?;
                    if still.starts_with(&[0xFF, 0xD8]) {
                        return Ok(Some(self.copies.still(&name, still)));
                    }
                }
                StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => {}
                status => return Err(elsewhere::unexpected(FRIGATE, status)),
            }
        }
        Ok(None)
    }
}

const CLIP: &str = "/clip.mp4";

#[async_trait]
impl ClipSource for FrigateClipSource {
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
        let mut look_ups = Vec::with_capacity(events.len());
        for event in events {
            look_ups.push(self.look_up(event, now).boxed());
        }
        elsewhere::look_up(FRIGATE, look_ups, deadline).await
    }

    async fn open(&self, _tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let Some(segment) = elsewhere::segment(&event.event_id) else { return Ok(None) };
        // Asked each time: what was removed there, or is another camera's, is not shown from a copy.
        let Some(known) = self.known(&segment, event).await? else { return Ok(None) };
        match request.kind {
            MediaKind::Clip => self.clip(&segment, event, request).await,
            MediaKind::Thumbnail => self.still(&segment, event, &known).await,
        }
    }
}
