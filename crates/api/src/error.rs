//! Errors as clients see them: `application/problem+json`, and the only map from the kind of an error
//! to a status.
//!
//! A [`Problem`] travels in the extensions of its response; [`Problem::render`] gives it its body once
//! the request is known. It never shows the cause of an internal error: that is logged there, once.

use std::{borrow::Cow, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use eps_domain::{Error, ErrorKind, Permission};
use jiff::Timestamp;
use serde::Serialize;

use crate::context::RequestContext;

/// Result of a handler.
pub(crate) type Result<T, E = Problem> = std::result::Result<T, E>;

/// The media type of every error.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// How long to wait before a retry of what says nothing itself.
const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(1);

/// The body of an error (RFC 9457), with the fields that older clients read.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = Problem, title = "Problem")]
pub struct ProblemBody<'a> {
    /// A URI that names the kind of problem; `about:blank` when the status says it all.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The phrase of the status.
    #[schema(example = "Not Found")]
    pub title: &'static str,
    /// The status.
    #[schema(example = 404)]
    pub status: u16,
    /// What is wrong, for people.
    #[schema(example = "no such conversation")]
    pub detail: &'a str,
    /// What is wrong, for programs.
    #[schema(example = "CONVERSATION_NOT_FOUND")]
    pub code: &'static str,
    /// Names the request in our logs.
    pub correlation_id: &'a str,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// When, RFC 3339.
    pub timestamp: Timestamp,
    /// The path of the request.
    #[schema(example = "/api/v1/conversation/0190/history")]
    pub path: &'a str,
    /// The same as `title`, for older clients.
    #[schema(example = "Not Found")]
    pub error: &'static str,
    /// The field that is wrong: `filters.from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'a str>,
    /// Seconds to wait before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// The limits that were exceeded: `burst`, `minute`.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub violated_policies: &'a [&'static str],
}

/// An error on its way to a client.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    detail: Cow<'static, str>,
    field: Option<String>,
    retry_after: Option<Duration>,
    is_retryable: bool,
    violated_policies: Vec<&'static str>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// For the log only.
    cause: Option<Arc<Error>>,
}

