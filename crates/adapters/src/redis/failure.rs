//! Redis' errors as ours. Whoever calls the service learns that memory is out of order, never where it
//! lies; the cause goes to the log.

use std::time::Duration;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};
use eps_domain::Error;

/// The code of this store's outages.
pub(super) const UNAVAILABLE: &str = "STORE_UNAVAILABLE";
/// The code of a store that has no room left.
const FULL: &str = "STORAGE_FULL";
/// Room does not come back in seconds.
const FULL_RETRY_AFTER: Duration = Duration::from_secs(30);

/// What an error says about the command and about the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The connection is no longer of use, and whether the command was executed is not known.
    Broken,
    /// The command was certainly not executed, and another server may be the right one by now.
    Elsewhere,
    /// The script is not known there and was certainly not executed.
    NoScript,
    /// An answer like any other.
    Final,
}

/// What to make of an error.
pub(super) fn judge(error: &RedisError) -> Verdict {
    match error.kind() {
        ErrorKind::Server(ServerErrorKind::NoScript) => Verdict::NoScript,
        ErrorKind::Server(
            ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown | ServerErrorKind::BusyLoading,
        ) => Verdict::Elsewhere,
        ErrorKind::Io | ErrorKind::Parse => Verdict::Broken,
        // Within scripts some servers wrap the code: "ERR READONLY You can't write …".
        _ if says(error, "READONLY ") => Verdict::Elsewhere,
        _ if error.is_unrecoverable_error() => Verdict::Broken,
        _ => Verdict::Final,
    }
}

/// The error of ours.
pub(super) fn translate(error: RedisError) -> Error {
    let code = error.code().unwrap_or_default().to_owned();
    let translated = match (error.kind(), code.as_str()) {
        (_, "OOM" | "MISCONF") => full(),
        _ if says(&error, "OOM ") || says(&error, "MISCONF ") => full(),
        (_, "WRONGTYPE") => Error::internal("a record in Redis has another shape than ours"),
        (
            ErrorKind::Server(
                ServerErrorKind::ResponseError | ServerErrorKind::CrossSlot | ServerErrorKind::ExecAbort,
            )
            | ErrorKind::UnexpectedReturnType
            | ErrorKind::Client
            | ErrorKind::InvalidClientConfig,
            _,
        ) if judge(&error) == Verdict::Final => Error::internal("Redis refuses what we send"),
        _ => unavailable("the conversation store is out of order"),
    };
    translated.caused_by(error)
}

/// An outage.
pub(super) fn unavailable(message: &str) -> Error {
    Error::unavailable(UNAVAILABLE, message)
}

/// A reply of a shape that our scripts never give.
pub(super) fn odd_reply(error: ::redis::ParsingError) -> Error {
    Error::internal("Redis answers in another shape than asked").caused_by(error)
}

/// A record that cannot be what we wrote.
pub(super) fn damaged(what: &'static str) -> Error {
    Error { code: "DATA_DAMAGED", ..Error::internal(what) }
}

fn full() -> Error {
    Error::unavailable(FULL, "the conversation store is full").retry_after(FULL_RETRY_AFTER)
}

/// Whether the message holds a code that is not at its beginning.
fn says(error: &RedisError, code: &str) -> bool {
    error.detail().is_some_and(|detail| detail.contains(code))
}
