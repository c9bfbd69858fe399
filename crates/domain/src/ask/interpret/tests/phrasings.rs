//! Classes of phrasings that operators use: doubts, lists, levels of confidence, summaries, other languages.

use super::sites::{ask_at, assert_conversation, assert_readings, catalogue};

#[rustfmt::skip]
const READINGS: &[(&str, &str)] = &[
    // Confidence from above and from below.
    ("uncertain detections yesterday", "find show below=0.5 @yesterday"),
    ("people with low confidence", "find show label=person below=0.5"),
    // How grave the source called it.
    ("high severity events last week", "find show severity=high @last week"),
    ("severity: high or critical yesterday", "find show severity=critical,high @yesterday"),
    ("how many people of high or critical severity", "count how_many label=person severity=critical,high"),
    ("critical events last week", "find show severity=critical @last week"),
    ("were there any critical alarms today", "find whether severity=critical @today"),
    ("high-priority events at gate 1", "find show cam=gate-1 severity=high"),
    ("only alerts", "find show severity=alert"),
    ("people with severity at least critical", "find show label=person severity=critical,emergency,extreme,fatal,panic"),
    ("high confidence people", "find show label=person sure=0.8"),
    // How things are now is told by what was seen last.
    ("is anyone at the dock?", "last whether claim=now site=dock cam=dock-1,dock-2 label=person"),
    ("are the trucks still here", "last whether claim=now label=vehicle words=trucks"),
    ("is the delivery here yet?", "last whether claim=now type=delivery"),
    ("is anyone at the dock today?", "find whether site=dock cam=dock-1,dock-2 label=person @today"),
    ("is there any footage of dogs", "find whether label=animal words=dogs"),
    // What is left out is not searched for; what a thing is without is.
    ("vehicles in the yard minus yard-2", "find show site=yard cam=fence-1,yard-1 label=vehicle"),
    ("show me the van without markings", "find show label=vehicle without=*:markings~ words=van"),
    ("vehicles below 60 %", "find show label=vehicle below=0.6"),
    ("people at least .9", "find show label=person sure=0.9"),
    ("vehicles above 50 % but under 80 %", "find show label=vehicle sure=0.5 below=0.8"),
    ("very certain detections only", "find show sure=0.9"),
    // Of a list, one is enough.
    ("cats and dogs", "find show label=animal words=cats or dogs"),
    ("dogs, cats and birds in the yard", "find show site=yard cam=fence-1,yard-1,yard-2 label=animal words=dogs or cats or birds"),
    ("cars and trucks", "find show label=vehicle"),
    ("people and dogs", "find show label=animal,person"),
    ("a white van", "find show label=vehicle words=white van"),
    ("joggers and cyclists", "find show label=person words=joggers or cyclists"),
    // Of phrases one is enough, too; what describes both stays with both.
    ("red jackets or red hoodies", "find show words=(red jackets) or (red hoodies)"),
    ("people in a red jacket or a blue cap", "find show label=person words=(red jacket) or (blue cap)"),
    ("a red car or a white van", "find show label=vehicle words=red or (white van)"),
    ("red cars or white vans", "find show label=vehicle words=red or (white vans)"),
    ("red trucks or white vans", "find show label=vehicle words=(red trucks) or (white vans)"),
    ("red trucks and white vans yesterday", "find show label=vehicle words=(red trucks) or (white vans) @yesterday"),
    ("men with backpacks or women with suitcases in the lobby", "find show cam=lobby-1 label=person words=(men backpacks) or (women suitcases)"),
    ("a man in a red jacket or a woman with a white bag", "find show label=person words=(man red jacket) or (woman white bag)"),
    ("black bags, red helmets or blue vests", "find show words=(black bags) or (red helmets) or (blue vests)"),
    ("wearing a helmet or a yellow vest", "find show words=helmet or (yellow vest)"),
    ("people in red or blue jackets", "find show label=person words=red or blue jackets"),
    ("a man in a red or blue jacket", "find show label=person words=man red or blue jacket"),
    ("large red or blue trucks", "find show label=vehicle words=large red or blue trucks"),
    ("a red car near the fountain", "find show label=vehicle words=red and fountain"),
    ("people in red carrying boxes", "find show label=person words=red and boxes"),
    ("black or dark green vans", "find show label=vehicle words=black or (dark green) vans"),
    ("dark green or black vans", "find show label=vehicle words=(dark green) or black vans"),
    ("people with red jackets and people with blue hoodies", "find show label=person words=(red jackets) or (blue hoodies)"),
    ("compare red jackets and blue hoodies yesterday", "compare show words=(red jackets) or (blue hoodies) @yesterday"),
    ("how many people in red jackets vs blue jackets", "compare how_many label=person words=(red jackets) or (blue jackets)"),
    ("red vs blue jackets yesterday", "compare show words=red or blue jackets @yesterday"),
    ("more red jackets than blue jackets yesterday?", "compare show words=(red jackets) or (blue jackets) @yesterday"),
    ("red jackets or hoodies", "find show words=red jackets or hoodies"),
    ("men or women with backpacks", "find show label=person words=men or women backpacks"),
    ("a man with a red jacket and a blue cap", "find show label=person words=man red jacket blue cap"),
    // Summaries.
    ("summarise the week", "timeline show @the week"),
    ("give me a report for Monday", "timeline show @Monday"),
    ("what did I miss last night", "timeline which @last night"),
    ("bring me up to date", "timeline show"),
    // Times that are none are reported.
    ("people on the bank holiday weekend", "find show label=person ?bank holiday weekend[]"),
    ("people on the August bank holiday", "find show label=person ?August bank holiday[]"),
    ("people on the bank holiday Monday 4 May", "find show label=person @Monday 4 May"),
    ("people over the Easter bank holiday weekend", "find show label=person @the Easter bank holiday weekend"),
    ("more people this week than last week at the same time", "compare show label=person @this week|last week at the same time"),
    ("people on 31 February", "find show label=person ?31 February[]"),
    ("vehicles on February 30th", "find show label=vehicle ?February 30th[]"),
    ("deliveries on 31.04.2026", "find show type=delivery ?31.04.2026[]"),
    ("people at 25:00 yesterday", "find show label=person ?25:00[] @yesterday"),
    ("people at gate 1 on 29 February 2024", "find show cam=gate-1 label=person @29 February 2024"),
    ("31 people in February", "find show label=person @February"),
    // Groups of cameras.
    ("all cameras at the gate", "find show site=gate cam=gate-1,gate-2"),
    ("activity on the yard cameras", "find show site=yard cam=fence-1,yard-1,yard-2"),
    ("the same time last week", "find show @the same time last week"),
    // Who says so is not searched for.
    ("my colleague thinks there were 20 deliveries on Monday. How many were there?", "count how_many type=delivery @Monday"),
    ("the figure for deliveries on Monday", "count show type=delivery @Monday"),
    ("women's jackets and womens shoes", "find show label=person words=(women jackets) or (womens shoes)"),
    // Nothing to search for.
    ("why?", "small_talk show"),
    ("start over", "small_talk show"),
    ("what is 17 times 23?", "small_talk which"),
    ("2 + 2", "small_talk show"),
    ("who won the world cup", "small_talk who"),
];

