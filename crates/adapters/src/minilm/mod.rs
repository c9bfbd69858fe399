//! Embeddings on the CPU, in the process: all-MiniLM-L6-v2 with int8 weights (Apache-2.0), 384
//! dimensions, at most 256 tokens a text. Needs `model.onnx` and `tokenizer.json`, which
//! `scripts/fetch-model` puts outside the checkout; it never fetches anything itself.

mod encoder;
mod lane;
mod tokenizer;

use std::{path::Path, sync::Arc};

use async_trait::async_trait;
use eps_domain::{Result, embedder::Embedder};

use encoder::Encoder;
use lane::{Lane, WhenFull};

/// Length of the vectors.
pub const DIMENSIONS: usize = 384;

const EMBEDDER_UNAVAILABLE: &str = "EMBEDDER_UNAVAILABLE";
const MODEL: &str = "all-MiniLM-L6-v2-int8";
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
