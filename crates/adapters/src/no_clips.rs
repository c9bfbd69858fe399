//! A site without clips: every clip is unavailable, and nothing is out of order.

use std::time::Duration;

use async_trait::async_trait;
use eps_domain::{
    Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, MediaFile, MediaKind},
};
use jiff::Timestamp;

/// Keeps no clips.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoClips;

#[async_trait]
impl ClipSource for NoClips {
    async fn status(
        &self,
        events: &[Event],
        _deadline: Duration,
        _now: Timestamp,
    ) -> Result<Vec<ClipStatus>> {
        Ok(vec![ClipStatus { clip: ClipState::Unavailable, has_thumbnail: false }; events.len()])
    }

    async fn open(&self, _event: &Event, _kind: MediaKind) -> Result<Option<MediaFile>> {
        Ok(None)
    }
}
