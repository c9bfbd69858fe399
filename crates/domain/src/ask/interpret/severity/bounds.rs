//! Grades with a bound and without their noun: "anything high or above", "more than medium", "low or below". Must never
//! take what says where something is: "high above the fence".

use crate::{
    ask::interpret::{
        exclusion,
        stop_words::{is_determiner, is_stop_word},
        tokens::{Role, Tokens},
    },
    insights::Severity,
    severity,
};

/// The grades asked for, their words taken.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    // "The lowest severity"; which is the highest, only events tell.
    if let Some(at) = tokens.find("lowest").filter(|at| is_open(tokens, *at) && is_noun(tokens, at + 1)) {
        tokens.take(at..at + 2, Role::Confidence);
        return Some(words_where(|grade| grade == Severity::Low));
    }
    let (at, words, bound) = (0..tokens.row.len()).find_map(|at| {
        let (words, bound) = bound_behind(tokens, at).or_else(|| bound_before(tokens, at))?;
        Some((at, words, bound))
    })?;
    if exclusion::is_left_out(tokens, words.0, &[]) {
        return None;
    }
    let grade = severity::grade(tokens.lower(at))?;
    let end = words.1 + usize::from(is_noun(tokens, words.1));
    let start = words.0 - usize::from(words.0 > 0 && is_noun(tokens, words.0 - 1));
    tokens.take(start..end, Role::Confidence);
    Some(words_where(|other| bound.holds(other, grade)))
}

/// The words of sources for these grades, sorted.
fn words_where(is_wanted: impl Fn(Severity) -> bool) -> Vec<String> {
    let mut wanted: Vec<String> = severity::words_where(is_wanted).map(str::to_owned).collect();
    wanted.sort();
    wanted
}

/// To which side of a grade is asked.
#[derive(Clone, Copy)]
enum Bound {
    From,
    Above,
    UpTo,
    Below,
}

impl Bound {
    fn holds(self, other: Severity, grade: Severity) -> bool {
        match self {
            Self::From => other >= grade,
            Self::Above => other > grade,
            Self::UpTo => other <= grade,
            Self::Below => other < grade,
        }
    }
}

/// "High or above", "medium severity and higher", "high and more severe": from where to where the words stand.
fn bound_behind(tokens: &Tokens<'_>, at: usize) -> Option<((usize, usize), Bound)> {
    if !is_plain_grade(tokens, at) {
        return None;
    }
    let joint = at + 1 + usize::from(is_noun(tokens, at + 1));
    let is_or = matches!(tokens.lower(joint), "or" | "and");
    let bound = match tokens.lower(joint + 1) {
        "above" | "higher" | "upwards" | "worse" | "greater" => Bound::From,
        "more" if tokens.lower(joint) == "or" => Bound::From,
        "below" | "lower" | "less" if tokens.lower(joint) == "or" || ends(tokens, joint + 2) => Bound::UpTo,
        _ => return None,
    };
    let end = joint + 2;
    let next = tokens.lower(end);
    // "High and above the fence."
    (is_or && !is_determiner(next) && !tokens.row[joint].follows_break).then_some(((at, end), bound))
}

/// What stands before a grade.
const BOUNDS: [(&str, Bound); 13] = [
    ("at least", Bound::From),
    ("minimum", Bound::From),
    ("at most", Bound::UpTo),
    ("maximum", Bound::UpTo),
    ("more than", Bound::Above),
    ("higher than", Bound::Above),
    ("greater than", Bound::Above),
    ("worse than", Bound::Above),
    ("more severe than", Bound::Above),
    ("above", Bound::Above),
    ("less than", Bound::Below),
    ("lower than", Bound::Below),
    ("below", Bound::Below),
];

/// "More than medium", "above low severity", "at least high".
fn bound_before(tokens: &Tokens<'_>, at: usize) -> Option<((usize, usize), Bound)> {
    if !is_plain_grade(tokens, at) || !(is_noun(tokens, at + 1) || ends(tokens, at + 1)) {
        return None;
    }
    let before = |phrase: &str| {
        let words = phrase.split(' ').count();
        at.checked_sub(words).filter(|start| tokens.has_at(*start, phrase) && tokens.is_free(*start..at))
    };
    let (start, bound) = BOUNDS.iter().find_map(|(phrase, bound)| Some((before(phrase)?, *bound)))?;
    Some(((start, at + 1), bound))
}

/// A grade that no other thing is said by, in any place.
pub(super) fn is_plain_grade(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_one = matches!(
        tokens.lower(at),
        "low" | "medium" | "high" | "critical" | "severe" | "major" | "minor" | "moderate"
    );
    is_one && is_open(tokens, at)
}

/// Whether nothing follows that a grade could be said of.
pub(super) fn ends(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.row.get(at).is_none_or(|next| {
        let is_idle = is_stop_word(&next.lower) && !is_determiner(&next.lower) && next.lower != "to";
        next.follows_break || next.role != Role::Free || is_idle || is_of_events(&next.lower)
    })
}

fn is_noun(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(
        tokens.row.get(at).map_or("", |token| token.singular.as_str()),
        "severity" | "priority" | "level"
    ) && is_open(tokens, at)
}

/// A word for events in general.
pub(super) fn is_of_events(word: &str) -> bool {
    matches!(
        word,
        "event"
            | "events"
            | "ones"
            | "incident"
            | "incidents"
            | "alert"
            | "alerts"
            | "alarm"
            | "alarms"
            | "cases"
    )
}

/// Whether a word was read as nothing yet.
pub(super) fn is_open(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.is_free(at..at + 1) && tokens.row[at].quote.is_none()
}
