//! "Fights with more than 2 people": how many there are in one event, which no event tells. It is reported, and the
//! people are no subject.

use super::{
    grouping,
    nouns::noun,
    thresholds,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{NameKind, Unresolved};

/// Reads it and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Option<Unresolved> {
    let found = thresholds::find(tokens)?;
    let (start, end) = (found.words.start, found.words.end);
    let is_of_event = matches!(tokens.before(start), "with" | "of" | "involving" | "containing" | "by");
    let thing = tokens
        .row
        .get(end)
        .is_some_and(|next| noun(&next.singular).is_some_and(|noun| noun.class == "person"));
    // "Hours with more than 100 people": a bound of groups.
    let is_of_groups = start >= 2 && grouping::groups(tokens, start - 2);
    if !is_of_event || !thing || is_of_groups {
        return None;
    }
    let text = tokens.slice(start..end + 1).to_owned();
    tokens.take(start - 1..end + 1, Role::Intent);
    Some(Unresolved::new(NameKind::Size, text))
}
