//! Turns without a model: what is counted, what is said, what is remembered.

use std::sync::Arc;

use eps_domain::{
    Clock, Error, ErrorKind, Event, Permission, Result, Scope,
    ask::{AskRequest, Degraded, Intent, ResponseType, UserContext},
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
    search::{CompareTo, CountQuery, GroupField, SearchQuery},
};
use eps_testkit::{
    builders::{a_caller, an_event},
    scripted_chat_model::Play,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::world::{World, ask, listen, model, settings, shown, today};

fn at(minute: i64) -> Timestamp {
    let nine: Timestamp = "2026-05-13T07:00:00Z".parse().unwrap();
    nine + SignedDuration::from_mins(minute)
}

/// 12 people at the dock today in pairs of two, 3 vehicles in the yard today, 1 person in the strong
/// room today, 4 people at the dock yesterday.
fn site() -> Vec<Event> {
    let mut events = Vec::new();
    for n in 0..12_i64 {
        let time = at(n / 2 * 10) + SignedDuration::from_secs(n % 2 * 20);
        events.push(an_event().id(format!("p{n}")).at_instant(time).description("A person waits").build());
    }
    for n in 0..3_i64 {
        let event = an_event().id(format!("v{n}")).camera("yard").label("vehicle").at_instant(at(n * 30));
        events.push(event.build());
    }
    events.push(an_event().id("secret").camera("vault").at_instant(at(200)).description("MARKER-Z").build());
    for n in 0..4_i64 {
        events.push(an_event().id(format!("y{n}")).at_instant(at(n * 10 - 24 * 60)).build());
    }
    events
}

#[tokio::test]
async fn a_count_is_exact_whatever_the_page_and_names_events_and_visits() {
    let world = World::with(site()).await;
    let asker = world.asker(None);
    let request =
        AskRequest { filters: today(), limit: Some(1), ..ask("How many people at the loading dock?") };
    let answer = asker.ask(&a_caller().build(), request, None).await.unwrap();
    assert_eq!((answer.totals.events, answer.totals.visits), (12, 6), "{answer:#?}");
    assert!(answer.response.contains("12 events with people (6 visits)"), "{}", answer.response);
    assert!(answer.response.contains("Loading dock"), "{}", answer.response);
    assert_eq!(answer.evidence.len(), 1);
    assert_eq!(answer.citations.len(), 1, "{}", answer.response);
    assert_eq!(answer.citations[0].event_ids, [answer.evidence[0].event_id.clone()]);
    assert_eq!(answer.series.iter().map(|bucket| bucket.events).sum::<u64>(), 12);
    assert!(answer.confidence_score > 0.5 && !answer.confidence_basis.is_empty());
    assert!(!answer.response.contains("MARKER-Z"));
}

#[tokio::test]
async fn nothing_happened_and_no_coverage_are_told_apart() {
    let world = World::with(site()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let request = AskRequest { filters: today(), ..ask("Were there any vehicles at the loading dock?") };
    let nothing = asker.ask(&caller, request, None).await.unwrap();
    assert_eq!(nothing.totals.events, 0);
    assert!(
        nothing.response.starts_with("No, there were no events with vehicles on Wed 13 May."),
        "{}",
        nothing.response
    );
    assert!(
        nothing.response.contains("Loading dock") && nothing.response.contains("12 other events"),
        "{}",
        nothing.response
    );

    let request = AskRequest { filters: today(), ..ask("Were there any vehicles in the attic?") };
    let silent = asker.ask(&caller, request, None).await.unwrap();
    assert!(
        silent.response.contains("no coverage") && silent.response.contains("Attic"),
        "{}",
        silent.response
    );
    assert!(silent.confidence_score < nothing.confidence_score);
}

#[tokio::test]
async fn an_unknown_camera_is_asked_back_and_nothing_is_searched() {
    let world = World::with(site()).await;
    let answer =
        world.asker(None).ask(&a_caller().build(), ask("Who was at camera shed-1?"), None).await.unwrap();
    assert_eq!(answer.response_type, ResponseType::Clarification, "{answer:#?}");
    assert!(answer.response.contains("There is no camera"), "{}", answer.response);
    assert!(answer.evidence.is_empty() && answer.totals.events == 0);
}

#[tokio::test]
async fn what_is_out_of_scope_changes_nothing_that_a_caller_gets() {
    let mut all = site();
    let whole = World::with(all.clone()).await;
    all.retain(|event| event.camera_id != "vault");
    let without = World::with(all).await;
    let caller = a_caller().seeing(&["dock-1", "yard"]).build();
    for question in
        ["How many people?", "Show me people", "Which camera was the busiest?", "MARKER-Z", "strong room"]
    {
        let mut answers = Vec::new();
        for world in [&whole, &without] {
            let mut answer = world.asker(None).ask(&caller, ask(question), None).await.unwrap();
            answer.conversation_id = None;
            answer.metadata = eps_domain::ask::AnswerMetadata::default();
            answers.push(serde_json::to_value(&answer).unwrap());
        }
        assert_eq!(answers[0], answers[1], "{question}");
        assert!(!answers[0].to_string().contains("MARKER-Z") || question == "MARKER-Z");
        assert!(!answers[0].to_string().contains("vault"), "{question}");
    }
}

#[tokio::test]
async fn a_conversation_goes_on_and_counts_its_turns() {
    let world = World::with(site()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let (first, events) = listen(&asker, &caller, ask("How many people at the loading dock?")).await;
    let first = first.unwrap();
    assert_eq!(first.totals.events, 16);
    assert_eq!(shown(&events), first.response);
    let id = first.conversation_id.clone().unwrap();
    let request = AskRequest { conversation_id: Some(id.clone()), ..ask("And vehicles?") };
    let second = asker.ask(&caller, request, None).await.unwrap();
    assert_eq!(second.conversation_id.as_deref(), Some(id.as_str()));
    assert_eq!((first.metadata.conversation_turn, second.metadata.conversation_turn), (1, 2));
    assert_eq!(second.interpretation.cameras, ["dock-1"]);
    assert_eq!(second.totals.events, 0, "{}", second.response);

    let stranger = a_caller().named("mallory").build();
    for (caller, id) in [(&stranger, id.as_str()), (&caller, "no-such-conversation")] {
        let request = AskRequest { conversation_id: Some(id.to_owned()), ..ask("And vehicles?") };
        let error = asker.ask(caller, request, None).await.unwrap_err();
        assert_eq!((error.kind, error.code), (ErrorKind::NotFound, "CONVERSATION_NOT_FOUND"));
    }
}

#[tokio::test]
async fn thanks_keep_what_was_asked_and_starting_over_forgets_it() {
    let world = World::with(site()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    for (aside, is_kept) in [("thanks!", true), ("start over", false)] {
        let first = asker.ask(&caller, ask("How many vehicles were in the yard today?"), None).await.unwrap();
        let then = |words: &str| AskRequest { conversation_id: first.conversation_id.clone(), ..ask(words) };
        asker.ask(&caller, then(aside), None).await.unwrap();
        let next = asker.ask(&caller, then("and yesterday?"), None).await.unwrap();
        let it = &next.interpretation;
        assert_eq!(it.cameras == ["yard"], is_kept, "{aside}: {it:#?}");
        assert_eq!(it.labels == ["vehicle"], is_kept, "{aside}: {it:#?}");
    }
}

#[tokio::test]
async fn a_revoked_camera_is_not_carried_over_nor_told_again() {
    let world = World::with(site()).await;
    let plays = model([Play::say("Someone is in the strong room [1]."), Play::Echo]);
    let asker = world.asker(Some(Arc::clone(&plays)));
    let first = asker.ask(&a_caller().build(), ask("Show me people in the strong room"), None).await.unwrap();
    assert_eq!(first.evidence.len(), 1, "{first:#?}");
    let narrowed = a_caller().seeing(&["dock-1", "yard"]).build();
    let request = AskRequest { conversation_id: first.conversation_id, ..ask("And vehicles?") };
    let second = asker.ask(&narrowed, request, None).await.unwrap();
    assert_eq!(second.interpretation.cameras, Vec::<String>::new());
    let prompt = format!("{:?}", plays.prompts().last().unwrap());
    assert!(!prompt.contains("strong room") && !prompt.contains("MARKER-Z"), "{prompt}");
    assert!(!format!("{second:?}").contains("MARKER-Z"));
}

#[tokio::test]
async fn every_follow_up_finds_something_and_was_not_asked() {
    let world = World::with(site()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let mut request = ask("How many people?");
    for _ in 0..3 {
        let answer = asker.ask(&caller, request.clone(), None).await.unwrap();
        assert!(!answer.follow_up_questions.is_empty());
        for question in &answer.follow_up_questions {
            assert_ne!(*question, request.query);
            let tried = asker.ask(&caller, ask(question), None).await.unwrap();
            assert!(tried.totals.events > 0, "{question}: {}", tried.response);
        }
        request = ask(&answer.follow_up_questions[0]);
        request.conversation_id = answer.conversation_id;
    }
}

#[tokio::test]
async fn two_cameras_are_compared_by_the_store() {
    let world = World::with(site()).await;
    let answer = world
        .asker(None)
        .ask(&a_caller().build(), ask("Compare the loading dock and the yard"), None)
        .await
        .unwrap();
    assert_eq!(answer.interpretation.intent, Intent::Compare);
    let comparison = answer.comparison.expect("a comparison");
    assert_eq!((comparison.a.events, comparison.b.events), (16, 3));
    assert_eq!(comparison.difference, 13);
    assert!(answer.response.contains("13 events more"), "{}", answer.response);
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_named() {
    let world = World::with(Vec::new()).await;
    let asker = world.asker(None);
    let caller = a_caller().build();
    let context = |value: serde_json::Value| serde_json::from_value::<UserContext>(value).unwrap();
    let cases = [
        (ask(""), "query"),
        (ask("a\u{202E}b"), "query"),
        (ask(&"x".repeat(2_001)), "query"),
        (AskRequest { limit: Some(0), ..ask("people") }, "limit"),
        (AskRequest { limit: Some(51), ..ask("people") }, "limit"),
        (
            AskRequest { user_context: context(json!({"timezone": "Mars/One"})), ..ask("people") },
            "user_context.timezone",
        ),
        (
            AskRequest { user_context: context(json!({"a": {"b": {"c": {}}}})), ..ask("people") },
            "user_context",
        ),
        (
            AskRequest { user_context: context(json!({"a": "x".repeat(5_000)})), ..ask("people") },
            "user_context",
        ),
    ];
    for (request, field) in cases {
        let error = asker.ask(&caller, request, None).await.unwrap_err();
        assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::InvalidInput, Some(field)));
    }
    let reader = a_caller().allowed(&[Permission::EventsRead]).build();
    assert_eq!(asker.ask(&reader, ask("people"), None).await.unwrap_err().kind, ErrorKind::Forbidden);
}

/// An event store that is out of order.
struct Broken;

fn broken<T>() -> Result<T> {
    Err(Error::unavailable("SEARCH_UNAVAILABLE", "the event store is out of order"))
}

#[async_trait::async_trait]
impl EventStore for Broken {
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        broken()
    }
    async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
        broken()
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        broken()
    }
    async fn count(&self, _: &Scope, _: &CountRequest) -> Result<Count> {
        broken()
    }
    async fn exists(&self, _: &Scope, _: &EventFilter, _: Option<&str>) -> Result<bool> {
        broken()
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        Ok(Arc::default())
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        broken()
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        broken()
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        broken()
    }
}

#[tokio::test]
async fn an_event_store_out_of_order_is_an_error_and_never_an_all_clear() {
    let mut world = World::with(Vec::new()).await;
    world.store = Arc::new(Broken);
    let plays = model([Play::say("Nothing happened.")]);
    let caller = a_caller().build();
    let error =
        world.asker(Some(Arc::clone(&plays))).ask(&caller, ask("Show me people"), None).await.unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "SEARCH_UNAVAILABLE"));
    assert_eq!(plays.calls(), 0);
    let (kept, _) = world.conversations.list(&caller.owner, 10, None, world.clock.now()).await.unwrap();
    assert!(kept.is_empty());
}

