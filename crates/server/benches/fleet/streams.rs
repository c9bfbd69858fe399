//! Streams: how soon the first words come, what a token costs, and thousands of slow streams at once.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use eps_load::{
    connection::{Connection, Request},
    figures::{median, quantile},
    process::Program,
    stub_model::Pace,
};
use eps_testkit::servers::redis::RedisServer;
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    callers::ASK,
    roles::{self, Model},
    stand::Stand,
};

const REPEATS: usize = 5;
/// Streams one after the other, for the first words.
const SINGLE: usize = 200;
/// Streams at once, for the cost of a token, and how long their answers are.
const FAST: usize = 32;
const FAST_TOKENS: usize = 198;
const FAST_TIME: Duration = Duration::from_secs(3);
/// Slow streams held at once; `HELD` sets another number.
const HELD_DEFAULT: usize = 5_000;
const HELD_TOKENS: usize = 198;
const HELD_PACE: Duration = Duration::from_millis(200);
/// How long each stays, so that all of them are there at the same time for half of it.
const RAMP: Duration = Duration::from_secs(15);

/// One stream as its reader saw it.
struct Seen {
    first: Duration,
    gaps: Vec<Duration>,
    is_whole: bool,
}

/// What a program calls a piece of its answer, and its end.
#[derive(Clone, Copy)]
struct Dialect {
    path: &'static str,
    piece: &'static [u8],
    end: &'static [u8],
}

const OURS: Dialect = Dialect { path: ASK, piece: b"event: answer.delta", end: b"event: completed" };
const MODEL: Dialect =
    Dialect { path: "/v1/chat/completions", piece: b"data: {\"choices\":[{\"delta\"", end: b"data: [DONE]" };

async fn read(address: SocketAddr, dialect: Dialect, token: &str) -> Seen {
    let mut connection = Connection::open(address).await.unwrap();
    read_on(&mut connection, dialect, token).await
}

