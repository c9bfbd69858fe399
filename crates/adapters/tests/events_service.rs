//! Events in and out through the service, over the embedded store.
#![expect(clippy::unwrap_used, clippy::unnecessary_wraps, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions};
use eps_domain::{
    Caller, CameraDirectory, CameraScope, Clock, ErrorKind, EventDraft, Owner, Scope,
    camera::CamerasFile,
    event_feed::{Delivery, EventChange, EventFeed},
    event_store::EventStore,
    events::{CameraView, Events, INGEST_EVENTS_MAX, IngestReport},
    feeds::FeedIntake,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use tempfile::TempDir;

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        "2026-05-13T12:00:00Z".parse().unwrap()
    }
}

fn service() -> (Events, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default())
            .unwrap();
    let file: CamerasFile = serde_json::from_value(json!({
        "timezone": "Europe/Berlin",
        "sites": {"warehouse": {"name": "Warehouse", "cameras": ["dock-1", "yard"]}},
        "cameras": {"dock-1": {"name": "Loading dock", "zones": ["ramp"], "timezone": "Asia/Kolkata"}},
    }))
    .unwrap();
    let directory = CameraDirectory::from_file(file, TimeZone::UTC).unwrap();
    (Events::new(Arc::new(store), Arc::new(directory), Arc::new(Noon)), folder)
}

fn caller(tenant: &str, cameras: CameraScope) -> Caller {
    Caller {
        owner: Owner { tenant: tenant.into(), subject: "alice".into() },
        permissions: BTreeSet::new(),
        scope: Scope { tenant: tenant.into(), cameras },
        timezone: None,
        expires_at: Timestamp::MAX,
    }
}

fn everyone() -> Caller {
    caller("default", CameraScope::All)
}

fn dock() -> Caller {
    caller("default", CameraScope::matching(&["dock-*"]).unwrap())
}

fn draft(id: &str, camera: &str, more: &serde_json::Value) -> Result<EventDraft, String> {
    let mut fields = json!({"event_id": id, "camera_id": camera, "timestamp": "2026-05-13T10:00:00",
                            "event_type": "person_detected"});
    fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Ok(serde_json::from_value(fields).unwrap())
}

#[tokio::test]
async fn one_bad_event_never_loses_the_others_and_the_report_is_exact() {
    let (events, _folder) = service();
    let none = json!({});
    let report = events
        .ingest(
            &dock(),
            vec![
                draft("a", "dock-1", &none),
                Err("line 2 is not JSON".to_owned()),
                draft("b", "dock-1", &json!({"confidence": 7})),
                draft("c", "yard", &none),
                draft("a", "dock-1", &json!({"description": "the last one counts"})),
            ],
        )
        .await
        .unwrap();
    assert_eq!((report.accepted, report.updated), (1, 1));
    let rejected: Vec<_> =
        report.rejected.iter().map(|one| (one.index, one.event_id.as_deref(), one.error.as_str())).collect();
    assert_eq!(
        rejected,
        [
            (1, None, "line 2 is not JSON"),
            (2, Some("b"), "`confidence` must lie between 0 and 1"),
            (3, Some("c"), "camera `yard` is not in your scope"),
        ]
    );
    let stored = events.get(&dock(), "a").await.unwrap();
    assert_eq!(stored.description.as_deref(), Some("the last one counts"));
    // 10:00 on the camera's own clock.
    assert_eq!(stored.timestamp, "2026-05-13T04:30:00Z".parse().unwrap());
}

