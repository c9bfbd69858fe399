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
/// Since 2 the terms tell which thing a colour is said of, since 3 the severity is filtered by, since 4 a
/// description denies nothing of what stands behind it.
const LAYOUT: u32 = 4;

/// What the description of the collection of words says …
const LISTED: &str = "the words of the events";
/// … and until those of events that were there before it are listed.
const UNLISTED: &str = "the words of the events, not yet of all";

/// What the description of the collection of events says, for the next start.
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

/// How the collections were found, and what is left to do before they can be used.
#[derive(Debug)]
#[must_use]
pub(super) struct Prepared {
    /// Copies of each event, as the server says.
    pub(super) event_copies: u64,
    /// Copies of each word.
    pub(super) term_copies: u64,
    /// The properties of all events are those of an older layout. Once they are written anew, this is the collection.
    pub(super) old_events: Option<Value>,
    /// The words of all events are to be listed anew. Once they are, this is the collection of words.
    pub(super) old_terms: Option<Value>,
}

/// Makes the collections, or brings them up to date, and checks that they are ours and can be asked.
///
/// # Errors
/// `Conflict` with `DATA_TOO_NEW` or `SETTINGS_CONFLICT`; what the server says.
pub(super) async fn ensure(client: &Client, options: &WeaviateOptions) -> Result<Prepared> {
    let found = client.get(&path_of(&options.collection)).await?;
    let had_events = found.is_some();
    let (events, old_events) = ensure_events(client, options, found).await?;
    let (terms, old_terms) = ensure_terms(client, options, had_events).await?;
    // Answers only where GraphQL is switched on and both collections are known to it.
    client.graphql(&format!("{{a:__type(name:{}){{name}}}}", graphql::literal(&options.collection))).await?;
    let [event_copies, term_copies] = [events, terms].map(|class| copies(&class));
    Ok(Prepared { event_copies, term_copies, old_events, old_terms })
}

/// The collection, and the same with the description that it is to have once its properties are those of this layout.
async fn ensure_events(
    client: &Client,
    options: &WeaviateOptions,
    found: Option<Value>,
) -> Result<(Value, Option<Value>)> {
    let wanted = Kept::of(options);
    let Some(mut found) = found else {
        return Ok((make(client, &events_class(options, &wanted)).await?, None));
    };
    let kept = found["description"].as_str().and_then(|text| serde_json::from_str::<Kept>(text).ok());
    let Some(kept) = kept else {
        return Err(strange(&options.collection, "was not made by this service"));
    };
    let merged = Kept::merged(wanted, &kept)?;
    check(&found, &options.collection, &event_properties())?;
    add_properties(client, &options.collection, &found, &event_properties()).await?;
    if merged == kept {
        return Ok((found, None));
    }
    found["description"] = description(&merged);
    if kept.layout < LAYOUT {
        return Ok((found.clone(), Some(found)));
    }
    describe(client, &options.collection, &found).await?;
    Ok((found, None))
}

/// The collection of words, and the same with the description that it is to have once it lists those of all events: where
/// somebody removed it, the events are still there.
async fn ensure_terms(
    client: &Client,
    options: &WeaviateOptions,
    has_events: bool,
) -> Result<(Value, Option<Value>)> {
    let name = options.terms_collection();
    let mut wanted = terms_class(options);
    if has_events {
        wanted["description"] = UNLISTED.into();
    }
    let found = match client.get(&path_of(&name)).await? {
        Some(found) => {
            let has = |name: &str| properties(&found).iter().any(|property| property["name"] == name);
            if !["camera", "kind", "term"].into_iter().all(has) {
                return Err(strange(&name, "was not made by this service"));
            }
            check(&found, &name, &term_properties())?;
            add_properties(client, &name, &found, &term_properties()).await?;
            found
        }
        None => make(client, &wanted).await?,
    };
    let is_unlisted = found["description"] == UNLISTED;
    let listed = is_unlisted.then(|| {
        let mut listed = found.clone();
        listed["description"] = LISTED.into();
        listed
    });
    Ok((found, listed))
}

/// Whether the collection of words is there and can be written: Weaviate makes one that is missing by itself, of a kind
/// that nothing can be done with.
///
/// # Errors
/// `Unavailable` when it is not; what the server says.
pub(super) async fn check_terms(client: &Client, options: &WeaviateOptions) -> Result<()> {
    let name = options.terms_collection();
    match client.get(&path_of(&name)).await? {
        Some(found) if is_multi_tenant(&found) => Ok(()),
        Some(_) => {
            Err(failure::missing(&format!("the collection {name} was removed and came back of another kind")))
        }
        None => Err(failure::missing(&format!("the collection {name} is gone"))),
    }
}

fn check(found: &Value, name: &str, wanted: &[Value]) -> Result<()> {
    if !is_multi_tenant(found) {
        return Err(strange(name, "has no multi-tenancy"));
    }
    for property in wanted {
        let known = properties(found).iter().find(|known| known["name"] == property["name"]);
        if let Some(known) = known.filter(|known| known["dataType"] != property["dataType"]) {
            let what = format!("has the property {} with the type {}", property["name"], known["dataType"]);
            return Err(strange(name, &what));
        }
    }
    Ok(())
}

fn strange(name: &str, what: &str) -> Error {
    let message = format!(
        "the collection {name} in Weaviate {what}: set WEAVIATE_COLLECTION to another name, or remove it while no copy \
         of the service runs"
    );
    Error::new(ErrorKind::Conflict, "SETTINGS_CONFLICT", message)
}

fn is_multi_tenant(class: &Value) -> bool {
    class["multiTenancyConfig"]["enabled"] == true
}

fn copies(class: &Value) -> u64 {
    class["replicationConfig"]["factor"].as_u64().unwrap_or(1)
}

fn properties(class: &Value) -> &[Value] {
    class["properties"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn path_of(class: &str) -> String {
    format!("/v1/schema/{class}")
}

/// Changes what the collection says of itself.
///
/// # Errors
/// What the server says.
pub(super) async fn describe(client: &Client, name: &str, class: &Value) -> Result<()> {
    let answer = client.send(Method::PUT, &path_of(name), class).await?;
    accepted(answer.status, &answer.body)
}

/// Makes a collection; as it is then. Another replica may make the same at the same time: whoever is second finds it there.
async fn make(client: &Client, class: &Value) -> Result<Value> {
    let answer = client.send(Method::POST, "/v1/schema", class).await?;
    match client.get(&path_of(class["class"].as_str().unwrap_or_default())).await? {
        Some(found) => Ok(found),
        None => accepted(answer.status, &answer.body).map(|()| class.clone()),
    }
}

async fn add_properties(client: &Client, class: &str, found: &Value, wanted: &[Value]) -> Result<()> {
    for property in wanted {
        if properties(found).iter().all(|known| known["name"] != property["name"]) {
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
        "description": LISTED,
        "vectorizer": "none",
        "vectorIndexConfig": {"skip": true},
        "multiTenancyConfig": {"enabled": true, "autoTenantCreation": true, "autoTenantActivation": true},
        "replicationConfig": {"factor": options.replication_factor},
        "invertedIndexConfig": {"stopwords": {"preset": "none"}},
        "properties": term_properties(),
    })
}

fn term_properties() -> Vec<Value> {
    vec![word("camera", "text"), word("kind", "text"), word("term", "text"), flag("doubtful")]
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
