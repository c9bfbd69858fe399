//! Groups that hold so much or so little: how many of them there are, which, and of what. Numbers come from
//! the findings.

use super::{groups, lead::lead, phrases, subject};
use crate::{
    ask::{
        Interpretation, Threshold,
        check::plain,
        gather::{
            Findings,
            ranking::{Bounded, Ranking},
        },
        place::Place,
    },
    event_store::Totals,
};

/// "3 of 10 cameras had more than 50 events with people yesterday: Packing area (321 events), … In all there
/// were 1,494 events with people (572 visits) yesterday."
pub(super) fn tell(
    ranking: &Ranking,
    bounded: &Bounded,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let of = bounded.of.map_or_else(String::new, |of| format!(" of {}", phrases::number(of as u64)));
    let many = ranking.groups.len() as u64;
    let noun = if bounded.of.unwrap_or(ranking.groups.len()) == 1 {
        groups::noun(ranking.by)
    } else {
        groups::nouns(ranking.by)
    };
    let what = subject::what(interpretation, false);
    let rest = format!("{}{}", subject::place(interpretation, place), subject::time(interpretation, place));
    let counted = if many == 0 { "None".to_owned() } else { phrases::number(many) };
    let of = if many == 0 && of.is_empty() { " of the".to_owned() } else { of };
    let mut text = format!("{counted}{of} {noun} had {}{what}{rest}", told(&bounded.threshold));
    match &bounded.nearest {
        Some(nearest) => {
            let name = groups::name(ranking.by, &nearest.key, place);
            push!(text, "; {name} came nearest with {}.", size(&bounded.threshold, nearest.totals));
        }
        None if many == 0 => text.push('.'),
        None => {
            text.push_str(": ");
            groups::push_groups(&mut text, ranking, place);
            text.push('.');
        }
    }
    text.push(' ');
    groups::note_running(&mut text, ranking);
    text.push_str("In all: ");
    text.push_str(&lead(findings, interpretation, place));
    text
}

/// "more than 100 events", "at least 3 visits".
pub(super) fn told(threshold: &Threshold) -> String {
    let text = in_numbers(&plain(&threshold.text));
    let is_one = text.ends_with(" 1") || text.ends_with(" one");
    let noun = match (threshold.of_visits, is_one) {
        (true, true) => "visit",
        (true, false) => "visits",
        (false, true) => "event",
        (false, false) => "events",
    };
    format!("{text} {noun}")
}

/// "More than twice", "at least three times" are more than 2 events, at least three of them.
fn in_numbers(text: &str) -> String {
    if let Some(number) = text.strip_suffix(" times") {
        return number.to_owned();
    }
    for (times, number) in [("once", "1"), ("twice", "2"), ("thrice", "3")] {
        if let Some(before) = text.strip_suffix(times) {
            return format!("{before}{number}");
        }
    }
    text.to_owned()
}

fn size(threshold: &Threshold, totals: Totals) -> String {
    phrases::counted(threshold.size(totals), if threshold.of_visits { "visit" } else { "event" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_told_as_numbers_of_what_is_counted() {
        for (text, expected) in [
            ("more than 100", "more than 100 events"),
            ("at least one", "at least one event"),
            ("more than once", "more than 1 event"),
            ("more than twice", "more than 2 events"),
            ("at least three times", "at least three events"),
        ] {
            let threshold = Threshold { text: text.to_owned(), ..Threshold::default() };
            assert_eq!(told(&threshold), expected);
        }
    }
}
