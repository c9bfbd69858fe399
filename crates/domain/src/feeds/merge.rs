//! How what a source says is put over what is stored. The rules give the same in any order and however
//! often a message comes: an end is never taken back, sureness and zones only grow, words are never
//! replaced by none and a name never by a mere number plate, and an event only becomes graver.

use serde_json::Value;

use crate::{
    Event, EventDraft, ZONES_MAX,
    event_feed::{EventChange, LICENSE_PLATE},
};

/// The attribute that says who described an event, where it was not its own source message.
const DESCRIBED_BY: &str = "described_by";
const GROUP: &str = "group";
/// How grave sources think events, from the least on.
const SEVERITIES: [&str; 2] = ["detection", "alert"];

/// The draft of an event that is stored.
pub(super) fn draft_of(event: Event) -> EventDraft {
    EventDraft {
        event_id: Some(event.event_id),
        timestamp: Some(event.timestamp.to_string()),
        end_time: event.end_time.map(|end| end.to_string()),
        camera_id: Some(event.camera_id),
        event_type: Some(event.event_type),
        label: event.label,
        sub_label: event.sub_label,
        confidence: event.confidence.map(shortest),
        description: event.description,
        zones: Some(event.zones),
        severity: event.severity,
        attributes: Some(event.attributes),
        media: event.media,
        visit_id: event.visit_id,
        source: event.source,
        other: serde_json::Map::new(),
    }
}

/// The decimal that a person would write for it: 0.91 stays 0.91.
fn shortest(confidence: f32) -> f64 {
    confidence.to_string().parse().unwrap_or(f64::from(confidence))
}

/// Whether a draft says enough to be an event.
pub(super) fn is_whole(draft: &EventDraft) -> bool {
    draft.timestamp.is_some() && draft.camera_id.is_some() && draft.event_type.is_some()
}

/// Puts a change over a draft.
pub(super) fn merge(mut base: EventDraft, change: EventChange) -> EventDraft {
    let EventChange { draft: new, group_description } = in_its_group(&base, change);
    // A picture of the whole event from before its end, come again or late: it only fills gaps.
    let is_stale = base.end_time.is_some() && new.end_time.is_none() && is_whole(&new);
    let only_fills = is_stale || (is_plate(&new) && !is_plate(&base));
    let newer = |old: Option<String>, new: Option<String>| if is_stale { old.or(new) } else { new.or(old) };
    base.event_id = base.event_id.or(new.event_id);
    // When it began does not change, and neither does the group that the source put it in first: visits
    // must not wander while events arrive.
    base.timestamp = base.timestamp.or(new.timestamp);
    base.camera_id = base.camera_id.or(new.camera_id);
    base.visit_id = base.visit_id.or(new.visit_id);
    base.end_time = new.end_time.or(base.end_time);
    base.event_type = newer(base.event_type, new.event_type);
    base.label = newer(base.label, new.label);
    base.sub_label =
        if only_fills { base.sub_label.or(new.sub_label) } else { new.sub_label.or(base.sub_label) };
    let rank = |severity: &Option<String>| SEVERITIES.iter().position(|s| Some(*s) == severity.as_deref());
    let is_less = rank(&new.severity).is_some_and(|new| Some(new) < rank(&base.severity));
    base.severity = if is_less { base.severity } else { newer(base.severity, new.severity) };
    base.source = base.source.or(new.source);
    base.media = if is_stale { base.media.or(new.media) } else { new.media.or(base.media) };
    base.confidence = match (base.confidence, new.confidence) {
        (Some(old), Some(new)) => Some(old.max(new)),
        (old, new) => old.or(new),
    };
    let mut zones = base.zones.unwrap_or_default();
    for zone in new.zones.unwrap_or_default() {
        if zones.len() < ZONES_MAX && !zones.contains(&zone) {
            zones.push(zone);
        }
    }
    base.zones = Some(zones);
    let mut attributes = base.attributes.unwrap_or_default();
    for (name, value) in new.attributes.unwrap_or_default().into_iter().chain(new.other) {
        if is_stale {
            attributes.entry(name).or_insert(value);
        } else {
            attributes.insert(name, value);
        }
    }
    let is_by_group = attributes.get(DESCRIBED_BY).and_then(Value::as_str) == Some(GROUP);
    let has_words = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    if has_words(&new.description) && !(is_stale && has_words(&base.description) && !is_by_group) {
        base.description = new.description;
        attributes.remove(DESCRIBED_BY);
    } else if has_words(&group_description) && (is_by_group || !has_words(&base.description)) {
        base.description = group_description;
        attributes.insert(DESCRIBED_BY.to_owned(), GROUP.into());
    }
    base.attributes = Some(attributes);
    base
}

/// Whether its name is nothing but its number plate.
fn is_plate(draft: &EventDraft) -> bool {
    let plate = draft.attributes.as_ref().and_then(|attributes| attributes.get(LICENSE_PLATE));
    plate.and_then(Value::as_str).is_some_and(|plate| draft.sub_label.as_deref() == Some(plate))
}

