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
    copies::{Copied, Copies},
    session::{FRIGATE, Session},
};
use crate::elsewhere;

/// How much is read of what it says when it fails.
const FAILURE_BYTES_MAX: usize = 16 * 1024;

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

/// What it answers when it is asked for a clip.
enum Said {
    /// It says that it sends one.
    Clip(Response),
    /// There is nothing to make it of: not yet, or no longer.
    NoRecording,
    /// There is no such clip.
    Nothing,
}

/// The same, when the first bytes have come.
enum Begun {
    Clip(Media),
    NoRecording,
    Nothing,
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
    async fn get(&self, segment: &str, what: &str) -> Result<Response> {
        let url = format!("{}/api/events/{segment}{what}", self.base_url);
        self.session.send(&self.client, || self.client.get(&url)).await
    }

    /// Asks for a clip, whole: Frigate makes it while it sends it.
    async fn ask_for_clip(&self, segment: &str) -> Result<Said> {
        let url = format!("{}/api/events/{segment}/clip.mp4", self.base_url);
        let response =
            self.session.send(&self.client, || elsewhere::ask_for(self.client.get(&url), &WHOLE)).await?;
        Ok(match response.status() {
            StatusCode::OK => Said::Clip(response),
            StatusCode::BAD_REQUEST => Said::NoRecording,
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Said::Nothing,
            StatusCode::INTERNAL_SERVER_ERROR if says_no_recording(response).await => Said::NoRecording,
            status => return Err(elsewhere::unexpected(FRIGATE, status)),
        })
    }

    /// The clip, of which the first bytes have come: up to 0.16, and later where a file is missing, Frigate says
    /// that it sends a clip and then sends nothing.
    async fn begun(&self, segment: &str) -> Result<Begun> {
        Ok(match self.ask_for_clip(segment).await? {
            Said::Clip(response) => {
                let clip = elsewhere::passed_on(FRIGATE, response, &WHOLE, "video/mp4")?;
                elsewhere::begun(clip).await?.map_or(Begun::NoRecording, Begun::Clip)
            }
            Said::NoRecording => Begun::NoRecording,
            Said::Nothing => Begun::Nothing,
        })
    }

    /// The event of that id at that camera.
    async fn known(&self, segment: &str, event: &Event) -> Result<Option<Known>> {
        let response = self.get(segment, "").await?;
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
        let Some(known) = self.known(&segment, event).await? else {
            self.copies.forget(&self.tenant, event, false);
            return Ok(missing);
        };
        let gone =
            if missing.clip == ClipState::Expired { ClipState::Expired } else { ClipState::Unavailable };
        let clip = if known.end_time.is_none() {
            ClipState::Pending
        } else if known.has_clip {
            // It says so as soon as it records, and still does when the recording was removed.
            match self.begun(&segment).await? {
                Begun::Clip(_) => ClipState::Ready,
                // Not yet, or no longer.
                Begun::NoRecording if missing.clip == ClipState::Pending => ClipState::Pending,
                Begun::NoRecording => ClipState::Expired,
                Begun::Nothing => ClipState::Unavailable,
            }
        } else {
            gone
        };
        if matches!(clip, ClipState::Expired | ClipState::Unavailable) {
            self.copies.forget(&self.tenant, event, true);
        }
        Ok(ClipStatus { clip, has_thumbnail: true })
    }

    async fn clip(&self, segment: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        // The last seconds of an event that is just over may still be missing: that copy is not for good.
        let is_young = ClipStatus::missing(event, self.clock.now(), None).clip == ClipState::Pending;
        let ending = if is_young { copies::YOUNG_CLIP } else { copies::CLIP };
        let name = copies::name(&self.tenant, event, ending);
        let kept = || self.copies.kept(&name, "video/mp4").map(Media::File);
        if let Some(copy) = kept() {
            return Ok(Some(copy));
        }
        if request.range.is_some() && !self.copies.is_too_large(&name) {
            let clip = async {
                Ok(match self.ask_for_clip(segment).await? {
                    Said::Clip(response) => Some(response),
                    Said::NoRecording | Said::Nothing => None,
                })
            };
            match self.copies.copy(&name, clip).await? {
                Copied::Whole => {
                    if let Some(copy) = kept() {
                        return Ok(Some(copy));
                    }
                }
                Copied::Nothing => return Ok(None),
                // Whole, then, as the standard allows.
                Copied::TooLarge => {}
            }
        }
        Ok(match self.begun(segment).await? {
            Begun::Clip(clip) => Some(clip),
            Begun::NoRecording | Begun::Nothing => None,
        })
    }

    async fn still(&self, segment: &str, event: &Event, known: &Known) -> Result<Option<Media>> {
        // Of an event that goes on there may soon be a better one.
        let ending = if known.end_time.is_none() { copies::EARLY_STILL } else { copies::STILL };
        let name = copies::name(&self.tenant, event, ending);
        if let Some(copy) = self.copies.kept(&name, "image/jpeg").filter(|_| known.end_time.is_some()) {
            return Ok(Some(Media::File(copy)));
        }
        // The whole picture where there is one; else, or where it cannot be had, what was cut out of it.
        let paths: &[&str] =
            if known.has_snapshot { &["/snapshot.jpg", "/thumbnail.jpg"] } else { &["/thumbnail.jpg"] };
        let mut last = None;
        for path in paths {
            match self.picture(segment, path).await {
                Ok(Some(still)) => return Ok(Some(self.copies.still(&name, still))),
                Ok(None) => {}
                Err(error) => last = Some(error),
            }
        }
        last.map_or(Ok(None), Err)
    }

    /// A JPEG of an event; `None` when there is none.
    async fn picture(&self, segment: &str, path: &str) -> Result<Option<Vec<u8>>> {
        let response = self.get(segment, path).await?;
        match response.status() {
            StatusCode::OK => {
                let bytes_max = elsewhere::STILL_BYTES_MAX as usize;
                let still = elsewhere::read_up_to(FRIGATE, response, bytes_max).await?;
                Ok(Some(still).filter(|still| still.starts_with(&[0xFF, 0xD8])))
            }
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => Ok(None),
            status => Err(elsewhere::unexpected(FRIGATE, status)),
        }
    }
}

const WHOLE: MediaRequest = MediaRequest { kind: MediaKind::Clip, range: None, if_range: None };

/// Whether it failed because there is nothing to make a clip of: how 0.14 says it.
async fn says_no_recording(response: Response) -> bool {
    let said = elsewhere::read_up_to(FRIGATE, response, FAILURE_BYTES_MAX).await.unwrap_or_default();
    let wanted = b"Could not create clip from recordings";
    said.windows(wanted.len()).any(|part| part == wanted)
}

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
        let Some(known) = self.known(&segment, event).await? else {
            self.copies.forget(&self.tenant, event, false);
            return Ok(None);
        };
        match request.kind {
            MediaKind::Clip => self.clip(&segment, event, request).await,
            MediaKind::Thumbnail => self.still(&segment, event, &known).await,
        }
    }
}
