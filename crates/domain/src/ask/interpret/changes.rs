//! "Is the number of deliveries going up?", "more people than usual", "is that a lot?": asks for what was before, though
//! no time of it is named. Nothing else may be meant by the words: men go up stairs, too.

use super::{
    Question,
    intents::{is_auxiliary, opening},
    nouns::class_of,
    stop_words::{is_determiner, is_place_preposition},
    times,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Claim, Intent, Interpretation};

/// Words for how many of something there are.
const NUMBERS: [&str; 10] =
    ["number", "count", "amount", "traffic", "volume", "rate", "total", "activity", "footfall", "frequency"];
/// Becoming more or fewer, where nothing else can be meant.
const CHANGING: [&str; 14] = [
    "increase",
    "increased",
    "increasing",
    "increases",
    "decrease",
    "decreased",
    "decreasing",
    "decreases",
    "decline",
    "declined",
    "declining",
    "trend",
    "trending",
    "trends",
];
/// The same, where a number does it: "the rate rose".
const CHANGING_OF_NUMBERS: [&str; 14] = [
    "rise", "rises", "rising", "risen", "rose", "grow", "grows", "growing", "grown", "grew", "drop",
    "dropped", "dropping", "fallen",
];
/// What is usual, behind "than".
const USUAL: [&str; 8] =
    ["usual", "usually", "normal", "normally", "average", "typical", "typically", "ordinary"];

/// "Is the number of deliveries going up?", "did deliveries go up or down?", "more and more people". Takes these words.
pub(super) fn read(tokens: &mut Tokens<'_>, start: usize) -> bool {
    let asks = is_auxiliary(tokens.lower(start)) || matches!(tokens.lower(start), "how" | "what" | "whats");
    let found = ["more and more", "fewer and fewer", "less and less"]
        .iter()
        .find_map(|phrase| Some((tokens.find(phrase)?, 3)))
        .or_else(|| (start..tokens.row.len()).find_map(|at| Some((at, change_at(tokens, at, start)?))));
    // "The trend of violations", "violations are increasing?"
    let says_so = |at: usize| {
        matches!(tokens.lower(at), "trend" | "trends")
            || CHANGING.contains(&tokens.lower(at)) && CHANGING.contains(&tokens.lower(at + 2))
            || CHANGING.contains(&tokens.lower(at))
                && is_auxiliary(tokens.before(at))
                && tokens.text.trim_end().ends_with('?')
    };
    let Some((at, words)) = found.filter(|(at, _)| asks || says_so(*at)) else { return false };
    if !tokens.is_free(at..at + words) || tokens.row[at].quote.is_some() {
        return false;
    }
    tokens.take(at..at + words, Role::Intent);
    true
}

/// How many words at a place say that something becomes more or fewer.
fn change_at(tokens: &Tokens<'_>, at: usize, start: usize) -> Option<usize> {
    let is_way = |at: usize| matches!(tokens.lower(at), "up" | "down");
    let is_of_number = || (0..at).any(|at| NUMBERS.contains(&tokens.lower(at)));
    let word = tokens.lower(at);
    let is_open = matches!(tokens.lower(start), "how" | "what");
    if is_open && matches!(word, "change" | "changed" | "changing" | "developed" | "developing") {
        return Some(1);
    }
    // "Did the guard decline the parcel?"
    let next = tokens.row.get(at + 1);
    let has_object = next.is_some_and(|next| is_determiner(&next.lower) && next.role != Role::Time);
    if CHANGING.contains(&word) && tokens.lower(at + 1) == "or" && CHANGING.contains(&tokens.lower(at + 2)) {
        return Some(3);
    }
    if CHANGING.contains(&word) && !has_object {
        return Some(1);
    }
    if CHANGING_OF_NUMBERS.contains(&word) && is_of_number() {
        return Some(1);
    }
    let goes = matches!(word, "go" | "goes" | "going" | "gone" | "went") && is_way(at + 1);
    if !goes {
        return None;
    }
    if tokens.lower(at + 2) == "or" && is_way(at + 3) {
        return Some(4);
    }
    // "Did the men go up?" climbs stairs, "did deliveries go up this week" does not.
    let ends = tokens.row.get(at + 2).is_none_or(|next| {
        next.role == Role::Time
            || next.follows_break
            || matches!(next.lower.as_str(), "since" | "lately" | "recently" | "compared" | "versus" | "vs")
    });
    let subject = at.checked_sub(1).and_then(|before| tokens.row.get(before))?;
    let is_plural = subject.lower != subject.singular && class_of(&subject.singular) != Some("person");
    let is_certain = at < 2 || is_determiner(tokens.lower(at - 2)) && tokens.lower(at - 2) != "our";
    (ends && (is_of_number() || is_plural && !is_certain)).then_some(2)
}

