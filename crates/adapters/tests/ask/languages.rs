//! Questions in other languages: put into English by a model, once and within bounds, and read by our own
//! grammar; without a model an honest reply.

use std::sync::Arc;

use eps_domain::{
    Event,
    ask::{Degraded, ResponseType},
};
use eps_testkit::{
    builders::{a_caller, an_event},
    scripted_chat_model::Play,
};
use serde_json::{Value, json};

use super::world::{World, ask, listen, model, shown};

fn site() -> Vec<Event> {
    vec![
        an_event().id("evt_a").at("2026-05-13T07:00:00Z").description("A person waits at the gate").build(),
        an_event().id("evt_b").at("2026-05-13T08:30:00Z").description("A person opens a box").build(),
        an_event().id("evt_old").at("2026-05-11T08:30:00Z").build(),
    ]
}

const GERMAN: &str = "Wie viele Personen waren heute an der Laderampe?";
const ENGLISH: &str = "How many people were at the loading dock today?";

fn english(question: &str) -> Play {
    Play::say(json!({ "english": question }).to_string())
}

#[tokio::test]
async fn a_question_is_put_into_english_once_and_answered_in_its_own_language() {
    let world = World::with(site()).await;
    let caller = a_caller().build();
    let plain = world.asker(None).ask(&caller, ask(ENGLISH), None).await.unwrap();
    let told = "Es gab 2 Ereignisse. Um 10:30 Uhr öffnet jemand eine Kiste [1].";
    for (text, expected) in [
        (told, told),
        ("Es gab 2 Ereignisse. Es kamen 47 Fahrzeuge. Um 23:15 Uhr kam ein Dieb [1].", "2 Ereignisse"),
    ] {
        let plays = model([english(ENGLISH), Play::say(text)]);
        let (answer, events) = listen(&world.asker(Some(Arc::clone(&plays))), &caller, ask(GERMAN)).await;
        let answer = answer.unwrap();
        assert!(answer.response.contains(expected), "{} {:?}", answer.response, answer.metadata.warnings);
        assert!(!answer.response.contains("47") && !answer.response.contains("23:15"), "{}", answer.response);
        assert_eq!(shown(&events), answer.response);
        assert_eq!((answer.totals, plays.calls()), (plain.totals, 2));
        assert_eq!(answer.evidence, plain.evidence);
        assert_eq!(answer.interpretation.periods, plain.interpretation.periods);
        assert_eq!(answer.interpretation.language.as_deref(), Some("de"));
        assert!(
            answer.metadata.warnings.iter().any(|w| w.contains(ENGLISH)),
            "{:?}",
            answer.metadata.warnings
        );
        let prompts = plays.prompts();
        assert!(prompts[0].tools.is_empty() && prompts[0].tokens_max < 400);
        let data: Value = serde_json::from_str(&prompts[1].messages.last().unwrap().content).unwrap();
        assert_eq!((&data["question"], &data["question_in_english"]), (&json!(GERMAN), &json!(ENGLISH)));
    }
    let plays = model([Play::say("There were 2 events.")]);
    world.asker(Some(Arc::clone(&plays))).ask(&caller, ask(ENGLISH), None).await.unwrap();
    assert_eq!(plays.calls(), 1);
}

#[tokio::test]
async fn without_a_usable_translation_the_reply_says_what_is_read() {
    let world = World::with(site()).await;
    let caller = a_caller().build();
    let answer = world.asker(None).ask(&caller, ask(GERMAN), None).await.unwrap();
    assert_eq!(answer.response_type, ResponseType::Clarification);
    assert!(answer.response.contains("German") && answer.response.contains("English"), "{}", answer.response);
    assert_eq!((answer.totals.events, answer.evidence.len(), answer.degraded.len()), (0, 0, 0));
    for play in [
        Play::say("Es gab 2 Ereignisse."),
        Play::Cut(vec!["{\"english\": \"How many".to_owned()]),
        Play::Endless("{".to_owned()),
        english(GERMAN),
        english("¿Cuántas personas pasaron por el muelle?"),
        english(""),
        english(&"people ".repeat(500)),
    ] {
        let plays = model([play.clone()]);
        let answer = world.asker(Some(Arc::clone(&plays))).ask(&caller, ask(GERMAN), None).await.unwrap();
        assert!(answer.response.contains("English"), "{play:?} → {}", answer.response);
        assert_eq!((answer.degraded, plays.calls()), (vec![Degraded::Llm], 1), "{play:?}");
        assert_eq!(plays.open_streams(), 0);
    }
}
