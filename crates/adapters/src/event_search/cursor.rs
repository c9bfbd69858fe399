//! Where a page of hits ended. Opaque to callers, and it tells them nothing that they did not see: the
//! time and id of the last hit, or how many ranked hits came before.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eps_domain::{Error, Result, event_store::Order};

/// The end of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// After this many hits.
    Ranked(usize),
    /// After this event, at the time (microseconds) that it had.
    Chronological(Order, i64, String),
}

impl Cursor {
    pub(crate) fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(match self {
            Self::Ranked(offset) => format!("r:{offset}"),
            Self::Chronological(Order::OldestFirst, time, id) => format!("o:{time}:{id}"),
            Self::Chronological(_, time, id) => format!("n:{time}:{id}"),
        })
    }

    /// # Errors
    /// `InvalidInput` naming `cursor`.
    pub(crate) fn read(text: &str) -> Result<Self> {
        Self::parse(text).ok_or_else(malformed)
    }

    fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (kind, rest) = text.split_once(':')?;
        let order = match kind {
            "r" => return rest.parse().ok().map(Self::Ranked),
            "n" => Order::NewestFirst,
            "o" => Order::OldestFirst,
            _ => return None,
        };
        let (time, id) = rest.split_once(':')?;
        Some(Self::Chronological(order, time.parse().ok()?, id.to_owned()))
    }
}

/// A cursor that is none, or that ended a page of another order.
pub(crate) fn malformed() -> Error {
    Error::invalid("cursor", "`cursor` is not one that a search like this returned")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_is_read_as_it_was_written(offset: usize, time: i64, id in "\\PC{0,40}") {
            for cursor in [
                Cursor::Ranked(offset),
                Cursor::Chronological(Order::NewestFirst, time, id.clone()),
                Cursor::Chronological(Order::OldestFirst, time, id),
            ] {
                prop_assert_eq!(Cursor::read(&cursor.write()).unwrap(), cursor);
            }
        }

        #[test]
        fn anything_else_is_refused_by_name(text in "\\PC{0,40}") {
            if let Err(error) = Cursor::read(&text) {
                prop_assert_eq!(error.field.as_deref(), Some("cursor"));
            }
        }
    }
}
