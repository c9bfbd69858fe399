//! "stayed longer than 10 minutes", "parked over an hour", "deliveries that took more than half an hour": a bound on
//! the length of visits, whatever the verb. Must never take a length that is a period ("in the last 10 minutes").

use std::ops::Range;

use super::{
    numbers::number_word,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::StayBound;

const LONGER: [&str; 8] =
    ["longer than", "more than", "greater than", "at least", "over", "above", "exceeding", "upwards of"];
const SHORTER: [&str; 5] = ["shorter than", "less than", "fewer than", "at most", "under"];

/// Reads the bound on how long something stayed, and takes its words with the verb.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Option<StayBound> {
    let (bound, words) =
        (0..tokens.row.len()).find_map(|at| bound(tokens, at).or_else(|| bound_by_sign(tokens, at)))?;
    let verb = (0..tokens.row.len()).find(|at| is_staying(tokens, *at));
    if verb.is_none() && is_of_a_time(tokens, &words) {
        return None;
    }
    tokens.take(words, Role::Intent);
    if let Some(verb) = verb {
        tokens.take(verb..verb + 1, Role::Intent);
    }
    Some(bound)
}

/// "More than an hour ago", "over 10 minutes of footage", "more than 2 hours before": counted from another time, or of
/// something else than what was seen.
fn is_of_a_time(tokens: &Tokens<'_>, words: &Range<usize>) -> bool {
    let next = tokens.lower(words.end);
    let is_from = matches!(
        next,
        "ago"
            | "before"
            | "after"
            | "earlier"
            | "later"
            | "apart"
            | "between"
            | "of"
            | "per"
            | "late"
            | "early"
            | "old"
    );
    let is_in = matches!(tokens.before(words.start), "in" | "within" | "every" | "until" | "by");
    is_from || is_in || tokens.row[words.start].role == Role::Time
}

fn is_staying(tokens: &Tokens<'_>, at: usize) -> bool {
    let token = &tokens.row[at];
    let is_verb = matches!(
        token.stem.as_str(),
        "stay"
            | "park"
            | "linger"
            | "remain"
            | "wait"
            | "spend"
            | "spent"
            | "stand"
            | "loiter"
            | "last"
            | "idl"
            | "visit"
    ) || matches!(token.lower.as_str(), "stood" | "spent" | "stayed" | "parked" | "idling");
    is_verb && is_free(token.role) && token.quote.is_none()
}

fn is_free(role: Role) -> bool {
    matches!(role, Role::Free | Role::Intent)
}

fn bound(tokens: &Tokens<'_>, at: usize) -> Option<(StayBound, Range<usize>)> {
    let said = |phrases: &[&'static str]| phrases.iter().copied().find(|words| tokens.has_at(at, words));
    let (words, is_least) = match (said(&LONGER), said(&SHORTER)) {
        (Some(words), _) => (words, true),
        (None, Some(words)) => (words, false),
        (None, None) => return None,
    };
    let (seconds, end) = length(tokens, at + words.split(' ').count())?;
    // "At least" and "at most" hold the length itself, the others do not.
    let beyond = u64::from(!words.starts_with("at "));
    let range = all_free(tokens, at..end)?;
    Some((bounded(tokens.slice(range.clone()).to_owned(), seconds, is_least, beyond), range))
}

fn all_free(tokens: &Tokens<'_>, range: Range<usize>) -> Option<Range<usize>> {
    tokens.row.get(range.clone())?.iter().all(|token| is_free(token.role)).then_some(range)
}

/// So many seconds or more, or so many or fewer; `beyond` is 1 where the length itself is not meant.
fn bounded(text: String, seconds: u64, is_least: bool, beyond: u64) -> StayBound {
    StayBound {
        text,
        at_least_seconds: is_least.then(|| seconds + beyond),
        at_most_seconds: (!is_least).then(|| seconds.saturating_sub(beyond)),
    }
}

/// "> 20 min", "<5min": as signs are written in key words.
fn bound_by_sign(tokens: &Tokens<'_>, at: usize) -> Option<(StayBound, Range<usize>)> {
    let number = tokens.row.get(at).filter(|token| token.is_number() && is_free(token.role))?;
    let before = tokens.text.get(..number.span.start)?.trim_end();
    let is_least = before.ends_with('>');
    if !is_least && !before.ends_with('<') {
        return None;
    }
    let (seconds, end) = length(tokens, at)?;
    let range = all_free(tokens, at..end)?;
    let told = if is_least { "longer than" } else { "shorter than" };
    Some((bounded(format!("{told} {}", tokens.slice(range.clone())), seconds, is_least, 1), range))
}

/// "10 minutes", "an hour", "half an hour", "2 hours".
fn length(tokens: &Tokens<'_>, at: usize) -> Option<(u64, usize)> {
    let is_half = tokens.lower(at) == "half";
    let at = at + usize::from(is_half);
    let count = match tokens.lower(at) {
        "a" | "an" => 1,
        word => word.parse().ok().or_else(|| number_word(word).map(|n| n as u64))?,
    };
    let unit = match tokens.row.get(at + 1)?.singular.as_str() {
        "second" | "sec" => 1,
        "minute" | "min" => 60,
        "hour" | "hr" | "h" => 3_600,
        "day" => 86_400,
        _ => return None,
    };
    let seconds = count.checked_mul(unit)?;
    Some((if is_half { seconds / 2 } else { seconds }, at + 2))
}
