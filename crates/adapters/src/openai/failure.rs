//! What a failed call means for the key, for the next attempt and for the caller. Only machine-readable
//! codes of a provider are repeated; its prose may hold a part of the key or of the prompt.

use std::time::Duration;

use eps_domain::{Error, ErrorKind};
use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::{StatusCode, header::HeaderMap};
use serde_json::Value;

use super::keys::COOL_DOWN_DEFAULT;

/// The longest code of a provider that is repeated.
const CODE_CHARS_MAX: usize = 64;

/// Why an attempt failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// This key must rest; another can go on at once.
    Busy(Duration),
    /// This key is refused; another can go on at once.
    Refused(Error),
    /// It may work next time, best elsewhere.
    Passing(Error),
    /// It would fail the same way again.
    Final(Error),
    /// The same, unless the request asks for less: some servers know no tools.
    Rejected(Error),
}

/// Translates an HTTP status with its body.
pub(super) fn of_status(
    code: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &Value,
) -> Failure {
    let detail = Detail::of(body);
    let message = format!("the provider answered {}{}", status.as_u16(), detail.suffix());
    let error = || Error::unavailable(code, message.clone());
    match status.as_u16() {
        _ if detail.is_too_long() => Failure::Final(too_long()),
        413 => Failure::Final(too_long()),
        _ if detail.is_out_of_quota() => Failure::Refused(error()),
        401..=403 => Failure::Refused(error()),
        429 => Failure::Busy(patience(headers)),
        400 | 415 | 422 | 501 => Failure::Rejected(error()),
        500..=599 if detail.is_about_tools() => Failure::Rejected(error()),
        408 | 409 | 425 | 500..=599 => Failure::Passing(error()),
        _ => Failure::Final(error()),
    }
}

/// Translates an error that a provider sends inside a stream that began well.
pub(super) fn in_band(code: &'static str, error: &Value) -> Failure {
    let detail = Detail::of_error(error);
    let message = format!("the provider broke off{}", detail.suffix());
    if detail.is_too_long() {
        Failure::Final(too_long())
    } else if detail.is_out_of_quota() {
        Failure::Refused(Error::unavailable(code, message))
    } else if detail.has(&["rate_limit"]) || detail.code == "429" {
        Failure::Busy(COOL_DOWN_DEFAULT)
    } else {
        Failure::Passing(Error::unavailable(code, message))
    }
}

/// Translates an error of the connection.
pub(super) fn of_transport(code: &'static str, error: reqwest::Error) -> Failure {
    // The address may hold what an operator calls internal.
    let error = error.without_url();
    let message =
        if error.is_timeout() { "the provider took too long" } else { "the provider cannot be reached" };
    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Unavailable };
    Failure::Passing(Error::new(kind, code, message).caused_by(error))
}

/// A bound of ours passed.
pub(super) fn timed_out(code: &'static str, what: &str) -> Failure {
    Failure::Passing(Error::new(ErrorKind::Timeout, code, format!("the provider sent {what} in time")))
}

fn too_long() -> Error {
    let message = "the prompt is longer than the model can read";
    Error::new(ErrorKind::InvalidInput, "CONTEXT_TOO_LARGE", message)
}

/// The machine-readable part of a provider's error, and its prose for comparison only.
struct Detail {
    code: String,
    kind: String,
    prose: String,
}

impl Detail {
    fn of(body: &Value) -> Self {
        Self::of_error(body.get("error").unwrap_or(body))
    }

    fn of_error(error: &Value) -> Self {
        let text = |name: &str| match error.get(name) {
            Some(Value::String(text)) => text.to_ascii_lowercase(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let prose = error.as_str().map_or_else(|| text("message"), str::to_ascii_lowercase);
        Self { code: text("code"), kind: text("type"), prose }
    }

    fn has(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.code.contains(word) || self.kind.contains(word))
    }

    fn is_out_of_quota(&self) -> bool {
        self.has(&["insufficient_quota", "billing", "account_deactivated", "invalid_api_key"])
    }

    fn is_too_long(&self) -> bool {
        self.has(&["context_length_exceeded", "exceed_context_size"])
            || ["maximum context length", "exceeds the available context size"]
                .iter()
                .any(|words| self.prose.contains(words))
    }

    fn is_about_tools(&self) -> bool {
        self.has(&["tool"]) || ["tools", "tool_choice", "tool choice"].iter().any(|w| self.prose.contains(w))
    }

    fn suffix(&self) -> String {
        // Codes are words; whatever has a digit or a dash in it could be a key that is echoed.
        let is_plain = |c: char| c.is_ascii_lowercase() || c == '_';
        let code = if self.code.is_empty() { &self.kind } else { &self.code };
        if code.is_empty() || code.len() > CODE_CHARS_MAX || !code.chars().all(is_plain) {
            return String::new();
        }
        format!(" ({code})")
    }
}

/// How long a provider asks us to wait: `Retry-After` as seconds or as a date (told from its own `Date`,
/// so that no clock matters), else the `x-ratelimit-reset-*` of what is used up.
fn patience(headers: &HeaderMap) -> Duration {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let told = text("retry-after").and_then(|wait| {
        wait.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).or_else(|| {
            let parse = |date: &str| DateTimeParser::new().parse_timestamp(date).ok();
            (parse(wait)? - parse(text("date")?)?)
                .total(jiff::Unit::Second)
                .ok()
                .and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok())
        })
    });
    let reset = || {
        ["requests", "tokens"]
            .into_iter()
            .filter(|what| text(&format!("x-ratelimit-remaining-{what}")).is_none_or(|left| left == "0"))
            .filter_map(|what| duration(text(&format!("x-ratelimit-reset-{what}"))?))
            .max()
    };
    told.or_else(reset).unwrap_or(COOL_DOWN_DEFAULT)
}

