//! The port to what turns text into vectors.

use std::sync::Arc;

use async_trait::async_trait;

use crate::Result;

/// Turns text into vectors of unit length whose dot product tells how alike two texts are.
#[async_trait]
pub trait Embedder: Send + Sync {
    /// Length of every vector.
    fn dimensions(&self) -> usize;

    /// Which model; vectors of different models cannot be compared.
    fn model(&self) -> &str;

    /// One vector a text, in their order.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout` with code `EMBEDDER_UNAVAILABLE`.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>>;
}
