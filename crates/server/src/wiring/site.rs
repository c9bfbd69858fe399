//! The site: stores, services and cameras of one data directory, ready to be asked.

use std::{collections::BTreeSet, sync::Arc};

use eps_adapters::{
    embedded::{
        DataDir, EmbeddedConversationStore, EmbeddedEventStore, EventStoreOptions, InProcessTokenLedger,
        VectorSpace,
    },
    observe::{ObservedConversationStore, ObservedEventStore, ObservedIdempotencyStore, ObservedTokenLedger},
};
use eps_domain::{
    Caller, CameraDirectory, Owner, Permission, Scope,
    ask::{AskSettings, Asker, AskerParts},
    chat_model::ChatModel,
    clip::ClipSource,
    clips::Clips,
    conversation::{ConversationStore, Retention},
    conversations::Conversations,
    embedder::Embedder,
    event_store::EventStore,
    events::Events,
    idempotency::IdempotencyStore,
    insights::Insights,
    rate_limit::RateLimiter,
    related::Related,
    search::Searcher,
    token_ledger::TokenLedger,
};
use jiff::Timestamp;

use super::{
    Clocks, clips, event_store, memory,
    models::{self, Embedders},
    tokens,
};
use crate::{
    config::{Config, OnOutage},
    failure::Failure,
};

/// Who asks on this machine without a token.
pub const LOCAL_SUBJECT: &str = "local";

/// Everything that answers, over one data directory. Cloning shares it; the directory is let go when
/// the last clone is dropped.
#[derive(Clone)]
pub struct Site {
    /// Cameras and sites.
    pub directory: Arc<CameraDirectory>,
    /// The clocks.
    pub clocks: Clocks,
    /// Where events are kept.
    pub store: Arc<dyn EventStore>,
    /// Where conversations are kept.
    pub conversation_store: Arc<dyn ConversationStore>,
    /// Records of `Idempotency-Key`.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// Counts requests for all copies of the service; absent when this is the only one.
    pub limiter: Option<Arc<dyn RateLimiter>>,
    /// Turns events into vectors; absent when there is no model.
    pub backlog_embedder: Option<Arc<dyn Embedder>>,
    /// Answers questions.
    pub asker: Arc<Asker>,
    /// Lists, history, deletion.
    pub conversations: Arc<Conversations>,
    /// Ingest and single events.
    pub events: Arc<Events>,
    /// Related events.
    pub related: Arc<Related>,
    /// Search and count.
    pub searcher: Arc<Searcher>,
    /// Insights.
    pub insights: Arc<Insights>,
    /// Links and pictures.
    pub clips: Arc<Clips>,
    embedded: Option<Arc<EmbeddedEventStore>>,
}

impl Site {
    /// Takes no more events and leaves the directory so that the next start has nothing to catch up
    /// with. Reads go on.
    pub async fn close(&self) {
        close(self.embedded.as_ref()).await;
    }
}

/// Opens the data directory of the settings.
///
/// # Errors
/// A wrong camera file (78), a directory in use (73), damaged data (74).
pub async fn open_site(config: &Config, clocks: Clocks) -> Result<Site, Failure> {
    let directory = super::directory(config)?;
    open_site_of(config, clocks, directory).await
}

/// The same with cameras that do not come from a file.
///
/// # Errors
/// As [`open_site`].
pub async fn open_site_of(
    config: &Config,
    clocks: Clocks,
    directory: Arc<CameraDirectory>,
) -> Result<Site, Failure> {
    let model = models::chat_model(config)?;
    let source = clips::clip_source(config, &clocks, directory.tenant())?;
    let clip_key = tokens::clip_key(config)?;
    // Each takes a part of a second of one core and neither needs the other.
    let (embedders, stores) =
        tokio::try_join!(load_embedders(config), open_stores(config, models::vector_space(config)))?;
    let minds = Minds { embedders, model, source, clip_key };
    Ok(assemble(config, clocks, directory, stores, minds))
}

/// Opens the data directory of the settings for taking events in, without a model: vectors are made
/// when it is served.
///
/// # Errors
/// As [`open_site`].
pub async fn open_intake(config: &Config, clocks: &Clocks) -> Result<Intake, Failure> {
    let directory = super::directory(config)?;
    let Stores { events: store, embedded, .. } = open_stores(config, None).await?;
    let events = Arc::new(Events::new(store, Arc::clone(&directory), clocks.arrivals()));
    Ok(Intake { events, directory, embedded })
}

/// The ingest of a data directory, and nothing else of it.
pub struct Intake {
    /// Takes events in.
    pub events: Arc<Events>,
    /// Cameras and sites.
    pub directory: Arc<CameraDirectory>,
    embedded: Option<Arc<EmbeddedEventStore>>,
}

impl Intake {
    /// Leaves the directory so that the next start has nothing to catch up with.
    pub async fn close(&self) {
        close(self.embedded.as_ref()).await;
    }
}

struct Stores {
    events: Arc<dyn EventStore>,
    /// The same when it is the embedded one, to be closed.
    embedded: Option<Arc<EmbeddedEventStore>>,
    conversations: Arc<dyn ConversationStore>,
    idempotency: Arc<dyn IdempotencyStore>,
    limiter: Option<Arc<dyn RateLimiter>>,
    token_ledger: Arc<dyn TokenLedger>,
}

struct Minds {
    embedders: Option<Embedders>,
    model: Option<Arc<dyn ChatModel>>,
    source: Arc<dyn ClipSource>,
    clip_key: Arc<[u8]>,
}

