//! By what an answer is grouped, whether the least is wanted, how many, and how long.

use super::sites::{assert_conversation, assert_readings};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("which vehicle came most often", "busiest which label=vehicle by=sub_label"),
    ("which camera saw most vehicles", "busiest which label=vehicle by=camera"),
    ("which company delivered most this week", "busiest which type=delivery ?company[] @this week"),
    ("at what time are there most people in the lobby", "busiest when cam=lobby-1 label=person by=hour_of_day"),
    ("at what time were there most people in the lobby yesterday", "busiest when cam=lobby-1 label=person by=hour @yesterday"),
    ("at which hour do most vehicles arrive", "busiest which label=vehicle type=vehicle_arrives by=hour_of_day"),
    ("which camera was busiest yesterday?", "busiest which by=camera @yesterday"),
    ("what was the quietest hour yesterday", "busiest which by=hour least @yesterday"),
    ("which camera had the fewest people", "busiest which label=person by=camera least"),
    ("top 3 cameras", "busiest show by=camera top=3"),
    ("the two busiest hours yesterday", "busiest show by=hour top=2 @yesterday"),
    ("which three sites had the most vehicles", "busiest which label=vehicle by=site top=3"),
    ("when was it busiest yesterday", "busiest when by=hour @yesterday"),
    ("when was it busiest last month", "busiest when by=day @last month"),
    ("at what time of the day is the gate busiest", "busiest when site=gate cam=gate-1,gate-2 by=hour_of_day"),
    ("which day of the week is busiest", "busiest which by=weekday"),
    ("what kinds of vehicles came yesterday", "find which label=vehicle by=label @yesterday"),
    ("how many people per hour yesterday", "count how_many label=person by=hour @yesterday"),
    ("on average how many people come on a Tuesday?", "count how_many label=person by=day @a Tuesday|a Tuesday|a Tuesday|a Tuesday"),
    ("deliveries on average on a Monday", "count show type=delivery by=day @a Monday|a Monday|a Monday|a Monday"),
    ("how many people came on a Tuesday?", "count how_many label=person @Tuesday"),
    ("people by camera last week", "find show label=person by=camera @last week"),
    ("how many deliveries per week", "count how_many type=delivery by=week"),
    ("daily vehicle counts at the gate", "count show site=gate cam=gate-1,gate-2 label=vehicle by=day"),
    ("where were the most people", "busiest where label=person by=camera"),
    ("where were people seen last night", "find where label=person by=camera @last night"),
    ("who was seen most often", "busiest who label=person by=sub_label"),
    ("the last 3 deliveries", "last show type=delivery top=3"),
    ("first five people at the dock yesterday", "first show site=dock cam=dock-1,dock-2 label=person top=5 @yesterday"),
    ("the 4 most recent vehicles", "last show label=vehicle top=4"),
    ("when was the second delivery yesterday", "first when type=delivery nth=2 @yesterday"),
    ("who was the third visitor on Monday", "first who label=person type=visitor_arrives nth=3 @Monday"),
    ("the 11th large white van yesterday", "first show label=vehicle nth=11 words=large white van @yesterday"),
    ("the second last delivery", "last show type=delivery nth=2"),
    ("the last but one delivery on Monday", "last show type=delivery nth=2 @Monday"),
    ("every second delivery", "find show type=delivery ?second[]"),
    ("show me 3 examples of loitering", "find show type=loitering top=3"),
    ("vehicles in the last 3 hours", "find show label=vehicle @the last 3 hours"),
    ("how many events with at least 3 people", "count how_many ?at least 3 people[]"),
    ("which people came in at camera dock-1", "find which cam=dock-1 label=person type=person_enters"),
    ("how long did the vehicle stay at the gate", "how_long show site=gate cam=gate-1,gate-2 label=vehicle"),
    ("how much time did people spend in the lobby yesterday", "how_long show cam=lobby-1 label=person @yesterday"),
    ("for how long was someone in the hall", "how_long show site=hall cam=hall-1,hall-2 label=person"),
    ("what was the duration of the last delivery", "how_long which type=delivery"),
    ("how long ago was the last delivery", "last show type=delivery"),
    ("how long has it been since the last delivery", "last show type=delivery"),
];

#[test]
fn groups_ranks_and_lengths_are_read_where_they_are_asked_for() {
    assert_readings(READINGS);
}

#[test]
fn a_follow_up_keeps_the_dimension_and_may_name_another() {
    assert_conversation(&[
        ("which camera was busiest yesterday?", "busiest which by=camera @yesterday"),
        ("and the day before?", "busiest which by=camera @the day before"),
        ("and the quietest?", "busiest show by=camera least @the day before"),
        ("what about today?", "busiest show by=camera least @today"),
        ("which hour?", "find which by=hour @today"),
        ("when was it busiest today", "busiest when by=hour @today"),
        ("and last month?", "busiest when by=day @last month"),
        ("top 3 cameras yesterday", "busiest show by=camera top=3 @yesterday"),
        ("and at the dock?", "busiest show site=dock cam=dock-1,dock-2 by=camera top=3 @yesterday"),
    ]);
}
