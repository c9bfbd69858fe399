//! What the errors of the database mean to callers.

use eps_domain::{Error, ErrorKind};

/// Translates what SQLite says: full or failing storage may recover, damage does not.
pub(in super::super) fn storage_error(error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{
        CannotOpen, DatabaseCorrupt, DiskFull, NotADatabase, ReadOnly, SystemIoFailure,
    };
    let cause = error.to_string();
    match error.sqlite_error_code() {
        Some(DiskFull | SystemIoFailure | ReadOnly | CannotOpen) => {
            Error::unavailable("STORAGE_FULL", "the storage of events takes no writes").caused_by(cause)
        }
        Some(DatabaseCorrupt | NotADatabase) => damaged(cause),
        None if matches!(error, rusqlite::Error::FromSqlConversionFailure(..)) => damaged(cause),
        _ => {
            Error::unavailable("SEARCH_UNAVAILABLE", "the storage of events does not answer").caused_by(cause)
        }
    }
}

pub(super) fn damaged(cause: String) -> Error {
    Error::new(ErrorKind::Internal, "DATA_DAMAGED", format!("the stored events are damaged: {cause}"))
        .caused_by(cause)
}
