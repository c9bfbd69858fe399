//! A trace that a caller begins goes on through the service to whatever it asks.

use std::collections::BTreeSet;

use eps_testkit::{
    keepers::{FakeKeeper, Kept},
    upstreams::FakeOpenAi,
};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::support::{Setup, TestServer, event, read};

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
