//! A site with real stores and a scripted model, for whole turns.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use eps_adapters::{
    embedded::{
        DataDir, EmbeddedConversationStore, EmbeddedEventStore, EventStoreOptions, InProcessTokenLedger,
    },
    no_clips::NoClips,
};
use eps_domain::{
    Caller, CameraDirectory, Error, Event, Result,
    ask::{Answer, AskEvent, AskRequest, AskSettings, Asker, AskerParts, Filters},
    camera::CamerasFile,
    chat_model::ChatModel,
    clip::{ClipSource, ClipStatus, Media, MediaRequest},
    clips::Clips,
    conversation::ConversationStore,
    event_store::EventStore,
    insights::Insights,
    search::Searcher,
    token_ledger::TokenLedger,
};
use eps_testkit::{
    builders::a_retention,
    manual_clock::ManualClock,
    scripted_chat_model::{Play, ScriptedChatModel},
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Everything that a turn touches. Wednesday 13 May 2026, 14:00 in Berlin.
pub(crate) struct World {
    pub(crate) store: Arc<dyn EventStore>,
    pub(crate) conversations: Arc<dyn ConversationStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) directory: Arc<CameraDirectory>,
    /// Who keeps the clips.
    pub(crate) keeper: Arc<dyn ClipSource>,
    ledger: Arc<InProcessTokenLedger>,
    _folder: TempDir,
}

/// A keeper of clips that is out of order, and what it was asked.
#[derive(Debug, Default)]
pub(crate) struct FailingKeeper {
    pub(crate) asked: Mutex<Vec<Vec<String>>>,
}

#[async_trait]
impl ClipSource for FailingKeeper {
    fn holds(&self, _: &str) -> bool {
        true
    }

    async fn status(
        &self,
        _: &str,
        events: &[Event],
        _: Duration,
        _: Timestamp,
    ) -> Result<Vec<Option<ClipStatus>>> {
        let ids = events.iter().map(|event| event.event_id.clone()).collect();
        self.asked.lock().unwrap().push(ids);
        Err(Error::unavailable("CLIPS_UNAVAILABLE", "out of order"))
    }

    async fn open(&self, _: &str, _: &Event, _: &MediaRequest) -> Result<Option<Media>> {
        Err(Error::unavailable("CLIPS_UNAVAILABLE", "out of order"))
    }
}

pub(crate) fn settings() -> AskSettings {
    AskSettings {
        limit_default: 5,
        limit_max: 50,
        confidence_threshold: 0.7,
        visit_gap: Duration::from_mins(1),
        date_order: eps_domain::ask::interpret::DateOrder::default(),
        answer_tokens_max: 400,
        temperature: 0.2,
        prompt_tokens_max: 6_000,
        tenant_tokens_per_day: None,
        offers_tools: true,
        retention: a_retention(),
        ephemeral_on_outage: false,
    }
}

impl World {
    pub(crate) async fn with(events: Vec<Event>) -> Self {
        let cameras = json!({
            "timezone": "Europe/Berlin",
            "sites": {"warehouse": {"name": "Warehouse", "cameras": ["dock-1", "yard"]}},
            "cameras": {
                "dock-1": {"name": "Loading dock", "aliases": ["dock"], "zones": ["ramp"]},
                "vault": {"name": "Strong room"},
                "attic": {"name": "Attic"},
            },
        });
        Self::described(cameras, events).await
    }

    /// A site of its own.
    pub(crate) async fn described(cameras: serde_json::Value, events: Vec<Event>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let store = EmbeddedEventStore::open(&data, EventStoreOptions::default()).unwrap();
        let conversations = EmbeddedConversationStore::open(&data).unwrap();
        let file: CamerasFile = serde_json::from_value(cameras).unwrap();
        if !events.is_empty() {
            store.upsert("default", events).await.unwrap();
        }
        Self {
            store: Arc::new(store),
            conversations: Arc::new(conversations),
            clock: Arc::new(ManualClock::at_rfc3339("2026-05-13T12:00:00Z")),
            directory: Arc::new(CameraDirectory::from_file(file, TimeZone::UTC).unwrap()),
            keeper: Arc::new(NoClips),
            ledger: Arc::default(),
            _folder: folder,
        }
    }

    /// Tokens that were charged so far.
    pub(crate) async fn charged(&self) -> u64 {
        self.ledger.spend("default", jiff::civil::date(2026, 5, 13), 0).await.unwrap()
    }

    fn clips(&self) -> Arc<Clips> {
        let key: Arc<[u8]> = vec![7; 32].into();
        let store = Arc::clone(&self.store);
        Arc::new(Clips::new(
            Arc::clone(&self.keeper),
            store,
            Arc::clone(&self.clock) as _,
            key,
            String::new(),
        ))
    }

    pub(crate) fn asker(&self, model: Option<Arc<ScriptedChatModel>>) -> Asker {
        self.asker_with(model, settings())
    }

    pub(crate) fn asker_with(&self, model: Option<Arc<ScriptedChatModel>>, settings: AskSettings) -> Asker {
        let clips = self.clips();
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock));
        let directory = Arc::clone(&self.directory);
        let insights = Arc::new(Insights::new(
            Arc::clone(&store),
            Arc::clone(&clips),
            Arc::clone(&directory),
            clock.clone(),
        ));
        Asker::new(AskerParts {
            store,
            embedder: None,
            model: model.map(|model| model as Arc<dyn ChatModel>),
            conversations: Arc::clone(&self.conversations),
            clips,
            insights,
            directory,
            token_ledger: Arc::clone(&self.ledger) as _,
            clock,
            settings,
        })
    }

    pub(crate) fn insights(&self) -> Insights {
        let (store, directory) = (Arc::clone(&self.store), Arc::clone(&self.directory));
        Insights::new(store, self.clips(), directory, Arc::clone(&self.clock) as _)
    }

    pub(crate) fn searcher(&self) -> Searcher {
        let (store, directory) = (Arc::clone(&self.store), Arc::clone(&self.directory));
        Searcher::new(store, None, self.clips(), directory, Arc::clone(&self.clock) as _, settings())
    }
}

/// A model that plays these.
pub(crate) fn model(plays: impl IntoIterator<Item = Play>) -> Arc<ScriptedChatModel> {
    Arc::new(ScriptedChatModel::new(plays))
}

pub(crate) fn ask(query: &str) -> AskRequest {
    AskRequest { query: query.to_owned(), ..AskRequest::default() }
}

/// 13 May 2026, a whole day in Berlin.
pub(crate) fn today() -> Filters {
    Filters {
        from: Some("2026-05-13T00:00:00".to_owned()),
        to: Some("2026-05-14T00:00:00".to_owned()),
        ..Filters::default()
    }
}

/// Asks and hears everything.
pub(crate) async fn listen(
    asker: &Asker,
    caller: &Caller,
    request: AskRequest,
) -> (Result<Answer>, Vec<AskEvent>) {
    let (sender, mut heard) = mpsc::channel(10_000);
    let answer = asker.ask(caller, request, Some(sender)).await;
    let mut events = Vec::new();
    while let Some(event) = heard.recv().await {
        events.push(event);
    }
    (answer, events)
}

/// What a client shows in the end: deltas, unless they were replaced.
pub(crate) fn shown(events: &[AskEvent]) -> String {
    let mut text = String::new();
    for event in events {
        match event {
            AskEvent::Delta(delta) => text.push_str(delta),
            AskEvent::Replaced(whole) => text.clone_from(whole),
            _ => {}
        }
    }
    text
}
