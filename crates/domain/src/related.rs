//! What else belongs to an event: close in time, close in space, alike in meaning.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Caller, CameraDirectory, Error, Event, Result, embedder::Embedder, event_store::EventStore};

/// The most related events of one reply.
pub const RELATED_LIMIT_MAX: usize = 50;

/// In which way two events belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// Close in time.
    Temporal,
    /// The same camera, the same site, or a camera one can walk to.
    Spatial,
    /// Alike in what happened.
    Semantic,
}

/// An event that belongs to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RelatedEvent {
    /// The event.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub event: Event,
    /// The strongest way.
    pub relationship: Relationship,
    /// Combined over all ways, 0 to 1.
    pub strength: f64,
    /// Every reason with its figure, in words.
    pub why: Vec<String>,
}

/// Finds related events.
pub struct Related {
    store: Arc<dyn EventStore>,
    embedder: Option<Arc<dyn Embedder>>,
    directory: Arc<CameraDirectory>,
}

impl Related {
    /// The service over a store; without an embedder nothing is related by meaning.
    pub fn new(
        store: Arc<dyn EventStore>,
        embedder: Option<Arc<dyn Embedder>>,
        directory: Arc<CameraDirectory>,
    ) -> Self {
        Self { store, embedder, directory }
    }

    /// Strongest first. `kinds` empty = all.
    ///
    /// # Errors
    /// `NotFound` with code `EVENT_NOT_FOUND`.
    pub async fn of(
        &self,
        caller: &Caller,
        event_id: &str,
        kinds: &[Relationship],
        limit: usize,
    ) -> Result<Vec<RelatedEvent>> {
        let _ = (caller, event_id, kinds, limit, &self.store, &self.embedder, &self.directory);
        Err(Error::internal("not built yet"))
    }
}