#[test]
fn phrasings_of_operators_are_understood() {
    assert_readings(READINGS);
}

#[test]
fn a_comparison_and_a_doubt_go_on_with_what_was_asked() {
    assert_conversation(&[
        (
            "compare the gate and the yard yesterday",
            "compare show site=gate,yard cam=gate-1,gate-2,fence-1,yard-1,yard-2 @yesterday",
        ),
        (
            "which one had more?",
            "compare which site=gate,yard cam=gate-1,gate-2,fence-1,yard-1,yard-2 @yesterday",
        ),
        ("how do you know?", "basis show site=gate,yard cam=fence-1,gate-1,gate-2,yard-1,yard-2 @yesterday"),
        ("how many people were in the lobby today", "count how_many cam=lobby-1 label=person @today"),
        ("are you sure?", "basis whether cam=lobby-1 label=person @today"),
    ]);
}

#[test]
fn what_is_asked_of_those_keeps_what_they_were() {
    assert_conversation(&[
        (
            "who was at the dock last night after ten?",
            "find who site=dock cam=dock-1,dock-2 label=person @last night after ten",
        ),
        (
            "how many of those were guards?",
            "count how_many site=dock cam=dock-1,dock-2 label=person words=guards @last night after ten",
        ),
        (
            "show me the clip",
            "find show site=dock cam=dock-1,dock-2 label=person words=guards @last night after ten",
        ),
    ]);
}

#[test]
fn two_questions_are_set_side_by_side_where_they_differ_in_one_thing() {
    assert_conversation(&[
        ("how many people in the lobby today", "count how_many cam=lobby-1 label=person @today"),
        ("and at the yard?", "count how_many site=yard cam=fence-1,yard-1,yard-2 label=person @today"),
        (
            "which of the two had more?",
            "compare which site=yard cam=lobby-1,fence-1,yard-1,yard-2 label=person @today",
        ),
    ]);
    assert_conversation(&[
        ("how many people in the lobby today", "count how_many cam=lobby-1 label=person @today"),
        ("and vehicles?", "count how_many cam=lobby-1 label=vehicle @today"),
        ("which was more?", "compare which cam=lobby-1 label=person,vehicle @today"),
    ]);
    assert_conversation(&[
        ("how many people in the lobby today", "count how_many cam=lobby-1 label=person @today"),
        ("and yesterday?", "count how_many cam=lobby-1 label=person @yesterday"),
        ("which one was busier?", "compare which cam=lobby-1 label=person @today|yesterday"),
    ]);
}

#[test]
fn what_is_still_running_goes_on_and_what_is_over_stays() {
    let catalogue = catalogue("warehouse");
    let (late, later) = ("2026-05-13T23:58:00Z", "2026-05-14T00:03:00Z");
    for (text, start, end) in [
        ("how many people today", "2026-05-14T00:00:00Z", later),
        ("how many people in the last 3 hours", "2026-05-13T21:03:00Z", later),
        ("how many people this week", "2026-05-11T00:00:00Z", later),
        ("how many people yesterday", "2026-05-12T00:00:00Z", "2026-05-13T00:00:00Z"),
        ("how many people on Monday", "2026-05-11T00:00:00Z", "2026-05-12T00:00:00Z"),
    ] {
        let before = ask_at(&catalogue, text, late, None);
        let it = ask_at(&catalogue, "and at the dock?", later, Some(&before));
        let period = &it.periods[0];
        assert_eq!(
            (period.start.to_string(), period.end.to_string()),
            (start.to_owned(), end.to_owned()),
            "{text}"
        );
    }
}
