//! A model that looks further with tools: inside the scope, within bounds, and never at the cost of the
//! totals or the evidence that the question has without it.

use std::sync::Arc;

use eps_domain::{
    Event,
    ask::{AskEvent, AskRequest, Degraded},
    chat_model::{ChatRequest, PromptRole},
};
use eps_testkit::{
    builders::{a_caller, an_event},
    scripted_chat_model::{Play, ScriptedChatModel},
};
use serde_json::{Value, json};

use super::world::{World, ask, listen, model, shown};

/// Two people at the dock today, a van in the yard within a minute of the first, ten cars in the strong room
/// yesterday.
fn site() -> Vec<Event> {
    let mut events = vec![
        an_event().id("evt_a").at("2026-05-13T07:00:00Z").description("A person waits at the gate").build(),
        an_event().id("evt_b").at("2026-05-13T08:30:00Z").description("A person opens a box").build(),
        an_event()
            .id("evt_v")
            .at("2026-05-13T08:30:40Z")
            .camera("yard")
            .label("vehicle")
            .description("A grey van drives off")
            .build(),
    ];
    events.extend((0..10).map(|n| {
        let at = format!("2026-05-12T1{n}:00:00Z");
        an_event()
            .id(format!("evt_x{n}"))
            .at(&at)
            .camera("vault")
            .label("vehicle")
            .description("MARKER-Z")
            .build()
    }));
    events
}

const QUESTION: &str = "How many people at the loading dock today?";

/// The results of the tools in a prompt, in order.
fn results(prompt: &ChatRequest) -> Vec<Value> {
    let found = prompt.messages.iter().filter(|message| message.role == PromptRole::Tool);
    found.map(|message| serde_json::from_str(&message.content).unwrap()).collect()
}

/// The result of one call.
async fn result_of(world: &World, cameras: &[&str], name: &str, arguments: &str) -> Value {
    let plays = model([Play::call(name, arguments), Play::say("There were 2 events.")]);
    let caller = a_caller().seeing(cameras).build();
    world.asker(Some(Arc::clone(&plays))).ask(&caller, ask(QUESTION), None).await.unwrap();
    results(plays.prompts().last().unwrap()).remove(0)
}

#[tokio::test]
async fn what_tools_find_can_be_cited_and_leaves_totals_and_evidence_as_they_were() {
    let world = World::with(site()).await;
    let plain = world.asker(None).ask(&a_caller().build(), ask(QUESTION), None).await.unwrap();
    let plays = model([
        Play::Call(
            vec!["Let me see what happened around 10:30.".to_owned()],
            vec![("related_events".to_owned(), json!({"ref": 1}).to_string())],
        ),
        Play::call(
            "count_events",
            json!({"what": "vehicles", "where": "strong room", "when": "yesterday"}).to_string(),
        ),
        Play::say(
            "There were 2 events. A grey van drives off at 10:30 [3]. The Strong room had 10 events yesterday.",
        ),
    ]);
    let asker = world.asker(Some(Arc::clone(&plays)));
    let (answer, events) = listen(&asker, &a_caller().build(), ask(QUESTION)).await;
    let answer = answer.unwrap();
    assert_eq!(
        answer.response,
        "There were 2 events. A grey van drives off at 10:30 [3]. The Strong room had 10 events yesterday.",
        "{:?}",
        answer.metadata.warnings
    );
    assert_eq!(shown(&events), answer.response);
    assert_eq!((answer.totals, answer.interpretation), (plain.totals, plain.interpretation));
    assert_eq!(answer.evidence[..2], plain.evidence[..]);
    assert_eq!((answer.evidence[2].reference, answer.evidence[2].event_id.as_str()), (3, "evt_v"));
    let told = events.iter().rev().find_map(|event| match event {
        AskEvent::Found(evidence) => Some(evidence.len()),
        _ => None,
    });
    assert_eq!(told, Some(answer.evidence.len()), "a listener has every event that the text can cite");
    assert!(answer.citations.iter().any(|citation| citation.event_ids == ["evt_v"]));
    assert_eq!((plays.calls(), answer.metadata.usage.unwrap().prompt_tokens), (3, 300));
    // A later turn under narrower rights must not see an answer that rests on the strong room.
    let id = answer.conversation_id.unwrap();
    let narrow = a_caller().seeing(&["dock-1", "yard"]).build();
    let again = AskRequest { conversation_id: Some(id), ..ask("And today?") };
    let later = model([Play::Echo]);
    world.asker(Some(Arc::clone(&later))).ask(&narrow, again, None).await.unwrap();
    assert!(!format!("{:?}", later.prompts()).contains("10 events"), "{:?}", later.prompts());
}

#[tokio::test]
async fn every_tool_answers_in_the_words_of_the_caller_and_without_ids() {
    let world = World::with(site()).await;
    let all = &["*"];
    for (name, arguments, pointer, expected) in [
        ("search_events", json!({"what": "van"}), "/events/0/ref", json!(3)),
        (
            "search_events",
            json!({"what": "vehicles", "when": "yesterday", "order": "oldest"}),
            "/total_events",
            json!(10),
        ),
        ("count_events", json!({}), "/total_events", json!(3)),
        (
            "count_events",
            json!({"when": "yesterday", "by": "camera"}),
            "/groups_largest_first/0/name",
            json!("Strong room"),
        ),
        ("compare_periods", json!({"period_a": "yesterday", "period_b": "today"}), "/difference", json!(7)),
        ("timeline", json!({"where": ["dock"]}), "/series/0/events", json!(1)),
        ("related_events", json!({"ref": "[1]"}), "/events/0/camera", json!("yard")),
        ("get_event", json!({"ref": 2}), "/description", json!("A person waits at the gate")),
    ] {
        let found = result_of(&world, all, name, &arguments.to_string()).await;
        assert_eq!(found.pointer(pointer), Some(&expected), "{name} {arguments} → {found}");
        assert!(!found.to_string().contains("evt_"), "{found}");
    }
}

