//! The event store over Weaviate keeps the promises of its port, over a real server.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "what an older program wrote is put there past the store")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use eps_adapters::{
    embedded::VectorSpace,
    weaviate::{WeaviateEventStore, WeaviateOptions},
};
use eps_domain::{
    Event, Scope,
    event_store::{CountRequest, EventFilter, EventStore as _},
};
use eps_testkit::{
    contract::event_store::{DIMENSIONS, VISIT_GAP_SECONDS},
    servers::weaviate::{API_KEY, WeaviateServer},
};
use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::{Value, json};

/// Settings for a collection of its own.
fn options(server: &WeaviateServer) -> WeaviateOptions {
    static COLLECTIONS: AtomicUsize = AtomicUsize::new(0);
    WeaviateOptions {
        api_key: Some(API_KEY.into()),
        collection: format!("Suite{}", COLLECTIONS.fetch_add(1, Ordering::Relaxed)),
        visit_gap: Duration::from_secs(VISIT_GAP_SECONDS),
        vectors: Some(VectorSpace { model: "suite".into(), dimensions: DIMENSIONS }),
        ..WeaviateOptions::new(server.url())
    }
}

fn fresh() -> Option<(WeaviateEventStore, Arc<WeaviateServer>)> {
    let server = WeaviateServer::shared()?;
    Some((WeaviateEventStore::new(options(&server)).unwrap(), server))
}

mod contract {
    eps_testkit::event_store_contract!(optional super::fresh);
}

/// What an older program wrote, which did not tell which thing a colour is said of and knew no severity, is brought up to
/// date at the start.
#[tokio::test]
async fn what_an_older_layout_lacks_is_written_anew() {
    let Some((store, server)) = fresh() else { return };
    let options = options(&server);
    drop(store);
    let store = WeaviateEventStore::new(options.clone()).unwrap();
    let said = |id: &str, description: &str| {
        let draft = json!({
            "event_id": id, "timestamp": "2026-05-13T09:00:00Z", "camera_id": "a", "event_type": "seen",
            "description": description, "severity": "High",
        });
        serde_json::from_value::<Event>(draft).unwrap()
    };
    let events = vec![said("a", "A red jacket and blue jeans"), said("b", "A door")];
    store.upsert("default", events).await.unwrap();
    let raw = Raw { server: &server, collection: &options.collection };
    let tenant = raw.tenant().await;
    for object in raw.objects(&tenant).await {
        let terms = object["properties"]["terms"].as_str().unwrap();
        let old: Vec<&str> = terms.split(' ').filter(|term| !term.contains('+')).collect();
        let (class, id) = (&options.collection, object["id"].as_str().unwrap());
        let change = json!({"class": class, "id": id, "tenant": tenant, "properties": {"terms": old.join(" "), "severity": "none"}});
        raw.send(Method::PATCH, &format!("objects/{class}/{id}"), Some(change)).await;
    }
    let mut schema = raw.schema().await;
    let description = schema["description"].as_str().unwrap().replace("\"layout\":4", "\"layout\":1");
    schema["description"] = description.clone().into();
    raw.send(Method::PUT, &format!("schema/{}", options.collection), Some(schema)).await;

    let count = async |store: &WeaviateEventStore, words: &str| {
        let request = CountRequest {
            filter: EventFilter::default(),
            words: Some(words.to_owned()),
            group_by: Vec::new(),
            timezone: TimeZone::UTC,
        };
        store.count(&Scope::tenant("default"), &request).await.unwrap().totals.events
    };
    assert_eq!(count(&store, "red jacket").await, 0, "the store that is open knows nothing of it");
    let store = WeaviateEventStore::new(options.clone()).unwrap();
    assert_eq!((count(&store, "red jacket").await, count(&store, "blue jacket").await), (1, 0));
    let severities = vec!["high".to_owned()];
    let request = CountRequest {
        filter: EventFilter { severities, ..EventFilter::default() },
        words: None,
        group_by: Vec::new(),
        timezone: TimeZone::UTC,
    };
    assert_eq!(store.count(&Scope::tenant("default"), &request).await.unwrap().totals.events, 2);
    assert_ne!(raw.schema().await["description"].as_str(), Some(description.as_str()));
}

fn person(id: &str, camera: &str) -> Event {
    let draft = json!({
        "event_id": id, "timestamp": "2026-05-13T09:00:00Z", "camera_id": camera, "event_type": "seen",
        "label": "person", "description": "A man",
    });
    serde_json::from_value::<Event>(draft).unwrap()
}