impl Problem {
    /// A problem of the HTTP surface itself.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let is_retryable =
            matches!(status.as_u16(), 408 | 429 | 503 | 504) || code == "IDEMPOTENCY_IN_PROGRESS";
        let retry_after =
            (is_retryable && status != StatusCode::GATEWAY_TIMEOUT).then_some(RETRY_AFTER_DEFAULT);
        Self(Box::new(Parts {
            status,
            code,
            detail: detail.into(),
            field: None,
            retry_after,
            is_retryable,
            violated_policies: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// A status that the router or the server gave without a body.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("ROUTE_NOT_FOUND", "there is no such route"),
            StatusCode::METHOD_NOT_ALLOWED => ("METHOD_NOT_ALLOWED", "the route does not take this method"),
            StatusCode::PAYLOAD_TOO_LARGE => ("BODY_TOO_LARGE", "the body is too large"),
            status if status.is_client_error() => ("BAD_REQUEST", "the request is malformed"),
            _ => ("INTERNAL_ERROR", "an internal error occurred"),
        };
        Self::new(status, code, detail)
    }

    /// 401. One body for every cause; `presented` says whether there was a token at all.
    pub fn unauthenticated(presented: bool) -> Self {
        let challenge = if presented { r#"Bearer error="invalid_token""# } else { "Bearer" };
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", "a valid bearer token is required")
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// Whether it is the 401.
    pub fn is_unauthenticated(&self) -> bool {
        self.status() == StatusCode::UNAUTHORIZED
    }

    /// 403 for a token without this permission.
    pub fn insufficient_scope(permission: Permission, error: Error) -> Self {
        let challenge = format!(r#"Bearer error="insufficient_scope", scope="{}""#, permission.as_str());
        let problem = Self::from(error);
        match HeaderValue::from_str(&challenge) {
            Ok(challenge) => problem.header(header::WWW_AUTHENTICATE, challenge),
            Err(_) => problem,
        }
    }

    /// 400 for a body that cannot be read at all.
    pub fn malformed(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MALFORMED_BODY", detail)
    }

    /// 422 naming the field.
    pub fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Self {
        Error::invalid(field, detail).into()
    }

    /// 429 of our limiter.
    pub fn rate_limited(retry_after: Duration, violated_policies: Vec<&'static str>) -> Self {
        let mut problem =
            Self::new(StatusCode::TOO_MANY_REQUESTS, "RATE_LIMITED", "more requests than the limit allows");
        problem.0.retry_after = Some(retry_after);
        problem.0.violated_policies = violated_policies;
        problem
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The body for one request.
    fn body<'a>(&'a self, context: &'a RequestContext, now: Timestamp) -> ProblemBody<'a> {
        let parts = &*self.0;
        let title = parts.status.canonical_reason().unwrap_or("Error");
        ProblemBody {
            kind: if parts.status == StatusCode::TOO_MANY_REQUESTS {
                "https://iana.org/assignments/http-problem-types#quota-exceeded"
            } else {
                "about:blank"
            },
            title,
            status: parts.status.as_u16(),
            detail: &parts.detail,
            code: parts.code,
            correlation_id: context.correlation_id(),
            retryable: parts.is_retryable,
            timestamp: now,
            path: &context.path,
            error: title,
            field: parts.field.as_deref(),
            retry_after: parts.retry_after.map(whole_seconds),
            violated_policies: &parts.violated_policies,
        }
    }

    /// The body as JSON.
    pub(crate) fn json(&self, context: &RequestContext, now: Timestamp) -> Vec<u8> {
        serde_json::to_vec(&self.body(context, now)).unwrap_or_default()
    }

    /// Logs what only we may know: the cause of what is not the client's fault.
    pub(crate) fn log(&self) {
        let Some(cause) = &self.0.cause else { return };
        let chain = Chain(cause.as_ref());
        if self.0.status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = self.0.code, cause = %chain, "internal error");
        } else {
            tracing::warn!(code = self.0.code, cause = %chain, "a dependency failed");
        }
    }

    /// Gives the response its body and logs the cause.
    pub(crate) fn render(&self, response: &mut Response, context: &RequestContext, now: Timestamp) {
        self.log();
        let body = self.json(context, now);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        *response.body_mut() = Body::from(body);
    }
}

/// Whole seconds, rounded up and never zero: a client that waits so long is let in.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// An error with all its sources in one line.
struct Chain<'a>(&'a Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = std::error::Error::source(self.0);
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

/// The one map from kind to status.
fn status_of(kind: ErrorKind) -> StatusCode {
    match kind {
        ErrorKind::InvalidInput => StatusCode::UNPROCESSABLE_ENTITY,
        ErrorKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorKind::Forbidden => StatusCode::FORBIDDEN,
        ErrorKind::NotFound => StatusCode::NOT_FOUND,
        ErrorKind::Conflict => StatusCode::CONFLICT,
        ErrorKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ErrorKind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
        ErrorKind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if error.kind == ErrorKind::Unauthenticated {
            return Self::unauthenticated(true);
        }
        let status = status_of(error.kind);
        let detail: Cow<'static, str> = if error.kind == ErrorKind::Internal {
            "an internal error occurred".into()
        } else {
            error.message.clone().into()
        };
        let waits = matches!(error.kind, ErrorKind::TooMany | ErrorKind::Unavailable | ErrorKind::Conflict);
        let retry_after = error.retry_after.or(waits.then_some(RETRY_AFTER_DEFAULT));
        Self(Box::new(Parts {
            status,
            code: error.code,
            detail,
            field: error.field.clone(),
            retry_after,
            is_retryable: error.is_retryable(),
            violated_policies: Vec::new(),
            headers: Vec::new(),
            cause: status.is_server_error().then(|| Arc::new(error)),
        }))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.0.status;
        for (name, value) in &self.0.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        if let Some(wait) = self.0.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
        }
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_internal_error_keeps_its_cause_to_itself() {
        let error = Error::internal("row 7 of /data/events.db").caused_by("disk I/O error");
        let problem = Problem::from(error);
        assert_eq!(problem.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let context = RequestContext { correlation_id: HeaderValue::from_static("c-1"), path: "/x".into() };
        let body = serde_json::to_string(&problem.body(&context, Timestamp::UNIX_EPOCH)).unwrap();
        assert!(!body.contains("row 7") && !body.contains("disk"), "{body}");
        assert!(Chain(problem.0.cause.as_ref().unwrap()).to_string().contains("events.db: disk I/O error"));
    }

    #[test]
    fn a_wait_is_rounded_up_and_never_zero() {
        assert_eq!(whole_seconds(Duration::ZERO), 1);
        assert_eq!(whole_seconds(Duration::from_millis(597)), 1);
        assert_eq!(whole_seconds(Duration::from_millis(1_001)), 2);
    }
}
