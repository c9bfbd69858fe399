//! What a model may say and what not, sentence by sentence, over one morning.

use super::morning::{ALL, Asked, PEOPLE, Site, asked, assert_gone, assert_kept, at, left, record, totals};
use crate::{
    Period,
    ask::{
        Comparison, ComparisonSide, Grouping,
        check::{Part, among},
        gather::ranking::{GroupKey, Ranked, Ranking},
    },
};

#[test]
fn a_figure_is_that_of_the_place_next_to_it() {
    let site = Site::new();
    let record = record(&site, &ALL, |_, _| {});
    assert_kept(
        &record,
        &[
            "The Loading dock had 3 events and the Main gate had 2 events.",
            "Loading dock: 3 events, Yard: 3 events, Main gate: 2 events.",
            "- Loading dock: 3 events\n- Main gate: 2 events",
            "| Loading dock | 3 |\n| Main gate | 2 |",
            "The Loading dock had 3 events, the Yard 3 and the Main gate 2.",
            "Of the 8 events, 3 were at the Loading dock, 3 at the Yard and 2 at the Main gate.",
            "There were 8 events this morning, with 3 at the Loading dock, 3 at the Yard, and 2 at the Main gate.",
            "There were 8 events (3 at the Loading dock, 3 at the Yard and 2 at the Main gate).",
            "Loading dock (3 events), Yard (3 events) and Main gate (2 events).",
            "The Loading dock and the Main gate had 3 and 2 events.",
            "The Loading dock and the Yard each had 3 events.",
            "There were 5 events at the Loading dock and the Main gate.",
            "The Loading dock was the busiest camera, with 3 events, ahead of the Main gate with 2 events.",
            "The Main gate was the quietest with 2 events.",
            "Most came from Loading dock (3 events) and Yard (3 events).",
            "The busiest hour was 07:00–08:00 with 2 events.",
            "The busiest hour had 2 events.",
            "There were 2 events between 07:00 and 08:00 and 1 event between 08:00 and 09:00.",
            "There were 3 events between 07:00 and 09:00.",
            "At the Attic there were 0 events.",
            "No events were recorded at the Attic.",
            "A total of 8 events were recorded across all cameras this morning.",
            "This morning, the cameras recorded 8 events in total, in 8 visits.",
            "The Main gate recorded 2 events, and there were 8 events in total.",
            "The Warehouse cameras had 6 events.",
            "There were 8 events, with the Loading dock and Yard being the busiest at 3 events each.",
            "8 events were counted from 06:00 to 12:00 on Wed 13 May.",
            "2 of the 8 events were at the Main gate.",
            "**Main gate**: 2 events",
            "The peak hours were 07:00–08:00, 09:00–10:00 and 10:00–11:00 with 2 events each.",
        ],
    );
    assert_gone(
        &record,
        &[
            "The Loading dock had 2 events and the Main gate had 3 events.",
            "Loading dock: 2 events, Yard: 2 events, Main gate: 3 events.",
            "- Main gate: 3 events",
            "| Main gate | 3 |",
            "The Main gate had 3 events, the Yard 3 and the Loading dock 2.",
            "Of the 8 events, 2 were at the Loading dock and 3 at the Main gate.",
            "The Loading dock and the Main gate had 2 and 3 events.",
            "There were 8 events this morning, at the Main gate.",
            "At the Main gate there were, this morning, 8 events.",
            "The Main gate was the busiest camera, with 3 events.",
            "The Main gate was the busiest camera, with 2 events.",
            "The busiest camera, with 3 events, was the Main gate.",
            "The Loading dock had the fewest events: 2.",
            "The busiest hour was between 11:00 and 12:00 with 2 events.",
            "The busiest hour was 11:00–12:00 with 1 event.",
            "The busiest hour was 09:00 with 8 events.",
            "There was 1 event between 07:00 and 08:00.",
            "There was 1 event between 07:00 and 08:00 and 2 events between 08:00 and 09:00.",
            "No events were recorded at the Main gate.",
            "The Main gate had 8 events in total.",
            "The Warehouse had 8 events.",
            "The Loading dock (2 events) and the Main gate (3 events).",
            "With 3 events, the Main gate came first.",
            "There were 8 events between 07:00 and 08:00.",
        ],
    );
}

