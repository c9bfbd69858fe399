//! What a model may send as arguments.

use super::{arguments::Arguments, specs};

#[test]
fn whatever_json_comes_is_read_or_refused_with_a_reason() {
    let read = |json: &str| Arguments::read(json);
    assert_eq!(read("").unwrap(), Arguments::default());
    let whole = read(r#"{"where": ["dock", "yard"], "ref": "[3]", "limit": 2.0, "extra": {}, "by": "HOUR"}"#)
        .unwrap();
    assert_eq!((whole.place.as_deref(), whole.reference), (Some("dock and yard"), Some(3)));
    assert_eq!((whole.limit, whole.by.as_deref()), (Some(2), Some("hour")));
    for wrong in
        ["{", "[]", "7", r#"{"when": {}}"#, r#"{"ref": "evt_1"}"#, r#"{"ref": -1}"#, r#"{"limit": []}"#]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let long = format!(r#"{{"what": "{}"}}"#, "x".repeat(300));
    assert!(read(&long).unwrap_err().message.contains("too long"));
}

#[test]
fn the_tools_are_the_same_bytes_every_time_and_few() {
    let text = |specs: &[crate::chat_model::ToolSpec]| {
        let parts = specs.iter().map(|s| [s.name, s.description, s.parameters.get()].concat());
        parts.collect::<Vec<_>>().concat()
    };
    let (once, again) = (text(&specs()), text(&specs()));
    assert_eq!(once, again);
    assert!(once.len() < 3_000, "{} bytes ride on every request", once.len());
}
