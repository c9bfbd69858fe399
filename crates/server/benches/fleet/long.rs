//! Whether a turn gets dearer with the number of turns before it.

use std::time::Duration;

use eps_testkit::servers::redis::RedisServer;
use serde_json::json;

use super::{callers::Load, stand::Stand};

/// Between measurements.
const STRETCH: Duration = Duration::from_secs(30);
const MEASURED: Duration = Duration::from_secs(3);
const CALLERS: usize = 32;
/// Turns in all.
const TURNS: usize = 1_000_000;
/// The most stretches: a machine that is too slow ends here.
const STRETCHES_MAX: usize = 40;

fn hello(_: usize, _: usize) -> String {
    json!({"query": "hello"}).to_string()
}

pub(crate) async fn measure() {
    let Some(redis) = RedisServer::start() else { return };
    let stand = Stand::new().set("REDIS_URL", redis.url());
    let ours = stand.serve();
    let tokens = stand.tokens(CALLERS);
    println!("\nturns that search nothing, {CALLERS} callers, each in a new conversation, memory in Redis");
    let mut turns = 0;
    for _ in 0..STRETCHES_MAX {
        let run = Load::turns(&tokens, hello).run(&ours, MEASURED).await;
        turns += run.latencies.len();
        println!(
            "  after {turns:>8} turns: p50 {:.2} ms  p99 {:.2} ms  {:.0} us CPU, {} MB resident",
            run.ms(0.5),
            run.ms(0.99),
            run.cpu_us(),
            ours.memory().unwrap().resident / 1_000_000
        );
        if turns >= TURNS {
            return;
        }
        turns += Load::turns(&tokens, hello).run(&ours, STRETCH).await.latencies.len();
    }
}
