//! Measures retrieval on public data: how well the embedder judges likeness (STS-B) and how well words,
//! vectors and both together find documents (`SciFact`). Prints figures; exits with 1 below a floor.
//!
//! `cargo run --release -p eps-adapters --example retrieval -- [DATA]`, where DATA (else `EPS_DATA`, else
//! `../shared/data`) holds `retrieval/`. The model is read from `EPS_MODEL_DIR`, else from where
//! `scripts/fetch-model` puts it. It tunes nothing and knows no query. The vectors of the documents take
//! minutes and are kept in `target/retrieval/`; delete that after a change of the embedder.
#![expect(clippy::print_stdout, reason = "a command that prints figures")]

mod data;
mod figures;
mod store;

use std::{error::Error, path::PathBuf, process::ExitCode, sync::Arc, time::Instant};

use eps_adapters::{embedded::VectorSpace, minilm::MiniLmEmbedder};
use eps_domain::embedder::Embedder;

use data::{Pair, SciFact};
use figures::{ndcg_at_10, spearman};

/// The published model has .8203.
const STSB_SPEARMAN_MIN: f64 = 0.80;
/// The published model has .645.
const SCIFACT_EMBEDDER_MIN: f64 = 0.63;
/// BM25 has .665 to .679, depending on the analyser.
const SCIFACT_WORDS_MIN: f64 = 0.66;
/// Texts of one call.
const TEXTS_PER_CALL: usize = 256;

type Outcome<T> = Result<T, Box<dyn Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome<ExitCode> {
    let data = std::env::args().nth(1).or_else(|| std::env::var("EPS_DATA").ok());
    let data = PathBuf::from(data.unwrap_or_else(|| "../shared/data".into())).join("retrieval");
    let embedder = MiniLmEmbedder::load(&data::model_dir()?)?;
    println!("{}, {} dimensions", embedder.model(), embedder.dimensions());
    let mut passed = true;
    let mut report = |name: &str, value: f64, floor: f64| {
        let is_met = value >= floor;
        passed &= is_met;
        println!("{name:<32} {value:.4}   floor {floor:.4}   {}", if is_met { "ok" } else { "BELOW" });
    };

    // The quickest first: minutes may pass before the last.
    let scifact = SciFact::read(&data)?;
    let space = VectorSpace { model: embedder.model().to_owned(), dimensions: embedder.dimensions() };
    let filled = store::Filled::new(&scifact, space).await?;
    let mut ranked = Vec::new();
    for (_, text) in &scifact.queries {
        ranked.push(filled.best_ten(text, None).await?);
    }
    let by_words = mean_ndcg(&scifact, &ranked);
    report("SciFact, words, nDCG@10", by_words, SCIFACT_WORDS_MIN);

    report("STS-B test, Spearman", stsb(&embedder, &data::stsb(&data)?).await?, STSB_SPEARMAN_MIN);

    let queries = embed(&embedder, scifact.queries.iter().map(|(_, text)| text.clone()).collect()).await?;
    let texts = scifact.documents.iter().map(|(_, text)| text.clone()).collect();
    let vectors = embed_once(&embedder, "scifact", texts).await?;
    let ranked: Vec<_> = queries.iter().map(|query| nearest_ten(&scifact, &vectors, query)).collect();
    let by_vector = mean_ndcg(&scifact, &ranked);
    report("SciFact, vectors, nDCG@10", by_vector, SCIFACT_EMBEDDER_MIN);

    filled.add_vectors(&scifact, &vectors).await?;
    let mut ranked = Vec::new();
    for ((_, text), vector) in scifact.queries.iter().zip(&queries) {
        ranked.push(filled.best_ten(text, Some(Arc::clone(vector))).await?);
    }
    report("SciFact, both, nDCG@10", mean_ndcg(&scifact, &ranked), by_words.max(by_vector));
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn stsb(embedder: &dyn Embedder, pairs: &[Pair]) -> Outcome<f64> {
    let texts = pairs.iter().flat_map(|pair| [pair.a.clone(), pair.b.clone()]).collect();
    let vectors = embed(embedder, texts).await?;
    let cosines: Vec<f64> = vectors.chunks(2).map(|pair| f64::from(dot(&pair[0], &pair[1]))).collect();
    let judged: Vec<f64> = pairs.iter().map(|pair| pair.score).collect();
    Ok(spearman(&cosines, &judged))
}

async fn embed(embedder: &dyn Embedder, texts: Vec<String>) -> Outcome<Vec<Arc<[f32]>>> {
    let begun = Instant::now();
    let mut vectors = Vec::with_capacity(texts.len());
    for chunk in texts.chunks(TEXTS_PER_CALL) {
        vectors.extend(embedder.embed(chunk).await?);
    }
    let seconds = begun.elapsed().as_secs_f64();
    println!("  embedded {} texts in {seconds:.1} s, {:.0}/s", texts.len(), texts.len() as f64 / seconds);
    Ok(vectors)
}

/// Like [`embed`], but only the first time.
async fn embed_once(embedder: &dyn Embedder, name: &str, texts: Vec<String>) -> Outcome<Vec<Arc<[f32]>>> {
    let path = PathBuf::from("target/retrieval").join(format!("{name}-{}.f32", embedder.model()));
    let vector_bytes = embedder.dimensions() * size_of::<f32>();
    if let Ok(bytes) = std::fs::read(&path)
        && bytes.len() == texts.len() * vector_bytes
    {
        println!("  vectors from {}", path.display());
        let floats = |vector: &[u8]| {
            vector
                .chunks_exact(4)
                .map(|value| f32::from_le_bytes([value[0], value[1], value[2], value[3]]))
                .collect()
        };
        return Ok(bytes.chunks_exact(vector_bytes).map(floats).collect());
    }
    let vectors = embed(embedder, texts).await?;
    let bytes: Vec<u8> =
        vectors.iter().flat_map(|vector| vector.iter()).flat_map(|f| f.to_le_bytes()).collect();
    std::fs::create_dir_all("target/retrieval")?;
    std::fs::write(&path, bytes)?;
    Ok(vectors)
}

/// The mean over the queries; `ranked` holds the ids of the best ten for each.
fn mean_ndcg(scifact: &SciFact, ranked: &[Vec<String>]) -> f64 {
    let each = scifact.queries.iter().zip(ranked);
    let sum: f64 = each.map(|((id, _), ranked)| ndcg_at_10(ranked, &scifact.relevant[id])).sum();
    sum / scifact.queries.len() as f64
}

/// Ids of the ten documents nearest to a query, by comparing with every one.
fn nearest_ten(scifact: &SciFact, vectors: &[Arc<[f32]>], query: &[f32]) -> Vec<String> {
    let mut scored: Vec<(f32, usize)> = vectors.iter().map(|vector| dot(vector, query)).zip(0..).collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().take(10).map(|(_, index)| scifact.documents[index].0.clone()).collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
