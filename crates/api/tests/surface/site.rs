//! A whole surface for a test, and the requests it is asked.

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use bytes::Bytes;
use eps_adapters::{
    embedded::{
        DataDir, EmbeddedConversationStore, EmbeddedEventStore, EventStoreOptions, InProcessRateLimiter,
        InProcessTokenLedger,
    },
    jwt::{JwtVerifier, TokenRequest, TokenRules, mint},
};
use eps_api::{ApiSettings, App, AppParts, Health, Readiness, router};
use eps_domain::{
    CameraDirectory, Clock, Error, Event, Permission, Result, Scope,
    ask::{AskSettings, Asker, AskerParts},
    chat_model::ChatModel,
    clip::{ClipSource, ClipState, ClipStatus, Media, MediaFile, MediaKind, MediaRequest},
    clips::Clips,
    conversation::Retention,
    conversations::Conversations,
    event_store::{
        Count, CountRequest, EmbeddingKey, EventFilter, EventStore, EventStoreHealth, SearchPage,
        SearchRequest, Unembedded, Upserted, Vocabulary,
    },
    events::Events,
    insights::Insights,
    rate_limit::RateLimiter,
    related::Related,
    search::Searcher,
};
use eps_testkit::manual_clock::ManualClock;
use http_body_util::BodyExt;
use jiff::{Timestamp, tz::TimeZone};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

pub const NOW: &str = "2026-05-13T12:00:00Z";
const SECRET: &str = "Zk3v9Qw1Tt8Lr5Xa2Mn7Bc4Ye6Uf0Hg-Jp";

/// A surface and what a test may turn on it.
pub struct Site {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: Arc<ManualClock>,
    pub shutdown: CancellationToken,
    pub readiness: Arc<Readiness>,
    folder: TempDir,
}

/// What a test changes before the surface is made.
#[derive(Default)]
pub struct Setup {
    pub settings: ApiSettings,
    /// Writes the answers; without one they are extractive.
    pub model: Option<Arc<dyn ChatModel>>,
    /// Takes the place of the limiter that processes share.
    pub limiter: Option<Arc<dyn RateLimiter>>,
    pub readiness: Option<Arc<Readiness>>,
    /// Whether the event store is out of order.
    pub has_outage: bool,
}

impl Site {
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    pub fn with(change: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup::default();
        change(&mut setup);
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at_rfc3339(NOW));
        let settings = setup.settings.clone();
        let parts = parts(&folder, clock.clone(), setup);
        let (shutdown, readiness) = (parts.shutdown.clone(), parts.readiness.clone());
        let app = App::new(parts, settings);
        Self { router: router(app.clone()), app, clock, shutdown, readiness, folder }
    }

    /// Takes in these events, each `(id, time, camera, label)`.
    pub async fn ingest(&self, events: &[(&str, &str, &str, &str)]) {
        let drafts: Vec<Value> = events
            .iter()
            .map(|(id, time, camera, label)| {
                json!({"event_id": id, "timestamp": time, "camera_id": camera, "label": label,
                    "event_type": format!("{label}_detected"), "description": format!("A {label} at the {camera}")})
            })
            .collect();
        let token = token_of("recorder", &[Permission::EventsWrite]);
        let reply = self.post("/api/v1/events", &token, &Value::from(drafts).to_string()).await;
        assert_eq!(reply.json()["accepted"], events.len(), "{reply:?}");
    }

    /// Puts the clip of an event where its keeper looks for it.
    pub fn film(&self, event_id: &str, bytes: &[u8]) {
        std::fs::write(self.folder.path().join(format!("{event_id}.mp4")), bytes).unwrap();
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        Reply::of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(request(Method::GET, path, Some(token), Body::empty())).await
    }

    pub async fn post(&self, path: &str, token: &str, json: &str) -> Reply {
        self.send(request(Method::POST, path, Some(token), Body::from(json.to_owned()))).await
    }
}

