//! What a number counts, by the words around it: events and what they show, or something else. Knows
//! nothing of the record.

use super::scan::Number;

/// Words behind a number that measure and do not count.
const UNITS: [&str; 34] = [
    "second", "seconds", "s", "minute", "minutes", "min", "hour", "hours", "h", "day", "days", "week",
    "weeks", "month", "months", "year", "years", "m", "km", "metre", "metres", "meter", "meters", "kg",
    "mph", "degrees", "°", "am", "pm", "sure", "ago", "later", "earlier", "o'clock",
];

/// Words behind a number that count something else than events.
const OTHERS: [&str; 24] = [
    "camera",
    "cameras",
    "zone",
    "zones",
    "site",
    "sites",
    "label",
    "labels",
    "type",
    "types",
    "group",
    "groups",
    "location",
    "locations",
    "area",
    "areas",
    "place",
    "places",
    "period",
    "periods",
    "category",
    "categories",
    "match",
    "matches",
];

/// What stands behind a number, adjectives left out.
pub(super) fn noun_of(number: &Number) -> &str {
    const ADJECTIVES: [&str; 8] =
        ["different", "separate", "distinct", "various", "other", "individual", "single", "short"];
    let mut nouns = number.nouns.iter().map(String::as_str);
    nouns.find(|noun| !ADJECTIVES.contains(noun)).unwrap_or_default()
}

/// Whether a number counts events, visits or what they show; no share, no length, no "three times as many".
pub(super) fn is_counting(number: &Number) -> bool {
    let noun = noun_of(number);
    let is_ratio = matches!(noun, "times" | "fold")
        && number
            .nouns
            .get(1)
            .is_some_and(|n| matches!(n.as_str(), "as" | "more" | "fewer" | "less" | "the"));
    !number.is_percent() && !is_ratio && !is_measure(number) && !OTHERS.contains(&noun)
}

/// Whether a number is what the one before it is of: "2 of the 3 people".
pub(super) fn is_base(number: &Number, all: &[Number], lower: &str) -> bool {
    all.iter().filter(|other| other.span.end < number.span.start).any(|other| {
        let between = lower.get(other.span.end..number.span.start).unwrap_or_default();
        matches!(
            between.trim(),
            "of" | "of the" | "of these" | "of those" | "of all" | "out of" | "out of the"
        )
    })
}

/// Whether a number measures: seconds, metres.
pub(super) fn is_measure(number: &Number) -> bool {
    UNITS.contains(&noun_of(number))
}
