//! Keepers of clips: the contract over every one of them, and what becomes of answers when they misbehave.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod contract;
mod faults;
mod frigate;
mod hostile_links;
mod order;

use std::sync::Arc;

use eps_adapters::{
    clock::SystemClock,
    frigate::{FrigateAddress, FrigateClipSettings, FrigateClipSource, FrigateLogin},
    s3::{KeyTemplate, S3ClipSource, S3Settings},
    vms::{VmsClipSource, VmsSettings},
};
use eps_domain::{Event, EventDraft};
use eps_testkit::{
    keepers::FakeKeeper,
    manual_clock::ManualClock,
    servers::seaweedfs::{ACCESS_KEY, BUCKET},
};
use jiff::{Timestamp, tz::TimeZone};
use tempfile::TempDir;

const TENANT: &str = "acme";
const NOW: &str = "2026-06-01T12:00:00Z";
const CLIP: &[u8] = b"0123456789 moving pictures";
/// The beginning and the end of a JPEG.
const STILL: &[u8] = &[0xFF, 0xD8, 0xFF, 0xD9];

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

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

/// An event that was over a minute ago.
fn young(event_id: &str) -> Event {
    event(event_id, "2026-06-01T11:59:00Z")
}

/// An event of a year ago.
fn old(event_id: &str) -> Event {
    event(event_id, "2025-06-01T12:00:00Z")
}

fn vms(keeper: &FakeKeeper, token: Option<&str>) -> VmsClipSource {
    let settings = VmsSettings {
        url: keeper.url(),
        prefix: "/api/v1".into(),
        token: token.map(Into::into),
        allowed_hosts: vec![keeper.host()],
        tenant: TENANT.into(),
        retention: None,
    };
    VmsClipSource::new(settings).unwrap()
}

fn frigate(keeper: &FakeKeeper, login: Option<(&str, &str)>, folder: &TempDir) -> FrigateClipSource {
    let login = login.map(|(user, password)| FrigateLogin { user: user.into(), password: password.into() });
    let settings = FrigateClipSettings {
        address: FrigateAddress { url: keeper.url(), login },
        tenant: TENANT.into(),
        retention: None,
        cache: folder.path().join("copies"),
        cache_bytes_max: 1 << 20,
    };
    FrigateClipSource::new(settings, Arc::new(ManualClock::at_rfc3339(NOW))).unwrap()
}

fn s3(url: &str, public: Option<&str>, secret: &str) -> S3ClipSource {
    let settings = S3Settings {
        endpoint: url.into(),
        public_endpoint: public.map(Into::into),
        region: "us-east-1".into(),
        bucket: BUCKET.into(),
        path_style: true,
        access_key_id: ACCESS_KEY.into(),
        secret_access_key: secret.into(),
        clip_key: KeyTemplate::parse("{tenant}/{camera_id}/{event_id}.mp4").unwrap(),
        thumbnail_key: Some(KeyTemplate::parse("{tenant}/{camera_id}/{event_id}.jpg").unwrap()),
        tenant: TENANT.into(),
        retention: None,
    };
    // Signatures are dated: the server knows what time it is.
    S3ClipSource::new(settings, Arc::new(SystemClock)).unwrap()
}
