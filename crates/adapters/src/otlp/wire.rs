//! Spans as OTLP writes them. Knows the messages and nothing of how they are sent.

use std::time::Instant;

use eps_domain::trace::{Span, SpanKind, SpanValue, names};
use jiff::{SignedDuration, Timestamp};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, ArrayValue, InstrumentationScope, KeyValue, any_value::Value},
    resource::v1::Resource,
    trace::v1::{ResourceSpans, ScopeSpans, Span as Message, Status, span, status::StatusCode},
};
use prost::Message as _;

/// One instant by both clocks, by which spans are told in the time of the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) instant: Instant,
    pub(super) timestamp: Timestamp,
}

impl Anchor {
    /// Nanoseconds since 1970.
    fn nanos(self, instant: Instant) -> u64 {
        let ahead = instant.saturating_duration_since(self.instant);
        let behind = self.instant.saturating_duration_since(instant);
        let offset = |duration| SignedDuration::try_from(duration).unwrap_or_default();
        let time = self.timestamp.saturating_add(offset(ahead) - offset(behind)).unwrap_or(self.timestamp);
        u64::try_from(time.as_nanosecond()).unwrap_or(0)
    }
}

/// The body of an export: who speaks, and what was done.
pub(super) fn body(service: &[(&'static str, String)], spans: &[Span], anchor: Anchor) -> Vec<u8> {
    let attributes = service.iter().map(|(key, text)| pair(key, Value::StringValue(text.clone()))).collect();
    let scope = InstrumentationScope {
        name: "eps".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let spans = spans.iter().map(|span| message(span, anchor)).collect();
    let request = ExportTraceServiceRequest {
        resource_spans: vec![ResourceSpans {
            resource: Some(Resource { attributes, ..Resource::default() }),
            scope_spans: vec![ScopeSpans { scope: Some(scope), spans, ..ScopeSpans::default() }],
            ..ResourceSpans::default()
        }],
    };
    request.encode_to_vec()
}

fn message(span: &Span, anchor: Anchor) -> Message {
    let kind = match span.kind {
        SpanKind::Internal => span::SpanKind::Internal,
        SpanKind::Server => span::SpanKind::Server,
        SpanKind::Client => span::SpanKind::Client,
    };
    let has_failed = span.values.iter().any(|(name, _)| *name == names::ERROR_TYPE);
    let code = if has_failed { StatusCode::Error } else { StatusCode::Unset };
    Message {
        trace_id: span.trace_id.to_be_bytes().to_vec(),
        span_id: span.span_id.to_be_bytes().to_vec(),
        parent_span_id: span.parent_id.map(|id| id.to_be_bytes().to_vec()).unwrap_or_default(),
        name: span.name.clone().into_owned(),
        kind: kind.into(),
        start_time_unix_nano: anchor.nanos(span.begun),
        end_time_unix_nano: anchor.nanos(span.ended),
        attributes: span.values.iter().map(|(name, said)| pair(name, value(said))).collect(),
        status: Some(Status { code: code.into(), ..Status::default() }),
        ..Message::default()
    }
}

fn value(said: &SpanValue) -> Value {
    let text = |text: &str| Value::StringValue(text.to_owned());
    match said {
        SpanValue::Text(said) => text(said),
        SpanValue::Texts(said) => {
            let values = said.iter().map(|said| AnyValue { value: Some(text(said)) });
            Value::ArrayValue(ArrayValue { values: values.collect() })
        }
        SpanValue::Number(said) => Value::IntValue(i64::try_from(*said).unwrap_or(i64::MAX)),
        SpanValue::Real(said) => Value::DoubleValue(*said),
    }
}

fn pair(key: &str, value: Value) -> KeyValue {
    let value = Some(AnyValue { value: Some(value) });
    KeyValue { key: key.to_owned(), value, ..KeyValue::default() }
}
