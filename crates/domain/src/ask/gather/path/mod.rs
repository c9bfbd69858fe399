//! "Where did they go next?": from a sighting over the cameras, step by step. Nobody is recognised here;
//! each step is a judgement from time, way and likeness, and says so. Bounded: two searches
//! a hop, within a window of [`WINDOW`], and no more hops than events are shown.

mod direction;
mod strength;

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::future::try_join;
use jiff::{SignedDuration, Timestamp};

use self::strength::{Parts, likeness, strength, time};
use super::sources::Sources;
use crate::{
    Event, Period, Result,
    ask::{self, place::Place},
    event_store::{EventFilter, Order, SearchPage, SearchRequest},
    related::ties::{self, Rarity},
};

pub(crate) use self::direction::{Direction, direction};

/// How long after a sighting the next one can be.
const WINDOW: SignedDuration = SignedDuration::from_mins(15);
/// Sightings that are looked at in one step.
const CANDIDATES_MAX: usize = 100;
/// A weaker step is none.
const STRENGTH_MIN: f64 = 0.1;
/// Two cameras that nothing ties together, where ways are known.
const ELSEWHERE: f64 = 0.25;
/// Two cameras of a site whose ways nobody described: time and likeness alone decide, and half as much.
const NO_WAYS: f64 = 0.5;

/// One step from camera to camera.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hop {
    /// The earlier camera.
    pub from: String,
    /// The later one.
    pub to: String,
    /// The sighting that is new, by reference.
    pub reference: u32,
    /// The later of the two sightings, by reference.
    pub later: u32,
    /// The same by id.
    pub event_id: String,
    /// Between the two sightings.
    pub gap_seconds: f64,
    /// See `strength` for the formula.
    pub strength: f64,
    /// Reasons, in words.
    pub why: Vec<String>,
}

/// A path; its events are the evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path {
    /// Which way was looked.
    pub direction: Direction,
    /// The sighting that it starts from, by reference.
    pub from_reference: u32,
    /// In the order of time.
    pub hops: Vec<Hop>,
}

impl Path {
    /// As a reply shows it.
    pub(crate) fn shown(self) -> ask::Path {
        let hop = |hop: Hop| ask::Hop {
            from_camera: hop.from,
            to_camera: hop.to,
            reference: hop.reference,
            event_id: hop.event_id,
            gap_seconds: hop.gap_seconds,
            strength: hop.strength,
            why: hop.why,
        };
        ask::Path { from_ref: self.from_reference, hops: self.hops.into_iter().map(hop).collect() }
    }
}

/// A step before it has a reference.
struct Step {
    event: Event,
    gap_seconds: f64,
    strength: f64,
    why: Vec<String>,
}

/// Follows what an event saw. The events are the evidence, in the order of time and of their references.
///
/// # Errors
/// What the store says; without an embedder meaning is left out.
pub(crate) async fn trace(
    sources: &Sources<'_>,
    place: &Place<'_>,
    anchor: Event,
    direction: Direction,
    limit: usize,
) -> Result<(Vec<Event>, Path)> {
    let vector = match sources.embedder {
        Some(embedder) => embedder.embed(&[anchor.words()]).await.ok().and_then(|v| v.into_iter().next()),
        None => None,
    };
    let tracer = Tracer { sources, place, vector, label: anchor.label.clone() };
    let hops_max = limit.saturating_sub(1);
    let onward = async {
        if direction == Direction::Back {
            Ok(Vec::new())
        } else {
            tracer.follow(&anchor, true, hops_max).await
        }
    };
    let back = async {
        if direction == Direction::Onward {
            Ok(Vec::new())
        } else {
            tracer.follow(&anchor, false, hops_max).await
        }
    };
    let (mut onward, mut back) = try_join(onward, back).await?;
    onward.truncate(hops_max);
    back.truncate(hops_max - onward.len());
    let anchor_at = back.len();
    let mut events: Vec<Event> = back.iter().rev().map(|step| step.event.clone()).collect();
    events.push(anchor);
    events.extend(onward.iter().map(|step| step.event.clone()));
    let camera = |at: usize| events.get(at).map(|event| event.camera_id.clone()).unwrap_or_default();
    let hop = |step: Step, at: usize, from: usize, to: usize| Hop {
        from: camera(from),
        to: camera(to),
        reference: at as u32 + 1,
        later: to as u32 + 1,
        event_id: step.event.event_id,
        gap_seconds: step.gap_seconds,
        strength: step.strength,
        why: step.why,
    };
    let mut hops: Vec<Hop> = Vec::with_capacity(events.len());
    hops.extend(back.into_iter().rev().enumerate().map(|(at, step)| hop(step, at, at, at + 1)));
    hops.extend((anchor_at..).zip(onward).map(|(at, step)| hop(step, at + 1, at, at + 1)));
    Ok((events, Path { direction, from_reference: anchor_at as u32 + 1, hops }))
}

struct Tracer<'a> {
    sources: &'a Sources<'a>,
    place: &'a Place<'a>,
    vector: Option<std::sync::Arc<[f32]>>,
    label: Option<String>,
}