/// A change without what it says of another group than the one that the event is in: two groups must not
/// become one of both.
fn in_its_group(base: &EventDraft, mut change: EventChange) -> EventChange {
    let is_other = base.visit_id.is_some()
        && change.draft.visit_id.is_some()
        && base.visit_id != change.draft.visit_id
        && !is_whole(&change.draft);
    if is_other {
        change.draft.severity = None;
        change.draft.attributes = None;
        change.group_description = None;
    }
    change
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(json: serde_json::Value) -> EventChange {
        EventChange { draft: serde_json::from_value(json).unwrap(), group_description: None }
    }

    /// What a source says of one event, in its order.
    fn story() -> Vec<EventChange> {
        use serde_json::json;
        let whole = |end: Option<&str>, sure: f64, zones: &[&str]| {
            change(json!({"event_id": "e", "timestamp": "2026-05-13T09:00:00Z", "end_time": end,
                "camera_id": "c", "event_type": "person_detected", "label": "person", "confidence": sure,
                "zones": zones, "source": "s"}))
        };
        let mut grouped = change(json!({"event_id": "e", "visit_id": "v", "severity": "alert"}));
        grouped.group_description = Some("Two people at the door".to_owned());
        vec![
            whole(None, 0.6, &[]),
            whole(None, 0.9, &["ramp"]),
            grouped,
            whole(Some("2026-05-13T09:01:00Z"), 0.9, &["ramp", "door"]),
            change(json!({"event_id": "e", "description": "A man waits", "sub_label": "Ada"})),
        ]
    }

    fn told(changes: impl IntoIterator<Item = EventChange>) -> Event {
        let draft = changes.into_iter().fold(EventDraft::default(), merge);
        let mut event = draft.validate(|_| jiff::tz::TimeZone::UTC).unwrap();
        event.zones.sort();
        event
    }

    #[test]
    fn any_order_and_any_repetition_gives_the_same_event() {
        let expected = told(story());
        assert_eq!(expected.description.as_deref(), Some("A man waits"));
        assert_eq!((expected.visit_id.as_deref(), expected.confidence), (Some("v"), Some(0.9)));
        assert!(expected.end_time.is_some() && !expected.attributes.contains_key(DESCRIBED_BY));
        let mut runner = proptest::test_runner::TestRunner::default();
        let orders = proptest::collection::vec(0..story().len(), 0..12);
        runner
            .run(&orders, |extra| {
                // Whatever came first, and then everything at least once more.
                let first = extra.into_iter().map(|index| story()[index].clone());
                let mut all: Vec<_> = first.collect();
                all.extend(story());
                proptest::prop_assert_eq!(&told(all.clone()), &expected);
                all.reverse();
                proptest::prop_assert_eq!(&told(all), &expected);
                Ok(())
            })
            .unwrap();
    }

    #[test]
    fn a_late_message_takes_no_gravity_back_and_another_group_says_nothing() {
        use serde_json::json;
        let review = |id: &str, severity: &str, title: &str| {
            change(json!({"event_id": "e", "visit_id": id, "severity": severity,
                "attributes": {"review": title}}))
        };
        let mut changes = vec![story().remove(0), review("v", "detection", "first")];
        changes.push(EventChange {
            group_description: Some("Of others".to_owned()),
            ..review("w", "alert", "second")
        });
        let event = told(changes.clone());
        assert_eq!((event.severity.as_deref(), event.visit_id.as_deref()), (Some("detection"), Some("v")));
        assert!(event.attributes["review"] == "first" && event.description.is_none());
        changes.extend([review("v", "alert", "first"), review("v", "detection", "first")]);
        assert_eq!(told(changes).severity.as_deref(), Some("alert"));
    }

    #[test]
    fn a_plate_is_the_name_only_as_long_as_there_is_no_other() {
        use serde_json::json;
        let plate = |plate: &str| {
            change(json!({"event_id": "e", "sub_label": plate, "attributes": {"license_plate": plate}}))
        };
        let named = change(json!({"event_id": "e", "sub_label": "John's Car"}));
        let [first, second] = [plate("ABC 123"), plate("ABC 128")];
        for (said, name) in [
            (vec![&first, &second], "ABC 128"),
            (vec![&first, &named, &second], "John's Car"),
            (vec![&named, &first, &second], "John's Car"),
        ] {
            let event = told(story().into_iter().take(1).chain(said.into_iter().cloned()));
            assert_eq!(event.sub_label.as_deref(), Some(name));
            assert_eq!(event.attributes[LICENSE_PLATE], "ABC 128");
        }
    }

    #[test]
    fn words_about_the_group_give_way_to_words_about_the_event_and_to_newer_ones() {
        let grouped = |words: &str| EventChange {
            group_description: Some(words.to_owned()),
            ..change(serde_json::json!({"event_id": "e"}))
        };
        let mut story = story();
        story.truncate(2);
        story.extend([grouped("first"), grouped("second")]);
        let event = told(story.clone());
        assert_eq!(event.description.as_deref(), Some("second"));
        assert_eq!(event.attributes[DESCRIBED_BY], GROUP);
        let again = merge(draft_of(event.clone()), EventChange::default());
        assert_eq!(again.validate(|_| jiff::tz::TimeZone::UTC).unwrap(), event);
    }
}
