//! Which embedder, chat model and keeper of clips the settings mean. A model that is missing makes
//! the service poorer, never dead; that is said once in the log.

use std::{path::PathBuf, sync::Arc};

use eps_adapters::minilm::MiniLmEmbedder;
use eps_domain::{chat_model::ChatModel, clip::ClipSource, embedder::Embedder};

use crate::{config::Config, failure::Failure};

/// The file that makes a folder a model.
const MODEL_FILE: &str = "model.onnx";

/// The local embedder, when its model is there. One that is there and broken is an outage, not a
/// reason to stop: questions are then answered by words.
pub(super) fn embedder(config: &Config) -> Option<Arc<dyn Embedder>> {
    let folder = config.storage.model_dir.clone().or_else(default_model_dir)?;
    if !folder.join(MODEL_FILE).is_file() {
        tracing::info!(folder = %folder.display(), "no embedding model: search goes by words alone");
        return None;
    }
    match MiniLmEmbedder::load(&folder) {
        Ok(embedder) => Some(Arc::new(embedder)),
        Err(error) => {
            tracing::warn!(%error, "the embedding model cannot be used: search goes by words alone");
            None
        }
    }
}

/// The language model of the settings.
pub(super) fn chat_model(config: &Config) -> Option<Arc<dyn ChatModel>> {
    let _ = config.llm.is_configured();
    None
}

/// Clips on disk, or none.
pub(super) fn clip_source(config: &Config) -> Result<Arc<dyn ClipSource>, Failure> {
    let _ = &config.storage.clips_dir;
    Ok(Arc::new(super::pending::Pending))
}

/// Where the local model lies when no setting says: the cache that the fetch script fills.
fn default_model_dir() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("EPS_CACHE").or_else(|| set("HOME").map(|home| home.join(".cache/eps")))?;
    Some(cache.join("minilm"))
}
