//! What a question gathers beyond counts: incidents, paths, durations, sides, silences; and whether every
//! figure that the extractive writer tells is one of the record.

use eps_domain::{
    Clock, Event,
    ask::{Answer, AskRequest, Asker},
};
use eps_testkit::builders::{EventBuilder, a_caller, an_event};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::world::{World, ask};

/// Minutes and seconds after 09:00 in Berlin on 13 May 2026; it is 14:00.
fn at(minute: i64, second: i64) -> Timestamp {
    let nine: Timestamp = "2026-05-13T07:00:00Z".parse().unwrap();
    nine + SignedDuration::from_mins(minute) + SignedDuration::from_secs(second)
}

fn seen(id: &str, camera: &str, when: Timestamp) -> EventBuilder {
    an_event().id(id).camera(camera).at_instant(when)
}

/// Gate, yard and dock in a row, a vault behind the dock, an attic that nobody can reach.
fn cameras() -> serde_json::Value {
    json!({
        "timezone": "Europe/Berlin",
        "sites": {"works": {"name": "Works", "cameras": ["gate", "yard", "dock", "vault"]}},
        "cameras": {
            "gate": {"name": "Gate", "neighbours": {"yard": "30s"}},
            "yard": {"name": "Yard", "neighbours": {"dock": "40s"}},
            "dock": {"name": "Dock", "neighbours": {"vault": "20s"}},
            "vault": {"name": "Vault"},
            "attic": {"name": "Attic"},
        },
    })
}

/// Somebody climbs in at the gate and goes on to the vault, among workers and two vans.
fn site() -> Vec<Event> {
    let mut events = vec![
        seen("i1", "gate", at(0, 0))
            .kind("person_climbs_gate")
            .description("A man in a dark hood climbs the gate"),
        seen("i2", "yard", at(0, 35)).description("A man in a dark hood crosses the yard"),
        seen("i3", "dock", at(1, 15)).description("A man in a dark hood opens the dock door"),
        seen("i4", "vault", at(1, 40)).description("A man in a dark hood stands at the vault"),
        seen("v1", "yard", at(30, 0)).label("vehicle").description("A white van waits").lasting(600),
        seen("v2", "yard", at(90, 0)).label("vehicle").description("A white van turns").lasting(60),
        seen("v3", "gate", at(120, 0)).label("vehicle").description("A lorry passes"),
    ];
    for n in 0..12 {
        let text = format!("A worker in a blue vest carries box {n}");
        events.push(seen(&format!("w{n}"), "dock", at(10 + n * 15, 0)).description(text).lasting(20));
        let text = format!("A worker in a green vest sweeps place {n}");
        events.push(seen(&format!("y{n}"), "dock", at(n * 15 - 24 * 60, 0)).description(text).lasting(20));
    }
    events.into_iter().map(EventBuilder::build).collect()
}

async fn told(asker: &Asker, question: &str) -> Answer {
    asker.ask(&a_caller().build(), ask(question), None).await.unwrap()
}

#[tokio::test]
async fn a_summary_groups_what_belongs_together_and_cites_what_stands_out() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    let answer = told(&asker, "Summarise today").await;
    let incidents = answer.incidents.expect("incidents");
    assert_eq!((answer.totals.events, incidents.events_grouped, incidents.is_whole), (19, 19, true));
    assert_eq!(incidents.items.iter().map(|incident| incident.events).sum::<u64>(), 19);
    let climb = incidents.items.iter().find(|i| i.headline.contains("climbs")).expect("the climb");
    assert_eq!(climb.cameras, ["gate", "yard", "dock", "vault"], "{incidents:#?}");
    assert_eq!((climb.events, climb.refs.is_empty()), (4, false));
    assert!(answer.response.contains("Gate, Yard, Dock and Vault"), "{}", answer.response);
    let cited: Vec<&String> = answer.citations.iter().flat_map(|c| &c.event_ids).collect();
    assert_eq!(cited.len(), answer.evidence.len(), "every event shown is told: {}", answer.response);
}

