//! Frigate's HTTP interface, as far as a feed needs it: events of a time, one event, reviews. Decides nothing
//! about them.

use std::{collections::HashSet, time::Duration};

use eps_domain::{Error, Result};
use reqwest::{Client, Response, StatusCode, Url};
use serde_json::Value;

use crate::{
    elsewhere,
    frigate::{FrigateAddress, session::Session},
    http,
};

const CODE: &str = "FRIGATE_UNAVAILABLE";
/// The longest answer to one question, in time …
const DEADLINE: Duration = Duration::from_secs(10);
/// … and in bytes: a page of events is some 100 KiB.
const BYTES_MAX: usize = 16 * 1024 * 1024;
/// Events of one page.
pub(super) const PAGE_EVENTS: usize = 100;
/// Reviews of one answer; they cannot be paged without losing those that overlap.
pub(super) const REVIEWS_MAX: usize = 5_000;

/// A Frigate.
pub(super) struct FrigateHttp {
    client: Client,
    base: String,
    session: Session,
}

impl FrigateHttp {
    /// For an address such as `https://frigate:8971`, with an account where it has users.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub(super) fn new(FrigateAddress { url, login }: &FrigateAddress) -> Result<Self> {
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client: http::client()?, session: Session::new(&base, login.clone()), base })
    }

    /// Up to [`PAGE_EVENTS`] events that began between two instants (both excluded), the latest first.
    pub(super) async fn events(&self, after: f64, before: f64) -> Result<Vec<Value>> {
        let limit = PAGE_EVENTS.to_string();
        let (after, before) = (after.to_string(), before.to_string());
        let query = [("after", &*after), ("before", &before), ("limit", &limit), ("include_thumbnails", "0")];
        self.list("/api/events", &query).await
    }

    /// One event; `None` when there is none.
    pub(super) async fn event(&self, id: &str) -> Result<Option<Value>> {
        let Some(id) = elsewhere::segment(id) else { return Ok(None) };
        let response = self.get(&format!("/api/events/{id}"), &[]).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let event = read(response).await?;
        Ok(event["id"].is_string().then_some(event))
    }

    /// Reviews that began after an instant, up to [`REVIEWS_MAX`], the latest first; none of a Frigate that
    /// has no reviews yet (before 0.14).
    ///
    /// Up to 0.16 `reviewed=1` gives all of them and its absence only those that nobody has looked at; from
    /// 0.17 it is the other way round. Both together are all of them everywhere.
    pub(super) async fn reviews(&self, after: f64, before: f64) -> Result<Vec<Value>> {
        let limit = REVIEWS_MAX.to_string();
        let (after, before) = (after.to_string(), before.to_string());
        let plain = [("after", &*after), ("before", &before), ("limit", &limit)];
        let mut reviews = self.reviews_of(&plain).await?;
        let known: HashSet<String> =
            reviews.iter().filter_map(|review| review["id"].as_str().map(str::to_owned)).collect();
        let [after, before, limit] = plain;
        let others = self.reviews_of(&[after, before, limit, ("reviewed", "1")]).await?;
        let is_new = |review: &Value| review["id"].as_str().is_none_or(|id| !known.contains(id));
        reviews.extend(others.into_iter().filter(is_new));
        Ok(reviews)
    }

    async fn reviews_of(&self, query: &[(&str, &str)]) -> Result<Vec<Value>> {
        let response = self.get("/api/review", query).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(Vec::new());
        }
        items(response).await
    }

    async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>> {
        items(self.get(path, query).await?).await
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response> {
        let url =
            Url::parse_with_params(&format!("{}{path}", self.base), query).map_err(|e| odd().caused_by(e))?;
        let request = || self.client.get(url.clone()).timeout(DEADLINE);
        let answer = self.session.send(&self.client, request).await;
        answer.map_err(of_frigate)
    }
}

impl std::fmt::Debug for FrigateHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrigateHttp").field("base", &self.base).finish_non_exhaustive()
    }
}

async fn items(response: Response) -> Result<Vec<Value>> {
    match read(response).await? {
        Value::Array(items) => Ok(items),
        _ => Err(odd()),
    }
}

async fn read(response: Response) -> Result<Value> {
    if !response.status().is_success() {
        let message = format!("Frigate answers with {}", response.status().as_u16());
        return Err(Error::unavailable(CODE, message));
    }
    let bytes = elsewhere::read_up_to("Frigate", response, BYTES_MAX).await.map_err(of_frigate)?;
    serde_json::from_slice(&bytes).map_err(|e| odd().caused_by(e))
}

/// What the shared helpers say of clips is said of events here.
fn of_frigate(error: Error) -> Error {
    Error { code: CODE, ..error }
}

fn odd() -> Error {
    Error::unavailable(CODE, "Frigate answers with something odd")
}
