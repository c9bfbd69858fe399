//! Times that the words alone do not place: "the other day" depends on the speaker, "the bank holiday" on the
//! country. They are reported and neither searched for nor read as the "weekend" that stands in them.

use std::ops::Range;

use super::{
    periods::{Mention, is_month_or_season},
    stop_words::is_question_word,
    tokens::{Role, Tokens},
};
use crate::Period;

/// What only the speaker can place; said where the question names no other time.
const OF_SPEAKER: [&str; 9] = [
    "the other day",
    "the other night",
    "the other week",
    "the other evening",
    "the other morning",
    "the other afternoon",
    "a while ago",
    "a while back",
    "some time ago",
];

/// When a shift was depends on the site, unless its hours are said; the night shift is the night.
const OF_SITE: [&str; 14] = [
    "late shift",
    "early shift",
    "day shift",
    "general shift",
    "first shift",
    "second shift",
    "third shift",
    "a shift",
    "b shift",
    "c shift",
    "d shift",
    "shift a",
    "shift b",
    "shift c",
];

/// No shift is longer.
const SHIFT_HOURS_MAX: i64 = 16;

/// What depends on the country, or on a calendar that is not kept here.
const OF_COUNTRY: [&str; 29] = [
    "financial year",
    "fiscal year",
    "bank holiday",
    "bank holidays",
    "public holiday",
    "public holidays",
    "national holiday",
    "national holidays",
    "federal holiday",
    "federal holidays",
    "school holiday",
    "school holidays",
    "long weekend",
    "half term",
    "mother day",
    "mothers day",
    "father day",
    "fathers day",
    "labour day",
    "independence day",
    "national day",
    "chinese new year",
    "lunar new year",
    "orthodox easter",
    "ramadan",
    "diwali",
    "hanukkah",
    "passover",
    "yom kippur",
];

/// What a speaker did can go on for so many words: "while I was at the shop with the kids".
const DOING_WORDS_MAX: usize = 8;

/// Whether words that could not be placed are a time all the same, which somebody else could place.
pub(crate) fn is_one(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words = lower.replace(['’', '\''], "");
    let is_own = ["while", "whilst"].iter().any(|word| lower.starts_with(word));
    is_own
        || words.contains("rush hour")
        || OF_SPEAKER.iter().chain(&OF_SITE).chain(&OF_COUNTRY).any(|phrase| words.contains(phrase))
}

/// "While I was asleep", "while we were away": when that was, only the speaker knows.
fn own_doing(tokens: &Tokens<'_>, mentions: &[Mention]) -> Option<Range<usize>> {
    let is_while = |at: &usize| {
        matches!(tokens.lower(*at), "while" | "whilst")
            && matches!(tokens.lower(at + 1), "i" | "we")
            && !mentions.iter().any(|mention| mention.touches(&tokens.row[*at].span))
    };
    let at = (0..tokens.row.len()).find(is_while)?;
    let is_asking = |word: &str| {
        is_question_word(word)
            || matches!(
                word,
                "was" | "were" | "did" | "is" | "are" | "any" | "anyone" | "anybody" | "anything"
            )
    };
    let ends = |next: &usize| {
        let token = &tokens.row[*next];
        token.follows_break
            || mentions.iter().any(|mention| mention.touches(&token.span))
            || (*next > at + 3 && is_asking(&token.lower))
    };
    let end = (at + 2..tokens.row.len()).find(ends).unwrap_or(tokens.row.len());
    Some(at..end.min(at + DOING_WORDS_MAX))
}

/// Whether a time is so short that it can be the hours of a shift.
pub(super) fn are_hours(mention: &Mention) -> bool {
    let hours = |period: &Period| period.end.duration_since(period.start).as_hours();
    !mention.periods.is_empty() && mention.periods.iter().all(|period| hours(period) <= SHIFT_HOURS_MAX)
}

/// "During rush hour", "rush hour visitors": when it is depends on the site. "When is rush hour?" asks for it.
fn rush_hour(tokens: &Tokens<'_>) -> Option<Range<usize>> {
    let at = tokens.find("rush hour").or_else(|| tokens.find("rush hours"))?;
    let is_asked = (0..at).any(|at| matches!(tokens.lower(at), "when" | "what" | "whats" | "which"))
        && !matches!(tokens.before(at), "during" | "in" | "at" | "outside" | "before" | "after");
    (!is_asked).then_some(at..at + 2)
}

/// The bytes of such a time. What was read of it is none: "bank holiday weekend".
pub(super) fn read(tokens: &mut Tokens<'_>, mentions: &mut Vec<Mention>) -> Option<Range<usize>> {
    let find = |phrases: &[&'static str]| {
        phrases.iter().find_map(|phrase| {
            let at = tokens.find(phrase)?;
            Some(at..at + phrase.split(' ').count())
        })
    };
    let own = own_doing(tokens, mentions);
    let bytes = |words: &Range<usize>| tokens.row[words.start].span.start..tokens.row[words.end - 1].span.end;
    if let Some(hour) = rush_hour(tokens).filter(|_| !mentions.iter().any(are_hours)) {
        return Some(bytes(&hour));
    }
    if let Some(shift) = find(&OF_SITE).filter(|_| !mentions.iter().any(are_hours)) {
        return Some(bytes(&shift));
    }
    let Some(phrase) = find(&OF_COUNTRY) else {
        let vague = own.clone().or_else(|| find(&OF_SPEAKER)).filter(|_| mentions.is_empty());
        let vague = vague.map(|words| bytes(&words));
        // "While I was asleep last night": the rest says when.
        if let Some(words) = own.filter(|_| vague.is_none()) {
            tokens.take(words, Role::Time);
        }
        return vague;
    };
    let mut whole = phrase.clone();
    while whole.start > 0
        && (is_month_or_season(tokens.before(whole.start))
            || matches!(tokens.before(whole.start), "early" | "late" | "last" | "next" | "this" | "previous"))
    {
        whole.start -= 1;
    }
    if matches!(tokens.lower(whole.end), "weekend" | "weekends" | "monday" | "mondays" | "friday" | "week") {
        whole.end += 1;
    }
    let (phrase_bytes, whole_bytes) = (bytes(&phrase), bytes(&whole));
    let is_inside = |span: &Range<usize>| whole_bytes.start <= span.start && span.end <= whole_bytes.end;
    let is_placed = |mention: &Mention| {
        // "Bank holiday Monday 25 May" names its day; "the Easter bank holiday" is one that is known.
        let says_more = mention.touches(&whole_bytes) && !mention.spans.iter().all(is_inside);
        let says_all =
            mention.spans.iter().any(|s| s.start <= phrase_bytes.start && phrase_bytes.end <= s.end);
        says_more || (says_all && phrase.len() < whole.len())
    };
    if mentions.iter().any(is_placed) {
        tokens.take(phrase, Role::Time);
        return None;
    }
    mentions.retain(|mention| !mention.touches(&whole_bytes));
    Some(whole_bytes)
}
