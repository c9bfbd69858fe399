//! A logistics yard: gates, a weighbridge, ramps, and cameras with German names.

use super::{
    super::Catalogue,
    sites::{ask, shown, terms},
    station::{assert_readings, catalogue},
};
use crate::event_store::Vocabulary;

fn yard() -> Catalogue {
    let cameras: &[(&str, &str, &[&str])] = &[
        ("gate-n", "North gate", &["entry_lane", "exit_lane"]),
        ("gate-s", "South gate", &["einfahrt"]),
        ("scale", "Weighbridge", &["platform"]),
        ("ramp-1", "Rampe 1", &[]),
        ("ramp-2", "Rampe 2", &[]),
        ("fence", "Zaun Ost", &[]),
        ("cold", "Kühlhaus", &[]),
        ("park-w", "Parkplatz West", &["row_a"]),
    ];
    let vocabulary = Vocabulary {
        labels: terms(&["person", "car", "truck", "bicycle", "forklift", "package"]),
        event_types: terms(&["line_crossing", "loitering", "object_detected", "overspeed", "tailgating"]),
        sub_labels: terms(&["Aylin Demir", "Jürgen Krause", "MAN 12", "Sprinter 3"]),
        zones: terms(&["entry_lane", "exit_lane", "einfahrt", "platform", "row_a"]),
        ..Vocabulary::default()
    };
    catalogue(cameras, &[], &vocabulary)
}

#[rustfmt::skip]
const YARD: &[(&str, &str)] = &[
    ("max trucks per hour at the north gate", "busiest show cam=gate-n label=truck by=hour"),
    ("maximum number of people in an hour yesterday", "busiest show label=person by=hour @yesterday"),
    ("was Max here today", "find whether words=Max @today"),
    ("trucks >1h weighbridge yesterday", "how_long show cam=scale label=truck stay=3601.. @yesterday"),
    ("trucks > 20 min rampe 1", "how_long show cam=ramp-1 label=truck stay=1201.."),
    ("trucks < 5min rampe 1", "how_long show cam=ramp-1 label=truck stay=..299"),
    ("trucks longer than 2h at the weighbridge", "how_long show cam=scale label=truck stay=7201.."),
    ("trucks in the last 2h", "find show label=truck @the last 2h"),
    ("trucks at zaun ost and parkplatz west", "find show cam=fence,park-w label=truck"),
    ("people at the kuehlhaus", "find show cam=cold label=person"),
    ("people at the kuhlhaus", "find show cam=cold label=person"),
    ("when was Juergen Krause last seen", "last when name=Jürgen Krause"),
    ("when was Jurgen Krause last seen", "last when name=Jürgen Krause"),
    ("was dr Krause here", "find whether name=Jürgen Krause"),
    ("are there still trucks on site", "last whether claim=now label=truck"),
    ("are there still trucks here", "last whether claim=now label=truck"),
    ("did the same van come twice yesterday", "find whether claim=all label=car,truck ?same van[] words=van @yesterday"),

    ("first truck each day last week", "first show label=truck ?each day[] @each day last week|each day last week|each day last week|each day last week|each day last week|each day last week|each day last week"),
    ("first truck last week", "first show label=truck @last week"),
    ("only our own trucks", "find show label=truck ?our own[]"),

    ("more trucks than yesterday?", "compare show label=truck @today|yesterday"),
    ("is it busier than last week", "compare whether @this week|last week"),
    ("fewer trucks at the north gate than last month", "compare show cam=gate-n label=truck @this month|last month"),
    ("more people than yesterday morning", "compare show label=person @|yesterday morning"),
    ("more people than last night", "compare show label=person @last night"),
    ("more trucks than cars yesterday", "compare show label=truck,car @yesterday"),
    ("more than 5 trucks yesterday", "find whether label=truck 6.. @yesterday"),
    ("trucks that did not go over the weighbridge yesterday", "find show cam=cold,fence,gate-n,gate-s,park-w,ramp-1,ramp-2 label=truck ?did not go over the weighbridge[] @yesterday"),
    ("trucks that never went to the weighbridge", "find show cam=cold,fence,gate-n,gate-s,park-w,ramp-1,ramp-2 label=truck ?never went to the weighbridge[]"),
    ("which cars didn't use Parkplatz West", "find which cam=cold,fence,gate-n,gate-s,ramp-1,ramp-2,scale label=car ?didn't use Parkplatz West[]"),
    ("cars that did not park in row a", "find show label=car ?did not park in row a[] without=*:row_a"),
    ("trucks that did not stop at the weighbridge", "find show cam=scale label=truck without=*:stop"),
    ("trucks that did not leave the weighbridge", "find show cam=scale label=truck without=*:leave"),
    ("something at zaun ost last night", "find show cam=fence @last night"),
    ("was something detected at zaun ost last night", "find whether cam=fence @last night"),
    ("objects at zaun ost last night", "find show cam=fence type=object_detected @last night"),
    ("average stay at the weighbridge", "how_long show cam=scale"),
    ("average time trucks spend on the weighbridge", "how_long show cam=scale label=truck"),
    ("how long do trucks usually stay at the weighbridge", "how_long show cam=scale label=truck"),
    ("average trucks per day", "count show label=truck by=day"),
    ("shortest stay at rampe 1", "how_long show cam=ramp-1 least"),
    ("people with no name at rampe 1", "find show cam=ramp-1 label=person without=*:(named)"),
    ("night shift trucks", "find show label=truck @night shift"),
    ("night shift summary", "timeline show @night shift"),
    ("trucks 12.5. 7-8", "find show label=truck @12.5. 7-8"),
    ("trucks from 04.05. to 08.05.", "find show label=truck @from 04.05. to 08.05."),
    ("trucks 7.5. to 9.5.", "find show label=truck @7.5. to 9.5."),
    ("12.5. 07:00-08:00 weighbridge", "find show cam=scale @12.5. 07:00-08:00"),
    ("boxes over 2.5 kg", "find show words=boxes 2.5 kg"),
    ("how many trucks came in and how many went out yesterday", "count how_many label=truck ?trucks came in[] ?went out yesterday[] @yesterday"),
    ("how many trucks entered and how many left yesterday", "compare how_many label=truck words=entered or leave @yesterday"),
    ("which vehicles came more than twice last week", "find which label=car,truck by=sub_label 3.. @last week"),
    ("which vehicles came more than 3 times last week", "find which label=car,truck by=sub_label 4.. @last week"),
    ("any vehicle that came more than twice", "find whether label=car,truck by=sub_label 3.."),
    ("all trucks but none of our own", "find show label=truck ?our own[]"),
    ("how many LKW yesterday", "count how_many label=truck @yesterday"),
    ("plate starting with B-LK", "find show words=plate starting B-LK"),
    ("loitering last week by severity", "find show type=loitering ?severity[] @last week"),
    ("which gate was busiest last week", "busiest which cam=gate-n,gate-s by=camera @last week"),
    ("busiest rampe yesterday", "busiest show cam=ramp-1,ramp-2 by=camera @yesterday"),
    ("which truck was at the weighbridge most", "busiest which cam=scale label=truck by=sub_label"),
    ("late shift trucks yesterday", "find show label=truck ?late shift[] @yesterday"),
    ("trucks on the late shift on Monday (14-22)", "find show label=truck @Monday (14-22)"),
    ("night shift guards", "find show label=person words=night shift guards"),
    ("did any truck come more than once yesterday", "find whether label=truck by=sub_label 2.. @yesterday"),
    ("any days with more than 5 trucks", "find whether label=truck by=day 6.."),
    ("how many trucks left yesterday", "count how_many label=truck words=leave @yesterday"),
    ("how many are on the left", "count how_many words=left"),
    ("car with number plate LG-XP 774", "find show label=car words=plate LG-XP 774"),
];