#[tokio::test]
async fn programs_count_in_groups_fold_sites_and_compare_periods() {
    let world = World::with(site()).await;
    let searcher = world.searcher();
    let caller = a_caller().build();
    let query = CountQuery {
        filters: today(),
        group_by: vec![GroupField::Site, GroupField::Label],
        compare_to: Some(CompareTo { from: "2026-05-12T00:00:00".into(), to: "2026-05-13T00:00:00".into() }),
        ..CountQuery::default()
    };
    let reply = searcher.count(&caller, query).await.unwrap();
    assert_eq!((reply.totals.events, reply.totals.visits), (16, 10));
    let groups: Vec<_> = reply.groups.iter().map(|g| (json!(g.key), g.events)).collect();
    assert_eq!(
        groups,
        [
            (json!({"site": "", "label": "person"}), 1),
            (json!({"site": "warehouse", "label": "person"}), 12),
            (json!({"site": "warehouse", "label": "vehicle"}), 3),
        ]
    );
    let comparison = reply.comparison.expect("a comparison");
    assert_eq!((comparison.a.events, comparison.b.events, comparison.ratio), (16, 4, Some(4.0)));

    let by_hour = CountQuery {
        filters: today(),
        query: Some("people".into()),
        group_by: vec![GroupField::Hour, GroupField::Day, GroupField::HourOfWeek],
        ..CountQuery::default()
    };
    let reply = searcher.count(&caller, by_hour).await.unwrap();
    let key = json!(reply.groups[0].key);
    assert_eq!(key, json!({"hour": "2026-05-13T09:00:00+02:00", "day": "2026-05-13", "hour_of_week": 57}));
    let four = vec![GroupField::Camera, GroupField::Label, GroupField::Zone, GroupField::Day];
    let error =
        searcher.count(&caller, CountQuery { group_by: four, ..CountQuery::default() }).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("group_by"));
}

