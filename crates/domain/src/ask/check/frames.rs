//! Sentences that give no figure and cite nothing: what leads over to what follows, that there was something at all, and
//! what a model offers to do. Must never let one pass that says more than that.

use super::{
    record::Record,
    scan::{Kind, Token},
};

/// Words that lead over to something and claim nothing.
#[rustfmt::skip]
const LEADING_OVER: [&str; 52] = [
    "here", "here's", "here’s", "are", "is", "the", "a", "an", "these", "they", "latest", "recent", "newest", "earliest",
    "event", "events", "visit", "visits", "following", "details", "in", "order", "shown", "summary", "list", "overview",
    "brief", "quick", "found", "matches", "match", "best", "what", "happened", "was", "were", "of", "by", "camera",
    "cameras", "time", "and", "at", "on", "for", "them", "it", "include", "including", "this", "that", "i",
];
/// What is said to have been there, beside what was asked for.
const ANYTHING: [&str; 8] =
    ["activity", "movement", "event", "events", "detections", "sightings", "visits", "people"];
/// How sentences begin in which a model offers more; nobody asked, and nothing would come of it.
const OFFERS: [&str; 12] = [
    "let me know",
    "please let me know",
    "would you like",
    "do you want",
    "if you need",
    "if you want",
    "if you would like",
    "if you'd like",
    "if you’d like",
    "feel free",
    "is there anything else",
    "i hope this helps",
];

/// "Yes.", "Here are the latest events:".
pub(super) fn is_frame(text: &str, tokens: &[Token], record: &Record) -> bool {
    let words = words(tokens);
    if words.is_empty() {
        return true;
    }
    if let ["yes"] | ["yes", "there", "was" | "were"] = words.as_slice() {
        return record.totals.events > 0;
    }
    text.trim_end().ends_with(':')
        && words.iter().all(|word| LEADING_OVER.contains(word) || is_counted(word, record))
}

/// "Yes, there were people at the loading dock", "there was some activity": whether it begins so. Of the rest only what
/// was counted may be left.
pub(super) fn says_that_there_was(tokens: &[Token], record: &Record) -> bool {
    let words = words(tokens);
    let words = words.strip_prefix(&["yes"]).unwrap_or(&words);
    let is_seen = |word: &str| matches!(word, "seen" | "recorded" | "detected" | "observed" | "captured");
    let is_thing = |word: &str| match word {
        "people" => record.own.is_what("person"),
        word => ANYTHING.contains(&word) || is_counted(word, record),
    };
    match words {
        ["there", "was" | "were", "some", what, ..] | ["there", "was" | "were", what, ..] => is_thing(what),
        ["some", what, "was" | "were", seen, ..] | [what, "was" | "were", seen, ..] => {
            is_thing(what) && is_seen(seen)
        }
        _ => false,
    }
}

/// "Let me know if you would like more detail."
pub(super) fn is_offer(text: &str) -> bool {
    let begins = |offer: &str| text.get(..offer.len()).is_some_and(|start| start.eq_ignore_ascii_case(offer));
    OFFERS.iter().any(|offer| begins(offer)) && !text.contains(|c: char| c == '[' || c.is_numeric())
}

fn is_counted(word: &str, record: &Record) -> bool {
    record.labels().any(|(forms, is_counted)| is_counted && forms.iter().any(|form| form == word))
}

fn words(tokens: &[Token]) -> Vec<&str> {
    tokens.iter().filter(|token| token.kind != Kind::Mark).map(|token| token.lower.as_str()).collect()
}