const PAIRS: &[(&str, &str)] = &[
    (
        "trucks at the north gate this week vs the south gate last week",
        "trucks at the north gate this week: find show cam=gate-n label=truck @this week | south gate last week: find show cam=gate-s label=truck @last week",
    ),
    (
        "did more trucks come on Monday through the north gate or on Tuesday through the south gate",
        "trucks come on Monday through the north gate: find whether cam=gate-n label=truck @Monday | Tuesday through the south gate: find show cam=gate-s label=truck @Tuesday",
    ),
    (
        "compare rampe 1 on Monday and rampe 2 on Tuesday",
        "rampe 1 on Monday: compare show cam=ramp-1 @Monday | rampe 2 on Tuesday: find show cam=ramp-2 @Tuesday",
    ),
    (
        "compare trucks at the north gate on Monday with forklifts at rampe 1 on Tuesday",
        "trucks at the north gate on Monday: compare show cam=gate-n label=truck @Monday | forklifts at rampe 1 on Tuesday: find show cam=ramp-1 label=forklift @Tuesday",
    ),
    ("compare forklifts at rampe 1 and rampe 2 this week and last week", ""),
    ("trucks at the north gate vs the south gate this week vs last week", ""),
    ("more trucks than forklifts on Monday compared to Tuesday", ""),
    (
        "this week at the north gate versus last week at the south gate, trucks",
        "this week at the north gate: find show cam=gate-n label=truck @this week | last week at the south gate, trucks: find show cam=gate-s label=truck @last week",
    ),
];

#[test]
fn a_yard_is_understood() {
    assert_readings(&yard(), YARD);
}

#[test]
fn sides_with_a_time_and_a_place_of_their_own_are_questions_of_their_own() {
    let catalogue = yard();
    let sides = |text: &str| {
        let it = ask(&catalogue, text);
        let side = |(name, it): &(String, _)| format!("{name}: {}", shown(it));
        it.sides.iter().map(side).collect::<Vec<_>>().join(" | ")
    };
    let wrong: Vec<_> = PAIRS
        .iter()
        .map(|(text, expected)| (*text, sides(text), *expected))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_event_need_not_say_plate() {
    let surely = |text: &str| ask(&yard(), text).perhaps.and_then(|perhaps| perhaps.surely);
    for text in
        ["plate starting with B-LK", "the number plate B-LK yesterday", "any licence plate containing B-LK?"]
    {
        assert_eq!(surely(text).as_deref(), Some("B-LK"), "{text}");
    }
    assert_eq!(ask(&yard(), "a plate on the floor").perhaps, None);
}

#[test]
fn the_mean_is_told_where_it_is_asked_for() {
    let is_mean = |text: &str| ask(&yard(), text).is_average;
    assert!(is_mean("average stay at the weighbridge") && is_mean("how long does a truck usually stay"));
    assert!(!is_mean("how long did the truck stay at the weighbridge"));
}
