//! What is recorded, by a recorder that keeps the names of series and the sums of counters.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, atomic::AtomicU64, atomic::Ordering},
};

use async_trait::async_trait;
use eps_domain::{
    chat_model::{ChatChunk, ChatRequest, FinishReason, LostUsage},
    embedder::Embedder,
};
use futures::{StreamExt, executor::block_on, stream::BoxStream};
use metrics::{
    Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, with_local_recorder,
};

use super::*;

#[derive(Default)]
struct Series(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

impl Series {
    fn named(&self, key: &Key) -> Arc<AtomicU64> {
        let labels: Vec<&str> = key.labels().map(metrics::Label::value).collect();
        let name = format!("{} {}", key.name(), labels.join(" "));
        Arc::clone(self.0.lock().unwrap().entry(name).or_default())
    }

    /// The counters that are not zero, without the name of the metric.
    fn counted(&self) -> Vec<(String, u64)> {
        let series = self.0.lock().unwrap();
        let counts = series.iter().map(|(name, count)| (name, count.load(Ordering::Relaxed)));
        let counts = counts.filter(|(_, count)| *count > 0);
        counts.map(|(name, count)| (name.trim_start_matches(REQUESTS).trim().to_owned(), count)).collect()
    }
}

impl Recorder for Series {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.named(key))
    }
    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }
    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        self.named(key);
        Histogram::noop()
    }
}

/// Answers, or fails, or breaks off, as the number of texts or tokens says.
struct Scripted;

#[async_trait]
impl Embedder for Scripted {
    fn dimensions(&self) -> usize {
        1
    }
    fn model(&self) -> &'static str {
        "scripted"
    }
    async fn embed(&self, texts: &[String]) -> Result<Vec<Arc<[f32]>>> {
        match texts.len() {
            0 => Ok(Vec::new()),
            1 => Err(Error::unavailable("EMBEDDER_UNAVAILABLE", "down")),
            2 => Err(Error::invalid("texts", "no")),
            _ => futures::future::pending().await,
        }
    }
}

#[async_trait]
impl ChatModel for Scripted {
    fn model(&self) -> &'static str {
        "scripted"
    }
    async fn stream(&self, request: &ChatRequest) -> Result<BoxStream<'static, Result<ChatChunk>>> {
        let text = || Ok(ChatChunk::Text("a".into()));
        let end = match request.tokens_max {
            0 => return Err(Error::unavailable("LLM_UNAVAILABLE", "down")),
            1 => Some(Ok(ChatChunk::Finished(FinishReason::Stop))),
            2 => Some(Err(Error::new(ErrorKind::Timeout, "LLM_UNAVAILABLE", "slow"))),
            _ => None,
        };
        Ok(futures::stream::iter([text()].into_iter().chain(end)).boxed())
    }
}

#[test]
fn each_end_of_a_call_is_counted_as_what_it_was() {
    let series = Series::default();
    with_local_recorder(&series, || {
        let embedder = ObservedEmbedder::new(Arc::new(Scripted));
        for texts in 0..3 {
            let _ = block_on(embedder.embed(&vec![String::new(); texts]));
        }
        // A caller that leaves.
        block_on(async {
            let texts = vec![String::new(); 3];
            let mut call = embedder.embed(&texts);
            assert!(futures::poll!(call.as_mut()).is_pending());
        });
    });
    let expected =
        ["cancelled", "ok", "refused", "unavailable"].map(|end| (format!("embedder embed {end}"), 1));
    assert_eq!(series.counted(), expected);
}

#[test]
fn a_stream_is_measured_to_its_end() {
    let series = Series::default();
    with_local_recorder(&series, || {
        let model = ObservedChatModel::new(Arc::new(Scripted));
        for tokens_max in 0..4 {
            let request = ChatRequest {
                messages: Vec::new(),
                tools: Arc::new([]),
                may_call: false,
                tokens_max,
                temperature: 0.0,
                begin_by: None,
                lost: LostUsage::default(),
            };
            if let Ok(stream) = block_on(model.stream(&request)) {
                block_on(stream.collect::<Vec<_>>());
            }
        }
    });
    let expected = [
        ("llm first_piece ok", 3),
        ("llm first_piece unavailable", 1),
        ("llm stream cancelled", 1),
        ("llm stream ok", 1),
        ("llm stream timeout", 1),
        ("llm stream unavailable", 1),
    ];
    assert_eq!(series.counted(), expected.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn every_series_is_there_from_the_start() {
    let series = Series::default();
    with_local_recorder(&series, describe);
    let at_start: Vec<String> = series.0.lock().unwrap().keys().cloned().collect();
    // Two kinds of tokens beside the calls.
    assert_eq!(at_start.len(), 29 * (OUTCOMES.len() + 1) + 2);
    // The names in the decorators, and of the one dependency that has no port, are those of the table.
    let source = concat!(include_str!("ports.rs"), include_str!("../jwt/published_keys.rs"));
    let named = |call: &str| source.matches(call).count();
    let named = named("observed(\"") + named("measured(\"") + named("Call::begin(\"");
    assert_eq!(named, 29);
    for (dep, operations) in OPERATIONS {
        for op in operations {
            assert!(source.contains(&format!("(\"{dep}\", \"{op}\"")), "{dep} {op}");
        }
    }
}