/// "More people than usual", "busier than normal". "Than a normal Friday" is a time. Takes these words.
pub(super) fn compares_with_usual(tokens: &mut Tokens<'_>) -> bool {
    let is_unit = |at: usize| {
        tokens.row.get(at).is_some_and(|next| {
            next.role == Role::Free
                && matches!(next.singular.as_str(), "week" | "day" | "month" | "night" | "hour")
        })
    };
    // "Was it a normal day?"
    let day = (2..tokens.row.len()).find(|at| {
        USUAL.contains(&tokens.lower(*at)) && matches!(tokens.before(*at), "a" | "an") && is_unit(at + 1)
    });
    if let Some(day) = day.filter(|day| tokens.is_free(*day..day + 2))
        && matches!(tokens.lower(opening(tokens)), "is" | "was")
        && tokens.find("than").is_none()
    {
        tokens.take(day..day + 2, Role::Intent);
        return true;
    }
    let joints = ["than", "versus", "vs", "compared to", "compared with", "against", "with", "to"];
    let Some((than, joint)) = joints.iter().find_map(|joint| Some((tokens.find(joint)?, *joint))) else {
        return false;
    };
    let mut at = than + joint.split(' ').count();
    while matches!(tokens.lower(at), "on" | "the" | "is" | "an" | "a") {
        at += 1;
    }
    // "The average week"; a normal Friday is a time of its own.
    let is_unit = is_unit(at + 1);
    let is_end = |at: usize| {
        tokens.row.get(at).is_none_or(|next| {
            next.follows_break
                || next.role == Role::Time
                || is_place_preposition(&next.lower)
                || matches!(next.lower.as_str(), "for" | "there" | "here")
        })
    };
    let compares = (0..than).rev().take(8).find(|at| {
        matches!(tokens.lower(*at), "more" | "fewer" | "less" | "busier" | "quieter" | "higher" | "lower")
    });
    // "How does that compare with usual?"
    let is_set_against = is_end(at + 1)
        && USUAL.contains(&tokens.lower(at))
        && (0..than).any(|at| matches!(tokens.lower(at), "compare" | "compares" | "compared"));
    let end = at + 1 + usize::from(is_unit);
    let is_usual = USUAL.contains(&tokens.lower(at))
        && (is_end(end) || matches!(tokens.lower(at), "usual" | "usually" | "normally"))
        && match joint {
            "than" => compares.is_some(),
            "with" | "to" => is_unit || is_set_against,
            _ => true,
        };
    if !is_usual || !tokens.is_free(than..end) || tokens.row[at].quote.is_some() {
        return false;
    }
    if let Some(compares) = compares {
        tokens.take(compares..compares + 1, Role::Intent);
    }
    tokens.take(than..end, Role::Intent);
    true
}

/// "Is that a lot?", "is that normal?" behind a number. Takes all of its words.
pub(super) fn asks_whether_usual(tokens: &mut Tokens<'_>, previous: &Interpretation) -> bool {
    const IDLE: [&str; 14] =
        ["is", "was", "are", "were", "that", "this", "it", "a", "the", "for", "so", "very", "and", "too"];
    const JUDGING: [&str; 14] = [
        "lot",
        "much",
        "many",
        "few",
        "high",
        "low",
        "normal",
        "usual",
        "unusual",
        "typical",
        "average",
        "abnormal",
        "unusually",
        "often",
    ];
    let is_number = previous.share_of.is_none()
        && (matches!(previous.intent, Intent::Find | Intent::Count) || previous.claim == Claim::Usual);
    let words =
        || tokens.row.iter().filter(|token| token.role != Role::Time).map(|token| token.lower.as_str());
    let is_asked = matches!(tokens.lower(0), "is" | "was" | "are" | "were")
        && matches!(tokens.lower(1), "that" | "this" | "it" | "those" | "these")
        && words().any(|word| JUDGING.contains(&word))
        && words()
            .all(|word| IDLE.contains(&word) || JUDGING.contains(&word) || matches!(word, "those" | "these"));
    if is_number && is_asked {
        for token in tokens.row.iter_mut().filter(|token| token.role == Role::Free) {
            token.role = Role::Intent;
        }
    }
    is_number && is_asked
}

/// Where no time is named: whether there are more is asked of the last week, whether there are more than usual of today.
pub(super) fn set_period(it: &mut Interpretation, question: &Question<'_>) {
    let text = match it.claim {
        Claim::Trend => "in the last 7 days",
        Claim::Usual => "today",
        _ => return,
    };
    if it.periods.is_empty() && it.intent == Intent::Compare {
        it.periods = times::named(question, text);
    }
}