#[test]
fn a_figure_is_that_of_the_thing_and_the_side_next_to_it() {
    let site = Site::new();
    let by_label = record(&site, &ALL, |findings, _| {
        let group =
            |label: &str, n| Ranked { key: GroupKey::Text(label.into()), totals: totals(n), times: None };
        findings.ranking = Some(Ranking {
            by: Grouping::Label,
            is_least: false,
            has_empty: false,
            lacks_running: false,
            groups: vec![group("person", 5), group("car", 3)],
            top: None,
            bounded: None,
        });
    });
    assert_kept(
        &by_label,
        &[
            "There were 5 people and 3 cars this morning.",
            "8 events: 5 with people, 3 with cars.",
            "There were 5 events with people and 3 events with cars.",
            "Of the 8 events, 5 show people and 3 show cars.",
            "There were 8 events.",
        ],
    );
    assert_gone(
        &by_label,
        &[
            "There were 3 people and 5 cars this morning.",
            "8 events: 3 with people, 5 with cars.",
            "There were 3 events with people and 5 events with cars.",
            "There were 8 people.",
            "There were 5 people at the Main gate.",
        ],
    );
    let compared = record(&site, &ALL, |findings, meant| {
        let yesterday =
            Period::new("2026-05-12T00:00:00Z".parse().unwrap(), "2026-05-13T00:00:00Z".parse().unwrap());
        meant.periods =
            vec![Period::new(at("00:00"), at("12:00")).named("today"), yesterday.named("yesterday")];
        let one = |name: &str, start: &str, end: &str, events| ComparisonSide {
            name: name.to_owned(),
            start: Some(start.to_owned()),
            end: Some(end.to_owned()),
            events,
            visits: events,
            ..ComparisonSide::default()
        };
        findings.totals = totals(9);
        findings.comparison = Some(Comparison {
            a: one("today", "2026-05-13T00:00:00+00:00", "2026-05-13T12:00:00+00:00", 8),
            b: one("yesterday", "2026-05-12T00:00:00+00:00", "2026-05-13T00:00:00+00:00", 1),
            difference: 7,
            ratio: Some(8.0),
            ..Comparison::default()
        });
    });
    assert_kept(
        &compared,
        &[
            "There were 8 events today and 1 yesterday.",
            "Yes: 8 events today against 1 yesterday.",
            "Today had 8 events and yesterday had 1 event.",
            "Today had 8 times as many events as yesterday: 8 against 1.",
            "That is 7 more than yesterday.",
            "Today had more events than yesterday, with 8 compared to 1.",
            "There were 8 events on Wednesday and 1 event on Tuesday.",
            "There were 9 events in total.",
        ],
    );
    assert_gone(
        &compared,
        &[
            "There were 1 events today and 8 yesterday.",
            "Yes: 1 event today against 8 yesterday.",
            "Today had 1 event and yesterday had 8 events.",
            "Today had more events than yesterday, with 1 compared to 8.",
            "Yesterday had 7 events.",
        ],
    );
}

