//! What is concluded from counts: silence, sides and means, told as an answer tells them.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{Timestamp, ToSpan, tz::TimeZone};

use super::{Findings, compare, coverage, event_filter, without::Without};
use crate::{
    CameraDirectory, Event, Result, Scope,
    ask::{
        Filters, Interpretation,
        interpret::{Catalogue, DateOrder, Question, interpret},
        place::Place,
        write,
    },
    camera::CamerasFile,
    event_store::{
        CameraActivity, Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, Group,
        GroupBy, GroupValue, SearchPage, SearchRequest, Totals, Unembedded, Upserted, Vocabulary,
    },
};

/// Camera, label, name, and when.
type Seen = (&'static str, &'static str, &'static str, Timestamp);

/// Counts events by camera.
struct Counted(Vec<Seen>);

#[async_trait]
impl EventStore for Counted {
    async fn count(&self, _: &Scope, request: &CountRequest) -> Result<Count> {
        let filter = &request.filter;
        let is_one = |wanted: &[String], value: &str| wanted.is_empty() || wanted.iter().any(|w| w == value);
        let is_in = |at: Timestamp| {
            filter.periods.is_empty() || filter.periods.iter().any(|p| p.start <= at && at < p.end)
        };
        let found: Vec<&Seen> = self
            .0
            .iter()
            .filter(|(camera, label, name, at)| {
                filter.cameras.as_deref().is_none_or(|cameras| cameras.iter().any(|id| id == camera))
                    && is_one(&filter.labels, label)
                    && is_one(&filter.sub_labels, name)
                    && is_in(*at)
            })
            .collect();
        let totals = |many: usize| Totals { events: many as u64, visits: many as u64 };
        let mut groups: Vec<Group> = Vec::new();
        if request.group_by == [GroupBy::Camera] {
            let mut cameras: Vec<&str> = found.iter().map(|seen| seen.0).collect();
            cameras.sort_unstable();
            cameras.dedup();
            groups.extend(cameras.into_iter().map(|id| Group {
                key: vec![GroupValue::Text(Arc::from(id))],
                totals: totals(found.iter().filter(|seen| seen.0 == id).count()),
            }));
        }
        Ok(Count { totals: totals(found.len()), groups })
    }
    async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
        unreachable!()
    }
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        unreachable!()
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        unreachable!()
    }
    async fn exists(&self, _: &Scope, _: &EventFilter, _: Option<&str>) -> Result<bool> {
        unreachable!()
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        unreachable!()
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        unreachable!()
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        unreachable!()
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        unreachable!()
    }
}

