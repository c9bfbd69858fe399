//! A keeper of clips that remembers for a short time what it said, so that it is not asked anew with each
//! look at an answer. What could not be found out is not remembered.

use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use jiff::Timestamp;
use moka::sync::Cache;

/// Events whose pictures are remembered: some 3 MB.
const REMEMBERED_MAX: u64 = 20_000;

/// How long a state is believed. What is being written will soon be there; what is gone stays gone.
const fn believed_for(state: ClipState) -> Duration {
    match state {
        ClipState::Ready => Duration::from_mins(1),
        ClipState::Pending => Duration::from_secs(3),
        ClipState::Unavailable => Duration::from_secs(15),
        ClipState::Expired => Duration::from_mins(10),
    }
}

/// Tenant, camera, event.
type Key = (Arc<str>, String, String);

/// A keeper with a memory.
pub struct CachedClipSource {
    inner: Arc<dyn ClipSource>,
    known: Cache<Key, (ClipStatus, Timestamp)>,
}

impl fmt::Debug for CachedClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CachedClipSource").field("known", &self.known.entry_count()).finish_non_exhaustive()
    }
}

impl CachedClipSource {
    /// Remembers what `inner` says.
    pub fn new(inner: Arc<dyn ClipSource>) -> Self {
        Self { inner, known: Cache::new(REMEMBERED_MAX) }
    }
}

fn key(tenant: &str, event: &Event) -> Key {
    (tenant.into(), event.camera_id.clone(), event.event_id.clone())
}

#[async_trait]
impl ClipSource for CachedClipSource {
    fn holds(&self, tenant: &str) -> bool {
        self.inner.holds(tenant)
    }

    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let keys: Vec<Key> = events.iter().map(|event| key(tenant, event)).collect();
        let mut found: HashMap<&Key, Option<ClipStatus>> = HashMap::with_capacity(keys.len());
        let mut unknown = Vec::new();
        for (key, event) in keys.iter().zip(events) {
            if found.contains_key(key) {
                continue;
            }
            let known = self.known.get(key).filter(|(_, until)| now < *until);
            if known.is_none() {
                unknown.push((key, event));
            }
            found.insert(key, known.map(|(status, _)| status));
        }
        if !unknown.is_empty() {
            let asked: Vec<Event> = unknown.iter().map(|(_, event)| (*event).clone()).collect();
            match self.inner.status(tenant, &asked, deadline, now).await {
                Ok(statuses) => {
                    for ((key, _), status) in unknown.into_iter().zip(statuses) {
                        if let Some(status) = status {
                            let until = now.checked_add(believed_for(status.clip)).unwrap_or(now);
                            self.known.insert(key.clone(), (status, until));
                        }
                        found.insert(key, status);
                    }
                }
                // What is remembered is worth more than an error.
                Err(error) if found.values().all(Option::is_none) => return Err(error),
                Err(error) => tracing::debug!(%error, "only what is remembered of clips is told"),
            }
        }
        Ok(keys.iter().map(|key| found.get(key).copied().flatten()).collect())
    }

    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let opened = self.inner.open(tenant, event, request).await?;
        if opened.is_none() && request.kind == MediaKind::Clip {
            // Whatever was remembered was wrong.
            self.known.invalidate(&key(tenant, event));
        }
        Ok(opened)
    }
}
