//! Keepers that are down, hung, slow, or that say what nobody can read: the look-up ends in time, nothing is
//! guessed, and it goes on by itself when they are mended.

use std::time::{Duration, Instant};

use eps_domain::{
    ErrorKind,
    clip::{ClipSource, ClipState, MediaKind, MediaRequest},
};
use eps_testkit::{
    fault_proxy::{Fault, FaultProxy},
    keepers::{Kept, Mood},
    servers::seaweedfs::{SECRET_KEY as S3_SECRET, SeaweedFsServer},
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
