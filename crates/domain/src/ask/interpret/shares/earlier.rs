//! What an earlier turn asked for, as far as a part can be set against it.

use super::super::{Question, carry_over, says::Says};
use crate::{
    Period,
    ask::interpretation::{Intent, Interpretation, QuestionForm},
};

/// An earlier interpretation as far as the caller may still see what it names.
pub(super) fn visible(earlier: Option<&Interpretation>, question: &Question<'_>) -> Interpretation {
    let mut seen = Interpretation::default();
    if let Some(earlier) = earlier {
        carry_over::take_over(&mut seen, earlier, Says::default(), question.catalogue);
        (seen.intent, seen.form) = (Intent::Count, QuestionForm::HowMany);
        seen.timezone.clone_from(&earlier.timezone);
        seen.carried_over.clear();
    }
    seen
}

/// Whether every stretch lies in one of the others.
pub(super) fn within(inner: &[Period], outer: &[Period]) -> bool {
    inner.iter().all(|inner| outer.iter().any(|outer| outer.start <= inner.start && inner.end <= outer.end))
}
