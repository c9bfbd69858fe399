//! Everything that handlers can reach: the services, the ports beside them, the figures, and what the
//! surface itself keeps (places for questions, streams to resume).
//!
//! Must never hold a rule of the domain or know an adapter.

use std::sync::Arc;

use eps_domain::{
    Clock, access::TokenVerifier, ask::Asker, clips::Clips, conversations::Conversations, events::Events,
    idempotency::IdempotencyStore, insights::Insights, rate_limit::RateLimiter, related::Related,
    search::Searcher, sources::Sources, trace::SpanRecorder,
};
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{policies::Policies, readiness::Readiness, settings::ApiSettings, sse::Streams};

/// What the surface serves and what it leans on.
pub struct AppParts {
    /// Answers questions.
    pub asker: Arc<Asker>,
    /// Lists, history, deletion.
    pub conversations: Arc<Conversations>,
    /// Ingest, single events, cameras.
    pub events: Arc<Events>,
    /// Senders with shapes of their own.
    pub sources: Arc<Sources>,
    /// Related events.
    pub related: Arc<Related>,
    /// Search and count.
    pub searcher: Arc<Searcher>,
    /// Insights.
    pub insights: Arc<Insights>,
    /// Links and pictures.
    pub clips: Arc<Clips>,
    /// Tokens → callers.
    pub tokens: Arc<dyn TokenVerifier>,
    /// The limiter that all processes share.
    pub limiter: Arc<dyn RateLimiter>,
    /// A limiter in this process: counts addresses, and callers while the shared one is out of order.
    pub local_limiter: Arc<dyn RateLimiter>,
    /// Takes in the spans of traces; absent when nobody wants them.
    pub spans: Option<Arc<dyn SpanRecorder>>,
    /// Records of `Idempotency-Key`.
    pub idempotency: Arc<dyn IdempotencyStore>,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// How the dependencies are; kept up to date by the server.
    pub readiness: Arc<Readiness>,
    /// Cancelled when the service is asked to stop: not ready at once, streams end after their grace.
    pub shutdown: CancellationToken,
    /// Owns work that goes on when its client has left; the server waits for it.
    pub tasks: TaskTracker,
}

/// Everything a handler can reach.
pub struct App {
    parts: AppParts,
    /// Figures.
    pub settings: ApiSettings,
    /// One permit a question in the making.
    pub(crate) asks: Arc<Semaphore>,
    /// The limits with their headers.
    pub(crate) limits: Policies,
    /// The streams that can be resumed.
    pub(crate) streams: Streams,
}

impl App {
    /// The surface over its parts.
    pub fn new(parts: AppParts, settings: ApiSettings) -> Arc<Self> {
        let asks = Arc::new(Semaphore::new(settings.asks_max));
        let limits = Policies::new(&settings);
        let (resume, deadline) = (settings.stream_resume, settings.stream_deadline);
        let streams = Streams::new(resume, deadline, settings.stream_replay_bytes_max);
        Arc::new(Self { parts, settings, asks, limits, streams })
    }
}

impl std::ops::Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.parts
    }
}
