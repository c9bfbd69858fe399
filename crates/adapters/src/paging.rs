//! The cursors of pages: opaque to callers, checked when they come back.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eps_domain::{Error, Result};

/// The cursor of a page of history that begins with a position.
pub(crate) fn history_cursor(seq: u64) -> String {
    encode(&format!("m{seq}"))
}

/// The position at which a page of history begins.
///
/// # Errors
/// `InvalidInput` for `cursor`.
pub(crate) fn parse_history_cursor(cursor: &str) -> Result<u64> {
    let seq = decode(cursor)?.strip_prefix('m').and_then(|seq| seq.parse().ok());
    seq.filter(|seq| (1..=i64::MAX as u64).contains(seq)).ok_or_else(malformed)
}

/// Text as a cursor.
pub(crate) fn encode(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A cursor as text.
///
/// # Errors
/// `InvalidInput` for `cursor`.
pub(crate) fn decode(cursor: &str) -> Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| malformed())?;
    String::from_utf8(bytes).map_err(|_| malformed())
}

/// What a caller is told of a cursor that is none.
pub(crate) fn malformed() -> Error {
    Error::invalid("cursor", "`cursor` is not one that was given out")
}