/// A request, with the media type that a body of JSON has.
pub fn request(method: Method, path: &str, token: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap()
}

/// A response, read to its end.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Self { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The problem that it is, with every field of the contract.
    pub fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{self:?}");
        let problem = self.json();
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(problem["error"], problem["title"]);
        assert_eq!(problem["correlation_id"], self.header("x-correlation-id"));
        assert_eq!(
            problem["timestamp"].as_str().unwrap().parse::<Timestamp>().unwrap(),
            NOW.parse().unwrap()
        );
        for field in ["type", "title", "detail", "code", "retryable", "path"] {
            assert!(!problem[field].is_null(), "no `{field}` in {problem}");
        }
        problem
    }

    pub fn code(&self) -> String {
        self.problem()["code"].as_str().unwrap().to_owned()
    }
}

/// A token of alice that grants these permissions until half an hour from [`NOW`].
pub fn token(permissions: &[Permission]) -> String {
    token_of("alice", permissions)
}

pub fn token_of(subject: &str, permissions: &[Permission]) -> String {
    token_seeing(None, subject, permissions)
}

/// The same, of a caller who may see these cameras only.
pub fn token_seeing(cameras: Option<&[&str]>, subject: &str, permissions: &[Permission]) -> String {
    let request = TokenRequest {
        subject: subject.to_owned(),
        tenant: None,
        permissions: permissions.to_vec(),
        cameras: cameras.map(|cameras| cameras.iter().map(ToString::to_string).collect()),
        timezone: None,
        lifetime: Duration::from_mins(30),
    };
    mint(&SecretString::from(SECRET), request, &TokenRules::default(), NOW.parse().unwrap()).unwrap()
}

/// The same, but of a time long past.
pub fn expired_token(permissions: &[Permission]) -> String {
    let request = TokenRequest {
        subject: "alice".to_owned(),
        tenant: None,
        permissions: permissions.to_vec(),
        cameras: None,
        timezone: None,
        lifetime: Duration::from_mins(30),
    };
    let then = "2026-05-01T00:00:00Z".parse().unwrap();
    mint(&SecretString::from(SECRET), request, &TokenRules::default(), then).unwrap()
}

fn parts(folder: &TempDir, clock: Arc<ManualClock>, setup: Setup) -> AppParts {
    let wall: Arc<dyn Clock> = clock;
    let data_dir = DataDir::open(folder.path()).unwrap();
    let conversations = EmbeddedConversationStore::open(&data_dir).unwrap();
    let idempotency = Arc::new(conversations.idempotency());
    let conversations = Arc::new(conversations);
    let store: Arc<dyn EventStore> = if setup.has_outage {
        Arc::new(Outage)
    } else {
        Arc::new(EmbeddedEventStore::open(&data_dir, EventStoreOptions::default()).unwrap())
    };
    let films = Arc::new(Films(folder.path().to_owned()));
    let directory = Arc::new(CameraDirectory::empty(TimeZone::UTC));
    let key: Arc<[u8]> = Arc::from(SECRET.as_bytes());
    let clips = Arc::new(Clips::new(films, store.clone(), wall.clone(), key, String::new()));
    let insights = Arc::new(Insights::new(store.clone(), clips.clone(), directory.clone(), wall.clone()));
    let settings = AskSettings {
        limit_default: 5,
        limit_max: 50,
        confidence_threshold: 0.7,
        visit_gap: Duration::from_mins(1),
        date_order: eps_domain::ask::interpret::DateOrder::default(),
        answer_tokens_max: 500,
        prompt_tokens_max: 6_000,
        tenant_tokens_per_day: None,
        offers_tools: true,
        temperature: 0.0,
        retention: Retention {
            conversation: Duration::from_hours(24 * 7),
            message: Duration::from_hours(24 * 30),
            messages_max: 50,
        },
        ephemeral_on_outage: false,
    };
    let asker = Asker::new(AskerParts {
        store: store.clone(),
        embedder: None,
        model: setup.model,
        conversations: conversations.clone(),
        clips: clips.clone(),
        insights: insights.clone(),
        directory: directory.clone(),
        token_ledger: Arc::new(InProcessTokenLedger::default()),
        clock: wall.clone(),
        settings: settings.clone(),
    });
    let readiness = setup.readiness.unwrap_or_else(|| {
        let readiness = Readiness::new(&["events"], &[]);
        readiness.report("events", Health::Up, std::time::Instant::now());
        readiness
    });
    let local_limiter: Arc<dyn RateLimiter> = Arc::new(InProcessRateLimiter::new(1_000));
    let secret = SecretString::from(SECRET);
    AppParts {
        asker: Arc::new(asker),
        conversations: Arc::new(Conversations::new(conversations, wall.clone())),
        events: Arc::new(Events::new(store.clone(), directory.clone(), wall.clone())),
        sources: Arc::default(),
        related: Arc::new(Related::new(store.clone(), None, directory.clone())),
        searcher: Arc::new(Searcher::new(store, None, clips.clone(), directory, wall.clone(), settings)),
        insights,
        clips,
        tokens: Arc::new(JwtVerifier::new(&secret, None, TokenRules::default(), wall.clone()).unwrap()),
        limiter: setup.limiter.unwrap_or_else(|| local_limiter.clone()),
        local_limiter,
        spans: None,
        idempotency,
        clock: wall,
        readiness,
        shutdown: CancellationToken::new(),
        tasks: TaskTracker::new(),
    }
}

