//! Whole turns over the embedded stores: exact figures, scope, memory, and a model that misbehaves.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod alarms;
mod anchors;
mod gathering;
mod insights;
mod languages;
mod lies;
mod markup;
mod model_path;
mod names;
mod paging;
mod tools;
mod turns;
mod world;
