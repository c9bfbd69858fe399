//! What a feed says, made fit to be stored. Sources do not know our rules, and one odd word must not lose
//! what else a message says: words are cleaned and cut, what cannot be is left out. What an event is known
//! by (its id, its camera, its times) is never changed; it is right or the event is refused.

use serde_json::{Map, Value};

use crate::{
    ATTRIBUTES_BYTES_MAX, DESCRIPTION_CHARS_MAX, EventDraft, ID_BYTES_MAX, TERM_BYTES_MAX, ZONES_MAX,
    event_feed::EventChange, text,
};

/// A change whose words can be stored.
pub(super) fn clean(mut change: EventChange) -> EventChange {
    change.draft = clean_draft(change.draft);
    change.group_description = change.group_description.map(description);
    change
}

/// A draft whose words can be stored.
pub(super) fn clean_draft(mut draft: EventDraft) -> EventDraft {
    for field in [&mut draft.event_type, &mut draft.label, &mut draft.sub_label, &mut draft.severity] {
        *field = field.take().map(term);
    }
    draft.visit_id = draft.visit_id.filter(|id| id.len() <= ID_BYTES_MAX && !text::has_control(id));
    draft.confidence = draft.confidence.filter(|sure| (0.0..=1.0).contains(sure));
    draft.description = draft.description.map(description);
    draft.zones = draft.zones.map(|zones| {
        let zones = zones.into_iter().map(term).filter(|zone| !zone.trim().is_empty());
        zones.take(ZONES_MAX).collect()
    });
    draft.attributes = draft.attributes.map(fields).filter(|attributes| {
        serde_json::to_vec(attributes).is_ok_and(|json| json.len() <= ATTRIBUTES_BYTES_MAX)
    });
    draft
}

/// A short text without what it must not hold, cut at its bound.
fn term(value: String) -> String {
    if value.len() <= TERM_BYTES_MAX && !text::has_control(&value) {
        return value;
    }
    let mut clean = String::new();
    for c in value.trim().chars().filter(|c| !c.is_control() && !text::is_bidi_control(*c)) {
        if clean.len() + c.len_utf8() > TERM_BYTES_MAX {
            break;
        }
        clean.push(c);
    }
    clean
}

fn description(value: String) -> String {
    let is_bad = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    if value.chars().count() <= DESCRIPTION_CHARS_MAX && !value.chars().any(is_bad) {
        return value;
    }
    value.chars().filter(|c| !is_bad(*c)).take(DESCRIPTION_CHARS_MAX).collect()
}

fn fields(fields: Map<String, Value>) -> Map<String, Value> {
    fields.into_iter().map(|(name, value)| (term(name), value_of(value))).collect()
}

fn value_of(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let text = description(text);
            Value::String(text.chars().filter(|c| !text::is_bidi_control(*c)).collect())
        }
        Value::Array(values) => values.into_iter().map(value_of).collect(),
        Value::Object(inner) => Value::Object(fields(inner)),
        other => other,
    }
}
