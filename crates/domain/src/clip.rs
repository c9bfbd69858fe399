//! Clips and thumbnails: where the pictures of an event are, and in which state.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Event, Result};

/// How a clip is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClipState {
    /// It can be played.
    Ready,
    /// It is still being written; ask again.
    Pending,
    /// It was there and is gone by retention.
    Expired,
    /// There is none, or its keeper is out of order.
    Unavailable,
}

/// A clip as a reply shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Clip {
    /// How it is.
    pub state: ClipState,
    /// Where to play it; only when ready.
    pub url: Option<String>,
    /// Until when the link works.
    pub expires_at: Option<Timestamp>,
}

/// Moving or still.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// The clip.
    Clip,
    /// A still.
    Thumbnail,
}

/// What is known of an event's pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClipStatus {
    /// The clip.
    pub clip: ClipState,
    /// Whether a still can be had.
    pub has_thumbnail: bool,
}

/// An open picture: a file, already opened below its root, so that no path can escape.
#[derive(Debug)]
pub struct MediaFile {
    /// Open for reading.
    pub file: std::fs::File,
    /// Length in bytes.
    pub bytes: u64,
    /// `video/mp4`, `image/jpeg` …
    pub content_type: &'static str,
    /// For `Last-Modified` and `ETag`.
    pub modified: Timestamp,
}

/// A keeper of clips.
#[async_trait]
pub trait ClipSource: Send + Sync {
    /// How the pictures of these events are, in their order. Never takes longer than `deadline`:
    /// what is not known by then is `Unavailable`.
    ///
    /// # Errors
    /// `Unavailable` with code `CLIPS_UNAVAILABLE` when the keeper is out of order altogether.
    async fn status(&self, events: &[Event], deadline: Duration, now: Timestamp) -> Result<Vec<ClipStatus>>;

    /// Opens a picture that we serve ourselves; `None` when there is none.
    async fn open(&self, event: &Event, kind: MediaKind) -> Result<Option<MediaFile>>;
}
