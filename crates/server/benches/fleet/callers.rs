//! Callers that ask without a pause, each on a connection of its own, all on one thread.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use eps_load::{
    connection::{Connection, Request},
    figures::quantile,
    process::Program,
};
use tokio::task::JoinSet;

/// The route of turns.
pub(crate) const ASK: &str = "/api/v1/conversation";
/// Before what is measured, so that caches are as in daily work.
const WARM_UP: Duration = Duration::from_millis(300);

/// What came of a load.
pub(crate) struct Run {
    /// Sorted.
    pub(crate) latencies: Vec<Duration>,
    /// Requests in all, those before the measurement as well.
    pub(crate) asked: usize,
    elapsed: Duration,
    cpu: Duration,
}

impl Run {
    pub(crate) fn ms(&self, share: f64) -> f64 {
        quantile(&self.latencies, share).as_secs_f64() * 1e3
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// CPU time of the program, its background work included.
    pub(crate) fn cpu_us(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.latencies.len() as f64
    }
}

/// Callers and what they ask.
#[derive(Clone, Copy)]
pub(crate) struct Load<'a> {
    /// The route.
    pub(crate) path: &'static str,
    /// One for each caller.
    pub(crate) tokens: &'a [String],
    /// The callers begin one after the other within this time: those who begin together stay together, round for
    /// round, and then wait for each other.
    pub(crate) spread: Duration,
    /// The body of each request, from caller and number.
    pub(crate) question: fn(usize, usize) -> String,
}

impl<'a> Load<'a> {
    /// Turns of callers who begin together.
    pub(crate) fn turns(tokens: &'a [String], question: fn(usize, usize) -> String) -> Self {
        Self { path: ASK, tokens, spread: Duration::ZERO, question }
    }

    /// Puts it on a program for a time.
    pub(crate) async fn run(self, program: &Program, time: Duration) -> Run {
        let before = self.call_all(program.address, WARM_UP).await.len();
        let (cpu, begun) = (program.cpu().unwrap(), Instant::now());
        let mut latencies = self.call_all(program.address, time).await;
        let (elapsed, cpu) = (begun.elapsed(), program.cpu().unwrap().saturating_sub(cpu));
        latencies.sort_unstable();
        Run { asked: before + latencies.len(), latencies, elapsed, cpu }
    }

    async fn call_all(self, address: SocketAddr, time: Duration) -> Vec<Duration> {
        let Self { path, tokens, spread, question } = self;
        let begun = Instant::now();
        let mut callers = JoinSet::new();
        for (caller, token) in tokens.iter().enumerate() {
            let token: Arc<str> = token.as_str().into();
            let begins = spread * caller as u32 / tokens.len() as u32;
            callers.spawn(async move {
                tokio::time::sleep(begins).await;
                let mut connection = Connection::open(address).await.unwrap();
                let mut latencies = Vec::new();
                for number in 0.. {
                    let body = question(caller, number);
                    let request = Request { path, token: &token, body: &body, is_stream: false };
                    let sent = Instant::now();
                    if sent >= begun + begins + time {
                        break;
                    }
                    let status = connection.post(request).await.unwrap();
                    latencies.push(sent.elapsed());
                    assert_eq!(status, 200, "{body}: {}", String::from_utf8_lossy(connection.body()));
                }
                latencies
            });
        }
        callers.join_all().await.concat()
    }
}
