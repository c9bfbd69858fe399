//! What is asked beyond whether there was any: denials, both, all, more and more, than usual, and how it is now.

use std::fmt::Write;

use super::sites::{ask, assert_conversation, assert_readings, catalogue, shown};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    // That there was none.
    ("did no vehicle come yesterday", "find whether claim=none label=vehicle @yesterday"),
    ("did nobody climb the fence yesterday?", "find whether claim=none label=person type=person_climbs_fence @yesterday"),
    ("was there no delivery yesterday", "find whether claim=none type=delivery @yesterday"),
    ("was there no one in the lobby last night", "find whether claim=none cam=lobby-1 label=person @last night"),
    ("have there been no animals this week", "find whether claim=none label=animal @this week"),
    ("were there not any deliveries on Friday", "find whether claim=none type=delivery @Friday"),
    ("did Jane Miller not come yesterday", "find whether claim=none name=Jane Miller @yesterday"),
    ("did Jane Miller never come this week", "find whether claim=none name=Jane Miller @this week"),
    // Not where something is left out, bounded, or asked for by its lack.
    ("wasn't there a delivery yesterday", "find whether type=delivery @yesterday"),
    ("did anyone not wearing a helmet enter yesterday", "find whether label=person type=person_enters without=*:helmet~ @yesterday"),
    ("were there no more than 5 deliveries yesterday", "find whether type=delivery ..5 @yesterday"),
    ("no people in the lobby yesterday, please", "find show cam=lobby-1 without=person: @yesterday"),
    // That it is so of all, or of no others.
    ("were all deliveries by van on Friday", "find whether claim=all label=vehicle type=delivery words=van @Friday"),
    ("was it only Jane Miller at the gate yesterday", "find whether claim=all site=gate cam=gate-1,gate-2 name=Jane Miller @yesterday"),
    ("is it always the same person", "find whether claim=all label=person"),
    ("did everyone leave yesterday", "find whether claim=all label=person type=person_exits @yesterday"),
    ("was there anyone at all in the lobby yesterday", "find whether cam=lobby-1 label=person @yesterday"),
    ("was anyone in the lobby at the same time yesterday", "find whether cam=lobby-1 label=person @the same time yesterday"),
    ("only deliveries yesterday", "find show type=delivery @yesterday"),
    // Each of several.
    ("was anyone at dock door 1 at 2am and at 4am?", "compare whether claim=each cam=dock-1 label=person @2am|4am"),
    ("did people come on Saturday and Sunday?", "compare whether claim=each label=person @Saturday|Sunday"),
    ("was anyone here between 2am and 4am?", "find whether label=person @between 2am and 4am"),
    ("did anyone come on Saturday or Sunday?", "find whether label=person @Saturday|Sunday"),
    ("were Jane Miller and B-KL 42 both here on Monday", "compare whether claim=each name=B-KL 42,Jane Miller @Monday"),
    ("were there people and animals in the yard yesterday", "compare whether claim=each site=yard cam=fence-1,yard-1,yard-2 label=person,animal @yesterday"),
    ("did people and animals enter the yard yesterday", "find whether claim=all site=yard cam=fence-1,yard-1,yard-2 label=animal,person type=person_enters @yesterday"),
    ("was anyone in the lobby and the packing area yesterday", "compare whether claim=each cam=lobby-1,hall-2 label=person @yesterday"),
    ("was Jane Miller or B-KL 42 here on Monday", "find whether name=B-KL 42,Jane Miller @Monday"),
    ("people and animals in the yard yesterday", "find show site=yard cam=fence-1,yard-1,yard-2 label=animal,person @yesterday"),
    // More and more.
    ("is the number of deliveries going up?", "compare whether claim=trend type=delivery @the last 7 days"),
    ("did deliveries go up or down this week", "compare whether claim=trend type=delivery @this week"),
    ("are there more and more people in the lobby", "compare whether claim=trend cam=lobby-1 label=person @the last 7 days"),
    ("has the number of vehicles increased this month", "compare whether claim=trend label=vehicle @this month"),
    ("did anyone go up the stairs yesterday", "find whether label=person words=stairs @yesterday"),
    ("did the men go down this morning", "find whether label=person words=men @this morning"),
    // Than usual.
    ("were there more people than usual in the lobby yesterday", "compare whether claim=usual cam=lobby-1 label=person @yesterday"),
    ("is the lobby busier than normal", "compare whether claim=usual cam=lobby-1 @today"),
    ("deliveries this week vs the average week", "compare show claim=usual type=delivery @this week"),
    ("how many more people than usual came yesterday", "compare how_many claim=usual label=person @yesterday"),
    ("was it a normal day yesterday", "compare whether claim=usual @yesterday"),
    ("how has traffic at the gate changed this week", "compare show claim=trend site=gate cam=gate-1,gate-2 @this week"),
    ("was it busier today than yesterday", "compare whether @today|yesterday"),
    ("do we usually get deliveries on Mondays", "count whether type=delivery by=day @Mondays|Mondays|Mondays|Mondays"),
    // How it is now.
    ("is there a forklift in the yard", "last whether claim=now site=yard cam=fence-1,yard-1,yard-2 label=forklift"),
    ("are there any people in the lobby?", "last whether claim=now cam=lobby-1 label=person"),
    ("is there still a package at the ramp", "last whether claim=now type=package_left zone=ramp"),
    ("how many bicycles are still in the car park", "last how_many claim=now cam=carpark-1 label=bicycle"),
    ("how many are still inside?", "last how_many claim=now"),
    ("are there any people in the lobby today?", "find whether cam=lobby-1 label=person @today"),
    ("how many bicycles were still in the car park at 6 pm yesterday", "count how_many cam=carpark-1 label=bicycle @6 pm yesterday"),
    ("are there any events with animals", "find whether label=animal"),
    ("is there a video of a forklift", "find whether label=forklift"),
    // Sides that are questions of their own.
    ("how many men vs women in the halls yesterday", "compare how_many site=hall cam=hall-1,hall-2 label=person words=men or women @yesterday |men: label=person words=men @yesterday |women: label=person words=women @yesterday"),
    ("how many vehicles today and how many forklifts yesterday", "compare how_many label=vehicle,forklift @today|yesterday |vehicles today: label=vehicle @today |forklifts yesterday: label=forklift @yesterday"),
    ("how many people entered and how many left yesterday", "compare how_many type=person_enters,person_exits @yesterday |people entered: label=person type=person_enters @yesterday |left yesterday: type=person_exits @yesterday"),
    ("how many deliveries this week, and when was the last one?", "last how_many type=delivery @this week"),
    ("the first and the last delivery on Friday", "first show type=delivery ?last[] @Friday"),
    // Nothing is done here.
    ("unlock the barrier", "help show"),
    ("turn on the light at the dock", "help show"),
    ("call security", "help show"),
    ("order me a pizza", "help show"),
    ("open door yesterday", "find show type=door_opened @yesterday"),
];

