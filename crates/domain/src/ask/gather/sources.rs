//! What findings are gathered from. Nouns only.

use std::time::Duration;

use crate::{clips::Clips, embedder::Embedder, event_store::EventStore};

/// What findings are gathered from.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    /// Events.
    pub store: &'a dyn EventStore,
    /// Meaning.
    pub embedder: Option<&'a dyn Embedder>,
    /// Pictures.
    pub clips: &'a Clips,
    /// The longest gap within a visit.
    pub visit_gap: Duration,
}
