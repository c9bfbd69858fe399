//! What every keeper of clips must do: say how each picture is, in the order it was asked, and open
//! exactly what it called ready.
#![expect(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::{io::Read, time::Duration};

use eps_domain::{
    Event,
    clip::{ClipSource, ClipState, MediaKind},
};
use jiff::Timestamp;

/// A keeper with known contents.
pub struct Arrangement<'a> {
    /// The keeper.
    pub source: &'a dyn ClipSource,
    /// An event with a clip of these bytes and a still.
    pub ready: (Event, Vec<u8>),
    /// An event that is just over, without pictures.
    pub fresh: Event,
    /// An event of a year ago, without pictures.
    pub stale: Event,
    /// The present instant.
    pub now: Timestamp,
}

/// Runs the whole contract.
pub async fn run(arrangement: Arrangement<'_>) {
    let Arrangement { source, ready: (ready, bytes), fresh, stale, now } = arrangement;
    let soon = Duration::from_secs(5);
    assert_eq!(source.status(&[], soon, now).await.unwrap(), []);

    // In the order of the question, each as often as it was asked.
    let asked = [fresh.clone(), ready.clone(), stale.clone(), ready.clone()];
    let status = source.status(&asked, soon, now).await.unwrap();
    let clips: Vec<ClipState> = status.iter().map(|status| status.clip).collect();
    assert_eq!((clips[0], clips[1], clips[3]), (ClipState::Pending, ClipState::Ready, ClipState::Ready));
    assert!(matches!(clips[2], ClipState::Expired | ClipState::Unavailable));
    let stills: Vec<bool> = status.iter().map(|status| status.has_thumbnail).collect();
    assert_eq!(stills, [false, true, false, true]);

    let mut clip = source.open(&ready, MediaKind::Clip).await.unwrap().unwrap();
    let mut read = Vec::new();
    clip.file.read_to_end(&mut read).unwrap();
    assert_eq!((clip.bytes, read), (bytes.len() as u64, bytes));
    assert!(clip.content_type.starts_with("video/"));
    let still = source.open(&ready, MediaKind::Thumbnail).await.unwrap().unwrap();
    assert!(still.content_type.starts_with("image/") && still.bytes > 0);

    for missing in [&fresh, &stale] {
        for kind in [MediaKind::Clip, MediaKind::Thumbnail] {
            assert!(source.open(missing, kind).await.unwrap().is_none());
        }
    }
    // No time at all is no reason to fail or to guess.
    let none = source.status(&asked, Duration::ZERO, now).await.unwrap();
    assert_eq!(none.len(), asked.len());
}
