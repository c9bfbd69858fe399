//! The contract of clips over files.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, sync::Arc};

use eps_adapters::files::{FileClipSettings, FileClipSource};
use eps_domain::{Event, EventDraft};
use eps_testkit::{contract::clip_source, manual_clock::ManualClock};
use jiff::tz::TimeZone;

fn event(event_id: &str, timestamp: &str) -> Event {
    let draft = EventDraft {
        event_id: Some(event_id.into()),
        camera_id: Some("dock-1".into()),
        timestamp: Some(timestamp.into()),
        event_type: Some("person".into()),
        ..EventDraft::default()
    };
    draft.validate(|_| TimeZone::UTC).unwrap()
}

#[tokio::test]
async fn clips_in_files_keep_the_contract() {
    let root = tempfile::tempdir().unwrap();
    fs::write(root.path().join("cam:1%2F2.5.webm"), b"a film of a dock").unwrap();
    fs::write(root.path().join("cam:1%2F2.5.jpg"), b"a still").unwrap();
    let now = "2026-06-01T12:00:00Z";
    let clock = Arc::new(ManualClock::at_rfc3339(now));
    let source = FileClipSource::open(FileClipSettings::new(root.path()), clock).unwrap();
    clip_source::run(clip_source::Arrangement {
        source: &source,
        tenant: "default",
        other_tenant: "other",
        ready: (event("cam:1/2.5", "2026-06-01T11:59:00Z"), b"a film of a dock".to_vec()),
        fresh: event("fresh", "2026-06-01T11:59:00Z"),
        stale: event("stale", "2025-06-01T12:00:00Z"),
        now: now.parse().unwrap(),
    })
    .await;
}
