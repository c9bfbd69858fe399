//! One Weaviate over HTTP: the key, a deadline for every call, one more try for reads, and a bound on what
//! is read. Knows no collection; what an error means is said in `failure`.

use std::time::Duration;

use eps_domain::{Error, Result};
use reqwest::{Client as Http, Method, RequestBuilder, Response};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

use super::failure::{self, CallError};
use crate::http;

/// The largest answer that is read; 5,000 of the largest events are about this much.
const ANSWER_BYTES_MAX: usize = 128 << 20;

/// A connection to one Weaviate.
#[derive(Debug, Clone)]
pub(super) struct Client {
    http: Http,
    base_url: String,
    api_key: Option<SecretString>,
    read: Duration,
    write: Duration,
}

/// An answer that is not an error of transport.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Client {
    /// A client; nothing is sent yet. `read` and `write` bound one call each.
    ///
    /// # Errors
    /// `Internal` when TLS cannot be set up.
    pub(super) fn new(
        base_url: &str,
        api_key: Option<SecretString>,
        read: Duration,
        write: Duration,
    ) -> Result<Self> {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Ok(Self { http: http::client()?, base_url, api_key, read, write })
    }

    /// The data of a GraphQL query. Errors beside data are errors: half an answer is none.
    ///
    /// # Errors
    /// See [`failure`].
    pub(super) async fn graphql(&self, query: &str) -> Result<Value> {
        let body = json!({"query": query});
        let mut answer = self.ask(Method::POST, "/v1/graphql", Some(&body)).await?;
        if answer.status != 200 {
            return Err(failure::of_status(answer.status, &answer.body));
        }
        if let Some(errors) = answer.body["errors"].as_array().filter(|errors| !errors.is_empty()) {
            return Err(failure::of_graphql(errors));
        }
        match answer.body["data"].take() {
            Value::Object(data) => Ok(Value::Object(data)),
            _ => Err(failure::unreadable("a GraphQL answer without data")),
        }
    }

    /// Reads JSON; `None` when there is no such thing.
    ///
    /// # Errors
    /// See [`failure`].
    pub(super) async fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = self.ask(Method::GET, path, None).await?;
        match answer.status {
            200 => Ok(Some(answer.body)),
            404 => Ok(None),
            status => Err(failure::of_status(status, &answer.body)),
        }
    }

    /// Sends JSON once.
    ///
    /// # Errors
    /// See [`failure`]; a status other than 2xx is an answer, except 401, 403 and 5xx.
    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Answer> {
        let answer = self.call(self.request(method, path, self.write).json(body)).await;
        let answer = answer.map_err(|error| failure::of_transport(&self.base_url, error))?;
        match answer.status {
            401 | 403 | 500.. => Err(failure::of_status(answer.status, &answer.body)),
            _ => Ok(answer),
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let request = self.request(method, path, self.read);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        self.call(request).await.map_err(|error| failure::of_transport(&self.base_url, error))
    }

    fn request(&self, method: Method, path: &str, deadline: Duration) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base_url)).timeout(deadline);
        match &self.api_key {
            Some(key) => request.bearer_auth(key.expose_secret()),
            None => request,
        }
    }

    async fn call(&self, request: RequestBuilder) -> std::result::Result<Answer, CallError> {
        let mut response = http::traced(request).send().await?;
        let status = response.status().as_u16();
        let body = read(&mut response).await?;
        let body = match serde_json::from_slice(&body) {
            Ok(body) => body,
            Err(error) if status == 200 => return Err(CallError::Malformed(error)),
            Err(_) => Value::String(String::from_utf8_lossy(&body).chars().take(300).collect()),
        };
        Ok(Answer { status, body })
    }
}

async fn read(response: &mut Response) -> std::result::Result<Vec<u8>, CallError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > ANSWER_BYTES_MAX {
            return Err(CallError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    // Status 204 and 200 of a deletion have none.
    Ok(if body.is_empty() { b"null".to_vec() } else { body })
}

/// What is there instead when a tenant has never stored anything.
pub(super) fn or_none<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error { code: failure::NO_TENANT, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
