//! What goes wrong with Weaviate, in the terms of the port. A caller is told that search is out of order,
//! never that there were no events.

use std::fmt::Write as _;

use eps_domain::{Error, ErrorKind};
use serde_json::Value;

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
    let why = if error.is_timeout() { "does not answer in time" } else { "cannot be reached" };
    let unavailable = Error::unavailable(SEARCH_UNAVAILABLE, format!("Weaviate at {base_url} {why}"));
    match error {
        CallError::Transport(error) => unavailable.caused_by(error),
        CallError::Malformed(error) => unreadable("an answer that is not JSON").caused_by(error),
        CallError::TooLong => unreadable("an answer that is too long"),
    }
}

/// An answer that is not what Weaviate promises.
pub(super) fn unreadable(what: &str) -> Error {
    Error::unavailable(SEARCH_UNAVAILABLE, format!("Weaviate gave {what}"))
}

/// A status that says no.
pub(super) fn of_status(status: u16, body: &Value) -> Error {
    let said = said(body);
    match status {
        401 => {
            Error::unavailable(SEARCH_UNAVAILABLE, format!("Weaviate refuses WEAVIATE_API_KEY (401): {said}"))
        }
        403 => Error::unavailable(
            SEARCH_UNAVAILABLE,
            format!("WEAVIATE_API_KEY lacks a permission that is needed (403): {said}"),
        ),
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
        return Error::unavailable("STORAGE_FULL", format!("Weaviate takes no writes: {message}"));
    }
    if says(&["no graphql provider", "graphql is disabled", "graphql api is disabled"]) {
        let told = "GraphQL is switched off in Weaviate: set DISABLE_GRAPHQL=false there";
        return Error::unavailable(SEARCH_UNAVAILABLE, told);
    }
    if says(&["forbidden", "unauthorized"]) {
        let told = format!("WEAVIATE_API_KEY lacks a permission that is needed: {message}");
        return Error::unavailable(SEARCH_UNAVAILABLE, told);
    }
    Error::unavailable(SEARCH_UNAVAILABLE, format!("Weaviate says {message}"))
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