#[test]
fn what_a_tool_counted_is_only_said_of_what_it_counted() {
    let site = Site::new();
    let plain = record(&site, &PEOPLE, |_, _| {});
    let with = |cameras: &[&str], labels: &[&str], words: Option<&str>, period: Option<Period>, n: u64| {
        let place = site.place();
        let question = asked(&PEOPLE);
        let mut meant = asked(&Asked { question: "", cameras, labels });
        meant.words = words.map(str::to_owned);
        if let Some(period) = period {
            meant.periods = vec![period];
        }
        let mut record = plain.clone();
        record.add_periods(&meant.periods, &place);
        let part: Part = among(&question, &meant, &place);
        record.add_counted(&part, totals(n));
        record
    };
    let night =
        || Some(Period::new("2026-05-12T20:00:00Z".parse().unwrap(), at("06:00")).named("last night"));
    let yesterday =
        || Some(Period::new("2026-05-12T00:00:00Z".parse().unwrap(), at("00:00")).named("yesterday"));
    let dock: &[&str] = &["dock-1"];
    for (record, kept, gone) in [
        (
            with(&[], &[], None, None, 8),
            "Across all cameras there were 8 events this morning.",
            "There were 8 people at the loading dock this morning.",
        ),
        (
            with(&["gate-3"], &[], None, None, 2),
            "The Main gate had 2 events this morning.",
            "There were 2 people at the loading dock this morning.",
        ),
        (
            with(&["gate-3"], &["person"], None, None, 1),
            "There was 1 person at the Main gate.",
            "There was 1 person.",
        ),
        (
            with(dock, &[], Some("unicorn"), None, 0),
            "There were no unicorns at the Loading dock.",
            "There were 0 people at the loading dock this morning.",
        ),
        (
            with(dock, &["person"], None, night(), 0),
            "Nobody was at the Loading dock last night.",
            "Nobody was at the loading dock this morning.",
        ),
        (
            with(dock, &["person"], None, night(), 0),
            "There were 0 people last night.",
            "There were 0 people.",
        ),
        (
            with(dock, &["person"], None, yesterday(), 1),
            "There was 1 person at the Loading dock yesterday.",
            "The Loading dock had 1 event.",
        ),
        (
            with(&[], &["car"], None, None, 3),
            "Everywhere, 3 cars were recorded.",
            "There were 3 cars at the loading dock.",
        ),
    ] {
        assert_kept(&record, &[kept, "There were 3 people at the Loading dock this morning."]);
        assert_gone(&record, &[gone]);
    }
}

#[test]
fn a_sentence_without_a_citation_says_what_was_counted_and_no_more() {
    let site = Site::new();
    let people = record(&site, &PEOPLE, |_, _| {});
    assert_kept(
        &people,
        &[
            "There were 3 people at the Loading dock this morning.",
            "Three people were seen at the Loading dock this morning.",
            "A total of 3 people were recorded at the loading dock this morning.",
            "3 individuals were detected in 3 separate visits.",
            "According to the recorded events, there were 3 people.",
            "The camera registered 3 events with people during the morning.",
            "In total, 3 people visited the loading dock, in 3 different visits.",
            "There were exactly 3 events between 07:10 and 08:05.",
            "The system logged 3 detections of people on Wednesday 13 May.",
            "There were 3 people, the first at 07:10 and the last at 08:05.",
            "2 of the 3 people came between 07:00 and 08:00.",
            "None of the events shown carries a name.",
            "Yes, 3 people were at the Loading dock.",
            "The 3 events occurred between 07:10 and 08:05.",
            "Activity peaked between 07:00 and 08:00, with 2 events.",
        ],
    );
    assert_gone(
        &people,
        &[
            "There were 3 dogs at the loading dock this morning.",
            "There were 3 elephants.",
            "There were 3 trucks at the loading dock this morning.",
            "There were 3 deliveries this morning.",
            "There were 3 alarms this morning.",
            "There were 3 cars this morning.",
            "There were 3 employees, all authorised staff.",
            "There were 3 events at the rooftop.",
            "There were 3 events at the ramp.",
            "There were 3 people and they all left the site.",
            "There were 3 people but the alarm system is off.",
            "There were 3 people; please call the police now.",
            "There were 3 people and everything is safe.",
            "There were 3 people who broke in.",
            "There were 3 people in masks.",
            "There were 3 people last night.",
            "There were 3 people this afternoon.",
            "There were 3 people tonight.",
            "There were 3 people last week.",
            "There were 3 people in the evening.",
            "There were 3 people at 3 cameras.",
            "There were 3 people at the Main gate.",
            "There were no people at the Main gate.",
            "3 strangers were at the loading dock.",
            "Three customers and three dogs.",
            "search_events(what=\"people\", limit=3)",
            "{\"name\": \"search_events\", \"parameters\": {\"what\": \"people\", \"limit\": 3}}",
            "Lorem ipsum 3 dolor.",
            "I am ChatGPT and I cannot see cameras, but 3 events.",
            "3",
            "3 3 3 3",
            "Hubo 3 personas armadas.",
            "3 人が侵入した。",
            "Il y avait 3 personnes mortes.",
            "There were fourty-seven events, 3 people.",
            "There were thirtytwo events, 3 visits.",
            "There were 3 people, siebenundvierzig in total.",
            "There were ⁴⁷ events, 3 people.",
            "There were 3⁴ people.",
            "There were 3 people².",
            "There were ①② events, 3 people.",
            "There were Ⅻ events, 3 people.",
            "There were ½ events, 3 people.",
            "There were XLVII events, 3 people.",
        ],
    );
}

