//! Spans to a collector, over OTLP by HTTP: a queue with a bound that requests drop their spans into, and
//! one task that empties it. What there is no room for, or what the collector does not take, is dropped and
//! counted; nobody waits for either.

mod wire;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_domain::{
    Clock, Error, Result,
    trace::{Span, SpanRecorder},
};
use metrics::{counter, describe_counter};
use reqwest::{
    Client, Url,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::mpsc;

use self::wire::Anchor;
use crate::http;

/// Spans by what became of them: `sent`, `no_room`, `not_taken`.
pub const SPANS: &str = "eps_spans_total";

/// Spans that wait at most, some megabytes.
const WAITING_MAX: usize = 8_192;
/// Spans of one export, at most.
const BATCH_MAX: usize = 512;
/// How long a span waits for others to go with.
const GATHER_MAX: Duration = Duration::from_secs(2);
/// How long the collector may take.
const SEND_DEADLINE: Duration = Duration::from_secs(3);
/// Where the collector takes traces, below its address.
const PATH: &str = "/v1/traces";

/// Describes the metric and brings every series into being. To be called once, after the recorder is
/// installed.
pub fn describe() {
    describe_counter!(SPANS, "Spans of traces, by what became of them.");
    for outcome in ["sent", "no_room", "not_taken"] {
        count(outcome, 0);
    }
}

fn count(outcome: &'static str, spans: usize) {
    counter!(SPANS, "outcome" => outcome).increment(spans as u64);
}

/// Where traces are sent, and with which headers.
#[derive(Debug, Clone)]
pub struct Collector {
    url: Url,
    headers: HeaderMap,
}

impl Collector {
    /// `endpoint` without the path for traces; `headers` as `name=value,name=value`, values encoded as in
    /// addresses.
    ///
    /// # Errors
    /// What is wrong with either, without the values of headers.
    pub fn parse(endpoint: &str, headers: Option<&SecretString>) -> std::result::Result<Self, String> {
        let url = format!("{}{PATH}", endpoint.trim_end_matches('/'));
        let url = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let url = url.ok_or("is not an address of http or https")?;
        let mut parsed = HeaderMap::new();
        let pairs = headers.map(|headers| headers.expose_secret().split(','));
        for pair in pairs.into_iter().flatten().filter(|pair| !pair.trim().is_empty()) {
            let wrong = || "the headers are not written as name=value,name=value".to_owned();
            let (name, value) = pair.split_once('=').ok_or_else(wrong)?;
            let name = HeaderName::from_bytes(name.trim().as_bytes()).map_err(|_| wrong())?;
            let mut value = HeaderValue::from_bytes(&decoded(value.trim())).map_err(|_| wrong())?;
            value.set_sensitive(true);
            parsed.insert(name, value);
        }
        Ok(Self { url, headers: parsed })
    }
}

/// `%20` → a space; what is no such code stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = tail.get(..2).filter(|_| *first == b'%').and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    bytes
}

/// Takes spans in for an [`OtlpSender`].
#[derive(Debug)]
pub struct OtlpSpanRecorder(mpsc::Sender<Span>);

impl SpanRecorder for OtlpSpanRecorder {
    fn new_id(&self) -> u64 {
        fastrand::u64(1..)
    }

    fn record(&self, span: Span) {
        if self.0.try_send(span).is_err() {
            count("no_room", 1);
        }
    }
}

/// Sends what an [`OtlpSpanRecorder`] takes in; one task owns it.
pub struct OtlpSender {
    waiting: mpsc::Receiver<Span>,
    batch: Vec<Span>,
    client: Client,
    collector: Collector,
    service: Vec<(&'static str, String)>,
    clock: Arc<dyn Clock>,
    has_failed: bool,
}

impl OtlpSender {
    /// Both ends, for a service of this name and version. Nothing is connected yet.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub fn new(
        collector: Collector,
        name: &str,
        version: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<(OtlpSpanRecorder, Self)> {
        let (recorder, waiting) = mpsc::channel(WAITING_MAX);
        let service = vec![("service.name", name.to_owned()), ("service.version", version.to_owned())];
        let client = http::client()?;
        let batch = Vec::with_capacity(BATCH_MAX);
        let sender = Self { waiting, batch, client, collector, service, clock, has_failed: false };
        Ok((OtlpSpanRecorder(recorder), sender))
    }

    /// Waits until there is something to send; given up half-way, nothing is lost.
    pub async fn gather(&mut self) {
        if self.batch.is_empty() && self.waiting.recv_many(&mut self.batch, BATCH_MAX).await == 0 {
            // Nobody can record any more.
            return std::future::pending().await;
        }
        let more = async {
            while self.batch.len() < BATCH_MAX {
                let room = BATCH_MAX - self.batch.len();
                if self.waiting.recv_many(&mut self.batch, room).await == 0 {
                    return;
                }
            }
        };
        // Elapsed or full, it goes.
        let _ = tokio::time::timeout(GATHER_MAX, more).await;
    }

    /// Sends what was gathered, once.
    pub async fn send(&mut self) {
        if self.batch.is_empty() {
            return;
        }
        let anchor = Anchor { instant: Instant::now(), timestamp: self.clock.now() };
        let body = wire::body(&self.service, &self.batch, anchor);
        let outcome = self.post(body).await;
        match &outcome {
            Ok(()) => count("sent", self.batch.len()),
            Err(error) => {
                count("not_taken", self.batch.len());
                // Said once for each outage.
                if !self.has_failed {
                    tracing::warn!(%error, "the collector does not take traces; they are lost meanwhile");
                }
            }
        }
        self.has_failed = outcome.is_err();
        self.batch.clear();
    }

    /// Sends what still waits, as long as the collector takes it.
    pub async fn finish(&mut self) {
        loop {
            while self.batch.len() < BATCH_MAX
                && let Ok(span) = self.waiting.try_recv()
            {
                self.batch.push(span);
            }
            if self.batch.is_empty() {
                return;
            }
            self.send().await;
            if self.has_failed {
                return;
            }
        }
    }

    async fn post(&self, body: Vec<u8>) -> Result<()> {
        let request = self.client.post(self.collector.url.clone()).headers(self.collector.headers.clone());
        let request =
            request.header(CONTENT_TYPE, "application/x-protobuf").timeout(SEND_DEADLINE).body(body);
        let unavailable = |what: String| Error::unavailable("COLLECTOR_UNAVAILABLE", what);
        let response = request.send().await.map_err(|error| {
            unavailable("the collector cannot be reached".to_owned()).caused_by(error.without_url())
        })?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(unavailable(format!("the collector answers {}", response.status().as_u16())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_the_standard_writes_them() {
        let secret = |text: &str| SecretString::from(text.to_owned());
        let headers = secret("Authorization=Basic%20YTpi, x-team = cameras,");
        let collector = Collector::parse("http://collector:4318/", Some(&headers)).unwrap();
        assert_eq!(collector.url.as_str(), "http://collector:4318/v1/traces");
        assert_eq!(collector.headers["authorization"], "Basic YTpi");
        assert_eq!(collector.headers["x-team"], "cameras");
        assert!(!format!("{collector:?}").contains("YTpi"));
        for wrong in ["hush", "a b=hush", "a=hush%0d%0ab: c"] {
            let error = Collector::parse("http://c", Some(&secret(wrong))).unwrap_err();
            assert!(!error.contains("hush"), "{error}");
        }
        assert!(Collector::parse("collector:4318:1", None).is_err());
        assert_eq!(decoded("%zz%4"), b"%zz%4");
    }
}
