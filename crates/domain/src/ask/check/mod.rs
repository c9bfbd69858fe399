//! Claims ↔ events: what a model writes is cleaned while it is written and compared with the record
//! before it counts as an answer. Nothing here adds a fact; it removes, corrects or replaces.

mod about;
mod citations;
mod claims;
mod clauses;
mod digits;
mod figures;
mod forms;
mod frames;
mod guard;
mod links;
mod loaded;
mod masks;
mod mentions;
mod names;
mod nouns;
mod record;
mod scan;
mod sentences;
mod stream;
mod substance;
mod vocabulary;

pub(crate) use citations::citations;
pub(crate) use digits::western;
pub(crate) use guard::{Guard, is_plain, plain};
pub(crate) use record::{Part, Record, Scene, among};
pub(crate) use stream::Checker;

#[cfg(test)]
mod tests;
