//! What Frigate says, in our words: tracked objects, reviews and what is added to objects later. The same
//! shapes come over MQTT and over HTTP but for small differences, which end here. Decides nothing about
//! what is stored already, and quotes nothing of a message that it cannot read.

use eps_domain::{
    EventDraft,
    event_feed::{EventChange, LICENSE_PLATE},
    sources::unix_seconds,
};
use serde_json::{Map, Value, json};

/// Who sends these events.
pub(super) const SOURCE: &str = "frigate";
/// The most objects of one review.
const DETECTIONS_MAX: usize = 200;
/// The longest title of a review that is kept beside its description.
const TITLE_CHARS_MAX: usize = 300;

/// Attributes that mean something of their own here; a model of the operator's may not overwrite them.
const OUR_ATTRIBUTES: &[&str] =
    &["average_speed", "described_by", "has_clip", "has_snapshot", "is_audio", LICENSE_PLATE, "review"];
/// The classes of one object that are kept.
const CLASSES_MAX: usize = 16;

/// Why a message cannot be read.
type Unreadable = &'static str;

/// What a message about a tracked object is to us.
pub(super) enum Tracked {
    /// An event.
    Event(Box<EventDraft>),
    /// Nothing yet: Frigate itself does not believe it.
    FalsePositive,
}

/// A tracked object, from `after` of an MQTT message or from `/api/events`.
///
/// # Errors
/// The field that is missing or odd.
pub(super) fn tracked(object: &Value) -> Result<Tracked, Unreadable> {
    let id = text(object, "id").ok_or("an object has no id")?;
    if object["false_positive"] == true {
        return Ok(Tracked::FalsePositive);
    }
    let data = &object["data"];
    let label = text(object, "label").ok_or("an object has no label")?;
    let begin = time(&object["start_time"]).ok_or("an object has no start_time")?;
    let end = match &object["end_time"] {
        Value::Null => None,
        end => Some(time(end).ok_or("an object has an odd end_time")?),
    };
    let sure = ["top_score", "score"].into_iter().find_map(|name| {
        let number = |of: &Value| of[name].as_f64().filter(|sure| *sure > 0.0);
        number(object).or_else(|| number(data))
    });
    let zones = ["entered_zones", "zones"].into_iter().find_map(|name| object[name].as_array());
    let plate =
        plate(&object["recognized_license_plate"]).or_else(|| plate(&data["recognized_license_plate"]));
    let mut attributes = Map::new();
    for name in ["has_clip", "has_snapshot"] {
        if let Some(flag) = object[name].as_bool() {
            attributes.insert(name.to_owned(), flag.into());
        }
    }
    let speed = [&object["average_estimated_speed"], &data["average_estimated_speed"]];
    if let Some(speed) = speed.into_iter().filter_map(Value::as_f64).find(|speed| *speed > 0.0) {
        attributes.insert("average_speed".to_owned(), json!(speed));
    }
    if let Some(plate) = &plate {
        attributes.insert(LICENSE_PLATE.to_owned(), plate.clone().into());
    }
    for (model, class) in classes(object).into_iter().chain(classes_of_data(data)).take(CLASSES_MAX) {
        attributes.insert(attribute_of(model), class.into());
    }
    if data["type"] == "audio" {
        attributes.insert("is_audio".to_owned(), true.into());
    }
    Ok(Tracked::Event(Box::new(EventDraft {
        event_id: Some(id),
        timestamp: Some(begin),
        end_time: end,
        camera_id: Some(text(object, "camera").ok_or("an object has no camera")?),
        event_type: Some(event_type(&label)),
        label: Some(label),
        sub_label: sub_label(&object["sub_label"]).or(plate),
        confidence: sure,
        description: text(data, "description"),
        zones: zones.map(|zones| zones.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
        attributes: Some(attributes),
        source: Some(SOURCE.to_owned()),
        ..EventDraft::default()
    })))
}

/// A review groups objects: its id is the visit of each, its severity theirs, and what a model wrote
/// about it describes them as long as nothing else does.
///
/// # Errors
/// The field that is missing.
pub(super) fn review(review: &Value) -> Result<Vec<EventChange>, Unreadable> {
    let id = text(review, "id").ok_or("a review has no id")?;
    let data = &review["data"];
    let detections = data["detections"].as_array().ok_or("a review has no detections")?;
    let metadata = &data["metadata"];
    let title = text(metadata, "title");
    let scene = text(metadata, "scene").or_else(|| text(metadata, "shortSummary"));
    let words: Vec<String> = title.iter().cloned().chain(scene).collect();
    let description = (!words.is_empty()).then(|| words.join(". "));
    let mut attributes = Map::new();
    if let Some(title) = title {
        let title: String = title.chars().take(TITLE_CHARS_MAX).collect();
        attributes.insert(
            "review".to_owned(),
            json!({
                "title": title, "threat_level": metadata["potential_threat_level"].as_u64(),
            }),
        );
    }
    let change = |event_id: &str| EventChange {
        draft: EventDraft {
            event_id: Some(event_id.to_owned()),
            visit_id: Some(id.clone()),
            severity: text(review, "severity"),
            attributes: Some(attributes.clone()),
            ..EventDraft::default()
        },
        group_description: description.clone(),
    };
    Ok(detections.iter().filter_map(Value::as_str).take(DETECTIONS_MAX).map(change).collect())
}

/// What is added to an object: a description, a plate, a class. `None` for kinds that say nothing of an event,
/// among them faces: every attempt at one is told, however unsure, and a face that is recognised becomes the
/// sub-label of the object.
///
/// # Errors
/// The field that is missing.
pub(super) fn update(update: &Value) -> Result<Option<EventChange>, Unreadable> {
    let id = text(update, "id").ok_or("an update has no id");
    let mut draft = EventDraft::default();
    let mut attributes = Map::new();
    match update["type"].as_str() {
        Some("description") => draft.description = text(update, "description"),
        Some("lpr") => {
            let plate = text(update, "plate");
            if let Some(plate) = &plate {
                attributes.insert(LICENSE_PLATE.to_owned(), plate.clone().into());
            }
            draft.sub_label = text(update, "name").or(plate);
        }
        Some("classification") => {
            draft.sub_label = text(update, "sub_label");
            if let Some(value) = text(update, "attribute") {
                let model = text(update, "model").unwrap_or_else(|| "attribute".to_owned());
                attributes.insert(attribute_of(&model), value.into());
            }
        }
        Some(_) => return Ok(None),
        None => return Err("an update has no type"),
    }
    draft.event_id = Some(id?);
    draft.attributes = Some(attributes);
    Ok(Some(EventChange { draft, group_description: None }))
}

/// What models of the operator's own say of an object over MQTT: by the name of each, a class and its score.
fn classes(object: &Value) -> Vec<(&str, &str)> {
    fn class(value: &Value) -> Option<&str> {
        match value.as_array()?.as_slice() {
            [class, score] if score.is_number() => class.as_str(),
            _ => None,
        }
    }
    let fields = object.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| !matches!(name.as_str(), "sub_label" | "recognized_license_plate"))
        .filter_map(|(name, value)| Some((name.as_str(), class(value)?)))
        .collect()
}

