//! What a model may say and what not: true sentences stay as they are, false ones never come through,
//! however they are put. Everything is compared with the record, by the check and by a law of its own.

use eps_domain::ask::{Answer, AskEvent};
use eps_testkit::{
    builders::{a_caller, an_event},
    scripted_chat_model::Play,
};
use proptest::{prelude::*, test_runner::TestRunner};

use super::world::{World, ask, listen, model, shown};

/// Two people and a van; today is Wednesday 13 May 2026.
async fn yard() -> World {
    let person = |id: &str, at: &str, what: &str| an_event().id(id).at(at).description(what).build();
    World::with(vec![
        person("evt_a", "2026-05-13T07:00:00Z", "A man waits at gate 7 with two boxes"),
        person("evt_b", "2026-05-13T08:30:00Z", "A woman opens a box. Nobody else is near"),
        an_event().id("evt_c").at("2026-05-13T09:10:00Z").name("Alice").description("She waves").build(),
        an_event().id("evt_d").camera("yard").label("vehicle").at("2026-05-12T09:00:00Z").build(),
    ])
    .await
}

const QUESTION: &str = "How many people were at the loading dock today?";

async fn told(world: &World, question: &str, text: &str) -> (Answer, Vec<AskEvent>) {
    let asker = world.asker(Some(model([Play::Spell(text.to_owned())])));
    let (answer, events) = listen(&asker, &a_caller().build(), ask(question)).await;
    (answer.unwrap(), events)
}

#[tokio::test]
async fn what_is_true_is_left_as_it_was_written() {
    let world = yard().await;
    for text in [
        "There were 3 events with people in 3 visits today.",
        "Three people were seen at the Loading dock today.",
        "There were three events at the Loading dock. Alice came at 11:10 [1].",
        "3 events were counted on Wednesday 13 May. A woman opens a box at 10:30 am [2].",
        "There were 3 events. A man waits at gate 7 with 2 boxes [3].",
        "There were 3 events. Nobody else is near the woman [2].",
        "There were at least 3 events. Both are at the dock: a man [3] and a woman [2].",
        "There were 3 events. Here are the latest events:\n- 11:10, Loading dock: Alice waves [1]\n- A woman opens a box today [2]",
        "There were 3 events. They are 91 % sure [1].",
        "3 events. At 9 a.m. a man waits at the gate [3].",
    ] {
        let (answer, _) = told(&world, QUESTION, text).await;
        assert_eq!(answer.response, text, "{:?}", answer.metadata.warnings);
    }
}

#[tokio::test]
async fn numbered_lists_keep_their_items_and_lose_their_numbers() {
    let world = yard().await;
    let text = "There were 3 events:\n1. 11:10, Loading dock: Alice waves [1]\n17) A woman opens a box [2]\n47. 9 men [3]";
    let (answer, _) = told(&world, QUESTION, text).await;
    let expected = "There were 3 events:\n- 11:10, Loading dock: Alice waves [1]\n- A woman opens a box [2]";
    assert_eq!(answer.response, expected);
}

