//! What is grave by the word of its source or of its own type is told whenever anyone asks for the unusual, and found
//! by its severity; what every event is called is no alarm.

use eps_domain::{
    Event,
    insights::{InsightQuery, InsightType},
};
use eps_testkit::builders::{a_caller, an_event};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::world::{World, ask, listen};

/// Three weeks of a shop in which all people are alerts to their source, with a burglary in the last night, a door
/// that was forced, and a delivery of a kind that came once before. "fresh" has just been put up.
async fn world() -> World {
    let now: Timestamp = "2026-05-13T12:00:00Z".parse().unwrap();
    let mut events: Vec<Event> = Vec::new();
    let mut add = |camera: &str, kind: &str, severity: Option<&str>, minutes_ago: i64| {
        let event = an_event().id(format!("{camera}-{kind}-{minutes_ago}")).camera(camera).kind(kind);
        let mut event = event.at_instant(now - SignedDuration::from_mins(minutes_ago)).build();
        event.severity = severity.map(str::to_owned);
        events.push(event);
    };
    for hour in 0..3 * 7 * 24_i64 {
        for n in 0..3 {
            add("door", "person_detected", Some("alert"), hour * 60 + 7 + n * 11);
            add("till", "person_detected", None, hour * 60 + 9 + n * 13);
        }
    }
    add("till", "pallet_drop", None, 17 * 24 * 60 + 3);
    add("till", "pallet_drop", None, 5 * 60 + 3);
    add("door", "person_detected", Some("high"), 10 * 60);
    add("door", "person_detected", Some("High"), 10 * 60 - 4);
    add("till", "person_detected", Some("critical"), 10 * 60 - 6);
    add("door", "door_forced", None, 10 * 60 + 1);
    add("fresh", "person_fall", None, 30);
    let cameras = json!({"timezone": "UTC", "cameras": {
        "door": {"name": "Shop door"}, "till": {"name": "Till"}, "fresh": {"name": "Ramp"},
    }});
    World::described(cameras, events).await
}

#[tokio::test]
async fn what_is_grave_is_told_first_and_what_is_common_is_not() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let (answer, _) = listen(&asker, &caller, ask("Anything unusual in the last 24 hours?")).await;
    let answer = answer.unwrap();
    let text = &answer.response;
    for told in [
        "5 things were out of the ordinary",
        "Till told of 1 “person detected” event on Wednesday, 13 May at 02:06; the source calls it “critical”. [1]",
        "Shop door told of 2 “person detected” events on Wednesday, 13 May between 02:00 and 02:04; the source calls them “high”. [4]",
        "Shop door told of 1 “door forced” event on Wednesday, 13 May at 01:59. [3]",
        "Ramp told of 1 “person fall” event",
        "Till told of 1 “pallet drop” event",
        "; the 2.9 weeks before hold 1 of that kind",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(!text.contains("alert"), "{text}");
    for id in ["door-person_detected-600", "till-person_detected-594", "door-door_forced-601"] {
        assert!(answer.evidence.iter().any(|shown| shown.event_id == id), "{id}");
    }
    // A day without anything says what was looked for.
    let (answer, _) = listen(&asker, &caller, ask("Anything unusual the day before yesterday?")).await;
    let text = answer.unwrap().response;
    assert!(text.contains("Nothing out of the ordinary") && text.contains("I looked for"), "{text}");
    assert!(text.contains("judged by the 2.6 weeks before"), "{text}");
}

#[tokio::test]
async fn an_alarm_is_the_same_in_every_list() {
    let world = world().await;
    let insights = world.insights();
    let caller = a_caller().build();
    for range in ["24h", "7d", "2026-05-13T00:00:00Z/2026-05-13T12:00:00Z"] {
        let query = InsightQuery {
            time_range: Some(range.to_owned()),
            severity_threshold: None,
            include_predictions: false,
            timezone: None,
        };
        let listed = insights.list(&caller, &query).await.unwrap().insights;
        let alarms: Vec<_> = listed.iter().filter(|i| i.insight_type == InsightType::Alarm).collect();
        assert_eq!(alarms.len(), 4, "{range}: {listed:#?}");
        assert_eq!(listed.first().map(|i| i.insight_type), Some(InsightType::Alarm));
        for alarm in alarms {
            let (again, _) = insights.get(&caller, &alarm.insight_id).await.unwrap();
            assert_eq!((&again.response, again.observed), (&alarm.response, alarm.observed));
        }
    }
}

#[tokio::test]
async fn events_are_found_by_the_severity_that_their_source_gave() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    for (question, events) in [
        ("high severity events today", 2),
        ("critical events today", 1),
        ("how many people of high or critical severity at the shop door today", 2),
        ("only alerts today", 36),
        ("low severity events today", 0),
    ] {
        let (answer, _) = listen(&asker, &caller, ask(question)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.totals.events, events, "{question}: {}", answer.response);
    }
}
