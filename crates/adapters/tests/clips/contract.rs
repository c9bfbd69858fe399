//! One contract, every keeper.

use std::{fs, sync::Arc};

use eps_adapters::{
    cached_clip_source::CachedClipSource,
    fallback_clip_source::FallbackClipSource,
    files::{FileClipSettings, FileClipSource},
    guard::GuardedClipSource,
};
use eps_domain::clip::{ClipSource, Media, MediaKind, MediaRequest};
use eps_testkit::{
    bare_client,
    contract::clip_source::{Arrangement, run},
    keepers::{FakeKeeper, Kept},
    manual_clock::ManualClock,
    servers::seaweedfs::{SECRET_KEY as S3_SECRET, SeaweedFsServer},
};
use tempfile::TempDir;

use super::*;

/// An id that every keeper has to write in its own way.
const ID: &str = "cam:1/2.5 %x";

async fn keeps_the_contract(source: &dyn ClipSource) {
    run(Arrangement {
        source,
        tenant: TENANT,
        other_tenant: "other",
        ready: (young(ID), CLIP.to_vec()),
        fresh: young("fresh"),
        stale: old("stale"),
        now: now(),
    })
    .await;
}

fn films(root: &TempDir) -> FileClipSource {
    let settings = FileClipSettings { tenant: TENANT.into(), ..FileClipSettings::new(root.path()) };
    FileClipSource::open(settings, Arc::new(ManualClock::at_rfc3339(NOW))).unwrap()
}

fn kept() -> Kept {
    Kept { camera: "dock-1".into(), clip: Some(CLIP.into()), still: Some(STILL.into()), ..Kept::default() }
}

/// As they are wired.
fn as_wired(source: impl ClipSource + 'static) -> Arc<dyn ClipSource> {
    Arc::new(CachedClipSource::new(Arc::new(GuardedClipSource::new("clips", Arc::new(source)))))
}

#[tokio::test]
async fn files_keep_the_contract() {
    let root = TempDir::new().unwrap();
    fs::write(root.path().join("cam:1%2F2.5 %25x.webm"), CLIP).unwrap();
    fs::write(root.path().join("cam:1%2F2.5 %25x.jpg"), STILL).unwrap();
    keeps_the_contract(&films(&root)).await;
}

#[tokio::test]
async fn a_video_management_system_keeps_the_contract_with_and_without_batches() {
    for serves_batches in [false, true] {
        let keeper = FakeKeeper::vms(serves_batches).await;
        keeper.want("", "a-token");
        keeper.keep(ID, kept());
        keeps_the_contract(&vms(&keeper, Some("a-token"))).await;
        let prefix = "/api/v1/clips/";
        let known = |path: &String| path.starts_with(prefix) || path.starts_with("/media/");
        assert!(keeper.asked().iter().all(known), "{:?}", keeper.asked());
    }
}

#[tokio::test]
async fn frigate_keeps_the_contract_with_and_without_users() {
    for login in [None, Some(("eps", "hush"))] {
        let (keeper, folder) = (FakeKeeper::frigate().await, TempDir::new().unwrap());
        if let Some((user, password)) = login {
            keeper.want(user, password);
        }
        keeper.keep(ID, kept());
        keeps_the_contract(&frigate(&keeper, login, &folder)).await;
        assert_eq!(keeper.logins(), usize::from(login.is_some()));
        let known = |path: &String| path.starts_with("/api/events/") || path == "/api/login";
        assert!(keeper.asked().iter().all(known), "{:?}", keeper.asked());
    }
}

#[tokio::test]
async fn a_bucket_keeps_the_contract_by_links_and_passed_on() {
    let Some(server) = SeaweedFsServer::start() else { return };
    server.put("acme/dock-1/cam:1%252F2.5%20%2525x.mp4", CLIP);
    server.put("acme/dock-1/cam:1%252F2.5%20%2525x.jpg", STILL);
    for public in [None, Some(server.url())] {
        keeps_the_contract(&s3(&server.url(), public.as_deref(), S3_SECRET)).await;
    }
    // Without a signature, and with one that was changed, there is nothing to be had.
    let source = s3(&server.url(), Some(&server.url()), S3_SECRET);
    let request = MediaRequest::whole(MediaKind::Clip);
    let Some(Media::Link(link)) = source.open(TENANT, &young(ID), &request).await.unwrap() else {
        panic!("a link")
    };
    let bare = link.split('?').next().unwrap().to_owned();
    for forged in [bare, link.replace("cam%3A1", "cam%3A2"), format!("{link}0")] {
        assert_eq!(bare_client::get(&forged).await.unwrap().0, 403, "{forged}");
    }
}

#[tokio::test]
async fn several_keepers_keep_the_contract_as_one_wherever_the_clip_is() {
    let Some(bucket) = SeaweedFsServer::start() else { return };
    for place in 0..3 {
        let (root, folder) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let (first, second) = (FakeKeeper::frigate().await, FakeKeeper::vms(false).await);
        match place {
            0 => {
                fs::write(root.path().join("cam:1%2F2.5 %25x.mp4"), CLIP).unwrap();
                fs::write(root.path().join("cam:1%2F2.5 %25x.jpg"), STILL).unwrap();
            }
            1 => first.keep(ID, kept()),
            _ => second.keep(ID, kept()),
        }
        let source = FallbackClipSource::new(vec![
            ("files", Arc::new(films(&root))),
            ("s3", as_wired(s3(&bucket.url(), None, S3_SECRET))),
            ("frigate", as_wired(frigate(&first, None, &folder))),
            ("vms", as_wired(vms(&second, None))),
        ]);
        keeps_the_contract(&source).await;
    }
}
