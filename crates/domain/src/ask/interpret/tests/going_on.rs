//! How much a question takes over of the turns before it: short ones what they leave open, others the time.

use proptest::prelude::*;

use super::sites::{ask, ask_all, assert_conversations, catalogue, shown};
use crate::{Event, ask::Evidence};

fn assert_all(readings: &[(&[&str], &str)], evidence: &[Evidence]) {
    assert_conversations(&catalogue("warehouse"), readings, evidence);
}

const LOBBY: &str = "people in the lobby yesterday";
const GATE: &str = "vehicles at the main gate on Monday";

#[rustfmt::skip]
const SHORT: &[(&[&str], &str)] = &[
    (&[LOBBY, "anyone in red?"], "find whether cam=lobby-1 label=person words=red @yesterday"),
    (&[GATE, "any vans?"], "find whether cam=gate-1 label=vehicle words=vans @Monday"),
    (&[GATE, "anyone with a bag?"], "find whether cam=gate-1 label=person words=bag @Monday"),
    (&[LOBBY, "how many at dock door 1?"], "count how_many cam=dock-1 label=person @yesterday"),
    (&[LOBBY, "how many wore a helmet?"], "count how_many cam=lobby-1 label=person words=helmet @yesterday"),
    (&[LOBBY, "how many on Monday?"], "count how_many cam=lobby-1 label=person @Monday"),
    (&["who climbed the fence last night?", "any at all in the last two weeks?"], "find whether label=person type=person_climbs_fence @the last two weeks"),
    (&["how many deliveries yesterday", "any people?"], "find whether label=person @yesterday"),
    (&["how many deliveries yesterday", "how many of them were by van?"], "count how_many label=vehicle type=delivery words=van @yesterday"),
    (&["was there a crowd in the car park yesterday?", "how many events was that?"], "count how_many cam=carpark-1 type=crowd @yesterday"),
    (&["how many deliveries yesterday", "what was the last event in the lobby?"], "last which cam=lobby-1 @yesterday"),
    (&["people at dock door 1 yesterday", "door 2?"], "find show cam=dock-2 label=person @yesterday"),
    (&[LOBBY, "carrying anything?"], "find show cam=lobby-1 label=person @yesterday"),
    (&[LOBBY, "in total?"], "count show cam=lobby-1 label=person @yesterday"),
    (&["people in the lobby last night", "before midnight?", "and vehicles?"], "find show cam=lobby-1 label=vehicle @before midnight"),
    (&["how often was MAR 2020 here last week", "and B-KL 42?", "both of them on Friday"], "find show name=B-KL 42,MAR 2020 @Friday"),
    (&["foxes last week", "cats?", "both"], "find show label=animal words=foxes or cats @last week"),
    (&["deliveries yesterday", "and loitering?", "both of them"], "find show type=delivery,loitering @yesterday"),
    (&["people in red jackets in the lobby yesterday", "forget the clothes, how many in total?"], "count how_many cam=lobby-1 label=person @yesterday"),
    (&[LOBBY, "ok thanks"], "small_talk show"),
    (&[LOBBY, "is that more than usual?"], "compare whether claim=usual cam=lobby-1 label=person @yesterday"),
    // With a subject and a place of its own, a question takes over the time only.
    (&[GATE, "how many people were in the lobby?"], "count how_many cam=lobby-1 label=person @Monday"),
    (&[GATE, "how many events in the lobby?"], "count how_many cam=lobby-1 @Monday"),
    (&[GATE, "what happened in the lobby?"], "timeline which cam=lobby-1 @Monday"),
    (&[LOBBY, "any deliveries at the dock?"], "find whether site=dock cam=dock-1,dock-2 type=delivery @yesterday"),
    // With a subject and a time, or of all time, or begun anew: nothing.
    (&[GATE, "how many people yesterday?"], "count how_many label=person @yesterday"),
    (&[GATE, "what happened yesterday?"], "timeline which @yesterday"),
    (&[GATE, "has anyone ever climbed the fence?"], "find whether label=person type=person_climbs_fence"),
    (&[GATE, "start over: any vans?"], "find show label=vehicle words=vans"),
    // A place that is asked for is not the one place of before.
    (&[LOBBY, "which camera had the most people?"], "busiest which label=person by=camera @yesterday"),
    (&[LOBBY, "which camera?"], "find which cam=lobby-1 label=person by=camera @yesterday"),
];

#[test]
fn a_short_question_takes_over_what_it_leaves_open() {
    assert_all(SHORT, &[]);
}

