//! Visits: runs of events with the same camera and label, counted where they start.

use super::{
    Event, EventFilter, EventStore, Period, SignedDuration, Timestamp, Totals, VISIT_GAP_SECONDS, event,
    noon, on, put, seconds, totals,
};

async fn visits(store: &dyn EventStore) -> u64 {
    totals(store, EventFilter::default()).await.visits
}

fn gap() -> i64 {
    VISIT_GAP_SECONDS as i64
}

/// A pause as long as the gap is within the visit, a longer one ends it; other cameras and labels have
/// visits of their own.
pub async fn a_visit_ends_after_the_gap(store: &dyn EventStore) {
    put(store, vec![event("a", noon()), event("b", noon() + seconds(gap()))]).await;
    assert_eq!(visits(store).await, 1);
    let after = noon() + seconds(2 * gap()) + SignedDuration::from_micros(1);
    put(store, vec![event("c", after)]).await;
    assert_eq!(visits(store).await, 2);
    put(store, vec![on("dock-2", event("d", noon())), Event { label: None, ..event("e", noon()) }]).await;
    assert_eq!(visits(store).await, 4);
}

/// Two visits become one when an event between them arrives late.
pub async fn a_late_event_joins_what_it_bridges(store: &dyn EventStore) {
    put(store, vec![event("a", noon()), event("c", noon() + seconds(2 * gap()))]).await;
    assert_eq!(visits(store).await, 2);
    put(store, vec![event("b", noon() + seconds(gap()))]).await;
    assert_eq!(visits(store).await, 1);
    put(store, vec![event("0", noon() - seconds(1))]).await;
    let only_first =
        EventFilter { periods: vec![Period::new(noon() - seconds(1), noon())], ..EventFilter::default() };
    assert_eq!(totals(store, only_first).await, Totals { events: 1, visits: 1 });
    assert_eq!(visits(store).await, 1);
}

/// The pause is counted from the latest end so far, not from the event before.
pub async fn a_long_event_keeps_its_visit_open(store: &dyn EventStore) {
    let long = Event { end_time: Some(noon() + seconds(10 * gap())), ..event("long", noon()) };
    put(store, vec![event("short", noon() + seconds(gap())), event("later", noon() + seconds(11 * gap()))])
        .await;
    assert_eq!(visits(store).await, 2);
    put(store, vec![long]).await;
    assert_eq!(visits(store).await, 1);
    put(store, vec![event("long", noon())]).await;
    assert_eq!(visits(store).await, 2);
}

/// What an update takes away from one visit it gives to another.
pub async fn an_update_moves_an_event_between_visits(store: &dyn EventStore) {
    let times = [0, 1, 2].map(|n| noon() + seconds(n * gap()));
    put(store, vec![event("a", times[0]), event("b", times[1]), event("c", times[2])]).await;
    assert_eq!(visits(store).await, 1);
    put(store, vec![on("dock-2", event("b", times[1]))]).await;
    assert_eq!(visits(store).await, 3);
    put(store, vec![event("b", times[0])]).await;
    assert_eq!(visits(store).await, 2);
    put(store, vec![event("b", times[1]), event("c", times[1])]).await;
    assert_eq!(visits(store).await, 1);
}

/// A group that the source gave is one visit of each camera and label in it.
pub async fn the_groups_of_the_source_are_visits_whatever_their_gaps(store: &dyn EventStore) {
    let grouped = |id: &str, visit: &str, hours: i64| Event {
        visit_id: Some(visit.to_owned()),
        ..event(id, noon() + seconds(3_600 * hours))
    };
    put(
        store,
        vec![grouped("a", "r1", 0), grouped("b", "r1", 5), grouped("c", "r2", 1), grouped("d", "r2", 1)],
    )
    .await;
    assert_eq!(visits(store).await, 2);
    put(store, vec![event("e", noon())]).await;
    assert_eq!(visits(store).await, 3);
    put(store, vec![grouped("0", "r1", -1), Event { visit_id: None, ..grouped("d", "", 1) }]).await;
    assert_eq!(visits(store).await, 4);
}

/// Whatever arrives first, and however often it changed on the way, the visits are those of the events
/// as they are in the end.
pub async fn visits_do_not_depend_on_the_order_of_arrival(store: &dyn EventStore) {
    let mut random = Random(7);
    let mut latest = std::collections::BTreeMap::new();
    for _ in 0..60 {
        let batch: Vec<Event> = (0..=random.below(7))
            .map(|_| {
                let start = noon() + seconds(random.below(40) as i64 * 20);
                Event {
                    camera_id: format!("dock-{}", random.below(2)),
                    end_time: (random.below(3) == 0).then(|| start + seconds(random.below(8) as i64 * 25)),
                    visit_id: (random.below(4) == 0).then(|| format!("r{}", random.below(3))),
                    ..event(&format!("e{}", random.below(60)), start)
                }
            })
            .collect();
        for event in &batch {
            latest.insert(event.event_id.clone(), event.clone());
        }
        put(store, batch).await;
        assert_eq!(visits(store).await, from_scratch(latest.values()));
    }
}

/// The visits of a set of events, computed the plain way.
fn from_scratch<'a>(events: impl Iterator<Item = &'a Event>) -> u64 {
    let mut runs = std::collections::BTreeMap::<_, Vec<&Event>>::new();
    for event in events {
        runs.entry((&event.camera_id, &event.label, &event.visit_id)).or_default().push(event);
    }
    let gap = seconds(gap());
    let visits = runs.into_iter().map(|((.., visit_id), mut run)| {
        run.sort_by_key(|event| event.timestamp);
        let mut latest_end: Option<Timestamp> = None;
        let mut visits = 0;
        for event in run {
            let apart =
                latest_end.is_none_or(|end| visit_id.is_none() && event.timestamp.duration_since(end) > gap);
            visits += u64::from(apart);
            latest_end = latest_end.max(Some(event.end()));
        }
        visits
    });
    visits.sum()
}

/// The same numbers in every run (Lehmer's generator).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0 * 48_271 % 0x7fff_ffff;
        self.0 % bound
    }
}
