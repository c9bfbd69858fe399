use serde_json::json;

use super::*;

fn mapping(file: &Value) -> Result<Arc<Mapping>> {
    let file = serde_json::from_value(json!({"sources": {"acme": file}})).unwrap();
    Sources::from_file(file).map(|sources| sources.get("acme").unwrap())
}

fn acme() -> Arc<Mapping> {
    mapping(&json!({
        "events": "/items",
        "event_id": {"template": "acme-{/nr}"},
        "timestamp": {"at": "/ts", "unit": "milliseconds"},
        "end_time": {"at": ["/gone", "/over"], "unit": "seconds"},
        "camera_id": {"at": "dev.no", "map": {"7": "dock-1"}},
        "event_type": {"at": "/kind", "map": {"VMD": "motion_detected"}, "otherwise": "alarm"},
        "label": "/objects/0/name",
        "confidence": {"at": "/sure", "scale": 100},
        "zones": "/objects/*/zone",
        "description": {"template": "{/who} at the {/where}"},
        "clip_url": "/video",
        "attributes": {"speed": "/v"},
    }))
    .unwrap()
}

#[test]
fn a_body_becomes_events_and_what_cannot_be_read_loses_no_other() {
    let drafts = acme().drafts(&json!({"items": [
        {"nr": 12, "ts": 1_778_662_800_500_i64, "over": 1_778_662_810.25, "dev": {"no": 7}, "kind": "VMD",
         "objects": [{"name": "person", "zone": "ramp"}, {"name": "bag", "zone": "door"}], "sure": 91,
         "who": "A guard", "where": "gate", "video": "https://v/1", "v": 3.5},
        {"nr": 13, "ts": "soon", "dev": {"no": 8}, "kind": "X"},
        "no object",
        {"nr": 14, "ts": "1778662800500", "dev": {"no": 8}, "kind": "X"},
    ]}));
    let first = drafts[0].clone().unwrap();
    assert_eq!(first.event_id.as_deref(), Some("acme-12"));
    assert_eq!(first.timestamp.as_deref(), Some("2026-05-13T09:00:00.5Z"));
    assert_eq!(first.end_time.as_deref(), Some("2026-05-13T09:00:10.25Z"));
    assert_eq!(
        (first.camera_id.as_deref(), first.event_type.as_deref()),
        (Some("dock-1"), Some("motion_detected"))
    );
    assert_eq!((first.label.as_deref(), first.confidence), (Some("person"), Some(0.91)));
    assert_eq!(first.zones.unwrap(), ["ramp", "door"]);
    assert_eq!(first.description.as_deref(), Some("A guard at the gate"));
    assert_eq!(first.media.unwrap().clip_url.as_deref(), Some("https://v/1"));
    assert_eq!(first.attributes.unwrap()["speed"], 3.5);
    assert_eq!(first.source.as_deref(), Some("acme"));
    assert_eq!(drafts[1].clone().unwrap_err(), "`timestamp` is not a number");
    assert_eq!(drafts[2].clone().unwrap_err(), "an event must be a JSON object");
    let last = drafts[3].clone().unwrap();
    assert_eq!((last.camera_id.as_deref(), last.event_type.as_deref()), (Some("8"), Some("alarm")));
    assert_eq!((last.description, last.media, last.end_time), (None, None, None));
    let nothing = acme().drafts(&json!({"things": []}));
    assert!(nothing.len() == 1 && nothing[0].clone().unwrap_err().contains("`events`"));
}

#[test]
fn a_number_is_no_time_unless_the_mapping_says_its_unit() {
    let mapping = mapping(&json!({"event_id": "id", "timestamp": "at", "camera_id": "c", "event_type": "t"}));
    let error = mapping.unwrap().drafts(&json!({"id": 1, "at": 1_778_662_800}))[0].clone().unwrap_err();
    assert!(error.starts_with("`timestamp` is a number") && error.contains("unit"), "{error}");
}

