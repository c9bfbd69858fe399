//! Embeddings on the CPU, in the process: all-MiniLM-L6-v2 with int8 weights (Apache-2.0), 384
//! dimensions, at most 256 tokens a text. Needs `model.onnx` and `tokenizer.json`, which
//! `scripts/fetch-model` puts outside the checkout; it never fetches anything itself.

mod encoder;
mod lane;
mod tokenizer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use eps_domain::{Result, embedder::Embedder};

pub use encoder::DIMENSIONS;
use encoder::Encoder;
use lane::{Lane, WhenFull};

/// Names the space of the vectors.
pub const MODEL: &str = "all-MiniLM-L6-v2-int8";
/// A call with at most so many texts is a question; one with more is backlog.
const QUESTION_TEXTS_MAX: usize = 4;
/// As many questions as the service works on at once.
const QUESTIONS_QUEUED_MAX: usize = 256;
/// Questions that wait together are run together: cheaper than one by one.
const QUESTIONS_MERGED_MAX: usize = 16;
/// The backlog waits where it is kept, not here.
const BACKLOG_QUEUED_MAX: usize = 2;

/// [`Embedder`] over two threads, one for questions and one for the backlog; cheap to keep idle.
pub struct MiniLmEmbedder {
    questions: Lane,
    backlog: Lane,
}

impl MiniLmEmbedder {
    /// Reads `model.onnx` and `tokenizer.json` of a folder, checks that they are the files that were
    /// measured, and starts the threads. Blocks for a fraction of a second; the model takes about
    /// 130 MB.
    ///
    /// # Errors
    /// `Unavailable` with code `EMBEDDER_UNAVAILABLE` for a missing, another or a damaged file.
    pub fn load(dir: &Path) -> Result<Self> {
        let encoder = Arc::new(Encoder::load(dir)?);
        let questions = Lane::start(
            "embed-question",
            Arc::clone(&encoder),
            QUESTIONS_QUEUED_MAX,
            QUESTIONS_MERGED_MAX,
            WhenFull::Refuse,
        )?;
        let backlog = Lane::start("embed-backlog", encoder, BACKLOG_QUEUED_MAX, 1, WhenFull::Wait)?;
        Ok(Self { questions, backlog })
    }
}

#[async_trait]
impl Embedder for MiniLmEmbedder {
    fn dimensions(&self) -> usize {
        DIMENSIONS
    }

    fn model(&self) -> &str {
        MODEL
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        match texts.len() {
            0 => Ok(Vec::new()),
            1..=QUESTION_TEXTS_MAX => self.questions.embed(texts.to_vec()).await,
            _ => self.backlog.embed(texts.to_vec()).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// Where `scripts/fetch-model` puts the model. Without it a test says so and passes, except where
    /// `CI=1` promises that it is there.
    fn model_dir() -> Option<PathBuf> {
        let cache = std::env::var_os("EPS_CACHE").map(PathBuf::from);
        let cache = cache.or_else(|| std::env::home_dir().map(|home| home.join(".cache/eps"))).unwrap();
        let dir = cache.join("minilm");
        if dir.join("model.onnx").exists() || std::env::var_os("CI").is_some_and(|ci| ci == "1") {
            return Some(dir);
        }
        eprintln!("SKIPPED: no model in {}; `scripts/fetch-model` fetches it", dir.display());
        None
    }

    /// The ids were made with the tokenizer that the model was published with.
    #[test]
    fn text_is_tokenised_as_the_reference_does() {
        let Some(dir) = model_dir() else { return };
        let json = std::fs::read(dir.join("tokenizer.json")).unwrap();
        let tokenizer = tokenizer::Tokenizer::from_json(&json).unwrap();
        for (text, expected) in [
            (
                "Two people waited at the loading dock at 02:14.",
                &[101, 2048, 2111, 4741, 2012, 1996, 10578, 8946, 2012, 6185, 1024, 2403, 1012, 102][..],
            ),
            (
                "A Café in ZÜRICH, naïve ÅNGSTRÖM",
                &[101, 1037, 7668, 1999, 10204, 1010, 15743, 17076, 15687, 102],
            ),
            (
                "licence plate B-XY 1234 (white van)",
                &[101, 11172, 5127, 1038, 1011, 1060, 2100, 13138, 2549, 1006, 2317, 3158, 1007, 102],
            ),
            ("snow☃man unknowable", &[101, 100, 4895, 2243, 19779, 3085, 102]),
            (
                "zero\u{200b}width, soft\u{ad}hyphen, tab\tand\u{a0}space",
                &[101, 5717, 9148, 11927, 2232, 1010, 3730, 10536, 8458, 2368, 1010, 21628, 1998, 2686, 102],
            ),
            ("日本の門 gate", &[101, 1864, 1876, 1671, 1968, 4796, 102]),
            ("🚗 leaves; İstanbul", &[101, 100, 3727, 1025, 9960, 102]),
            ("don't stop… «now»", &[101, 2123, 1005, 1056, 2644, 1529, 1077, 2085, 1090, 102]),
        ] {
            assert_eq!(tokenizer.encode(text).unwrap(), expected, "{text:?}");
        }
    }
}