#[tokio::test]
async fn what_lies_further_ahead_than_a_clock_can_be_off_is_refused_by_its_field() {
    let (events, _folder) = service();
    let report = events
        .ingest(
            &everyone(),
            vec![
                draft("tomorrow", "yard", &json!({"timestamp": "2026-05-14T12:00:00Z"})),
                draft("later", "yard", &json!({"timestamp": "2026-05-14T12:00:01Z"})),
                draft("never", "yard", &json!({"timestamp": "2099-01-01T00:00:00Z"})),
                draft("endless", "yard", &json!({"end_time": "2099-01-01T00:00:00Z"})),
            ],
        )
        .await
        .unwrap();
    assert_eq!(report.accepted, 1);
    let refused: Vec<_> = report.rejected.iter().map(|one| (one.index, one.error.as_str())).collect();
    let ahead = "`timestamp` lies more than 24 hours in the future";
    assert_eq!(refused, [(1, ahead), (2, ahead), (3, "`end_time` lies more than 24 hours in the future")]);
}

/// A source that cannot be asked.
struct Silent;

#[async_trait]
impl EventFeed for Silent {
    fn name(&self) -> &'static str {
        "silent"
    }
    fn is_connected(&self) -> bool {
        true
    }
    async fn next(&self, _: usize) -> Vec<Delivery> {
        Vec::new()
    }
    async fn confirm(&self, _: &[u64]) {}
    async fn look_up(&self, _: &str) -> eps_domain::Result<Option<EventDraft>> {
        Ok(None)
    }
}

#[tokio::test]
async fn a_feed_whose_clock_was_never_set_is_counted_and_loses_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default());
    let directory = Arc::new(CameraDirectory::empty(TimeZone::UTC));
    let intake = FeedIntake::new(Arc::new(store.unwrap()), directory, "default".into(), Arc::new(Noon));
    let told = [("a", "2099-01-01T00:00:00Z"), ("b", "2026-05-13T10:00:00Z")].map(|(id, at)| {
        let draft = draft(id, "yard", &json!({"timestamp": at})).unwrap();
        let change = EventChange { draft, group_description: None };
        Delivery { receipt: 1, changes: Ok(vec![change]) }
    });
    let taken = intake.take(&Silent, &told).await.unwrap();
    assert_eq!((taken.accepted, taken.rejected), (1, 1));
}

#[tokio::test]
async fn one_bad_part_of_an_event_loses_no_other_and_words_are_made_fit() {
    let folder = tempfile::tempdir().unwrap();
    let store =
        EmbeddedEventStore::open(&DataDir::open(folder.path()).unwrap(), EventStoreOptions::default());
    let (store, directory) = (Arc::new(store.unwrap()), Arc::new(CameraDirectory::empty(TimeZone::UTC)));
    let intake = FeedIntake::new(
        Arc::clone(&store) as Arc<dyn EventStore>,
        Arc::clone(&directory),
        "default".into(),
        Arc::new(Noon),
    );
    let events = Events::new(store, directory, Arc::new(Noon));
    let said = |changes: Vec<serde_json::Value>| {
        let change =
            |json| EventChange { draft: serde_json::from_value(json).unwrap(), group_description: None };
        [Delivery { receipt: 1, changes: Ok(changes.into_iter().map(change).collect()) }]
    };
    let whole = |id: &str, end: Option<&str>| {
        json!({"event_id": id, "timestamp": "2026-05-13T10:00:00Z", "end_time": end, "camera_id": "yard",
            "event_type": "person_detected"})
    };
    let end = "2026-05-13T10:01:00Z";
    // What is odd comes first, alone: it waits for the whole.
    let odd = said(vec![
        json!({"event_id": "a", "description": format!("\u{7}A man {}", "x".repeat(9_000))}),
        json!({"event_id": "a", "sub_label": "\u{200F}Ada\u{200F}", "confidence": 7.0}),
        json!({"event_id": "a", "end_time": "at noon"}),
    ]);
    let taken = intake.take(&Silent, &odd).await.unwrap();
    assert_eq!((taken.waiting, taken.cleaned, taken.rejected), (1, 2, 0));
    let taken = intake.take(&Silent, &said(vec![whole("a", None)])).await.unwrap();
    assert_eq!((taken.accepted, taken.skipped, taken.rejected), (1, 1, 0));
    assert_eq!(intake.take(&Silent, &said(vec![whole("a", Some(end))])).await.unwrap().updated, 1);
    let event = events.get(&everyone(), "a").await.unwrap();
    assert_eq!((event.sub_label.as_deref(), event.confidence), (Some("Ada"), None));
    assert_eq!(event.end_time, Some(end.parse().unwrap()));
    let words = event.description.unwrap();
    assert!(words.starts_with("A man xxx") && words.chars().count() == 8_000, "{}", words.len());
    // The last of three parts is good.
    let early = json!({"event_id": "b", "end_time": "2026-05-13T09:00:00Z"});
    let named = json!({"event_id": "b", "sub_label": "Grace"});
    let taken = intake.take(&Silent, &said(vec![whole("b", None), early, named])).await.unwrap();
    assert_eq!((taken.accepted, taken.skipped), (1, 1));
    assert_eq!(events.get(&everyone(), "b").await.unwrap().sub_label.as_deref(), Some("Grace"));
}

