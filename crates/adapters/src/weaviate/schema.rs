//! The two collections, made and migrated at the first use. `docs/adr/0008` says why they look so.
//!
//! Everything that an event says lies in `body`; the other properties are what is filtered, grouped and
//! ranked by, and can be made again from it.

use eps_domain::{Error, ErrorKind, Result};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{client::Client, failure, graphql, options::WeaviateOptions};

/// Increased when properties are added or mean something else; a server with a higher one belongs to a newer program.
/// Since 2 the terms tell which thing a colour is said of, since 3 the severity is filtered by.
const LAYOUT: u32 = 3;

/// What the description of the collection says, for the next start.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    layout: u32,
    visit_gap_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimensions: Option<usize>,
}

impl Kept {
    fn of(options: &WeaviateOptions) -> Self {
        let vectors = options.vectors.as_ref();
        Self {
            layout: LAYOUT,
            visit_gap_ms: u64::try_from(options.visit_gap.as_millis()).unwrap_or(u64::MAX),
            model: vectors.map(|space| space.model.clone()),
            dimensions: vectors.map(|space| space.dimensions),
        }
    }

    /// What is kept from now on: a program without a model leaves that of the others alone.
    fn merged(wanted: Self, found: &Self) -> Result<Self> {
        if found.layout > LAYOUT {
            let message = "the collection of events in Weaviate was made by a newer program";
            return Err(Error::new(ErrorKind::Conflict, "DATA_TOO_NEW", message));
        }
        if found.visit_gap_ms != wanted.visit_gap_ms {
            let message = format!(
                "the visits in Weaviate were made with a gap of {} s: set VISIT_GAP_SECONDS to that, or import \
                 the events into an empty Weaviate",
                found.visit_gap_ms / 1_000
            );
            return Err(Error::new(ErrorKind::Conflict, "SETTINGS_CONFLICT", message));
        }
        if let (Some(model), Some(other)) = (&wanted.model, &found.model)
            && (model, wanted.dimensions) != (other, found.dimensions)
        {
            let message = format!(
                "the vectors in Weaviate are of the model {other}, the settings name {model}: use the same, or \
                 import the events into an empty Weaviate"
            );
            return Err(Error::new(ErrorKind::Conflict, "SETTINGS_CONFLICT", message));
        }
        let (model, dimensions) = match wanted.model {
            Some(model) => (Some(model), wanted.dimensions),
            None => (found.model.clone(), found.dimensions),
        };
        Ok(Self { model, dimensions, ..wanted })
    }
}

/// What is left to do before the collections can be used.
#[derive(Debug)]
#[must_use]
pub(super) enum Prepared {
    /// Nothing.
    Ready,
    /// The properties of all events are those of an older layout. Once they are written anew, this is the description
    /// of the collection.
    OldTerms(Value),
}

/// Makes the collections, or brings them up to date, and checks that they can be asked.
///
/// # Errors
/// `Conflict` with `DATA_TOO_NEW` or `SETTINGS_CONFLICT`; what the server says.
pub(super) async fn ensure(client: &Client, options: &WeaviateOptions) -> Result<Prepared> {
    let prepared = ensure_events(client, options).await?;
    ensure_class(client, &terms_class(options)).await?;
    // Answers only where GraphQL is switched on and both collections are known to it.
    client.graphql(&format!("{{a:__type(name:{}){{name}}}}", graphql::literal(&options.collection))).await?;
    Ok(prepared)
}

async fn ensure_events(client: &Client, options: &WeaviateOptions) -> Result<Prepared> {
    let wanted = Kept::of(options);
    let path = format!("/v1/schema/{}", options.collection);
    let Some(mut found) = client.get(&path).await? else {
        ensure_class(client, &events_class(options, &wanted)).await?;
        return Ok(Prepared::Ready);
    };
    let kept = found["description"].as_str().and_then(|text| serde_json::from_str::<Kept>(text).ok());
    let Some(kept) = kept else {
        let message = "Weaviate has a collection of this name that this service did not make";
        return Err(Error::new(ErrorKind::Conflict, "SETTINGS_CONFLICT", message));
    };
    let merged = Kept::merged(wanted, &kept)?;
    add_properties(client, &options.collection, &found, &event_properties()).await?;
    if merged != kept {
        found["description"] = description(&merged);
        if kept.layout < LAYOUT {
            return Ok(Prepared::OldTerms(found));
        }
        describe(client, options, &found).await?;
    }
    Ok(Prepared::Ready)
}