#[test]
fn what_is_asked_beyond_whether_there_was_any_is_read() {
    let (own, others): (Vec<_>, Vec<_>) = READINGS.iter().partition(|(_, expected)| expected.contains(" |"));
    assert_readings(&others);
    let catalogue = catalogue("warehouse");
    for (text, expected) in own {
        let it = ask(&catalogue, text);
        let mut told = shown(&it);
        for (name, side) in &it.sides {
            let side = shown(side);
            // Without the intent, form and place, which all of them share.
            let own =
                side.split(' ').filter(|part| part.contains(['=', '@']) && !part.starts_with(['s', 'c']));
            write!(told, " |{name}: {}", own.collect::<Vec<_>>().join(" ")).unwrap();
        }
        assert_eq!(told, *expected, "{text}");
    }
}

#[test]
fn a_question_goes_on_with_what_was_claimed() {
    assert_conversation(&[
        (
            "did nobody climb the fence on Monday",
            "find whether claim=none label=person type=person_climbs_fence @Monday",
        ),
        ("and on Tuesday?", "find whether claim=none label=person type=person_climbs_fence @Tuesday"),
    ]);
    assert_conversation(&[
        ("how many deliveries yesterday", "count how_many type=delivery @yesterday"),
        ("is that a lot?", "compare whether claim=usual type=delivery @yesterday"),
    ]);
    assert_conversation(&[
        ("was Jane Miller seen yesterday", "find whether name=Jane Miller @yesterday"),
        ("and B-KL 42?", "find whether name=B-KL 42 @yesterday"),
        ("were both of them seen on Monday?", "compare whether claim=each name=B-KL 42,Jane Miller @Monday"),
    ]);
    // What a question before was about stays its subject: "are there any vans?" is of yesterday.
    assert_conversation(&[
        ("how many deliveries yesterday", "count how_many type=delivery @yesterday"),
        ("are there any animals?", "find whether label=animal @yesterday"),
    ]);
}