/// The same over HTTP: the class by the name of the model, its score beside it.
fn classes_of_data(data: &Value) -> Vec<(&str, &str)> {
    let fields = data.as_object().into_iter().flatten();
    fields
        .filter(|(name, _)| *name != "recognized_license_plate")
        .filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)))
        .filter(|(name, _)| data[format!("{name}_score")].is_number())
        .collect()
}

/// Under which name the class of a model is kept.
fn attribute_of(model: &str) -> String {
    if OUR_ATTRIBUTES.contains(&model) { format!("model_{model}") } else { model.to_owned() }
}

/// Seconds since 1970 as RFC 3339.
fn time(value: &Value) -> Option<String> {
    value.as_f64().and_then(unix_seconds).map(|instant| instant.to_string())
}

/// `person` → `person_detected`: Frigate has labels and no types.
fn event_type(label: &str) -> String {
    format!("{}_detected", label.replace([' ', '-'], "_"))
}

/// Null, a name, or a name with its score.
fn sub_label(value: &Value) -> Option<String> {
    let name = if value.is_array() { &value[0] } else { value };
    name.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// Like a sub-label.
fn plate(value: &Value) -> Option<String> {
    sub_label(value)
}

fn text(object: &Value, name: &str) -> Option<String> {
    object[name].as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(object: &Value) -> EventDraft {
        match tracked(object) {
            Ok(Tracked::Event(draft)) => *draft,
            Ok(Tracked::FalsePositive) => panic!("a false positive"),
            Err(why) => panic!("{why}"),
        }
    }

    #[test]
    fn an_object_over_mqtt_and_over_http_is_the_same_event() {
        let mqtt = event(&json!({"id": "1607123955.475377-mxklsc", "camera": "front", "label": "person",
            "sub_label": ["John Smith", 0.79], "top_score": 0.958, "score": 0.7, "false_positive": false,
            "start_time": 1_607_123_955.475_377, "end_time": 1_607_123_962.5, "current_zones": [],
            "entered_zones": ["yard"], "has_clip": true, "has_snapshot": false, "frame_time": 1_607_123_962.08,
            "average_estimated_speed": 14.3, "recognized_license_plate": ["ABC 123", 0.9], "thumbnail": null,
            "helmet": ["yes", 0.9], "review": ["odd", 0.8], "box": [1, 2], "snapshot": {"score": 0.7}}));
        let http = event(&json!({"id": "1607123955.475377-mxklsc", "camera": "front", "label": "person",
            "sub_label": "John Smith", "top_score": null, "false_positive": null,
            "start_time": 1_607_123_955.475_377, "end_time": 1_607_123_962.5, "zones": ["yard"],
            "has_clip": true, "has_snapshot": false, "thumbnail": "", "plus_id": null,
            "data": {"score": 0.7, "top_score": 0.958, "type": "object", "average_estimated_speed": 14.3,
                "sub_label_score": 0.79, "recognized_license_plate": "ABC 123",
                "recognized_license_plate_score": 0.9, "helmet": "yes", "helmet_score": 0.9,
                "review": "odd", "review_score": 0.8}}));
        assert_eq!(mqtt, http);
        assert_eq!(mqtt.timestamp.as_deref(), Some("2020-12-04T23:19:15.475377Z"));
        assert_eq!(
            (mqtt.event_type.as_deref(), mqtt.sub_label.as_deref()),
            (Some("person_detected"), Some("John Smith"))
        );
        assert_eq!((mqtt.confidence, mqtt.media), (Some(0.958), None));
        let attributes = mqtt.attributes.unwrap();
        assert_eq!((&attributes["helmet"], &attributes["license_plate"]), (&json!("yes"), &json!("ABC 123")));
        assert!(attributes["model_review"] == "odd" && !attributes.contains_key("review"));
    }

    #[test]
    fn what_is_missing_is_named_and_never_quoted() {
        let whole = json!({"id": "i", "camera": "c", "label": "l", "start_time": 1.0});
        for name in ["id", "camera", "label", "start_time"] {
            let mut object = whole.clone();
            object[name] = json!({"secret": 1});
            assert!(tracked(&object).is_err_and(|why| why.contains(name)), "{name}");
        }
        assert!(update(&json!({"type": "lpr"})).is_err() && update(&json!({"id": "x"})).is_err());
        assert!(review(&json!({"id": "r", "data": {}})).is_err());
    }

    #[test]
    fn additions_are_read_by_their_kind() {
        let of = |json: &Value| update(json).unwrap().unwrap().draft;
        let lpr = of(&json!({"type": "lpr", "id": "e", "name": null, "plate": "ABC 123", "score": 0.9}));
        assert_eq!(lpr.sub_label.as_deref(), Some("ABC 123"));
        assert_eq!(lpr.attributes.unwrap()["license_plate"], "ABC 123");
        // Frigate tells every attempt; the name that it settles on is in the object itself.
        for name in ["unknown", "John"] {
            let face = json!({"type": "face", "id": "e", "name": name, "score": 0.99});
            assert_eq!(update(&face).unwrap(), None);
        }
        let class = of(&json!({"type": "classification", "id": "e", "model": "gate", "attribute": "open"}));
        assert_eq!(class.attributes.unwrap()["gate"], "open");
        let ours = json!({"type": "classification", "id": "e", "model": "license_plate", "attribute": "yes"});
        assert_eq!(Value::from(of(&ours).attributes.unwrap()), json!({"model_license_plate": "yes"}));
        assert_eq!(update(&json!({"type": "new kind", "id": "e"})).unwrap(), None);
    }
}