#[test]
fn in_other_languages_figures_are_still_those_of_what_is_next_to_them() {
    let site = Site::new();
    let mut all = record(&site, &ALL, |_, _| {});
    all.is_english = false;
    let kept =
        "Zwischen 07:00 und 08:00 gab es 2 Ereignisse. Loading dock hatte 3 und Main gate 2 Ereignisse.";
    let (text, warnings) = left(&all, kept);
    assert!(text == kept && warnings.iter().any(|w| w.contains("not in English")), "{text} {warnings:?}");
    assert_gone(
        &all,
        &[
            "Zwischen 07:00 und 08:00 gab es 1 Ereignis.",
            "Loading dock hatte 2 und Main gate 3 Ereignisse.",
            "Es gab 3 Ereignisse am Main gate.",
            "Es gab ⁴⁷ Ereignisse, 8 Besuche.",
        ],
    );
}

#[test]
fn names_are_those_of_the_record_wherever_they_stand() {
    let site = Site::new();
    let record = record(&site, &PEOPLE, |_, _| {});
    assert_kept(
        &record,
        &[
            "A man in a red jacket waits at the ramp [3].",
            "Two men carry a box through the door [1].",
            "Workers carry a box through the door [1].",
            "Later, a woman with a yellow helmet opens the door [2].",
            "Waiting at the ramp is a man in a red jacket [3].",
            "- 07:10: A man in a red jacket waits at the ramp [3]",
            "At 07:40, the CCTV shows a woman with a yellow helmet who opens the door [2].",
        ],
    );
    assert_gone(
        &record,
        &[
            "Miller in a red jacket waits at the ramp [3].",
            "A man (Miller) in a red jacket waits at the ramp [3].",
            "A man in a red jacket: Miller, waits at the ramp [3].",
            "A man in a red jacket named MILLER waits at the ramp [3].",
            "A man in a red jacket called miller waits at the ramp [3].",
            "A man in a red jacket, O'Neill, waits at the ramp [3].",
            "A man in a red jacket, 王伟, waits at the ramp [3].",
            "A man in a red jacket, Емеля, waits at the ramp [3].",
        ],
    );
}

#[test]
fn what_a_cited_event_does_not_say_of_time_and_deeds_goes() {
    let site = Site::new();
    let record = record(&site, &PEOPLE, |_, _| {});
    assert_kept(
        &record,
        &[
            "In the morning, a man in a red jacket waits at the ramp [3].",
            "This morning a woman with a yellow helmet opens the door [2].",
            "Two men carry a box through the door in the early morning [1].",
        ],
    );
    assert_gone(
        &record,
        &[
            "A man in a red jacket waits at the ramp for hours [3].",
            "A man in a red jacket waits at the ramp all night [3].",
            "A man in a red jacket waits at the ramp all morning [3].",
            "A man in a red jacket waits at the ramp in the evening [3].",
            "A man in a red jacket waits at the ramp at dusk [3].",
            "An hour later a man in a red jacket waits at the ramp [3].",
            "The woman with a yellow helmet refuses to open the door [2].",
            "The woman with a yellow helmet fails to open the door [2].",
            "The woman lacks a yellow helmet and opens the door [2].",
            "The woman takes off the yellow helmet and opens the door [2].",
            "Two men carry a box of cocaine through the door [1].",
            "Two men carry a coffin through the door with a box [1].",
            "Two masked men carry a box through the door [1].",
            "Two men force a box through the door [1].",
            "Two unauthorised men carry a box through the door [1].",
        ],
    );
}
