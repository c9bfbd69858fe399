//! The body of an ingest: one event, an array, or one event a line (NDJSON), each item read by itself; of
//! a sender with a shape of its own, whatever its mapping says.
//!
//! Must never let one bad item lose the others; only a body that holds no JSON at all is refused whole.

use std::{borrow::Cow, sync::Arc};

use axum::{extract::Request, http::HeaderMap};
use bytes::Bytes;
use eps_domain::{EventDraft, sources::Mapping};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    IdempotentBody,
    body::{is_json, media_type, read_body, unsupported},
    strict,
};
use crate::{
    app::App,
    error::{Problem, Result},
};

/// A draft, or what was wrong with its JSON.
pub(crate) type Item = std::result::Result<EventDraft, String>;

/// Larger bodies are read on a thread of their own: the others must not wait for milliseconds of work.
const INLINE_BYTES_MAX: usize = 128 * 1024;

/// Reads the items of a request; through the mapping of a source, when it names one.
///
/// # Errors
/// 400 for what is no JSON at all, 413, 415, 422 for a source that nobody described.
pub(crate) async fn read(
    app: &Arc<App>,
    source: Option<&str>,
    request: Request,
) -> Result<IdempotentBody<Vec<Item>>> {
    let mapping = source.map(|name| app.sources.get(name).ok_or_else(|| unknown(name))).transpose()?;
    let (parts, body) = request.into_parts();
    let is_lines = form(&parts.headers)?;
    let bytes = read_body(app, &parts.headers, body, app.settings.ingest_bytes_max).await?;
    let items = if bytes.len() <= INLINE_BYTES_MAX {
        items(&bytes, is_lines, mapping.as_deref())?
    } else {
        let bytes = bytes.clone();
        tokio::task::spawn_blocking(move || items(&bytes, is_lines, mapping.as_deref()))
            .await
            .map_err(|e| eps_domain::Error::internal("reading a batch was cut off").caused_by(e))??
    };
    let mut body = IdempotentBody::new(&parts.headers, &bytes, items)?;
    if let Some(name) = source {
        // The same bytes through another mapping are another request.
        body.fingerprint = Sha256::new().chain_update(body.fingerprint).chain_update(name).finalize().into();
    }
    Ok(body)
}

fn unknown(source: &str) -> Problem {
    let shown: String = source.chars().filter(|c| !c.is_control()).take(64).collect();
    Problem::invalid("source", format!("there is no source `{shown}`: SOURCES_FILE describes them"))
}

/// Whether the client says that each line is an event.
fn form(headers: &HeaderMap) -> Result<bool> {
    const LINES: [&str; 4] =
        ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines"];
    match media_type(headers) {
        Some(kind) if LINES.iter().any(|lines| kind.eq_ignore_ascii_case(lines)) => Ok(true),
        Some(kind) if is_json(kind) => Ok(false),
        _ => Err(unsupported("the body must be application/json or application/x-ndjson")),
    }
}

fn items(bytes: &Bytes, is_lines: bool, mapping: Option<&Mapping>) -> Result<Vec<Item>> {
    let values = values(bytes, is_lines)?;
    let mut items = Vec::with_capacity(values.len());
    for value in values {
        match (value, mapping) {
            (Ok(value), Some(mapping)) => items.extend(mapping.drafts(&value)),
            (Ok(value), None) => items.push(draft(value)),
            (Err(why), _) => items.push(Err(why)),
        }
    }
    Ok(items)
}

/// Each piece of a body as JSON, or what is wrong with it.
fn values(bytes: &Bytes, is_lines: bool) -> Result<Vec<std::result::Result<Value, String>>> {
    if is_lines || looks_like_lines(bytes) {
        return lines(bytes);
    }
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let values = strict::parse_items(bytes).map_err(Problem::malformed)?;
        let value = |value: std::result::Result<Value, strict::Fault>| {
            value.map_err(|fault| fault.message().to_owned())
        };
        return Ok(values.into_iter().map(value).collect());
    }
    Ok(vec![Ok(strict::parse(bytes).map_err(Problem::malformed)?)])
}

/// Several objects, one a line, whatever the client calls it: the first line is a whole object and
/// something follows it.
fn looks_like_lines(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii();
    let Some(end) = text.iter().position(|b| *b == b'\n') else { return false };
    text.first() == Some(&b'{') && serde_json::from_slice::<serde::de::IgnoredAny>(&text[..end]).is_ok()
}

fn lines(bytes: &[u8]) -> Result<Vec<std::result::Result<Value, String>>> {
    let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let values: Vec<_> = lines.map(|line| strict::parse(line).map_err(Cow::into_owned)).collect();
    if !values.iter().any(std::result::Result::is_ok) {
        return Err(Problem::malformed("the body holds no line of JSON"));
    }
    Ok(values)
}

fn draft(value: Value) -> Item {
    if !value.is_object() {
        return Err("an event must be a JSON object".to_owned());
    }
    strict::typed(value)
        .map_err(|(field, why)| if field.is_empty() { why } else { format!("`{field}`: {why}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str, is_lines: bool) -> Result<Vec<std::result::Result<String, String>>> {
        let items = items(&Bytes::from_static(body.as_bytes()), is_lines, None)?;
        Ok(items.into_iter().map(|item| item.map(|draft| draft.event_id.unwrap_or_default())).collect())
    }

    fn ids(body: &'static str) -> Vec<String> {
        read(body, false).unwrap().into_iter().map(|item| item.unwrap_or_else(|_| "!".into())).collect()
    }

    #[test]
    fn one_object_an_array_and_lines_are_told_apart() {
        assert_eq!(ids(r#"{"event_id":"a"}"#), ["a"]);
        assert_eq!(ids("{\n  \"event_id\": \"a\"\n}\n"), ["a"]);
        assert_eq!(ids(r#" [{"event_id":"a"},{"event_id":"b"}]"#), ["a", "b"]);
        assert_eq!(ids("{\"event_id\":\"a\"}\r\n\r\n{\"event_id\":\"b\"}\n"), ["a", "b"]);
        assert_eq!(ids("[]"), [""; 0]);
    }

    #[test]
    fn a_bad_item_is_told_by_its_place_and_loses_no_other() {
        assert_eq!(
            ids("{\"event_id\":\"a\"}\n{\"event_id\":\"b\",\"confidence\":NaN}\nwhat\n{\"event_id\":\"c\"}"),
            ["a", "!", "!", "c"]
        );
        assert_eq!(
            ids(r#"[{"event_id":"a"}, 7, {"event_id":1}, {"event_id":"a","event_id":"b"}]"#),
            ["a", "!", "!", "!"]
        );
        let why = read(r#"[{"event_id":"a","zones":"ramp"}]"#, false).unwrap()[0].clone().unwrap_err();
        assert!(why.contains("zones") || why.contains("sequence"), "{why}");
    }

    #[test]
    fn a_body_without_any_json_is_refused_whole() {
        for (body, is_lines) in [("", false), ("hello", false), ("hello\nthere", true), ("[{}, NaN]", false)]
        {
            assert_eq!(read(body, is_lines).unwrap_err().status(), 400, "{body}");
        }
    }
}
