//! "The longest quiet stretch last night", "any hour without a vehicle?", "when was it last quiet for more than
//! an hour?": reads that the time between events is wanted, and how long it must be. Blanks its words, so that
//! "without a vehicle" leaves nothing out and "for an hour" is no period. Must never take a "no" that denies.

use std::ops::Range;

use super::tokens::Tokens;
use crate::ask::interpretation::{Quiet, QuietOrder};

/// Nouns for a time in which nothing happens.
const GAPS: [&str; 9] =
    ["gap", "gaps", "lull", "lulls", "silence", "inactivity", "quietness", "standstill", "idleness"];
/// Adjectives for such a time.
const STILL: [&str; 10] = [
    "quiet",
    "silent",
    "calm",
    "idle",
    "empty",
    "deserted",
    "inactive",
    "undisturbed",
    "uneventful",
    "peaceful",
];
/// Nouns for a stretch of time.
const STRETCHES: [&str; 17] = [
    "stretch",
    "stretches",
    "period",
    "periods",
    "time",
    "times",
    "spell",
    "spells",
    "phase",
    "phases",
    "interval",
    "intervals",
    "span",
    "pause",
    "pauses",
    "break",
    "breaks",
];
/// Words for anything at all.
const ANYTHING: [&str; 21] = [
    "activity",
    "movement",
    "movements",
    "motion",
    "event",
    "events",
    "anything",
    "anyone",
    "anybody",
    "any",
    "detection",
    "detections",
    "visit",
    "visits",
    "traffic",
    "sighting",
    "sightings",
    "a",
    "an",
    "single",
    "all",
];
/// Words that deny in front of what does not happen.
const DENYING: [&str; 3] = ["without", "no", "between"];
/// Words that bound a length.
const BOUNDING: [&str; 15] = [
    "for", "of", "more", "longer", "than", "at", "least", "over", "about", "around", "a", "full", "whole",
    "good", "above",
];
/// How far the parts of such a question stand apart.
const REACH: usize = 6;

/// What was read, and the question without the words that say it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) quiet: Quiet,
    pub(super) rest: String,
}

/// Reads it; `None` for any other question.
pub(super) fn read(text: &str) -> Option<Read> {
    let lower = text.to_lowercase();
    let has_hint = GAPS.iter().chain(&STILL).any(|word| lower.contains(word))
        || ["without", " no ", "nothing", "nobody", "between"].iter().any(|word| lower.contains(word));
    // Cutting a long text into words costs more than all of this: only where a length is asked for as well.
    let measures =
        ["longest", "biggest", "largest", "greatest", "how long", "min", "hour", "hr", "day", " h"];
    if !has_hint || !measures.iter().any(|word| lower.contains(word)) {
        return None;
    }
    let tokens = Tokens::of(text);
    let length = length(&tokens);
    let longest = (0..tokens.row.len()).find(|at| {
        matches!(tokens.lower(*at), "longest" | "biggest" | "largest" | "greatest" | "longer")
            && !tokens.row[*at].follows_break
            && (tokens.lower(*at) != "longer")
    });
    let how_long =
        tokens.find("how long").filter(|at| tokens.lower(at + 2) != "ago" && tokens.lower(at + 2) != "since");
    let taken = core(&tokens, longest.is_some() || how_long.is_some(), length.as_ref())?;
    let mut spans: Vec<Range<usize>> = vec![taken];
    let mut at_least_seconds = 0;
    if let Some((seconds, span)) = length {
        at_least_seconds = seconds;
        spans.push(span);
    }
    spans.extend(longest.map(|at| at..at + 1));
    spans.extend(how_long.map(|at| at..at + 2));
    let mut order = QuietOrder::Longest;
    for (word, meant) in [("last", QuietOrder::Latest), ("first", QuietOrder::Earliest)] {
        // "when was it last quiet": "last night" is a time.
        if let Some(at) = tokens.find(word)
            && longest.is_none()
            && spans[0].start.abs_diff(at) <= 2
            && at < spans[0].start
            && (at + 1 == spans[0].start || tokens.lower(at + 1) != "night")
        {
            spans.push(at..at + 1);
            order = meant;
        }
    }
    let mut rest = text.to_owned();
    for span in spans {
        blank(&mut rest, &tokens, span);
    }
    Some(Read { quiet: Quiet { at_least_seconds, order }, rest })
}

