//! What else belongs to an event: close in time, close in space, alike in meaning.
//!
//! The strength of a relation is computed, each part from a documented formula, and said in words; the
//! parts are combined as independent evidence: `1 − Π(1 − weight × part)`.

pub(crate) mod ties;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Caller, CameraDirectory, Error, Event, Period, Result,
    embedder::Embedder,
    event_store::{EventFilter, EventStore, Order, SearchRequest},
};

/// The most related events of one reply.
pub const RELATED_LIMIT_MAX: usize = 50;
/// How far around an event others count as close in time.
const WINDOW: Duration = Duration::from_mins(30);
/// Closeness in time halves with every gap of this length.
const HALF_LIFE_SECONDS: f64 = 120.0;
/// The most neighbours in time that are looked at on each side.
const NEIGHBOURS_MAX: usize = 100;
/// Cosine similarity from which two descriptions count as alike; MiniLM gives unrelated sentences
/// about 0.1 to 0.3.
const SIMILARITY_MIN: f32 = 0.45;
/// How much each part weighs in the combined strength.
const WEIGHTS: [(Relationship, f64); 3] =
    [(Relationship::Temporal, 0.7), (Relationship::Spatial, 0.4), (Relationship::Semantic, 0.8)];

/// In which way two events belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Relationship {
    /// Close in time.
    Temporal,
    /// The same camera, the same site, or a camera one can walk to.
    Spatial,
    /// Alike in what happened.
    Semantic,
}

/// An event that belongs to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RelatedEvent {
    /// The event.
    #[cfg_attr(feature = "schema", schema(value_type = Object))]
    pub event: Event,
    /// The strongest way.
    pub relationship: Relationship,
    /// Combined over all ways, 0 to 1.
    pub strength: f64,
    /// Every reason with its figure, in words.
    pub why: Vec<String>,
}

/// One way in which two events belong together.
struct Tie {
    relationship: Relationship,
    part: f64,
    why: String,
}

/// Finds related events.
pub struct Related {
    store: Arc<dyn EventStore>,
    embedder: Option<Arc<dyn Embedder>>,
    directory: Arc<CameraDirectory>,
}

impl Related {
    /// The service over a store; without an embedder nothing is related by meaning.
    pub fn new(
        store: Arc<dyn EventStore>,
        embedder: Option<Arc<dyn Embedder>>,
        directory: Arc<CameraDirectory>,
    ) -> Self {
        Self { store, embedder, directory }
    }

    /// Strongest first. `kinds` empty = all.
    ///
    /// # Errors
    /// `InvalidInput` naming `limit`; `NotFound` with code `EVENT_NOT_FOUND`, also for an event out of
    /// scope; what the store says.
    pub async fn of(
        &self,
        caller: &Caller,
        event_id: &str,
        kinds: &[Relationship],
        limit: usize,
    ) -> Result<Vec<RelatedEvent>> {
        if !(1..=RELATED_LIMIT_MAX).contains(&limit) {
            return Err(Error::invalid(
                "limit",
                format!("`limit` must lie between 1 and {RELATED_LIMIT_MAX}"),
            ));
        }
        let anchor = self.store.get(&caller.scope, &[event_id.to_owned()]).await?.pop().ok_or_else(|| {
            Error::not_found("EVENT_NOT_FOUND", format!("event `{event_id}` does not exist"))
        })?;
        let wants = |kind| kinds.is_empty() || kinds.contains(&kind);
        let mut candidates: BTreeMap<String, (Event, Option<f32>)> = BTreeMap::new();
        if wants(Relationship::Temporal) || wants(Relationship::Spatial) {
            for event in self.around(caller, &anchor).await? {
                candidates.insert(event.event_id.clone(), (event, None));
            }
        }
        if wants(Relationship::Semantic) {
            for (event, similarity) in self.alike(caller, &anchor, limit).await? {
                candidates.entry(event.event_id.clone()).or_insert((event, None)).1 = Some(similarity);
            }
        }
        candidates.remove(&anchor.event_id);
        let mut related: Vec<RelatedEvent> = candidates
            .into_values()
            .filter_map(|(event, similarity)| {
                let mut ties = self.ties(caller, &anchor, &event, similarity);
                ties.retain(|tie| wants(tie.relationship));
                combine(event, ties)
            })
            .collect();
        related.sort_by(|a, b| {
            b.strength
                .total_cmp(&a.strength)
                .then_with(|| a.event.timestamp.cmp(&b.event.timestamp))
                .then_with(|| a.event.event_id.cmp(&b.event.event_id))
        });
        related.truncate(limit);
        Ok(related)
    }

    /// Events close in time on every camera of the scope, from both sides.
    async fn around(&self, caller: &Caller, anchor: &Event) -> Result<Vec<Event>> {
        let window = SignedDuration::try_from(WINDOW).unwrap_or(SignedDuration::ZERO);
        let start = anchor.timestamp.checked_sub(window).unwrap_or(Timestamp::MIN);
        let end = anchor.end().checked_add(window).unwrap_or(Timestamp::MAX);
        let request = |period, order| SearchRequest {
            filter: EventFilter { periods: vec![period], ..EventFilter::default() },
            words: None,
            vector: None,
            order,
            limit: NEIGHBOURS_MAX,
            cursor: None,
        };
        let before = request(Period::new(start, anchor.timestamp), Order::NewestFirst);
        let after = request(Period::new(anchor.timestamp, end), Order::OldestFirst);
        let (before, after) = futures::try_join!(
            self.store.search(&caller.scope, &before),
            self.store.search(&caller.scope, &after)
        )?;
        Ok(before.hits.into_iter().chain(after.hits).map(|hit| hit.event).collect())
    }