/// A list of words that somebody removed is missed at once, made by nobody but us, and filled again at the next start.
#[tokio::test]
async fn a_list_of_words_that_is_gone_is_told_and_made_anew() {
    let Some(server) = WeaviateServer::shared() else { return };
    let options = options(&server);
    let terms = format!("{}Term", options.collection);
    let store = WeaviateEventStore::new(options.clone()).unwrap();
    store.upsert("default", vec![person("a", "dock")]).await.unwrap();
    let raw = Raw { server: &server, collection: &terms };
    raw.send(Method::DELETE, &format!("schema/{terms}"), None).await;
    let told = [
        store.health().await.map(drop).unwrap_err(),
        store.upsert("default", vec![person("b", "gate")]).await.map(drop).unwrap_err(),
    ];
    for error in told {
        let logged = error.source.as_ref().map(ToString::to_string).unwrap_or_default();
        assert_eq!(error.code, "SEARCH_UNAVAILABLE", "{logged}");
        assert!(logged.contains(&terms), "{logged}");
    }
    assert!(!raw.is_there().await, "Weaviate made one of its own");

    let store = WeaviateEventStore::new(options.clone()).unwrap();
    let words = store.vocabulary(&Scope::tenant("default")).await.unwrap();
    let cameras: Vec<&str> = words.cameras.iter().map(|camera| &*camera.camera_id).collect();
    assert_eq!((cameras, words.labels.len()), (vec!["dock"], 1));
    store.upsert("default", vec![person("b", "gate")]).await.unwrap();
    assert_eq!(store.health().await.unwrap().events, 2);
    assert_eq!(raw.schema().await["description"], "the words of the events");
}

/// What another made under our names is refused at the start, and nothing is written to it.
#[tokio::test]
async fn collections_that_are_not_ours_are_refused_by_name() {
    let Some(server) = WeaviateServer::shared() else { return };
    let text = |name: &str| json!({"name": name, "dataType": ["text"]});
    let tenants = json!({"enabled": true});
    let foreign = json!({"properties": [text("title")], "multiTenancyConfig": tenants});
    let single = ["camera", "kind", "term"].map(text);
    let single = json!({"properties": single});
    let odd = ["camera", "kind", "term", "doubtful"].map(text);
    let odd = json!({"properties": odd, "multiTenancyConfig": tenants});
    for (mut class, told) in
        [(foreign, "not made by this service"), (single, "no multi-tenancy"), (odd, "doubtful")]
    {
        let options = options(&server);
        let terms = format!("{}Term", options.collection);
        class["class"] = terms.as_str().into();
        let raw = Raw { server: &server, collection: &terms };
        raw.send(Method::POST, "schema", Some(class)).await;
        let before = raw.schema().await;
        let refused = WeaviateEventStore::new(options).unwrap().prepare().await.unwrap_err();
        assert_eq!(refused.code, "SETTINGS_CONFLICT");
        assert!(refused.message.contains(&terms) && refused.message.contains(told), "{}", refused.message);
        assert_eq!(raw.schema().await, before);
    }
    let options = options(&server);
    let store = WeaviateEventStore::new(options.clone()).unwrap();
    store.prepare().await.unwrap();
    let raw = Raw { server: &server, collection: &options.collection };
    let class = raw.schema().await;
    raw.send(Method::DELETE, &format!("schema/{}", options.collection), None).await;
    let single = json!({"class": class["class"], "description": class["description"]});
    raw.send(Method::POST, "schema", Some(single)).await;
    let refused = WeaviateEventStore::new(options).unwrap().prepare().await.unwrap_err();
    assert!(refused.message.contains("no multi-tenancy"), "{}", refused.message);
}

/// How many copies there are is what the collection says: settings that came later do not change it.
#[tokio::test]
async fn copies_that_the_collection_does_not_have_are_not_asked_for() {
    let Some(server) = WeaviateServer::shared() else { return };
    let options = options(&server);
    let store = WeaviateEventStore::new(options.clone()).unwrap();
    store.upsert("default", vec![person("a", "dock")]).await.unwrap();
    let store = WeaviateEventStore::new(WeaviateOptions { replication_factor: 3, ..options }).unwrap();
    store.upsert("default", vec![person("b", "dock")]).await.unwrap();
    assert_eq!(store.health().await.unwrap().events, 2);
    assert_eq!(store.vocabulary(&Scope::tenant("default")).await.unwrap().cameras[0].events, 2);
}

/// Weaviate as it is asked without the store.
struct Raw<'a> {
    server: &'a WeaviateServer,
    collection: &'a str,
}

impl Raw<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/v1/{path}", self.server.url());
        let request = reqwest::Client::new().request(method, url).bearer_auth(API_KEY);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let answer = answer.bytes().await.unwrap();
        assert!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).unwrap_or_default()
    }

    async fn is_there(&self) -> bool {
        let classes = self.send(Method::GET, "schema", None).await;
        classes["classes"].as_array().unwrap().iter().any(|class| class["class"] == self.collection)
    }

    async fn schema(&self) -> Value {
        self.send(Method::GET, &format!("schema/{}", self.collection), None).await
    }

    async fn tenant(&self) -> String {
        let tenants = self.send(Method::GET, &format!("schema/{}/tenants", self.collection), None).await;
        tenants[0]["name"].as_str().unwrap().to_owned()
    }

    async fn objects(&self, tenant: &str) -> Vec<Value> {
        let path = format!("objects?class={}&tenant={tenant}", self.collection);
        self.send(Method::GET, &path, None).await["objects"].as_array().unwrap().clone()
    }
}