/// Changes what the collection says of itself.
///
/// # Errors
/// What the server says.
pub(super) async fn describe(client: &Client, options: &WeaviateOptions, class: &Value) -> Result<()> {
    let answer = client.send(Method::PUT, &format!("/v1/schema/{}", options.collection), class).await?;
    accepted(answer.status, &answer.body)
}

/// Another replica may make the same at the same time; whoever is second finds it there.
async fn ensure_class(client: &Client, class: &Value) -> Result<()> {
    let path = format!("/v1/schema/{}", class["class"].as_str().unwrap_or_default());
    if let Some(found) = client.get(&path).await? {
        let properties = class["properties"].as_array().cloned().unwrap_or_default();
        return add_properties(client, class["class"].as_str().unwrap_or_default(), &found, &properties)
            .await;
    }
    let answer = client.send(Method::POST, "/v1/schema", class).await?;
    if answer.status != 200 && client.get(&path).await?.is_some() {
        return Ok(());
    }
    accepted(answer.status, &answer.body)
}

async fn add_properties(client: &Client, class: &str, found: &Value, wanted: &[Value]) -> Result<()> {
    let there = found["properties"].as_array().map(Vec::as_slice).unwrap_or_default();
    for property in wanted {
        if there.iter().all(|known| known["name"] != property["name"]) {
            let answer =
                client.send(Method::POST, &format!("/v1/schema/{class}/properties"), property).await?;
            accepted(answer.status, &answer.body)?;
        }
    }
    Ok(())
}

fn accepted(status: u16, body: &Value) -> Result<()> {
    if (200..300).contains(&status) { Ok(()) } else { Err(failure::of_status(status, body)) }
}

fn description(kept: &Kept) -> Value {
    Value::String(serde_json::to_string(kept).unwrap_or_default())
}

fn events_class(options: &WeaviateOptions, kept: &Kept) -> Value {
    json!({
        "class": options.collection,
        "description": description(kept),
        "vectorizer": "none",
        // Below the cut-off the events of a filter are compared one by one, above it by the graph.
        "vectorIndexType": "hnsw",
        "vectorIndexConfig": {"distance": "cosine", "flatSearchCutoff": 40_000},
        "multiTenancyConfig": {"enabled": true, "autoTenantCreation": true, "autoTenantActivation": true},
        "replicationConfig": {"factor": options.replication_factor},
        // The terms come analysed: nothing may be left out of them here.
        "invertedIndexConfig": {"stopwords": {"preset": "none"}, "bm25": {"k1": 1.2, "b": 0.75}},
        "properties": event_properties(),
    })
}

fn terms_class(options: &WeaviateOptions) -> Value {
    json!({
        "class": options.terms_collection(),
        "vectorizer": "none",
        "vectorIndexConfig": {"skip": true},
        "multiTenancyConfig": {"enabled": true, "autoTenantCreation": true, "autoTenantActivation": true},
        "replicationConfig": {"factor": options.replication_factor},
        "invertedIndexConfig": {"stopwords": {"preset": "none"}},
        "properties": [word("camera", "text"), word("kind", "text"), word("term", "text"), flag("doubtful")],
    })
}

fn event_properties() -> Vec<Value> {
    vec![
        kept("body"),
        kept("words_revision"),
        word("event_id", "text"),
        word("camera", "text"),
        word("label", "text"),
        word("sub_label", "text"),
        word("event_type", "text"),
        word("severity", "text"),
        word("zones", "text[]"),
        word("run", "text"),
        ranged("begins", "date"),
        ranged("ends", "date"),
        ranged("hour", "int"),
        ranged("quarter", "int"),
        ranged("confidence", "number"),
        flag("starts_visit"),
        flag("unembedded"),
        json!({"name": "terms", "dataType": ["text"], "tokenization": "whitespace",
            "indexFilterable": true, "indexSearchable": true}),
    ]
}

/// Only stored.
fn kept(name: &str) -> Value {
    json!({"name": name, "dataType": ["text"], "indexFilterable": false, "indexSearchable": false})
}

/// Compared as a whole, never split into words.
fn word(name: &str, kind: &str) -> Value {
    json!({"name": name, "dataType": [kind], "tokenization": "field",
        "indexFilterable": true, "indexSearchable": false})
}

fn ranged(name: &str, kind: &str) -> Value {
    json!({"name": name, "dataType": [kind], "indexFilterable": true, "indexRangeFilters": true})
}

fn flag(name: &str) -> Value {
    json!({"name": name, "dataType": ["boolean"], "indexFilterable": true})
}
