//! What is left out by words that name nothing else, and what only sounds like it.

use super::sites::{assert_conversation, assert_readings};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    ("vehicles that are not white", "find show label=vehicle without=*:white"),
    ("non-white vehicles at the gate", "find show site=gate cam=gate-1,gate-2 label=vehicle without=*:white"),
    ("no helmet", "find show without=*:helmet~"),
    ("no helmet yesterday?", "find show without=*:helmet~ @yesterday"),
    ("people not wearing a helmet in aisle a yesterday", "find show label=person zone=aisle-a without=*:helmet~ @yesterday"),
    ("people with no helmet in the lobby", "find show cam=lobby-1 label=person without=*:helmet~"),
    ("people without a helmet in the lobby", "find show cam=lobby-1 label=person without=*:helmet~"),
    ("people without hi-vis vests", "find show label=person without=*:high visibility vests~"),
    ("trucks at the main gate but not the white ones", "find show cam=gate-1 label=vehicle without=*:white words=trucks"),
    ("deliveries not by Oakmoor Freight", "find show type=delivery without=*:Oakmoor Freight"),
    ("deliveries that are neither from Oakmoor nor from Tallis", "find show type=delivery without=*:Oakmoor or Tallis"),
    ("vehicles but not the red, blue or grey ones", "find show label=vehicle without=*:red or blue or grey"),
    ("people except those in green jackets", "find show label=person without=*:green jackets"),
    ("people in blue hoodies, not dark blue", "find show label=person without=*:dark blue words=blue hoodies"),
    ("people not carrying a box", "find show label=person without=*:box~"),
    ("people not wearing a helmet and carrying a ladder", "find show label=person without=*:helmet~ words=ladder"),
    ("people not driving a truck", "find show label=person without=*:truck"),
    // Zones are left out of what was seen, events without a zone stay.
    ("people who are not in the ramp zone", "find show label=person without=*:ramp"),
    ("people outside aisle a", "find show label=person without=*:aisle-a"),
    // What is left out ends where something else begins.
    ("everywhere but the office: people yesterday", "find show cam=carpark-1,dock-1,dock-2,fence-1,gate-1,gate-2,hall-1,hall-2,yard-1,yard-2 label=person @yesterday"),
    ("people, not counting guards", "find show label=person without=person:guards"),
    ("skip the guards: people yesterday", "find show label=person without=person:guards @yesterday"),
    ("people without visitors", "find show label=person without=person:visitor arrives"),
    ("people except people in black hoodies", "find show label=person without=*:black hoodies"),
    ("I don't want to see guards, just the people", "find show label=person without=person:guards"),
    // Asked, not denied.
    ("wasn't the door opened yesterday?", "find whether type=door_opened @yesterday"),
    ("isn't there a person in the lobby?", "last whether claim=now cam=lobby-1 label=person"),
    ("which cameras saw no people yesterday?", "busiest which label=person by=camera least @yesterday"),
    ("which camera didn't see any vehicles today", "busiest which label=vehicle by=camera least @today"),
    // Deeds.
    ("vehicles that did not leave", "find show label=vehicle type=animal_detected,crowd,delivery,door_opened,forklift_moves,loitering,package_left,passer_by,patrol,person_climbs_fence,person_detected,person_enters,person_exits,tailgating,vehicle_arrives,vehicle_detected,visitor_arrives"),
    // Of several words, one is enough.
    ("blue or red trucks", "find show label=vehicle words=blue or red trucks"),
    ("a box or two pallets", "find show words=box or pallets"),
    ("a guy or a lady in the lobby", "find show cam=lobby-1 label=person words=guy or man or lady or woman"),
    ("men and women in the lobby", "find show cam=lobby-1 label=person words=men or women"),
    // Words that only colour a thing, and things that only sound like deeds.
    ("who signed a delivery note", "find who label=person words=signed delivery note"),
    ("people climbing a ladder in the hall", "find show site=hall cam=hall-1,hall-2 label=person words=climbing ladder"),
    ("who took a break in the yard", "find who site=yard cam=fence-1,yard-1,yard-2 label=person words=break"),
    ("vans that came to the gate", "find show site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_arrives words=vans"),
    ("vehicles that came in", "find show label=vehicle type=vehicle_arrives"),
    ("who badged in yesterday", "find who label=person without=*:badged out words=badged @yesterday"),
    ("who badged out yesterday", "find who label=person words=badged out @yesterday"),
    ("people at the back door", "find show label=person zone=door words=back"),
    // Slips and chatter.
    ("how meny delivries yesterday", "count how_many type=delivery @yesterday"),
    ("vistors in the lobby", "find show cam=lobby-1 label=person type=visitor_arrives"),
    ("Roughly how many people were in the lobby?", "count how_many cam=lobby-1 label=person"),
    ("Good morning! My boss wants to know how many people were in the lobby. I lost my list.", "count how_many cam=lobby-1 label=person"),
];

#[test]
fn what_is_denied_is_left_out() {
    assert_readings(READINGS);
}

#[test]
fn a_denial_goes_on_with_the_question_before() {
    assert_conversation(&[
        (
            "how many vehicles were at the gate yesterday",
            "count how_many site=gate cam=gate-1,gate-2 label=vehicle @yesterday",
        ),
        (
            "not the white ones",
            "count how_many site=gate cam=gate-1,gate-2 label=vehicle without=*:white @yesterday",
        ),
    ]);
}
