//! Files that lead astray, and stills by the real ffmpeg, where there is one.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command, sync::Arc, time::Duration};

use eps_domain::{
    Event, EventDraft,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaKind, MediaRequest},
};
use eps_testkit::manual_clock::ManualClock;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::*;

fn now() -> Timestamp {
    "2026-06-01T12:00:00Z".parse().unwrap()
}

fn event(event_id: &str, ended: Timestamp) -> Event {
    let draft = EventDraft {
        event_id: Some("placeholder".into()),
        camera_id: Some("dock-1".into()),
        timestamp: Some(ended.to_string()),
        event_type: Some("person".into()),
        ..EventDraft::default()
    };
    // Ids that validation refuses are tried as well: this is not the place to trust it.
    Event { event_id: event_id.into(), ..draft.validate(|_| TimeZone::UTC).unwrap() }
}

fn source(settings: FileClipSettings) -> FileClipSource {
    FileClipSource::open(settings, Arc::new(ManualClock::at(now()))).unwrap()
}

async fn content(
    source: &FileClipSource,
    event_id: &str,
    kind: MediaKind,
) -> Option<(Vec<u8>, &'static str)> {
    let opened = source.open(DEFAULT_TENANT, &event(event_id, now()), &MediaRequest::whole(kind)).await;
    let Media::File(file) = opened.unwrap()? else { panic!("no file") };
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut &file.file, &mut bytes).unwrap();
    assert_eq!(file.bytes, bytes.len() as u64);
    Some((bytes, file.content_type))
}

#[tokio::test]
async fn no_id_and_no_link_leads_out_of_the_folder() {
    let outside = tempfile::tempdir().unwrap();
    let root = outside.path().join("clips");
    fs::create_dir_all(root.join("sub")).unwrap();
    fs::write(outside.path().join("secret.mp4"), "SECRET").unwrap();
    fs::write(root.join("sub/inner.mp4"), "inner").unwrap();
    fs::write(root.join("good.mp4"), "good").unwrap();
    fs::write(root.join("empty.mp4"), "").unwrap();
    symlink(outside.path().join("secret.mp4"), root.join("linked.mp4")).unwrap();
    symlink("../secret.mp4", root.join("relative.mp4")).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink("good.mp4", root.join("alias.mp4")).unwrap();
    fs::create_dir(root.join("directory.mp4")).unwrap();
    let source = source(FileClipSettings::new(&root));
    let hostile = [
        "../secret",
        "..%2Fsecret",
        "%2e%2e/secret",
        "sub/../../secret",
        "sub/inner",
        "folder/secret",
        "linked",
        "relative",
        "directory",
        "empty",
        ".",
        "..",
        "",
        "good.mp4\0",
        "a\0b",
        "\\..\\secret",
        &format!("{}/secret", outside.path().display()),
        &"a".repeat(10_000),
    ];
    for id in hostile {
        assert_eq!(content(&source, id, MediaKind::Clip).await, None, "{id:?}");
        let status =
            source.status(DEFAULT_TENANT, &[event(id, now())], Duration::from_secs(5), now()).await.unwrap();
        let pending = ClipStatus { clip: ClipState::Pending, has_thumbnail: false };
        assert_eq!(status, [Some(pending)], "{id:?}");
    }
    assert_eq!(content(&source, "good", MediaKind::Clip).await.unwrap().0, b"good");
    assert_eq!(content(&source, "alias", MediaKind::Clip).await.unwrap().0, b"good");
}

#[tokio::test]
async fn with_folders_of_cameras_an_event_opens_no_file_of_another_camera() {
    let root = tempfile::tempdir().unwrap();
    for (camera, clip) in [("dock-1", "dock"), ("vault", "vault")] {
        fs::create_dir(root.path().join(camera)).unwrap();
        fs::write(root.path().join(format!("{camera}/e.mp4")), clip).unwrap();
    }
    fs::write(root.path().join("vault/secret.mp4"), "SECRET").unwrap();
    fs::write(root.path().join("top.mp4"), "top").unwrap();
    let source = source(FileClipSettings { by_camera: true, ..FileClipSettings::new(root.path()) });
    assert_eq!(content(&source, "e", MediaKind::Clip).await.unwrap().0, b"dock");
    for id in ["secret", "top", "../top", "../vault/secret", "vault/secret"] {
        assert_eq!(content(&source, id, MediaKind::Clip).await, None, "{id}");
    }
    for camera_id in ["..", ".", "dock-1/../vault", "/", "../vault"] {
        let astray = Event { camera_id: camera_id.into(), ..event("secret", now()) };
        let opened = source.open(DEFAULT_TENANT, &astray, &MediaRequest::whole(MediaKind::Clip)).await;
        assert!(opened.unwrap().is_none(), "{camera_id}");
    }
}

