//! Whether a number, a day or a comparison is one of the record. Knows what a sentence is about: the
//! whole question, a camera, or a part such as an hour or one side of a comparison.

use jiff::{ToSpan, civil::Date};

use super::{
    forms::is_same,
    record::{Known, Part, Record, Sides, has_words},
    scan::{Bound, Day, Direction, Manner, Number, Time},
};
use crate::{ask::write::phrases, event_store::Totals};

/// Words behind a number that measure and do not count.
const UNITS: [&str; 34] = [
    "second", "seconds", "s", "minute", "minutes", "min", "hour", "hours", "h", "day", "days", "week",
    "weeks", "month", "months", "year", "years", "m", "km", "metre", "metres", "meter", "meters", "kg",
    "mph", "degrees", "°", "am", "pm", "sure", "ago", "later", "earlier", "o'clock",
];

/// What a sentence is about.
pub(crate) struct About<'a> {
    parts: Vec<&'a Part>,
    cameras: Vec<Totals>,
    /// It names cameras that took no part.
    has_silent_camera: bool,
    is_about_camera: bool,
    is_superlative: bool,
}

impl<'a> About<'a> {
    pub(crate) fn of(
        lower: &str,
        times: &[Time],
        days: &[(std::ops::Range<usize>, Day)],
        cameras: &[String],
        manner: &Manner,
        record: &'a Record,
    ) -> Self {
        let clocks: Vec<_> = times.iter().map(|time| time.clock).collect();
        let named: Vec<Date> = record
            .days
            .iter()
            .copied()
            .filter(|date| days.iter().any(|(_, day)| is_day(*day, *date, record.today)))
            .collect();
        let parts = record.parts.iter().filter(|part| part.is_named(lower, &clocks, &named)).collect();
        let of_cameras: Vec<Option<Totals>> = cameras.iter().map(|name| record.camera_totals(name)).collect();
        Self {
            parts,
            has_silent_camera: of_cameras.iter().any(Option::is_none),
            cameras: of_cameras.into_iter().flatten().collect(),
            is_about_camera: !cameras.is_empty(),
            is_superlative: manner.is_superlative,
        }
    }

    /// Whether it is about less than the whole question.
    pub(crate) fn is_part(&self) -> bool {
        !self.parts.is_empty() || self.is_superlative
    }

    /// Whether nothing was found where it looks.
    pub(crate) fn is_empty(&self, record: &Record) -> bool {
        if self.is_about_camera {
            return self.has_silent_camera && self.cameras.is_empty();
        }
        match self.parts.as_slice() {
            [] => record.totals.events == 0,
            parts => parts.iter().any(|part| part.totals.events == 0),
        }
    }

    /// The most events that it can be about.
    pub(crate) fn events_max(&self, record: &Record) -> u64 {
        let own = self.cameras.iter().map(|t| t.events).chain(self.parts.iter().map(|p| p.totals.events));
        own.max().unwrap_or(record.totals.events)
    }

    /// The figures that it may state.
    fn totals<'b>(&'b self, record: &'b Record) -> Vec<Totals> {
        let mut all = self.cameras.clone();
        all.extend(self.parts.iter().map(|part| part.totals));
        // A sentence about one of several cameras may not state what all of them had together.
        let is_about_all = record.by_camera.len() <= 1 && !self.has_silent_camera;
        if !self.is_about_camera || is_about_all {
            all.push(record.totals);
        }
        if self.is_superlative {
            let by_events = |part: &&Part| part.totals.events;
            all.extend(record.parts.iter().max_by_key(by_events).map(|part| part.totals));
            all.extend(record.parts.iter().min_by_key(by_events).map(|part| part.totals));
        }
        all
    }

    /// Whether a number is one of the counts that the sentence may state.
    pub(crate) fn holds(&self, number: &Number, record: &Record) -> bool {
        let is_visits = number.nouns.iter().any(|noun| noun.starts_with("visit"));
        let is_events = number.nouns.iter().any(|noun| noun.starts_with("event"));
        let values = number.readings.iter().filter_map(|reading| reading.parse::<u64>().ok());
        let all = self.totals(record);
        values.into_iter().any(|n| {
            all.iter().any(|totals| {
                (totals.events == n && !is_visits && is_within(number.bound, totals.events, n))
                    || (totals.visits == n && !is_events && is_within(number.bound, totals.visits, n))
            })
        })
    }
}

/// Whether a count of `counted` may be told as bounded by `n`.
fn is_within(bound: Bound, counted: u64, n: u64) -> bool {
    match bound {
        Bound::None | Bound::AtLeast | Bound::AtMost => counted == n,
        Bound::MoreThan | Bound::LessThan | Bound::Range => false,
    }
}

/// Whether a number is true of what the sentence is about, or of the events that it cites.
pub(crate) fn holds(number: &Number, about: &About<'_>, cited: &[&Known], record: &Record) -> bool {
    if number.is_percent() {
        let is_known = |known: &String| number.readings.contains(known);
        return record.percents.iter().any(is_known) || cited.iter().any(|e| e.percents.iter().any(is_known));
    }
    let is_unit = number.nouns.first().is_some_and(|noun| UNITS.contains(&noun.as_str()));
    let counts_events = number.nouns.iter().any(|n| n.starts_with("event") || n.starts_with("visit"));
    if !is_unit && about.holds(number, record) {
        return true;
    }
    if !is_unit && !matches!(number.bound, Bound::MoreThan | Bound::LessThan | Bound::Range) {
        let value = |n: usize| number.readings.contains(&n.to_string());
        // "One man [1][2]": several events of one.
        if !cited.is_empty() && (value(cited.len()) || (value(1) && !counts_events)) {
            return true;
        }
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

/// What a number that is a fact by itself may stand for: a ratio, how many are shown or searched.
fn is_figure(number: &Number) -> bool {
    const NOUNS: [&str; 12] = [
        "times", "camera", "cameras", "shown", "groups", "group", "zones", "zone", "hours", "days",
        "matches", "latest",
    ];
    number.before == "ratio"
        || matches!(number.before.as_str(), "by" | "factor" | "latest" | "first" | "top" | "these")
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

fn is_day(day: Day, date: Date, today: Date) -> bool {
    let (month, of_month) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    match day {
        Day::Date(in_month, n, year) => {
            of_month == n && in_month.is_none_or(|m| m == month) && year.is_none_or(|y| y == date.year())
        }
        Day::Pair(a, b) => (a, b) == (of_month, month) || (a, b) == (month, of_month),
        Day::Year(year) => date.year() == year,
        Day::Weekday(n) => date.weekday().to_monday_zero_offset().unsigned_abs() == n,
        Day::Relative(n) => today.checked_add(n.days()).is_ok_and(|that| that == date),
    }
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

/// Whether two sides lie as a sentence says.
pub(crate) fn is_so(sides: &Sides, lower: &str, manner: &Manner) -> bool {
    let first = |names: &[String]| {
        names.iter().filter(|name| has_words(lower, name)).filter_map(|name| lower.find(name.as_str())).min()
    };
    let (a, b) = (first(&sides.a), first(&sides.b));
    let is_turned = match (a, b) {
        (Some(a), Some(b)) => b < a,
        (Some(_), None) => false,
        (None, Some(_)) => true,
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
