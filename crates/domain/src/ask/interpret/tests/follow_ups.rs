//! What follow-ups take over, turn by turn.

use super::sites::{ask_after, catalogue, shown};

/// Asks one after the other and compares each reading, with what it took over behind a `<`.
fn converse(catalogue_name: &str, turns: &[(&str, &str)]) {
    let catalogue = catalogue(catalogue_name);
    let mut previous = None;
    for (text, expected) in turns {
        let it = ask_after(&catalogue, text, previous.as_ref());
        let mut line = shown(&it);
        if !it.carried_over.is_empty() {
            line.push_str(" < ");
            line.push_str(&it.carried_over.join(","));
        }
        assert_eq!(line, *expected, "{text}");
        previous = Some(it);
    }
}

#[test]
fn a_follow_up_takes_over_what_it_does_not_name() {
    converse(
        "warehouse",
        &[
            ("how many people were at the gate", "count how_many site=gate cam=gate-1,gate-2 label=person"),
            ("and camera dock-1?", "count how_many cam=dock-1 label=person < labels,intent,form"),
            ("only vehicles", "count how_many cam=dock-1 label=vehicle < cameras,intent,form"),
            ("what about the lobby?", "count how_many cam=lobby-1 label=vehicle < labels,intent,form"),
            ("how many of them?", "count how_many cam=lobby-1 label=vehicle < cameras,labels"),
            ("who were they?", "find who cam=lobby-1 label=vehicle < cameras,labels"),
            ("and the yard?", "find who site=yard cam=fence-1,yard-1,yard-2 label=vehicle < labels,form"),
            (
                "show me those",
                "find show site=yard cam=fence-1,yard-1,yard-2 label=vehicle < cameras,sites,labels",
            ),
            (
                "where did they go next",
                "related where site=yard cam=fence-1,yard-1,yard-2 label=vehicle < cameras,sites,labels",
            ),
            (
                "what else happened around then",
                "related which site=yard cam=fence-1,yard-1,yard-2 < cameras,sites",
            ),
        ],
    );
}

#[test]
fn a_bare_command_and_a_who_ask_about_what_was_found() {
    converse(
        "warehouse",
        &[
            ("how many people were at the gate", "count how_many site=gate cam=gate-1,gate-2 label=person"),
            ("show me", "find show site=gate cam=gate-1,gate-2 label=person < cameras,sites,labels"),
            ("anyone else?", "find whether site=gate cam=gate-1,gate-2 label=person < cameras,sites,labels"),
            (
                "at what time exactly?",
                "find when site=gate cam=gate-1,gate-2 label=person < cameras,sites,labels",
            ),
        ],
    );
    converse(
        "warehouse",
        &[
            ("when was the last delivery?", "last when type=delivery"),
            ("who brought it?", "find who type=delivery < event_types"),
        ],
    );
}

#[test]
fn words_are_taken_over_with_their_subject_and_dropped_with_it() {
    converse(
        "warehouse",
        &[
            (
                "show me people in the lobby with a red jacket",
                "find show cam=lobby-1 label=person words=red jacket",
            ),
            (
                "and in the yard?",
                "find show site=yard cam=fence-1,yard-1,yard-2 label=person words=red jacket < labels,words",
            ),
            (
                "when was that",
                "find when site=yard cam=fence-1,yard-1,yard-2 label=person words=red jacket < cameras,sites,labels,words",
            ),
            (
                "any vehicles?",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=vehicle < cameras,sites",
            ),
            (
                "and trucks?",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=vehicle words=trucks < cameras,sites,form",
            ),
            (
                "and people?",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=person < cameras,sites,form",
            ),
        ],
    );
}

#[test]
fn a_whole_new_question_takes_over_nothing() {
    converse(
        "warehouse",
        &[
            ("how many people were at the gate", "count how_many site=gate cam=gate-1,gate-2 label=person"),
            ("show deliveries at the dock", "find show site=dock cam=dock-1,dock-2 type=delivery"),
            (
                "how many vehicles arrived at the gate",
                "count how_many site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_arrives",
            ),
            (
                "were there any animals in the yard",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=animal",
            ),
            ("start over: show the lobby", "find show cam=lobby-1"),
            ("what happened", "timeline which cam=lobby-1 < cameras"),
            ("write me a poem", "small_talk show"),
            ("which cameras do you have", "list_cameras which"),
        ],
    );
}

#[test]
fn types_give_way_to_labels_they_do_not_fit() {
    converse(
        "warehouse",
        &[
            (
                "how many vehicles arrived at the gate",
                "count how_many site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_arrives",
            ),
            (
                "and how many left?",
                "count how_many site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_departs < cameras,sites,labels",
            ),
            (
                "and people?",
                "count how_many site=gate cam=gate-1,gate-2 label=person < cameras,sites,intent,form",
            ),
            ("who was there", "find who site=gate cam=gate-1,gate-2 label=person < cameras,sites,labels"),
            ("camera yard-1", "find who cam=yard-1 label=person < labels,form"),
        ],
    );
}

