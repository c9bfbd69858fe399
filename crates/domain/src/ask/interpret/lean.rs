//! Whether a question leans on the one before it, and on what of it: events of its answer, the two sides
//! of its comparison, or what it was about.

use super::{
    Question, carry_over, follow_up,
    references::{self, References},
    says::Says,
    stop_words::is_stop_word,
    times,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, Interpretation, NameKind};

/// Takes over what the question leaves to the one before it. Says whether it goes on with that one.
pub(super) fn lean(
    it: &mut Interpretation,
    question: &Question<'_>,
    tokens: &Tokens<'_>,
    mut references: References,
    says: Says,
) -> bool {
    let Some(previous) = question.previous else { return false };
    let is_unknown = !references.unresolved.is_empty();
    it.unresolved.append(&mut references.unresolved);
    if follow_up::asks_which_side(tokens, it)
        && let before = question.before_previous.filter(|_| follow_up::asks_of_two(tokens))
        && let Some(sides) = carry_over::sides(previous, before, question.catalogue)
    {
        let timezone = std::mem::take(&mut it.timezone);
        *it = Interpretation { timezone, form: it.form, ..sides };
        return true;
    }
    let intent = says.intent.then_some(it.intent);
    let is_follow_up = is_unknown || follow_up::is_follow_up(tokens, says, intent);
    let is_explicit = !references.events.is_empty();
    if !is_explicit
        && (is_follow_up || it.intent == Intent::Related)
        && !question.evidence.is_empty()
        && references::is_implied(tokens, it, previous, says)
    {
        references.events.push(0);
    }
    if !references.events.is_empty() {
        if is_explicit {
            carry_over::take_over_form(it, previous, says);
        }
        references::narrow(it, &references, question.evidence, says, question.timezone);
    } else if is_follow_up {
        carry_over::take_over(it, previous, says, question.catalogue);
        if it.carried_over.iter().any(|field| field == "periods") && it.periods.len() == 1 {
            times::go_on(&mut it.periods, question);
        }
    }
    is_follow_up || is_explicit
}

/// "Why?" with nothing before it, "start over" with nothing behind it: there is nothing to search for.
pub(super) fn settle_asides(
    it: &mut Interpretation,
    tokens: &Tokens<'_>,
    question: &Question<'_>,
    is_fresh: bool,
) {
    let is_aside = |previous: &Interpretation| {
        matches!(previous.intent, Intent::SmallTalk | Intent::Help | Intent::ListCameras)
    };
    let has_ground = !is_fresh && question.previous.is_some_and(|previous| !is_aside(previous));
    let says_nothing =
        is_fresh && tokens.row.iter().all(|token| token.role == Role::Intent || is_stop_word(&token.lower));
    let is_reported = it.unresolved.iter().any(|name| name.kind == NameKind::Evidence);
    if (it.intent == Intent::Basis && !has_ground) || (says_nothing && !is_reported) {
        it.intent = Intent::SmallTalk;
    }
}