#[tokio::test]
async fn a_summary_of_more_than_can_be_grouped_keeps_its_totals_and_says_so() {
    let mut events = site();
    for n in 0..900_i64 {
        events.push(seen(&format!("x{n}"), "dock", at(0, n * 10)).kind("person_walks").build());
    }
    let world = World::described(cameras(), events).await;
    let answer = told(&world.asker(None), "What happened today?").await;
    let incidents = answer.incidents.expect("incidents");
    assert_eq!((answer.totals.events, incidents.is_whole), (919, false));
    assert!(incidents.events_grouped <= 400 && incidents.total > 0, "{incidents:#?}");
    assert!(answer.response.contains("919 events"), "{}", answer.response);
    assert!(answer.response.contains("Too many to group all"), "{}", answer.response);
    assert!(answer.response.contains("climbs the gate"), "the rare is grouped first: {}", answer.response);
}

#[tokio::test]
async fn a_path_goes_over_neighbours_within_the_scope_and_shows_its_reasons() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    for (caller, onward) in [
        (a_caller().build(), vec!["yard", "dock", "vault"]),
        (a_caller().seeing(&["gate", "yard", "dock"]).build(), vec!["yard", "dock"]),
        (a_caller().seeing(&["gate"]).build(), vec![]),
    ] {
        let first = asker.ask(&caller, ask("Who climbed the gate today?"), None).await.unwrap();
        assert_eq!(first.evidence[0].event_id, "i1", "{}", first.response);
        let request = AskRequest { conversation_id: first.conversation_id, ..ask("Where did they go next?") };
        let answer = asker.ask(&caller, request, None).await.unwrap();
        let path = answer.path.clone().expect("a path");
        let cameras: Vec<&str> = path.hops.iter().map(|hop| hop.to_camera.as_str()).collect();
        assert_eq!(cameras, onward, "{}", answer.response);
        assert!(path.hops.iter().all(|hop| hop.strength > 0.2 && hop.strength <= 1.0 && !hop.why.is_empty()));
        for hop in &path.hops {
            assert!(answer.response.contains(&format!("[{}]", hop.reference)), "{}", answer.response);
        }
    }
}

#[tokio::test]
async fn what_is_named_can_be_followed_from_its_best_sighting() {
    let world = World::described(cameras(), site()).await;
    let answer = told(&world.asker(None), "Follow the man in the dark hood today").await;
    let path = answer.path.expect("a path");
    let ways: Vec<(&str, &str)> =
        path.hops.iter().map(|hop| (hop.from_camera.as_str(), hop.to_camera.as_str())).collect();
    assert_eq!(ways, [("gate", "yard"), ("yard", "dock"), ("dock", "vault")], "{}", answer.response);
    let nothing = told(&world.asker(None), "Where did they come from?").await;
    assert!(nothing.response.starts_with("I do not know what you refer to"), "{}", nothing.response);
}

#[tokio::test]
async fn lengths_are_those_of_visits_and_points_have_none() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    let answer = told(&asker, "How long did the white van stay today?").await;
    let durations = answer.durations.expect("durations");
    assert_eq!((durations.measured, durations.unmeasured), (2, 0), "{}", answer.response);
    assert_eq!((durations.total_seconds, durations.longest_seconds), (660, 600));
    assert!(answer.response.contains("10 minutes"), "{}", answer.response);
    let answer = told(&asker, "How long did the lorry stay today?").await;
    let durations = answer.durations.expect("durations");
    assert_eq!((durations.measured, durations.unmeasured), (0, 1), "{}", answer.response);
    assert!(answer.response.contains("cannot be told"), "{}", answer.response);
}

#[tokio::test]
async fn as_many_are_shown_as_are_asked_for_and_empty_groups_are_the_quietest() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    let answer = told(&asker, "Show me the last 3 people today").await;
    assert_eq!((answer.evidence.len(), answer.totals.events), (3, 16), "{}", answer.response);
    let answer = told(&asker, "Show me the last 7 people today").await;
    assert_eq!((answer.evidence.len(), answer.totals.events), (7, 16), "{}", answer.response);
    let answer = told(&asker, "Which camera was the quietest today?").await;
    assert!(answer.response.starts_with("Attic was the quietest camera: no events."), "{}", answer.response);
    let answer = told(&asker, "What was the quietest hour yesterday?").await;
    assert!(
        answer.response.contains("hours had no events at all: Tue 12 May, 00:00–09:00"),
        "{}",
        answer.response
    );
}

