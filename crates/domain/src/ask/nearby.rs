//! "What else happened around that?": the time around an event of the previous answer. Looks only at
//! answers that the caller may still see.

use jiff::SignedDuration;

use super::{Intent, Interpretation, check, memory::Memory, place::Place, write::phrases};
use crate::Period;

/// How far around an event to look.
const AROUND_MINUTES: i64 = 10;

/// Centres a question about what else happened on the event that it means: the reference that it
/// names, else the first of the previous answer. Without one, the question stays as it is.
pub(crate) fn centre(
    interpretation: &mut Interpretation,
    question: &str,
    memory: &Memory,
    place: &Place<'_>,
) {
    let is_own_period =
        !interpretation.periods.is_empty() && !interpretation.carried_over.iter().any(|f| f == "periods");
    if interpretation.intent != Intent::Related || is_own_period {
        return;
    }
    let Some(answer) = memory.previous_answer() else { return };
    let wanted = check::references(question);
    let shown = &answer.metadata.evidence;
    let named = shown.iter().find(|e| wanted.contains(&e.reference));
    let Some(event) = named.or_else(|| shown.first()) else { return };
    let around = SignedDuration::from_mins(AROUND_MINUTES);
    let end = event.end_time.unwrap_or(event.timestamp);
    let (Ok(start), Ok(end)) = (event.timestamp.checked_sub(around), end.checked_add(around)) else { return };
    let text = format!("within {AROUND_MINUTES} minutes of {}", phrases::moment(event.timestamp, place));
    interpretation.periods = vec![Period::new(start, end).named(text)];
    // Whatever the event was, the question is about the others.
    interpretation.labels.clear();
    interpretation.event_types.clear();
    interpretation.sub_labels.clear();
    interpretation.words = None;
    interpretation.carried_over.retain(|field| matches!(field.as_str(), "cameras" | "sites"));
    if interpretation.carried_over.iter().any(|field| field == "cameras") {
        interpretation.cameras.clear();
        interpretation.sites.clear();
        interpretation.carried_over.clear();
    }
    interpretation.carried_over.push("periods".to_owned());
}
