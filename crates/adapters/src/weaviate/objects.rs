//! An event as an object of Weaviate, and back. Nothing here sends anything.

use eps_domain::{Error, Event, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use tantivy::tokenizer::TextAnalyzer;

use super::graphql;
use crate::event_search::analysis::each_event_term;

const HOUR_SECONDS: i64 = 3_600;
const QUARTER_SECONDS: i64 = 900;
/// The longest name of a tenant that is taken as it is; Weaviate allows 64.
const TENANT_BYTES_MAX: usize = 60;

/// A tenant as Weaviate calls it. Names that it would refuse are replaced by their digest.
pub(super) fn tenant_name(tenant: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=TENANT_BYTES_MAX).contains(&tenant.len()) && tenant.bytes().all(is_plain) {
        format!("t-{tenant}")
    } else {
        format!("h-{}", hex::encode(&Sha256::digest(tenant.as_bytes())[..24]))
    }
}

/// The UUID that these parts always have (version 8: of our own making).
pub(super) fn uuid_of(parts: &[&str]) -> String {
    let mut bytes: [u8; 16] = digest(parts);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The UUID of an event.
pub(super) fn event_uuid(tenant: &str, event_id: &str) -> String {
    uuid_of(&["event", tenant, event_id])
}

fn digest(parts: &[&str]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut short = [0; 16];
    short.copy_from_slice(&hasher.finalize()[..16]);
    short
}

/// Names the words of an event, so that a vector of other words is told from one of these.
pub(super) fn words_revision(event: &Event) -> u64 {
    let mut short = [0; 8];
    short.copy_from_slice(&digest(&[&event.words()])[..8]);
    u64::from_le_bytes(short)
}

/// The run that an event belongs to: camera, label, and the group that the source gave, if any.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) key: String,
    pub(super) grouped: bool,
}

impl Run {
    pub(super) fn of(event: &Event) -> Self {
        let label = event.label.as_deref().unwrap_or_default();
        let visit = event.visit_id.as_deref();
        let key = hex::encode(digest(&[&event.camera_id, label, visit.unwrap_or_default()]));
        Self { key, grouped: visit.is_some() }
    }
}

/// The terms of an event, with repetitions, separated by spaces.
pub(super) fn terms(analyzer: &TextAnalyzer, event: &Event) -> String {
    let mut terms = String::with_capacity(160);
    each_event_term(&mut analyzer.clone(), &event.searched_text(), |token| {
        if !terms.is_empty() {
            terms.push(' ');
        }
        terms.push_str(&token.text);
    });
    terms
}

/// What an event becomes.
///
/// # Errors
/// `Internal` when it cannot be written as JSON.
pub(super) fn properties(analyzer: &TextAnalyzer, event: &Event, state: State) -> Result<Map<String, Value>> {
    let body = serde_json::to_string(event)
        .map_err(|error| Error::internal("an event is not JSON").caused_by(error))?;
    let seconds = event.timestamp.as_second();
    let properties = json!({
        "body": body,
        "words_revision": format!("{:016x}", words_revision(event)),
        "event_id": event.event_id,
        "camera": event.camera_id,
        "label": event.label.as_deref().unwrap_or_default(),
        "sub_label": event.sub_label,
        "event_type": event.event_type,
        "severity": event.severity_told(),
        "zones": event.zones,
        "run": Run::of(event).key,
        "begins": graphql::instant(event.timestamp),
        "ends": graphql::instant(event.end()),
        "hour": seconds.div_euclid(HOUR_SECONDS),
        "quarter": seconds.div_euclid(QUARTER_SECONDS),
        "confidence": event.confidence,
        "starts_visit": state.starts_visit,
        "unembedded": state.unembedded,
        "terms": terms(analyzer, event),
    });
    let Value::Object(mut properties) = properties else { return Ok(Map::new()) };
    properties.retain(|_, value| !value.is_null());
    Ok(properties)
}

/// What an object says beyond its event.
#[derive(Debug, Clone, Copy)]
pub(super) struct State {
    pub(super) starts_visit: bool,
    pub(super) unembedded: bool,
}

/// The event in the `body` of an object.
///
/// # Errors
/// `Internal` with code `DATA_DAMAGED`.
pub(super) fn event_of(object: &Value) -> Result<Event> {
    let body = object["body"].as_str().unwrap_or_default();
    serde_json::from_str(body).map_err(|error| {
        let message = "an event in Weaviate cannot be read";
        Error::new(eps_domain::ErrorKind::Internal, "DATA_DAMAGED", message).caused_by(error)
    })
}

/// The id that Weaviate knows an object by.
pub(super) fn id_of(object: &Value) -> &str {
    object["_additional"]["id"].as_str().unwrap_or_default()
}

/// The objects of a selection.
pub(super) fn objects<'a>(data: &'a Value, alias: &str) -> &'a [Value] {
    data["Get"][alias].as_array().map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_apart_and_never_refused() {
        assert_eq!(tenant_name("acme"), "t-acme");
        assert!(tenant_name("a/b").starts_with("h-") && tenant_name(&"x".repeat(200)).len() <= 64);
        assert_ne!(event_uuid("ab", "c"), event_uuid("a", "bc"));
        let uuid = event_uuid("acme", "e1");
        assert_eq!((uuid.len(), uuid.as_bytes()[14]), (36, b'8'));
    }
}