#[tokio::test]
async fn too_many_events_are_refused_as_a_whole() {
    let (events, _folder) = service();
    let many = (0..=INGEST_EVENTS_MAX).map(|_| Err(String::new())).collect();
    let error = events.ingest(&everyone(), many).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("events")));
    assert_eq!(events.ingest(&everyone(), Vec::new()).await.unwrap(), IngestReport::default());
}

#[tokio::test]
async fn an_event_out_of_scope_can_be_neither_seen_nor_taken_over() {
    let (events, _folder) = service();
    events.ingest(&everyone(), vec![draft("x", "yard", &json!({}))]).await.unwrap();
    let hidden = events.get(&dock(), "x").await.unwrap_err();
    let missing = events.get(&dock(), "missing").await.unwrap_err();
    assert_eq!((hidden.kind, hidden.code), (ErrorKind::NotFound, "EVENT_NOT_FOUND"));
    assert_eq!((missing.kind, missing.code), (hidden.kind, hidden.code));
    let report = events
        .ingest(&dock(), vec![draft("x", "dock-1", &json!({})), draft("y", "dock-1", &json!({}))])
        .await
        .unwrap();
    assert_eq!((report.accepted, report.updated, report.rejected[0].index), (1, 0, 0));
    assert_eq!(events.get(&everyone(), "x").await.unwrap().camera_id, "yard");
    let other = caller("other", CameraScope::All);
    assert_eq!(events.get(&other, "x").await.unwrap_err().code, "EVENT_NOT_FOUND");
}

#[tokio::test]
async fn cameras_are_those_of_the_directory_and_those_that_sent_events() {
    let (events, _folder) = service();
    events
        .ingest(&everyone(), vec![draft("a", "dock-1", &json!({})), draft("b", "gate", &json!({}))])
        .await
        .unwrap();
    let ids = |views: &[CameraView]| views.iter().map(|view| view.camera_id.clone()).collect::<Vec<_>>();
    let seen = events.cameras(&everyone()).await.unwrap();
    assert_eq!(ids(&seen), ["dock-1", "gate", "yard"]);
    assert_eq!(
        seen[0],
        CameraView {
            camera_id: "dock-1".into(),
            name: Some("Loading dock".into()),
            site: Some("warehouse".into()),
            site_name: Some("Warehouse".into()),
            zones: vec!["ramp".into()],
            timezone: "Asia/Kolkata".into(),
            last_event: Some("2026-05-13T04:30:00Z".parse().unwrap()),
            events: 1,
        }
    );
    assert_eq!((seen[1].timezone.as_str(), seen[2].events, seen[2].last_event), ("Europe/Berlin", 0, None));
    assert_eq!(ids(&events.cameras(&dock()).await.unwrap()), ["dock-1"]);
    assert!(events.cameras(&caller("other", CameraScope::All)).await.unwrap().is_empty());
}
