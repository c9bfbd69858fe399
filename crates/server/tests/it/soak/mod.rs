//! Mixed load on copies of the service while everything they lean on fails in turn, from one seed: some
//! seconds in every run, half an hour with `make soak`. Whatever was acknowledged is there afterwards, once and
//! whole; nothing is answered with anything but an answer or an honest refusal; memory stays flat and
//! everything comes back to rest.
//!
//! `SOAK_SECONDS` and `SOAK_SEED` set how long and which; the seed is printed.

mod ledger;
mod person;

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use eps_load::stub_model::{self, Pace};
use eps_testkit::{
    fault_proxy::{Fault, FaultProxy},
    servers::{
        own_port,
        redis::RedisServer,
        weaviate::{API_KEY, WeaviateServer},
    },
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use self::{
    ledger::Ledger,
    person::{Person, Site},
};
use super::{fleet::Copy, support::one_fleet_at_a_time};

const SECONDS: u64 = 15;
const COPIES: usize = 2;
const PEOPLE: usize = 16;
/// How long a fault lasts, and how long it is calm after it.
const FAULT_MS: std::ops::Range<u64> = 100..3_000;
const CALM_MS: std::ops::Range<u64> = 300..3_000;
/// After the last fault, how long everything may take to be well again.
const MENDED_WITHIN: Duration = Duration::from_mins(1);
/// What memory may grow by between the first third and the end: a share, and what a young process takes.
const GROWTH: f64 = 1.3;
const GROWTH_BYTES: u64 = 24 << 20;

/// What can fail.
struct Dependencies {
    names: [&'static str; 3],
    proxies: [FaultProxy; 3],
}

impl Dependencies {
    /// Lets one thing fail for a while, then mends it; says what.
    async fn fail_once(&self, dice: &mut StdRng) -> String {
        let which = dice.random_range(0..self.proxies.len());
        let fault = match dice.random_range(0..5) {
            0 => Fault::Reset,
            1 => Fault::Hang,
            2 => Fault::Latency(Duration::from_millis(dice.random_range(5..120))),
            3 => Fault::Slice(dice.random_range(1..40)),
            _ => Fault::LoseAnswer,
        };
        self.proxies[which].set(fault);
        tokio::time::sleep(Duration::from_millis(dice.random_range(FAULT_MS))).await;
        self.proxies[which].mend();
        format!("{} {fault:?}", self.names[which])
    }
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().and_then(|value| value.parse().ok())
}

fn resident(copy: &Copy) -> u64 {
    eps_load::process::memory(copy.id()).unwrap().resident
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_while_everything_fails_in_turn() {
    let _fleet = one_fleet_at_a_time().await;
    let (Some(redis), Some(weaviate)) = (RedisServer::start(), WeaviateServer::start()) else { return };
    let lasts = Duration::from_secs(number("SOAK_SECONDS").unwrap_or(SECONDS));
    let seed = number("SOAK_SEED").unwrap_or_else(|| u64::from(std::process::id()));
    println!("SOAK_SEED={seed} SOAK_SECONDS={}", lasts.as_secs());
    let mut dice = StdRng::seed_from_u64(seed);

    let model = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let model_port = model.local_addr().unwrap().port();
    let mut servers = JoinSet::new();
    servers.spawn(stub_model::serve(
        model,
        Pace { tokens: 24, between: Duration::from_millis(2), ..Pace::default() },
    ));
    let ports = [redis.port(), weaviate.port(), model_port];
    let [to_redis, to_weaviate, to_model] = ports.map(FaultProxy::before);
    let dependencies = Dependencies {
        names: ["redis", "weaviate", "model"],
        proxies: [to_redis.await, to_weaviate.await, to_model.await],
    };
    let url = |at: usize| format!("http://127.0.0.1:{}", dependencies.proxies[at].port());
    let (redis_url, weaviate_url) = (redis.url_at(dependencies.proxies[0].port()), url(1));
    let model_url = format!("{}/v1", url(2));
    let folder = TempDir::new().unwrap();
    let start = |metrics: u16| {
        let metrics = metrics.to_string();
        let settings = [
            ("REDIS_URL", &*redis_url),
            ("WEAVIATE_URL", &weaviate_url),
            ("WEAVIATE_API_KEY", API_KEY),
            ("OPENAI_BASE_URL", &model_url),
            ("METRICS_PORT", &metrics),
        ];
        Copy::start(folder.path(), own_port(), &settings)
    };
    let metrics: [u16; COPIES] = std::array::from_fn(|_| own_port());
    let mut copies = tokio::task::block_in_place(|| metrics.map(start));
    let site = Arc::new(Site {
        urls: copies.iter().map(|copy| copy.url.clone()).collect(),
        client: reqwest::Client::builder().no_proxy().build().unwrap(),
        ledger: Ledger::default(),
    });

    let (going, stop) = watch::channel(());
    let mut people = JoinSet::new();
    for n in 0..PEOPLE {
        let token = tokio::task::block_in_place(|| copies[0].token(&format!("person-{n}")));
        let person = Person::new(n, token, Arc::clone(&site), StdRng::seed_from_u64(seed ^ (n as u64 + 1)));
        people.spawn(person.live(stop.clone()));
    }
    drop(stop);
    let begun = Instant::now();
    let mut young = None;
    let mut faults = Vec::new();
    while begun.elapsed() < lasts {
        // A copy dies now and then as well; what it was doing is of unknown outcome.
        if dice.random_range(0..8) == 0 {
            let which = dice.random_range(0..COPIES);
            site.ledger.crashed();
            tokio::task::block_in_place(|| copies[which].crash());
            faults.push(format!("copy {which} killed"));
            young = None;
        } else {
            faults.push(dependencies.fail_once(&mut dice).await);
        }
        tokio::time::sleep(Duration::from_millis(dice.random_range(CALM_MS))).await;
        if young.is_none() && begun.elapsed() > lasts / 3 {
            young = Some(copies.each_ref().map(resident));
        }
    }
    drop(going);
    people.join_all().await;
    println!("{} faults; {}", faults.len(), site.ledger.summary());
    println!("{faults:?}");

    let well = Instant::now();
    for copy in &copies {
        while !site.is_ready(&copy.url).await {
            assert!(well.elapsed() < MENDED_WITHIN, "{} is not ready again", copy.url);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let wrong = site.verify().await;
    assert!(wrong.is_empty(), "seed {seed}: {} wrong: {:#?}", wrong.len(), &wrong[..wrong.len().min(20)]);
    for (copy, port) in copies.iter().zip(metrics) {
        let metrics = format!("http://127.0.0.1:{port}/metrics");
        let text = site.client.get(metrics).send().await.unwrap().text().await.unwrap();
        for gauge in ["eps_inflight_requests 0", "eps_ratelimit_fallback_active 0"] {
            assert!(text.lines().any(|line| line == gauge), "{}: not {gauge}:\n{text}", copy.url);
        }
    }
    if let Some(young) = young {
        for (copy, young) in copies.iter().zip(young) {
            let old = resident(copy);
            println!("{} MB resident at first, {} MB at the end", young >> 20, old >> 20);
            assert!(old < (young as f64 * GROWTH) as u64 + GROWTH_BYTES, "{young} bytes became {old}");
        }
    }
}
