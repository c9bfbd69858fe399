//! Clips of a video management system that speaks the contract of `docs/clips.md`: it answers with links
//! that it signed itself, and clients follow them.
//!
//! A link is given away only to hosts that the operator named; what else it answers with is never
//! followed and never shown. Ids of events are one segment of a path, whatever is in them.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use eps_domain::{
    Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
    clips::is_allowed_link,
};
use futures::FutureExt as _;
use jiff::Timestamp;
use moka::sync::Cache;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::json;

use crate::elsewhere;

/// How errors and logs call it.
const VMS: &str = "the video management system";
/// How long its links are to work. Clients get one when they open a clip and follow it at once.
const LINK_MINUTES: u64 = 10;
/// Links that are remembered.
const LINKS_MAX: u64 = 10_000;
/// How long it is believed that it cannot be asked about many events at once.
const NO_BATCH_FOR: Duration = Duration::from_mins(10);

/// Where it is and what it may answer with.
#[derive(Debug, Clone)]
pub struct VmsSettings {
    /// `https://vms.example`.
    pub url: String,
    /// Put between its address and `/clips`: `/api/v1`, or nothing.
    pub prefix: String,
    /// Sent as bearer token.
    pub token: Option<SecretString>,
    /// Hosts of links that may be given away, `host` or `host:port`.
    pub allowed_hosts: Vec<String>,
    /// Whose clips it keeps.
    pub tenant: Arc<str>,
    /// After this long it removes clips; `None` when that is not known.
    pub retention: Option<Duration>,
}

/// Asks a video management system.
pub struct VmsClipSource {
    client: Client,
    base_url: String,
    settings: VmsSettings,
    begun: Instant,
    /// Milliseconds since `begun` until which it is not asked about many events at once.
    no_batch_until: AtomicU64,
    links: Cache<(String, MediaKind), (Arc<str>, Instant)>,
}

impl fmt::Debug for VmsClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VmsClipSource").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

/// What it says of one picture.
enum Said {
    Link(Arc<str>),
    /// A link that nobody may follow.
    Hostile,
    Nothing,
}

#[derive(Deserialize)]
struct ClipLink {
    event_id: Option<String>,
    #[serde(rename = "clip_url")]
    url: String,
    expires_in_minutes: Option<f64>,
}

#[derive(Deserialize)]
struct ThumbnailLink {
    #[serde(rename = "thumbnail_url")]
    url: Option<String>,
}

#[derive(Deserialize)]
struct Availability {
    availability: std::collections::HashMap<String, bool>,
}

impl VmsClipSource {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(settings: VmsSettings) -> Result<Self> {
        let prefix = settings.prefix.trim_matches('/');
        let slash = if prefix.is_empty() { "" } else { "/" };
        let base_url = format!("{}{slash}{prefix}/clips", settings.url.trim_end_matches('/'));
        Ok(Self {
            client: elsewhere::client()?,
            base_url,
            settings,
            begun: Instant::now(),
            no_batch_until: AtomicU64::new(0),
            links: Cache::new(LINKS_MAX),
        })
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response> {
        let request = match &self.settings.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        };
        elsewhere::send(VMS, request).await
    }