/// A shop over four weeks until Sunday, 29 November 2026 at noon: the door sees Tom every hour from 8 to 20, on Fridays
/// a second time; the yard a car at noon, and Ruth once; the cellar nothing since the 20th.
fn seen() -> Vec<Seen> {
    let mut seen = Vec::new();
    let first: jiff::civil::Date = "2026-11-01".parse().unwrap();
    for day in 0..29_i32 {
        let date = first.checked_add(day.days()).unwrap();
        let at = |hour: i8| date.at(hour, 10, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let hours = if day == 28 { 8..12 } else { 8..20 };
        for hour in hours {
            seen.push(("door", "person", "Tom", at(hour)));
            if day % 7 == 5 {
                seen.push(("door", "person", "Tom", at(hour)));
            }
        }
        if day == 26 {
            seen.push(("yard", "person", "Ruth", at(9)));
        }
        if day < 28 {
            seen.push(("yard", "car", "", at(12)));
        }
        if day < 20 {
            seen.extend((0..24).map(|hour| ("cellar", "person", "", at(hour))));
        }
    }
    seen
}

/// The answer to a question, without what is shown beside it.
async fn answer(text: &str) -> String {
    let store = Counted(seen());
    let mut cameras = Vec::new();
    for id in ["cellar", "door", "yard"] {
        let times = store.0.iter().filter(|seen| seen.0 == id).map(|seen| seen.3);
        let (first_event, last_event) = (times.clone().min().unwrap(), times.clone().max().unwrap());
        cameras.push(CameraActivity {
            camera_id: Arc::from(id),
            events: times.count() as u64,
            first_event,
            last_event,
        });
    }
    let terms = |words: &[&str]| words.iter().map(|word| Arc::from(*word)).collect();
    let vocabulary = Vocabulary {
        cameras,
        labels: terms(&["car", "person"]),
        event_types: terms(&["detected"]),
        sub_labels: terms(&["Ruth", "Tom"]),
        ..Vocabulary::default()
    };
    let directory = CameraDirectory::from_file(CamerasFile::default(), TimeZone::UTC).unwrap();
    let scope = Scope::tenant("default");
    let catalogue = Catalogue::new(&directory, &vocabulary, &scope);
    let (timezone, now) = (TimeZone::UTC, "2026-11-29T12:00:00Z".parse().unwrap());
    let question = Question {
        text,
        filters: &Filters::default(),
        now,
        timezone: &timezone,
        previous: None,
        before_previous: None,
        evidence: &[],
        date_order: DateOrder::default(),
        catalogue: &catalogue,
    };
    let it: Interpretation = interpret(&question).unwrap();
    let place =
        Place { scope: &scope, directory: &directory, vocabulary: &vocabulary, now, timezone: &timezone };
    let without = Without::of(&store, &it);
    let (filter, searched) = (event_filter(&it), coverage::searched(&it, &place));
    let request = CountRequest {
        filter: filter.clone(),
        words: None,
        group_by: vec![GroupBy::Camera],
        timezone: timezone.clone(),
    };
    let count = without.count(&scope, &request).await.unwrap();
    let mut findings = Findings { totals: count.totals, ..Findings::default() };
    findings.by_camera = super::by_text(count);
    if it.intent == crate::ask::Intent::Compare {
        let sides = compare::sides(&it, &filter, &place);
        let counted =
            compare::count((&without, &store), &place, &sides, None, &searched, None).await.unwrap();
        findings.comparison = compare::comparison(&sides, &counted, &place);
    }
    if super::wants_coverage(&it, findings.totals) {
        let looked = coverage::look(&store, &place, &it, searched, &findings.by_camera).await;
        findings.coverage = Some(looked.unwrap());
    }
    write::extractive(&findings, &it, &place)
}

#[tokio::test]
async fn what_is_concluded_from_counts_is_true() {
    for (text, says, never) in [
        // What is left out was sent all the same.
        ("events at the door on Wednesday that are not people", "No events", "sent nothing"),
        ("everything but people on Wednesday", "There was 1 event", "Door sent nothing"),
        // A usual silence is a zero, another one is none.
        (
            "was anyone at the door last night after 10pm",
            "No, there were no events with people",
            "no coverage",
        ),
        ("was anyone at the door last night after 10pm", "as is usual at these hours", "cannot be told"),
        ("was anyone in the cellar last night after 10pm", "There is no coverage", "No, there"),
        ("was nobody at the door last night after 10pm", "Right, there were no events", "No, there"),
        // Denied, of all, of each.
        ("did nobody come to the door on Wednesday", "No, there were 12 events", "Yes"),
        ("did Ruth never come on Friday", "No, there was 1 event", "Yes"),
        ("did Ruth not come on Wednesday", "Right, there were no events", "No, there"),
        ("was it only Tom on Friday", "Counts do not tell whether that is so. There were 24 events", "Yes"),
        (
            "were Tom and Ruth both here on Friday",
            "Yes, both. Ruth: 1 event (1 visit); Tom: 24 events",
            "more for",
        ),
        ("were Tom and Ruth here on Wednesday", "No, not both. Ruth: no events; Tom: 12 events", "Yes"),
        // A normal day is the mean of those before, as far as it is now.
        (
            "was the door busier on Friday the 27th than on a normal Friday",
            "on average (72 events in 3)",
            "fewer",
        ),
        (
            "were there more people than usual at the door on Friday",
            "24.0 events on average (72 events in 3)",
            "fewer",
        ),
        ("more people at the door today than on a normal Sunday", "4.0 events on average", "fewer"),
        ("is the number of cars going up", "The last 7 days: 7 events", "Yes"),
        // Sides that are questions of their own.
        (
            "how many cars today and how many people on Friday",
            "Cars today: no events; people on Friday: 25 events",
            "Yes",
        ),
        (
            "people at the door on Friday vs cars in the yard on Saturday",
            "People at the door on Friday: 24 events",
            "in the yard on Friday",
        ),
        (
            "people at the door on Friday vs cars in the yard on Saturday",
            "on Saturday: 1 event",
            "Door and Yard",
        ),
        // What is named is held against what runs.
        (
            "more people at the door than yesterday?",
            "Today: 4 events (4 visits); yesterday: 12",
            "the day before",
        ),
        ("average people at the door on Fridays vs Saturdays", "24.0 events on average", "more in all"),
    ] {
        let told = answer(text).await;
        assert!(told.contains(says) && !told.contains(never), "{text}: {told}");
    }
}
