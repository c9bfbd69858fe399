//! What took too long, told apart from what cannot be reached: to callers both are an outage, but only the
//! latter is worth asking again at once.

use std::fmt;

use eps_domain::{Error, ErrorKind};

/// The cause of an outage that was waited for.
#[derive(Debug)]
pub(crate) struct Late(pub(crate) String);

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Late {}

/// Whether somebody has waited for this error.
pub(crate) fn is_late(error: &Error) -> bool {
    error.kind == ErrorKind::Timeout || error.source.as_ref().is_some_and(|source| source.is::<Late>())
}
