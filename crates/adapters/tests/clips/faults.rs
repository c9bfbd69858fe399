//! Keepers that are down, hung, slow, or that say what nobody can read: the look-up ends in time, nothing is
//! guessed, and it goes on by itself when they are mended.

use std::time::{Duration, Instant};

use eps_domain::{
    ErrorKind,
    clip::{ByteRange, ClipSource, ClipState, Media, MediaKind, MediaRequest},
};
use eps_testkit::{
    contract::clip_source::content,
    fault_proxy::{Fault, FaultProxy},
    keepers::{Kept, Mood},
    servers::seaweedfs::{BUCKET, SECRET_KEY as S3_SECRET, SeaweedFsServer},
};

use super::*;

const DEADLINE: Duration = Duration::from_millis(400);
/// What a look-up may take beyond its deadline on a machine that builds at the same time.
const SLACK: Duration = Duration::from_millis(1_500);

async fn knows_nothing_in_time(source: &dyn ClipSource, why: &str) {
    let events: Vec<Event> = (0..50).map(|n| young(&format!("e{n}"))).collect();
    let begun = Instant::now();
    let error = source.status(TENANT, &events, DEADLINE, now()).await.unwrap_err();
    assert!(begun.elapsed() < DEADLINE + SLACK, "{why}: {:?}", begun.elapsed());
    assert!(matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Timeout), "{why}: {error:?}");
    assert_eq!(error.code, "CLIPS_UNAVAILABLE", "{why}");
}

async fn is_ready(source: &dyn ClipSource) -> bool {
    let status = source.status(TENANT, &[young("e0")], Duration::from_secs(5), now()).await.unwrap();
    status[0].unwrap().clip == ClipState::Ready
}

#[tokio::test]
async fn a_keeper_that_misbehaves_in_any_way_is_left_in_time_and_heard_again() {
    let folder = TempDir::new().unwrap();
    let keepers = [FakeKeeper::frigate().await, FakeKeeper::vms(false).await];
    let sources: [Box<dyn ClipSource>; 2] =
        [Box::new(frigate(&keepers[0], None, &folder)), Box::new(vms(&keepers[1], None))];
    for (keeper, source) in keepers.iter().zip(&sources) {
        for mood in [
            Mood::Hung,
            Mood::Status(500),
            Mood::Status(503),
            Mood::Status(429),
            Mood::Malformed,
            Mood::Endless,
            Mood::Redirect("http://169.254.169.254/latest/meta-data".into()),
            Mood::Redirect("file:///etc/passwd".into()),
        ] {
            keeper.set(mood.clone());
            knows_nothing_in_time(&**source, &format!("{mood:?}")).await;
            keeper.set(Mood::Well);
        }
        keeper.keep("e0", Kept { camera: "dock-1".into(), clip: Some(CLIP.into()), ..Kept::default() });
        assert!(is_ready(&**source).await);
        keeper.set(Mood::Status(500));
        let opened = source.open(TENANT, &old("e1"), &MediaRequest::whole(MediaKind::Clip)).await;
        assert_eq!(opened.unwrap_err().code, "CLIPS_UNAVAILABLE");
    }
}

#[tokio::test]
async fn a_bucket_behind_a_bad_wire_or_with_wrong_keys_is_out_of_order_and_never_empty() {
    let Some(server) = SeaweedFsServer::start() else { return };
    server.put("acme/dock-1/e0.mp4", CLIP);
    let wire = FaultProxy::before(server.port()).await;
    let source = s3(&format!("http://127.0.0.1:{}", wire.port()), None, S3_SECRET);
    for fault in [Fault::Reset, Fault::Hang, Fault::Latency(Duration::from_secs(1))] {
        wire.set(fault);
        knows_nothing_in_time(&source, &format!("{fault:?}")).await;
    }
    wire.set(Fault::Slice(7));
    assert!(is_ready(&source).await);
    knows_nothing_in_time(&s3(&server.url(), None, "not the secret"), "wrong keys").await;
}

#[tokio::test]
async fn a_part_of_another_version_comes_whole_from_a_bucket_that_knows_no_if_range() {
    let bucket = FakeKeeper::bucket().await;
    let source = s3(&bucket.url(), None, S3_SECRET);
    let key = format!("{BUCKET}/acme/dock-1/e0.mp4");
    let keep = |clip: &[u8]| bucket.keep(&key, Kept { clip: Some(clip.into()), ..Kept::default() });
    let open = async |first, last, mark: &str| {
        let range = Some(ByteRange::From { first, last: Some(last) });
        let part = MediaRequest { kind: MediaKind::Clip, range, if_range: Some(mark.to_owned()) };
        let Some(Media::Stream(stream)) = source.open(TENANT, &old("e0"), &part).await.unwrap() else {
            panic!("a stream")
        };
        let (part, mark) = (stream.part, stream.etag.clone().unwrap());
        (part, mark, content(Media::Stream(stream)).await.0)
    };
    keep(CLIP);
    let mark = format!("\"{}\"", CLIP.len());
    assert_eq!(open(2, 5, &mark).await, (Some((2, 5)), mark.clone(), CLIP[2..6].to_vec()));
    let shorter = &CLIP[..9];
    keep(shorter);
    for (first, last) in [(2, 5), (20, 25)] {
        let whole = (None, "\"9\"".to_owned(), shorter.to_vec());
        for mark in [mark.as_str(), "W/\"9\"", "Sun, 06 Nov 1994 08:49:37 GMT"] {
            assert_eq!(open(first, last, mark).await, whole, "{first}-{last} {mark}");
        }
    }
    // Nothing in it is no clip.
    keep(b"");
    let opened = source.open(TENANT, &old("e0"), &MediaRequest::whole(MediaKind::Clip)).await;
    assert!(opened.unwrap().is_none());
}
