//! What a turn costs in a fleet: the real binary with a real Redis and a model that answers at once or after
//! half a second, beside the least that a program can do with the same I/O; streams, a few fast and many
//! slow ones; the same questions through a real Weaviate. What is measured has a core of its own. Takes some
//! minutes and prints tables; judges nothing.
//!
//! `PARTS=turns,streams,held,stores,long` chooses; `long` (a million requests) only when it is named.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot go on stops")]
#![expect(clippy::print_stdout, reason = "its result is the tables")]

mod callers;
mod long;
mod roles;
mod stand;
mod stores;
mod streams;
mod turns;

/// What is measured has this core; everything else has the other.
const SERVICE_CORE: usize = 0;
const OTHER_CORE: usize = 1;

fn main() {
    if roles::play() {
        return;
    }
    let parts = std::env::var("PARTS").unwrap_or_else(|_| "turns,streams,held,stores".to_owned());
    let wanted = |part: &str| parts.split(',').any(|wanted| wanted == part);
    eps_load::process::pin(OTHER_CORE).expect("two cores");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if wanted("turns") {
            turns::measure().await;
        }
        if wanted("streams") {
            streams::measure().await;
        }
        if wanted("held") {
            streams::hold().await;
        }
        if wanted("stores") {
            stores::measure().await;
        }
        if wanted("long") {
            long::measure().await;
        }
    });
}
