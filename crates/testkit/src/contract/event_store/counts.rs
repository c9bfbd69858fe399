//! Storing, filtering and counting.

use eps_domain::{ErrorKind, Event};
use jiff::civil::date;

use super::{
    CountRequest, EventFilter, EventStore, GroupBy, GroupValue, Order, Period, Scope, SearchPage,
    SearchRequest, SignedDuration, Timestamp, Totals, Upserted, all, at, by_one, count, counting, event,
    noon, on, only, page, period, put, saying, searching, seconds, text, totals, zone,
};

/// New is accepted, known is updated, also within one call; nothing is counted twice.
pub async fn an_event_is_accepted_once_and_updated_after(store: &dyn EventStore) {
    let first = put(store, vec![event("a", noon()), event("b", noon()), event("a", noon())]).await;
    assert_eq!(first, [Upserted::Accepted, Upserted::Accepted, Upserted::Updated]);
    let again = put(store, vec![saying("changed", event("a", noon())), event("c", noon())]).await;
    assert_eq!(again, [Upserted::Updated, Upserted::Accepted]);
    assert_eq!(totals(store, EventFilter::default()).await.events, 3);
    assert_eq!(store.health().await.unwrap().events, 3);
    let found = store.get(&all(), &["a".to_owned()]).await.unwrap();
    assert_eq!(found[0].description.as_deref(), Some("changed"));
}

/// Every field survives.
pub async fn an_event_comes_back_as_it_was_stored(store: &dyn EventStore) {
    let whole: Event = serde_json::from_str(
        r#"{"event_id":"Ö/1 ?","timestamp":"2026-05-13T12:00:00.123456Z","end_time":"2026-05-13T12:00:09.5Z",
            "camera_id":"dock-1","event_type":"person_detected","label":"person","sub_label":"Ada",
            "confidence":0.87,"description":"Ein Mann öffnet die Tür","zones":["ramp","door"],"severity":"alert",
            "attributes":{"speed":3.25,"tags":["a",{"b":null}]},"media":{"clip_url":"https://vms/1.mp4"},
            "visit_id":"r1","source":"frigate"}"#,
    )
    .unwrap();
    put(store, vec![whole.clone()]).await;
    assert_eq!(
        store.get(&all(), std::slice::from_ref(&whole.event_id)).await.unwrap(),
        std::slice::from_ref(&whole)
    );
    assert_eq!(page(store, &all(), &searching(Order::NewestFirst, 5)).await.hits[0].event, whole);
}

/// Ids that do not exist or are out of scope are left out, alike.
pub async fn events_are_got_in_the_order_of_the_ids_and_only_in_scope(store: &dyn EventStore) {
    put(store, vec![event("a", noon()), on("yard", event("b", noon())), event("c", noon())]).await;
    let ids = ["c", "b", "missing", "a"].map(str::to_owned);
    let got = |events: Vec<Event>| events.into_iter().map(|event| event.event_id).collect::<Vec<_>>();
    assert_eq!(got(store.get(&all(), &ids).await.unwrap()), ["c", "b", "a"]);
    assert_eq!(got(store.get(&only(&["dock-*"]), &ids).await.unwrap()), ["c", "a"]);
    assert!(store.get(&Scope::tenant("other"), &ids).await.unwrap().is_empty());
}

fn varied() -> Vec<Event> {
    let event = |id: &str, minute: i64| event(id, noon() + seconds(60 * minute));
    vec![
        Event { zones: vec!["ramp".into(), "door".into()], confidence: Some(0.9), ..event("e0", 0) },
        Event { zones: vec!["door".into()], confidence: Some(0.5), ..event("e1", 10) },
        Event {
            label: Some("car".into()),
            event_type: "vehicle_parked".into(),
            severity: Some("High".into()),
            ..event("e2", 20)
        },
        Event { sub_label: Some("Ada".into()), camera_id: "dock-2".into(), ..event("e3", 30) },
        Event {
            label: None,
            camera_id: "yard".into(),
            confidence: Some(0.7),
            attributes: [("Priority".to_owned(), "critical".into())].into_iter().collect(),
            ..event("e4", 40)
        },
    ]
}