#[tokio::test]
async fn no_argument_reaches_out_of_the_scope_and_wrong_ones_are_explained() {
    let world = World::with(site()).await;
    let narrow = &["dock-1", "yard"];
    let nowhere = result_of(&world, narrow, "count_events", r#"{"where": "moon base"}"#).await.to_string();
    for (name, arguments) in [
        ("count_events", r#"{"where": "strong room", "when": "yesterday"}"#),
        ("count_events", r#"{"where": "vault"}"#),
        ("search_events", r#"{"what": "people at the vault", "where": "vault"}"#),
        ("timeline", r#"{"where": "cameras vault and moon base"}"#),
    ] {
        let found = result_of(&world, narrow, name, arguments).await.to_string();
        assert!(found.contains("error") && !found.contains("MARKER"), "{arguments} → {found}");
    }
    assert!(nowhere.contains("error"), "{nowhere}");
    let hidden =
        result_of(&world, narrow, "search_events", r#"{"what": "MARKER-Z", "when": "yesterday"}"#).await;
    assert_eq!((&hidden["total_events"], &hidden["events"]), (&json!(0), &json!([])));
    let everywhere = result_of(&world, narrow, "count_events", r#"{"when": "yesterday"}"#).await;
    assert_eq!(everywhere["total_events"], 0);
    for (name, arguments) in [
        ("count_events", "{"),
        ("count_events", r#"["when"]"#),
        ("count_events", r#"{"when": "gibberish"}"#),
        ("count_events", r#"{"by": "tenant"}"#),
        ("compare_periods", "{}"),
        ("get_event", r#"{"ref": 99}"#),
        ("get_event", r#"{"ref": "evt_a"}"#),
        ("related_events", "{}"),
        ("delete_events", "{}"),
        ("", ""),
    ] {
        let found = result_of(&world, narrow, name, arguments).await;
        assert!(
            found["error"].as_str().is_some_and(|error| error.len() > 10),
            "{name} {arguments} → {found}"
        );
    }
}

#[tokio::test]
async fn loops_floods_and_overlong_calls_end_in_an_answer() {
    let world = World::with(site()).await;
    let caller = a_caller().build();
    let plain = world.asker(None).ask(&caller, ask(QUESTION), None).await.unwrap();
    // The script's last play is repeated: it calls for ever, although it was told not to.
    let flood = || vec![("search_events".to_owned(), r#"{"when": "yesterday"}"#.to_owned()); 30];
    for (play, calls) in [
        (Play::call("count_events", "{}"), 4),
        (Play::Call(vec!["Nothing. ".to_owned()], flood()), 4),
        (Play::call("get_event", format!("{{\"ref\": \"{}\"}}", "9".repeat(9_000))), 4),
    ] {
        let plays = model([play]);
        let asker = world.asker(Some(Arc::clone(&plays)));
        let (answer, events) = listen(&asker, &caller, ask(QUESTION)).await;
        let answer = answer.unwrap();
        assert_eq!((answer.response.as_str(), plays.calls()), (plain.response.as_str(), calls));
        assert_eq!(shown(&events), answer.response);
        let prompts = plays.prompts();
        let may_call: Vec<bool> = prompts.iter().map(|prompt| prompt.may_call).collect();
        assert_eq!(may_call, [true, true, true, false]);
        let bytes: usize = prompts[3].messages.iter().map(|message| message.content.len()).sum();
        assert!(bytes < 64 * 1024, "{bytes}");
    }
    // A provider that fails between rounds costs the sentences, not the answer.
    let plays = model([
        Play::call("count_events", "{}"),
        Play::Fail(eps_domain::ErrorKind::Unavailable, "LLM_UNAVAILABLE"),
    ]);
    let answer = world.asker(Some(plays)).ask(&caller, ask(QUESTION), None).await.unwrap();
    assert_eq!((answer.response, answer.degraded), (plain.response, vec![Degraded::Llm]));
    assert_eq!(answer.evidence, plain.evidence);
}

#[tokio::test]
async fn an_answer_without_tools_is_one_call_and_turns_share_their_beginning() {
    let world = World::with(site()).await;
    let caller = a_caller().build();
    let plays: Arc<ScriptedChatModel> = model([Play::say("There were 2 events.")]);
    let asker = world.asker(Some(Arc::clone(&plays)));
    let mut id = None;
    for _ in 0..14 {
        let request = AskRequest { conversation_id: id.take(), ..ask(QUESTION) };
        id = asker.ask(&caller, request, None).await.unwrap().conversation_id;
    }
    assert_eq!(plays.calls(), 14);
    let prompts = plays.prompts();
    let tools = &prompts[0].tools;
    assert!(prompts.iter().all(|prompt| Arc::ptr_eq(&prompt.tools, tools) && tools.len() == 6));
    let mut shared = 0;
    for pair in prompts.windows(2) {
        assert_eq!(pair[0].messages[0], pair[1].messages[0]);
        // All of the turn before but its last message, which carried the data.
        let before = &pair[0].messages[..pair[0].messages.len() - 1];
        shared += usize::from(pair[1].messages.starts_with(before));
    }
    assert!(shared >= 11, "{shared} of 13 turns began as the turn before");
    let longest = prompts.iter().map(|prompt| prompt.messages.len()).max().unwrap();
    assert!(longest <= 2 + 2 * 8, "{longest}");
}
