//! What the event stores share, so that one gives the answers of the other: words as terms, the fusion of
//! words and meaning, where a page ends, local hours and days. Knows no store and keeps nothing.

pub(crate) mod analysis;
pub(crate) mod cursor;
pub(crate) mod fusion;
pub(crate) mod local_time;

/// Which model's vectors are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VectorSpace {
    /// Name of the model; vectors of another are of no use.
    pub model: String,
    /// Length of every vector.
    pub dimensions: usize,
}
