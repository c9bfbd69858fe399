//! What the errors of the database mean to callers.

use eps_domain::Error;

use crate::embedded::sqlite;

/// As [`sqlite::translate`], under the code of the event store.
pub(in super::super) fn storage_error(error: rusqlite::Error) -> Error {
    sqlite::translate(error, "SEARCH_UNAVAILABLE")
}
