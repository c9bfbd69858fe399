//! What goes wrong with Weaviate, in the terms of the port. A caller is told that search is out of order,
//! never that there were no events, and never where Weaviate is or what it said: that is for the log.

use std::fmt::Write as _;

use eps_domain::{Error, ErrorKind};
use serde_json::Value;

use crate::late::Late;

/// Code of the error that a tenant does not exist yet; it never leaves this folder.
pub(super) const NO_TENANT: &str = "WEAVIATE_NO_TENANT";
/// Code of the port for a store that does not answer.
const SEARCH_UNAVAILABLE: &str = "SEARCH_UNAVAILABLE";

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum CallError {
    Transport(reqwest::Error),
    Malformed(serde_json::Error),
    TooLong,
}

impl CallError {
    pub(super) fn is_timeout(&self) -> bool {
        matches!(self, Self::Transport(error) if error.is_timeout() && !error.is_connect())
    }
}

impl From<reqwest::Error> for CallError {
    fn from(error: reqwest::Error) -> Self {
        // The address may not hold a key, but it is not for every log either.
        Self::Transport(error.without_url())
    }
}

/// No usable answer came.
pub(super) fn of_transport(base_url: &str, error: CallError) -> Error {
    let is_late = error.is_timeout();
    match error {
        CallError::Malformed(error) => unreadable("an answer that is not JSON").caused_by(error),
        CallError::TooLong => unreadable("an answer that is too long"),
        CallError::Transport(error) => {
            let mut cause = format!("Weaviate at {base_url}: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(error) = source {
                let _ = write!(cause, ": {error}");
                source = error.source();
            }
            let outage = |told| Error::unavailable(SEARCH_UNAVAILABLE, format!("the event store {told}"));
            if is_late {
                outage("does not answer in time").caused_by(Late(cause))
            } else {
                outage("cannot be reached").caused_by(cause)
            }
        }
    }
}

/// An answer that is not what Weaviate promises.
pub(super) fn unreadable(what: &str) -> Error {
    out_of_order(format!("Weaviate gave {what}"))
}

/// A collection that was there at the start and is not any more.
pub(super) fn missing(what: &str) -> Error {
    out_of_order(format!("{what}: restart the service, which makes it anew"))
}

/// What callers are told of whatever only operators can mend. Messages of Weaviate name its machines.
fn out_of_order(cause: String) -> Error {
    Error::unavailable(SEARCH_UNAVAILABLE, "the event store is out of order").caused_by(cause)
}

/// A status that says no.
pub(super) fn of_status(status: u16, body: &Value) -> Error {
    let said = said(body);
    match status {
        401 => out_of_order(format!("Weaviate refuses WEAVIATE_API_KEY (401): {said}")),
        403 => out_of_order(format!("WEAVIATE_API_KEY lacks a permission that is needed (403): {said}")),
        _ => of_message(&format!("{status}: {said}")),
    }
}

/// The errors of a GraphQL answer, whether or not there is data beside them.
pub(super) fn of_graphql(errors: &[Value]) -> Error {
    let first = errors.first().map(said).unwrap_or_default();
    of_message(&first)
}

/// What a message means; Weaviate has no codes.
pub(super) fn of_message(message: &str) -> Error {
    let lower = message.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if says(&["tenant not found"]) {
        return Error::new(ErrorKind::NotFound, NO_TENANT, message);
    }
    if says(&["read-only", "readonly", "read only", "no space left", "disk is full"]) {
        let told = "the event store takes no writes";
        return Error::unavailable("STORAGE_FULL", told).caused_by(format!("Weaviate says {message}"));
    }
    if says(&["no graphql provider", "graphql is disabled", "graphql api is disabled"]) {
        return out_of_order("GraphQL is switched off in Weaviate: set DISABLE_GRAPHQL=false there".into());
    }
    if says(&["forbidden", "unauthorized"]) {
        return out_of_order(format!("WEAVIATE_API_KEY lacks a permission that is needed: {message}"));
    }
    out_of_order(format!("Weaviate says {message}"))
}

/// The message in a body, whatever its shape, cut short.
fn said(body: &Value) -> String {
    let found = match body {
        Value::Object(_) => {
            let in_list = body["error"][0]["message"].as_str();
            in_list.or(body["message"].as_str()).map_or_else(|| body.to_string(), str::to_owned)
        }
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut short: String = found.chars().take(300).collect();
    if short.len() < found.len() {
        let _ = write!(short, " …");
    }
    short
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What the caller hears, and what the log holds.
    fn told_and_logged(error: &Error) -> (String, String) {
        (error.message.clone(), error.source.as_ref().map(ToString::to_string).unwrap_or_default())
    }

    #[tokio::test]
    async fn where_weaviate_is_and_what_it_says_is_for_the_log_only() {
        let refused = reqwest::get("http://127.0.0.1:9/v1/meta").await.unwrap_err();
        let base_url = "http://weaviate.internal:8080";
        let message = json!({"message": "shard at 10.0.0.7:7101: weaviate.internal is away"});
        let full = json!({"error": [{"message": "store is read-only on weaviate.internal"}]});
        for error in [
            of_transport(base_url, refused.into()),
            of_status(401, &message),
            of_status(403, &message),
            of_status(500, &message),
            of_status(500, &full),
            of_graphql(std::slice::from_ref(&message)),
        ] {
            let (told, logged) = told_and_logged(&error);
            assert!(told.starts_with("the event store "), "{told}");
            assert!(!told.contains("weaviate.internal") && !told.contains("10.0.0.7"), "{told}");
            assert!(logged.contains("weaviate.internal"), "{logged}");
        }
    }
}
