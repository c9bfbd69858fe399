//! Whether a number, a day, a time in words or a comparison is one of the record, or of the events that a
//! sentence cites.

use jiff::civil::Date;

use super::{
    about::About,
    forms::is_same,
    nouns::{is_measure, noun_of},
    record::{Known, Record, Sides, find_words, has_words},
    scan::{Bound, Day, Direction, Manner, Number, is_day},
};
use crate::ask::write::phrases;

/// Whether a number is true of what the sentence is about, or of the events that it cites.
pub(crate) fn holds(number: &Number, about: &About<'_>, cited: &[&Known], record: &Record) -> bool {
    if number.is_percent() {
        let is_known = |known: &String| number.readings.contains(known);
        return record.percents.iter().any(is_known) || cited.iter().any(|e| e.percents.iter().any(is_known));
    }
    let is_unit = is_measure(number);
    let counts_events = number.nouns.iter().any(|n| n.starts_with("event") || n.starts_with("visit"));
    if !is_unit && about.holds(number) {
        return true;
    }
    let value = |n: usize| number.readings.contains(&n.to_string());
    if !is_unit && !matches!(number.bound, Bound::MoreThan | Bound::LessThan | Bound::Range) {
        // "One man [1][2]": several events of one.
        if !cited.is_empty() && (value(cited.len()) || (value(1) && !counts_events)) {
            return true;
        }
    }
    if is_of_shown(number) && value(record.asked_for) {
        return true;
    }
    if noun_of(number).starts_with("camera") {
        let took_part = record.by_camera.iter().filter(|(_, totals)| totals.events > 0).count();
        let is_all = matches!(number.before.as_str(), "of" | "all" | "the");
        return value(took_part)
            || (is_all && value(record.scene.cameras))
            || record.quotes.iter().any(|q| q.says(number, true));
    }
    let is_label =
        |noun: &String| record.labels().any(|(forms, _)| forms.iter().any(|form| is_same(noun, form)));
    let is_count =
        counts_events || (!is_unit && number.nouns.iter().any(|noun| is_label(noun) || is_person(noun)));
    if !counts_events
        && cited.iter().any(|event| event.quotes().iter().any(|quote| quote.says(number, is_count)))
    {
        return true;
    }
    // The words of a question are no evidence: its numbers only name what it names.
    let is_named = |quote: &super::record::Quote| quote.says(number, true);
    if !is_count && record.quotes.iter().any(is_named) {
        return true;
    }
    !is_count && number.readings.iter().any(|reading| record.figures.contains(reading)) && is_figure(number)
}

/// Whether a number tells how many events are cited right behind it.
pub(crate) fn counts_references(number: &Number, references: usize) -> bool {
    number.bound == Bound::None
        && references > 0
        && !number.is_percent()
        && !is_measure(number)
        && number.readings.contains(&references.to_string())
}

fn is_person(noun: &str) -> bool {
    [
        "person",
        "man",
        "woman",
        "child",
        "individual",
        "visitor",
        "intruder",
        "suspect",
        "guard",
        "worker",
        "driver",
    ]
    .iter()
    .any(|known| is_same(noun, known))
}

/// Whether a number tells how many events are shown.
fn is_of_shown(number: &Number) -> bool {
    const NOUNS: [&str; 6] = ["shown", "listed", "displayed", "latest", "newest", "matches"];
    matches!(number.before.as_str(), "latest" | "first" | "top" | "these" | "newest")
        || number.nouns.iter().any(|noun| NOUNS.contains(&noun.as_str()))
}

/// What a number that is a fact by itself may stand for: a ratio, how many groups there are.
fn is_figure(number: &Number) -> bool {
    const NOUNS: [&str; 7] = ["times", "groups", "group", "zones", "zone", "hours", "days"];
    matches!(number.before.as_str(), "ratio" | "by" | "factor" | "top")
        || number.nouns.iter().any(|noun| NOUNS.contains(&noun.as_str()))
}

/// The figure that should have stood there, when there is only one.
pub(crate) fn correction(number: &Number, record: &Record) -> Option<String> {
    if number.bound != Bound::None || number.is_percent() {
        return None;
    }
    let counts = |what: &str| number.nouns.iter().any(|noun| noun.starts_with(what));
    if counts("visit") {
        return Some(phrases::number(record.totals.visits));
    }
    counts("event").then(|| phrases::number(record.totals.events))
}

/// Whether a day is one of the cited events, or one of the record where nothing is cited.
pub(crate) fn is_known_day(day: Day, cited: &[&Known], record: &Record) -> bool {
    let mut days: Vec<Date> = cited.iter().flat_map(|event| event.days.iter().copied()).collect();
    if cited.is_empty() {
        days.extend(record.days.iter().copied());
    }
    days.into_iter().any(|date| is_day(day, date, record.today))
}

/// Noon, midnight and hours in words are read only where the record says them.
pub(crate) fn are_known_spoken_times(manner: &Manner, cited: &[&Known], record: &Record) -> bool {
    manner.spoken_times.iter().all(|spoken| {
        let clock = match *spoken {
            "noon" => Some((12, 0)),
            "midnight" => Some((0, 0)),
            _ => None,
        };
        let is_time = |clock| match cited {
            [] => record.times.contains(&clock),
            cited => cited.iter().any(|event| event.tells_time(clock)),
        };
        clock.is_some_and(is_time)
            || record.has_words(spoken)
            || cited.iter().any(|event| has_words(&event.words, spoken))
    })
}

fn is_behind_than(lower: &str, at: usize) -> bool {
    let before = lower.get(..at).unwrap_or_default();
    find_words(before, "than").last().is_some_and(|than| before.len() - than < "than on the ".len())
}

/// Whether parts of the day and stretches are those of the cited events: their words say so, or it was then.
pub(crate) fn are_known_stretches(manner: &Manner, cited: &[&Known], record: &Record) -> bool {
    manner.stretches.iter().all(|told| {
        let is_then = |event: &&Known| {
            let hour = event.times.first().map(|(hour, _)| *hour);
            told.hours.zip(hour).is_some_and(|((from, to), hour)| {
                if from < to { (from..to).contains(&hour) } else { hour >= from || hour < to }
            })
        };
        cited.iter().any(|event| has_words(&event.words, &told.word) || is_then(event))
            || (told.hours.is_none() && record.has_words(&told.phrase))
    })
}

/// Whether two sides lie as a sentence says.
pub(crate) fn is_so(sides: &Sides, lower: &str, manner: &Manner) -> bool {
    let first = |names: &[String]| {
        names.iter().filter(|name| has_words(lower, name)).filter_map(|name| lower.find(name.as_str())).min()
    };
    let (a, b) = (first(&sides.a), first(&sides.b));
    let is_turned = match (a, b) {
        (Some(a), Some(b)) => b < a,
        // "7 more than yesterday" leaves out the first.
        (Some(a), None) => is_behind_than(lower, a),
        (None, Some(b)) => !is_behind_than(lower, b),
        (None, None) => return false,
    };
    let difference = if is_turned { -sides.difference } else { sides.difference };
    let is_so = match manner.direction {
        None => true,
        Some(Direction::More) => difference > 0,
        Some(Direction::Fewer) => difference < 0,
        Some(Direction::Same) => difference == 0,
    };
    let ratio = if is_turned { sides.ratio.filter(|r| *r > 0.0).map(f64::recip) } else { sides.ratio };
    let is_ratio =
        manner.ratio.is_none_or(|told| ratio.is_some_and(|ratio| (ratio - told).abs() < 0.05 * told));
    is_so && is_ratio
}
