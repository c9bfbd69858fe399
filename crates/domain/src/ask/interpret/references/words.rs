//! Reads which events of the previous answer the words speak of: by number, by order, as "that one".
//!
//! A position is found only among the evidence that the caller was shown and may still see.

use std::ops::Range;

use super::super::{
    nouns::noun,
    numbers::number_word,
    periods::Mention,
    tokens::{Role, Tokens},
};
use crate::ask::{
    answer::Evidence,
    interpretation::{NameKind, Unresolved},
};

/// The most events that one question refers to; more are no list of references.
const REFERRED_MAX: usize = 20;

/// What the words refer to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct References {
    /// Positions in the evidence, in the order of the words.
    pub(in super::super) events: Vec<usize>,
    /// References to what was not shown.
    pub(in super::super) unresolved: Vec<Unresolved>,
    pub(super) side: Side,
}

/// Which side of an event is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in super::super) enum Side {
    #[default]
    Around,
    Before,
    After,
}

/// What lies before a question.
#[derive(Clone, Copy)]
pub(in super::super) struct Before {
    /// Whether anything was asked before.
    pub(in super::super) is_conversation: bool,
    /// Whether that was about a date, so that "the 8th" is another.
    pub(in super::super) is_after_date: bool,
}

/// Reads the references whose words stand for themselves, and takes these words.
pub(in super::super) fn read(tokens: &mut Tokens<'_>, evidence: &[Evidence], before: Before) -> References {
    let mut found = References { side: side(tokens), ..References::default() };
    let mut at = 0;
    while at < tokens.row.len() {
        let Some((range, position)) = reference_at(tokens, evidence, before, at) else {
            at += 1;
            continue;
        };
        let is_new = position.is_none_or(|position| !found.events.contains(&position));
        if is_new && found.events.len() + found.unresolved.len() < REFERRED_MAX {
            match position {
                Some(position) => found.events.push(position),
                None => found
                    .unresolved
                    .push(Unresolved::new(NameKind::Evidence, written(tokens, &range).to_owned())),
            }
        }
        at = range.end;
        let first = opening(tokens, range.start);
        tokens.take(first..range.end, Role::Intent);
    }
    found
}

/// The words of a reference as they were written, with its brackets or its article.
fn written<'a>(tokens: &Tokens<'a>, range: &Range<usize>) -> &'a str {
    if is_bracketed(tokens, range.start) {
        let span = &tokens.row[range.start].span;
        let end = span.end + usize::from(tokens.text[span.end..].starts_with(']'));
        return &tokens.text[span.start - 1..end];
    }
    let is_article = tokens.before(range.start) == "the";
    tokens.slice(range.start - usize::from(is_article)..range.end)
}

/// Where a reference begins with what leads to it: "right before the".
fn opening(tokens: &Tokens<'_>, start: usize) -> usize {
    let mut first = start;
    while first > 0
        && tokens.row[first - 1].role == Role::Free
        && matches!(
            tokens.before(first),
            "the" | "before" | "after" | "around" | "right" | "just" | "shortly" | "immediately" | "directly"
        )
    {
        first -= 1;
    }
    first
}

/// Leaves out mentions of time whose words turned out to be part of a reference ("before that one").
pub(in super::super) fn keep_apart(tokens: &Tokens<'_>, mentions: &mut Vec<Mention>) {
    mentions.retain(|mention| {
        !tokens.row.iter().any(|token| token.role == Role::Intent && mention.touches(&token.span))
    });
}

/// A reference at a word: its words, and the position that it names, absent when it names none that was
/// shown.
fn reference_at(
    tokens: &Tokens<'_>,
    evidence: &[Evidence],
    Before { is_conversation, is_after_date }: Before,
    at: usize,
) -> Option<(Range<usize>, Option<usize>)> {
    let token = &tokens.row[at];
    if token.role != Role::Free || token.quote.is_some() {
        return None;
    }
    // "xcam#7" is a name.
    if is_bracketed(tokens, at) && !(token.is_joined && at > 0) {
        return Some((at..at + 1, named(&token.lower, evidence)));
    }
    // "10?" after a list.
    if tokens.row.len() == 1 && token.is_number() && is_conversation {
        return Some((at..at + 1, named(&token.lower, evidence)));
    }
    if evidence.is_empty() {
        return nth_of_nothing(tokens, at).filter(|_| is_conversation).map(|range| (range, None));
    }
    let number = |at: usize| tokens.row.get(at).filter(|token| token.is_number());
    // "clip 2", "event number 3", "the 2nd one" is read below.
    if is_shown_thing(&token.singular) || matches!(token.lower.as_str(), "number" | "ref" | "option") {
        let skip = usize::from(matches!(tokens.lower(at + 1), "number" | "no" | "nr"));
        let next = at + 1 + skip;
        let follows = !matches!(tokens.before(at), "camera" | "cam" | "plate" | "gate" | "dock" | "door");
        if let Some(found) = number(next)
            && follows
            && !found.follows_break
            && tokens
                .row
                .get(next + 1)
                .is_none_or(|after| after.follows_break || !is_counted(&after.singular))
        {
            return Some((at..next + 1, named(&found.lower, evidence)));
        }
    }
    if matches!(token.lower.as_str(), "that" | "this")
        && tokens.row.get(at + 1).is_some_and(|next| next.lower == "one" || is_shown_thing(&next.lower))
        && !tokens.row[at + 1].follows_break
    {
        return Some((at..at + 2, Some(0)));
    }
    let (rank, after) = ordinal(tokens, at)?;
    let next = tokens.row.get(after).filter(|next| !next.follows_break);
    let is_asked_of_list = is_of_list(tokens, at);
    let Some(next) = next else {
        // "and the second?"
        let is_bare = matches!(tokens.before(at), "the") && rank.is_plain();
        // "And the 8th?" of fewer events, or after a date, is a day.
        let is_in_figures = tokens.row[at].is_number();
        let is_date = is_in_figures && (is_after_date || rank.among(evidence.len()).is_none());
        return (is_bare && !is_date).then(|| (at..after, rank.among(evidence.len())));
    };
    if next.lower == "one" || is_shown_thing(&next.lower) {
        let is_meant = rank.is_plain() || is_asked_of_list;
        return is_meant.then(|| (at..after + 1, rank.among(evidence.len())));
    }
    let thing = noun(&next.singular).filter(|noun| !noun.is_weak)?;
    if next.singular != next.lower || !(rank.is_plain() || is_asked_of_list) {
        return None;
    }
    let alike: Vec<usize> = (0..evidence.len())
        .filter(|at| {
            let shown = &evidence[*at];
            let label = shown.label.as_deref().unwrap_or_default();
            let is_said = || shown.description.as_deref().is_some_and(|text| holds(text, &next.singular));
            label == next.singular
                || (label == thing.class && (!thing.is_narrower || is_said()))
                || (!thing.label.is_empty() && label == thing.label)
        })
        .collect();
    let position = rank.among(alike.len()).and_then(|at| alike.get(at).copied())?;
    Some((at..after + 1, Some(position)))
}

