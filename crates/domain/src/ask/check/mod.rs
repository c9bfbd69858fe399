//! Claims ↔ events: what a model writes is cleaned while it is written and compared with the record
//! before it counts as an answer. Nothing here adds a fact; it removes, corrects or replaces.

mod citations;
mod claims;
mod guard;
mod links;
mod record;
mod scan;

pub(crate) use citations::citations;
pub(crate) use claims::check;
pub(crate) use guard::{Guard, plain};
pub(crate) use record::Record;

#[cfg(test)]
mod tests;