#[test]
fn a_mapping_that_is_wrong_is_told_by_source_and_field() {
    let with = |field: &str, rule: Value| {
        let mut file = json!({"event_id": "/id", "timestamp": "/ts", "camera_id": "/c", "event_type": "/t"});
        file[field] = rule;
        mapping(&file).unwrap_err()
    };
    for (field, rule) in [
        ("label", json!({"at": "/l", "unit": "seconds"})),
        ("label", json!({"at": "/l", "scale": 100})),
        ("confidence", json!({"at": "/c", "scale": 0})),
        ("event_id", json!({"at": "/id", "value": "x"})),
        ("camera_id", json!({"at": []})),
        ("description", json!({"template": "{/a"})),
        ("zones", json!("/a//b")),
        // What could never work.
        ("event_id", json!({"value": "x"})),
        ("event_id", json!({"template": "always"})),
        ("event_id", json!({"at": "/id", "otherwise": "x"})),
        ("visit_id", json!({"value": "x"})),
        ("timestamp", json!({"value": "2026-05-13T09:00:00Z"})),
        ("camera_id", json!("/")),
        ("camera_id", json!({"value": " "})),
        ("event_type", json!({"at": "/t", "map": {"a": "x".repeat(200)}})),
        ("label", json!("/*/label")),
        ("confidence", json!({"value": "high"})),
        ("confidence", json!({"at": "/c", "map": {"sure": "90"}})),
    ] {
        assert_eq!(with(field, rule).field, Some(format!("sources.acme.{field}")));
    }
    let error = mapping(&json!({"event_id": "/id", "timestamp": "/t"})).unwrap_err();
    assert!(error.message.ends_with("the mapping has no `camera_id`, `event_type`"), "{}", error.message);
    assert!(mapping(&json!({"event_id": "/id", "timestamp": "/t", "camera_id": {"value": "hall"},
        "event_type": {"template": "{/k}_seen"}, "confidence": {"at": "/c", "map": {"sure": "90"}, "scale": 100}}))
    .is_ok());
}

#[test]
fn a_rule_without_a_shape_is_told_what_shapes_there_are() {
    let read = |rule: Value| serde_json::from_value::<RuleFile>(rule).unwrap_err().to_string();
    for (rule, expected) in [
        (json!(5), "a place such as /data/label"),
        (json!({"att": "/x"}), "unknown field `att`"),
        (json!({"at": "/x", "unit": "hours"}), "unknown variant `hours`"),
        (json!({"at": {"x": "/y"}}), "a place such as /data/label"),
        (json!(["/x", 7]), "expected a string"),
    ] {
        let why = read(rule.clone());
        assert!(why.contains(expected), "{rule}: {why}");
    }
}

#[test]
fn an_id_of_which_a_place_is_empty_is_none_and_events_lie_in_several_lists() {
    let mapping = mapping(&json!({
        "events": "/sites/*/events",
        "event_id": {"template": "{/serial}-{/nr}"},
        "timestamp": "/t",
        "camera_id": ["/dev", "/cam"],
        "event_type": {"value": "e"},
        "zones": "/z",
        "visit_id": {"template": "{/serial}:{/visit}"},
    }))
    .unwrap();
    let event = |more: Value| {
        let mut event =
            json!({"t": "2026-05-13T09:00:00Z", "serial": "A", "nr": 1, "cam": "dock", "dev": ""});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    let drafts = mapping.drafts(&json!({"sites": [
        {"events": [event(json!({"visit": 7, "z": ["", "ramp"]})), event(json!({"nr": null}))]},
        {"events": [event(json!({"serial": "", "dev": []}))]},
        {"events": []},
    ]}));
    let drafts: Vec<_> = drafts.into_iter().map(Result::unwrap).collect();
    let ids: Vec<_> = drafts.iter().map(|draft| draft.event_id.as_deref()).collect();
    assert_eq!(ids, [Some("A-1"), None, None]);
    let visits: Vec<_> = drafts.iter().map(|draft| draft.visit_id.as_deref()).collect();
    assert_eq!(visits, [Some("A:7"), None, None]);
    assert!(drafts.iter().all(|draft| draft.camera_id.as_deref() == Some("dock")));
    assert_eq!(drafts[0].zones.as_deref(), Some(&["ramp".to_owned()][..]));
    let error = drafts[1].clone().validate(|_| jiff::tz::TimeZone::UTC).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("event_id"));
}
