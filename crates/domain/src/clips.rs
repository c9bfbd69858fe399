//! Links to clips: signed by us, bound to event, tenant and camera, and short-lived; and the pictures
//! behind them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Caller, Clock, Error, Event, Result, Scope,
    clip::{Clip, ClipSource, ClipState, MediaFile, MediaKind},
    event_store::EventStore,
};

/// The most events of one request for links.
pub const LINKS_MAX: usize = 100;
/// The longest that a link works.
pub const EXPIRY_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a link works when nothing else is asked.
pub const EXPIRY_DEFAULT: Duration = Duration::from_secs(60 * 60);
/// All look-ups of one turn together take at most this.
pub const LOOKUP_DEADLINE: Duration = Duration::from_secs(2);

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
    /// HMAC-SHA256, base64url without padding.
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

/// Signs links and opens pictures.
pub struct Clips {
    source: Arc<dyn ClipSource>,
    store: Arc<dyn EventStore>,
    clock: Arc<dyn Clock>,
    /// Signs links; 32 bytes or more.
    key: Arc<[u8]>,
    /// Put before links: `https://cameras.example.org`; empty gives relative links.
    base_url: String,
}

impl Clips {
    /// The service over a keeper of clips.
    pub fn new(
        source: Arc<dyn ClipSource>,
        store: Arc<dyn EventStore>,
        clock: Arc<dyn Clock>,
        key: Arc<[u8]>,
        base_url: String,
    ) -> Self {
        Self { source, store, clock, key, base_url }
    }

    /// The pictures of events that are already known to be in scope, in their order, within
    /// [`LOOKUP_DEADLINE`]. The second value says whether the keeper was out of order; then every
    /// state is `unavailable` and there is no link.
    pub async fn pictures(&self, scope: &Scope, events: &[Event], expiry: Duration) -> (Vec<Pictures>, bool) {
        let _ = (scope, events, expiry, &self.source, &self.store, &self.clock, &self.key, &self.base_url);
        (Vec::new(), true)
    }

    /// Links for up to [`LINKS_MAX`] events, in the order of the ids.
    ///
    /// # Errors
    /// `InvalidInput` naming `event_ids` or `expiry_minutes`.
    pub async fn links(
        &self,
        caller: &Caller,
        event_ids: &[String],
        expiry_minutes: Option<u64>,
    ) -> Result<Vec<EventLink>> {
        let _ = (caller, event_ids, expiry_minutes);
        Err(Error::internal("not built yet"))
    }

    /// Opens a picture.
    ///
    /// # Errors
    /// `Forbidden` with code `CLIP_SIGNATURE_INVALID` or `CLIP_URL_EXPIRED`; `NotFound` with code
    /// `CLIP_NOT_FOUND`.
    pub async fn open(&self, access: MediaAccess<'_>, event_id: &str, kind: MediaKind) -> Result<MediaFile> {
        let _ = (access, event_id, kind);
        Err(Error::internal("not built yet"))
    }
}
