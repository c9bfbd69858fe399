//! Cuts a question for a share at its verb: "what share of | the visits | were | vehicles". Words only; must
//! never take a number of percent that bounds something else for a question.

use std::{borrow::Cow, ops::Range};

use super::super::tokens::Tokens;

/// Words for a share.
const SHARES: [&str; 8] =
    ["share", "percentage", "percentages", "percent", "proportion", "fraction", "portion", "ratio"];
/// How far before the word for a share the question word may stand: "what is the".
const OPENING_WORDS_MAX: usize = 4;
/// Verbs between the whole and the part that say nothing of the part.
const PLAIN_VERBS: [&str; 22] = [
    "was", "were", "is", "are", "be", "came", "come", "comes", "went", "go", "goes", "happened", "happen",
    "occurred", "occur", "had", "have", "has", "involved", "involve", "did", "do",
];
/// Verbs that belong to the part: "arrived after nine".
const TELLING_VERBS: [&str; 32] = [
    "arrived",
    "arrive",
    "left",
    "leave",
    "entered",
    "enter",
    "passed",
    "pass",
    "used",
    "use",
    "showed",
    "show",
    "stayed",
    "contained",
    "contain",
    "took",
    "made",
    "make",
    "bought",
    "buy",
    "purchased",
    "paid",
    "wore",
    "carried",
    "brought",
    "held",
    "pushed",
    "fell",
    "slipped",
    "drove",
    "rode",
    "walked",
];

/// A question for a share, cut in two.
#[derive(Debug, PartialEq, Eq)]
pub(in super::super) struct Split<'a> {
    /// The question with the sign for percent in words.
    pub(super) text: Cow<'a, str>,
    /// What the share is of; absent where the words leave it open.
    pub(super) whole: Option<Range<usize>>,
    /// What is counted in it; absent where the subject of the question is the part.
    pub(super) part: Option<Range<usize>>,
    /// Whether it names neither: "as a percentage", "what share is that?"
    pub(super) is_of_the_last: bool,
}

/// Cuts a question for a share; `None` for any other question.
pub(in super::super) fn split(text: &str) -> Option<Split<'_>> {
    // Most questions have none of these letters, and need no words.
    let hints = ["share", "percent", "%", "proportion", "fraction", "portion", "much of"];
    let lower = text.to_lowercase();
    if !hints.iter().any(|hint| lower.contains(hint)) {
        return None;
    }
    let text = spelled(text);
    let tokens = Tokens::of(&text);
    if is_of_the_last(&tokens) {
        return Some(Split { text, whole: None, part: None, is_of_the_last: true });
    }
    let (whole, part) = halves(&tokens)?;
    Some(Split { text, whole, part, is_of_the_last: false })
}

/// "what % of" as "what percentage of"; a sign behind a number is its unit.
fn spelled(text: &str) -> Cow<'_, str> {
    let Some(at) = text.find('%') else { return Cow::Borrowed(text) };
    let before = text.get(..at).unwrap_or_default().trim_end();
    if before.is_empty() || before.ends_with(|c: char| c.is_ascii_digit()) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{before} percentage {}", text.get(at + 1..).unwrap_or_default()))
}

/// "as a percentage", "what share of the total is that?": of what was counted before.
fn is_of_the_last(tokens: &Tokens<'_>) -> bool {
    const IDLE: [&str; 30] = [
        "what", "whats", "is", "was", "are", "were", "that", "this", "it", "those", "these", "they", "as",
        "a", "an", "the", "in", "of", "total", "all", "overall", "whole", "please", "and", "give", "me",
        "show", "express", "so", "would",
    ];
    let is_share = |word: &str| SHARES.contains(&word) && word != "ratio";
    let words = || tokens.row.iter().map(|token| token.lower.as_str());
    words().any(is_share) && words().all(|word| is_share(word) || IDLE.contains(&word))
}

type Halves = (Option<Range<usize>>, Option<Range<usize>>);

