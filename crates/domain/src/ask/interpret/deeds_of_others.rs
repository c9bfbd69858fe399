//! "When did the last one arrive?" behind parcels, where only vehicles arrive: it is asked of the parcels, and that no
//! event tells it of them is said.

use super::{
    catalogue::Catalogue,
    nouns::noun,
    says::Says,
    tokens::{Role, Tokens, words_of},
};
use crate::ask::interpretation::{Interpretation, NameKind, Unresolved};

/// Leaves out types that only others than those of before do, and reports the words that said them.
pub(super) fn leave(
    it: &mut Interpretation,
    previous: &Interpretation,
    tokens: &Tokens<'_>,
    says: &mut Says,
    catalogue: &Catalogue,
) {
    let is_of_things = !previous.labels.is_empty() && says.of_them && !says.someone && !says.labels;
    if !is_of_things || !says.event_types || says.thing || says.sub_labels {
        return;
    }
    let is_of_another = |name: &String| {
        words_of(name).first().is_some_and(|subject| {
            noun(subject).is_some_and(|noun| !previous.labels.iter().any(|label| label == noun.class))
                && catalogue.labels.iter().any(|label| **label == **subject)
        })
    };
    let said = tokens.row.iter().find(|token| token.role == Role::Subject && noun(&token.singular).is_none());
    if let Some(said) = said.filter(|_| it.event_types.iter().all(is_of_another)) {
        it.unresolved.push(Unresolved::new(NameKind::Deed, &tokens.text[said.span.clone()]));
        it.event_types.clear();
        says.event_types = false;
    }
}
