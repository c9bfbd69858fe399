//! Remembers the vectors of texts that were asked before: people ask the same things. Meant for
//! questions; the backlog goes past it, since no event is embedded twice.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use eps_domain::{Error, Result, embedder::Embedder};
use moka::sync::Cache;

/// Longer texts are no questions (which have at most 2,000 characters) and would fill the memory.
const TEXT_BYTES_MAX: usize = 8 * 1024;

/// An [`Embedder`] in front of another.
pub struct CachedEmbedder {
    inner: Arc<dyn Embedder>,
    vectors: Cache<String, Arc<[f32]>>,
}

impl CachedEmbedder {
    /// Remembers up to `capacity` texts, the ones asked most.
    pub fn new(inner: Arc<dyn Embedder>, capacity: u64) -> Self {
        Self { inner, vectors: Cache::new(capacity) }
    }
}

#[async_trait]
impl Embedder for CachedEmbedder {
    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }

    fn model(&self) -> &str {
        self.inner.model()
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        let mut known: HashMap<&str, Arc<[f32]>> = HashMap::with_capacity(texts.len());
        let mut missing: Vec<String> = Vec::new();
        for text in texts {
            if known.contains_key(text.as_str()) || missing.contains(text) {
                continue;
            }
            match self.vectors.get(text) {
                Some(vector) => {
                    known.insert(text, vector);
                }
                None => missing.push(text.clone()),
            }
        }
        let embedded = if missing.is_empty() { Vec::new() } else { self.inner.embed(&missing).await? };
        for (text, vector) in missing.iter().zip(&embedded) {
            known.insert(text, Arc::clone(vector));
            if text.len() <= TEXT_BYTES_MAX {
                self.vectors.insert(text.clone(), Arc::clone(vector));
            }
        }
        let all: Option<Vec<_>> = texts.iter().map(|text| known.get(text.as_str()).cloned()).collect();
        all.ok_or_else(|| Error::unavailable("EMBEDDER_UNAVAILABLE", "the embedder gave too few vectors"))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Gives the length of a text, and notes what it was asked.
    #[derive(Default)]
    struct Recording(Mutex<Vec<Vec<String>>>);

    #[async_trait]
    impl Embedder for Recording {
        fn dimensions(&self) -> usize {
            1
        }

        fn model(&self) -> &'static str {
            "recording"
        }

        async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
            self.0.lock().unwrap().push(texts.to_vec());
            Ok(texts.iter().map(|text| Arc::from([text.len() as f32])).collect())
        }
    }

    fn texts(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[tokio::test]
    async fn each_text_is_embedded_once_and_the_order_is_kept() {
        let inner = Arc::new(Recording::default());
        let cached = CachedEmbedder::new(Arc::clone(&inner) as Arc<dyn Embedder>, 100);
        let lengths = async |words: &[&str]| -> Vec<f32> {
            cached.embed(&texts(words)).await.unwrap().iter().map(|vector| vector[0]).collect()
        };
        assert_eq!(lengths(&["a", "bb", "a"]).await, [1.0, 2.0, 1.0]);
        assert_eq!(lengths(&["ccc", "bb", "a"]).await, [3.0, 2.0, 1.0]);
        assert_eq!(lengths(&[]).await, [0.0; 0]);
        assert_eq!(*inner.0.lock().unwrap(), [texts(&["a", "bb"]), texts(&["ccc"])]);
    }
}