#[rustfmt::skip]
const WORDS: &[(&[&str], &str)] = &[
    (&[GATE, "only trucks", "only the blue ones"], "find show cam=gate-1 label=vehicle words=trucks blue @Monday"),
    (&[GATE, "only trucks", "how many of these were from Oakmoor?"], "count how_many cam=gate-1 label=vehicle words=trucks Oakmoor @Monday"),
    (&[GATE, "any trucks?", "any vans?"], "find whether cam=gate-1 label=vehicle words=vans @Monday"),
    (&[LOBBY, "anyone in red?", "and in blue?"], "find whether cam=lobby-1 label=person words=blue @yesterday"),
    (&[LOBBY, "anyone in red?", "and in the yard?"], "find whether site=yard cam=fence-1,yard-1,yard-2 label=person words=red @yesterday"),
    (&[LOBBY, "no wait, Tuesday"], "find show cam=lobby-1 label=person @Tuesday"),
    (&[LOBBY, "no, hold on, the yard"], "find show site=yard cam=fence-1,yard-1,yard-2 label=person @yesterday"),
    (&[LOBBY, "and evening?"], "find show cam=lobby-1 label=person @evening"),
    // Words that say nothing here and find nothing do not stay.
    (&[LOBBY, "lunch?", "and on Monday?"], "find show cam=lobby-1 label=person @Monday"),
    (&[LOBBY, "anyone in red?", "anyone at all?"], "find whether cam=lobby-1 label=person @yesterday"),
    (&[GATE, "any red vans?", "any at all?"], "find whether cam=gate-1 label=vehicle words=vans @Monday"),
    (&[GATE, "and the plates?"], "find show cam=gate-1 label=vehicle @Monday"),
    (&[LOBBY, "10?"], "find show cam=lobby-1 label=person ?10[] @yesterday"),
    (&["when did the last vehicle leave yesterday?", "its plate?"], "last when label=vehicle type=vehicle_departs @yesterday"),
];

#[test]
fn words_are_added_replaced_or_not_looked_for() {
    assert_all(WORDS, &[]);
}

#[rustfmt::skip]
const TIMES: &[(&[&str], &str)] = &[
    (&[LOBBY, "and the day before that?"], "find show cam=lobby-1 label=person @the day before that"),
    (&[LOBBY, "and a week earlier?"], "find show cam=lobby-1 label=person @a week earlier"),
    (&["people in the lobby yesterday morning", "the whole day"], "find show cam=lobby-1 label=person @the whole day"),
    (&[LOBBY, "whole week"], "find show cam=lobby-1 label=person @whole week"),
];

#[test]
fn a_time_is_moved_or_widened() {
    assert_all(TIMES, &[]);
    let span = |turns: &[&str]| {
        let it = ask_all(&catalogue("warehouse"), turns, &[]);
        let [period] = it.periods.as_slice() else { return String::new() };
        format!("{}/{}", period.start, period.end)
    };
    assert_eq!(span(&[LOBBY, "and the day before that?"]), "2026-05-11T00:00:00Z/2026-05-12T00:00:00Z");
    assert_eq!(span(&[LOBBY, "and a week earlier?"]), "2026-05-05T00:00:00Z/2026-05-06T00:00:00Z");
    assert_eq!(
        span(&["people last week", "and a week earlier?"]),
        "2026-04-27T00:00:00Z/2026-05-04T00:00:00Z"
    );
    assert_eq!(
        span(&["people in the lobby yesterday morning", "the whole day"]),
        "2026-05-12T00:00:00Z/2026-05-13T00:00:00Z"
    );
}

#[rustfmt::skip]
const WIDER: &[(&[&str], &str)] = &[
    (&["How many visitors on Friday?", "And people?"], "count how_many label=person @Friday"),
    (&["How many visitors on Friday?", "how many people in total?"], "count how_many label=person @Friday"),
    (&["How many visitors on Friday?", "and everybody?"], "count how_many label=person @Friday"),
    (&["How many visitors on Friday?", "how many of these people had a bag?"], "count how_many label=person type=visitor_arrives words=bag @Friday"),
    (&["How many visitors on Friday?", "and on Monday?"], "count how_many label=person type=visitor_arrives @Monday"),
    (&["How many visitors on Friday?", "Which camera had the most events yesterday?"], "busiest which by=camera @yesterday"),
    (&["How many visitors on Friday?", "Which camera had the most events?"], "busiest which label=person type=visitor_arrives by=camera @Friday"),
    (&["anyone in red in the lobby yesterday?", "and everyone?"], "find whether cam=lobby-1 label=person @yesterday"),
    (&["who climbed the fence last night?", "and everyone?"], "find who label=person type=person_climbs_fence @last night"),
];

