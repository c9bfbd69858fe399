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

/// Puts callers on a program for a time. `question` makes the body of each request, from caller and number.
pub(crate) async fn run(
    program: &Program,
    tokens: &[String],
    time: Duration,
    question: fn(usize, usize) -> String,
) -> Run {
    run_at(program, ASK, tokens, time, question).await
}

/// The same at another route.
pub(crate) async fn run_at(
    program: &Program,
    path: &'static str,
    tokens: &[String],
    time: Duration,
    question: fn(usize, usize) -> String,
) -> Run {
    let before = call_all(program.address, path, tokens, WARM_UP, question).await.len();
    let (cpu, begun) = (program.cpu().unwrap(), Instant::now());
    let mut latencies = call_all(program.address, path, tokens, time, question).await;
    let (elapsed, cpu) = (begun.elapsed(), program.cpu().unwrap().saturating_sub(cpu));
    latencies.sort_unstable();
    Run { asked: before + latencies.len(), latencies, elapsed, cpu }
}

async fn call_all(
    address: SocketAddr,
    path: &'static str,
    tokens: &[String],
    time: Duration,
    question: fn(usize, usize) -> String,
) -> Vec<Duration> {
    let until = Instant::now() + time;
    let mut callers = JoinSet::new();
    for (caller, token) in tokens.iter().enumerate() {
        let token: Arc<str> = token.as_str().into();
        callers.spawn(async move {
            let mut connection = Connection::open(address).await.unwrap();
            let mut latencies = Vec::new();
            for number in 0.. {
                let body = question(caller, number);
                let request = Request { path, token: &token, body: &body, is_stream: false };
                let sent = Instant::now();
                if sent >= until {
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
