//! What may have been missed, fetched over HTTP a page at a time: the events that began in the gap, those
//! that had begun before and may have ended in it, and the reviews. Bounded in pages and in time. A page
//! that could not be fetched is asked for again; nothing moves on before it is there.

use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use eps_domain::Result;
use serde_json::Value;
use tokio::time::Instant;

use super::http::{FrigateHttp, PAGE_EVENTS, REVIEWS_MAX};

/// The most pages of one gap: 50,000 events.
const PAGES_MAX: usize = 500;
/// How long one gap may take in all; Frigate may be away for a night and more.
const TIME_MAX: Duration = Duration::from_hours(48);
/// Events asked for one by one in one step.
const LOOK_UPS_MAX: usize = 20;
/// The first pause after a failure …
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// … and the longest, each shortened at random.
const PAUSE_MAX: Duration = Duration::from_secs(15);
/// Reviews begin before the objects that they come to hold; they last minutes.
const REVIEW_SECONDS: f64 = 3_600.0;
/// Times have microseconds; two objects can begin in the same one.
const TICK: f64 = 0.000_001;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Events,
    Open,
    Reviews,
    Over,
}

/// One step's worth.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) objects: Vec<Value>,
    pub(super) reviews: Vec<Value>,
    /// Ids that Frigate does not know any more.
    pub(super) gone: Vec<String>,
    /// Nothing is missing any more once this is stored.
    pub(super) is_last: bool,
}

/// A gap and how far it is filled.
#[derive(Debug)]
pub(super) struct Gap {
    since: f64,
    until: f64,
    /// The end of the next page.
    before: f64,
    /// Ids of the last page: pages overlap by a tick.
    seen: HashSet<String>,
    open: VecDeque<String>,
    stage: Stage,
    pages: usize,
    begun: Instant,
    due: Instant,
    pause: Duration,
}

impl Gap {
    /// From `since` to `until`, in seconds since 1970; `open` had begun before.
    pub(super) fn new(since: f64, until: f64, open: VecDeque<String>) -> Self {
        let now = Instant::now();
        Self {
            since,
            until,
            before: until,
            seen: HashSet::new(),
            open,
            stage: Stage::Events,
            pages: 0,
            begun: now,
            due: now,
            pause: PAUSE_MIN,
        }
    }

    /// Whether everything is fetched.
    pub(super) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Asks for one more event by its id.
    pub(super) fn also(&mut self, id: String) {
        if !self.open.contains(&id) {
            self.open.push_back(id);
        }
        if self.stage == Stage::Reviews {
            self.stage = Stage::Open;
        }
    }

    /// When to go on.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// Goes on later; whether it is the first time in a row.
    pub(super) fn put_off(&mut self) -> bool {
        let is_first = self.pause == PAUSE_MIN;
        self.due = Instant::now() + self.pause.mul_f64(0.5 + fastrand::f64() / 2.0);
        self.pause = (self.pause * 2).min(PAUSE_MAX);
        is_first
    }

    /// Fetches what comes next. Dropping the future leaves the gap as it is.
    ///
    /// # Errors
    /// What the HTTP interface says; the gap is as it was.
    pub(super) async fn step(&mut self, http: &FrigateHttp) -> Result<Found> {
        let mut found = Found::default();
        let is_out_of_bounds = self.pages >= PAGES_MAX || self.begun.elapsed() > TIME_MAX;
        if is_out_of_bounds && self.stage != Stage::Over {
            tracing::error!(
                pages = self.pages,
                "a gap of the feed is too long to be filled: events are missing"
            );
            self.stage = Stage::Over;
        }
        match self.stage {
            Stage::Events => {
                let page = http.events(self.since, self.before).await?;
                self.turn(&page);
                found.objects = page;
            }
            Stage::Open => {
                let ids: Vec<String> = self.open.iter().take(LOOK_UPS_MAX).cloned().collect();
                for id in &ids {
                    match http.event(id).await? {
                        Some(object) => found.objects.push(object),
                        None => found.gone.push(id.clone()),
                    }
                }
                self.open.drain(..ids.len());
                if self.open.is_empty() {
                    self.stage = Stage::Reviews;
                }
            }
            Stage::Reviews => {
                found.reviews = http.reviews((self.since - REVIEW_SECONDS).max(0.0), self.until).await?;
                if found.reviews.len() >= REVIEWS_MAX {
                    tracing::warn!("a gap of the feed has more reviews than can be fetched");
                }
                self.stage = Stage::Over;
            }
            Stage::Over => {}
        }
        self.pages += 1;
        self.pause = PAUSE_MIN;
        found.is_last = self.stage == Stage::Over;
        Ok(found)
    }

    /// Moves on behind a page of events.
    fn turn(&mut self, page: &[Value]) {
        let ids: HashSet<String> =
            page.iter().filter_map(|event| event["id"].as_str().map(str::to_owned)).collect();
        self.open.retain(|id| !ids.contains(id));
        let last = page.last().and_then(|event| event["start_time"].as_f64());
        match last {
            Some(last) if page.len() >= PAGE_EVENTS => {
                // A page of nothing new means that a hundred began at once: step over them.
                let is_stuck = ids.is_subset(&self.seen);
                self.before = if is_stuck { last } else { (last + TICK).min(self.before) };
                self.seen = ids;
            }
            _ => self.stage = if self.open.is_empty() { Stage::Reviews } else { Stage::Open },
        }
    }
}