#[test]
fn what_is_said_of_some_is_not_kept_for_all() {
    assert_all(WIDER, &[]);
}

#[rustfmt::skip]
const DEEDS: &[(&[&str], &str)] = &[
    (&["how many women entered yesterday?", "how many left?"], "count how_many label=person type=person_exits words=women @yesterday"),
    (&["how many red cars arrived at the main gate yesterday?", "how many left?"], "count how_many cam=gate-1 label=vehicle type=vehicle_departs words=red @yesterday"),
    (&["red cars at the main gate yesterday", "when did the last one leave?"], "last when cam=gate-1 label=vehicle type=vehicle_departs words=red @yesterday"),
    (&["did Jane Miller enter yesterday?", "when did she leave?"], "find when name=Jane Miller type=package_left,person_exits,vehicle_departs @yesterday"),
    (&["how many women entered yesterday?", "how many men left?"], "count how_many label=person type=person_exits words=men @yesterday"),
    (&["how many women entered yesterday?", "and deliveries?"], "count how_many type=delivery @yesterday"),
    (&["how many women entered yesterday?", "how many left with a bag?"], "count how_many label=person type=person_exits words=women bag @yesterday"),
    (&["red cars at the main gate yesterday", "did anyone climb the fence?"], "find whether cam=gate-1 label=person type=person_climbs_fence @yesterday"),
];

#[test]
fn those_who_do_something_else_are_as_they_were() {
    assert_all(DEEDS, &[]);
}

#[rustfmt::skip]
const READMITTED: &[(&[&str], &str)] = &[
    (&["vehicles at the main gate on Monday, not the white ones", "and the white ones?"], "find show cam=gate-1 label=vehicle words=white @Monday"),
    (&["vehicles on Monday but not the red, blue or grey ones", "and the blue ones?"], "find show label=vehicle without=*:red or grey words=blue @Monday"),
    (&["vehicles on Monday but not the red, blue or grey ones", "how many at the main gate?"], "count how_many cam=gate-1 label=vehicle without=*:red or blue or grey @Monday"),
    (&["people yesterday, not the guards", "include the guards again"], "find show label=person @yesterday"),
    (&["people yesterday, not the guards", "and with the guards as well?"], "find show label=person @yesterday"),
    (&["people yesterday, not the guards", "and in the lobby?"], "find show cam=lobby-1 label=person without=person:guards @yesterday"),
    (&["people yesterday, not the guards", "and the guards?"], "find show label=person words=guards @yesterday"),
    (&["people yesterday, not the guards", "including guards in red?"], "find show label=person words=guards red @yesterday"),
    (&["people yesterday", "not the guards", "ok, show the guards too"], "find show label=person @yesterday"),
    (&["people yesterday", "without the guards", "add the guards back"], "find show label=person @yesterday"),
    (&["people without visitors yesterday", "include visitors"], "find show label=person @yesterday"),
    (&["vehicles on Monday, not the white ones", "and not the white ones"], "find show label=vehicle without=*:white @Monday"),
];

#[test]
fn what_was_left_out_can_be_asked_for() {
    assert_all(READMITTED, &[]);
}