fn halves(tokens: &Tokens<'_>) -> Option<Halves> {
    let at = (0..tokens.row.len()).find(|at| is_share(tokens, *at))?;
    let end = tokens.text.len();
    let start_of = |at: usize| tokens.row.get(at).map_or(end, |token| token.span.start);
    let is_of = tokens.lower(at + 1) == "of";
    // "vehicles as a percentage of all events".
    if is_of && at >= 2 && tokens.before(at) == "a" && tokens.lower(at - 2) == "as" {
        return Some((Some(start_of(at + 2)..end), Some(0..start_of(at - 2))));
    }
    // "The share of door 1 versus door 2" compares.
    let is_compared = ["vs", "versus", "compared"].iter().any(|word| tokens.find(word).is_some());
    if !is_opening(tokens, at) || is_compared {
        return None;
    }
    let from = if is_of { at + 2 } else { at + 1 };
    let is_verb = |word: &str| PLAIN_VERBS.contains(&word) || TELLING_VERBS.contains(&word);
    let verb =
        (from..tokens.row.len()).find(|at| is_verb(tokens.lower(*at)) && tokens.row[*at].quote.is_none());
    match (is_of, verb) {
        (true, Some(verb)) if verb > from => {
            let part = if PLAIN_VERBS.contains(&tokens.lower(verb)) { verb + 1 } else { verb };
            Some((Some(start_of(from)..start_of(verb)), Some(start_of(part)..end)))
        }
        // "The share of vans among vehicles".
        (true, _) if among(tokens, from).is_some() => {
            let among = among(tokens, from)?;
            let opens = if tokens.lower(among) == "of" { among - 1 } else { among };
            Some((Some(start_of(among + 1)..end), Some(start_of(from)..start_of(opens))))
        }
        // "A fraction of a second" is no question.
        (true, _) if !matches!(tokens.lower(at), "fraction" | "portion") => Some((None, None)),
        // "what percentage were vehicles?"
        (false, Some(verb)) if verb == from => Some((None, Some(start_of(verb + 1)..end))),
        _ => None,
    }
}

/// Where the word stands that leads over from the part to the whole.
fn among(tokens: &Tokens<'_>, from: usize) -> Option<usize> {
    let is_among =
        |at: &usize| matches!(tokens.lower(*at), "among" | "amongst") || tokens.has_at(*at, "out of");
    let at = (from + 1..tokens.row.len()).find(is_among)?;
    // The last word of "out of".
    Some(if tokens.lower(at) == "out" { at + 1 } else { at })
}

/// Whether the word is one for a share that is asked for: "90 percent sure" and "the largest share" are not.
fn is_share(tokens: &Tokens<'_>, at: usize) -> bool {
    let word = tokens.lower(at);
    if word == "much" {
        return tokens.before(at) == "how" && tokens.lower(at + 1) == "of";
    }
    let is_bound = at.checked_sub(1).is_some_and(|before| tokens.row[before].is_number());
    SHARES.contains(&word)
        && word != "ratio"
        && !is_bound
        && tokens.row[at].quote.is_none()
        && !matches!(
            tokens.before(at),
            "largest" | "highest" | "biggest" | "smallest" | "lowest" | "confidence"
        )
        && !matches!(tokens.lower(at + 1), "confidence" | "sure" | "certain")
}

/// "what share", "what is the share", "the percentage", "give me the percentage": only idle words before it.
fn is_opening(tokens: &Tokens<'_>, at: usize) -> bool {
    const IDLE: [&str; 33] = [
        "what",
        "whats",
        "which",
        "is",
        "was",
        "the",
        "a",
        "an",
        "give",
        "me",
        "us",
        "tell",
        "show",
        "calculate",
        "compute",
        "in",
        "and",
        "how",
        "many",
        "please",
        "can",
        "could",
        "you",
        "of",
        "to",
        "i",
        "need",
        "want",
        "know",
        "then",
        "ok",
        "so",
        "exact",
    ];
    at <= OPENING_WORDS_MAX + 4 && (0..at).all(|before| IDLE.contains(&tokens.lower(before)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_for_a_share_are_cut_at_their_verb() {
        let cut = |text: &'static str| {
            split(text).map(|split| {
                let told = |range: Option<Range<usize>>| {
                    range.map_or_else(|| "-".to_owned(), |range| split.text[range].trim().to_owned())
                };
                (told(split.whole.clone()), told(split.part.clone()))
            })
        };
        for (text, whole, part) in [
            ("what share of the visits were vehicles yesterday?", "the visits", "vehicles yesterday?"),
            ("What % of yesterday's events were animals?", "yesterday's events", "animals?"),
            ("what percentage of events came from the dock", "events", "from the dock"),
            ("how much of the traffic is trucks", "the traffic", "trucks"),
            ("what share of people arrived after nine", "people", "arrived after nine"),
            ("vehicles as a percentage of all events today", "all events today", "vehicles"),
            ("what percentage were vehicles?", "-", "vehicles?"),
            ("share of deliveries at dock door 1", "-", "-"),
            ("in what proportion of visits were there dogs", "visits", "there dogs"),
            ("What share of visitors last week made a purchase?", "visitors last week", "made a purchase?"),
            ("what percentage is that?", "-", "-"),
            ("as a percentage of the total", "-", "-"),
        ] {
            assert_eq!(cut(text), Some((whole.to_owned(), part.to_owned())), "{text}");
        }
        for text in [
            "events with more than 90 percent confidence",
            "detections over 90% at the gate",
            "which camera had the largest share of events?",
            "did they share a taxi?",
            "someone with a % sign on the jacket",
            "a fraction of a second",
        ] {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
