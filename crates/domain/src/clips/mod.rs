//! Links to clips: signed by us, bound to event, tenant and camera, and short-lived; and the pictures
//! behind them.

mod signature;
#[cfg(test)]
mod tests;
mod upstream;

pub use upstream::is_allowed as is_allowed_link;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Caller, Clock, Error, ErrorKind, Event, Permission, Result, Scope,
    clip::{Clip, ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
    event_store::EventStore,
};

/// The most events of one request for links.
pub const LINKS_MAX: usize = 100;
/// The longest that a link works.
pub const EXPIRY_MAX: Duration = Duration::from_hours(24);
/// The shortest that a link works; less could not be clicked.
const EXPIRY_MIN: Duration = Duration::from_mins(1);
/// How long a link works when nothing else is asked.
pub const EXPIRY_DEFAULT: Duration = Duration::from_hours(1);
/// All look-ups of one turn together take at most this.
pub const LOOKUP_DEADLINE: Duration = Duration::from_secs(2);
/// The share of it that a keeper is told, so that what it has found out by then is not lost.
const LOOKUP_TOLD: f32 = 0.9;
/// The longest until a picture begins to come.
const OPEN_DEADLINE: Duration = Duration::from_secs(30);

/// The link of one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EventLink {
    /// Whose.
    pub event_id: String,
    /// How the clip is; `unavailable` as well for an event that does not exist or is out of scope.
    pub state: ClipState,
    /// Where to play it.
    pub url: Option<String>,
    /// Until when.
    pub expires_at: Option<Timestamp>,
    /// A still.
    pub thumbnail_url: Option<String>,
}

/// The query part of a signed link.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkSignature {
    /// Unix seconds at which it ends.
    pub exp: i64,
    /// Tenant.
    pub t: String,
    /// Two halves of HMAC-SHA256, base64url without padding.
    pub sig: String,
}

/// What entitles to a picture.
#[derive(Debug, Clone)]
pub enum MediaAccess<'a> {
    /// A caller with a token.
    Caller(&'a Caller),
    /// A signed link.
    Link(LinkSignature),
}

/// What is known of one event's pictures, ready for a reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Pictures {
    /// The clip.
    pub clip: Clip,
    /// A still.
    pub thumbnail_url: Option<String>,
}

impl Pictures {
    fn unavailable() -> Self {
        Self { clip: Clip::UNAVAILABLE, thumbnail_url: None }
    }
}

/// Signs links and opens pictures.
pub struct Clips {
    source: Arc<dyn ClipSource>,
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    /// Signs links; 32 bytes or more.
    key: Arc<[u8]>,
    /// Put before links: `https://cameras.example.org`; empty gives relative links.
    base_url: String,
    /// Hosts whose links may be given out as the source of an event gave them.
    allowed_hosts: Vec<String>,
}

impl Clips {
    /// The service over a keeper of clips.
    pub fn new(
        source: Arc<dyn ClipSource>,
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        key: Arc<[u8]>,
        mut base_url: String,
    ) -> Self {
        base_url.truncate(base_url.trim_end_matches('/').len());
        Self { source, store, clock, key, base_url, allowed_hosts: Vec::new() }
    }

    /// Also gives out the links that came with an event (`media.clip_url`), where their host is one
    /// of these, written `host` or `host:port`. Without this, none of them is ever given out.
    #[must_use]
    pub fn with_allowed_hosts(mut self, hosts: Vec<String>) -> Self {
        self.allowed_hosts = hosts;
        self
    }

    /// An event as it may be given out: links that came with it go where their host is not allowed.
    #[must_use]
    pub fn without_foreign_links(&self, mut event: Event) -> Event {
        let is_kept = |url: &String| upstream::is_allowed(url, &self.allowed_hosts);
        if let Some(media) = &mut event.media {
            media.clip_url = media.clip_url.take().filter(is_kept);
            media.thumbnail_url = media.thumbnail_url.take().filter(is_kept);
        }
        event.media = event.media.filter(|media| media.clip_url.is_some() || media.thumbnail_url.is_some());
        event
    }

    /// The pictures of events that are already known to be in scope, in their order, within
    /// [`LOOKUP_DEADLINE`]. The second value says whether the keeper was out of order: where it could not
    /// say how a clip is, the state is `unavailable`, and there is no link but one that came with the event.
    pub async fn pictures(&self, scope: &Scope, events: &[Event], expiry: Duration) -> (Vec<Pictures>, bool) {
        self.pictures_within(scope, events, expiry, LOOKUP_DEADLINE).await
    }

    /// The same within the time that is left; with none of it nobody is asked.
    pub(crate) async fn pictures_within(
        &self,
        scope: &Scope,
        events: &[Event],
        expiry: Duration,
        left: Duration,
    ) -> (Vec<Pictures>, bool) {
        let now = self.clock.now();
        let statuses = self.statuses(&scope.tenant, events, left, now).await;
        let is_out_of_order = statuses.iter().any(Option::is_none);
        let expiry = expiry.clamp(EXPIRY_MIN, EXPIRY_MAX);
        let exp = now.checked_add(expiry).unwrap_or(now).as_second();
        let pictures = events.iter().zip(statuses).map(|(event, status)| {
            // The events should be in scope; a link is too much to give away to a mistake elsewhere.
            if scope.allows(&event.camera_id) {
                self.of_event(&scope.tenant, event, status.unwrap_or(ClipStatus::NONE), exp)
            } else {
                Pictures::unavailable()
            }
        });
        (pictures.collect(), is_out_of_order)
    }

