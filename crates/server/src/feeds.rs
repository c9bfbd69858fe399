//! Listens to feeds beside the requests: what a feed delivers is stored, then confirmed. While the store
//! is out of order the feed waits; nothing is confirmed that is not durable, and nothing ends the process.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_adapters::feeds::frigate::GAP_OPEN;
use eps_api::{Health, Readiness};
use eps_domain::{
    event_feed::{Delivery, EventFeed},
    feeds::{FeedIntake, Taken},
};
use metrics::{counter, describe_counter, describe_gauge, gauge};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::wiring::Feeds;

/// The feeds that there can be, and how readiness calls them.
const FEEDS: [(&str, &str); 2] = [("frigate", "frigate_feed"), ("onvif", "onvif_feed")];
/// Messages that are stored at once.
const BATCH: usize = 64;
/// The first pause while the store is out of order …
const PAUSE_MIN: Duration = Duration::from_millis(200);
/// … and the longest, each shortened at random.
const PAUSE_MAX: Duration = Duration::from_secs(10);
/// How often it is said whether a feed hears its source.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// Names and zeroes.
pub fn describe() {
    describe_counter!("eps_feed_events_total", "What feeds brought, by what became of it.");
    describe_gauge!("eps_feed_connected", "1 while a feed hears its source.");
    describe_gauge!(GAP_OPEN, "1 while something that a feed missed is not fetched yet.");
    gauge!(GAP_OPEN, "feed" => "frigate").set(0.0);
    for (feed, _) in FEEDS {
        count(feed, &Taken::default());
        gauge!("eps_feed_connected", "feed" => feed).set(0.0);
    }
}

/// Starts listening; the tasks end after `stop`.
pub fn start(feeds: Feeds, readiness: &Arc<Readiness>, stop: &CancellationToken, tasks: &mut JoinSet<()>) {
    for feed in feeds.sources {
        tasks.spawn(tell(Arc::clone(&feed), Arc::clone(readiness), stop.clone()));
        tasks.spawn(listen(feed, Arc::clone(&feeds.intake), stop.clone()));
    }
}

/// Says again and again whether the feed hears its source.
async fn tell(feed: Arc<dyn EventFeed>, readiness: Arc<Readiness>, stop: CancellationToken) {
    let name = feed.name();
    let dependency = FEEDS.iter().find(|(feed, _)| *feed == name).map_or(name, |(_, dependency)| dependency);
    loop {
        let is_connected = feed.is_connected();
        gauge!("eps_feed_connected", "feed" => name).set(f64::from(u8::from(is_connected)));
        let health = if is_connected { Health::Up } else { Health::Down };
        readiness.report(dependency, health, Instant::now());
        if is_over(&stop, TOLD_EVERY).await {
            return;
        }
    }
}

async fn listen(feed: Arc<dyn EventFeed>, intake: Arc<FeedIntake>, stop: CancellationToken) {
    loop {
        let deliveries = tokio::select! {
            deliveries = feed.next(BATCH) => deliveries,
            () = stop.cancelled() => return,
        };
        if !store(&*feed, &intake, &deliveries, &stop).await {
            return;
        }
        let receipts: Vec<u64> = deliveries.iter().map(|delivery| delivery.receipt).collect();
        feed.confirm(&receipts).await;
    }
}

/// Stores what was delivered, however long that takes; false when it was told to stop before.
async fn store(
    feed: &dyn EventFeed,
    intake: &FeedIntake,
    deliveries: &[Delivery],
    stop: &CancellationToken,
) -> bool {
    let mut pause = PAUSE_MIN;
    loop {
        let error = match intake.take(feed, deliveries).await {
            Ok(taken) => {
                count(feed.name(), &taken);
                return true;
            }
            Err(error) => error,
        };
        counter!("eps_background_errors_total", "task" => "feeds").increment(1);
        if !error.is_retryable() {
            tracing::error!(feed = feed.name(), %error, "what a feed brought cannot be stored");
            return match deliveries {
                [_] => {
                    count(feed.name(), &Taken { rejected: 1, ..Taken::default() });
                    true
                }
                // One of them must not lose the others.
                several => one_by_one(feed, intake, several, stop).await,
            };
        }
        tracing::warn!(feed = feed.name(), %error, "what a feed brought waits for the store");
        let wait = pause.mul_f64(0.5 + fastrand::f64() / 2.0);
        if is_over(stop, wait).await {
            return false;
        }
        pause = (pause * 2).min(PAUSE_MAX);
    }
}

async fn one_by_one(
    feed: &dyn EventFeed,
    intake: &FeedIntake,
    deliveries: &[Delivery],
    stop: &CancellationToken,
) -> bool {
    for delivery in deliveries {
        if !Box::pin(store(feed, intake, std::slice::from_ref(delivery), stop)).await {
            return false;
        }
    }
    true
}

fn count(feed: &'static str, taken: &Taken) {
    let outcomes = [
        ("accepted", taken.accepted),
        ("updated", taken.updated),
        ("unchanged", taken.unchanged),
        ("rejected", taken.rejected),
        ("waiting", taken.waiting),
        ("cleaned", taken.cleaned),
        ("skipped", taken.skipped),
        ("ignored", taken.ignored),
        ("unreadable", taken.unreadable),
    ];
    for (outcome, number) in outcomes {
        counter!("eps_feed_events_total", "feed" => feed, "outcome" => outcome).increment(number);
    }
}

/// Waits; whether it was told to stop meanwhile.
async fn is_over(stop: &CancellationToken, wait: Duration) -> bool {
    tokio::time::timeout(wait, stop.cancelled()).await.is_ok()
}
