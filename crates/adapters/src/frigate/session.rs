//! A user of Frigate: the token that a login gives, fetched when it is needed and anew when Frigate no
//! longer takes it. A login that was refused is not repeated at once: Frigate limits them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use eps_domain::{Error, Result};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, SET_COOKIE},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::sync::Mutex;

use crate::elsewhere;

/// How errors and logs call it.
pub(crate) const FRIGATE: &str = "Frigate";
/// Frigate's name of the cookie, unless its operator chose another.
const COOKIE: &str = "frigate_token";
/// How long a login that was refused is believed to be refused again.
const REFUSED_FOR: Duration = Duration::from_secs(30);

/// A user and a password.
#[derive(Debug, Clone)]
pub struct FrigateLogin {
    /// One who may see the cameras, and nothing more: the role `viewer` or one of cameras.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

/// The present token.
pub(crate) struct Session {
    url: String,
    login: Option<FrigateLogin>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<str>>,
    /// Frigate has no users: it says so when one logs in.
    is_open: bool,
    refused_until: Option<Instant>,
}

impl Session {
    pub(crate) fn new(base_url: &str, login: Option<FrigateLogin>) -> Self {
        Self { url: format!("{base_url}/api/login"), login, state: Mutex::default() }
    }

    /// Sends a request as the user, once more with a new token when the old one is over.
    ///
    /// # Errors
    /// `Unavailable` or `Timeout`; also when Frigate refuses the user.
    pub(crate) async fn send(
        &self,
        client: &Client,
        request: impl Fn() -> RequestBuilder,
    ) -> Result<Response> {
        let mut token = self.token(client, None).await?;
        for is_last in [false, true] {
            let request = match &token {
                Some(token) => request().bearer_auth(token),
                None => request(),
            };
            let response = elsewhere::send(FRIGATE, request).await?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return Ok(response);
            }
            if is_last {
                break;
            }
            let stale = token.as_deref().unwrap_or_default().to_owned();
            token = self.token(client, Some(&stale)).await?;
        }
        Err(refused())
    }

    /// A token other than `stale`; `None` where none is needed. Whoever comes while another logs in waits
    /// for the outcome.
    ///
    /// # Errors
    /// `Unavailable` when Frigate refuses the user.
    async fn token(&self, client: &Client, stale: Option<&str>) -> Result<Option<Arc<str>>> {
        let Some(login) = &self.login else { return Ok(None) };
        let mut known = self.state.lock().await;
        if let Some(token) = known.token.as_ref().filter(|token| stale != Some(&***token)) {
            return Ok(Some(Arc::clone(token)));
        }
        if known.is_open && stale.is_none() {
            return Ok(None);
        }
        if known.refused_until.is_some_and(|until| Instant::now() < until) {
            return Err(refused());
        }
        known.token = None;
        let body = json!({"user": login.user, "password": login.password.expose_secret()});
        let response = elsewhere::send(FRIGATE, client.post(&self.url).json(&body)).await?;
        known.is_open = response.status() == StatusCode::NOT_FOUND;
        if known.is_open {
            return Ok(None);
        }
        // What is out of order says nothing about the user.
        if response.status().is_server_error() {
            return Err(elsewhere::unexpected(FRIGATE, response.status()));
        }
        known.token = token_of(&response);
        if known.token.is_none() {
            known.refused_until = Some(Instant::now() + REFUSED_FOR);
            tracing::warn!(status = response.status().as_u16(), "Frigate refuses the user of FRIGATE_USER");
            return Err(refused());
        }
        Ok(known.token.clone())
    }
}

/// Frigate does not take us.
fn refused() -> Error {
    elsewhere::out_of_order("Frigate refuses the user of FRIGATE_USER")
}

fn token_of(response: &Response) -> Option<Arc<str>> {
    if response.status() != StatusCode::OK {
        return None;
    }
    let cookies = cookies(response.headers());
    let named = cookies.iter().find(|(name, _)| *name == COOKIE).or_else(|| cookies.first());
    named.map(|(_, value)| (*value).into())
}

/// Cookies that are fit to be tokens.
fn cookies(headers: &HeaderMap) -> Vec<(&str, &str)> {
    headers
        .get_all(SET_COOKIE)
        .iter()
        .filter_map(|cookie| cookie.to_str().ok()?.split(';').next()?.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
        .filter(|(_, value)| !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic()))
        .collect()
}
