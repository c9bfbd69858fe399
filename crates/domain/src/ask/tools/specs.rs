//! The tools as they are described to a model. Constant, so that providers can cache them; short, since
//! every request carries them.

use std::sync::Arc;

use serde_json::{Value, json, value::to_raw_value};

use crate::chat_model::ToolSpec;

/// Every tool there is.
pub(crate) fn specs() -> Arc<[ToolSpec]> {
    let words = |description: &str| json!({"type": "string", "description": description});
    let what = words("What to look for, in a few English words: \"people in red\", \"delivery trucks\"");
    let place = words("A camera, site or zone by its name; leave out for everywhere");
    let when =
        words("In English, as in a question: \"last night\"; leave out for the period of the question");
    let reference = json!({"type": "integer", "description": "The `ref` of an event"});
    let tool = |name, description, properties: &[(&str, &Value)], required: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).clone())).collect();
        let schema = json!({"type": "object", "properties": properties, "required": required});
        // A tree of strings is always JSON.
        let parameters = to_raw_value(&schema).unwrap_or_default();
        ToolSpec { name, description, parameters }
    };
    let order = json!({"type": "string", "enum": ["best", "newest", "oldest"]});
    let by = json!({"type": "string", "enum": ["camera", "label", "event_type", "zone", "hour", "day"]});
    let limit = json!({"type": "integer", "minimum": 1, "maximum": 5});
    let found = [("what", &what), ("where", &place), ("when", &when)];
    Arc::new([
        tool(
            "search_events",
            "Finds further events; they can be cited by their `ref`. Only where the evidence is not enough.",
            &[found[0], found[1], found[2], ("order", &order), ("limit", &limit)],
            &[],
        ),
        tool(
            "count_events",
            "Counts events and visits exactly.",
            &[found[0], found[1], found[2], ("by", &by)],
            &[],
        ),
        tool(
            "compare_periods",
            "Counts the same in two periods and gives difference and ratio.",
            &[found[0], found[1], ("period_a", &when), ("period_b", &when)],
            &["period_a", "period_b"],
        ),
        tool("timeline", "Counts over time, by hour, day or month.", &found, &[]),
        tool(
            "related_events",
            "Events that belong to one of the evidence: close in time and place, or alike.",
            &[("ref", &reference)],
            &["ref"],
        ),
        tool("get_event", "Everything that is known of one event.", &[("ref", &reference)], &["ref"]),
    ])
}
