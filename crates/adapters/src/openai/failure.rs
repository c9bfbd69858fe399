//! What a failed call means for the key, for the next attempt and for the caller. Only machine-readable
//! codes of a provider are repeated; its prose may hold a part of the key or of the prompt.

use eps_domain::{
    Clock as _, Error, ErrorKind,
    chat_model::{CONTEXT_TOO_LARGE, LLM_REFUSED, LLM_REJECTED},
};
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::{keys::COOL_DOWN_DEFAULT, not_taken::Feature, patience, said::Said};
use crate::clock::SystemClock;

/// Why an attempt failed, and what the provider said of it.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) means: Means,
    pub(super) error: Error,
    pub(super) said: Option<Box<Said>>,
}

/// What a failure means for the next attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// This key must rest as long as the error says; another can go on at once.
    Busy,
    /// This key is refused; another can go on at once.
    Refused,
    /// This key did not work, and nobody knows whether it is the key: another may go on at once, none rests.
    Elsewhere,
    /// It may work next time, best elsewhere.
    Passing,
    /// It would fail the same way again.
    Final,
    /// The same, unless the request asks for less: some servers do not say what they do not take.
    Rejected,
    /// The same, and this is what they do not take.
    NotTaken(Feature),
}

impl Failure {
    pub(super) fn new(means: Means, error: Error) -> Self {
        Self { means, error, said: None }
    }

    pub(super) fn passing(error: Error) -> Self {
        Self::new(Means::Passing, error)
    }

    pub(super) fn last(error: Error) -> Self {
        Self::new(Means::Final, error)
    }

    fn saying(mut self, said: Said) -> Self {
        self.said = Some(Box::new(said));
        self
    }
}

/// Translates an HTTP status with its body.
pub(super) fn of_status(
    code: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Value,
) -> Failure {
    let said = Said::of(body, Some(status.as_u16()));
    let message = format!("the provider answered {}{}", status.as_u16(), said.suffix());
    let error = || Error::unavailable(code, message.clone());
    let busy = |wait| Failure::new(Means::Busy, error().retry_after(wait));
    // What may be about this one request, and says so in its words.
    let is_about_request = matches!(status.as_u16(), 400 | 403 | 404 | 413 | 415 | 422 | 451 | 500 | 501);
    let failure = match (status.as_u16(), said.not_taken()) {
        (413, _) => Failure::last(too_long()),
        _ if is_about_request && said.is_too_long() => Failure::last(too_long()),
        _ if is_about_request && said.is_refusal() => Failure::last(refusal(&said)),
        (401 | 402, _) => Failure::new(Means::Refused, error()),
        _ if said.is_about_key() => Failure::new(Means::Refused, error()),
        (403, _) if said.is_about_rights() => Failure::new(Means::Refused, error()),
        (403, _) => Failure::new(Means::Elsewhere, rejection(message)),
        (429, _) => busy(patience::told(headers, SystemClock.now()).unwrap_or(COOL_DOWN_DEFAULT)),
        (400 | 404 | 415 | 422 | 500 | 501, Some(feature)) => {
            Failure::new(Means::NotTaken(feature), rejection(message))
        }
        (400 | 415 | 422 | 501, None) => Failure::new(Means::Rejected, rejection(message)),
        (500..=599, _) if let Some(wait) = patience::retry_after(headers) => busy(wait),
        (408 | 409 | 425 | 500..=599, _) => Failure::passing(error()),
        _ => Failure::last(error()),
    };
    failure.saying(said)
}

/// Translates an error that a provider sends inside a stream that began well.
pub(super) fn in_band(code: &'static str, error: &Value) -> Failure {
    let said = Said::of(error, None);
    let message = format!("the provider broke off{}", said.suffix());
    let error = || Error::unavailable(code, message.clone());
    let failure = match (said.own_status(), said.not_taken()) {
        _ if said.is_too_long() => Failure::last(too_long()),
        _ if said.is_refusal() => Failure::last(refusal(&said)),
        (Some(401 | 402), _) => Failure::new(Means::Refused, error()),
        _ if said.is_about_key() => Failure::new(Means::Refused, error()),
        _ if said.is_rate() => Failure::new(Means::Busy, error().retry_after(COOL_DOWN_DEFAULT)),
        (_, Some(feature)) => Failure::new(Means::NotTaken(feature), rejection(message)),
        (Some(400 | 422), None) => Failure::new(Means::Rejected, rejection(message)),
        _ if said.is_failed_call() => Failure::new(Means::Rejected, rejection(message)),
        _ => Failure::passing(error()),
    };
    failure.saying(said)
}

/// Translates an error of the connection.
pub(super) fn of_transport(code: &'static str, error: reqwest::Error) -> Failure {
    // The address may hold what an operator calls internal.
    let error = error.without_url();
    let message =
        if error.is_timeout() { "the provider took too long" } else { "the provider cannot be reached" };
    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Unavailable };
    Failure::passing(Error::new(kind, code, message).caused_by(error))
}

