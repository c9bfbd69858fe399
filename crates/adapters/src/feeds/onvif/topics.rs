//! Which topics of ONVIF devices are events, and what their messages say. The topics are those of the
//! ONVIF core and analytics specifications (event broker, JSON: `…/onvif-ej/…`), and rule names that
//! makers share. Remembers nothing.

use eps_domain::instant;
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

/// What stands between the prefix of a device and its topics.
pub(super) const MARK: &str = "/onvif-ej/";

/// What a topic means.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) event_type: &'static str,
    pub(super) label: Option<&'static str>,
    /// The item of `Data` that says whether it goes on; empty for what only happens.
    pub(super) state: &'static [&'static str],
    /// Whether the rule is a part of the picture.
    pub(super) has_zone: bool,
}

/// Topic, type, label, state, whether the rule is a part of the picture.
type Row = (&'static str, &'static str, Option<&'static str>, &'static [&'static str], bool);

const MEANINGS: &[Row] = &[
    ("RuleEngine/CellMotionDetector/Motion", "motion_detected", None, &["IsMotion", "State"], false),
    ("RuleEngine/MotionRegionDetector/Motion", "motion_detected", None, &["State", "IsMotion"], true),
    ("VideoSource/MotionAlarm", "motion_detected", None, &["State", "IsMotion"], false),
    ("RuleEngine/FieldDetector/ObjectsInside", "object_in_field", None, &["IsInside", "State"], true),
    ("RuleEngine/LineDetector/Crossed", "line_crossed", None, &[], true),
    ("Device/Trigger/DigitalInput", "digital_input", None, &["LogicalState", "State"], false),
    ("RuleEngine/MyRuleDetector/PeopleDetect", "person_detected", Some("person"), &["State"], false),
    ("RuleEngine/MyRuleDetector/VehicleDetect", "vehicle_detected", Some("vehicle"), &["State"], false),
    ("RuleEngine/MyRuleDetector/DogCatDetect", "animal_detected", Some("animal"), &["State"], false),
    ("RuleEngine/MyRuleDetector/FaceDetect", "face_detected", Some("face"), &["State"], false),
];

/// The prefix of the device and what its topic means; `None` for topics that are no events.
pub(super) fn meaning(topic: &str) -> Option<(&str, Meaning)> {
    let (prefix, rest) = topic.split_once(MARK)?;
    let name = rest.split("/&").next()?;
    // Without the prefixes of namespaces, which some devices leave in.
    let plain: Vec<&str> = name.split('/').map(|part| part.rsplit(':').next().unwrap_or(part)).collect();
    let plain = plain.join("/");
    let row = MEANINGS.iter().find(|row| row.0 == plain)?;
    let (_, event_type, label, state, has_zone) = *row;
    Some((prefix, Meaning { event_type, label, state, has_zone }))
}

/// What a message says.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    pub(super) at: Timestamp,
    /// Whether it goes on; `None` for what only happens.
    pub(super) state: Option<bool>,
    /// Which picture of the device, when it has several.
    pub(super) video_source: Option<String>,
    pub(super) rule: Option<String>,
    pub(super) object: Option<String>,
}

/// Reads a message.
///
/// # Errors
/// What is missing or odd, without a word of it.
pub(super) fn read(message: &Value, meaning: &Meaning) -> Result<Said, &'static str> {
    let at = message["UtcTime"].as_str().ok_or("a message has no UtcTime")?;
    let at = instant(at, "UtcTime", &TimeZone::UTC).map_err(|_| "a message has an odd UtcTime")?;
    let (source, data) = (&message["Source"], &message["Data"]);
    let state = match meaning.state {
        [] => None,
        names => {
            let found = names.iter().map(|name| item(data, name)).find(|value| !value.is_null());
            Some(found.and_then(truth).ok_or("a message does not say whether it goes on")?)
        }
    };
    let sources =
        ["VideoSource", "VideoSourceConfigurationToken", "VideoSourceToken", "Source", "InputToken"];
    Ok(Said {
        at,
        state,
        video_source: sources.into_iter().find_map(|name| plain(item(source, name))),
        rule: plain(item(source, "Rule")),
        object: plain(item(data, "ObjectId")),
    })
}

/// An item by its name. Some devices write the items as they stand in the XML of the specification: a list of
/// names and values, or one of them.
fn item<'v>(items: &'v Value, name: &str) -> &'v Value {
    let listed = match &items["SimpleItem"] {
        Value::Array(listed) => listed.as_slice(),
        Value::Null => return &items[name],
        one => std::slice::from_ref(one),
    };
    listed.iter().find(|item| item["Name"] == name).map_or(&Value::Null, |item| &item["Value"])
}

/// Quoted or not, as the specification allows.
fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => Some(number.as_f64()? != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn topics_are_read_with_and_without_namespaces_and_others_are_no_events() {
        let (prefix, crossed) =
            meaning("site/MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/MyImportantFence1").unwrap();
        assert_eq!((prefix, crossed.event_type), ("site/MyDevice", "line_crossed"));
        assert!(meaning("d/onvif-ej/tns1:VideoSource/MotionAlarm/&1").is_some());
        assert!(meaning("d/onvif-ej/Monitoring/OperatingTime/LastReset").is_none());
        assert!(meaning("d/onvif-mj/VideoAnalytics/p/m").is_none());
    }

    #[test]
    fn values_may_be_quoted_or_not_and_what_is_missing_is_told() {
        let (_, motion) = meaning("d/onvif-ej/RuleEngine/CellMotionDetector/Motion/&1").unwrap();
        for (flag, expected) in [
            (json!("true"), true),
            (json!(true), true),
            (json!("1"), true),
            (json!(0), false),
            (json!("false"), false),
        ] {
            let message = json!({"UtcTime": "2026-05-13T09:00:00.5Z", "Source": {"VideoSource": 1},
                "Data": {"IsMotion": flag}});
            let said = read(&message, &motion).unwrap();
            assert_eq!((said.state, said.video_source.as_deref()), (Some(expected), Some("1")));
        }
        let (_, crossed) = meaning("d/onvif-ej/RuleEngine/LineDetector/Crossed/&1").unwrap();
        let said = read(
            &json!({"UtcTime": "2008-10-10T12:24:57.321Z",
                "Source": {"VideoSource": "1", "AnalyticsConfiguration": "2", "Rule": "MyImportantFence1"},
                "Data": {"ObjectId": "15"}}),
            &crossed,
        )
        .unwrap();
        assert_eq!(
            (said.state, said.rule.as_deref(), said.object.as_deref()),
            (None, Some("MyImportantFence1"), Some("15"))
        );
        let listed = json!({"UtcTime": "2026-05-13T09:00:00Z",
            "Source": {"SimpleItem": [{"Name": "VideoSource", "Value": "2"}, {"Name": "Rule", "Value": "R"}]},
            "Data": {"SimpleItem": {"Name": "IsMotion", "Value": "true"}}});
        let said = read(&listed, &motion).unwrap();
        assert_eq!(
            (said.state, said.video_source.as_deref(), said.rule.as_deref()),
            (Some(true), Some("2"), Some("R"))
        );
        assert!(
            read(&json!({"Data": {"IsMotion": true}}), &motion).is_err_and(|why| why.contains("UtcTime"))
        );
        assert!(read(&json!({"UtcTime": "2026-05-13T09:00:00Z"}), &motion).is_err());
    }
}