/// Each filter alone, then together.
pub async fn each_filter_narrows_and_all_together_narrow_further(store: &dyn EventStore) {
    put(store, varied()).await;
    let list = |terms: &[&str]| terms.iter().map(|term| (*term).to_owned()).collect::<Vec<_>>();
    let none = EventFilter::default;
    let yard = || Some(list(&["yard"]));
    for (filter, expected) in [
        (none(), 5),
        (EventFilter { cameras: Some(list(&["dock-1", "yard", "unknown"])), ..none() }, 4),
        (EventFilter { labels: list(&["person"]), ..none() }, 3),
        (EventFilter { labels: list(&["car", "person"]), ..none() }, 4),
        (EventFilter { labels: list(&["unknown"]), ..none() }, 0),
        (EventFilter { sub_labels: list(&["Ada"]), ..none() }, 1),
        (EventFilter { event_types: list(&["vehicle_parked"]), ..none() }, 1),
        (EventFilter { severities: list(&["high"]), ..none() }, 1),
        (EventFilter { severities: list(&["critical", "high", "low"]), ..none() }, 2),
        (EventFilter { severities: list(&["low"]), ..none() }, 0),
        (EventFilter { zones: list(&["door"]), ..none() }, 2),
        (EventFilter { zones: list(&["ramp", "unknown"]), ..none() }, 1),
        (EventFilter { min_confidence: Some(0.7), ..none() }, 2),
        (EventFilter { min_confidence: Some(0.0), ..none() }, 3),
        (EventFilter { max_confidence: Some(0.7), ..none() }, 1),
        (EventFilter { max_confidence: Some(1.1), ..none() }, 3),
        (EventFilter { periods: vec![Period::new(noon(), noon() + seconds(600))], ..none() }, 1),
        (
            EventFilter {
                cameras: Some(list(&["dock-1"])),
                labels: list(&["person"]),
                zones: list(&["door"]),
                min_confidence: Some(0.6),
                periods: vec![Period::new(noon(), noon() + seconds(3_600))],
                ..none()
            },
            1,
        ),
        // The camera or the zone is enough; the rest of the filter holds for both.
        (EventFilter { cameras: yard(), zones: list(&["ramp"]), any_place: true, ..none() }, 2),
        (EventFilter { cameras: yard(), zones: list(&["ramp"]), ..none() }, 0),
        (EventFilter { cameras: yard(), any_place: true, ..none() }, 1),
        (EventFilter { cameras: Some(Vec::new()), zones: list(&["ramp"]), any_place: true, ..none() }, 1),
        (
            EventFilter {
                cameras: yard(),
                zones: list(&["ramp"]),
                any_place: true,
                labels: list(&["person"]),
                ..none()
            },
            1,
        ),
    ] {
        assert_eq!(totals(store, filter.clone()).await.events, expected, "{filter:?}");
        let request = SearchRequest { filter, ..searching(Order::OldestFirst, 10) };
        assert_eq!(page(store, &all(), &request).await.hits.len() as u64, expected);
    }
    // The scope holds for either place.
    let either = EventFilter { cameras: yard(), zones: list(&["ramp"]), any_place: true, ..none() };
    let scoped = async |scope| count(store, &scope, &counting(either.clone(), &[])).await.totals.events;
    assert_eq!((scoped(only(&["dock-*"])).await, scoped(only(&["yard"])).await), (1, 1));
}

/// "None of the cameras" is not "no restriction".
pub async fn an_empty_list_of_cameras_matches_nothing(store: &dyn EventStore) {
    put(store, varied()).await;
    let filter = EventFilter { cameras: Some(Vec::new()), ..EventFilter::default() };
    assert_eq!(totals(store, filter.clone()).await, Totals::default());
    let request = SearchRequest { filter, ..searching(Order::NewestFirst, 10) };
    assert_eq!(page(store, &all(), &request).await, SearchPage::default());
}

/// The start is inside, the end is not; several periods are a union.
pub async fn periods_are_half_open_and_count_once_where_they_overlap(store: &dyn EventStore) {
    let micro = SignedDuration::from_micros(1);
    put(
        store,
        vec![event("before", noon() - micro), event("start", noon()), event("end", noon() + seconds(60))],
    )
    .await;
    put(
        store,
        vec![event("just inside", noon() + seconds(60) - micro), event("later", noon() + seconds(300))],
    )
    .await;
    let within = |periods: Vec<Period>| EventFilter { periods, ..EventFilter::default() };
    let minute = Period::new(noon(), noon() + seconds(60));
    assert_eq!(totals(store, within(vec![minute.clone()])).await.events, 2);
    let overlapping = Period::new(noon() + seconds(1), noon() + seconds(61));
    assert_eq!(
        totals(store, within(vec![minute.clone(), overlapping.clone(), minute.clone()])).await.events,
        3
    );
    let apart = Period::new(noon() + seconds(300), noon() + seconds(301));
    assert_eq!(totals(store, within(vec![apart, overlapping, minute])).await.events, 4);
    assert_eq!(totals(store, within(vec![Period::new(noon(), noon())])).await.events, 0);
}

