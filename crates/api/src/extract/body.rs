//! Bodies of requests: bounded in size and time, JSON by grammar (400) and by meaning (422 naming the
//! field), and the idempotency key that came with them.
//!
//! Must never decode a content encoding: a few bytes could become gigabytes.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::strict;
use crate::{
    app::App,
    error::{Problem, Result},
};

/// The longest `Idempotency-Key`.
const KEY_BYTES_MAX: usize = 255;

/// A JSON body with what makes a repetition of the request recognisable.
pub(crate) struct IdempotentBody<T> {
    /// The body.
    pub(crate) value: T,
    /// The client's `Idempotency-Key`.
    pub(crate) key: Option<String>,
    /// SHA-256 of the bytes; zero when there is no key.
    pub(crate) fingerprint: [u8; 32],
}

impl<T> IdempotentBody<T> {
    /// Puts a value to the key and fingerprint of a request.
    ///
    /// # Errors
    /// 400 for a malformed key.
    pub(crate) fn new(headers: &HeaderMap, bytes: &[u8], value: T) -> Result<Self> {
        let key = idempotency_key(headers)?;
        let fingerprint = if key.is_some() { Sha256::digest(bytes).into() } else { [0; 32] };
        Ok(Self { value, key, fingerprint })
    }
}

impl<T: DeserializeOwned> FromRequest<Arc<App>> for IdempotentBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self> {
        let (parts, body) = request.into_parts();
        if !media_type(&parts.headers).is_some_and(is_json) {
            return Err(unsupported("the body must be application/json"));
        }
        let bytes = read_body(app, &parts.headers, body, app.settings.body_bytes_max).await?;
        let value = strict::parse(&bytes).map_err(Problem::malformed)?;
        if !value.is_object() {
            return Err(Problem::invalid("body", "the body must be a JSON object"));
        }
        let value = strict::typed(value).map_err(|(field, why)| Problem::invalid(field, why))?;
        Self::new(&parts.headers, &bytes, value)
    }
}

/// Reads a body, never more than `bytes_max` of it and never longer than the settings allow.
///
/// # Errors
/// 413, 415 for an encoded one, 408 for a slow one, 400 for one that breaks off.
pub(crate) async fn read_body(app: &App, headers: &HeaderMap, body: Body, bytes_max: usize) -> Result<Bytes> {
    if headers.get(header::CONTENT_ENCODING).is_some_and(|e| !e.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(unsupported("an encoded body is not taken"));
    }
    let too_large = || {
        let detail = format!("the body is larger than {bytes_max} bytes");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", detail)
            .header(header::CONNECTION, HeaderValue::from_static("close"))
    };
    let declared = headers.get(header::CONTENT_LENGTH).and_then(|l| l.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|length| length > bytes_max as u64) {
        return Err(too_large());
    }
    let whole = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(app.settings.body_read_deadline, whole).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(e)) if e.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Problem::malformed("the body broke off")),
        Err(_) => {
            let detail = "the body did not arrive in time";
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "BODY_TOO_SLOW", detail)
                .header(header::CONNECTION, HeaderValue::from_static("close")))
        }
    }
}

/// 415.
pub(crate) fn unsupported(detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", detail)
}

/// The media type without its parameters.
pub(crate) fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim())
}

/// `application/json` and `application/*+json`.
pub(crate) fn is_json(media_type: &str) -> bool {
    let Some((kind, subtype)) = media_type.split_once('/') else { return false };
    kind.eq_ignore_ascii_case("application")
        && (subtype.eq_ignore_ascii_case("json") || subtype.to_ascii_lowercase().ends_with("+json"))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    if key.is_empty() || key.len() > KEY_BYTES_MAX || !key.bytes().all(|b| b.is_ascii_graphic()) {
        let detail = "`Idempotency-Key` must be 1 to 255 visible ASCII characters";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "MALFORMED_IDEMPOTENCY_KEY", detail));
    }
    Ok(Some(key.to_owned()))
}
