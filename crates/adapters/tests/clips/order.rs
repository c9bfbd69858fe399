//! Several keepers: the first that has a clip counts, a silent one holds nobody up, and what is remembered
//! spares questions.

use std::time::{Duration, Instant};

use eps_adapters::{cached_clip_source::CachedClipSource, fallback_clip_source::FallbackClipSource};
use eps_domain::clip::{ClipSource, ClipState, Media, MediaKind, MediaRequest};
use eps_testkit::keepers::{Kept, Mood};

use super::*;

fn kept() -> Kept {
    Kept { camera: "dock-1".into(), clip: Some(CLIP.into()), ..Kept::default() }
}

#[tokio::test]
async fn a_silent_keeper_holds_up_neither_the_others_nor_the_answer() {
    let (folder, hung, well) =
        (TempDir::new().unwrap(), FakeKeeper::frigate().await, FakeKeeper::vms(false).await);
    hung.set(Mood::Hung);
    well.keep("there", kept());
    let source = FallbackClipSource::new(vec![
        ("frigate", Arc::new(frigate(&hung, None, &folder))),
        ("vms", Arc::new(vms(&well, None))),
    ]);
    let ask = async |ids: &[&str], deadline| {
        let events: Vec<Event> = ids.iter().map(|id| old(id)).collect();
        let begun = Instant::now();
        let status = source.status(TENANT, &events, deadline, now()).await.unwrap();
        (status.into_iter().map(|status| status.map(|s| s.clip)).collect::<Vec<_>>(), begun.elapsed())
    };
    // Everything that was asked for is there: nobody waits for the one that is silent.
    let long = Duration::from_mins(1);
    let (known, took) = ask(&["there"], long).await;
    assert_eq!(known, [Some(ClipState::Ready)]);
    assert!(took < long / 2, "{took:?}");
    // Of the other nobody can say that it is nowhere.
    let (known, _) = ask(&["there", "nowhere"], Duration::from_secs(1)).await;
    assert_eq!(known, [Some(ClipState::Ready), None]);
    hung.set(Mood::Well);
    let (known, _) = ask(&["there", "nowhere"], long).await;
    assert_eq!(known, [Some(ClipState::Ready), Some(ClipState::Unavailable)]);
    let opened = source.open(TENANT, &old("there"), &MediaRequest::whole(MediaKind::Clip)).await;
    assert!(matches!(opened.unwrap(), Some(Media::Link(_))));
}

#[tokio::test]
async fn what_is_remembered_is_not_asked_again_until_it_may_have_changed() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    let source = CachedClipSource::new(Arc::new(frigate(&keeper, None, &folder)));
    let at = async |seconds: i64| {
        let now = now() + jiff::SignedDuration::from_secs(seconds);
        let status = source.status(TENANT, &[young("e")], Duration::from_secs(5), now).await;
        status.map(|status| status[0].unwrap().clip)
    };
    assert_eq!(at(0).await.unwrap(), ClipState::Pending);
    keeper.keep("e", kept());
    let asked = keeper.asked().len();
    assert_eq!(at(2).await.unwrap(), ClipState::Pending);
    assert_eq!(keeper.asked().len(), asked);
    assert_eq!(at(4).await.unwrap(), ClipState::Ready);
    keeper.set(Mood::Status(500));
    assert_eq!(at(60).await.unwrap(), ClipState::Ready);
    assert!(at(65).await.is_err(), "an outage is not remembered, and not hidden for long");
    keeper.set(Mood::Well);
    assert_eq!(at(66).await.unwrap(), ClipState::Ready);
}