/// Several dimensions, absent labels as "", sorted by key, no empty groups.
pub async fn groups_are_exact_and_sorted(store: &dyn EventStore) {
    put(store, varied()).await;
    let request = counting(EventFilter::default(), &[GroupBy::Label, GroupBy::Camera]);
    let count = count(store, &all(), &request).await;
    let found: Vec<_> = count.groups.iter().map(|group| (group.key.clone(), group.totals.events)).collect();
    let expected = [("", "yard", 1), ("car", "dock-1", 1), ("person", "dock-1", 2), ("person", "dock-2", 1)];
    assert_eq!(found, expected.map(|(label, camera, events)| (vec![text(label), text(camera)], events)));
    assert_eq!(count.totals, Totals { events: 5, visits: 5 });
    let request = counting(EventFilter::default(), &[GroupBy::EventType]);
    let by_type = super::count(store, &all(), &request).await;
    assert_eq!(by_one(&by_type), [(text("person_detected"), 4), (text("vehicle_parked"), 1)]);
}

/// Events without a name are in no group of names, and are counted all the same.
pub async fn names_are_counted_one_by_one(store: &dyn EventStore) {
    let named = |name: &str, id: &str| Event { sub_label: Some(name.into()), ..event(id, noon()) };
    let mut events = varied();
    events.extend([named("Ada", "e5"), named("M-AR 2020", "e6"), on("yard", named("M-AR 2020", "e7"))]);
    put(store, events).await;
    let count = count(store, &all(), &counting(EventFilter::default(), &[GroupBy::SubLabel])).await;
    assert_eq!(by_one(&count), [(text("Ada"), 2), (text("M-AR 2020"), 2)]);
    assert_eq!(count.totals.events, 8);
    let by_both = counting(EventFilter::default(), &[GroupBy::SubLabel, GroupBy::Camera]);
    let count = super::count(store, &only(&["dock-*"]), &by_both).await;
    let found: Vec<_> = count.groups.iter().map(|group| (group.key.clone(), group.totals.events)).collect();
    let expected = [("Ada", "dock-1", 1), ("Ada", "dock-2", 1), ("M-AR 2020", "dock-1", 1)];
    assert_eq!(found, expected.map(|(name, camera, events)| (vec![text(name), text(camera)], events)));
}

/// Groups by zone add up to more than the total; events without zones are in no group.
pub async fn an_event_counts_in_each_of_its_zones(store: &dyn EventStore) {
    put(store, varied()).await;
    let request = counting(EventFilter::default(), &[GroupBy::Zone, GroupBy::HourOfWeek]);
    let count = count(store, &all(), &request).await;
    assert_eq!(by_one(&count), [(text("door"), 2), (text("ramp"), 1)]);
    // 2026-05-13 is a Wednesday.
    assert_eq!(count.groups[0].key[1], GroupValue::HourOfWeek(2 * 24 + 12));
    assert_eq!(count.totals.events, 5);
}

async fn every_half_hour(store: &dyn EventStore, from: Timestamp, half_hours: i64) {
    let events = (0..half_hours).map(|n| event(&format!("{from}-{n}"), from + seconds(1_800 * n)));
    put(store, events.collect()).await;
}

async fn grouped(store: &dyn EventStore, by: GroupBy, timezone: &str, day: Period) -> Vec<(GroupValue, u64)> {
    let filter = EventFilter { periods: vec![day], ..EventFilter::default() };
    let request = CountRequest { timezone: zone(timezone), ..counting(filter, &[by]) };
    by_one(&count(store, &all(), &request).await)
}

