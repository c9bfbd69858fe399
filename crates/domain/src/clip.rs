//! Clips and thumbnails: where the pictures of an event are, and in which state.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use jiff::{SignedDuration, Timestamp};
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

impl Clip {
    /// There is none, or nobody could say.
    pub const UNAVAILABLE: Self = Self { state: ClipState::Unavailable, url: None, expires_at: None };
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

/// An event without a clip is `pending` until it has been over for this long: writing one takes its time.
pub const PENDING_FOR: Duration = Duration::from_mins(2);

impl ClipStatus {
    /// Neither a clip nor a still.
    pub const NONE: Self = Self { clip: ClipState::Unavailable, has_thumbnail: false };

    /// What it means that there is no clip of an event, by how long the event has been over. After
    /// `retention` clips are removed; `None` when they are kept for good.
    pub fn missing(event: &Event, now: Timestamp, retention: Option<Duration>) -> Self {
        let age = now.duration_since(event.end());
        let is_older = |than: Duration| age >= than.try_into().unwrap_or(SignedDuration::MAX);
        let clip = if !is_older(PENDING_FOR) {
            ClipState::Pending
        } else if retention.is_some_and(is_older) {
            ClipState::Expired
        } else {
            ClipState::Unavailable
        };
        Self { clip, has_thumbnail: false }
    }
}

/// One part of a picture, as players ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByteRange {
    /// From a byte on, to the end or to another byte, that one included.
    From {
        /// The first byte.
        first: u64,
        /// The last one.
        last: Option<u64>,
    },
    /// So many bytes at the end.
    Last(u64),
}

impl ByteRange {
    /// Its first and last byte in a picture of so many; `None` when it lies outside.
    pub fn within(self, bytes: u64) -> Option<(u64, u64)> {
        let end = bytes.checked_sub(1)?;
        match self {
            Self::From { first, last } => {
                let last = last.unwrap_or(end).min(end);
                (first <= last).then_some((first, last))
            }
            Self::Last(0) => None,
            Self::Last(count) => Some((bytes.saturating_sub(count), end)),
        }
    }
}

/// What is wanted of an event's pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaRequest {
    /// Which picture.
    pub kind: MediaKind,
    /// A part of it. A keeper that opens a file leaves it to whoever sends the file.
    pub range: Option<ByteRange>,
    /// The part is wanted only of the picture that bears this mark (`If-Range`).
    pub if_range: Option<String>,
}

impl MediaRequest {
    /// A whole picture.
    pub fn whole(kind: MediaKind) -> Self {
        Self { kind, range: None, if_range: None }
    }
}

/// A picture, opened.
#[derive(Debug)]
pub enum Media {
    /// A file of this machine.
    File(MediaFile),
    /// What another machine sends while we pass it on.
    Stream(MediaStream),
    /// A link that another machine signed for a short time, to be followed by the client itself. The
    /// keeper vouches for its host: one that the operator named.
    Link(String),
    /// The part that is wanted lies outside of the picture; its length, when it is known.
    OutOfRange(Option<u64>),
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

/// An open picture on its way from another machine. Dropping it ends the transfer.
pub struct MediaStream {
    /// The bytes; an error when they break off.
    pub body: BoxStream<'static, Result<Bytes>>,
    /// `video/mp4`, `image/jpeg` … : never what only the other machine says.
    pub content_type: &'static str,
    /// Length of the whole picture, when it is known.
    pub bytes: Option<u64>,
    /// First and last byte, when this is a part.
    pub part: Option<(u64, u64)>,
    /// Its mark there, for `ETag`.
    pub etag: Option<String>,
    /// For `Last-Modified`.
    pub modified: Option<Timestamp>,
}

impl std::fmt::Debug for MediaStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { content_type, bytes, part, .. } = self;
        f.debug_struct("MediaStream")
            .field("content_type", content_type)
            .field("bytes", bytes)
            .field("part", part)
            .finish_non_exhaustive()
    }
}

/// A keeper of clips.
#[async_trait]
pub trait ClipSource: Send + Sync {
    /// Whether it keeps the pictures of this tenant's events. Ids of events are unique within a tenant
    /// only: a keeper that knows no tenants is never asked for the events of another.
    fn holds(&self, tenant: &str) -> bool;

    /// How the pictures of these events are, in their order; `None` where it could not be found out.
    /// Never takes much longer than `deadline`.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` with code `CLIPS_UNAVAILABLE` when nothing could be found out.
    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>>;

    /// Opens a picture; `None` when there is none.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` with code `CLIPS_UNAVAILABLE` when its keeper is out of order.
    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_cut_to_the_picture_or_lies_outside_of_it() {
        let from = |first, last| ByteRange::From { first, last };
        for (range, bytes, part) in [
            (from(0, Some(0)), 10, Some((0, 0))),
            (from(2, None), 10, Some((2, 9))),
            (from(2, Some(u64::MAX)), 10, Some((2, 9))),
            (from(10, None), 10, None),
            (from(5, Some(4)), 10, None),
            (ByteRange::Last(3), 10, Some((7, 9))),
            (ByteRange::Last(30), 10, Some((0, 9))),
            (ByteRange::Last(0), 10, None),
            (from(0, None), 0, None),
        ] {
            assert_eq!(range.within(bytes), part, "{range:?} of {bytes}");
        }
    }
}
