//! A time that is counted from an event: the event is looked for, shown and named, and the rest of the question is asked
//! of the time beside it. What no event is, is told.

use eps_domain::{
    Event,
    ask::{AskRequest, ResponseType},
    search::{CountQuery, SearchQuery},
};
use eps_testkit::builders::{a_caller, an_event};
use serde_json::json;

use super::world::{World, ask, listen};

/// Search and count read words as an answer does: the same numbers, and nothing where it would ask back.
#[tokio::test]
async fn a_search_and_a_count_of_the_same_words_agree_with_the_answer() {
    let world = world().await;
    let (asker, searcher, caller) = (world.asker(None), world.searcher(), a_caller().build());
    for question in [
        "who was there within 10 minutes after the last fight?",
        "how many people in the 10 minutes before the first fight today",
        "people in the main hall since the last fight",
        "who came after the robbery?",
        "people at the south gate today",
        "people on 31 February",
        "people at platform 1 except men",
    ] {
        let (answer, _) = listen(&asker, &caller, ask(question)).await;
        let totals = answer.unwrap().totals;
        let query = SearchQuery { query: Some(question.into()), ..SearchQuery::default() };
        let found = searcher.search(&caller, query).await.unwrap();
        let query = CountQuery { query: Some(question.into()), ..CountQuery::default() };
        let counted = searcher.count(&caller, query).await.unwrap();
        assert_eq!((found.totals, counted.totals), (totals, totals), "{question}");
        assert!(found.hits.len() as u64 <= totals.events, "{question}");
    }
}

/// Two fights, an hour apart; before the second somebody with a crowbar, after it a guard.
async fn world() -> World {
    let add = |id: &str, time: &str, camera: &str, kind: &str, text: &str| -> Event {
        let at = format!("2026-05-13T{time}:00Z");
        an_event().id(id).at(&at).camera(camera).kind(kind).description(text).build()
    };
    let cameras = json!({"timezone": "UTC", "cameras": {
        "p1": {"name": "Platform 1"}, "hall": {"name": "Main hall"},
    }});
    let events = vec![
        add("early", "08:55", "p1", "person_detected", "A woman waits"),
        add("fight-1", "09:00", "p1", "fight", "Two men push each other"),
        add("crowbar", "09:53", "p1", "person_detected", "A man with a crowbar"),
        add("fight-2", "10:00", "p1", "fight", "Two men hit each other"),
        add("guard", "10:04", "p1", "person_detected", "A guard arrives"),
        add("reader", "10:20", "hall", "person_detected", "A woman reads"),
        add("late", "10:45", "hall", "person_detected", "A man with a suitcase"),
    ];
    World::described(cameras, events).await
}

#[tokio::test]
async fn the_time_is_counted_from_the_event_that_the_words_mean() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    for (question, found, anchor) in [
        ("what happened after the last fight?", vec!["guard", "reader"], "fight-2"),
        ("who was there within 10 minutes after the last fight?", vec!["guard"], "fight-2"),
        ("10 minutes before the last fight, who was at platform 1?", vec!["crowbar"], "fight-2"),
        ("how many people in the 10 minutes before the first fight today", vec!["early"], "fight-1"),
        ("people in the main hall since the last fight", vec!["late", "reader"], "fight-2"),
        ("what happened after the guard arrived", vec!["reader"], "guard"),
    ] {
        let (answer, _) = listen(&asker, &caller, ask(question)).await;
        let answer = answer.unwrap();
        let mut ids: Vec<_> = answer.evidence.iter().map(|shown| shown.event_id.as_str()).collect();
        assert_eq!(ids.pop(), Some(anchor), "{question}: {}", answer.response);
        ids.sort_unstable();
        assert_eq!(ids, found, "{question}: {}", answer.response);
        assert_eq!(answer.totals.events as usize, found.len(), "{question}: {}", answer.response);
        let cited = format!("[{}].", found.len() + 1);
        let first = answer.response.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("The time is counted from this event:") && first.ends_with(&cited),
            "{first}"
        );
    }
}

#[tokio::test]
async fn what_is_no_event_is_told_and_nothing_is_searched() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    for question in ["who came after the robbery?", "what happened before the wedding yesterday?"] {
        let (answer, _) = listen(&asker, &caller, ask(question)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.response_type, ResponseType::Clarification, "{}", answer.response);
        assert!(answer.response.starts_with("I cannot place “"), "{}", answer.response);
    }
}

#[tokio::test]
async fn a_length_alone_is_counted_from_the_one_event_before() {
    let world = world().await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let (first, _) = listen(&asker, &caller, ask("when was the last fight?")).await;
    let conversation_id = first.unwrap().conversation_id;
    let next = AskRequest { conversation_id, ..ask("what happened 10 minutes before") };
    let (answer, _) = listen(&asker, &caller, next).await;
    let answer = answer.unwrap();
    assert_eq!(answer.totals.events, 1, "{}", answer.response);
    assert_eq!(answer.evidence[0].event_id, "crowbar");
}
