//! Frigate's HTTP interface, as far as a feed needs it: events of a time, one event, reviews. Logs in when
//! the address carries an account. Never sends the account anywhere but to `/api/login`.

use std::time::Duration;

use eps_domain::{Error, ErrorKind, Result};
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::http;

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
    /// Without an account.
    base: String,
    account: Option<(String, SecretString)>,
    token: Mutex<Option<SecretString>>,
}

impl FrigateHttp {
    /// For an address such as `https://user:password@frigate:8971`.
    ///
    /// # Errors
    /// `InvalidInput` for an address that cannot be used, without its password.
    pub(super) fn new(address: &SecretString) -> Result<Self> {
        let wrong = || Error::invalid("url", "is not an address such as http://frigate:5000");
        let mut url = Url::parse(address.expose_secret()).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || url.query().is_some() {
            return Err(wrong());
        }
        let decode = |text: &str| super::super::mqtt::decoded(text).map_err(|_| wrong());
        let user = decode(url.username())?;
        let password = decode(url.password().unwrap_or_default())?;
        url.set_username("").and_then(|()| url.set_password(None)).map_err(|()| wrong())?;
        Ok(Self {
            client: http::client()?,
            base: url.as_str().trim_end_matches('/').to_owned(),
            account: (!user.is_empty()).then(|| (user, password.into())),
            token: Mutex::default(),
        })
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
        let mut path = Url::parse("http://frigate/api/events").map_err(|e| odd().caused_by(e))?;
        path.path_segments_mut().map_err(|()| odd())?.push(id);
        let response = self.get(path.path(), &[]).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        let event = read(response).await?;
        Ok(event["id"].is_string().then_some(event))
    }

    /// Reviews that began after an instant, up to [`REVIEWS_MAX`], the latest first.
    pub(super) async fn reviews(&self, after: f64, before: f64) -> Result<Vec<Value>> {
        let limit = REVIEWS_MAX.to_string();
        let (after, before) = (after.to_string(), before.to_string());
        self.list("/api/review", &[("after", &after), ("before", &before), ("limit", &limit)]).await
    }

    async fn list(&self, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>> {
        match read(self.get(path, query).await?).await? {
            Value::Array(items) => Ok(items),
            _ => Err(odd()),
        }
    }

    /// Asks with the token, and once more with a new one when it has run out.
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Response> {
        let url =
            Url::parse_with_params(&format!("{}{path}", self.base), query).map_err(|e| odd().caused_by(e))?;
        let mut token = self.token.lock().await;
        for attempt in 0..2 {
            if token.is_none() {
                *token = self.log_in().await?;
            }
            let mut request = self.client.get(url.clone()).timeout(DEADLINE);
            if let Some(token) = &*token {
                request = request.bearer_auth(token.expose_secret());
            }
            let response = request.send().await.map_err(unreachable)?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            *token = None;
            if attempt == 1 || self.account.is_none() {
                break;
            }
        }
        Err(Error::new(
            ErrorKind::Unavailable,
            "FRIGATE_REFUSED",
            "Frigate refuses the account of FRIGATE_URL",
        ))
    }

    async fn log_in(&self) -> Result<Option<SecretString>> {
        let Some((user, password)) = &self.account else { return Ok(None) };
        let account = json!({"user": user, "password": password.expose_secret()});
        let request = self.client.post(format!("{}/api/login", self.base)).json(&account).timeout(DEADLINE);
        let response = request.send().await.map_err(unreachable)?;
        let cookies = response.headers().get_all(reqwest::header::SET_COOKIE);
        let token = cookies.iter().filter_map(|cookie| cookie.to_str().ok()).find_map(|cookie| {
            let value = cookie.strip_prefix("frigate_token=")?;
            value.split(';').next().map(|value| SecretString::from(value.trim()))
        });
        match token {
            Some(token) if response.status().is_success() => Ok(Some(token)),
            _ => {
                let message = format!("Frigate does not log in ({})", response.status().as_u16());
                Err(Error::new(ErrorKind::Unavailable, "FRIGATE_REFUSED", message))
            }
        }
    }
}

impl std::fmt::Debug for FrigateHttp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrigateHttp").field("base", &self.base).finish_non_exhaustive()
    }
}

async fn read(mut response: Response) -> Result<Value> {
    if !response.status().is_success() {
        let message = format!("Frigate answers with {}", response.status().as_u16());
        return Err(Error::unavailable("FRIGATE_UNAVAILABLE", message));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > BYTES_MAX {
            return Err(odd());
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|e| odd().caused_by(e))
}

fn unreachable(error: reqwest::Error) -> Error {
    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Unavailable };
    Error::new(kind, "FRIGATE_UNAVAILABLE", "Frigate does not answer").caused_by(error.without_url())
}

fn odd() -> Error {
    Error::new(ErrorKind::Unavailable, "FRIGATE_UNAVAILABLE", "Frigate answers with something odd")
}
