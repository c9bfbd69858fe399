//! The sections of the settings and how each is read. A section reads all its settings before it
//! gives up, so that no problem hides another.

use std::{net::IpAddr, time::Duration};

use eps_domain::ask::interpret::DateOrder;
use jiff::tz::TimeZone;
use secrecy::SecretString;

use super::reader::Reader;

/// The process.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Shown in logs and metrics.
    pub name: String,
    /// The deployment's version; the binary's own when not set.
    pub version: String,
    /// Where to listen.
    pub host: IpAddr,
    /// Public port; 0 lets the system choose.
    pub port: u16,
    /// Port of `/metrics`; 0 lets the system choose.
    pub metrics_port: u16,
    /// Whether `/metrics` is served at all.
    pub enable_metrics: bool,
    /// Read where a request, its caller and the cameras name none.
    pub timezone: TimeZone,
    /// `trace`, `debug`, `info`, `warn`, `error`.
    pub log_level: tracing::Level,
    /// Whether `/docs` and `/openapi.json` are served.
    pub enable_docs: bool,
    /// Connections at once; more wait in the backlog of the kernel.
    pub connections_max: usize,
    /// Questions answered at once; more are refused after a moment.
    pub asks_max: usize,
    /// Between "not ready" and the end of listening, so that balancers stop sending.
    pub drain: Duration,
    /// After the drain, how long requests in flight may take.
    pub shutdown: Duration,
}

impl ServiceSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let name = read.text("service.name");
        let version = read.text("service.version");
        let host = read.parsed("service.host", |value| {
            let value = if value == "localhost" { "127.0.0.1" } else { value };
            value.parse().map_err(|_| format!("`{value}` is not an IP address"))
        });
        let port = read.number("service.port", 0, u16::MAX);
        let metrics_port = read.number("service.metrics_port", 0, u16::MAX);
        let enable_metrics = read.flag("service.enable_metrics");
        if enable_metrics == Some(true) && port.is_some_and(|port| port != 0) && port == metrics_port {
            read.problem("service.metrics_port", "must differ from PORT");
        }
        let timezone = read.parsed("service.timezone", |value| {
            TimeZone::get(value).map_err(|_| format!("`{value}` is not an IANA time zone"))
        });
        let log_level = read.parsed("service.log_level", |value| {
            // Python and syslog write it so.
            let word = if value.eq_ignore_ascii_case("warning") { "warn" } else { value };
            word.parse().map_err(|_| format!("`{value}` is none of trace, debug, info, warn, error"))
        });
        let enable_docs = read.flag("service.enable_docs");
        let connections_max = read.number("service.connections_max", 1, 100_000);
        let asks_max = read.number("service.asks_max", 1, 100_000);
        let drain = read.seconds("service.drain_seconds", 0, 300);
        let shutdown = read.seconds("service.shutdown_seconds", 0, 3_600);
        Some(Self {
            name: name?,
            version: version?,
            host: host?,
            port: port?,
            metrics_port: metrics_port?,
            enable_metrics: enable_metrics?,
            timezone: timezone?,
            log_level: log_level?,
            enable_docs: enable_docs?,
            connections_max: connections_max?,
            asks_max: asks_max?,
            drain: drain?,
            shutdown: shutdown?,
        })
    }
}

/// What becomes of a new question while memory is out of order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnOutage {
    /// 503.
    Refuse,
    /// It is answered and not remembered.
    Ephemeral,
}

/// Memory.
#[derive(Debug, Clone)]
pub struct ConversationSettings {
    /// A conversation lives this long after its last turn.
    pub ttl: Duration,
    /// No message gets older than this.
    pub message_ttl: Duration,
    /// Messages that a conversation keeps.
    pub max_history: u64,
    /// See [`OnOutage`].
    pub on_outage: OnOutage,
}

impl ConversationSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let ttl = read.days("conversation.ttl_days", 1, 3_650);
        let message_ttl = read.days("conversation.message_ttl_days", 1, 3_650);
        let max_history = read.number("conversation.max_history", 2, 1_000);
        let on_outage = read.parsed("conversation.on_outage", |value| match value {
            "refuse" => Ok(OnOutage::Refuse),
            "ephemeral" => Ok(OnOutage::Ephemeral),
            _ => Err(format!("`{value}` is neither refuse nor ephemeral")),
        });
        Some(Self { ttl: ttl?, message_ttl: message_ttl?, max_history: max_history?, on_outage: on_outage? })
    }
}

/// A remote embedder.
#[derive(Debug, Clone)]
pub struct EmbeddingSettings {
    /// An OpenAI-compatible server.
    pub base_url: String,
    /// Which model to ask for.
    pub model: String,
    /// The length of its vectors.
    pub dimensions: usize,
    /// Whether the server is asked to shorten its vectors to that length.
    pub asks_for_dimensions: bool,
    /// Its key, when it wants one.
    pub api_key: Option<SecretString>,
}

impl EmbeddingSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let base_url = read.url("embeddings.base_url");
        let model = read.text("embeddings.model");
        let dimensions = read.number("embeddings.dimensions", 8, 4_096);
        let asks_for_dimensions = read.flag("embeddings.asks_for_dimensions");
        let api_key = read.secret("embeddings.api_key");
        Some(Self {
            base_url: base_url?,
            model: model?,
            dimensions: dimensions?,
            asks_for_dimensions: asks_for_dimensions?,
            api_key,
        })
    }
}

/// Search and answers.
#[derive(Debug, Clone)]
pub struct SearchSettings {
    /// Evidence shown when the request does not say.
    pub default_limit: usize,
    /// Evidence shown at the most.
    pub max_limit: usize,
    /// Detections below it are marked as weak.
    pub confidence_threshold: f32,
    /// How "6/18" is read.
    pub date_order: DateOrder,
    /// The longest pause inside one visit.
    pub visit_gap: Duration,
}

impl SearchSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let default_limit = read.number("search.default_limit", 1, 50);
        let max_limit = read.number("search.max_limit", 1, 50);
        if let (Some(default), Some(max)) = (default_limit, max_limit)
            && default > max
        {
            read.problem("search.default_limit", "must not exceed search.max_limit");
        }
        let confidence_threshold = read.number("search.confidence_threshold", 0.0, 1.0);
        let date_order = read.parsed("search.date_order", |text| match text {
            "month_first" => Ok(DateOrder::MonthFirst),
            "day_first" => Ok(DateOrder::DayFirst),
            _ => Err("must be month_first or day_first".to_owned()),
        });
        let visit_gap = read.seconds("search.visit_gap_seconds", 1, 24 * 60 * 60);
        Some(Self {
            default_limit: default_limit?,
            max_limit: max_limit?,
            confidence_threshold: confidence_threshold?,
            date_order: date_order?,
            visit_gap: visit_gap?,
        })
    }
}

/// Requests that a caller may make.
#[derive(Debug, Clone, Copy)]
pub struct RateSettings {
    /// In any 60 seconds.
    pub per_minute: u32,
    /// At once.
    pub burst: u32,
    /// Copies of the service, each of which grants its share while the shared limiter is away.
    pub replicas: u32,
}

impl RateSettings {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let per_minute = read.number("rate_limiting.per_minute", 1, 1_000_000);
        let burst = read.number("rate_limiting.burst", 1, 1_000_000);
        let replicas = read.number("rate_limiting.replicas", 1, 1_000);
        Some(Self { per_minute: per_minute?, burst: burst?, replicas: replicas? })
    }
}
