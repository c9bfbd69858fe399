//! Questions read in words and settled by a handful of events.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::{Timestamp, tz::TimeZone};

use super::{super::without::is_left_out, settle};
use crate::{
    CameraDirectory, Event, Result, Scope,
    ask::{
        Filters, Interpretation, LeftOut,
        interpret::{Catalogue, DateOrder, Question, interpret},
        place::Place,
    },
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Totals, Unembedded, Upserted, Vocabulary,
    },
};

/// Events by type, label, name and description, all of one camera.
struct Told(Vec<Event>);

impl Told {
    fn of(events: &[(&str, &str, &str, &str)]) -> Self {
        let event = |(kind, label, name, description): &(&str, &str, &str, &str)| {
            serde_json::from_value(serde_json::json!({
                "event_id": "e", "timestamp": "2026-05-13T07:00:00Z", "camera_id": "shop", "event_type": kind,
                "label": label, "sub_label": (!name.is_empty()).then_some(name), "description": description,
            }))
            .unwrap()
        };
        Self(events.iter().map(event).collect())
    }

    fn terms(&self) -> Vocabulary {
        let terms = |of: fn(&Event) -> Option<&String>| -> Vec<Arc<str>> {
            let mut terms: Vec<Arc<str>> =
                self.0.iter().filter_map(of).map(|term| Arc::from(term.as_str())).collect();
            terms.sort();
            terms.dedup();
            terms
        };
        Vocabulary {
            labels: terms(|event| event.label.as_ref()),
            event_types: terms(|event| Some(&event.event_type)),
            sub_labels: terms(|event| event.sub_label.as_ref()),
            ..Vocabulary::default()
        }
    }

    fn matching(&self, filter: &EventFilter, words: Option<&str>) -> u64 {
        let is_one = |wanted: &[String], told: Option<&String>| {
            wanted.is_empty() || told.is_some_and(|told| wanted.contains(told))
        };
        let said = [LeftOut { words: words.unwrap_or_default().to_owned(), ..LeftOut::default() }];
        let found = self.0.iter().filter(|event| {
            is_one(&filter.labels, event.label.as_ref())
                && is_one(&filter.sub_labels, event.sub_label.as_ref())
                && is_one(&filter.event_types, Some(&event.event_type))
                && is_one(&filter.severities, event.severity_told().as_ref())
                && is_left_out(event, &said)
        });
        found.count() as u64
    }
}

#[async_trait]
impl EventStore for Told {
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        unimplemented!()
    }
    async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
        unimplemented!()
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        unimplemented!()
    }
    async fn count(&self, _: &Scope, request: &CountRequest) -> Result<Count> {
        let events = self.matching(&request.filter, request.words.as_deref());
        Ok(Count { totals: Totals { events, visits: events }, groups: Vec::new() })
    }
    async fn exists(&self, _: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        Ok(self.matching(filter, words) > 0)
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        Ok(Arc::new(self.terms()))
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        unimplemented!()
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        unimplemented!()
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        unimplemented!()
    }
}

/// What is asked for in the end, how many events that are, and what the answer says of the rest.
async fn settled(store: &Told, text: &str) -> (String, u64, String) {
    let (scope, timezone, filters) = (Scope::tenant("default"), TimeZone::UTC, Filters::default());
    let (directory, vocabulary) = (CameraDirectory::empty(TimeZone::UTC), store.terms());
    let catalogue = Catalogue::new(&directory, &vocabulary, &scope);
    let now: Timestamp = "2026-05-13T09:00:00Z".parse().unwrap();
    let question = Question {
        text,
        filters: &filters,
        now,
        timezone: &timezone,
        previous: None,
        before_previous: None,
        evidence: &[],
        date_order: DateOrder::default(),
        catalogue: &catalogue,
    };
    let mut it = interpret(&question).unwrap();
    let place =
        Place { scope: &scope, directory: &directory, vocabulary: &vocabulary, now, timezone: &timezone };
    settle(store, &place, &mut it).await.unwrap();
    let request = super::request(&it, &place, Vec::new());
    let events = super::Without::of(store, &it).count(&scope, &request).await.unwrap().totals.events;
    let told: Vec<&str> = it.unresolved.iter().map(|name| name.text.as_str()).collect();
    (asked(&it), events, told.join(", "))
}

fn asked(it: &Interpretation) -> String {
    let lists = [&it.labels, &it.sub_labels, &it.event_types];
    let mut parts: Vec<String> =
        lists.iter().filter(|list| !list.is_empty()).map(|list| list.join(",")).collect();
    parts.extend(it.words.clone().map(|words| format!("“{words}”")));
    parts.join(" ")
}

#[tokio::test]
async fn alarms_are_what_was_thought_as_grave() {
    let mut plant =
        Told::of(&[("leak", "person", "", ""), ("fire", "person", "", ""), ("walk", "person", "", "")]);
    assert_eq!(settled(&plant, "how many alarms").await, (String::new(), 3, "alarm".to_owned()));
    for (event, severity) in plant.0.iter_mut().zip(["high", "critical", "low"]) {
        event.severity = Some(severity.to_owned());
    }
    for (text, events) in [
        ("how many alarms", 2),
        ("serious events", 2),
        ("anything above high", 1),
        ("everything except low severity", 2),
        ("anything not high or critical", 1),
    ] {
        assert_eq!(settled(&plant, text).await, (String::new(), events, String::new()), "{text}");
    }
}

#[tokio::test]
async fn what_no_event_says_is_dropped_and_told() {
    let shop = Told::of(&[
        ("person_detected", "person", "", "A man walks to the counter with a package"),
        ("person_detected", "person", "Maria", "A woman enters the store room"),
        ("person_detected", "person", "", ""),
        ("truck_detected", "truck", "FedEx", ""),
        ("ambulance_arrives", "ambulance", "", ""),
        ("package_detected", "package", "", ""),
        ("bark_detected", "bark", "", ""),
        ("dog_detected", "dog", "Rex", ""),
    ]);
    for (text, asked, events, told) in [
        // Where one event says it, those that do are meant.
        ("did anyone enter", "person “enter”", 1, ""),
        ("did anyone stop by", "person", 3, "stop"),
        ("did a man stop by", "person “man”", 1, "stop"),
        ("did anyone knock", "person “knock”", 0, ""),
        ("when did Maria arrive", "Maria", 1, "arrives"),
        ("when did FedEx arrive", "FedEx", 1, "arrives"),
        ("did FedEx deliver anything", "FedEx", 1, "deliver"),
        ("when did the last truck arrive", "truck", 1, "arrive"),
        ("how often did Rex bark", "bark", 1, "Rex"),
        ("did the dog bark at the mailman", "bark", 1, "mailman"),
        ("did anyone take my package", "person “package”", 1, "take"),
        ("how many visitors", "person", 3, "visitors"),
        ("a little man", "person “man”", 1, "little"),
        ("visitors with a package", "person “package”", 1, "visitors"),
        ("what share of visitors were men", "person “men”", 1, "visitors"),
        ("strangers", "person", 2, ""),
        ("people not counting ours", "person", 3, "ours"),
        ("how many different people", "person", 3, "different people"),
    ] {
        let (read, found, said) = settled(&shop, text).await;
        assert_eq!((read.as_str(), found, said.as_str()), (asked, events, told), "{text}");
    }
}
