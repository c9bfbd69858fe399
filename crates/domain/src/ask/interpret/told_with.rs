//! "A list of the vehicles with their plates", "people today, including the exact times": what is to be told of each event,
//! and not what events are looked for. Must never take a plate or a time that is named: "with the plate B-KL 42".

use super::{
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};

/// Takes such words, before any reader takes a plate for a thing that is seen.
pub(super) fn take(tokens: &mut Tokens<'_>) {
    for start in 0..tokens.row.len() {
        if let Some(end) = end_of(tokens, start) {
            tokens.take(start..end, Role::Intent);
        }
    }
}

fn end_of(tokens: &Tokens<'_>, start: usize) -> Option<usize> {
    let leads = matches!(tokens.lower(start), "with" | "including" | "incl" | "plus" | "and" | "along");
    let skip = |from: usize, words: &[&str]| {
        (from..tokens.row.len()).find(|at| !words.contains(&tokens.lower(*at))).unwrap_or(tokens.row.len())
    };
    let whose = skip(start + 1, &["with"]);
    let described = skip(whose, &["its", "their", "his", "her", "the", "all", "exact", "corresponding"]);
    if !leads || described == whose {
        return None;
    }
    let at = skip(described, &["license", "licence", "registration", "number", "plate", "full"]);
    let is_detail = matches!(
        tokens.lower(at),
        "plates"
            | "numberplates"
            | "numbers"
            | "names"
            | "times"
            | "timestamps"
            | "dates"
            | "details"
            | "descriptions"
    );
    let end = if is_detail {
        at + 1
    } else if tokens.before(at) == "plate" || at > described && tokens.before(at) == "number" {
        at
    } else {
        return None;
    };
    // "With the plate B-KL 42" names one.
    let goes_on = tokens
        .row
        .get(end)
        .is_some_and(|next| !next.follows_break && next.role == Role::Free && !is_stop_word(&next.lower));
    let is_quoted = tokens.row[start..end].iter().any(|token| token.quote.is_some());
    (!goes_on && !is_quoted).then_some(end)
}
