//! "As a percentage", "what share is that?": what was counted last against what it is a part of. That is the
//! turn before it where that asked for more, else what was counted without its narrowest condition.

use super::{
    super::Question,
    earlier::{visible, within},
};
use crate::{
    Result,
    ask::interpretation::{Intent, Interpretation, QuestionForm},
};

/// Understands such a question. With nothing before it, it refers to nothing.
///
/// # Errors
/// See [`super::super::interpret`].
pub(super) fn interpret(
    question: &Question<'_>,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Interpretation> {
    let mut it = understand(&Question { text: "how many", ..*question })?;
    let Some(previous) = question.previous else {
        (it.intent, it.form) = (Intent::Related, QuestionForm::HowMany);
        return Ok(it);
    };
    it.group_by = None;
    it.carried_over.retain(|field| field != "group_by");
    let earlier = match previous.share_of.as_deref() {
        Some(whole) => Some(visible(Some(whole), question)),
        None => question.before_previous.map(|before| visible(Some(before), question)),
    };
    let mut whole = earlier.filter(|earlier| holds(earlier, &it)).unwrap_or_else(|| widened(&it));
    (whole.intent, whole.form) = (Intent::Count, QuestionForm::HowMany);
    (whole.group_by, whole.top, whole.is_least, whole.share_of) = (None, None, false, None);
    whole.timezone.clone_from(&it.timezone);
    whole.carried_over.clear();
    whole.unresolved.clear();
    it.share_of = Some(Box::new(whole));
    Ok(it)
}

/// Whether everything that one question asks for is asked for by another, and more.
fn holds(whole: &Interpretation, part: &Interpretation) -> bool {
    let list = |whole: &[String], part: &[String]| {
        whole.is_empty() || (!part.is_empty() && part.iter().all(|entry| whole.contains(entry)))
    };
    let is_wider = |whole: &[String], part: &[String]| whole.len() != part.len();
    let lists = [
        (&whole.cameras, &part.cameras),
        (&whole.zones, &part.zones),
        (&whole.labels, &part.labels),
        (&whole.sub_labels, &part.sub_labels),
        (&whole.event_types, &part.event_types),
    ];
    let words = match (whole.words.as_deref(), part.words.as_deref()) {
        (None, _) => true,
        (Some(all), Some(own)) => own.contains(all),
        (Some(_), None) => false,
    };
    let periods =
        whole.periods.is_empty() || (!part.periods.is_empty() && within(&part.periods, &whole.periods));
    let differs = lists.iter().any(|(whole, part)| is_wider(whole, part))
        || whole.words != part.words
        || whole.periods != part.periods;
    words && periods && differs && lists.iter().all(|(whole, part)| list(whole, part))
}

/// What was asked without its narrowest condition: what it says of the thing, where, the thing, when.
fn widened(it: &Interpretation) -> Interpretation {
    let mut whole = it.clone();
    if whole.words.take().is_some() {
        return whole;
    }
    if !whole.cameras.is_empty() || !whole.sites.is_empty() {
        whole.cameras.clear();
        whole.sites.clear();
        return whole;
    }
    let lists = [&mut whole.zones, &mut whole.sub_labels, &mut whole.event_types, &mut whole.labels];
    match lists.into_iter().find(|list| !list.is_empty()) {
        Some(list) => list.clear(),
        None => whole.periods.clear(),
    }
    whole
}