/// The day on which clocks go forward has 23 hours, the other 25, each with its own events.
pub async fn days_and_hours_follow_the_clocks_of_berlin(store: &dyn EventStore) {
    let spring = period("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
    let autumn = period("2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z");
    every_half_hour(store, spring.start, 46 + 2).await;
    every_half_hour(store, autumn.start, 50 + 2).await;
    for (day, hours, local) in [(&spring, 23, date(2026, 3, 29)), (&autumn, 25, date(2026, 10, 25))] {
        let by_hour = grouped(store, GroupBy::Hour, "Europe/Berlin", day.clone()).await;
        assert_eq!(by_hour.len(), hours);
        let first = |n: usize| GroupValue::Hour(day.start + seconds(3_600 * n as i64));
        assert!(by_hour.iter().enumerate().all(|(n, group)| *group == (first(n), 2)));
        let by_day = grouped(store, GroupBy::Day, "Europe/Berlin", day.clone()).await;
        assert_eq!(by_day, [(GroupValue::Day(local), 2 * hours as u64)]);
        let of_week = grouped(store, GroupBy::HourOfWeek, "Europe/Berlin", day.clone()).await;
        let sunday_two = of_week.iter().find(|(hour, _)| *hour == GroupValue::HourOfWeek(6 * 24 + 2));
        // At two o'clock clocks skip an hour in spring and repeat it in autumn.
        assert_eq!(sunday_two.map(|(_, events)| *events), (hours == 25).then_some(4));
    }
    let beyond = period("2026-03-28T23:00:00Z", "2026-03-29T23:00:00Z");
    let days = grouped(store, GroupBy::Day, "Europe/Berlin", beyond).await;
    assert_eq!(days[1], (GroupValue::Day(date(2026, 3, 30)), 2));
}

/// Where clocks move by half an hour, the hour that this cuts is shorter, and one that it repeats is two.
pub async fn hours_follow_the_half_hour_of_lord_howe(store: &dyn EventStore) {
    // 2026-04-04T15:00Z: 02:00 (+11) becomes 01:30 (+10:30).
    every_half_hour(store, at("2026-04-04T14:00:00Z"), 6).await;
    let around = period("2026-04-04T14:00:00Z", "2026-04-04T17:00:00Z");
    let by_hour = grouped(store, GroupBy::Hour, "Australia/Lord_Howe", around.clone()).await;
    let hour = |time: &str| GroupValue::Hour(at(time));
    assert_eq!(
        by_hour,
        [
            (hour("2026-04-04T14:00:00Z"), 2),
            (hour("2026-04-04T15:00:00Z"), 1),
            (hour("2026-04-04T15:30:00Z"), 2),
            (hour("2026-04-04T16:30:00Z"), 1),
        ]
    );
    let by_day = grouped(store, GroupBy::Day, "Australia/Lord_Howe", around).await;
    assert_eq!(by_day, [(GroupValue::Day(date(2026, 4, 5)), 6)]);
}

/// Better no answer than half of one.
pub async fn a_count_that_is_too_fine_is_refused_and_not_cut(store: &dyn EventStore) {
    use eps_domain::event_store::GROUPS_MAX;
    let hours = |from: usize, to: usize| {
        (from..to).map(|n| event(&format!("h{n}"), noon() + seconds(3_600 * n as i64))).collect::<Vec<_>>()
    };
    put(store, hours(0, GROUPS_MAX)).await;
    let request = counting(EventFilter::default(), &[GroupBy::Hour]);
    assert_eq!(count(store, &all(), &request).await.groups.len(), GROUPS_MAX);
    put(store, hours(GROUPS_MAX, GROUPS_MAX + 1)).await;
    let error = store.count(&all(), &request).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some("group_by")));
}

/// All the words, in any form, wherever they stand; an update is seen at once too.
pub async fn words_count_exactly_and_at_once(store: &dyn EventStore) {
    put(
        store,
        vec![
            saying("A man carries two red boxes", event("a", noon())),
            saying("A red car waits", on("gate-7", event("b", noon()))),
            Event {
                attributes: serde_json::from_str(r#"{"box":{"colour":["crimson"]}}"#).unwrap(),
                ..event("c", noon())
            },
            saying("A visitor in a black jacket and dark blue jeans, with a gray bag", event("d", noon())),
            saying(
                "A visitor without a hat or gloves and with a scarf, in a hi-vis vest",
                event("e", noon()),
            ),
        ],
    )
    .await;
    let counted =
        |words: &str| CountRequest { words: Some(words.to_owned()), ..counting(EventFilter::default(), &[]) };
    let long = "z".repeat(200);
    let with_long = format!("red {long}");
    let many: Vec<String> = (0..70).map(|n| format!("red{n} or red")).collect();
    let with_many = format!("{} zebra", many.join(" "));
    for (words, expected) in [
        ("red", 2),
        ("the RED box", 1),
        ("carrying a box", 1),
        ("red boxes car", 0),
        ("person", 5),
        ("gate", 1),
        ("crimson", 1),
        ("red box or car", 2),
        ("crimson or car or boxes", 3),
        ("men", 1),
        ("women or men", 1),
        ("the of a red", 2),
        // A colour is that of the thing behind it, unless the two are asked for one by one.
        ("black jacket", 1),
        ("blue jacket", 0),
        ("dark blue jeans", 1),
        ("(dark jeans) or (red car)", 2),
        ("(blue jacket) or (red car)", 1),
        ("(blue jeans) or (red car)", 2),
        ("grey bags", 1),
        ("black bag", 0),
        ("jacket blue", 1),
        ("blue and jacket", 1),
        // What an event denies it does not mention; it can be asked for as what is not there.
        ("hat", 0),
        ("scarf", 1),
        ("high-visibility vest", 1),
        ("visitor and without hats", 1),
        ("without gloves or scarf", 1),
        ("without scarf", 0),
        // What is in no index is mentioned by nothing.
        ("the of a", 0),
        (long.as_str(), 0),
        (with_long.as_str(), 0),
        (with_many.as_str(), 0),
    ] {
        assert_eq!(count(store, &all(), &counted(words)).await.totals.events, expected, "{words}");
    }
    put(store, vec![saying("A man carries nothing", event("a", noon()))]).await;
    assert_eq!(count(store, &all(), &counted("box")).await.totals.events, 0);
    assert_eq!(count(store, &all(), &counted("nothing")).await.totals.events, 1);
}
