//! Times that the words alone do not place: "the other day" depends on the speaker, "the bank holiday" on the
//! country. They are reported and neither searched for nor read as the "weekend" that stands in them.

use std::ops::Range;

use super::{
    periods::{Mention, is_month_or_season},
    tokens::{Role, Tokens},
};

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

/// What depends on the country, or on a calendar that is not kept here.
const OF_COUNTRY: [&str; 27] = [
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

/// The bytes of such a time. What was read of it is none: "bank holiday weekend".
pub(super) fn read(tokens: &mut Tokens<'_>, mentions: &mut Vec<Mention>) -> Option<Range<usize>> {
    let find = |phrases: &[&'static str]| {
        phrases.iter().find_map(|phrase| {
            let at = tokens.find(phrase)?;
            Some(at..at + phrase.split(' ').count())
        })
    };
    let bytes = |words: &Range<usize>| tokens.row[words.start].span.start..tokens.row[words.end - 1].span.end;
    let Some(phrase) = find(&OF_COUNTRY) else {
        return find(&OF_SPEAKER).filter(|_| mentions.is_empty()).map(|words| bytes(&words));
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