impl Tracer<'_> {
    /// Hop by hop, the nearest to the anchor first. Further sightings at the same camera only move the
    /// last one; they are judged among the candidates that are there, so that a hop costs one search.
    async fn follow(&self, anchor: &Event, is_onward: bool, hops_max: usize) -> Result<Vec<Step>> {
        let mut hops: Vec<Step> = Vec::new();
        let mut last = anchor.clone();
        let mut seen: HashSet<String> = HashSet::from([anchor.event_id.clone()]);
        while hops.len() < hops_max {
            let candidates = self.candidates(&last, is_onward).await?;
            let hop = loop {
                let Some(step) = self.best(&last, &candidates, is_onward, &seen) else { break None };
                seen.insert(step.event.event_id.clone());
                if step.event.camera_id != last.camera_id {
                    break Some(step);
                }
                last = step.event;
            };
            let Some(step) = hop else { break };
            last = step.event.clone();
            hops.push(step);
        }
        Ok(hops)
    }

    /// Sightings of the same label within the window, with how alike they are in meaning.
    async fn candidates(&self, last: &Event, is_onward: bool) -> Result<Vec<(Event, Option<f32>)>> {
        let bound = |instant: Timestamp, by: SignedDuration| instant.checked_add(by).unwrap_or(instant);
        let (period, order) = if is_onward {
            (Period::new(last.timestamp, bound(last.end(), WINDOW)), Order::OldestFirst)
        } else {
            // Half open: a sighting at the same instant is one more.
            let end = bound(last.timestamp, SignedDuration::from_micros(1));
            (Period::new(bound(last.timestamp, -WINDOW), end), Order::NewestFirst)
        };
        let labels = self.label.iter().cloned().collect();
        let filter = EventFilter { periods: vec![period], labels, ..EventFilter::default() };
        let near = SearchRequest {
            filter: filter.clone(),
            words: None,
            vector: None,
            order,
            limit: CANDIDATES_MAX,
            cursor: None,
        };
        let alike = self.vector.clone().map(|vector| SearchRequest {
            filter,
            vector: Some(vector),
            order: Order::Relevance,
            ..near.clone()
        });
        let (near, alike) = try_join(self.sources.store.search(self.place.scope, &near), async {
            match &alike {
                Some(request) => self.sources.store.search(self.place.scope, request).await,
                None => Ok(SearchPage::default()),
            }
        })
        .await?;
        let cosines: HashMap<String, f32> =
            alike.hits.into_iter().filter_map(|hit| Some((hit.event.event_id, hit.semantic?))).collect();
        let near = near.hits.into_iter().map(|hit| hit.event);
        Ok(near.map(|event| (cosines.get(&event.event_id).copied(), event)).map(|(c, e)| (e, c)).collect())
    }

    fn best(
        &self,
        last: &Event,
        candidates: &[(Event, Option<f32>)],
        is_onward: bool,
        seen: &HashSet<String>,
    ) -> Option<Step> {
        let rarity = Rarity::among(candidates.iter().map(|(event, _)| event).chain([last]));
        let mut best: BTreeMap<String, (f64, Step)> = BTreeMap::new();
        for (event, cosine) in candidates {
            let window = WINDOW.as_secs_f64();
            if ties::gap_seconds(last, event) > window {
                continue;
            }
            let goes_on =
                if is_onward { event.end() >= last.end() } else { event.timestamp <= last.timestamp };
            if !goes_on || seen.contains(&event.event_id) {
                continue;
            }
            let gap = ties::gap_seconds(last, event);
            let likeness = likeness(&rarity, last, event, *cosine);
            let (parts, why) = self.judge(last, event, gap, likeness);
            let fit = parts.fit();
            if best.get(&event.camera_id).is_none_or(|(known, _)| fit > *known) {
                let step = Step { gap_seconds: gap, strength: 0.0, why, event: event.clone() };
                best.insert(step.event.camera_id.clone(), (fit, step));
            }
        }
        let all: f64 = best.values().map(|(fit, _)| fit).sum();
        // The first of equals by camera, so that the same events always give the same path.
        let chosen = best.into_values().reduce(|best, next| if next.0 > best.0 { next } else { best })?;
        let (fit, mut step) = chosen;
        step.strength = (strength(fit, all - fit) * 1_000.0).round() / 1_000.0;
        (step.strength >= STRENGTH_MIN).then_some(step)
    }

    fn judge(&self, last: &Event, event: &Event, gap: f64, likeness: f64) -> (Parts, Vec<String>) {
        let (here, there) = (last.camera_id.as_str(), event.camera_id.as_str());
        let travel = self.place.travel_time(here, there).map(|way| way.as_secs_f64());
        let tie = match self.place.described() {
            Some(directory) => ties::place(directory, here, there, gap),
            None => (here == there).then(|| (1.0, "the same camera".to_owned())),
        };
        let mut why = vec![ties::gap_in_words(last, event, gap)];
        let place = if let Some((part, reason)) = tie {
            why.push(reason);
            part
        } else if self.place.has_neighbours(here) {
            ELSEWHERE
        } else {
            why.push("no ways between these cameras are described".to_owned());
            NO_WAYS
        };
        if event.sub_label.is_some() && event.sub_label == last.sub_label {
            why.push("the same name".to_owned());
        } else if likeness > 0.0 {
            why.push(format!("description {:.0} % alike", likeness * 100.0));
        } else if event.label.is_some() && event.label == last.label {
            why.push("the same label".to_owned());
        }
        (Parts { time: time(gap, travel), place, likeness }, why)
    }
}
