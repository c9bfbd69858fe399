//! What is Frigate's own: clips that are not written yet, users whose tokens end, cameras, and clips that are
//! made while they are sent.

use std::time::Duration;

use eps_domain::{
    ErrorKind,
    clip::{ByteRange, ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use eps_testkit::{
    contract::clip_source::content,
    keepers::{Kept, Lack, Mood},
};

use super::*;

const ID: &str = "1780315140.5-mxklsc";

async fn status(source: &FrigateClipSource, event: &Event) -> ClipStatus {
    let status = source.status(TENANT, std::slice::from_ref(event), Duration::from_secs(5), now()).await;
    status.unwrap()[0].unwrap()
}

const WHOLE: MediaRequest = MediaRequest { kind: MediaKind::Clip, range: None, if_range: None };

fn copies(folder: &TempDir) -> usize {
    std::fs::read_dir(folder.path().join("copies")).unwrap().count()
}

fn kept(clip: Option<&[u8]>) -> Kept {
    Kept { camera: "dock-1".into(), clip: clip.map(Into::into), still: Some(STILL.into()), ..Kept::default() }
}

#[tokio::test]
async fn a_clip_is_pending_while_it_is_written_and_expired_when_its_recording_is_gone() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    let source = frigate(&keeper, None, &folder);
    keeper.keep(ID, Kept { is_going_on: true, ..kept(Some(CLIP)) });
    assert_eq!(status(&source, &old(ID)).await, ClipStatus { clip: ClipState::Pending, has_thumbnail: true });
    // "No recordings found", however its version says it, of a young event and of an old one.
    let part = MediaRequest { range: Some(ByteRange::From { first: 0, last: None }), ..WHOLE };
    for lack in [Lack::Refused, Lack::Empty, Lack::Failed] {
        keeper.keep(ID, Kept { lack, ..kept(None) });
        for (event, state) in [(young(ID), ClipState::Pending), (old(ID), ClipState::Expired)] {
            let expected = ClipStatus { clip: state, has_thumbnail: true };
            assert_eq!(status(&source, &event).await, expected, "{lack:?}");
            for request in [&WHOLE, &part] {
                assert!(source.open(TENANT, &event, request).await.unwrap().is_none(), "{lack:?}");
            }
        }
        assert_eq!(copies(&folder), 0, "{lack:?}: what is empty is not kept");
    }
    keeper.keep(ID, kept(Some(CLIP)));
    for event in [young(ID), old(ID)] {
        assert_eq!(status(&source, &event).await.clip, ClipState::Ready);
        let opened = source.open(TENANT, &event, &part).await.unwrap().unwrap();
        assert_eq!(content(opened).await.0, CLIP);
    }
    // The same id at another camera is another event: its pictures are not shown.
    keeper.keep(ID, Kept { camera: "vault".into(), ..kept(Some(CLIP)) });
    assert_eq!(status(&source, &old(ID)).await, ClipStatus::NONE);
    for kind in [MediaKind::Clip, MediaKind::Thumbnail] {
        assert!(source.open(TENANT, &old(ID), &MediaRequest::whole(kind)).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_token_that_ended_is_renewed_once_and_a_refused_user_is_not_tried_again_at_once() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    keeper.want("eps", "hush");
    keeper.keep(ID, kept(Some(CLIP)));
    let source = frigate(&keeper, Some(("eps", "hush")), &folder);
    assert_eq!(status(&source, &young(ID)).await.clip, ClipState::Ready);
    keeper.forget_tokens();
    // Many at once: one of them logs in, the others wait for it.
    let many: Vec<Event> = (0..20).map(|_| young(ID)).collect();
    let known = source.status(TENANT, &many, Duration::from_secs(5), now()).await.unwrap();
    assert!(known.iter().all(|status| status.unwrap().clip == ClipState::Ready));
    assert_eq!(keeper.logins(), 2);

    let wrong = frigate(&keeper, Some(("eps", "wrong")), &folder);
    for _ in 0..3 {
        let refused = wrong.status(TENANT, &many, Duration::from_secs(5), now()).await.unwrap_err();
        assert!(!format!("{refused:?}").contains("wrong"), "{refused:?}");
    }
    assert_eq!(keeper.logins(), 3);
}

#[tokio::test]
async fn parts_come_from_one_copy_and_stills_are_drawn_once() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    let source = frigate(&keeper, None, &folder);
    keeper.keep(ID, kept(Some(CLIP)));
    let event = old(ID);
    // As a whole it is passed on, and nothing is kept.
    let whole = source.open(TENANT, &event, &MediaRequest::whole(MediaKind::Clip)).await.unwrap().unwrap();
    assert!(matches!(whole, Media::Stream(_)));
    assert_eq!(content(whole).await, (CLIP.to_vec(), "video/mp4"));
    let range = Some(ByteRange::From { first: 0, last: Some(1) });
    let part = MediaRequest { range, ..MediaRequest::whole(MediaKind::Clip) };
    let open = || source.open(TENANT, &event, &part);
    let mut opened = futures::future::join_all((0..5).map(|_| open())).await;
    opened.push(open().await);
    let marks: Vec<_> = opened
        .into_iter()
        .map(|opened| match opened.unwrap().unwrap() {
            Media::File(file) => (file.bytes, file.modified),
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(marks.iter().all(|mark| *mark == marks[0]), "players know it again: {marks:?}");
    let made = keeper.asked().iter().filter(|path| path.ends_with("/clip.mp4")).count();
    assert_eq!(made, 2, "once as a whole, and once for all parts");
    let copies = || copies(&folder);
    assert_eq!(copies(), 1);
    for _ in 0..2 {
        let still = source.open(TENANT, &event, &MediaRequest::whole(MediaKind::Thumbnail)).await;
        assert_eq!(content(still.unwrap().unwrap()).await, (STILL.to_vec(), "image/jpeg"));
    }
    let drawn = keeper.asked().iter().filter(|path| path.ends_with("/snapshot.jpg")).count();
    assert_eq!((drawn, copies()), (1, 2));
    // What is larger than all the room comes whole, and leaves nothing behind.
    let large = vec![7; (1 << 20) + 1];
    keeper.keep("large", kept(Some(&large)));
    for _ in 0..2 {
        let whole = source.open(TENANT, &old("large"), &part).await.unwrap().unwrap();
        assert_eq!(content(whole).await.0.len(), large.len());
    }
    assert_eq!(copies(), 2);
}

#[tokio::test]
async fn a_login_that_is_slower_than_a_look_up_goes_on_and_serves_the_next() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    keeper.want("eps", "hush");
    keeper.keep(ID, kept(Some(CLIP)));
    let source = frigate(&keeper, Some(("eps", "hush")), &folder);
    let gate = keeper.hold_logins();
    for _ in 0..3 {
        let known = source.status(TENANT, &[young(ID), old(ID)], Duration::from_millis(100), now()).await;
        assert_eq!(known.unwrap_err().kind, ErrorKind::Timeout);
    }
    drop(gate);
    assert_eq!(status(&source, &young(ID)).await.clip, ClipState::Ready);
    assert_eq!(keeper.logins(), 1);
}

#[tokio::test]
async fn a_still_that_cannot_be_drawn_is_cut_out() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    let source = frigate(&keeper, None, &folder);
    keeper.keep(ID, Kept { fails_to_draw: true, ..kept(None) });
    let still = source.open(TENANT, &old(ID), &MediaRequest::whole(MediaKind::Thumbnail)).await;
    assert_eq!(content(still.unwrap().unwrap()).await, (STILL.to_vec(), "image/jpeg"));
    // Neither can be had: that is an outage, and not a still that is missing.
    keeper.set(Mood::Status(500));
    let still = source.open(TENANT, &old("other"), &MediaRequest::whole(MediaKind::Thumbnail)).await;
    assert_eq!(still.unwrap_err().code, "CLIPS_UNAVAILABLE");
}

#[tokio::test]
async fn what_frigate_no_longer_has_is_not_kept_here() {
    let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
    let source = frigate(&keeper, None, &folder);
    let part = MediaRequest { range: Some(ByteRange::Last(2)), ..WHOLE };
    let still = MediaRequest::whole(MediaKind::Thumbnail);
    let fill = async || {
        keeper.keep(ID, kept(Some(CLIP)));
        for request in [&part, &still] {
            assert!(source.open(TENANT, &old(ID), request).await.unwrap().is_some());
        }
        assert_eq!(copies(&folder), 2);
    };
    fill().await;
    // Its recording is gone: the still is there for as long as the event is.
    keeper.keep(ID, kept(None));
    assert_eq!(status(&source, &old(ID)).await.clip, ClipState::Expired);
    assert_eq!(copies(&folder), 1);
    fill().await;
    keeper.remove(ID);
    assert_eq!(status(&source, &old(ID)).await, ClipStatus::NONE);
    assert_eq!(copies(&folder), 0);
    fill().await;
    keeper.remove(ID);
    assert!(source.open(TENANT, &old(ID), &part).await.unwrap().is_none());
    assert_eq!(copies(&folder), 0);
}
