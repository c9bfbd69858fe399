//! The texts that wait for a vector, and the vectors when they come.

use std::{
    collections::{BTreeMap, HashMap},
    sync::PoisonError,
    time::{Duration, Instant},
};

use eps_domain::{
    Error, Result,
    event_store::{EmbeddingKey, EventStoreHealth, Order, Unembedded},
};
use serde_json::{Value, json};

use super::{
    failure,
    graphql::Where,
    objects::{event_of, id_of, words_revision},
    schema,
    search::After,
    store::{Backlog, Store},
    transfer,
};

/// Texts read at once.
const TEXTS_PAGE: usize = 1_000;
/// How long counting the texts that wait may take …
const BACKLOG_PATIENCE: Duration = Duration::from_millis(500);
/// … and how long it is left alone when it took longer.
const BACKLOG_PAUSE: Duration = Duration::from_secs(30);
/// Tenants that are looked through for texts and figures.
const TENANTS_MAX: usize = 10_000;

impl Store {
    /// The tenants, as Weaviate calls them.
    pub(super) async fn tenants(&self) -> Result<Vec<String>> {
        let collection = &self.options.collection;
        let listed = self.client.get(&format!("/v1/schema/{collection}/tenants")).await?;
        let listed =
            listed.ok_or_else(|| failure::missing(&format!("the collection {collection} is gone")))?;
        let names = listed.as_array().into_iter().flatten().filter_map(|tenant| tenant["name"].as_str());
        Ok(names.take(TENANTS_MAX).map(str::to_owned).collect())
    }

    /// Texts that have no vector yet, oldest first within each tenant.
    pub(super) async fn unembedded(&self, limit: usize) -> Result<Vec<Unembedded>> {
        if self.options.vectors.is_none() {
            return Ok(Vec::new());
        }
        let mut waiting = Vec::new();
        for tenant in self.tenants().await? {
            let mut after = None;
            while waiting.len() < limit {
                let slots = TEXTS_PAGE.min(limit - waiting.len());
                let condition = Where::flag("unembedded", true);
                let order = Order::OldestFirst;
                let page =
                    self.first_in_time(&tenant, &condition, order, after.take(), slots, "body").await?;
                for object in &page {
                    waiting.push(self.text(&tenant, object)?);
                }
                match page.last() {
                    Some(last) if page.len() >= slots => after = Some(After::of(last)),
                    _ => break,
                }
            }
        }
        Ok(waiting)
    }

    fn text(&self, tenant: &str, object: &Value) -> Result<Unembedded> {
        let event = event_of(object)?;
        let row = self.rows.lock().unwrap_or_else(PoisonError::into_inner).number(tenant, id_of(object));
        Ok(Unembedded { key: EmbeddingKey { row, revision: words_revision(&event) }, text: event.words() })
    }

    /// Stores vectors; those of other words are dropped.
    pub(super) async fn store_vectors(&self, vectors: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        let Some(space) = &self.options.vectors else { return Ok(()) };
        for (_, vector) in &vectors {
            let has_direction = vector.iter().any(|value| *value != 0.0);
            if vector.len() != space.dimensions
                || !has_direction
                || !vector.iter().all(|value| value.is_finite())
            {
                let message = format!("a vector must have {} dimensions and a direction", space.dimensions);
                return Err(Error::invalid("vector", message));
            }
        }
        let placed = vectors.into_iter().filter_map(|(key, vector)| {
            let place = self.rows.lock().unwrap_or_else(PoisonError::into_inner).place(key.row);
            place.map(|(tenant, uuid)| (tenant, (uuid, key.revision, vector)))
        });
        let mut by_tenant: BTreeMap<String, Vec<(String, u64, Vec<f32>)>> = <_>::default();
        for (tenant, vector) in placed {
            by_tenant.entry(tenant).or_default().push(vector);
        }
        for (tenant, vectors) in by_tenant {
            self.store_vectors_of(&tenant, vectors).await?;
        }
        Ok(())
    }