#[tokio::test]
async fn what_is_false_never_comes_through_however_it_is_put() {
    let world = yard().await;
    for (text, false_part) in [
        // Numbers, in digits and in words.
        ("There were 47 events.", "47"),
        ("There were forty-seven events.", "forty"),
        ("There were forty seven people.", "forty"),
        ("A hundred people came.", "undred"),
        ("There were a dozen people.", "dozen"),
        ("A dozen people came at 11:10 [1].", "dozen"),
        ("Dozens of people came [1].", "ozens"),
        ("Several people came at 11:10 [1].", "everal"),
        ("There were ٤٧ events.", "47"),
        ("There were ４７ events.", "47"),
        ("There were 4,7 events.", "4,7"),
        ("3 events. 7 people came [3].", "7 people"),
        ("3 events. 13 people came [1].", "13"),
        ("3 events. She came 2026 times [1].", "2026"),
        ("3 events and 9 visits.", "9"),
        ("3 events, x47 of them bad [1].", "x47"),
        ("3 events. Plate AB47CD was read [1].", "AB47CD"),
        // Bounds, ranges, shares, ratios.
        ("There were at least 5 events.", "5"),
        ("There were more than 3 events.", "more than 3"),
        ("There were between 2 and 4 events.", "between"),
        ("There were 3 to 5 events.", "5"),
        ("3 events. 80 % of them were at night.", "80"),
        ("3 events. Eighty percent were men [1].", "ighty"),
        ("3 events, twice as many as yesterday.", "twice"),
        ("3 events. That is double the usual number [1].", "double"),
        ("3 events. Half of them were at night.", "alf of"),
        ("3 events. There were more people than yesterday.", "more people"),
        // Nothing, where there was something.
        ("Nobody was seen.", "obody was"),
        ("No one was there today.", "o one"),
        ("There were no events.", "no events"),
        ("None of them came to the dock.", "one of"),
        ("There weren't any people.", "weren't"),
        ("The dock was not entered at 11:10 [1].", "not entered"),
        // Days and times.
        ("3 events. She came on Tuesday [1].", "Tuesday"),
        ("3 events. She came on 12 May [1].", "12 May"),
        ("3 events. She came on May 14th [1].", "14"),
        ("3 events. She came on 2026-05-12 [1].", "2026-05-12"),
        ("3 events. She came yesterday [1].", "yesterday"),
        ("3 events. She came at 3 pm and left [1][2].", "3 pm"),
        ("3 events. She came at midnight [1].", "midnight"),
        ("3 events. She came at half past nine [1].", "half past"),
        // Who, what, where.
        ("3 events. A vehicle came at 11:10 [1].", "vehicle"),
        ("There were 3 vehicles.", "vehicles"),
        ("3 events. Alice opens a box [2].", "Alice"),
        ("3 events. It was John Smith [1].", "Smith"),
        ("3 events. A man waits in the Strong room [3][2].", "trong room"),
        ("There were 3 events at the Attic.", "3 events at the Attic"),
        ("The thief came back:\n3 events.", "thief"),
        ("3 events. A man stole a car.", "stole"),
        ("3 events. The answer is: [1]", "answer"),
        ("3 events. A burglar stabs the driver with a knife [1].", "stabs"),
        // Accusations and what tells people apart, in a sentence that is otherwise true.
        ("3 events. A man with a gun waits at gate 7 with two boxes [3].", "gun"),
        ("3 events. An armed man waits at gate 7 [3].", "armed"),
        ("3 events. A woman steals a box [2].", "steals"),
        ("3 events. The suspect waits at gate 7 [3].", "suspect"),
        ("3 events. A woman waits at gate 7 with two boxes [3].", "A woman waits"),
        ("3 events. A man in a red jacket waits at gate 7 [3].", "red"),
        ("There were 3 robberies at the loading dock today.", "robber"),
        ("3 events. See [evt_a] and [9] for it.", "evt_a"),
    ] {
        let (answer, events) = told(&world, QUESTION, text).await;
        assert!(!answer.response.contains(false_part), "{text}\n→ {}", answer.response);
        assert_eq!(shown(&events), answer.response, "what was streamed ends as the answer");
        let figures = ["47", "2026 times", "80", "dozen", "gun", "armed", "suspect", "robber"];
        for event in &events {
            if let AskEvent::Delta(text) | AskEvent::Replaced(text) = event {
                assert!(!figures.iter().any(|wrong| text.contains(wrong)), "shown for a moment: {text}");
            }
        }
        assert_eq!((answer.totals.events, answer.evidence.len()), (3, 3));
    }
}

#[tokio::test]
async fn figures_of_an_hour_or_a_side_stand_only_where_it_is_named() {
    let world = yard().await;
    let question = "How many people were at the loading dock today?";
    let (answer, _) = told(&world, question, "There was 1 event between 09:00 and 10:00.").await;
    assert!(answer.response.contains("1 event between 09:00"), "{}", answer.response);
    let (answer, _) = told(&world, question, "There was 1 event in all.").await;
    assert!(!answer.response.contains("1 event in all"), "{}", answer.response);
    let compare = "Compare today with yesterday";
    for (text, is_kept) in [
        ("There were 3 events today and 1 event yesterday.", true),
        ("Today had more events than yesterday.", true),
        ("Yesterday had fewer events than today.", true),
        ("Today had three times as many events as yesterday: 3 against 1.", true),
        ("Today had fewer events than yesterday.", false),
        ("Yesterday had more events than today.", false),
        ("Today had twice as many events as yesterday.", false),
    ] {
        let (answer, _) = told(&world, compare, text).await;
        assert_eq!(answer.response == text, is_kept, "{text}\n→ {}", answer.response);
    }
}