#[test]
fn confidence_order_and_corrections() {
    converse(
        "warehouse",
        &[
            (
                "were there any animals in the yard",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=animal",
            ),
            (
                "only with high confidence",
                "find whether site=yard cam=fence-1,yard-1,yard-2 label=animal sure=0.8 < cameras,sites,labels,form",
            ),
            (
                "when was the first one?",
                "first when site=yard cam=fence-1,yard-1,yard-2 label=animal sure=0.8 < cameras,sites,labels,min_confidence",
            ),
            (
                "and the last one",
                "last when site=yard cam=fence-1,yard-1,yard-2 label=animal sure=0.8 < cameras,sites,labels,min_confidence,form",
            ),
            (
                "no, I meant the gate",
                "last when site=gate cam=gate-1,gate-2 label=animal sure=0.8 < labels,min_confidence,intent,form",
            ),
            ("all cameras", "last when label=animal sure=0.8 < labels,min_confidence,intent,form"),
        ],
    );
}

#[test]
fn the_deed_changes_and_the_place_stays() {
    converse(
        "campus",
        &[
            (
                "how many people entered the school",
                "count how_many site=school cam=K201,K202,K240 label=person type=person_enters_scene_through_structure",
            ),
            (
                "and how many left?",
                "count how_many site=school cam=K201,K202,K240 label=person type=person_exits_scene_through_structure < cameras,sites,labels",
            ),
            (
                "and the hospital?",
                "count how_many site=hospital cam=K301 label=person type=person_exits_scene_through_structure < labels,event_types,intent,form",
            ),
            (
                "only vehicles",
                "count how_many site=hospital cam=K301 label=vehicle < cameras,sites,intent,form",
            ),
            ("what about camera 340?", "count how_many cam=K340 label=vehicle < labels,intent,form"),
            ("how many vehicles?", "count how_many cam=K340 label=vehicle < cameras"),
        ],
    );
}

#[test]
fn periods_are_taken_over_and_moved_from() {
    converse(
        "warehouse",
        &[
            (
                "how many people were at the gate yesterday",
                "count how_many site=gate cam=gate-1,gate-2 label=person @yesterday",
            ),
            (
                "the day before?",
                "count how_many site=gate cam=gate-1,gate-2 label=person @the day before < cameras,sites,labels,intent,form",
            ),
            (
                "and camera dock-1?",
                "count how_many cam=dock-1 label=person @the day before < periods,labels,intent,form",
            ),
            (
                "what about the night?",
                "count how_many cam=dock-1 label=person @the night < cameras,labels,intent,form",
            ),
            ("and today?", "count how_many cam=dock-1 label=person @today < cameras,labels,intent,form"),
            ("only vehicles", "count how_many cam=dock-1 label=vehicle @today < periods,cameras,intent,form"),
            (
                "no, I meant Tuesday",
                "count how_many cam=dock-1 label=vehicle @Tuesday < cameras,labels,intent,form",
            ),
            ("who were they?", "find who cam=dock-1 label=vehicle @Tuesday < periods,cameras,labels"),
            ("what else happened around then?", "related which cam=dock-1 @Tuesday < periods,cameras"),
            ("thanks, and yesterday?", "related which cam=dock-1 @yesterday < cameras,intent,form"),
        ],
    );
}

#[test]
fn a_question_with_its_own_subject_and_period_stands_alone() {
    converse(
        "warehouse",
        &[
            (
                "when did the last truck leave the gate yesterday?",
                "last when site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_departs words=truck @yesterday",
            ),
            (
                "and the first one?",
                "first when site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_departs words=truck @yesterday < periods,cameras,sites,labels,event_types,words,form",
            ),
            (
                "and on Monday?",
                "first when site=gate cam=gate-1,gate-2 label=vehicle type=vehicle_departs words=truck @Monday < cameras,sites,labels,event_types,words,intent,form",
            ),
            (
                "how many people were in the lobby last week",
                "count how_many cam=lobby-1 label=person @last week",
            ),
            ("show me those from Monday", "find show cam=lobby-1 label=person @Monday < cameras,labels"),
            ("last night", "find show cam=lobby-1 label=person @last night < cameras,labels"),
            (
                "how many deliveries came to the dock yesterday",
                "count how_many site=dock cam=dock-1,dock-2 type=delivery @yesterday",
            ),
        ],
    );
}

#[test]
fn what_is_compared_is_set_against_the_last_question() {
    converse(
        "warehouse",
        &[
            (
                "how many people were in the lobby yesterday",
                "count how_many cam=lobby-1 label=person @yesterday",
            ),
            (
                "compared to the day before",
                "compare show cam=lobby-1 label=person @yesterday|the day before < cameras,labels,periods",
            ),
            (
                "and compared with the gate?",
                "compare show site=gate cam=lobby-1,gate-1,gate-2 label=person @yesterday|the day before < periods,labels,cameras",
            ),
            (
                "how many people were in the lobby yesterday",
                "count how_many cam=lobby-1 label=person @yesterday",
            ),
            (
                "compare that with the gate",
                "compare show site=gate cam=lobby-1,gate-1,gate-2 label=person @yesterday < periods,labels,cameras",
            ),
            (
                "versus vehicles",
                "compare show site=gate cam=lobby-1,gate-1,gate-2 label=person,vehicle @yesterday < periods,cameras,sites,labels",
            ),
        ],
    );
}
