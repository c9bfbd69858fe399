//! True sentences as good models write them stay whole; what they offer goes without a word; what only looks like one of
//! these does not pass.

use super::morning::{ALL, PEOPLE, Site, assert_gone, assert_kept, left, record, totals};

#[test]
fn the_prose_of_good_models_is_kept() {
    let site = Site::new();
    assert_kept(
        &record(&site, &PEOPLE, |_, _| {}),
        &[
            "Three people were seen at the loading dock this morning [1][2][3].",
            "The first was a man in a red jacket waiting at the ramp at 07:10 [3].",
            "At 07:40, a woman wearing a yellow helmet opened the door [2].",
            "The most recent event, at 08:05, shows two men carrying a box through the door [1].",
            "No one was identified by name.",
            "None of them could be identified by name.",
            "I found 3 events, making up 3 visits.",
            "Here's a summary:",
            "Here is a brief overview:",
            "- **07:40** – A woman with a yellow helmet opens the door [2]",
            "- At 8:05 AM, two men carry a box through the door [1]",
            "There were 2 events between 7 and 8 a.m.",
            "Yes — three people were at the loading dock this morning.",
            "Yes, there were people at the loading dock this morning.",
            "There was some activity at the loading dock this morning.",
            "People were seen at 07:10 [3], 07:40 [2] and 08:05 [1].",
            "People were seen at the loading dock.",
            "One of them wore a red jacket [3], another a yellow helmet [2].",
            "**3 events** with people were recorded at the **Loading dock** this morning.",
        ],
    );
    assert_kept(
        &record(&site, &ALL, |_, _| {}),
        &[
            "This morning there were 8 events: 3 at the Loading dock, 3 in the Yard and 2 at the Main gate.",
            "The Loading dock and the Yard were the busiest, with 3 events each.",
            "There was activity at all three cameras.",
            "A white car left the yard at 09:45 [4] after a blue van had parked there at 09:10 [5].",
            "Two cars were seen in the yard [4][5] and one at the gate [2].",
            "A courier rang at the gate at 10:02 [3], shortly before a black sedan left at 10:30 [2].",
        ],
    );
}

#[test]
fn that_there_was_something_is_said_of_what_was_found_only() {
    let site = Site::new();
    let people = record(&site, &PEOPLE, |_, _| {});
    assert_gone(
        &people,
        &[
            "There were people at the Main gate.",
            "There were people at the dock and at the main gate.",
            "There were people this afternoon.",
            "Yes, there were people last night.",
            "There were dogs at the loading dock.",
            "There was activity and the alarm rang.",
            "There was some movement behind the fence.",
            "People were seen breaking in.",
            "There were armed people at the loading dock.",
            "There was no activity at the loading dock.",
            "Here's a summary of the burglary:",
        ],
    );
    let nobody = record(&site, &PEOPLE, |findings, _| {
        findings.totals = totals(0);
        findings.evidence.clear();
        findings.by_camera.clear();
        findings.series.clear();
    });
    assert_gone(
        &nobody,
        &["There were people at the loading dock.", "Yes, there was activity this morning."],
    );
}

#[test]
fn a_number_before_references_is_how_many_there_are() {
    let site = Site::new();
    let all = record(&site, &ALL, |_, _| {});
    assert_gone(
        &all,
        &[
            "Four cars were seen in the yard [4][5] and one at the gate [2].",
            "Two cars were seen in the yard [4] and 9 at the gate [2].",
            "More than two cars were seen in the yard [4][5] and one at the gate [2].",
        ],
    );
}

#[test]
fn offers_go_and_count_for_nothing() {
    let site = Site::new();
    let people = record(&site, &PEOPLE, |_, _| {});
    let text =
        "There were 3 people. Let me know if you would like more detail. Would you like to see the clips?";
    assert_eq!(left(&people, text), ("There were 3 people.".to_owned(), Vec::new()));
    let (text, warnings) = left(&people, "There were 3 people. Would you like the other 44 as well?");
    assert!(text == "There were 3 people." && warnings.len() == 1, "{text} {warnings:?}");
}
