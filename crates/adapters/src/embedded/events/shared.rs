//! What the threads of the store share, and the questions that need all of it.

use std::sync::{
    Arc, PoisonError, RwLock, RwLockReadGuard,
    atomic::{AtomicBool, Ordering},
};

use eps_domain::{
    Error, Result, Scope,
    event_store::{Count, CountRequest, EmbeddingKey, EventFilter, EventStoreHealth, Unembedded, Vocabulary},
};

use super::{
    super::DataDir,
    columns::Columns,
    scope::Scopes,
    snapshots::Snapshots,
    text::Text,
    truth::{Stored, Truth},
    vectors::Vectors,
};

/// A lock whose holder panicked guards what cannot be trusted any more; a restart makes it anew.
pub(super) fn half_changed<T>(_: PoisonError<T>) -> Error {
    Error::internal("what is derived from the events was left half changed")
}

/// What the threads share.
pub(super) struct Shared {
    pub(super) truth: Truth,
    pub(super) columns: Arc<RwLock<Columns>>,
    pub(super) text: Arc<Text>,
    /// Locked after `columns` where both are.
    pub(super) vectors: Option<RwLock<Vectors>>,
    pub(super) scopes: Scopes,
    pub(super) snapshots: Arc<Snapshots>,
    pub(super) writable: AtomicBool,
    pub(super) data_dir: DataDir,
}

impl Shared {
    pub(super) fn columns(&self) -> Result<RwLockReadGuard<'_, Columns>> {
        self.columns.read().map_err(half_changed)
    }

    /// Makes written rows visible.
    pub(super) fn apply(&self, batch: &[Stored]) -> Result<()> {
        self.text.apply(batch);
        let mut columns = self.columns.write().map_err(half_changed)?;
        columns.apply(batch);
        if let Some(vectors) = &self.vectors {
            let mut vectors = vectors.write().map_err(half_changed)?;
            let new_words = batch.iter().filter(|stored| stored.words_revision == stored.revision);
            new_words.for_each(|stored| vectors.forget(stored.row));
        }
        Ok(())
    }

    pub(super) fn count(&self, scope: &Scope, request: &CountRequest) -> Result<Count> {
        let columns = self.columns()?;
        let visible = self.scopes.visible(scope, &columns);
        let mut rows = columns.select(&visible.cameras, &request.filter);
        self.keep_holding_all(&mut rows, request.words.as_deref(), &columns)?;
        columns.count(&rows, &request.group_by, &request.timezone)
    }

    pub(super) fn exists(&self, scope: &Scope, filter: &EventFilter, words: Option<&str>) -> Result<bool> {
        let columns = self.columns()?;
        let visible = self.scopes.visible(scope, &columns);
        if words.is_none() {
            return Ok(columns.has_any(&visible.cameras, filter));
        }
        let mut rows = columns.select(&visible.cameras, filter);
        self.keep_holding_all(&mut rows, words, &columns)?;
        Ok(!rows.is_empty())
    }

    pub(super) fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        let Some(vectors) = &self.vectors else { return Ok(Vec::new()) };
        let rows: Vec<u32> = {
            let columns = self.columns()?;
            let vectors = vectors.read().map_err(half_changed)?;
            let lacking = |row: &u32| !vectors.embedded().contains(*row) && columns.holds_event(*row);
            (0..columns.rows() as u32).filter(lacking).take(limit).collect()
        };
        let text = |stored: Stored| Unembedded {
            key: EmbeddingKey { row: u64::from(stored.row), revision: stored.words_revision },
            text: stored.event.words(),
        };
        Ok(self.truth.by_rows(&rows)?.into_iter().map(text).collect())
    }

    pub(super) fn store_vectors(&self, vectors: &[(EmbeddingKey, Vec<f32>)]) -> Result<()> {
        let Some(kept) = &self.vectors else { return Ok(()) };
        let columns = self.columns()?;
        let mut kept = kept.write().map_err(half_changed)?;
        for (key, vector) in vectors {
            let row = usize::try_from(key.row).unwrap_or(usize::MAX);
            if columns.words_revision.get(row) == Some(&key.revision) {
                kept.keep(row as u32, key.revision, vector)?;
            }
        }
        Ok(())
    }

    pub(super) fn health(&self) -> Result<EventStoreHealth> {
        let events = self.columns()?.events;
        let unembedded = match &self.vectors {
            Some(vectors) => events.saturating_sub(vectors.read().map_err(half_changed)?.embedded().len()),
            None => 0,
        };
        Ok(EventStoreHealth { events, unembedded, writable: self.writable.load(Ordering::Relaxed) })
    }

    pub(super) fn vocabulary(&self, scope: &Scope) -> Result<Arc<Vocabulary>> {
        Ok(self.scopes.vocabulary(scope, &*self.columns()?))
    }
}
