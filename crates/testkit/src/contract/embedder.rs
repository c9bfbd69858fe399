//! What every [`Embedder`] must do.
#![expect(clippy::unwrap_used, reason = "a contract fails by panicking")]

use std::sync::Arc;

use eps_domain::embedder::Embedder;
use futures::future::join_all;

/// Two vectors of the same text may differ by rounding, no more.
const SAME_COSINE_MIN: f32 = 0.999;

/// Runs the whole contract.
///
/// # Panics
/// At the first thing that does not hold.
pub async fn run(embedder: &dyn Embedder) {
    gives_one_unit_vector_a_text_in_their_order(embedder).await;
    takes_any_text(embedder).await;
    finds_like_texts_alike(embedder).await;
    serves_many_at_once(embedder).await;
}

async fn one(embedder: &dyn Embedder, text: &str) -> Arc<[f32]> {
    embedder.embed(&[text.to_owned()]).await.unwrap().remove(0)
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn assert_is_unit(embedder: &dyn Embedder, vector: &[f32], text: &str) {
    assert_eq!(vector.len(), embedder.dimensions(), "{text:?}");
    assert!((cosine(vector, vector) - 1.0).abs() < 1e-3, "{text:?} has no unit length");
}

/// More texts than any batch, of very different lengths, so that sorting and padding must be undone.
async fn gives_one_unit_vector_a_text_in_their_order(embedder: &dyn Embedder) {
    assert!(!embedder.model().is_empty());
    assert!(embedder.embed(&[]).await.unwrap().is_empty());
    let texts: Vec<String> = (0..70)
        .map(|index| format!("camera {index} saw {}", "a red van at the gate ".repeat((index * 7) % 5)))
        .collect();
    let vectors = embedder.embed(&texts).await.unwrap();
    assert_eq!(vectors.len(), texts.len());
    for (text, vector) in texts.iter().zip(&vectors) {
        assert_is_unit(embedder, vector, text);
    }
    for index in [0, 1, 33, 69] {
        let alone = one(embedder, &texts[index]).await;
        let likeness = cosine(&alone, &vectors[index]);
        assert!(likeness > SAME_COSINE_MIN, "text {index} differs in a batch: {likeness}");
    }
}

async fn takes_any_text(embedder: &dyn Embedder) {
    let long = "person at the loading dock ".repeat(2_000);
    for text in ["", " \n\t", "🚗🚗🚗", "日本語のテキスト", "\u{202E}abc\u{0}", "[SEP] [CLS]", &long]
    {
        assert_is_unit(embedder, &one(embedder, text).await, text);
    }
}

async fn finds_like_texts_alike(embedder: &dyn Embedder) {
    let asked = one(embedder, "a man walks a dog in the park").await;
    let like = one(embedder, "a man is walking a dog in the park").await;
    let unlike = one(embedder, "quarterly tax returns are overdue").await;
    assert!(cosine(&asked, &like) > cosine(&asked, &unlike) + 0.2);
}

async fn serves_many_at_once(embedder: &dyn Embedder) {
    let texts: Vec<String> = (0..24).map(|index| format!("question number {index}")).collect();
    let expected = embedder.embed(&texts).await.unwrap();
    let alone = join_all(texts.iter().map(|text| one(embedder, text))).await;
    for (index, (alone, expected)) in alone.iter().zip(&expected).enumerate() {
        assert!(cosine(alone, expected) > SAME_COSINE_MIN, "question {index} got another's vector");
    }
}