    /// What the keeper says of each event; `None` where it could not say.
    async fn statuses(
        &self,
        tenant: &str,
        events: &[Event],
        left: Duration,
        now: Timestamp,
    ) -> Vec<Option<ClipStatus>> {
        // An event of a tenant whose pictures are elsewhere must not open those of the same id here.
        if events.is_empty() || !self.source.holds(tenant) {
            return vec![Some(ClipStatus::NONE); events.len()];
        }
        if !left.is_zero() {
            let asked = self.source.status(tenant, events, left.mul_f32(LOOKUP_TOLD), now);
            match tokio::time::timeout(left, asked).await {
                Ok(Ok(statuses)) if statuses.len() == events.len() => return statuses,
                Ok(outcome) => {
                    let error = outcome.err();
                    let error = error.as_ref().map(|error| error as &dyn std::error::Error);
                    tracing::warn!(error, "the keeper of clips is out of order");
                }
                Err(_) => tracing::warn!("the keeper of clips does not answer in time"),
            }
        }
        vec![None; events.len()]
    }

    fn of_event(&self, tenant: &str, event: &Event, status: ClipStatus, exp: i64) -> Pictures {
        let link = |kind| signature::link(&self.key, &self.base_url, kind, tenant, event, exp);
        let media = event.media.as_ref();
        let upstream =
            |url: Option<&String>| url.filter(|url| upstream::is_allowed(url, &self.allowed_hosts)).cloned();
        let clip = if status.clip == ClipState::Ready {
            let expires_at = Timestamp::from_second(exp).ok();
            Clip { state: ClipState::Ready, url: Some(link(MediaKind::Clip)), expires_at }
        } else if let Some(url) = upstream(media.and_then(|media| media.clip_url.as_ref())) {
            Clip { state: ClipState::Ready, url: Some(url), expires_at: None }
        } else {
            Clip { state: status.clip, url: None, expires_at: None }
        };
        let thumbnail_url = if status.has_thumbnail {
            Some(link(MediaKind::Thumbnail))
        } else {
            upstream(media.and_then(|media| media.thumbnail_url.as_ref()))
        };
        Pictures { clip, thumbnail_url }
    }

    /// Links for up to [`LINKS_MAX`] events, in the order of the ids, and whether the keeper was out of order.
    /// An expiry beyond [`EXPIRY_MAX`] is cut to it.
    ///
    /// # Errors
    /// `InvalidInput` naming `event_ids` or `expiry_minutes`; `Forbidden`; what the store says.
    pub async fn links(
        &self,
        caller: &Caller,
        event_ids: &[String],
        expiry_minutes: Option<u64>,
    ) -> Result<(Vec<EventLink>, bool)> {
        caller.require(Permission::EventsRead)?;
        if event_ids.len() > LINKS_MAX {
            return Err(Error::invalid("event_ids", format!("at most {LINKS_MAX} events at once")));
        }
        let expiry = match expiry_minutes {
            Some(0) => return Err(Error::invalid("expiry_minutes", "`expiry_minutes` must be at least 1")),
            Some(minutes) => Duration::from_secs(minutes.saturating_mul(60)).min(EXPIRY_MAX),
            None => EXPIRY_DEFAULT,
        };
        let distinct: BTreeSet<&String> = event_ids.iter().collect();
        let distinct: Vec<String> = distinct.into_iter().cloned().collect();
        let events = self.store.get(&caller.scope, &distinct).await?;
        let (pictures, is_out_of_order) = self.pictures(&caller.scope, &events, expiry).await;
        let by_id: HashMap<&str, &Pictures> =
            events.iter().map(|event| event.event_id.as_str()).zip(&pictures).collect();
        let none = Pictures::unavailable();
        let link = |event_id: &String| {
            let Pictures { clip, thumbnail_url } = by_id.get(event_id.as_str()).unwrap_or(&&none);
            EventLink {
                event_id: event_id.clone(),
                state: clip.state,
                url: clip.url.clone(),
                expires_at: clip.expires_at,
                thumbnail_url: thumbnail_url.clone(),
            }
        };
        Ok((event_ids.iter().map(link).collect(), is_out_of_order))
    }

    /// Opens a picture.
    ///
    /// # Errors
    /// `Forbidden` with code `CLIP_SIGNATURE_INVALID` or `CLIP_URL_EXPIRED`; `NotFound` with code
    /// `CLIP_NOT_FOUND`; `Unavailable` or `Timeout` with code `CLIPS_UNAVAILABLE`.
    pub async fn open(
        &self,
        access: MediaAccess<'_>,
        event_id: &str,
        request: &MediaRequest,
    ) -> Result<Media> {
        let missing = || Error::not_found("CLIP_NOT_FOUND", "there is no such clip");
        let ids = [event_id.to_owned()];
        let (tenant, event) = match access {
            MediaAccess::Caller(caller) => {
                caller.require(Permission::EventsRead)?;
                let event = self.store.get(&caller.scope, &ids).await?.pop().ok_or_else(missing)?;
                (Arc::clone(&caller.scope.tenant), event)
            }
            MediaAccess::Link(link) => {
                // The signature comes first: whoever has none learns nothing and costs no look-up.
                let signed = signature::check(&self.key, &link, request.kind, event_id)?;
                if self.clock.now().as_second() >= link.exp {
                    return Err(Error::new(ErrorKind::Forbidden, "CLIP_URL_EXPIRED", "the link has expired"));
                }
                let scope = Scope::tenant(link.t.as_str());
                let event = self.store.get(&scope, &ids).await?.pop().ok_or_else(missing)?;
                signed.check_camera(&event.camera_id)?;
                (scope.tenant, event)
            }
        };
        if !self.source.holds(&tenant) {
            return Err(missing());
        }
        let opened = self.source.open(&tenant, &event, request);
        let late = |_| Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", "the clip does not come in time");
        tokio::time::timeout(OPEN_DEADLINE, opened).await.map_err(late)??.ok_or_else(missing)
    }
}