#[tokio::test]
async fn sides_that_differ_in_length_are_compared_per_hour_and_up_to_the_same_time() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    let answer = told(&asker, "Compare people today with yesterday").await;
    let comparison = answer.comparison.expect("a comparison");
    assert_eq!((comparison.a.events, comparison.b.events, comparison.difference), (16, 12, 4));
    assert_eq!(comparison.a.events_per_hour, Some(1.14));
    let stretch = comparison.same_stretch.expect("the same part of yesterday");
    assert_eq!((stretch.events, stretch.end.as_deref()), (12, Some("2026-05-12T14:00:00+02:00")));
    assert_eq!(comparison.b.silent_cameras, ["attic", "gate", "vault", "yard"]);
    let answer = told(&asker, "Compare the gate, the yard and the dock today").await;
    let sides = answer.comparison.expect("a comparison").sides;
    let counted: Vec<(&str, u64)> = sides.iter().map(|s| (s.name.as_str(), s.events)).collect();
    let mut sorted = counted.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [("Dock", 13), ("Gate", 2), ("Yard", 3)], "{}", answer.response);
}

#[tokio::test]
async fn a_camera_that_is_silent_against_its_habit_is_told_beside_figures_and_a_quiet_one_is_not() {
    let mut events = site();
    for week in 1..=3_i64 {
        for n in 0..20_i64 {
            let when = at(n * 3 - week * 7 * 24 * 60, 0);
            events.push(seen(&format!("h{week}-{n}"), "attic", when).build());
        }
    }
    let world = World::described(cameras(), events).await;
    let answer = told(&world.asker(None), "How many people today between 9 and 12?").await;
    assert!(answer.response.contains("Attic sent nothing at all in that time"), "{}", answer.response);
    assert!(answer.confidence_basis.iter().any(|basis| basis.contains("of the cameras")));
    let answer = told(&world.asker(None), "How many people yesterday between 20:00 and 22:00?").await;
    assert!(!answer.response.contains("Attic sent nothing at all"), "{}", answer.response);
}

/// Numbers of a text, thousands without their commas.
fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut number = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let goes_on = !number.is_empty() && chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            '0'..='9' => number.push(c),
            ',' if goes_on => {}
            '.' if goes_on => number.push(c),
            _ if !number.is_empty() => found.push(std::mem::take(&mut number)),
            _ => {}
        }
    }
    found.extend((!number.is_empty()).then_some(number));
    found
}

/// Every number that an answer carries beside its text, and what follows from it by arithmetic that is
/// documented: parts of local times, lengths in their units, differences, ratios and shares.
fn carried(value: &serde_json::Value, into: &mut std::collections::HashSet<String>) {
    match value {
        serde_json::Value::Number(n) => {
            into.insert(n.to_string());
            if let Some(n) = n.as_f64() {
                into.extend([
                    format!("{n:.0}"),
                    format!("{n:.1}"),
                    format!("{n:.2}"),
                    format!("{:.0}", n * 100.0),
                ]);
            }
            if let Some(n) = n.as_u64() {
                into.extend(
                    [n / 60 % 60, n % 60, n / 3_600 % 24, n / 3_600, n / 86_400].map(|n| n.to_string()),
                );
            }
        }
        serde_json::Value::String(text) => {
            into.extend(numbers(text));
            if let Ok(instant) = text.parse::<Timestamp>() {
                let local = instant.in_tz("Europe/Berlin").unwrap();
                let last = local.checked_sub(SignedDuration::from_nanos(1)).unwrap();
                for at in [&local, &last] {
                    into.extend(numbers(&at.strftime("%H %M %S %-d %Y").to_string()));
                }
            }
        }
        serde_json::Value::Array(items) => {
            into.insert(items.len().to_string());
            for item in items {
                carried(item, into);
            }
        }
        serde_json::Value::Object(fields) => {
            for field in fields.values() {
                carried(field, into);
            }
        }
        _ => {}
    }
}

