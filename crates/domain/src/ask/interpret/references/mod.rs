//! "the second one", "[2]", "that one": which events of the previous answer a question speaks of.
//!
//! An event is found only among the evidence that the caller was shown and may still see; a reference to
//! more than that is reported. Ids never come from words.

mod narrow;
mod words;

pub(super) use self::{
    narrow::{beside, is_implied, narrow, turn},
    words::{Before, References, Side, keep_apart, read},
};