/// "The third one" as a whole question, where nothing was shown.
fn nth_of_nothing(tokens: &Tokens<'_>, at: usize) -> Option<Range<usize>> {
    let (rank, after) = ordinal(tokens, at)?;
    let is_one = tokens.lower(after) == "one" && after + 1 == tokens.row.len();
    let is_whole = (0..at).all(|before| matches!(tokens.lower(before), "the" | "and" | "show" | "me"));
    (rank.is_plain() && is_one && is_whole).then_some(at..after + 1)
}

fn holds(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|part| part.eq_ignore_ascii_case(word))
}

/// Which of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rank {
    Nth(usize),
    Last,
}

impl Rank {
    /// "The first" and "the last" are also an order of events, which a list shows only a part of.
    fn is_plain(self) -> bool {
        !matches!(self, Self::Last | Self::Nth(1))
    }

    fn among(self, count: usize) -> Option<usize> {
        match self {
            Self::Nth(n) => (n <= count).then(|| n - 1),
            Self::Last => count.checked_sub(1),
        }
    }
}

/// "second", "2nd", "last", and the word behind it.
fn ordinal(tokens: &Tokens<'_>, at: usize) -> Option<(Rank, usize)> {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    let word = tokens.lower(at);
    if word == "last" {
        return Some((Rank::Last, at + 1));
    }
    if let Some(n) = WORDS.iter().position(|known| *known == word) {
        return Some((Rank::Nth(n + 1), at + 1));
    }
    let is_ordinal = tokens.row.get(at + 1).is_some_and(|next| {
        next.is_joined
            && next.span.start == tokens.row[at].span.end
            && matches!(next.lower.as_str(), "st" | "nd" | "rd" | "th")
    });
    let n: usize = word.parse().ok().filter(|n| *n > 0 && is_ordinal)?;
    Some((Rank::Nth(n), at + 2))
}

/// Whether the question can only mean what was listed: to show it, or what was around it.
fn is_of_list(tokens: &Tokens<'_>, at: usize) -> bool {
    let opens = (0..at).any(|before| matches!(tokens.lower(before), "show" | "play" | "open" | "watch"));
    let around = (0..at).any(|before| matches!(tokens.lower(before), "before" | "after" | "around"));
    let goes = tokens.find("where did").is_some() || tokens.find("go next").is_some();
    opens || around || goes
}

/// What an answer shows, as its readers call it.
fn is_shown_thing(word: &str) -> bool {
    matches!(
        word,
        "event"
            | "clip"
            | "result"
            | "hit"
            | "item"
            | "match"
            | "sighting"
            | "detection"
            | "entry"
            | "incident"
    ) || matches!(word, "video" | "picture" | "image" | "recording" | "evidence" | "snapshot" | "visit")
}

/// "event 2 people": no, "events with 2 people".
fn is_counted(word: &str) -> bool {
    noun(word).is_some() || number_word(word).is_some()
}

fn is_bracketed(tokens: &Tokens<'_>, at: usize) -> bool {
    let span = &tokens.row[at].span;
    tokens.row[at].is_number()
        && tokens.text[..span.start].ends_with(['[', '#'])
        && (tokens.text[..span.start].ends_with('#') || tokens.text[span.end..].starts_with(']'))
        && !matches!(tokens.before(at), "camera" | "cam" | "gate" | "dock" | "door" | "plate")
}

/// The position of the evidence with this number.
fn named(number: &str, evidence: &[Evidence]) -> Option<usize> {
    let reference: u32 = number.parse().ok()?;
    evidence.iter().position(|shown| shown.reference == reference)
}

/// "what happened before …", "where did it go next".
fn side(tokens: &Tokens<'_>) -> Side {
    let has = |words: &[&str]| words.iter().any(|word| tokens.find(word).is_some());
    if has(&["before", "come from", "came from"]) {
        Side::Before
    } else if has(&["after", "next", "afterwards", "then go", "go then", "do then", "later"])
        || ends_with_then(tokens)
    {
        Side::After
    } else {
        Side::Around
    }
}

/// "and then?", "what happened then?", but not "around then".
fn ends_with_then(tokens: &Tokens<'_>) -> bool {
    let last = tokens.row.len().saturating_sub(1);
    last > 0
        && tokens.lower(last) == "then"
        && !matches!(tokens.before(last), "around" | "back" | "by" | "since" | "until" | "at")
}
