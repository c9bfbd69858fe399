//! A trace that a caller begins goes on through the service to whatever it asks, and its spans go to a
//! collector.

use std::collections::{BTreeMap, BTreeSet};

use eps_testkit::{
    keepers::{FakeKeeper, Kept},
    upstreams::{FakeOpenAi, Reply},
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    trace::v1::{Span, span::SpanKind, status::StatusCode},
};
use prost::Message as _;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{Setup, TestServer, event, read, until};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// Trace, parent and flags of a header, which must be as the standard writes it.
fn parts(traceparent: &str) -> (String, String, String) {
    let parts: Vec<&str> = traceparent.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    assert_eq!((parts[0], lengths), ("00", vec![2, 32, 16, 2]), "{traceparent}");
    (parts[1].to_owned(), parts[2].to_owned(), parts[3].to_owned())
}

/// It is of our trace, and somebody else's request.
fn continues(traceparent: &str, wanted_flags: &str) {
    let (trace, parent, flags) = parts(traceparent);
    assert_eq!((trace.as_str(), flags.as_str()), (TRACE, wanted_flags));
    assert_ne!(parent, PARENT);
}

fn question(server: &TestServer, body: &Value) -> RequestBuilder {
    let url = format!("{}/api/v1/conversation", server.base_url);
    server.client.post(url).bearer_auth(server.token()).json(body)
}