    /// Events whose description means nearly the same, at any time. Nothing when there is no embedder
    /// or it is out of order: then nothing is related by meaning.
    async fn alike(&self, caller: &Caller, anchor: &Event, limit: usize) -> Result<Vec<(Event, f32)>> {
        let Some(embedder) = &self.embedder else { return Ok(Vec::new()) };
        let Ok(vectors) = embedder.embed(&[anchor.words()]).await else { return Ok(Vec::new()) };
        let request = SearchRequest {
            filter: EventFilter::default(),
            words: None,
            vector: vectors.into_iter().next(),
            order: Order::Relevance,
            limit: limit + 1,
            cursor: None,
        };
        let page = self.store.search(&caller.scope, &request).await?;
        Ok(page
            .hits
            .into_iter()
            .filter_map(|hit| hit.semantic.filter(|s| *s >= SIMILARITY_MIN).map(|s| (hit.event, s)))
            .collect())
    }

    fn ties(&self, caller: &Caller, anchor: &Event, event: &Event, similarity: Option<f32>) -> Vec<Tie> {
        let mut found = Vec::with_capacity(3);
        let gap = ties::gap_seconds(anchor, event);
        let is_close = gap <= WINDOW.as_secs_f64();
        if is_close {
            let part = 0.5_f64.powf(gap / HALF_LIFE_SECONDS);
            found.push(Tie {
                relationship: Relationship::Temporal,
                part,
                why: ties::gap_in_words(anchor, event, gap),
            });
        }
        // Sharing a place means something only for events that are close in time as well.
        if is_close && let Some((part, why)) = self.place(caller, anchor, event, gap) {
            found.push(Tie { relationship: Relationship::Spatial, part, why });
        }
        if let Some(similarity) = similarity {
            let why = format!("similar description ({:.0} % alike)", f64::from(similarity) * 100.0);
            found.push(Tie { relationship: Relationship::Semantic, part: f64::from(similarity), why });
        }
        found
    }

    /// What ties the cameras of two events; the directory speaks only of the cameras of its own tenant.
    fn place(&self, caller: &Caller, anchor: &Event, event: &Event, gap: f64) -> Option<(f64, String)> {
        let (here, there) = (anchor.camera_id.as_str(), event.camera_id.as_str());
        if self.directory.tenant() == &*caller.scope.tenant {
            return ties::place(&self.directory, here, there, gap);
        }
        (here == there).then(|| (1.0, "the same camera".to_owned()))
    }
}

/// The ties of one event as one relation; `None` without any.
fn combine(event: Event, mut ties: Vec<Tie>) -> Option<RelatedEvent> {
    let weighted = |tie: &Tie| {
        WEIGHTS
            .iter()
            .find(|(kind, _)| *kind == tie.relationship)
            .map_or(0.0, |(_, weight)| weight * tie.part)
    };
    ties.sort_by(|a, b| weighted(b).total_cmp(&weighted(a)));
    let relationship = ties.first()?.relationship;
    let strength = 1.0 - ties.iter().map(|tie| 1.0 - weighted(tie)).product::<f64>();
    let strength = (strength * 1_000.0).round() / 1_000.0;
    Some(RelatedEvent { event, relationship, strength, why: ties.into_iter().map(|tie| tie.why).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: &str, start: &str, end: &str) -> Event {
        let json = format!(
            r#"{{"event_id":"{id}","timestamp":"{start}","end_time":"{end}","camera_id":"c","event_type":"t"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn strength_falls_with_the_gap_and_grows_with_every_tie() {
        let anchor = event("a", "2026-05-13T09:00:00Z", "2026-05-13T09:00:10Z");
        let strength = |start: &str, kinds: &[(Relationship, f64)]| {
            let other = event("b", start, start);
            let gap = ties::gap_seconds(&anchor, &other);
            let ties = kinds
                .iter()
                .map(|(relationship, part)| Tie {
                    relationship: *relationship,
                    part: if *relationship == Relationship::Temporal {
                        0.5_f64.powf(gap / HALF_LIFE_SECONDS)
                    } else {
                        *part
                    },
                    why: String::new(),
                })
                .collect();
            combine(other, ties).unwrap().strength
        };
        let time = [(Relationship::Temporal, 1.0)];
        let both = [(Relationship::Temporal, 1.0), (Relationship::Semantic, 0.6)];
        assert!(strength("2026-05-13T09:00:20Z", &time) > strength("2026-05-13T09:05:00Z", &time));
        assert!(strength("2026-05-13T09:05:00Z", &both) > strength("2026-05-13T09:05:00Z", &time));
        assert!(strength("2026-05-13T09:00:05Z", &both) < 1.0);
    }
}