#[rustfmt::skip]
const WINDOWS: &[(&[&str], &str)] = &[
    (&["people in the lobby yesterday between 8 and 10", "and the day before?"], "find show cam=lobby-1 label=person @the day before between 08:00 and 10:00"),
    (&["people in the lobby on Monday between 7 and 10 am", "and on Tuesday?"], "find show cam=lobby-1 label=person @Tuesday between 07:00 and 10:00"),
    (&["people in the lobby yesterday morning", "and the day before?"], "find show cam=lobby-1 label=person @the day before between 06:00 and 12:00"),
    (&["people in the lobby yesterday after 8pm", "the day before yesterday?"], "find show cam=lobby-1 label=person @the day before yesterday after 20:00"),
    (&["people in the lobby yesterday before 8am", "and on Monday and Sunday?"], "find show cam=lobby-1 label=person @Monday before 08:00|Sunday before 08:00"),
    (&["people in the lobby yesterday before 8am", "and today?"], "find show cam=lobby-1 label=person @today before 08:00"),
    (&["people in the lobby on Monday between 7 and 10 am", "same time on Sunday?"], "find show cam=lobby-1 label=person @same time on Sunday"),
    (&["people in the lobby on Monday between 7 and 10 am", "and on Tuesday?", "and on Sunday?"], "find show cam=lobby-1 label=person @Sunday between 07:00 and 10:00"),
    // A day that is only running, a night, the same day and a whole one are no windows, or not narrowed.
    (&["people in the lobby today", "and yesterday?"], "find show cam=lobby-1 label=person @yesterday"),
    (&["people in the lobby in the last two hours", "and yesterday?"], "find show cam=lobby-1 label=person @yesterday"),
    (&["people in the lobby today after 7am", "and yesterday?"], "find show cam=lobby-1 label=person @yesterday after 07:00"),
    (&["people in the lobby yesterday between 8 and 10", "compared with the day before?"], "compare show cam=lobby-1 label=person @yesterday between 8 and 10|the day before between 08:00 and 10:00"),
    (&["people in the lobby yesterday between 8pm and 10pm", "and today?"], "find show cam=lobby-1 label=person @today between 20:00 and 22:00"),
    (&["people in the lobby this morning", "and yesterday?"], "find show cam=lobby-1 label=person @yesterday between 06:00 and 12:00"),
    (&["people in the lobby last night", "and on Monday?"], "find show cam=lobby-1 label=person @Monday"),
    (&["people in the lobby yesterday morning", "and yesterday?"], "find show cam=lobby-1 label=person @yesterday"),
    (&["people in the lobby yesterday morning", "and all of Monday?"], "find show cam=lobby-1 label=person @Monday"),
    (&["people in the lobby yesterday morning", "and last week?"], "find show cam=lobby-1 label=person @last week"),
    (&["people in the lobby yesterday morning", "and Monday evening?"], "find show cam=lobby-1 label=person @Monday evening"),
    (&["people in the lobby yesterday morning", "how many vehicles on Monday?"], "count how_many label=vehicle @Monday"),
];

#[test]
fn another_day_is_looked_at_in_the_window_of_before() {
    assert_all(WINDOWS, &[]);
    let it = ask_all(
        &catalogue("warehouse"),
        &["people in the lobby yesterday between 8 and 10", "and the day before?"],
        &[],
    );
    assert_eq!(it.periods[0].start.to_string(), "2026-05-11T08:00:00Z");
    assert_eq!(it.periods[0].end.to_string(), "2026-05-11T10:00:00Z");
}

#[rustfmt::skip]
const TWO: &[(&[&str], &str)] = &[
    (&[LOBBY, "and on Monday?", "compare the two"], "compare show cam=lobby-1 label=person @yesterday|Monday"),
    (&[LOBBY, "and on Monday?", "the difference?"], "compare show cam=lobby-1 label=person @yesterday|Monday"),
    (&[LOBBY, "and on Monday?", "which was higher?"], "compare which cam=lobby-1 label=person @yesterday|Monday"),
    (&[LOBBY, "and on Monday?", "which of these days had most?"], "compare which cam=lobby-1 label=person @yesterday|Monday"),
    (&["vehicles at the main gate", "between 4 and 5pm yesterday", "which camera had the most events?"], "busiest which label=vehicle by=camera @between 4 and 5pm yesterday"),
    (&["compare people yesterday and on Monday", "which day was higher?"], "compare which label=person @yesterday|Monday"),
    (&[LOBBY, "and on Monday?", "together?"], "find show cam=lobby-1 label=person @yesterday|Monday"),
    (&["people at dock door 1", "both doors please", "together?"], "find show cam=dock-1,dock-2 label=person"),
    (&[LOBBY, "how many on Monday?", "in total?"], "count how_many cam=lobby-1 label=person @yesterday|Monday"),
    (&["people at dock door 1", "both doors please"], "find show cam=dock-1,dock-2 label=person"),
    (&["people at dock door 3 yesterday", "both doors please"], "find show cam=dock-1,dock-2 label=person @yesterday"),
];

#[test]
fn two_turns_are_compared_or_joined() {
    assert_all(TWO, &[]);
}

#[test]
fn a_share_of_the_last_count_is_of_what_it_is_a_part_of() {
    let whole = |turns: &[&str]| {
        let it = ask_all(&catalogue("warehouse"), turns, &[]);
        let whole = it.share_of.as_deref().map(shown).unwrap_or_default();
        format!("{} of {whole}", shown(&it))
    };
    assert_eq!(
        whole(&["how many people in the lobby yesterday", "as a percentage"]),
        "count how_many cam=lobby-1 label=person @yesterday of count how_many label=person @yesterday"
    );
    assert_eq!(
        whole(&["how many people yesterday", "how many in the lobby?", "what percentage is that?"]),
        "count how_many cam=lobby-1 label=person @yesterday of count how_many label=person @yesterday"
    );
}

