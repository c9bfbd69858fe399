//! Work beside the requests, each task with its stop: feeds, the keys of tokens, spans on their way to a
//! collector, vectors for new events, the end of old conversations, the state of the dependencies. A failure
//! is counted and tried again; none ends the process.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_adapters::{jwt::PublishedKeys, otlp::OtlpSender};
use eps_api::{Health, Readiness};
use eps_domain::{Result, embedding_backlog::EmbeddingBacklog};
use metrics::{counter, gauge};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    feeds,
    telemetry::Metrics,
    wiring::{self, Feeds, Site},
};

/// Without them the service takes no requests.
const DEPENDENCIES_REQUIRED: [&str; 2] = ["events", "conversations"];
/// The keys of an identity provider.
const TOKEN_KEYS: &str = "token_keys";

/// How often the dependencies are asked how they are: well below the hysteresis of readiness.
const PROBE_EVERY: Duration = Duration::from_secs(2);
/// How long a dependency may take to say so at most. One that is slow works; a store that was set to be waited for less
/// long is waited for no longer here.
const PROBE_PATIENCE_MAX: Duration = Duration::from_secs(5);
/// Texts embedded at once: some tens of milliseconds of one core, so that a stop never waits long.
const EMBEDDING_BATCH: usize = 64;
/// How long to rest when nothing waits.
const EMBEDDING_IDLE: Duration = Duration::from_secs(1);
/// The longest pause while the embedder is out of order.
const EMBEDDING_WAIT_MAX: Duration = Duration::from_mins(1);
/// How often what is past its time is removed; reads hide it before.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// How often samples are put into their buckets; a busy second makes some ten thousand of 8 bytes.
const DRAIN_METRICS_EVERY: Duration = Duration::from_secs(5);

/// Nothing known yet of the dependencies. Keys decide where there is no secret that verifies tokens.
pub fn readiness(config: &Config, keys: Option<&Arc<PublishedKeys>>) -> Arc<Readiness> {
    let mut required = DEPENDENCIES_REQUIRED.to_vec();
    let mut others = Vec::new();
    if keys.is_some() {
        let list = if config.security.jwt_secret.is_some() { &mut others } else { &mut required };
        list.push(TOKEN_KEYS);
    }
    Readiness::new(&required, &others)
}

/// How long a dependency may take to say how it is.
pub fn probe_patience(config: &Config) -> Duration {
    let store = config.storage.weaviate.as_ref().map(|settings| settings.timeout);
    store.map_or(PROBE_PATIENCE_MAX, |timeout| timeout.min(PROBE_PATIENCE_MAX))
}

/// Starts everything; the set ends after `stop`.
pub fn start(
    config: &Config,
    site: &Site,
    listened: Option<Feeds>,
    keys: Option<Arc<PublishedKeys>>,
    readiness: Arc<Readiness>,
    stop: &CancellationToken,
) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    if let Some(listened) = listened {
        feeds::start(listened, &readiness, stop, &mut tasks);
    }
    if let Some(keys) = keys {
        tasks.spawn(keep(keys, Arc::clone(&readiness), stop.clone()));
    }
    let probing = {
        let (site, stop, patience) = (site.clone(), stop.clone(), probe_patience(config));
        async move {
            while !is_over(&stop, PROBE_EVERY).await {
                probe(&site, &readiness, patience).await;
            }
        }
    };
    tasks.spawn(probing);
    tasks.spawn(sweep(site.clone(), wiring::retention(config), stop.clone()));
    if let Some(embedder) = &site.backlog_embedder {
        let backlog = EmbeddingBacklog::new(Arc::clone(&site.store), Arc::clone(embedder));
        tasks.spawn(embed(backlog, stop.clone()));
    }
    tasks
}

/// Waits; whether it was told to stop meanwhile.
/// Keeps metrics small, also where nobody scrapes them.
pub async fn drain_metrics(metrics: Metrics, stop: CancellationToken) {
    while !is_over(&stop, DRAIN_METRICS_EVERY).await {
        metrics.drain();
    }
}

