//! Several keepers of clips as one, in an order: who comes first is asked first, and the next for what is
//! not there. One that is silent does not hold up the others, and none is asked for another tenant's events.

use std::{
    fmt,
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use async_trait::async_trait;
use eps_domain::{
    Error, ErrorKind, Event, Result,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaRequest},
};
use futures::{StreamExt as _, stream::FuturesUnordered};
use jiff::Timestamp;
use moka::sync::Cache;

/// How long one keeper is waited for until the next is asked as well.
const PATIENCE: Duration = Duration::from_millis(300);
/// Events of which it is remembered who has their clip.
const PLACES_MAX: u64 = 20_000;
/// How long that is remembered; it only says who is asked first.
const PLACE_KEPT: Duration = Duration::from_mins(10);

/// Keepers of clips in an order.
pub struct FallbackClipSource {
    keepers: Vec<(&'static str, Arc<dyn ClipSource>)>,
    places: Cache<(Arc<str>, String, String), usize>,
}

impl fmt::Debug for FallbackClipSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.keepers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("FallbackClipSource").field("keepers", &names).finish_non_exhaustive()
    }
}

/// What is known of one event so far.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    best: Option<ClipStatus>,
    /// Who has the clip.
    place: Option<usize>,
    /// Somebody could not say.
    is_unsure: bool,
}

impl Found {
    fn hear(&mut self, keeper: usize, status: Option<ClipStatus>) {
        let Some(status) = status else {
            self.is_unsure = true;
            return;
        };
        // Of two who have it, the one who comes first.
        if status.clip == ClipState::Ready {
            self.place = Some(self.place.map_or(keeper, |other| other.min(keeper)));
        }
        let before = self.best.unwrap_or(ClipStatus::NONE);
        self.best = Some(ClipStatus {
            clip: if rank(status.clip) > rank(before.clip) { status.clip } else { before.clip },
            has_thumbnail: before.has_thumbnail || status.has_thumbnail,
        });
    }

    fn is_ready(&self) -> bool {
        self.best.is_some_and(|best| best.clip == ClipState::Ready)
    }

    /// Where somebody has it, it does not matter who could not say.
    fn told(&self) -> Option<ClipStatus> {
        self.best.filter(|best| !self.is_unsure || best.clip == ClipState::Ready)
    }
}

/// Which state says more.
const fn rank(state: ClipState) -> u8 {
    match state {
        ClipState::Ready => 3,
        ClipState::Pending => 2,
        ClipState::Expired => 1,
        ClipState::Unavailable => 0,
    }
}

impl FallbackClipSource {
    /// Keepers with their names for logs, the first one first.
    pub fn new(keepers: Vec<(&'static str, Arc<dyn ClipSource>)>) -> Self {
        let places = Cache::builder().max_capacity(PLACES_MAX).time_to_live(PLACE_KEPT).build();
        Self { keepers, places }
    }

    fn complain(&self, number: usize, error: &Error) {
        let error = error as &dyn std::error::Error;
        tracing::warn!(keeper = self.keepers[number].0, error, "a keeper of clips is out of order");
    }

    fn holders<'a>(&'a self, tenant: &'a str) -> impl Iterator<Item = (usize, &'a dyn ClipSource)> + 'a {
        let keepers = self.keepers.iter().enumerate();
        keepers.map(|(number, (_, keeper))| (number, &**keeper)).filter(|(_, keeper)| keeper.holds(tenant))
    }
}

/// One keeper's answer about some of the events.
async fn ask(
    number: usize,
    positions: Vec<usize>,
    status: impl Future<Output = Result<Vec<Option<ClipStatus>>>>,
) -> (usize, Vec<usize>, Result<Vec<Option<ClipStatus>>>) {
    (number, positions, status.await)
}

#[async_trait]
impl ClipSource for FallbackClipSource {
    fn holds(&self, tenant: &str) -> bool {
        self.holders(tenant).next().is_some()
    }

    async fn status(
        &self,
        tenant: &str,
        events: &[Event],
        deadline: Duration,
        now: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let until = Instant::now() + deadline;
        let left = || until.saturating_duration_since(Instant::now());
        let mut found = vec![Found::default(); events.len()];
        let mut keepers: Vec<(usize, &dyn ClipSource)> = self.holders(tenant).collect();
        keepers.reverse();
        let mut asked = FuturesUnordered::new();
        let (mut heard, mut last) = (false, None);
        while left() > Duration::ZERO && !(events.is_empty() || found.iter().all(Found::is_ready)) {
            let next = keepers.pop();
            let has_next = next.is_some();
            if let Some((number, keeper)) = next {
                let open: Vec<usize> = (0..events.len()).filter(|at| !found[*at].is_ready()).collect();
                let wanted: Vec<Event> = open.iter().map(|at| events[*at].clone()).collect();
                let time = left();
                let status = async move {
                    // A keeper should keep the time itself; whoever does not is left behind.
                    let kept = keeper.status(tenant, &wanted, time.mul_f32(0.95), now);
                    tokio::time::timeout(time, kept).await.unwrap_or_else(|_| Err(late()))
                };
                asked.push(ask(number, open, status));
            }
            let patience = if keepers.is_empty() { left() } else { left().min(PATIENCE) };
            let (number, positions, outcome) = match tokio::time::timeout(patience, asked.next()).await {
                Ok(Some(answer)) => answer,
                // Everybody has answered.
                Ok(None) if !has_next => break,
                Ok(None) | Err(_) => continue,
            };
            match outcome {
                Ok(statuses) if statuses.len() == positions.len() => {
                    heard = true;
                    for (position, status) in positions.into_iter().zip(statuses) {
                        found[position].hear(number, status);
                    }
                }
                outcome => {
                    let error = outcome.err().unwrap_or_else(|| Error::internal("too few states of clips"));
                    self.complain(number, &error);
                    for position in positions {
                        found[position].is_unsure = true;
                    }
                    last = Some(error);
                }
            }
        }
        // Whoever has not answered could not say.
        let is_silent = !asked.is_empty();
        for (found, event) in found.iter_mut().zip(events) {
            found.is_unsure |= is_silent;
            if let Some(place) = found.place {
                let key = (tenant.into(), event.camera_id.clone(), event.event_id.clone());
                self.places.insert(key, place);
            }
        }
        if !heard && !events.is_empty() {
            return Err(last.unwrap_or_else(late));
        }
        Ok(found.iter().map(Found::told).collect())
    }

    async fn open(&self, tenant: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let place = self.places.get(&(tenant.into(), event.camera_id.clone(), event.event_id.clone()));
        let mut keepers: Vec<(usize, &dyn ClipSource)> = self.holders(tenant).collect();
        // Who is known to have it comes first; the order of the others stays.
        keepers.sort_by_key(|(number, _)| Some(*number) != place);
        let mut last = None;
        for (number, keeper) in keepers {
            match keeper.open(tenant, event, request).await {
                Ok(None) => {}
                Ok(opened) => return Ok(opened),
                Err(error) => {
                    self.complain(number, &error);
                    last = Some(error);
                }
            }
        }
        last.map_or(Ok(None), Err)
    }
}

fn late() -> Error {
    Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", "no keeper of clips answers in time")
}
