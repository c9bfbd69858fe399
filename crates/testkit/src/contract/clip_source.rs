//! What every keeper of clips must do: say how each picture is, in the order it was asked, open exactly
//! what it called ready, and keep the pictures of tenants apart.
#![expect(
    clippy::missing_panics_doc,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a contract fails by panicking"
)]

use std::{io::Read as _, time::Duration};

use eps_domain::{
    Event,
    clip::{ByteRange, ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use futures::TryStreamExt as _;
use jiff::Timestamp;

use crate::bare_client;

/// A keeper with known contents.
pub struct Arrangement<'a> {
    /// The keeper.
    pub source: &'a dyn ClipSource,
    /// Whose pictures it keeps.
    pub tenant: &'a str,
    /// One whose events it must not mix up with those.
    pub other_tenant: &'a str,
    /// An event with a clip of these bytes, ten or more, and a still.
    pub ready: (Event, Vec<u8>),
    /// An event that is just over, without pictures.
    pub fresh: Event,
    /// An event of a year ago, without pictures.
    pub stale: Event,
    /// The present instant.
    pub now: Timestamp,
}

/// What a client gets of an opened picture, and its type.
pub async fn content(media: Media) -> (Vec<u8>, &'static str) {
    match media {
        Media::File(mut file) => {
            let mut bytes = Vec::new();
            file.file.read_to_end(&mut bytes).unwrap();
            assert_eq!(file.bytes, bytes.len() as u64);
            (bytes, file.content_type)
        }
        Media::Stream(stream) => {
            let length = stream.part.map(|(first, last)| last - first + 1).or(stream.bytes);
            let pieces: Vec<_> = stream.body.try_collect().await.unwrap();
            let bytes = pieces.concat();
            assert!(length.is_none_or(|length| length == bytes.len() as u64), "as long as was said");
            (bytes, stream.content_type)
        }
        Media::Link(url) => {
            let (status, bytes) = bare_client::get(&url).await.unwrap();
            assert_eq!(status, 200, "{url}");
            (bytes, "")
        }
        Media::OutOfRange(_) => panic!("nothing was opened"),
    }
}

/// Runs the whole contract.
pub async fn run(arrangement: Arrangement<'_>) {
    let Arrangement { source, tenant, other_tenant, ready: (ready, bytes), fresh, stale, now } = arrangement;
    let soon = Duration::from_secs(5);
    let open = async |tenant: &str, event: &Event, request: &MediaRequest| {
        source.open(tenant, event, request).await.unwrap()
    };
    let whole = MediaRequest::whole;
    assert!(source.holds(tenant));
    assert_eq!(source.status(tenant, &[], soon, now).await.unwrap(), []);

    // In the order of the question, each as often as it was asked.
    let asked = [fresh.clone(), ready.clone(), stale.clone(), ready.clone()];
    let status = source.status(tenant, &asked, soon, now).await.unwrap();
    let status: Vec<ClipStatus> = status.into_iter().map(Option::unwrap).collect();
    let clips: Vec<ClipState> = status.iter().map(|status| status.clip).collect();
    assert_eq!((clips[0], clips[1], clips[3]), (ClipState::Pending, ClipState::Ready, ClipState::Ready));
    assert!(matches!(clips[2], ClipState::Expired | ClipState::Unavailable));
    let stills: Vec<bool> = status.iter().map(|status| status.has_thumbnail).collect();
    assert_eq!(stills, [false, true, false, true]);

    let clip = open(tenant, &ready, &whole(MediaKind::Clip)).await.unwrap();
    let is_link = matches!(clip, Media::Link(_));
    let (read, content_type) = content(clip).await;
    assert_eq!(read, bytes);
    assert!(is_link || content_type.starts_with("video/"));
    let (still, content_type) =
        content(open(tenant, &ready, &whole(MediaKind::Thumbnail)).await.unwrap()).await;
    assert!((is_link || content_type.starts_with("image/")) && !still.is_empty());

    for (range, part) in [
        (ByteRange::From { first: 2, last: Some(5) }, &bytes[2..6]),
        (ByteRange::From { first: 3, last: None }, &bytes[3..]),
        (ByteRange::Last(4), &bytes[bytes.len() - 4..]),
    ] {
        let request = MediaRequest { range: Some(range), ..whole(MediaKind::Clip) };
        match open(tenant, &ready, &request).await.unwrap() {
            // Whoever sends a file, or follows a link, cuts the part out.
            media @ (Media::File(_) | Media::Link(_)) => assert_eq!(content(media).await.0, bytes),
            Media::Stream(stream) => {
                assert_eq!(stream.part, range.within(bytes.len() as u64));
                assert_eq!(content(Media::Stream(stream)).await.0, part);
            }
            Media::OutOfRange(_) => panic!("{range:?} is inside"),
        }
    }
    let beyond = ByteRange::From { first: bytes.len() as u64, last: None };
    let request = MediaRequest { range: Some(beyond), ..whole(MediaKind::Clip) };
    assert!(!matches!(open(tenant, &ready, &request).await.unwrap(), Media::Stream(_)));

    for missing in [&fresh, &stale] {
        for kind in [MediaKind::Clip, MediaKind::Thumbnail] {
            assert!(open(tenant, missing, &whole(kind)).await.is_none());
        }
    }
    // The same id in another tenant, and at another camera where the keeper knows cameras, is another event.
    if source.holds(other_tenant) {
        let status = source.status(other_tenant, std::slice::from_ref(&ready), soon, now).await.unwrap();
        assert_ne!(status[0].unwrap().clip, ClipState::Ready);
        assert!(open(other_tenant, &ready, &whole(MediaKind::Clip)).await.is_none());
    }
    // No time at all is no reason to guess: either it is known, or it is not.
    if let Ok(none) = source.status(tenant, &asked, Duration::ZERO, now).await {
        assert_eq!(none.len(), asked.len());
        assert!(none[1].is_none_or(|status| status.clip == ClipState::Ready));
    }
    // Ids that walk through folders lead nowhere.
    for id in ["..", ".", "../../etc/passwd", "a/b", "%2e%2e", "%2e%2e%2fx", "\\..\\x", "x?y#z"] {
        let lost = Event { event_id: id.into(), ..ready.clone() };
        let status = source.status(tenant, std::slice::from_ref(&lost), soon, now).await.unwrap();
        assert_ne!(status[0].unwrap().clip, ClipState::Ready, "{id}");
        assert!(open(tenant, &lost, &whole(MediaKind::Clip)).await.is_none(), "{id}");
    }
}
