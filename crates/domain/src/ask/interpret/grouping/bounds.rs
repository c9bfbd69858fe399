//! Bounds on groups: "days with fewer than 10 deliveries", "on how many days did UPS come?"

use super::{
    super::{
        thresholds,
        tokens::{Role, Tokens},
    },
    lacking,
    things::{Group, thing},
};
use crate::ask::interpretation::{Grouping, QuestionForm, Threshold};

/// A bound on groups, with the groups that it bounds: "days with fewer than 10 deliveries", "more than 50
/// people in an hour". Without groups only a question for yes or no has something to bound.
pub(super) fn bounded(
    tokens: &mut Tokens<'_>,
    group: Option<Group>,
    form: Option<QuestionForm>,
) -> (Option<Group>, Option<Threshold>) {
    if let Some(at) = tokens.lacking {
        if tokens.is_free(at..at + 1) {
            tokens.take(at..at + 1, Role::Intent);
        }
        return (thing(tokens, at), Some(lacking::nothing()));
    }
    let Some(found) = thresholds::find(tokens) else { return how_many_groups(tokens, group) };
    let free = |at: &usize| matches!(tokens.row[*at].role, Role::Free | Role::Intent);
    let is_one =
        |at: &usize| matches!(tokens.before(*at), "a" | "an" | "any" | "one" | "single" | "per" | "each");
    let before = (0..found.words.start).filter(free).find_map(|at| Some((thing(tokens, at)?, at)));
    let behind = || {
        (found.words.end..tokens.row.len())
            .filter(free)
            .filter(is_one)
            .find_map(|at| Some((thing(tokens, at)?, at)))
    };
    let is_exact = |group: &Group| !matches!(group, Group::ByLength | Group::Clock);
    let named = before.filter(|(group, _)| is_exact(group)).or_else(behind);
    let group = group.filter(|group| is_exact(group) || named.is_none());
    let group = group.or(named.map(|(group, _)| group));
    // "Who came more than twice?", "who was seen at least three times?"
    let says_times = tokens.row.get(found.words.end).is_some_and(|next| next.singular == "time");
    let says_how_often = says_times || matches!(tokens.before(found.words.end), "once" | "twice");
    // "Which vehicles came more than 3 times?", "did any truck come more than once?"
    let is_of_each = (1..tokens.row.len()).any(|at| {
        tokens.row[at].role == Role::Subject
            && matches!(tokens.before(at), "which" | "any" | "what" | "every")
    });
    let whom = ((form == Some(QuestionForm::Who) || is_of_each) && says_how_often)
        .then_some(Group::Named(Grouping::SubLabel));
    let group = group.filter(|group| is_exact(group) || whom.is_none()).or(whom);
    if says_times && group.is_some() {
        tokens.take(found.words.end..found.words.end + 1, Role::Intent);
    }
    if group.is_none() && form != Some(QuestionForm::Whether) {
        return (group, None);
    }
    tokens.take(found.words, Role::Intent);
    if let Some((_, at)) = named {
        tokens.take(at..at + 1, Role::Intent);
    }
    (group, Some(found.threshold))
}

/// "On how many days did UPS come?": the groups are counted in which there was any.
fn how_many_groups(tokens: &mut Tokens<'_>, group: Option<Group>) -> (Option<Group>, Option<Threshold>) {
    let Some(at) = tokens.find("how many") else { return (group, None) };
    let differ =
        usize::from(matches!(tokens.lower(at + 2), "different" | "distinct" | "separate" | "unique" | "of"));
    let noun = at + 2 + differ;
    let is_of_names =
        tokens.row.get(noun).is_some_and(|token| matches!(token.lower.as_str(), "plates" | "names"));
    // "How many days this month did we see one?"
    let behind = (noun + 1..tokens.row.len()).find(|at| {
        tokens.row[*at].role != Role::Time && !matches!(tokens.lower(*at), "in" | "during" | "of")
    });
    let is_asked = differ > 0 && is_of_names
        || matches!(
            tokens.lower(behind.unwrap_or(noun + 1)),
            "did" | "was" | "were" | "had" | "has" | "have" | "saw" | "with" | "do" | "does" | "recorded"
        );
    let named = (noun < tokens.row.len() && is_asked).then(|| thing(tokens, noun)).flatten();
    let Some(found @ Group::Named(_)) = named else { return (group, None) };
    if tokens.is_free(noun..noun + 1) {
        tokens.take(noun..noun + 1, Role::Intent);
    }
    let threshold =
        Threshold { text: "at least 1".to_owned(), at_least: Some(1), at_most: None, of_visits: false };
    (Some(found), Some(threshold))
}