#[test]
fn what_points_at_nothing_is_asked_back() {
    for text in ["that one", "more", "and them?", "both", "compare the two", "as a percentage"] {
        assert_eq!(
            shown(&ask_all(&catalogue("warehouse"), &[text], &[])).split(' ').next(),
            Some("related"),
            "{text}"
        );
    }
}

/// Two events of one hour.
fn answer() -> Vec<Evidence> {
    let event = |n: u32| -> Evidence {
        let event: Event = serde_json::from_value(serde_json::json!({
            "event_id": format!("evt-{n}"),
            "timestamp": format!("2026-05-12T14:1{n}:00Z"),
            "camera_id": "gate-1",
            "event_type": "person_detected",
            "label": "person",
        }))
        .unwrap();
        Evidence::of(&event, n, 1.0, Vec::new())
    };
    vec![event(1), event(2)]
}

#[rustfmt::skip]
const BEHIND: &[(&[&str], &str)] = &[
    (&["what was the busiest hour yesterday?", "what happened then?"], "timeline which @on Tue 12 May at 14:00"),
    (&["what was the busiest hour yesterday?", "and the hour after?"], "count how_many @the hour after"),
    (&["which camera was busiest yesterday?", "who was there?"], "find who cam=gate-1 label=person @yesterday"),
    (&["what was the busiest hour yesterday?", "and on Monday?"], "busiest which by=hour @Monday"),
    (&[LOBBY, "more"], "find show cam=lobby-1 label=person top=7 @yesterday"),
    (&[LOBBY, "show me 10 more of them"], "find show cam=lobby-1 label=person top=12 @yesterday"),
    (&[LOBBY, "show me 20"], "find show cam=lobby-1 label=person top=20 @yesterday"),
    (&["when was the last delivery yesterday?", "and the one before?"], "last when type=delivery top=2 @yesterday"),
    (&[LOBBY, "what did he do next?"], "related where label=person refs=1 @in the 10 minutes after 14:11 on Tue 12 May"),
    (&[LOBBY, "and then?"], "related show refs=1 @in the 10 minutes after 14:11 on Tue 12 May"),
    (&[LOBBY, "2?"], "find show cam=gate-1 label=person type=person_detected refs=2 @at 14:12 on Tue 12 May"),
    // Behind single events, a question with something of its own goes on with what was asked before.
    (&[GATE, "show me the second one", "any vans?"], "find whether cam=gate-1 label=vehicle words=vans @Monday"),
];

#[test]
fn what_an_answer_named_can_be_gone_on_with() {
    assert_all(BEHIND, &answer());
}

/// Questions without a time of their own, in words of every kind.
fn timeless() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "how",
        "many",
        "any",
        "people",
        "vans",
        "red",
        "helmet",
        "the",
        "lobby",
        "dock",
        "at",
        "in",
        "only",
        "of",
        "these",
        "which",
        "most",
        "who",
        "was",
        "there",
        "deliveries",
        "more",
        "what",
        "they",
        "wearing",
        "and",
        "anything",
        "events",
        "compare",
        "both",
        "unusual",
    ]);
    prop::collection::vec(word, 1..14).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// An answer never reaches beyond the time of the one before it unasked.
    #[test]
    fn without_a_time_of_its_own_a_question_stays_in_that_of_before(text in timeless()) {
        let before = ask(&catalogue("warehouse"), "people in the lobby on Monday");
        let it = ask_all(&catalogue("warehouse"), &["people in the lobby on Monday", &text], &[]);
        let is_aside = matches!(
            it.intent,
            crate::ask::Intent::SmallTalk | crate::ask::Intent::Help | crate::ask::Intent::ListCameras
        );
        prop_assert!(is_aside || it.periods == before.periods, "{}", shown(&it));
    }

    /// A time of its own takes the place of that of before.
    #[test]
    fn with_a_time_of_its_own_a_question_leaves_that_of_before(text in timeless(), time in prop::sample::select(vec!["yesterday", "last Friday", "in April"])) {
        prop_assume!(!text.contains("compare"));
        let text = format!("{text} {time}");
        let before = ask(&catalogue("warehouse"), "people in the lobby on Monday");
        let it = ask_all(&catalogue("warehouse"), &["people in the lobby on Monday", &text], &[]);
        prop_assert!(!it.periods.iter().any(|period| before.periods.contains(period)), "{}", shown(&it));
    }
}