#[tokio::test]
async fn programs_page_through_every_match_once() {
    let world = World::with(site()).await;
    let searcher = world.searcher();
    let caller = a_caller().seeing(&["dock-1", "yard"]).build();
    let mut query = SearchQuery { limit: Some(4), filters: today(), ..SearchQuery::default() };
    let mut ids = Vec::new();
    loop {
        let page = searcher.search(&caller, query.clone()).await.unwrap();
        assert_eq!(page.totals.events, 15);
        ids.extend(page.hits.iter().map(|hit| hit.event_id.clone()));
        assert!(page.hits.iter().all(|hit| !hit.why.is_empty()));
        query.cursor = page.next_cursor;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(ids.len(), 15);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 15);
    let error = searcher
        .search(&caller, SearchQuery { limit: Some(settings().limit_max + 1), ..SearchQuery::default() })
        .await
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("limit"));
}

#[tokio::test]
async fn words_without_vectors_are_searched_and_said_to_be_poorer() {
    let world = World::with(vec![
        an_event().id("red").description("A man in a red jacket opens the gate").build(),
        an_event().id("blue").at("2026-05-13T10:00:00Z").description("A man in a blue coat waits").build(),
    ])
    .await;
    let caller = a_caller().build();
    let asker = world.asker(None);
    let answer = asker.ask(&caller, ask("Show me a red jacket"), None).await.unwrap();
    assert_eq!(answer.interpretation.words.as_deref(), Some("red jacket"));
    assert_eq!(answer.totals.events, 1, "{}", answer.response);
    assert_eq!(answer.evidence.iter().map(|e| e.event_id.as_str()).collect::<Vec<_>>(), ["red"]);
    assert_eq!(answer.degraded, [Degraded::VectorSearch]);
    assert!(answer.evidence[0].why.iter().any(|why| why.contains("mentions “red jacket”")));
    let answer = asker.ask(&caller, ask("Show me a green jacket"), None).await.unwrap();
    assert_eq!(answer.totals.events, 0);
    assert!(
        answer.response.starts_with("No event mentions “green jacket” in all recorded events"),
        "{}",
        answer.response
    );
}

#[tokio::test]
async fn what_is_asked_is_what_is_answered() {
    let world = World::with(vec![
        an_event().id("a").at("2026-05-13T07:10:00Z").build(),
        an_event().id("b").at("2026-05-13T07:20:00Z").build(),
        an_event().id("c").at("2026-05-13T08:10:00Z").build(),
    ])
    .await;
    let caller = a_caller().build();
    let asker = world.asker(None);
    for (question, told) in [
        (
            "What was the quietest hour today?",
            "11 hours had no events at all: Wed 13 May, 00:00–09:00 and Wed 13 May, 11:00–13:00",
        ),
        ("What was the busiest hour today?", "Wed 13 May, 09:00–10:00 was the busiest hour: 2 events"),
        ("Show me people tomorrow", "Nothing can be said about what is still to come"),
        ("Were there people on Wednesday?", "Yes, there were 3 events with people"),
        ("How many people in the last 6 hours?", "3 visits) in the last 6 hours"),
    ] {
        let answer = asker.ask(&caller, ask(question), None).await.unwrap();
        assert!(answer.response.contains(told), "{question} → {}", answer.response);
    }
}
