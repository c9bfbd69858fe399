//! A user of Frigate: the token that a login gives, fetched when it is needed and anew when Frigate no
//! longer takes it. A login that was refused is not repeated at once: Frigate limits them.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use eps_domain::{Error, Result};
use futures::{FutureExt as _, future::Shared};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{HeaderMap, SET_COOKIE},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use tokio::{sync::oneshot, task::JoinSet};

use crate::{elsewhere, http};

/// How errors and logs call it.
pub(crate) const FRIGATE: &str = "Frigate";
/// Frigate's name of the cookie, unless its operator chose another.
const COOKIE: &str = "frigate_token";
/// How long a login may take: a small machine hashes a password for seconds.
const LOGIN_DEADLINE: Duration = Duration::from_secs(20);
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
    state: Arc<Mutex<State>>,
    /// The login under way. It goes on when whoever wanted the token has left, or one that is slower than a
    /// look-up may take would begin anew with each of them and never end.
    under_way: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct State {
    token: Option<Arc<str>>,
    /// Frigate has no users: it says so when one logs in.
    is_open: bool,
    refused_until: Option<Instant>,
    /// What everybody waits for who comes while one logs in.
    login: Option<Login>,
}

type Outcome = Result<Option<Arc<str>>, Arc<Error>>;
type Login = Shared<oneshot::Receiver<Outcome>>;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Session {
    pub(crate) fn new(base_url: &str, login: Option<FrigateLogin>) -> Self {
        let url = format!("{base_url}/api/login");
        Self { url, login, state: Arc::default(), under_way: Mutex::default() }
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
        let Some(user) = &self.login else { return Ok(None) };
        let login = {
            let mut known = locked(&self.state);
            if let Some(token) = known.token.as_ref().filter(|token| stale != Some(&***token)) {
                return Ok(Some(Arc::clone(token)));
            }
            if known.is_open && stale.is_none() {
                return Ok(None);
            }
            if let Some(login) = &known.login {
                login.clone()
            } else if known.refused_until.is_some_and(|until| Instant::now() < until) {
                return Err(refused());
            } else {
                known.token = None;
                known.login.insert(self.begin(client, user)).clone()
            }
        };
        let Ok(outcome) = login.await else {
            locked(&self.state).login = None;
            return Err(elsewhere::out_of_order("the login to Frigate broke off"));
        };
        outcome.map_err(elsewhere::shared)
    }

    /// Begins to log in.
    fn begin(&self, client: &Client, user: &FrigateLogin) -> Login {
        let body = json!({"user": user.user, "password": user.password.expose_secret()});
        let request = http::traced(client.post(&self.url).json(&body));
        let state = Arc::clone(&self.state);
        let (tell, told) = oneshot::channel();
        let mut under_way = locked(&self.under_way);
        while under_way.try_join_next().is_some() {}
        under_way.spawn(async move {
            let answer = elsewhere::send_within(FRIGATE, request, LOGIN_DEADLINE).await;
            let outcome = locked(&state).hear(answer);
            // Whoever waited may have left.
            let _ = tell.send(outcome.map_err(Arc::new));
        });
        told.shared()
    }
}

impl State {
    /// The login has ended so.
    fn hear(&mut self, answer: Result<Response>) -> Result<Option<Arc<str>>> {
        self.login = None;
        let answer = answer?;
        self.is_open = answer.status() == StatusCode::NOT_FOUND;
        if self.is_open {
            return Ok(None);
        }
        // What is out of order says nothing about the user.
        if answer.status().is_server_error() {
            return Err(elsewhere::unexpected(FRIGATE, answer.status()));
        }
        self.token = token_of(&answer);
        if self.token.is_none() {
            self.refused_until = Some(Instant::now() + REFUSED_FOR);
            tracing::warn!(status = answer.status().as_u16(), "Frigate refuses the user of FRIGATE_USER");
            return Err(refused());
        }
        Ok(self.token.clone())
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
