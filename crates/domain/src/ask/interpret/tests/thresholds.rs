//! How much there must be, in groups and in all.

use super::sites::{assert_conversation, assert_readings};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("which hours had more than 100 events yesterday", "find which by=hour 101.. @yesterday"),
    ("which cameras saw more than 50 people last week", "find which label=person by=camera 51.. @last week"),
    ("days with fewer than 10 deliveries last month", "find show type=delivery by=day ..9 @last month"),
    ("which cameras had at least 3 visits yesterday", "find which by=camera 3..v @yesterday"),
    ("how many days had more than 1,000 events", "count how_many by=day 1001.."),
    ("which sites had over a hundred vehicles today", "find which label=vehicle by=site 101.. @today"),
    ("hours with 20 or more people yesterday", "find show label=person by=hour 20.. @yesterday"),
    ("was there any day with less than five deliveries this week", "find whether type=delivery by=day ..4 @this week"),
    ("on how many days did MAR 2020 come last week", "count how_many name=MAR 2020 by=day 1.. @last week"),
    ("how many different cameras saw people yesterday", "count how_many label=person by=camera 1.. @yesterday"),
    ("how many days were there deliveries this month", "count how_many type=delivery by=day 1.. @this month"),
    // Groups that hold nothing.
    ("days without deliveries this month", "find show type=delivery by=day ..0 @this month"),
    ("no delivery days this month", "find whether type=delivery by=day ..0 @this month"),
    ("hours without any people in the lobby yesterday", "find show cam=lobby-1 label=person by=hour ..0 @yesterday"),
    ("cameras without any people yesterday", "find show label=person by=camera ..0 @yesterday"),
    ("how many hours was the lobby camera out yesterday", "count how_many cam=lobby-1 by=hour ..0 @yesterday"),
    ("how many days were there no deliveries this month", "count how_many type=delivery by=day ..0 @this month"),
    ("how many days did Jane Miller not come this month", "count how_many name=Jane Miller by=day ..0 @this month"),
    ("how many hours had no people in the lobby yesterday", "count how_many cam=lobby-1 label=person by=hour ..0 @yesterday"),
    ("how many days this month did we see an animal", "count how_many label=animal by=day 1.. @this month"),
    ("on how many nights did we see an animal", "count how_many label=animal ?nights[] @nights|nights|nights|nights|nights|nights"),
    ("people without a badge yesterday", "find show label=person without=*:badge~ @yesterday"),
    ("which zones saw no more than 5 people", "find which label=person by=zone ..5"),
    ("were there more than 100 people yesterday", "find whether label=person 101.. @yesterday"),
    ("which days had exactly 3 deliveries", "find which type=delivery by=day 3..3"),
    ("which cameras saw people more than twice yesterday", "find which label=person by=camera 3.. @yesterday"),
    ("who came more than once this week", "find who label=person by=sub_label 2.. @this week"),
    ("who saw more than 3 people yesterday", "find who label=person @yesterday"),
    ("which plates came more than once yesterday", "find which label=vehicle by=sub_label 2.. @yesterday"),
    ("who was seen at least three times yesterday", "find who label=person by=sub_label 3.. @yesterday"),
    // A bound that opens the question asks whether it holds.
    ("no more than 5 animals on Monday?", "find whether label=animal ..5 @Monday"),
    ("more than 15 people on Monday?", "find whether label=person 16.. @Monday"),
    ("at most 3 people before 11 yesterday?", "find whether label=person ..3 @before 11 yesterday"),
    ("yesterday at the dock fewer than 10 people?", "find whether site=dock cam=dock-1,dock-2 label=person ..9 @yesterday"),
    ("20 or more people in the lobby today?", "find whether cam=lobby-1 label=person 20.. @today"),
    ("vehicles with more than 3 people yesterday", "find show label=vehicle ?more than 3 people[] @yesterday"),
    // Lengths, shares, moments and sides are no bounds of groups.
    ("vehicles over 80%", "find show label=vehicle sure=0.8"),
    ("vehicles in the last 3 hours", "find show label=vehicle @the last 3 hours"),
    ("how many vehicles other than trucks yesterday", "count how_many label=vehicle without=vehicle:trucks @yesterday"),
];

#[test]
fn bounds_of_groups_are_read() {
    assert_readings(READINGS);
}

#[test]
fn a_bound_goes_with_its_groups_to_the_next_question() {
    assert_conversation(&[
        (
            "which cameras saw more than 50 people yesterday",
            "find which label=person by=camera 51.. @yesterday",
        ),
        ("and on Monday?", "find which label=person by=camera 51.. @Monday"),
    ]);
}