    /// Which of the events it has a clip of, in their order; `None` when it cannot be asked so.
    async fn availability(&self, events: &[Event]) -> Result<Option<Vec<Option<bool>>>> {
        let now = self.begun.elapsed();
        if events.len() < 2 || now < Duration::from_millis(self.no_batch_until.load(Ordering::Relaxed)) {
            return Ok(None);
        }
        let ids: Vec<&str> = events.iter().map(|event| event.event_id.as_str()).collect();
        let request = self.client.post(format!("{}/batch/check", self.base_url));
        let response = self.send(request.json(&json!({"event_ids": ids}))).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
                let until = u64::try_from((now + NO_BATCH_FOR).as_millis()).unwrap_or(u64::MAX);
                self.no_batch_until.store(until, Ordering::Relaxed);
                return Ok(None);
            }
            status => return Err(elsewhere::unexpected(VMS, status)),
        }
        let Availability { availability } = elsewhere::read_json(VMS, response).await?;
        Ok(Some(ids.into_iter().map(|id| availability.get(id).copied()).collect()))
    }

    async fn look_up(&self, event: &Event, available: Option<bool>, now: Timestamp) -> Result<ClipStatus> {
        let missing = ClipStatus::missing(event, now, self.settings.retention);
        if available == Some(false) {
            return Ok(missing);
        }
        let still = async {
            // A still that cannot be had is no reason to know nothing of the clip.
            matches!(self.link(event, MediaKind::Thumbnail).await, Ok(Said::Link(_)))
        };
        let (clip, has_thumbnail) = futures::join!(self.link(event, MediaKind::Clip), still);
        Ok(match clip? {
            Said::Link(_) => ClipStatus { clip: ClipState::Ready, has_thumbnail },
            Said::Hostile => ClipStatus { has_thumbnail, ..ClipStatus::NONE },
            Said::Nothing => ClipStatus { has_thumbnail, ..missing },
        })
    }

    /// The link of a picture, remembered for half of the time that it works.
    async fn link(&self, event: &Event, kind: MediaKind) -> Result<Said> {
        let Some(segment) = elsewhere::segment(&event.event_id) else { return Ok(Said::Nothing) };
        let key = (event.event_id.clone(), kind);
        if let Some((link, until)) = self.links.get(&key)
            && Instant::now() < until
        {
            return Ok(Said::Link(link));
        }
        let path = match kind {
            MediaKind::Clip => format!("{}/{segment}/url?expiry_minutes={LINK_MINUTES}", self.base_url),
            MediaKind::Thumbnail => format!("{}/{segment}/thumbnail", self.base_url),
        };
        let response = self.send(self.client.get(path)).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::GONE => return Ok(Said::Nothing),
            status => return Err(elsewhere::unexpected(VMS, status)),
        }
        let (url, minutes) = match kind {
            MediaKind::Clip => {
                let said: ClipLink = elsewhere::read_json(VMS, response).await?;
                if said.event_id.is_some_and(|id| id != event.event_id) {
                    return Err(elsewhere::out_of_order(format!("{VMS} answers for another event")));
                }
                // A link that has ended opens nothing.
                if said.expires_in_minutes.is_some_and(|minutes| minutes <= 0.0) {
                    return Ok(Said::Nothing);
                }
                (said.url, said.expires_in_minutes)
            }
            MediaKind::Thumbnail => {
                let said: ThumbnailLink = elsewhere::read_json(VMS, response).await?;
                let Some(url) = said.url else { return Ok(Said::Nothing) };
                (url, None)
            }
        };
        if !is_allowed_link(&url, &self.settings.allowed_hosts) {
            // Not the link itself: it may bear a right, or be meant for the eyes of whoever reads logs.
            tracing::warn!(event_id = event.event_id, "a link to a host that is not allowed was refused");
            return Ok(Said::Hostile);
        }
        let minutes = minutes.unwrap_or(0.0).clamp(0.0, LINK_MINUTES as f64);
        let link: Arc<str> = url.into();
        self.links.insert(key, (Arc::clone(&link), Instant::now() + Duration::from_secs_f64(minutes * 30.0)));
        Ok(Said::Link(link))
    }
}

#[async_trait]
impl ClipSource for VmsClipSource {
    fn holds(&self, tenant: &str) -> bool {
        *self.settings.tenant == *tenant
    }

    async fn status(
        &self,
        _tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let until = Instant::now() + deadline;
        let available = tokio::time::timeout(deadline, self.availability(events)).await;
        let available = match available {
            Ok(available) => available?.unwrap_or_else(|| vec![None; events.len()]),
            // Nothing is known; the look-ups below say so without asking.
            Err(_) => vec![None; events.len()],
        };
        let mut look_ups = Vec::with_capacity(events.len());
        for (event, available) in events.iter().zip(available) {
            look_ups.push(self.look_up(event, available, now).boxed());
        }
        elsewhere::look_up(VMS, look_ups, until.saturating_duration_since(Instant::now())).await
    }

    async fn open(&self, _tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        Ok(match self.link(event, request.kind).await? {
            Said::Link(link) => Some(Media::Link(link.as_ref().to_owned())),
            Said::Hostile | Said::Nothing => None,
        })
    }
}
