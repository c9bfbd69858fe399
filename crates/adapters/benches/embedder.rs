//! How long one question takes and how many events a second the backlog can get, on this machine.
//! `cargo bench -p eps-adapters --bench embedder`; needs the model of `scripts/fetch-model`.

use std::path::PathBuf;

use divan::{Bencher, counter::ItemsCount};
use eps_adapters::minilm::MiniLmEmbedder;
use eps_domain::embedder::Embedder;
use tokio::runtime::{Builder, Runtime};

fn main() {
    divan::main();
}

fn loaded() -> Option<(MiniLmEmbedder, Runtime)> {
    let cache = std::env::var_os("EPS_CACHE").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache/eps")))?;
    let embedder = MiniLmEmbedder::load(&cache.join("minilm")).ok()?;
    Some((embedder, Builder::new_current_thread().build().ok()?))
}

#[divan::bench]
fn one_question(bencher: Bencher) {
    let Some((embedder, runtime)) = loaded() else { return };
    let texts = ["who was at the loading dock after ten last night".to_owned()];
    bencher.bench(|| runtime.block_on(embedder.embed(&texts)));
}

#[divan::bench]
fn backlog_of_32_events(bencher: Bencher) {
    let Some((embedder, runtime)) = loaded() else { return };
    let texts: Vec<String> = (0..32)
        .map(|index| {
            format!("A man in a white shirt opens door {index} and leaves. person_opens_door person")
        })
        .collect();
    bencher.counter(ItemsCount::new(texts.len())).bench(|| runtime.block_on(embedder.embed(&texts)));
}

#[divan::bench(sample_count = 10)]
fn backlog_of_32_long_events(bencher: Bencher) {
    let Some((embedder, runtime)) = loaded() else { return };
    let texts = vec!["a man walks from the gate to the dock ".repeat(40); 32];
    bencher.counter(ItemsCount::new(texts.len())).bench(|| runtime.block_on(embedder.embed(&texts)));
}