/// The words that say that nothing happened; `is_measured` says that a length is asked for.
fn core(
    tokens: &Tokens<'_>,
    is_measured: bool,
    length: Option<&(u64, Range<usize>)>,
) -> Option<Range<usize>> {
    for at in 0..tokens.row.len() {
        let word = tokens.lower(at);
        if tokens.row[at].quote.is_some() {
            continue;
        }
        let near = |other: &Range<usize>| {
            at.abs_diff(other.start).min(at.abs_diff(other.end.saturating_sub(1))) <= REACH
        };
        let is_sized = is_measured || length.is_some_and(|(_, span)| near(span));
        if !is_sized {
            continue;
        }
        if GAPS.contains(&word) {
            return Some(with_denial(tokens, at, at + 1));
        }
        if STILL.contains(&word)
            && !matches!(tokens.lower(at + 1), "camera" | "zone" | "box" | "boxes" | "pallet")
        {
            let is_of_time = STRETCHES.contains(&tokens.lower(at + 1)) || is_predicate(tokens, at);
            if is_of_time {
                let end = if STRETCHES.contains(&tokens.lower(at + 1)) { at + 2 } else { at + 1 };
                return Some(with_denial(tokens, at, end));
            }
        }
        let is_denied = DENYING.contains(&tokens.lower(at + 1))
            || (tokens.lower(at + 1) == "with"
                && matches!(tokens.lower(at + 2), "no" | "nothing" | "nobody"));
        // "The longest period between 9 and 5" is bounded, not denied.
        let is_range = tokens.lower(at + 1) == "between"
            && tokens.row.get(at + 2).is_some_and(super::tokens::Token::is_number);
        if STRETCHES.contains(&word) && is_denied && !is_range {
            return Some(with_denial(tokens, at, at + 1));
        }
        // "No more than", "with no badge" deny something else.
        let is_no = word == "no"
            && (matches!(tokens.before(at), "there" | "was" | "were" | "had")
                || ANYTHING.contains(&tokens.lower(at + 1)))
            && !matches!(tokens.lower(at + 1), "more" | "longer" | "less" | "fewer" | "later" | "earlier");
        let is_nothing = is_no || matches!(word, "nothing" | "nobody");
        let is_nothing =
            is_nothing || tokens.has_at(at, "there was no") || tokens.has_at(at, "there were no");
        if is_nothing || (word == "without" && length.is_some_and(|(_, span)| span.end == at)) {
            let mut range = denial(tokens, at);
            // "Any period of more than 30 minutes without events".
            if let Some((_, span)) = length.filter(|(_, span)| span.end == at)
                && let Some(before) = span.start.checked_sub(1)
                && STRETCHES.contains(&tokens.lower(before))
            {
                range.start = before;
            }
            return Some(range);
        }
    }
    None
}

/// "it was quiet", "the yard ever quiet", "been silent": said of a place, and no thing that is quiet.
fn is_predicate(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_be =
        |word: &str| matches!(word, "was" | "is" | "were" | "been" | "be" | "stay" | "stayed" | "remain");
    (at.saturating_sub(REACH)..at).any(|before| is_be(tokens.lower(before)))
        && !tokens.row.get(at + 1).is_some_and(|next| {
            !next.follows_break
                && matches!(next.lower.as_str(), "person" | "man" | "van" | "truck" | "car" | "bus")
        })
}

/// Goes on over "without any activity" behind a noun.
fn with_denial(tokens: &Tokens<'_>, start: usize, end: usize) -> Range<usize> {
    let mut next = end;
    while matches!(tokens.lower(next), "of" | "in" | "time" | "where" | "when" | "there" | "was" | "were") {
        next += 1;
    }
    let is_denied = DENYING.contains(&tokens.lower(next))
        || STILL.contains(&tokens.lower(next))
        || GAPS.contains(&tokens.lower(next));
    if is_denied { start..denial(tokens, next).end } else { start..end }
}

/// "without any activity", "there was no movement", "nothing happened": up to what is named.
fn denial(tokens: &Tokens<'_>, at: usize) -> Range<usize> {
    let mut end = at + 1;
    while matches!(
        tokens.lower(end),
        "was"
            | "were"
            | "there"
            | "no"
            | "not"
            | "happened"
            | "happening"
            | "happen"
            | "moved"
            | "going"
            | "seen"
            | "came"
            | "passed"
    ) || ANYTHING.contains(&tokens.lower(end))
    {
        end += 1;
    }
    at..end
}

