//! The documents as events in the embedded store, so that what is measured is what the service does.

use std::{collections::HashMap, sync::Arc, time::Duration};

use eps_adapters::embedded::{DataDir, EmbeddedEventStore, EventStoreOptions, VectorSpace};
use eps_domain::{
    Event, Scope,
    event_store::{EventFilter, EventStore, Order, SearchRequest},
};
use jiff::Timestamp;
use tempfile::TempDir;

use super::{Outcome, data::SciFact};

const TENANT: &str = "default";
/// Events of one call.
const EVENTS_PER_CALL: usize = 1_000;

/// A store with every document.
pub(super) struct Filled {
    store: EmbeddedEventStore,
    _dir: TempDir,
}

impl Filled {
    pub(super) async fn new(scifact: &SciFact, vectors: VectorSpace) -> Outcome<Self> {
        let dir = tempfile::tempdir()?;
        let data_dir = DataDir::open(dir.path())?;
        let options = EventStoreOptions { vectors: Some(vectors), ..EventStoreOptions::default() };
        let store = EmbeddedEventStore::open(&data_dir, options.clone())?;
        for chunk in events(scifact)?.chunks(EVENTS_PER_CALL) {
            store.upsert(TENANT, chunk.to_vec()).await?;
        }
        // Whatever is indexed a moment later is there after a start.
        store.close();
        drop(store);
        Ok(Self { store: EmbeddedEventStore::open(&data_dir, options)?, _dir: dir })
    }

    /// Gives every document its vector.
    pub(super) async fn add_vectors(&self, scifact: &SciFact, vectors: &[Arc<[f32]>]) -> Outcome<()> {
        let words = events(scifact)?.into_iter().map(|event| event.words());
        let by_words: HashMap<String, &Arc<[f32]>> = words.zip(vectors).collect();
        loop {
            let waiting = self.store.unembedded(EVENTS_PER_CALL).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            let known = waiting.iter().filter_map(|one| Some((one.key, by_words.get(&one.text)?.to_vec())));
            let known: Vec<_> = known.collect();
            if known.is_empty() {
                return Err("the store asks for vectors of texts that it was not given".into());
            }
            self.store.store_vectors(known).await?;
        }
    }

    /// Ids of the best ten.
    pub(super) async fn best_ten(&self, words: &str, vector: Option<Arc<[f32]>>) -> Outcome<Vec<String>> {
        let request = SearchRequest {
            filter: EventFilter::default(),
            words: Some(words.to_owned()),
            vector,
            order: Order::Relevance,
            limit: 10,
            cursor: None,
        };
        let page = self.store.search(&Scope::tenant(TENANT), &request).await?;
        Ok(page.hits.into_iter().map(|hit| hit.event.event_id).collect())
    }
}

/// One camera; times in the order of the documents.
fn events(scifact: &SciFact) -> Outcome<Vec<Event>> {
    scifact.documents.iter().zip(0..).map(|((id, text), second)| event(id, text, second)).collect()
}

fn event(id: &str, text: &str, second: i64) -> Outcome<Event> {
    Ok(Event {
        event_id: id.to_owned(),
        timestamp: Timestamp::UNIX_EPOCH + Duration::from_secs(second.try_into()?),
        end_time: None,
        camera_id: "library".into(),
        event_type: "abstract".into(),
        label: None,
        sub_label: None,
        confidence: None,
        description: Some(text.to_owned()),
        zones: Vec::new(),
        severity: None,
        attributes: serde_json::Map::new(),
        media: None,
        visit_id: None,
        source: None,
    })
}
