//! Which embedder and chat model the settings mean. A model that is missing makes
//! the service poorer, never dead; that is said once in the log.

use std::{path::Path, sync::Arc};

use eps_adapters::{
    cached_embedder::CachedEmbedder,
    embedded::VectorSpace,
    fallback_chat_model::FallbackChatModel,
    guard::GuardedChatModel,
    minilm::{self, MiniLmEmbedder},
    observe::{ObservedChatModel, ObservedEmbedder},
    openai::{OpenAiChatModel, OpenAiEmbedder, OpenAiOptions},
    priced_chat_model::{PricedChatModel, TokenPrice},
};
use eps_domain::{chat_model::ChatModel, embedder::Embedder};

use crate::{
    config::{Config, EmbeddingSettings},
    failure::Failure,
};

/// The provider whose protocol it is; asked when there is a key and no address.
const OPENAI_URL: &str = "https://api.openai.com/v1";
/// The file that makes a folder a model.
const MODEL_FILE: &str = "model.onnx";
/// Questions whose vectors are remembered: with 1.5 KiB each, some 15 MiB.
const QUESTIONS_REMEMBERED: u64 = 10_000;

/// What turns text into vectors: one for questions, with a memory, and one for the backlog.
#[derive(Clone)]
pub(super) struct Embedders {
    pub(super) questions: Arc<dyn Embedder>,
    pub(super) backlog: Arc<dyn Embedder>,
}

/// What the vectors of [`embedders`] will be, before any model is loaded. A model that then turns out to
/// be broken leaves the vectors there are for the day it is mended.
pub(super) fn vector_space(config: &Config) -> Option<VectorSpace> {
    match &config.embeddings {
        Some(settings) => {
            Some(VectorSpace { model: settings.model.clone(), dimensions: settings.dimensions })
        }
        None => local_model(config)
            .map(|_| VectorSpace { model: minilm::MODEL.to_owned(), dimensions: minilm::DIMENSIONS }),
    }
}

/// The folder of the local model, when it is there.
fn local_model(config: &Config) -> Option<&Path> {
    config.storage.model_dir.as_deref().filter(|folder| folder.join(MODEL_FILE).is_file())
}

/// The remote embedder when one is set, else the local one when its model is there.
///
/// # Errors
/// A remote one that cannot be set up, as a matter of settings.
pub(super) fn embedders(config: &Config) -> Result<Option<Embedders>, Failure> {
    let embedder: Arc<dyn Embedder> = match &config.embeddings {
        Some(settings) => Arc::new(remote_embedder(settings)?),
        None => match local_embedder(config) {
            Some(embedder) => Arc::new(embedder),
            None => return Ok(None),
        },
    };
    let embedder: Arc<dyn Embedder> = Arc::new(ObservedEmbedder::new(embedder));
    let questions = Arc::new(CachedEmbedder::new(Arc::clone(&embedder), QUESTIONS_REMEMBERED));
    Ok(Some(Embedders { questions, backlog: embedder }))
}

fn remote_embedder(settings: &EmbeddingSettings) -> Result<OpenAiEmbedder, Failure> {
    let keys = settings.api_key.iter().cloned().collect();
    let options = OpenAiOptions::new(&settings.base_url, keys, &settings.model);
    OpenAiEmbedder::new(options, settings.dimensions, settings.asks_for_dimensions)
        .map_err(|error| wrong_setting("EMBEDDINGS_BASE_URL", &error))
}

/// A model that is there and broken is an outage, not a reason to stop: questions are then answered by
/// words.
fn local_embedder(config: &Config) -> Option<MiniLmEmbedder> {
    let Some(folder) = local_model(config) else {
        let folder = config.storage.model_dir.as_deref().map(Path::display).map(tracing::field::display);
        tracing::info!(folder, "no embedding model: search goes by words alone");
        return None;
    };
    MiniLmEmbedder::load(folder)
        .inspect_err(|error| {
            tracing::warn!(%error, "the embedding model cannot be used: search goes by words alone");
        })
        .ok()
}

/// The language model of the settings; none when neither a key nor an address is set.
///
/// # Errors
/// One that cannot be set up, as a matter of settings.
pub(super) fn chat_model(config: &Config) -> Result<Option<Arc<dyn ChatModel>>, Failure> {
    let llm = &config.llm;
    if !llm.is_configured() {
        return Ok(None);
    }
    let first = OpenAiOptions {
        first_token_timeout: llm.first_token,
        ..OpenAiOptions::new(llm.base_url.as_deref().unwrap_or(OPENAI_URL), llm.api_keys.clone(), &llm.model)
    };
    let first = priced(guarded("llm", first, "OPENAI_BASE_URL")?, llm.price, "1");
    let Some(fallback) = &llm.fallback else { return Ok(Some(Arc::new(ObservedChatModel::new(first)))) };
    let keys = if fallback.api_keys.is_empty() { &llm.api_keys } else { &fallback.api_keys };
    let base_url = fallback.base_url.as_deref().or(llm.base_url.as_deref()).unwrap_or(OPENAI_URL);
    let second = OpenAiOptions {
        first_token_timeout: llm.first_token,
        ..OpenAiOptions::new(base_url, keys.clone(), &fallback.model)
    };
    let second = guarded("llm_fallback", second, "OPENAI_FALLBACK_BASE_URL")?;
    let second = priced(second, fallback.price, "2");
    let both = FallbackChatModel::new(first, vec![second]);
    Ok(Some(Arc::new(ObservedChatModel::new(Arc::new(both)))))
}

fn guarded(dep: &'static str, options: OpenAiOptions, setting: &str) -> Result<Arc<dyn ChatModel>, Failure> {
    let model = OpenAiChatModel::new(options).map_err(|error| wrong_setting(setting, &error))?;
    Ok(Arc::new(GuardedChatModel::new(dep, Arc::new(model))))
}

fn priced(model: Arc<dyn ChatModel>, price: Option<TokenPrice>, number: &'static str) -> Arc<dyn ChatModel> {
    match price {
        Some(price) => Arc::new(PricedChatModel::new(model, price, number)),
        None => model,
    }
}

pub(super) fn wrong_setting(name: &str, error: &eps_domain::Error) -> Failure {
    Failure::new(Failure::CONFIG, format!("{name}: {error}"))
}
