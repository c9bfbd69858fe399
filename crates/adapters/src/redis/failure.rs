//! Redis' errors as ours. Whoever calls the service learns that memory is out of order, never where it
//! lies; the cause goes to the log.

use std::time::Duration;

use ::redis::{ErrorKind, RedisError, ServerErrorKind};
use eps_domain::Error;

/// The code of this store's outages.
pub(super) const UNAVAILABLE: &str = "STORE_UNAVAILABLE";
/// The code of a store that has no room left.
const FULL: &str = "STORAGE_FULL";
/// What the reading script says of a conversation that has lost its turns.
const EVICTED: &str = "DATADAMAGED";
/// What servers say to an account without a right, from within a script.
const FORBIDDEN: [&str; 3] = ["NOPERM", "ACL failure in script", "executing the script can't"];
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

/// What of two errors helps who reads it. The attempt with the wrong kind of account is refused as a matter of course;
/// what the other one came to is what is wrong.
pub(super) fn telling(first: RedisError, second: RedisError) -> RedisError {
    let is_refusal = |error: &RedisError| {
        error.kind() == ErrorKind::AuthenticationFailed
            || matches!(error.code(), Some("NOAUTH" | "WRONGPASS" | "NOPERM"))
    };
    if is_refusal(&first) && !is_refusal(&second) { second } else { first }
}

/// The error of ours.
pub(super) fn translate(error: RedisError) -> Error {
    let code = error.code().unwrap_or_default().to_owned();
    if is_forbidden(&error) {
        let cause = format!("the account of REDIS_URL lacks a right that docs/redis.md names: {error}");
        return unavailable("the conversation store is out of order").caused_by(cause);
    }
    let translated = match (error.kind(), code.as_str()) {
        (_, EVICTED) => damaged("a conversation in Redis is damaged"),
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

/// Whether the account may not do what was asked. Within scripts servers wrap the code or have words of their own.
fn is_forbidden(error: &RedisError) -> bool {
    let is_plain = matches!(error.kind(), ErrorKind::Server(ServerErrorKind::NoPerm));
    is_plain || FORBIDDEN.iter().any(|words| says(error, words))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_accounts_what_the_right_one_met_is_told() {
        let refused = || RedisError::from((ErrorKind::AuthenticationFailed, "WRONGPASS"));
        let no_account = || RedisError::from((ErrorKind::Server(ServerErrorKind::NoPerm), "NOAUTH"));
        let no_group = || RedisError::from((ErrorKind::MasterNameNotFoundBySentinel, "no such group"));
        for (first, second, told) in [
            (refused(), no_group(), ErrorKind::MasterNameNotFoundBySentinel),
            (no_group(), refused(), ErrorKind::MasterNameNotFoundBySentinel),
            (no_group(), no_account(), ErrorKind::MasterNameNotFoundBySentinel),
            (refused(), no_account(), ErrorKind::AuthenticationFailed),
        ] {
            assert_eq!(telling(first, second).kind(), told);
        }
    }
}