/// An event store that is out of order.
pub struct Outage;

fn outage<T>() -> Result<T> {
    Err(Error::unavailable("SEARCH_UNAVAILABLE", "the event store is unreachable"))
}

#[async_trait]
impl EventStore for Outage {
    async fn upsert(&self, _: &str, _: Vec<Event>) -> Result<Vec<Upserted>> {
        outage()
    }
    async fn get(&self, _: &Scope, _: &[String]) -> Result<Vec<Event>> {
        outage()
    }
    async fn search(&self, _: &Scope, _: &SearchRequest) -> Result<SearchPage> {
        outage()
    }
    async fn count(&self, _: &Scope, _: &CountRequest) -> Result<Count> {
        outage()
    }
    async fn exists(&self, _: &Scope, _: &EventFilter, _: Option<&str>) -> Result<bool> {
        outage()
    }
    async fn vocabulary(&self, _: &Scope) -> Result<Arc<Vocabulary>> {
        outage()
    }
    async fn unembedded(&self, _: usize) -> Result<Vec<Unembedded>> {
        outage()
    }
    async fn store_vectors(&self, _: Vec<(EmbeddingKey, Vec<f32>)>) -> Result<()> {
        outage()
    }
    async fn health(&self) -> Result<EventStoreHealth> {
        outage()
    }
}

/// Clips in a folder.
struct Films(PathBuf);

#[async_trait]
impl ClipSource for Films {
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
        let state = |event: &Event| {
            let is_there = self.0.join(format!("{}.mp4", event.event_id)).exists();
            let clip = if is_there { ClipState::Ready } else { ClipState::Unavailable };
            Some(ClipStatus { clip, has_thumbnail: false })
        };
        Ok(events.iter().map(state).collect())
    }

    async fn open(&self, _: &str, event: &Event, request: &MediaRequest) -> Result<Option<Media>> {
        let path = self.0.join(format!("{}.mp4", event.event_id));
        if request.kind == MediaKind::Thumbnail || !path.exists() {
            return Ok(None);
        }
        let file = std::fs::File::open(path).unwrap();
        let bytes = file.metadata().unwrap().len();
        let modified = NOW.parse().unwrap();
        Ok(Some(Media::File(MediaFile { file, bytes, content_type: "video/mp4", modified })))
    }
}
