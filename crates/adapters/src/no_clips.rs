//! A site without clips: every clip is unavailable, and nothing is out of order.

use std::time::Duration;

use async_trait::async_trait;
use eps_domain::{
    Event, Result,
    clip::{ClipSource, ClipStatus, Media, MediaRequest},
};
use jiff::Timestamp;

/// Keeps no clips.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoClips;

#[async_trait]
impl ClipSource for NoClips {
    fn holds(&self, _tenant: &str) -> bool {
        false
    }

    async fn status(
        &self,
        _tenant: &str,
        events: &[Event],
        _deadline: Duration,
        _now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        Ok(vec![Some(ClipStatus::NONE); events.len()])
    }

    async fn open(&self, _tenant: &str, _event: &Event, _request: &MediaRequest) -> Result<Option<Media>> {
        Ok(None)
    }
}
