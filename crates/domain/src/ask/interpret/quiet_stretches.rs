//! Questions for times without events: what they are of is a question of its own.

use super::{Question, intents, quiet};
use crate::{
    Result,
    ask::interpretation::{Intent, Interpretation},
};

/// "The longest quiet stretch": the rest of the question says of what, where and when.
pub(super) fn interpret(
    question: &Question<'_>,
    read: &quiet::Read,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Interpretation> {
    let mut it = understand(&Question { text: &read.rest, ..*question })?;
    it.carried_over.retain(|field| {
        !matches!(field.as_str(), "intent" | "form" | "group_by" | "threshold" | "share_of" | "top")
    });
    it.form = intents::form_of(question.text);
    (it.intent, it.quiet) = (Intent::Quiet, Some(read.quiet));
    (it.group_by, it.top, it.is_least, it.share_of) = (None, None, false, None);
    it.threshold = None;
    Ok(it)
}
