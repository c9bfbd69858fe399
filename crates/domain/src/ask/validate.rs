//! What a request may say. Everything that is refused is refused here, by name, before anything is
//! searched or remembered.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{QUERY_CHARS_MAX, USER_CONTEXT_BYTES_MAX, USER_CONTEXT_DEPTH_MAX, UserContext};
use crate::{Caller, CameraDirectory, Error, Result, text};

/// The question on its own terms: trimmed, line breaks and tabs as spaces, invisible characters gone.
///
/// # Errors
/// `InvalidInput` naming `query` when it is empty, too long, or holds control or bidi characters.
pub(crate) fn query(value: &str) -> Result<String> {
    if value.chars().count() > QUERY_CHARS_MAX {
        let message = format!("`query` is longer than {QUERY_CHARS_MAX} characters");
        return Err(Error::invalid("query", message));
    }
    let is_refused =
        |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || text::is_bidi_control(c);
    if value.chars().any(is_refused) {
        return Err(Error::invalid("query", "`query` holds control or bidi characters"));
    }
    let clean = text::one_line(value);
    if clean.is_empty() {
        return Err(Error::invalid("query", "`query` is empty"));
    }
    Ok(clean)
}

/// How many to show.
///
/// # Errors
/// `InvalidInput` naming `limit`.
pub(crate) fn limit(value: Option<usize>, default: usize, max: usize) -> Result<usize> {
    let limit = value.unwrap_or(default);
    if (1..=max).contains(&limit) {
        return Ok(limit);
    }
    Err(Error::invalid("limit", format!("`limit` must lie between 1 and {max}")))
}

/// Bounds what the client tells of its user and finds the time zone of the request: the client's, else
/// the caller's, else the cameras'.
///
/// # Errors
/// `InvalidInput` naming `user_context` or `user_context.timezone`.
pub(crate) fn timezone(
    context: &UserContext,
    caller: &Caller,
    directory: &CameraDirectory,
) -> Result<TimeZone> {
    if !context.other.is_empty() {
        let depth = 1 + context.other.values().map(depth).max().unwrap_or(0);
        if depth > USER_CONTEXT_DEPTH_MAX {
            let message = format!("`user_context` nests deeper than {USER_CONTEXT_DEPTH_MAX}");
            return Err(Error::invalid("user_context", message));
        }
    }
    let bytes = serde_json::to_vec(context)
        .map_err(|e| Error::invalid("user_context", "`user_context` is not JSON").caused_by(e))?;
    if bytes.len() > USER_CONTEXT_BYTES_MAX {
        let message = format!("`user_context` is larger than {USER_CONTEXT_BYTES_MAX} bytes");
        return Err(Error::invalid("user_context", message));
    }
    if let Some(name) = &context.timezone {
        return TimeZone::get(name).map_err(|e| {
            let message = "`user_context.timezone` is not an IANA time zone such as Europe/Berlin";
            Error::invalid("user_context.timezone", message).caused_by(e)
        });
    }
    let callers = caller.timezone.as_deref().and_then(|name| TimeZone::get(name).ok());
    Ok(callers.unwrap_or_else(|| directory.timezone().clone()))
}

/// How deep a value nests; a scalar has depth 0. Bounded, because what is deeper is refused anyway.
fn depth(value: &Value) -> usize {
    fn within(value: &Value, left: usize) -> usize {
        if left == 0 {
            return 0;
        }
        match value {
            Value::Array(items) => 1 + items.iter().map(|v| within(v, left - 1)).max().unwrap_or(0),
            Value::Object(fields) => 1 + fields.values().map(|v| within(v, left - 1)).max().unwrap_or(0),
            _ => 0,
        }
    }
    within(value, USER_CONTEXT_DEPTH_MAX + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_of_any_language_pass_and_deceptive_characters_do_not() {
        assert_eq!(query("  What's on\tcamera-2?\n").unwrap(), "What's on camera-2?");
        assert_eq!(query("Wie viele Leute waren gestern da?").unwrap(), "Wie viele Leute waren gestern da?");
        assert_eq!(query(&"ü".repeat(QUERY_CHARS_MAX)).unwrap().chars().count(), QUERY_CHARS_MAX);
        for bad in [String::new(), " \n".into(), "a\u{0}b".into(), "a\u{202E}b".into(), "u".repeat(2_001)] {
            assert_eq!(query(&bad).unwrap_err().field.as_deref(), Some("query"), "{bad:?}");
        }
    }

    #[test]
    fn depth_counts_containers() {
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(depth(&value("1")), 0);
        assert_eq!(depth(&value(r#"{"a":{"b":1}}"#)), 2);
        assert_eq!(depth(&value("[[[[[[1]]]]]]")), USER_CONTEXT_DEPTH_MAX + 1);
    }
}