async fn is_over(stop: &CancellationToken, wait: Duration) -> bool {
    tokio::time::timeout(wait, stop.cancelled()).await.is_ok()
}

/// Asks every dependency once how it is. What does not say so is taken to be down since it was asked, however long it
/// was waited for.
pub async fn probe(site: &Site, readiness: &Readiness, patience: Duration) {
    let asked = Instant::now();
    let events = async {
        let health = match tokio::time::timeout(patience, site.store.health()).await {
            Ok(Ok(health)) => {
                gauge!("eps_embedding_backlog").set(health.unembedded as f64);
                if health.writable { Health::Up } else { Health::ReadOnly }
            }
            _ => Health::Down,
        };
        readiness.report("events", health, asked);
    };
    let conversations = async {
        let health = match tokio::time::timeout(patience, site.conversation_store.health()).await {
            Ok(Ok(())) => Health::Up,
            _ => Health::Down,
        };
        readiness.report("conversations", health, asked);
    };
    tokio::join!(events, conversations);
    gauge!("eps_ready").set(f64::from(u8::from(readiness.is_ready(Instant::now()))));
}

/// Fetches the keys of tokens if they are due, and says how they are.
pub async fn refresh(keys: &PublishedKeys, readiness: &Readiness) {
    keys.refresh().await;
    let health = if keys.are_usable() { Health::Up } else { Health::Down };
    readiness.report(TOKEN_KEYS, health, Instant::now());
}

/// Keeps the keys of tokens up to date.
async fn keep(keys: Arc<PublishedKeys>, readiness: Arc<Readiness>, stop: CancellationToken) {
    let keeping = async {
        loop {
            keys.wait().await;
            refresh(&keys, &readiness).await;
        }
    };
    tokio::select! {
        () = keeping => {}
        () = stop.cancelled() => {}
    }
}

/// Sends the spans of traces, at the end those that still wait.
pub async fn send_spans(mut sender: OtlpSender, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = sender.gather() => {}
            () = stop.cancelled() => return sender.finish().await,
        }
        sender.send().await;
    }
}

/// Works through the backlog in batches, rests when it is empty, and waits longer and longer while the
/// embedder is out of order.
async fn embed(backlog: EmbeddingBacklog, stop: CancellationToken) {
    let mut wait = Duration::ZERO;
    let mut failures: u32 = 0;
    while !is_over(&stop, wait).await {
        let worked = tokio::select! {
            worked = backlog.run_once(EMBEDDING_BATCH) => worked,
            () = stop.cancelled() => return,
        };
        match worked {
            Ok(count) => {
                counter!("eps_embedded_texts_total").increment(count as u64);
                failures = 0;
                wait = if count == 0 { EMBEDDING_IDLE } else { Duration::ZERO };
            }
            Err(error) => {
                counter!("eps_background_errors_total", "task" => "embedding").increment(1);
                tracing::warn!(%error, failures, "new events got no vectors");
                wait = EMBEDDING_IDLE.saturating_mul(1 << failures.min(6)).min(EMBEDDING_WAIT_MAX);
                failures = failures.saturating_add(1);
            }
        }
    }
}

async fn sweep(site: Site, retention: eps_domain::conversation::Retention, stop: CancellationToken) {
    while !is_over(&stop, SWEEP_EVERY).await {
        let now = site.clocks.site.now();
        note(site.conversation_store.sweep(retention, now).await, "conversations");
        note(site.idempotency.sweep(now).await, "idempotency records");
    }
}

fn note(swept: Result<u64>, what: &str) {
    match swept {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, what, "removed what was past its time"),
        Err(error) => {
            counter!("eps_background_errors_total", "task" => "sweep").increment(1);
            tracing::warn!(%error, what, "sweep failed");
        }
    }
}