/// A bound of ours passed.
pub(super) fn timed_out(code: &'static str, what: &str) -> Failure {
    Failure::passing(Error::new(ErrorKind::Timeout, code, format!("the provider sent {what} in time")))
}

/// The same of a model that says nothing: whoever waits has waited enough, and another may have to be asked.
pub(super) fn silent(code: &'static str, what: &str) -> Failure {
    Failure { means: Means::Final, ..timed_out(code, what) }
}

fn too_long() -> Error {
    let message = "the prompt is longer than the model can read";
    Error::new(ErrorKind::InvalidInput, CONTEXT_TOO_LARGE, message)
}

fn refusal(said: &Said) -> Error {
    let message = format!("the provider does not want to answer this prompt{}", said.suffix());
    Error::new(ErrorKind::InvalidInput, LLM_REFUSED, message)
}

/// The provider takes no such request: no word about others, for which it may well work.
pub(super) fn rejection(message: String) -> Error {
    Error::new(ErrorKind::InvalidInput, LLM_REJECTED, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn classify(status: u16, body: &Value) -> (Means, &'static str) {
        let status = StatusCode::from_u16(status).unwrap();
        let failure = of_status("LLM_UNAVAILABLE", status, &HeaderMap::new(), body);
        (failure.means, failure.error.code)
    }

    #[test]
    fn each_fault_is_told_apart() {
        const DOWN: &str = "LLM_UNAVAILABLE";
        for (status, error, means, code) in [
            (429, Value::Null, Means::Busy, DOWN),
            (429, json!({"code": "insufficient_quota"}), Means::Refused, DOWN),
            (401, Value::Null, Means::Refused, DOWN),
            (402, json!({"message": "Insufficient Balance"}), Means::Refused, DOWN),
            (403, json!({"code": "permission_denied"}), Means::Refused, DOWN),
            (403, json!({"message": "Your API key has no access to this model"}), Means::Refused, DOWN),
            (403, Value::Null, Means::Elsewhere, LLM_REJECTED),
            (403, json!({"message": "your input was flagged", "code": 403}), Means::Final, LLM_REFUSED),
            (403, json!({"code": 403, "metadata": {"reasons": ["violence"]}}), Means::Final, LLM_REFUSED),
            (400, json!({"code": "content_filter"}), Means::Final, LLM_REFUSED),
            (400, json!({"innererror": {"code": "ResponsibleAIPolicyViolation"}}), Means::Final, LLM_REFUSED),
            (400, json!({"code": "content_policy_violation"}), Means::Final, LLM_REFUSED),
            (400, json!({"details": [{"reason": "API_KEY_INVALID"}]}), Means::Refused, DOWN),
            (400, json!({"code": "context_length_exceeded"}), Means::Final, CONTEXT_TOO_LARGE),
            (400, json!({"type": "exceed_context_size_error", "code": 400}), Means::Final, CONTEXT_TOO_LARGE),
            (500, json!({"message": "context shift is disabled"}), Means::Final, CONTEXT_TOO_LARGE),
            (413, Value::Null, Means::Final, CONTEXT_TOO_LARGE),
            (503, Value::Null, Means::Passing, DOWN),
            (404, Value::Null, Means::Final, DOWN),
            (400, Value::Null, Means::Rejected, LLM_REJECTED),
            (400, json!({"code": "tool_use_failed"}), Means::Rejected, LLM_REJECTED),
            (
                500,
                json!({"message": "tools param requires --jinja flag"}),
                Means::NotTaken(Feature::Tools),
                LLM_REJECTED,
            ),
            (
                404,
                json!({"message": "No endpoints found that support tool use"}),
                Means::NotTaken(Feature::Tools),
                LLM_REJECTED,
            ),
        ] {
            assert_eq!(classify(status, &json!({"error": error})), (means, code), "{status} {error}");
            assert_eq!(classify(status, &json!([{"error": error}])), (means, code), "{status} {error}");
        }
        for (error, means) in [
            (json!("overloaded"), Means::Passing),
            (json!({"type": "rate_limit_error"}), Means::Busy),
            (json!({"code": "tool_use_failed", "message": "Failed to call a function."}), Means::Rejected),
            (json!({"code": "content_filter"}), Means::Final),
            (json!({"message": "the prompt exceeds the context window"}), Means::Final),
        ] {
            assert_eq!(in_band("C", &error).means, means, "{error}");
        }
        let headers = HeaderMap::from_iter([(reqwest::header::RETRY_AFTER, "20".parse().unwrap())]);
        let busy = of_status("C", StatusCode::SERVICE_UNAVAILABLE, &headers, &Value::Null);
        assert_eq!((busy.means, busy.error.retry_after.map(|wait| wait.as_secs())), (Means::Busy, Some(20)));
    }

    #[test]
    fn the_prose_of_a_provider_is_not_repeated() {
        let body = json!({"error": {"code": "invalid_api_key", "message": "Incorrect API key: sk-live-1"}});
        let failure = of_status("LLM_UNAVAILABLE", StatusCode::UNAUTHORIZED, &HeaderMap::new(), &body);
        assert_eq!(failure.error.message, "the provider answered 401 (invalid_api_key)");
    }
}
