//! "And the white ones?", "include the guards again" after "not the white ones", "not the guards": what was
//! left out before is asked for now, or is no longer left out.

use super::{says::Says, tokens::Tokens};
use crate::ask::{
    interpretation::{Interpretation, LeftOut},
    stems::singular,
};

/// The turn before without what the question takes back of its exclusions; nothing where it takes back none.
/// What is only let in again is not what is looked for.
pub(super) fn read(
    it: &mut Interpretation,
    previous: &Interpretation,
    tokens: &Tokens<'_>,
    says: &mut Says,
) -> Option<Interpretation> {
    let mut said: Vec<String> = keys(it.words.as_deref().unwrap_or_default());
    said.extend(it.event_types.iter().flat_map(|name| keys(&name.replace(['_', '-'], " "))));
    let is_out = |out: &str| it.without.iter().any(|own| own.words.eq_ignore_ascii_case(out));
    let is_back = |out: &str| {
        let words = keys(out);
        !words.is_empty() && !is_out(out) && words.iter().all(|word| said.contains(word))
    };
    let mut before = previous.clone();
    before.without = previous.without.iter().filter_map(|out| less(out, is_back)).collect();
    if before.without == previous.without {
        return None;
    }
    let out: Vec<String> = previous.without.iter().flat_map(|out| keys(&out.words)).collect();
    let says_no_more = keys(it.words.as_deref().unwrap_or_default())
        .iter()
        .all(|word| out.contains(word) || matches!(word.as_str(), "add" | "back"));
    if lets_in(tokens) && says_no_more {
        (it.words, it.labels, it.event_types) = (None, Vec::new(), Vec::new());
        (says.words, says.labels, says.thing, says.event_types) = (false, false, false, false);
    }
    Some(before)
}

/// An exclusion without the alternatives that are taken back; nothing where none is left.
fn less(out: &LeftOut, is_back: impl Fn(&str) -> bool) -> Option<LeftOut> {
    let kept: Vec<&str> = out.words.split(" or ").filter(|one| !is_back(one)).collect();
    let is_left = !out.zones.is_empty() || kept.iter().any(|one| !one.is_empty());
    is_left.then(|| LeftOut { words: kept.join(" or "), ..out.clone() })
}

/// "Include the guards again", "the guards too": they come to what is wanted.
fn lets_in(tokens: &Tokens<'_>) -> bool {
    let has = |words: &[&str]| tokens.row.iter().any(|token| words.contains(&token.lower.as_str()));
    has(&["include", "including", "add"])
        || ["as well", "too", "after all"].iter().any(|phrase| tokens.find(phrase).is_some())
}

fn keys(words: &str) -> Vec<String> {
    let words = words.split_whitespace().filter(|word| !matches!(*word, "or" | "and"));
    words.map(|word| singular(&word.to_lowercase()).to_string()).collect()
}
