//! Batches of objects on their way in: bounded in number and bytes, with every object's own outcome.

use eps_domain::{Error, Result};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use reqwest::Method;
use serde_json::{Value, json};

use super::{failure, store::Store};

/// Objects of one request.
const OBJECTS_MAX: usize = 1_000;
/// Bytes of one request, about: one event is at most some 100 KiB.
const BYTES_MAX: usize = 4 << 20;

/// Changes on their way at once.
const CHANGES_AT_ONCE: usize = 8;

/// An object that was refused, and why.
#[derive(Debug)]
pub(super) struct Refused {
    /// Its place among the objects.
    pub(super) index: usize,
    message: String,
}

impl Refused {
    /// Why, in the terms of the port.
    pub(super) fn error(&self) -> Error {
        failure::of_message(&self.message)
    }
}

/// Writes objects of one collection in place of those with the same ids. Returns the ones that were refused; all others are
/// stored.
///
/// # Errors
/// What the server says; then nothing is known of the objects that had not been sent or answered.
pub(super) async fn put(store: &Store, objects: Vec<Value>) -> Result<Vec<Refused>> {
    let mut refused = Vec::new();
    let (mut batch, mut bytes, mut first) = (Vec::new(), 0, 0);
    for object in objects {
        bytes += size(&object);
        batch.push(object);
        if batch.len() >= OBJECTS_MAX || bytes >= BYTES_MAX {
            let sent = batch.len();
            refused.extend(send(store, std::mem::take(&mut batch), first).await?);
            (first, bytes) = (first + sent, 0);
        }
    }
    if !batch.is_empty() {
        refused.extend(send(store, batch, first).await?);
    }
    Ok(refused)
}

/// About how many bytes an object has as JSON, without making it.
fn size(object: &Value) -> usize {
    let text = |name: &str| object["properties"][name].as_str().map_or(0, str::len);
    let vector = object["vector"].as_array().map_or(0, |vector| vector.len() * 12);
    600 + text("body") + text("terms") + vector
}

async fn send(store: &Store, objects: Vec<Value>, first: usize) -> Result<Vec<Refused>> {
    let sent = objects.len();
    let class = objects.first().and_then(|object| object["class"].as_str()).unwrap_or_default();
    let path = format!("/v1/batch/objects{}", store.write_consistency(class));
    let answer = store.client.send(Method::POST, &path, &json!({"objects": objects})).await?;
    let outcomes = match answer.body.as_array() {
        Some(outcomes) if answer.status == 200 && outcomes.len() == sent => outcomes,
        _ if answer.status != 200 => return Err(failure::of_status(answer.status, &answer.body)),
        _ => return Err(failure::unreadable("a batch answer of another length")),
    };
    let mut refused = Vec::new();
    for (index, outcome) in outcomes.iter().enumerate() {
        let errors = &outcome["result"]["errors"];
        if !errors.is_null() || outcome["result"]["status"] == "FAILED" {
            let message = errors["error"][0]["message"].as_str().unwrap_or("an object was refused");
            refused.push(Refused { index: first + index, message: message.to_owned() });
        }
    }
    Ok(refused)
}

/// Changes several objects, each by its UUID, some at a time; those that do not exist are passed over.
///
/// # Errors
/// What the server says.
pub(super) async fn change_all(
    store: &Store,
    class: &str,
    tenant: &str,
    changes: Vec<(String, Value)>,
) -> Result<()> {
    let changing = stream::iter(changes)
        .map(|(uuid, value)| async move { change(store, class, tenant, &uuid, value).await.map(drop) });
    changing.buffer_unordered(CHANGES_AT_ONCE).try_collect().await
}

/// Changes some properties of an object, or its vector. False when there is no such object.
///
/// # Errors
/// What the server says.
async fn change(store: &Store, class: &str, tenant: &str, uuid: &str, change: Value) -> Result<bool> {
    let mut body = json!({"class": class, "tenant": tenant, "id": uuid});
    if let (Some(body), Value::Object(change)) = (body.as_object_mut(), change) {
        body.extend(change);
    }
    let path = format!("/v1/objects/{class}/{uuid}{}", store.write_consistency(class));
    let answer = store.client.send(Method::PATCH, &path, &body).await?;
    match answer.status {
        200..=299 => Ok(true),
        404 => Ok(false),
        status => Err(failure::of_status(status, &answer.body)),
    }
}
