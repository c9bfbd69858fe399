//! How evidence looks on a terminal: local times, the essentials of an event, where its clip plays.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

/// The lines of a list of evidence, as a reply holds it. `zone` is the IANA name that the reply was
/// read in; `prefix` goes before relative links.
pub(super) fn evidence_lines(evidence: &Value, zone: Option<&str>, prefix: &str) -> Vec<String> {
    let timezone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    let items = evidence.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().flat_map(|item| item_lines(item, &timezone, prefix)).collect()
}

fn item_lines(item: &Value, timezone: &TimeZone, prefix: &str) -> Vec<String> {
    let text = |name: &str| item[name].as_str().unwrap_or_default();
    let when = local_time(text("timestamp"), timezone);
    let what = [text("label"), text("sub_label"), text("event_type")]
        .into_iter()
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let sure = item["confidence"].as_f64().map(|c| format!("  {:.0}%", c * 100.0)).unwrap_or_default();
    let weak = if item["is_weak"].as_bool() == Some(true) { " (weak)" } else { "" };
    let description = text("description");
    let mut lines =
        vec![format!("  [{}] {when}  {}  {what}{sure}{weak}  {description}", item["ref"], text("camera_id"))];
    if let Some(line) = lines.first_mut() {
        line.truncate(line.trim_end().len());
    }
    match item["clip"]["state"].as_str() {
        Some("ready") => {
            if let Some(url) = item["clip"]["url"].as_str() {
                let prefix = if url.starts_with('/') { prefix } else { "" };
                lines.push(format!("      {prefix}{url}"));
            }
        }
        Some("pending") => lines.push("      the clip is still being written".to_owned()),
        _ => {}
    }
    lines
}

/// `Wed 2026-05-13 21:04:12`; the text itself when it is no instant.
fn local_time(timestamp: &str, timezone: &TimeZone) -> String {
    timestamp.parse::<Timestamp>().map_or_else(
        |_| timestamp.to_owned(),
        |instant| instant.to_zoned(timezone.clone()).strftime("%a %Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn evidence_shows_local_times_and_whole_links() {
        let evidence = json!([{"ref": 1, "timestamp": "2026-05-13T19:04:12Z", "camera_id": "dock-1",
            "label": "person", "event_type": "person_detected", "confidence": 0.5, "is_weak": true,
            "description": "waits", "clip": {"state": "ready", "url": "/api/v1/clips/e1?sig=x"}}]);
        let lines = evidence_lines(&evidence, Some("Europe/Berlin"), "http://localhost:8000");
        assert_eq!(lines[0], "  [1] Wed 2026-05-13 21:04:12  dock-1  person  50% (weak)  waits");
        assert_eq!(lines[1], "      http://localhost:8000/api/v1/clips/e1?sig=x");
    }
}