/// Durations as providers write them: `1s`, `6m0s`, `20ms`, `1h2m3.5s`, or plain seconds.
fn duration(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let mut total = Duration::ZERO;
    let mut rest = text;
    while !rest.is_empty() {
        let number_len = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, unit_on) = rest.split_at(number_len);
        let unit_len = unit_on.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(unit_on.len());
        let (unit, next) = unit_on.split_at(unit_len);
        let seconds = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        let part = Duration::try_from_secs_f64(number.parse::<f64>().ok()? * seconds).ok()?;
        total = total.checked_add(part)?;
        rest = next;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn patience_is_read_from_whatever_the_provider_says() {
        for (pairs, millis) in [
            (&[("retry-after", "30")][..], 30_000),
            (&[("retry-after", "0.5")], 500),
            (
                &[
                    ("retry-after", "Wed, 21 Oct 2026 07:28:20 GMT"),
                    ("date", "Wed, 21 Oct 2026 07:28:00 GMT"),
                ],
                20_000,
            ),
            (&[("retry-after", "Wed, 21 Oct 2026 07:28:20 GMT")], 5_000),
            (&[("retry-after", "-3"), ("x-ratelimit-reset-requests", "20ms")], 20),
            (&[("x-ratelimit-reset-requests", "1s"), ("x-ratelimit-reset-tokens", "6m0s")], 360_000),
            (
                &[
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "1.5s"),
                    ("x-ratelimit-remaining-tokens", "900"),
                    ("x-ratelimit-reset-tokens", "6m0s"),
                ],
                1_500,
            ),
            (&[("x-ratelimit-reset-tokens", "soon")], 5_000),
            (&[], 5_000),
        ] {
            assert_eq!(patience(&headers(pairs)), Duration::from_millis(millis), "{pairs:?}");
        }
    }

    #[test]
    fn each_fault_is_told_apart() {
        let classify = |status: u16, body: Value| {
            of_status("LLM_UNAVAILABLE", StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), &body)
        };
        let quota = json!({"error": {"code": "insufficient_quota", "message": "You exceeded"}});
        let context = json!({"error": {"code": "context_length_exceeded"}});
        let llama = json!({"error": {"type": "exceed_context_size_error", "code": 400}});
        assert!(matches!(classify(429, Value::Null), Failure::Busy(_)));
        assert!(matches!(classify(429, quota), Failure::Refused(_)));
        assert!(matches!(classify(401, Value::Null), Failure::Refused(_)));
        assert!(matches!(classify(503, Value::Null), Failure::Passing(_)));
        assert!(matches!(classify(404, Value::Null), Failure::Final(e) if e.kind == ErrorKind::Unavailable));
        for body in [context, llama] {
            assert!(matches!(classify(400, body), Failure::Final(e) if e.code == "CONTEXT_TOO_LARGE"));
        }
        let no_tools = json!({"error": {"message": "tools param requires --jinja flag"}});
        assert!(matches!(classify(500, no_tools), Failure::Rejected(_)));
        assert!(matches!(classify(400, Value::Null), Failure::Rejected(_)));
        assert!(matches!(in_band("C", &json!("overloaded")), Failure::Passing(_)));
        assert!(matches!(in_band("C", &json!({"type": "rate_limit_error"})), Failure::Busy(_)));
    }

    #[test]
    fn the_prose_of_a_provider_is_not_repeated() {
        let body = json!({"error": {"code": "invalid_api_key", "message": "Incorrect API key: sk-live-1"}});
        let Failure::Refused(error) =
            of_status("LLM_UNAVAILABLE", StatusCode::UNAUTHORIZED, &HeaderMap::new(), &body)
        else {
            panic!("a wrong key is refused");
        };
        assert_eq!(error.message, "the provider answered 401 (invalid_api_key)");
    }
}