/// Opening reads what is derived from the events, which takes its time: it must not hold up a runtime.
async fn open_stores(config: &Config, vectors: Option<VectorSpace>) -> Result<Stores, Failure> {
    let path = config.storage.data_dir.clone();
    let options = EventStoreOptions { visit_gap: config.search.visit_gap, vectors };
    let redis = memory::redis(config)?;
    let weaviate = event_store::weaviate(config, options.vectors.clone()).await?;
    let opening = tokio::task::spawn_blocking(move || {
        let data_dir = DataDir::open(&path)?;
        let (events, embedded) = if let Some(events) = weaviate {
            (events, None)
        } else {
            let embedded = Arc::new(EmbeddedEventStore::open(&data_dir, options)?);
            (Arc::clone(&embedded) as Arc<dyn EventStore>, Some(embedded))
        };
        let events = Arc::new(ObservedEventStore::new(events));
        if let Some(memory::Shared { conversations, idempotency, limiter, token_ledger }) = redis {
            let limiter = Some(limiter);
            return Ok(Stores { events, embedded, conversations, idempotency, limiter, token_ledger });
        }
        let conversations = EmbeddedConversationStore::open(&data_dir)?;
        let idempotency = Arc::new(ObservedIdempotencyStore::new(Arc::new(conversations.idempotency())));
        let conversations = Arc::new(ObservedConversationStore::new(Arc::new(conversations)));
        let token_ledger = Arc::new(ObservedTokenLedger::new(Arc::new(InProcessTokenLedger::default())));
        Ok::<_, Failure>(Stores { events, embedded, conversations, idempotency, limiter: None, token_ledger })
    });
    opening.await.map_err(|error| Failure::general(format!("opening the data directory: {error}")))?
}

/// Reading a model takes its time as well.
async fn load_embedders(config: &Config) -> Result<Option<Embedders>, Failure> {
    let config = config.clone();
    let loading = tokio::task::spawn_blocking(move || models::embedders(&config));
    loading.await.map_err(|error| Failure::general(format!("loading the embedding model: {error}")))?
}

/// Lets what was taken become durable and leaves nothing to catch up with.
async fn close(store: Option<&Arc<EmbeddedEventStore>>) {
    let Some(store) = store.map(Arc::clone) else { return };
    if let Err(error) = tokio::task::spawn_blocking(move || store.close()).await {
        tracing::error!(%error, "closing the event store failed");
    }
}

fn assemble(
    config: &Config,
    clocks: Clocks,
    directory: Arc<CameraDirectory>,
    stores: Stores,
    minds: Minds,
) -> Site {
    let clock = || Arc::clone(&clocks.site);
    let store = || Arc::clone(&stores.events);
    let embedder = || minds.embedders.as_ref().map(|embedders| Arc::clone(&embedders.questions));
    let settings = ask_settings(config);
    let public_url = config.clips.public_url.clone();
    let clips = Clips::new(minds.source, store(), clock(), minds.clip_key, public_url);
    let clips = Arc::new(clips.with_allowed_hosts(config.clips.allowed_hosts.clone()));
    let insights = Arc::new(Insights::new(store(), Arc::clone(&clips), Arc::clone(&directory), clock()));
    let asker = Asker::new(AskerParts {
        store: store(),
        embedder: embedder(),
        model: minds.model,
        conversations: Arc::clone(&stores.conversations),
        clips: Arc::clone(&clips),
        insights: Arc::clone(&insights),
        directory: Arc::clone(&directory),
        token_ledger: stores.token_ledger,
        clock: clock(),
        settings: settings.clone(),
    });
    let searcher =
        Searcher::new(store(), embedder(), Arc::clone(&clips), Arc::clone(&directory), clock(), settings);
    Site {
        asker: Arc::new(asker),
        conversations: Arc::new(Conversations::new(Arc::clone(&stores.conversations), clock())),
        events: Arc::new(Events::new(store(), Arc::clone(&directory), clocks.arrivals())),
        related: Arc::new(Related::new(store(), embedder(), Arc::clone(&directory))),
        searcher: Arc::new(searcher),
        insights,
        clips,
        backlog_embedder: minds.embedders.as_ref().map(|embedders| Arc::clone(&embedders.backlog)),
        store: store(),
        embedded: stores.embedded,
        directory,
        conversation_store: stores.conversations,
        idempotency: stores.idempotency,
        limiter: stores.limiter,
        clocks,
    }
}

fn ask_settings(config: &Config) -> AskSettings {
    AskSettings {
        limit_default: config.search.default_limit,
        limit_max: config.search.max_limit,
        confidence_threshold: config.search.confidence_threshold,
        visit_gap: config.search.visit_gap,
        date_order: config.search.date_order,
        answer_tokens_max: config.llm.max_tokens,
        prompt_tokens_max: config.llm.prompt_tokens,
        tenant_tokens_per_day: config.llm.tenant_tokens_per_day,
        offers_tools: config.llm.tools,
        temperature: config.llm.temperature,
        retention: retention(config),
        ephemeral_on_outage: config.conversation.on_outage == OnOutage::Ephemeral,
    }
}

/// How long conversations are kept.
pub fn retention(config: &Config) -> Retention {
    Retention {
        conversation: config.conversation.ttl,
        message: config.conversation.message_ttl,
        messages_max: config.conversation.max_history,
    }
}

/// Whoever can read the data directory may do and see everything in it.
pub fn local_caller(directory: &CameraDirectory, tenant: Option<&str>) -> Caller {
    let tenant: Arc<str> = tenant.unwrap_or(directory.tenant()).into();
    Caller {
        owner: Owner { tenant: Arc::clone(&tenant), subject: LOCAL_SUBJECT.into() },
        permissions: BTreeSet::from(Permission::ALL),
        scope: Scope::tenant(tenant),
        timezone: None,
        expires_at: Timestamp::MAX,
    }
}