#[tokio::test]
async fn what_is_asked_of_others_says_in_which_trace() {
    let (model, vms) = (FakeOpenAi::start().await.unwrap(), FakeKeeper::vms(true).await);
    let setup = Setup::default().set("OPENAI_BASE_URL", model.base_url());
    let setup = setup.set("VMS_SERVICE_URL", vms.url()).set("CLIP_ALLOWED_HOSTS", vms.host());
    let server = setup.start().await;
    vms.keep("e1", Kept { link: None, ..Kept::default() });
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;

    // As one answer, with a key that lets the work outlive its client, and as a stream.
    let whole = json!({"query": "Who was at dock-1 this morning?"});
    let streamed = json!({"query": "Who was at dock-1 this morning?", "stream": true});
    let continued = format!("00-{TRACE}-{PARENT}-01");
    for request in [
        question(&server, &whole),
        question(&server, &whole).header("Idempotency-Key", "k-1"),
        question(&server, &streamed),
    ] {
        let before = model.received().len();
        let reply = read(request.header("traceparent", &continued).send().await.unwrap()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        for asked in model.received().split_off(before) {
            continues(&asked.traceparent, "01");
        }
        assert!(model.received().len() > before);
    }
    let clips = vms.traceparents();
    assert!(!clips.is_empty());
    for traceparent in clips {
        continues(&traceparent, "01");
    }

    // What is none is replaced, and nothing of it goes on.
    let mut traces = BTreeSet::new();
    for offered in [&[][..], &["00-what"], &[&continued.to_uppercase()], &[&continued, &continued]] {
        let before = model.received().len();
        let request = question(&server, &whole).header("tracestate", "vendor=secret");
        let request =
            offered.iter().fold(request, |request, offered| request.header("traceparent", *offered));
        read(request.send().await.unwrap()).await.ok();
        for request in &model.received()[before..] {
            let (trace, _, flags) = parts(&request.traceparent);
            assert_eq!(flags, "00");
            assert_ne!(trace, TRACE);
            traces.insert(trace);
        }
    }
    assert_eq!(traces.len(), 4);
}

#[tokio::test]
async fn a_store_on_another_machine_is_told_the_trace_as_well() {
    let weaviate = FakeOpenAi::start().await.unwrap();
    let url = weaviate.base_url().trim_end_matches("/v1").to_owned();
    let server = Setup::default().set("WEAVIATE_URL", url).start().await;
    let request = server.client.get(format!("{}/api/v1/cameras", server.base_url));
    let traceparent = format!("00-{TRACE}-{PARENT}-00");
    request.bearer_auth(server.token()).header("traceparent", traceparent).send().await.unwrap();
    // Its health is asked for in no trace at all.
    let told: BTreeSet<String> = weaviate
        .received()
        .into_iter()
        .map(|request| request.traceparent)
        .filter(|told| !told.is_empty())
        .collect();
    assert!(!told.is_empty());
    for traceparent in told {
        continues(&traceparent, "00");
    }
}

/// Spans by name, as a collector was told them.
fn spans(collector: &FakeOpenAi) -> BTreeMap<String, Vec<Span>> {
    let mut spans: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for request in collector.received() {
        assert_eq!(request.path, "/v1/traces");
        let export = ExportTraceServiceRequest::decode(request.bytes.as_slice()).unwrap();
        for resource in export.resource_spans {
            assert!(format!("{:?}", resource.resource).contains("enhanced_prompt_service"));
            for span in resource.scope_spans.into_iter().flat_map(|scope| scope.spans) {
                spans.entry(span.name.clone()).or_default().push(span);
            }
        }
    }
    spans
}

/// What a span says, as it is printed.
fn said(span: &Span, name: &str) -> String {
    let value = span.attributes.iter().find(|pair| pair.key == name).and_then(|pair| pair.value.as_ref());
    format!("{:?}", value.and_then(|value| value.value.as_ref()))
}

#[tokio::test]
async fn the_spans_of_a_question_lie_within_each_other_and_hold_nobody_s_words() {
    let (model, collector) = (FakeOpenAi::start().await.unwrap(), FakeOpenAi::start().await.unwrap());
    collector.reply_to_key("", Reply::json(200, &json!({})));
    let address = collector.base_url().trim_end_matches("/v1").to_owned();
    let setup = Setup::default().set("OPENAI_BASE_URL", model.base_url());
    let server = setup.set("OTEL_EXPORTER_OTLP_ENDPOINT", address).start().await;
    server.ingest(&[event("canary-event", "2026-05-13T08:00:00Z", "dock-1")]).await;
    let asked = json!({"query": "Who was at dock-1 this morning?", "stream": true});
    let request = question(&server, &asked).header("traceparent", format!("00-{TRACE}-{PARENT}-01"));
    assert_eq!(read(request.send().await.unwrap()).await.status, 200);
    // Whoever began this trace does not record it.
    let unwanted =
        question(&server, &asked).header("traceparent", format!("00-{}-{PARENT}-00", "7".repeat(32)));
    assert_eq!(read(unwanted.send().await.unwrap()).await.status, 200);
    let unknown = server.get("/api/v1/events/canary", &server.token()).await;
    assert_eq!(unknown.status, 404);
    server.get("/livez", "").await.ok();
    server.stop().await;

    let by_name = spans(&collector);
    let every: Vec<&Span> = by_name.values().flatten().collect();
    let ours: Vec<&Span> =
        every.iter().copied().filter(|span| hex::encode(&span.trace_id) == TRACE).collect();
    let one = |name: &str| {
        let named: Vec<&Span> = ours.iter().copied().filter(|span| span.name == name).collect();
        assert_eq!(named.len(), 1, "{name} among {:?}", by_name.keys());
        named[0]
    };
    let root = one("POST /api/v1/conversation");
    assert_eq!((hex::encode(&root.parent_span_id).as_str(), root.kind), (PARENT, SpanKind::Server as i32));
    assert!(said(root, "http.response.status_code").contains("200"));
    for step in ["interpret", "gather", "write", "check", "suggest"] {
        assert_eq!(one(step).parent_span_id, root.span_id, "{step}");
    }
    let chat = one("chat gpt-4");
    assert_eq!((&chat.parent_span_id, chat.kind), (&one("write").span_id, SpanKind::Client as i32));
    for (name, value) in [
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "gpt-4"),
        ("gen_ai.response.finish_reasons", "stop"),
        ("gen_ai.usage.input_tokens", "IntValue"),
        ("server.address", "127.0.0.1"),
    ] {
        assert!(said(chat, name).contains(value), "{name}: {}", said(chat, name));
    }
    // The model was told the span that asked it.
    let told = model.received().into_iter().map(|request| request.traceparent);
    let told: Vec<String> = told.filter(|traceparent| traceparent.contains(TRACE)).collect();
    assert_eq!(told, [format!("00-{TRACE}-{}-01", hex::encode(&chat.span_id))]);
    let ids: BTreeSet<&[u8]> = ours.iter().map(|span| span.span_id.as_slice()).collect();
    for span in &ours {
        assert!(span.name == root.name || ids.contains(span.parent_span_id.as_slice()), "{span:?}");
        assert!(root.start_time_unix_nano <= span.start_time_unix_nano, "{span:?}");
        assert!(span.start_time_unix_nano <= span.end_time_unix_nano, "{span:?}");
        assert!(span.end_time_unix_nano <= root.end_time_unix_nano, "{span:?}");
    }
    assert!(by_name.contains_key("events count") && by_name.contains_key("conversations append_turn"));
    // What is not there is no failure, and nothing but questions of callers is told.
    assert_eq!(by_name["GET /api/v1/events/{id}"].len(), 1);
    assert!(every.iter().all(|span| span.status.as_ref().unwrap().code == StatusCode::Unset as i32));
    assert!(every.iter().all(|span| hex::encode(&span.trace_id) != "7".repeat(32)));
    let told = format!("{every:?}");
    for word in ["canary", "dock-1", "Who was", "alice", FakeOpenAi::ANSWER[0], "livez"] {
        assert!(!told.contains(word), "{word} in {told}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_costs_nobody_anything() {
    let collector = FakeOpenAi::start().await.unwrap();
    collector.reply_to_key("", Reply::silence());
    let address = collector.base_url().trim_end_matches("/v1").to_owned();
    let server = Setup::default().set("OTEL_EXPORTER_OTLP_ENDPOINT", address).start().await;
    let lost = "eps_spans_total{outcome=\"not_taken\"}";
    let before = server.metric(lost).await.unwrap();
    server.ingest(&[event("e1", "2026-05-13T08:00:00Z", "dock-1")]).await;
    server.ask("Who was at dock-1 this morning?").await;
    until("an export in vain", || async { server.metric(lost).await > Some(before) }).await;
    server.ask("Who was at dock-1 today?").await;
    server.stop().await;
}
