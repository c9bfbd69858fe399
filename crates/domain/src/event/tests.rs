use super::*;

fn draft(json: &str) -> EventDraft {
    serde_json::from_str(json).unwrap()
}

fn berlin(_camera: &str) -> TimeZone {
    TimeZone::get("Europe/Berlin").unwrap()
}

const WHOLE: &str = r#"{"event_id":"e1","timestamp":"2026-05-13T09:00:00","camera_id":"dock-1",
    "event_type":"person_detected","label":"person","details":"A man\nwaits","speed":3}"#;

#[test]
fn a_time_without_an_offset_is_local_to_the_camera() {
    let event = draft(WHOLE).validate(berlin).unwrap();
    assert_eq!(event.timestamp, "2026-05-13T07:00:00Z".parse().unwrap());
    assert_eq!(event.description.as_deref(), Some("A man waits"));
    assert_eq!(event.attributes["speed"], 3);
    assert_eq!(event.words(), "A man waits person detected");
    assert!(event.searched_text().starts_with("A man waits\nperson detected\n"));
}

#[test]
fn the_first_wrong_field_is_named() {
    for (json, field) in [
        (r#"{"timestamp":"2026-05-13T09:00:00Z","camera_id":"c","event_type":"t"}"#, "event_id"),
        (r#"{"event_id":"e","camera_id":"c","event_type":"t"}"#, "timestamp"),
        (r#"{"event_id":"e","timestamp":"yesterday","camera_id":"c","event_type":"t"}"#, "timestamp"),
        (r#"{"event_id":"e","timestamp":"2026-05-13","camera_id":"c","event_type":"t"}"#, "timestamp"),
        (
            r#"{"event_id":"e","timestamp":"1970-01-20T23:00:00Z","camera_id":"c","event_type":"t"}"#,
            "timestamp",
        ),
        (
            r#"{"event_id":"..","timestamp":"2026-05-13T09:00:00Z","camera_id":"c","event_type":"t"}"#,
            "event_id",
        ),
        (r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","camera_id":"c"}"#, "event_type"),
        (
            r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","camera_id":"c\u0007","event_type":"t"}"#,
            "camera_id",
        ),
        (
            r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","camera_id":"c","event_type":"t","confidence":1.5}"#,
            "confidence",
        ),
        (
            r#"{"event_id":"e","timestamp":"2026-05-13T09:00:00Z","end_time":"2026-05-13T08:00:00Z","camera_id":"c","event_type":"t"}"#,
            "end_time",
        ),
    ] {
        let error = draft(json).validate(berlin).unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field), "{json}");
    }
    let error = draft(r#"{"event_id":"e","camera_id":" "}"#).validate(berlin).unwrap_err();
    assert_eq!(error.message, "`timestamp`, `camera_id`, `event_type` are required");
}

#[test]
fn a_zone_that_is_written_behind_a_time_counts_and_offsets_are_those_of_clocks() {
    let at = |value: &str| instant(value, "timestamp", &berlin("c")).ok().map(|at| at.to_string());
    for (value, expected) in [
        ("2026-11-20T10:00:00[America/New_York]", Some("2026-11-20T15:00:00Z")),
        ("2026-11-20T10:00:00-05:00[America/New_York]", Some("2026-11-20T15:00:00Z")),
        ("2026-11-20T15:00:00Z[America/New_York]", Some("2026-11-20T15:00:00Z")),
        ("2026-11-20T10:00:00[u-ca=iso8601]", Some("2026-11-20T09:00:00Z")),
        ("2026-11-20T10:00:00+14:00", Some("2026-11-19T20:00:00Z")),
        ("2026-11-20T10:00:00+01:00[America/New_York]", None),
        ("2026-11-20T10:00:00[Atlantis/Poseidonis]", None),
        ("2026-11-20T10:00:00+25:59", None),
    ] {
        assert_eq!(at(value).as_deref(), expected, "{value}");
    }
}

#[test]
fn attributes_may_span_lines_and_hold_nothing_that_hides_or_reorders() {
    for (attributes, is_good) in [
        (r#"{"note":"two\nlines","deep":[{"x":"Tür"}]}"#, true),
        (r#"{"note":"\u001b[31m"}"#, false),
        (r#"{"deep":[{"x":"a\u202Eb"}]}"#, false),
        (r#"{"a\u0000":1}"#, false),
    ] {
        let json = WHOLE.replacen('{', &format!(r#"{{"attributes":{attributes},"#), 1);
        assert_eq!(draft(&json).validate(berlin).is_ok(), is_good, "{attributes}");
    }
}