/// "more than an hour", "at least 30 minutes", "2 h": seconds and the words that say so.
fn length(tokens: &Tokens<'_>) -> Option<(u64, Range<usize>)> {
    for at in 0..tokens.row.len() {
        let (count, next) = match tokens.lower(at) {
            "a" | "an" => (1.0, at + 1),
            "half" => {
                let unit = if matches!(tokens.lower(at + 1), "a" | "an") { at + 2 } else { at + 1 };
                (0.5, unit)
            }
            "couple" if tokens.lower(at + 1) == "of" => (2.0, at + 2),
            word => match word.parse::<u32>().ok().or_else(|| number(word)) {
                Some(count) => (f64::from(count), at + 1),
                None => continue,
            },
        };
        let Some(unit) = unit(tokens.lower(next)) else { continue };
        let mut seconds = count * unit;
        let mut end = next + 1;
        if tokens.has_at(end, "and a half") {
            (seconds, end) = (seconds + unit / 2.0, end + 3);
        }
        let mut start = at;
        while start > 0 && BOUNDING.contains(&tokens.lower(start - 1)) {
            start -= 1;
        }
        // "The last 3 hours", "3 hours ago", "per hour" are something else.
        let is_time =
            matches!(tokens.before(at), "last" | "past" | "previous" | "per" | "every" | "each" | "next")
                || matches!(tokens.before(start), "last" | "past")
                || matches!(tokens.lower(end), "ago" | "back" | "earlier" | "later");
        if !is_time && seconds >= 60.0 {
            return Some((seconds as u64, start..end));
        }
    }
    None
}

fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "minute" | "minutes" | "min" | "mins" => 60.0,
        "hour" | "hours" | "hr" | "hrs" | "h" => 3_600.0,
        "day" | "days" => 86_400.0,
        _ => return None,
    })
}

fn number(word: &str) -> Option<u32> {
    let at =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
            .iter()
            .position(|known| *known == word);
    at.and_then(|at| u32::try_from(at + 1).ok()).or(match word {
        "fifteen" => Some(15),
        "twenty" => Some(20),
        "thirty" => Some(30),
        "forty" => Some(40),
        "ninety" => Some(90),
        _ => None,
    })
}

/// Writes spaces over words, so that everything else stays where it is.
fn blank(text: &mut String, tokens: &Tokens<'_>, words: Range<usize>) {
    for token in tokens.row.get(words).into_iter().flatten() {
        let spaces = " ".repeat(token.span.len());
        text.replace_range(token.span.clone(), &spaces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quiet_is_told_from_what_is_denied() {
        use QuietOrder::{Earliest, Latest, Longest};
        for (text, seconds, order, rest) in [
            ("longest quiet stretch last night", 0, Longest, "last night"),
            ("when was it last quiet for more than an hour?", 3_600, Latest, "when was it ?"),
            (
                "what was the longest gap without any activity at the dock yesterday?",
                0,
                Longest,
                "what was the at the dock yesterday?",
            ),
            (
                "how long was there no movement in the storage hall last night?",
                0,
                Longest,
                "was there in the storage hall last night?",
            ),
            (
                "any period of more than 30 minutes without events at the main gate today?",
                1_800,
                Longest,
                "any at the main gate today?",
            ),
            (
                "when did nothing happen for at least two hours yesterday?",
                7_200,
                Longest,
                "when did yesterday?",
            ),
            ("longest time without a vehicle at gate 1 this week", 0, Longest, "vehicle at gate 1 this week"),
            (
                "was the yard ever quiet for more than 3 hours on Sunday?",
                10_800,
                Longest,
                "was the yard ever on Sunday?",
            ),
            ("first quiet spell of half an hour today", 1_800, Earliest, "today"),
            ("biggest gap between deliveries on Tuesday", 0, Longest, "deliveries on Tuesday"),
            ("the longest silence at the fence since Monday", 0, Longest, "the at the fence since Monday"),
        ] {
            let read = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((read.quiet.at_least_seconds, read.quiet.order), (seconds, order), "{text}");
            let told: Vec<&str> = read.rest.split_whitespace().collect();
            assert_eq!(told.join(" ").replace(" ?", "?"), rest.replace(" ?", "?"), "{text}");
        }
        for text in [
            "a quiet man in the lobby",
            "when was it quietest yesterday?",
            "no animals please, last night",
            "people without a badge in the last hour",
            "a van without markings for an hour",
            "who waited for more than 10 minutes?",
            "nothing else?",
            "anyone between 2 and 4 hours ago",
            "how many people without a vest in the past 2 hours",
            "was anything left without an owner for 30 minutes",
            "nobody was there?",
            "was it a quiet night?",
            "was the van still there after 30 minutes?",
            "visits of no more than 10 minutes",
            "people with no badge who stayed for 10 minutes",
            "longest time with the van at the gate",
            "longest visit between 9 and 5",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
