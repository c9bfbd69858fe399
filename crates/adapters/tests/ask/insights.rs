//! What an insight says of itself: the same in every list that holds it and when it is asked about, and its
//! figures in one unit.

use std::{collections::BTreeMap, sync::Arc};

use eps_domain::{
    Event,
    ask::{AskRequest, Degraded, Evidence},
    insights::{Insight, InsightQuery, InsightType, Insights},
};
use eps_testkit::builders::{a_caller, an_event};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::world::{FailingKeeper, World, ask, listen};

/// Seven weeks. "dock" has an hour of sixty events, "gate" was silent for eight hours and goes on, "yard"
/// has been silent since ten o'clock, and "new" is shown a dog for the first time.
async fn world() -> World {
    let now: Timestamp = "2026-05-13T12:00:00Z".parse().unwrap();
    let mut events: Vec<Event> = Vec::new();
    let mut add = |camera: &str, label: &str, minutes_ago: i64| {
        let event = an_event().id(format!("{camera}-{}", events.len())).camera(camera).label(label);
        events.push(event.at_instant(now - SignedDuration::from_mins(minutes_ago)).build());
    };
    for hour in 0..7 * 7 * 24_i64 {
        // Not quite the same at every hour, or the past would be too certain to be judged by.
        for n in 0..4 + (hour * 7) % 3 {
            let minutes_ago = hour * 60 + 5 + n * 9;
            add("dock", "person", minutes_ago);
            if !(12..20).contains(&hour) {
                add("gate", "person", minutes_ago);
            }
            if hour >= 2 {
                add("yard", "person", minutes_ago);
            }
        }
    }
    (0..60).for_each(|n| add("dock", "person", 9 * 60 + n / 2 + 5));
    add("gate", "dog", 5 * 60 + 30);
    World::with(events).await
}

async fn listed(insights: &Insights, time_range: &str) -> BTreeMap<String, Insight> {
    let query = InsightQuery {
        time_range: Some(time_range.into()),
        severity_threshold: None,
        include_predictions: false,
        timezone: None,
    };
    let reply = insights.list(&a_caller().build(), &query).await.unwrap();
    reply.insights.into_iter().map(|insight| (insight.insight_id.clone(), insight)).collect()
}

fn told(insight: &Insight) -> Value {
    serde_json::to_value(insight).unwrap()
}

#[tokio::test]
async fn the_same_insight_shows_the_same_wherever_it_is_shown() {
    let world = world().await;
    let insights = world.insights();
    let day = listed(&insights, "24h").await;
    let mut others = vec![listed(&insights, "7d").await];
    let interval = "2026-05-12T13:00:00Z/2026-05-13T12:00:00Z";
    others.push(listed(&insights, interval).await);
    world.clock.advance(std::time::Duration::from_mins(25));
    others.push(listed(&insights, "24h").await);
    // What goes on still ends at another instant in every list, and is another insight.
    for (kind, camera) in [
        (InsightType::ActivitySpike, "dock"),
        (InsightType::CameraSilent, "gate"),
        (InsightType::FirstSeen, "gate"),
    ] {
        let is_wanted = |insight: &Insight| insight.insight_type == kind && insight.cameras == [camera];
        let (id, insight) = day.iter().find(|(_, insight)| is_wanted(insight)).unwrap();
        for other in &others {
            let other = other.get(id).unwrap_or_else(|| panic!("{kind:?} is missing"));
            assert_eq!(told(other), told(insight));
        }
        let (asked, behind) = insights.get(&a_caller().build(), id).await.unwrap();
        // Its pictures are looked up with those of the answer.
        let bare = insight.evidence.iter().cloned().map(|shown| Evidence { clip: None, ..shown }).collect();
        assert_eq!(told(&asked), told(&Insight { evidence: bare, ..insight.clone() }));
        let shown = asked.evidence.iter().map(|shown| &shown.event_id);
        assert!(shown.eq(behind.iter().map(|event| &event.event_id)));
    }
}

#[tokio::test]
async fn a_silence_is_counted_in_events_and_its_length_stands_beside_it() {
    let world = world().await;
    let day = listed(&world.insights(), "24h").await;
    let silences: BTreeMap<&str, &Insight> = day
        .values()
        .filter(|insight| insight.insight_type == InsightType::CameraSilent)
        .map(|insight| (insight.cameras[0].as_str(), insight))
        .collect();
    let (gate, yard) = (silences["gate"], silences["yard"]);
    for (silence, minutes) in [(gate, 480.0), (yard, 120.0)] {
        assert_eq!((silence.observed, silence.silent_minutes), (Some(0.0), Some(minutes)));
        assert!(silence.expected.unwrap().low > 0.0, "{silence:?}");
    }
    assert_eq!(gate.title, "gate was silent");
    assert_eq!(yard.title, "yard has gone silent");
    let spike = day.values().find(|insight| insight.insight_type == InsightType::ActivitySpike).unwrap();
    assert_eq!(spike.silent_minutes, None);
    assert!(spike.observed.unwrap() > 60.0);
}

#[tokio::test]
async fn a_question_about_an_insight_names_a_time_that_its_events_lie_in() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let day = listed(&world.insights(), "24h").await;
    let is_first = |insight: &&Insight| insight.insight_type == InsightType::FirstSeen;
    let first = day.values().find(is_first).unwrap();
    let question = &first.follow_up_questions[0];
    let (answer, _) = listen(&asker, &caller, ask(question)).await;
    let shown = answer.unwrap().evidence.into_iter().map(|evidence| evidence.event_id).collect::<Vec<_>>();
    assert!(shown.contains(&first.evidence[0].event_id), "{question}: {shown:?}");
}

#[tokio::test]
async fn the_clips_of_an_answer_and_of_its_insights_are_looked_up_at_once() {
    let mut world = world().await;
    let (insights, caller) = (world.insights(), a_caller().build());
    let day = listed(&insights, "24h").await;
    let first = day.values().find(|insight| insight.insight_type == InsightType::FirstSeen).unwrap();
    let keeper = Arc::new(FailingKeeper::default());
    world.keeper = Arc::clone(&keeper) as _;
    let (insights, asker) = (world.insights(), world.asker(None));
    let heard = || std::mem::take(&mut *keeper.asked.lock().unwrap());

    let query = InsightQuery {
        time_range: None,
        severity_threshold: None,
        include_predictions: false,
        timezone: None,
    };
    let reply = insights.list(&caller, &query).await.unwrap();
    assert!(reply.insights.len() > 1);
    assert_eq!(reply.degraded, [Degraded::Clips]);
    assert_eq!(heard().len(), 1);

    for request in [
        ask("Anything unusual in the last 24 hours?"),
        AskRequest { insight_id: Some(first.insight_id.clone()), ..ask("Tell me more about it") },
        ask("How many people were at the dock five minutes after the last dog?"),
    ] {
        let (answer, _) = listen(&asker, &caller, request).await;
        let answer = answer.unwrap();
        assert_eq!(answer.degraded, [Degraded::Clips], "{}", answer.response);
        let [looked_up]: [Vec<String>; 1] = heard().try_into().unwrap();
        let mut shown = answer.evidence.iter().map(|shown| &shown.event_id);
        assert!(shown.all(|id| looked_up.contains(id)), "{looked_up:?}");
    }
}