/// Digits of a text, run by run, references left out.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = vec![String::new()];
    for c in text.chars() {
        if c.is_ascii_digit() {
            if let Some(run) = runs.last_mut() {
                run.push(c);
            }
        } else {
            runs.push(String::new());
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// What a model might string together.
fn babble() -> impl Strategy<Value = Vec<String>> {
    let words = [
        "events",
        "people",
        "visits",
        "vehicles",
        "at",
        "the",
        "Loading dock",
        "Strong room",
        "man",
        "came",
        "there",
        "were",
        "more",
        "than",
        "least",
        "no",
        "and",
        "between",
        "of",
        "on",
        "May",
        "gate",
        "Wednesday",
        "today",
        "box",
        "Alice",
        "sure",
        "%",
        "pm",
        "minutes",
        "Nobody",
        "yes",
        "seven",
        "hundred",
    ];
    let marks = [
        ".",
        ". ",
        "! ",
        "\n",
        "\n- ",
        ", ",
        ": ",
        "[",
        "]",
        "(",
        "<b>",
        "![x](http://e.example)",
        "http://e.example/9",
        "[1](//e.example)",
        "<script>",
        "x99",
        "٤٧",
        "½",
        "。",
        "[evt_a]",
        "[f1]",
        "[f9]",
    ];
    prop::collection::vec(
        prop_oneof![
            8 => prop::sample::select(words.to_vec()).prop_map(str::to_owned),
            4 => (0_u32..2_000).prop_map(|n| n.to_string()),
            2 => (0_u32..24, 0_u32..60).prop_map(|(h, m)| format!("{h}:{m:02}")),
            2 => (0_u32..12).prop_map(|n| format!("[{n}]")),
            3 => prop::sample::select(marks.to_vec()).prop_map(str::to_owned),
        ],
        0..40,
    )
}

fn in_pieces(text: &str, cuts: &[usize]) -> Vec<String> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    for cut in cuts.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let at = rest.char_indices().nth(*cut).map_or(rest.len(), |(at, _)| at);
        pieces.push(rest[..at].to_owned());
        rest = &rest[at..];
    }
    pieces
}

/// Whatever a model says, in whatever pieces: references are those of the evidence, numbers those of the
/// record, nothing active, and the pieces change nothing.
#[test]
fn no_number_no_reference_and_no_markup_comes_from_a_model() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(yard());
    // Counts (0 in empty hours), today, times of the day and of events, gate 7, 91 % sure.
    let mut known: Vec<String> = (0..=14).map(|n: u32| n.to_string()).collect();
    known.extend((0..10).map(|n: u32| format!("{n:02}")));
    known.extend(["2026", "30", "91"].map(str::to_owned));
    let mut runner = TestRunner::new(ProptestConfig::with_cases(400));
    let law = (babble(), prop::collection::vec(1_usize..9, 1..6));
    runner
        .run(&law, |(words, cuts)| {
            let text = words.join(" ");
            let asker = world.asker(Some(model([Play::Say(in_pieces(&text, &cuts))])));
            let caller = a_caller().build();
            let (answer, events) = runtime.block_on(listen(&asker, &caller, ask(QUESTION)));
            let answer = answer.unwrap();
            let whole = runtime.block_on(told(&world, QUESTION, &text)).0;
            prop_assert_eq!(&answer.response, &whole.response, "the way of cutting changed the answer");
            prop_assert_eq!(shown(&events), answer.response.clone());
            for event in &events {
                let (AskEvent::Delta(told) | AskEvent::Replaced(told)) = event else { continue };
                let wrong = runs(told).into_iter().find(|run| !known.contains(run));
                prop_assert!(wrong.is_none(), "{:?} in {:?} from {:?}", wrong, told, text);
            }
            for active in ["http", "<b", "<s", "](", "![", "evt_", "[f"] {
                prop_assert!(!answer.response.contains(active), "{:?} in {:?}", active, answer.response);
            }
            let mut cited = answer.citations.iter().flat_map(|citation| citation.refs.iter());
            prop_assert!(cited.all(|reference| (1..=3).contains(reference)));
            Ok(())
        })
        .unwrap();
}
