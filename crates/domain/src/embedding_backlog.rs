//! Gives stored events their vectors, a batch at a time. Whoever owns the loop decides when; nothing is
//! taken from the store before its vector is there, so that an error loses nothing and the same texts
//! come again.

use std::sync::Arc;

use crate::{Error, Result, embedder::Embedder, event_store::EventStore};

/// A vector is of unit length if its square is this close to one.
const UNIT_TOLERANCE: f32 = 1e-2;

/// Embeds what waits to be embedded.
pub struct EmbeddingBacklog {
    store: Arc<dyn EventStore>,
    embedder: Arc<dyn Embedder>,
}

impl EmbeddingBacklog {
    /// Between a store and an embedder, which should be the one behind any cache.
    pub fn new(store: Arc<dyn EventStore>, embedder: Arc<dyn Embedder>) -> Self {
        Self { store, embedder }
    }

    /// Embeds up to `batch` texts, oldest first; how many got a vector. Zero means that nothing waits.
    ///
    /// # Errors
    /// What the store or the embedder says; then nothing of this batch is lost and it comes again.
    /// `Internal` when the embedder does not keep its promises.
    pub async fn run_once(&self, batch: usize) -> Result<usize> {
        let waiting = self.store.unembedded(batch).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let (keys, texts): (Vec<_>, Vec<_>) = waiting.into_iter().map(|text| (text.key, text.text)).unzip();
        let vectors = self.embedder.embed(&texts).await?;
        if vectors.len() != keys.len() || !vectors.iter().all(|vector| self.is_sound(vector)) {
            return Err(Error::internal("the embedder gave vectors of the wrong number, size or length"));
        }
        let vectors: Vec<_> =
            keys.into_iter().zip(vectors).map(|(key, vector)| (key, vector.to_vec())).collect();
        let stored = vectors.len();
        self.store.store_vectors(vectors).await?;
        Ok(stored)
    }

    fn is_sound(&self, vector: &[f32]) -> bool {
        let square: f32 = vector.iter().map(|value| value * value).sum();
        vector.len() == self.embedder.dimensions() && (square - 1.0).abs() < UNIT_TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;

    use super::*;
    use crate::{
        Event, Scope,
        event_store::{
            Count, CountRequest, EmbeddingKey, EventFilter, EventStoreHealth, SearchPage, SearchRequest,
            Unembedded, Upserted, Vocabulary,
        },
    };

    /// Texts that wait, and the vectors that they got. Nothing else of a store is asked here.
    struct Waiting(Mutex<Vec<Unembedded>>, Mutex<Vec<(EmbeddingKey, Vec<f32>)>>);

    impl Waiting {
        fn new(texts: &[&str]) -> Arc<Self> {
            let waiting = texts.iter().zip(1..).map(|(text, row)| Unembedded {
                key: EmbeddingKey { row, revision: 1 },
                text: (*text).to_owned(),
            });
            Arc::new(Self(Mutex::new(waiting.collect()), Mutex::default()))
        }

        fn stored_rows(&self) -> Vec<u64> {
            self.1.lock().unwrap().iter().map(|(key, _)| key.row).collect()
        }
    }

    #[async_trait]
    impl EventStore for Waiting {
        async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
            unimplemented!()
        }
        async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
            unimplemented!()
        }
        async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
            unimplemented!()
        }
        async fn count(&self, _: &Scope, _: &CountRequest) -> Result<Count> {
            unimplemented!()
        }
        async fn exists(&self, _: &Scope, _: &EventFilter, _: Option<&str>) -> Result<bool> {
            unimplemented!()
        }
        async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
            unimplemented!()
        }
        async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
            Ok(self.0.lock().unwrap().iter().take(limit).cloned().collect())
        }
        async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
            self.0.lock().unwrap().retain(|text| vectors.iter().all(|(key, _)| *key != text.key));
            self.1.lock().unwrap().extend(vectors);
            Ok(())
        }
        async fn health(&self) -> Result<EventStoreHealth> {
            unimplemented!()
        }
    }

    /// A unit vector a text, except for the text that says what to do wrong.
    struct Unit;

    #[async_trait]
    impl Embedder for Unit {
        fn dimensions(&self) -> usize {
            2
        }

        fn model(&self) -> &'static str {
            "unit"
        }

        async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
            let vector = |text: &String| match text.as_str() {
                "down" => Err(Error::unavailable("EMBEDDER_UNAVAILABLE", "down")),
                "too long" => Ok(Arc::from([3.0, 4.0])),
                "not a number" => Ok(Arc::from([f32::NAN, 0.0])),
                "too few dimensions" => Ok(Arc::from([1.0])),
                _ => Ok(Arc::from([0.6, 0.8])),
            };
            texts.iter().map(vector).collect()
        }
    }

    #[tokio::test]
    async fn batches_are_worked_off_oldest_first_until_nothing_waits() {
        let store = Waiting::new(&["a", "b", "c"]);
        let backlog = EmbeddingBacklog::new(Arc::clone(&store) as Arc<dyn EventStore>, Arc::new(Unit));
        let mut worked = Vec::new();
        for _ in 0..3 {
            worked.push(backlog.run_once(2).await.unwrap());
        }
        assert_eq!(worked, [2, 1, 0]);
        assert_eq!(store.stored_rows(), [1, 2, 3]);
    }

    #[tokio::test]
    async fn a_failure_or_an_unsound_vector_stores_nothing_and_loses_nothing() {
        for bad in ["down", "too long", "not a number", "too few dimensions"] {
            let store = Waiting::new(&["a", bad]);
            let backlog = EmbeddingBacklog::new(Arc::clone(&store) as Arc<dyn EventStore>, Arc::new(Unit));
            backlog.run_once(10).await.unwrap_err();
            assert!(store.stored_rows().is_empty(), "{bad}");
            assert_eq!(store.unembedded(10).await.unwrap().len(), 2, "{bad}");
        }
    }
}