#[tokio::test]
async fn every_number_of_the_extractive_text_is_one_that_the_answer_carries() {
    let world = World::described(cameras(), site()).await;
    for question in [
        "Summarise today",
        "What happened at the dock yesterday?",
        "Summarise this week",
        "How many people today?",
        "How many people per hour today?",
        "How many people per day this week?",
        "Show me vehicles today",
        "Which camera had the most people today?",
        "What are the top 2 cameras today?",
        "What was the busiest hour today?",
        "Compare people today with yesterday",
        "Compare people and vehicles today",
        "Compare the gate, the yard and the dock today",
        "How long did the vans stay today?",
        "How long did people stay at the dock today?",
        "When did the last vehicle come?",
        "When was the first person seen today?",
        "Where were people today?",
        "Who was at the gate today?",
        "Were there any vehicles today?",
        "Show me the last 3 people",
    ] {
        let mut answer = told(&world.asker(None), question).await;
        let text = std::mem::take(&mut answer.response);
        let mut known = std::collections::HashSet::new();
        // Where a group of the store is told that no field carries, the store is asked by itself.
        answer.citations.clear();
        answer.follow_up_questions.clear();
        carried(&serde_json::to_value(&answer).unwrap(), &mut known);
        if let Some(c) = &answer.comparison {
            let sides: Vec<_> = [&c.a, &c.b].into_iter().chain(&c.sides).chain(&c.same_stretch).collect();
            for (a, b) in sides.iter().flat_map(|a| sides.iter().map(move |b| (a, b))) {
                let ratio = a.events as f64 / b.events.max(1) as f64;
                known.extend([a.events.abs_diff(b.events).to_string(), format!("{ratio:.1}")]);
                known.insert(format!("{:.0}", (ratio - 1.0).abs() * 100.0));
            }
        }
        let mut of_cameras = std::collections::HashMap::<&str, u64>::new();
        let all = world.store.search(&eps_domain::Scope::tenant("default"), &everything()).await.unwrap();
        let is_asked = |hit: &&eps_domain::event_store::Hit| {
            let it = &answer.interpretation;
            (it.labels.is_empty() || it.labels.iter().any(|l| Some(l) == hit.event.label.as_ref()))
                && (it.periods.is_empty() || it.periods.iter().any(|p| p.contains(hit.event.timestamp)))
                && (it.cameras.is_empty() || it.cameras.contains(&hit.event.camera_id))
        };
        for hit in all.hits.iter().filter(is_asked) {
            *of_cameras.entry(&hit.event.camera_id).or_default() += 1;
            *of_cameras.entry(hit.event.label.as_deref().unwrap_or_default()).or_default() += 1;
        }
        known.extend(of_cameras.values().map(u64::to_string));
        known.insert(of_cameras.len().to_string());
        known.insert("4".to_owned());
        let hours_ago =
            answer.evidence.iter().map(|e| world.clock.now().duration_since(e.timestamp).as_hours());
        known.extend(hours_ago.map(|hours| hours.to_string()));
        known.extend(numbers("00:00 09:00 24:00 13 May"));
        let wrong: Vec<String> = numbers(&text).into_iter().filter(|n| !known.contains(n)).collect();
        assert!(wrong.is_empty(), "{question}: {wrong:?} in\n{text}");
    }
}

fn everything() -> eps_domain::event_store::SearchRequest {
    eps_domain::event_store::SearchRequest {
        filter: eps_domain::event_store::EventFilter::default(),
        words: None,
        vector: None,
        order: eps_domain::event_store::Order::NewestFirst,
        limit: 200,
        cursor: None,
    }
}

#[tokio::test]
async fn after_every_answer_there_are_questions_that_have_one() {
    let world = World::described(cameras(), site()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    for question in [
        "How many people today?",
        "Summarise today",
        "Show me a purple elephant",
        "Compare people today with yesterday",
        "hello",
        "Who climbed the gate today?",
        "Show me people at camera nowhere-7",
    ] {
        let answer = told(&asker, question).await;
        let offered = &answer.follow_up_questions;
        assert!((3..=5).contains(&offered.len()), "{question}: {offered:?}");
        for next in offered {
            let request = AskRequest { conversation_id: answer.conversation_id.clone(), ..ask(next) };
            let tried = asker.ask(&caller, request, None).await.unwrap();
            let has_answer = tried.totals.events > 0 || tried.path.is_some() || next.contains("cameras are");
            assert!(has_answer, "{question} → {next}: {}", tried.response);
        }
    }
}
