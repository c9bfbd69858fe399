//! The same questions through Redis and Weaviate and through what is embedded, and how fast Weaviate takes
//! events in.

use std::time::Duration;

use eps_load::{figures::median, process};
use eps_testkit::servers::{
    redis::RedisServer,
    weaviate::{API_KEY, WeaviateServer},
};

use super::{
    callers::{Load, Run},
    stand::Stand,
    turns::question,
};

const MEASURED: Duration = Duration::from_secs(4);
const REPEATS: usize = 3;

pub(crate) async fn measure() {
    let (Some(redis), Some(weaviate)) = (RedisServer::start(), WeaviateServer::start()) else { return };
    let embedded = Stand::new();
    let (events, elapsed) = embedded.import();
    println!("\n{events} events taken in: embedded {:.0} /s", events as f64 / elapsed.as_secs_f64());
    let shared = Stand::new()
        .set("REDIS_URL", redis.url())
        .set("WEAVIATE_URL", weaviate.url())
        .set("WEAVIATE_API_KEY", API_KEY);
    let (events, elapsed) = shared.import();
    println!("  Weaviate {:.0} /s", events as f64 / elapsed.as_secs_f64());
    let (one, other) = (embedded.serve(), shared.serve());
    let tokens = embedded.tokens(8);
    for callers in [1, 8] {
        let load = Load::turns(&tokens[..callers], question);
        let mut runs: [Vec<Run>; 2] = Default::default();
        let mut weaviate_us = Vec::new();
        for _ in 0..REPEATS {
            runs[0].push(load.run(&one, MEASURED).await);
            let before = process::cpu(weaviate.process_id()).unwrap();
            let run = load.run(&other, MEASURED).await;
            let spent = process::cpu(weaviate.process_id()).unwrap().saturating_sub(before);
            weaviate_us.push(spent.as_secs_f64() * 1e6 / run.latencies.len() as f64);
            runs[1].push(run);
        }
        for (name, runs) in ["embedded", "Redis, Weaviate"].into_iter().zip(&runs) {
            let of = |figure: fn(&Run) -> f64| median(runs.iter().map(figure).collect());
            println!(
                "{callers:>4} callers  {name:<16} p50 {:>7.2} ms  p95 {:>7.2} ms  {:>6.0} /s  {:>6.0} us CPU",
                of(|run| run.ms(0.5)),
                of(|run| run.ms(0.95)),
                of(Run::per_second),
                of(Run::cpu_us),
            );
        }
        println!("{callers:>4} callers  and {:.0} us CPU of Weaviate a turn", median(weaviate_us));
    }
}