#[tokio::test]
async fn what_is_not_known_in_time_is_not_guessed() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("e.mp4"), "x").unwrap();
    let source = source(FileClipSettings::new(root.path()));
    // Every look-up is taken, as when the folder hangs.
    let _taken = source.lookups.acquire_many(LOOKUPS_MAX as u32).await.unwrap();
    let status =
        source.status(DEFAULT_TENANT, &[event("e", now())], Duration::from_millis(10), now()).await.unwrap();
    assert_eq!(status, [None]);
}

#[tokio::test]
async fn a_missing_clip_is_pending_then_unavailable_then_expired() {
    let root = tempfile::tempdir().unwrap();
    let settings =
        FileClipSettings { retention: Some(Duration::from_hours(48)), ..FileClipSettings::new(root.path()) };
    let source = source(settings);
    let ages = [(-1, ClipState::Pending), (119, ClipState::Pending), (120, ClipState::Unavailable)];
    let old = [(48 * 3_600 - 1, ClipState::Unavailable), (48 * 3_600, ClipState::Expired)];
    for (seconds, expected) in ages.into_iter().chain(old) {
        let event = event("e", now() - seconds.seconds());
        let status = source.status(DEFAULT_TENANT, &[event], Duration::from_secs(5), now()).await.unwrap();
        assert_eq!(status[0].unwrap().clip, expected, "{seconds} s");
    }
}

/// A second of moving colours.
fn film(path: &Path) -> Option<PathBuf> {
    let ffmpeg = std::env::var_os("PATH").as_deref().and_then(find_ffmpeg)?;
    let made = Command::new(&ffmpeg)
        .args([
            "-nostdin",
            "-loglevel",
            "error",
            "-f",
            "lavfi",
            "-i",
            "testsrc=size=320x180:rate=10:duration=1",
            "-y",
        ])
        .arg(path)
        .status()
        .unwrap();
    made.success().then_some(ffmpeg)
}

#[tokio::test]
async fn stills_are_made_once_kept_within_bounds_and_never_of_what_is_no_film() {
    let (root, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let Some(ffmpeg) = film(&root.path().join("a.mp4")) else {
        println!("SKIPPED: no ffmpeg on PATH");
        return;
    };
    fs::copy(root.path().join("a.mp4"), root.path().join("b.mp4")).unwrap();
    fs::write(root.path().join("playlist.mp4"), "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n").unwrap();
    let settings = |ffmpeg: PathBuf, cache_bytes_max| FileClipSettings {
        thumbnails: Some(ThumbnailSettings { ffmpeg, cache: cache.path().into(), cache_bytes_max }),
        ..FileClipSettings::new(root.path())
    };
    let source_of = |settings| source(settings);
    let source = source_of(settings(ffmpeg.clone(), 1 << 20));
    let still = |id| content(&source, id, MediaKind::Thumbnail);
    let (first, again) = futures::join!(still("a"), still("a"));
    let (bytes, content_type) = first.clone().unwrap();
    assert_eq!((&bytes[..2], content_type), (&[0xFF, 0xD8][..], "image/jpeg"));
    assert_eq!(first, again);
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);
    assert_eq!(still("playlist").await, None);
    assert_eq!(still("missing").await, None);

    // Kept: it needs no ffmpeg any more.
    let without = source_of(settings("/nonexistent/ffmpeg".into(), 1 << 20));
    assert_eq!(content(&without, "a", MediaKind::Thumbnail).await, first);
    assert_eq!(content(&without, "b", MediaKind::Thumbnail).await, None);

    // Room for one only: the other goes.
    let small = source_of(settings(ffmpeg, bytes.len() as u64));
    assert!(content(&small, "b", MediaKind::Thumbnail).await.is_some());
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 1);

    // It goes with its clip, whoever finds that out.
    for finds_out in [MediaKind::Clip, MediaKind::Thumbnail] {
        let gone = root.path().join("b.mp4");
        fs::rename(&gone, root.path().join("b.away")).unwrap();
        match finds_out {
            MediaKind::Thumbnail => assert_eq!(content(&small, "b", finds_out).await, None),
            MediaKind::Clip => {
                let known = [event("b", now())];
                small.status(DEFAULT_TENANT, &known, Duration::from_secs(5), now()).await.unwrap();
            }
        }
        assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
        fs::rename(root.path().join("b.away"), &gone).unwrap();
        let mut looked = content(&small, "b", MediaKind::Thumbnail).await;
        if looked.is_none() {
            // That it had been made was still believed.
            looked = content(&small, "b", MediaKind::Thumbnail).await;
        }
        assert!(looked.is_some());
    }

    // A still that lies beside its clip is preferred.
    fs::write(root.path().join("a.png"), "png").unwrap();
    assert_eq!(still("a").await, Some((b"png".to_vec(), "image/png")));
}