async fn read_on(connection: &mut Connection, dialect: Dialect, token: &str) -> Seen {
    let body = json!({"query": "Show me people at the loading dock yesterday"}).to_string();
    let request = Request { path: dialect.path, token, body: &body, is_stream: true };
    let sent = Instant::now();
    let mut seen = Seen { first: Duration::ZERO, gaps: Vec::new(), is_whole: false };
    let mut last = None;
    let status = connection
        .listen(request, |line| {
            if line.starts_with(dialect.piece) {
                match last {
                    None => seen.first = sent.elapsed(),
                    Some(last) => seen.gaps.push(Instant::elapsed(&last)),
                }
                last = Some(Instant::now());
            }
            seen.is_whole |= line.starts_with(dialect.end);
        })
        .await;
    seen.is_whole &= status.is_ok_and(|status| status == 200);
    seen
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The first words to one reader, then the cost of a token with many.
pub(crate) async fn measure() {
    let Some(redis) = RedisServer::start() else { return };
    let slow = Model::start(Pace { first: Duration::ZERO, between: Duration::from_millis(2), tokens: 30 });
    let stand = Stand::new().with(&redis, &slow);
    stand.import();
    let ours = stand.serve();
    let tokens = stand.tokens(FAST);
    println!("\nstreams: the first words, one reader, 2 ms between tokens");
    for (name, program, dialect) in [("model alone", &slow.program, MODEL), ("service", &ours, OURS)] {
        let mut connection = Connection::open(program.address).await.unwrap();
        let mut first = Vec::new();
        for _ in 0..SINGLE {
            let seen = read_on(&mut connection, dialect, &tokens[0]).await;
            assert!(seen.is_whole);
            first.push(seen.first);
        }
        first.sort_unstable();
        println!(
            "  {name:<13} p50 {:.2} ms  p99 {:.2} ms",
            ms(quantile(&first, 0.5)),
            ms(quantile(&first, 0.99))
        );
    }
    ours.stop().unwrap();

    let fast = Model::start(Pace { tokens: FAST_TOKENS, ..Pace::default() });
    let stand = stand.with(&redis, &fast);
    let ours = stand.serve();
    let bare = roles::bare(&redis.url(), &fast, 6_000, 4_000);
    println!("streams: {FAST} readers without a pause, {FAST_TOKENS} tokens an answer");
    let mut costs: [Vec<f64>; 2] = Default::default();
    for _ in 0..REPEATS {
        for (program, costs) in [&ours, &bare].into_iter().zip(&mut costs) {
            costs.push(cost_of_a_token(program, &tokens, FAST_TOKENS).await);
        }
    }
    let [ours_us, bare_us] = costs.map(median);
    println!(
        "  {ours_us:.1} us CPU a token, everything else of the turn included; the bare program {bare_us:.1}"
    );
    // Twice as many tokens in the same turn: the difference is theirs alone.
    let model = Model::start(Pace { tokens: FAST_TOKENS * 2, ..Pace::default() });
    let stand = Stand::new().with(&redis, &model);
    stand.import();
    let longer = stand.serve();
    let mut turn = [Vec::new(), Vec::new()];
    for _ in 0..REPEATS {
        turn[0].push(cost_of_a_token(&ours, &tokens, FAST_TOKENS).await * FAST_TOKENS as f64);
        turn[1].push(cost_of_a_token(&longer, &tokens, FAST_TOKENS * 2).await * (FAST_TOKENS * 2) as f64);
    }
    let [short, long] = turn.map(median);
    println!(
        "  {:.1} us CPU for each token more (a turn of {FAST_TOKENS}: {short:.0} us, of twice as many: {long:.0} us)",
        (long - short) / FAST_TOKENS as f64
    );
}

async fn cost_of_a_token(program: &Program, tokens: &[String], an_answer: usize) -> f64 {
    let before = program.cpu().unwrap();
    let until = Instant::now() + FAST_TIME;
    let mut readers = JoinSet::new();
    for token in tokens {
        let (token, address) = (token.clone(), program.address);
        readers.spawn(async move {
            let mut connection = Connection::open(address).await.unwrap();
            let mut streams = 0;
            while Instant::now() < until {
                assert!(read_on(&mut connection, OURS, &token).await.is_whole);
                streams += 1;
            }
            streams
        });
    }
    let streams: usize = readers.join_all().await.iter().sum();
    let cpu = program.cpu().unwrap().saturating_sub(before);
    cpu.as_secs_f64() * 1e6 / (streams * an_answer) as f64
}

/// Thousands of readers whose answers come slowly; of the service, then of the bare program.
pub(crate) async fn hold() {
    let Some(redis) = RedisServer::start() else { return };
    let model = Model::start(Pace { first: Duration::ZERO, between: HELD_PACE, tokens: HELD_TOKENS });
    let stand = Stand::new().with(&redis, &model);
    stand.import();
    let tokens = stand.tokens(64);
    println!("\nstreams held at once, a token every {} ms", HELD_PACE.as_millis());
    let ours = stand.serve();
    hold_of("service", &ours, &tokens).await;
    ours.stop().unwrap();
    hold_of("bare program", &roles::bare(&redis.url(), &model, 6_000, 4_000), &tokens).await;
}

async fn hold_of(name: &str, program: &Program, tokens: &[String]) {
    // What is there for one question is there for all.
    assert!(read(program.address, OURS, &tokens[0]).await.is_whole);
    let held = std::env::var("HELD").ok().and_then(|held| held.parse().ok()).unwrap_or(HELD_DEFAULT);
    let (idle, cpu, begun) = (program.memory().unwrap(), program.cpu().unwrap(), Instant::now());
    let open = Arc::new(AtomicUsize::new(0));
    let mut readers = JoinSet::new();
    let mut pause = tokio::time::interval(RAMP / held as u32);
    for reader in 0..held {
        pause.tick().await;
        let (token, address, open) =
            (tokens[reader % tokens.len()].clone(), program.address, Arc::clone(&open));
        readers.spawn(async move {
            open.fetch_add(1, Ordering::Relaxed);
            let seen = read(address, OURS, &token).await;
            open.fetch_sub(1, Ordering::Relaxed);
            seen
        });
    }
    let at_once = open.load(Ordering::Relaxed);
    let full = program.memory().unwrap();
    let seen = readers.join_all().await;
    let (cpu, elapsed) = (program.cpu().unwrap().saturating_sub(cpu), begun.elapsed());
    let broken = seen.iter().filter(|seen| !seen.is_whole).count();
    let mut first: Vec<Duration> = seen.iter().map(|seen| seen.first).collect();
    let mut gaps: Vec<Duration> = seen.iter().flat_map(|seen| seen.gaps.iter().copied()).collect();
    first.sort_unstable();
    gaps.sort_unstable();
    let told = held * HELD_TOKENS;
    println!(
        "  {name:<13} {at_once} at once, {:.0} s, {broken} broken; first words p50 {:.1} ms p99 {:.1} ms; between pieces p50 {:.0} ms p99 {:.0} ms; {:.1} us CPU a token; {:.1} KiB a stream",
        elapsed.as_secs_f64(),
        ms(quantile(&first, 0.5)),
        ms(quantile(&first, 0.99)),
        ms(quantile(&gaps, 0.5)),
        ms(quantile(&gaps, 0.99)),
        cpu.as_secs_f64() * 1e6 / told as f64,
        full.resident.saturating_sub(idle.resident) as f64 / 1_024.0 / at_once as f64,
    );
    println!(
        "  {name:<13} {} MB before, {} MB with them, {} MB afterwards",
        idle.resident / 1_000_000,
        full.resident / 1_000_000,
        program.memory().unwrap().resident / 1_000_000
    );
}