    /// A vector is written beside the words that it belongs to. No event of the tenant is written here
    /// meanwhile; where another replica did so, the look afterwards finds it and asks for the text again.
    async fn store_vectors_of(&self, tenant: &str, vectors: Vec<(String, u64, Vec<f32>)>) -> Result<()> {
        let state = self.tenant_named(tenant.to_owned());
        let _writing = state.writing.lock().await;
        let uuids: Vec<String> = vectors.iter().map(|(uuid, ..)| uuid.clone()).collect();
        let present = self.words_revisions(tenant, &uuids).await?;
        let current: Vec<&(String, u64, Vec<f32>)> =
            vectors.iter().filter(|(uuid, revision, _)| present.get(uuid) == Some(revision)).collect();
        let change = |vector: &[f32]| json!({"vector": vector, "properties": {"unembedded": false}});
        let changes = current.iter().map(|(uuid, _, vector)| (uuid.clone(), change(vector))).collect();
        transfer::change_all(self, &self.options.collection, tenant, changes).await?;
        let written: Vec<String> = current.iter().map(|(uuid, ..)| uuid.clone()).collect();
        let after = self.words_revisions(tenant, &written).await?;
        let outdated =
            current.iter().filter(|(uuid, revision, _)| after.get(uuid).is_some_and(|now| now != revision));
        let again = json!({"properties": {"unembedded": true}});
        let changes = outdated.map(|(uuid, ..)| (uuid.clone(), again.clone())).collect();
        transfer::change_all(self, &self.options.collection, tenant, changes).await
    }

    async fn words_revisions(&self, tenant: &str, uuids: &[String]) -> Result<HashMap<String, u64>> {
        let objects = self.by_uuids(tenant, uuids, "words_revision _additional{id}").await?;
        let revision = |object: &Value| {
            let text = object["words_revision"].as_str()?;
            Some((id_of(object).to_owned(), u64::from_str_radix(text, 16).ok()?))
        };
        Ok(objects.iter().filter_map(revision).collect())
    }

    /// Whether it answers, and how much of everything there is.
    pub(super) async fn health(&self) -> Result<EventStoreHealth> {
        let terms = schema::check_terms(&self.client, &self.options);
        let (tenants, ()) = tokio::try_join!(self.tenants(), terms)?;
        let counted = |condition: &Where| -> Vec<String> {
            let count = |tenant: &String| self.events(tenant).aggregate("", condition, "", "meta{count}");
            tenants.iter().enumerate().map(|(index, tenant)| format!("e{index}{}", count(tenant))).collect()
        };
        let events = self.sum(counted(&Where::Everything)).await?;
        let unembedded = match self.options.vectors {
            Some(_) => self.backlog(counted(&Where::flag("unembedded", true))).await?,
            None => 0,
        };
        Ok(EventStoreHealth { events, unembedded, writable: true })
    }

    /// The texts that wait. Counting many takes Weaviate long: then the last figure serves for a while, as
    /// who asks for the state of the store must not have to wait for it.
    async fn backlog(&self, selections: Vec<String>) -> Result<u64> {
        let backlog = || self.backlog.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let known = backlog();
            if known.again_at.is_some_and(|again_at| Instant::now() < again_at) {
                return Ok(known.waiting);
            }
        }
        let counted = tokio::time::timeout(BACKLOG_PATIENCE, self.sum(selections)).await;
        let mut known = backlog();
        match counted {
            Ok(waiting) => *known = Backlog { waiting: waiting?, again_at: None },
            Err(_) => known.again_at = Some(Instant::now() + BACKLOG_PAUSE),
        }
        Ok(known.waiting)
    }

    /// The sum of the counts of selections.
    async fn sum(&self, selections: Vec<String>) -> Result<u64> {
        let figures = self.figures(&selections).await?;
        let all = figures.iter().filter_map(Value::as_object).flatten();
        Ok(all.filter_map(|(_, groups)| groups[0]["meta"]["count"].as_u64()).sum())
    }
}
