//! The one error of the service.
//!
//! Adapters translate foreign errors into it where they arise and keep the source; `api/error.rs`
//! is the only place that turns a kind into a status. Nothing here knows HTTP.

use std::time::Duration;

/// What went wrong, as far as a caller can act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The request is well formed but says something that cannot be; names the field.
    InvalidInput,
    /// No valid token.
    Unauthenticated,
    /// A valid token without the permission.
    Forbidden,
    /// It does not exist, or it is another's: callers cannot tell which.
    NotFound,
    /// It clashes with what is going on (two turns at once, a key in flight).
    Conflict,
    /// Our own limiter said no.
    TooMany,
    /// Something that we depend on is out of order; trying again may help.
    Unavailable,
    /// A deadline passed.
    Timeout,
    /// A defect of ours, or damaged data. The cause goes to the log, never to the caller.
    Internal,
}

/// A kind, a stable code, a message for people and, where there is one, the cause.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What a caller can do about it.
    pub kind: ErrorKind,
    /// Stable, upper case, for programs: `CONVERSATION_NOT_FOUND`.
    pub code: &'static str,
    /// Lower case, no full stop, names the input.
    pub message: String,
    /// The field of the request that is wrong, as a path: `filters.from`.
    pub field: Option<String>,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// The foreign error behind this one.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// Result with the error of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a kind, with a code and a message.
    pub fn new(kind: ErrorKind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), field: None, retry_after: None, source: None }
    }

    /// `InvalidInput` that names the field.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        let mut error = Self::new(ErrorKind::InvalidInput, "INVALID_INPUT", message);
        error.field = Some(field.into());
        error
    }

    /// `NotFound` with the code of the thing that is missing.
    pub fn not_found(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, code, message)
    }

    /// `Unavailable` with the code of the dependency; callers may try again in two seconds.
    pub fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unavailable, code, message).retry_after(Duration::from_secs(2))
    }

    /// `Internal`; the message is for the log only.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, "INTERNAL_ERROR", message)
    }

    /// Keeps the cause.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Says how long to wait.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::TooMany | ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::Conflict
        )
    }
}
