//! A client of another server of this service: what the command line talks through when a server is
//! running. Knows the routes and the shapes of replies; prints nothing and decides nothing.

use std::time::Duration;

use bytes::Bytes;
use eps_domain::{Error, ErrorKind, Result};
use futures::{Stream, StreamExt as _, stream};
use reqwest::{Client, Method, RequestBuilder, Response, header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::http;

/// How long the server may be silent: its streams send a ping every 15 seconds.
const READ_TIMEOUT: Duration = Duration::from_secs(45);
/// The longest event of a stream, in bytes; a whole answer with 50 pieces of evidence is far below.
const STREAM_EVENT_BYTES_MAX: usize = 4 * 1024 * 1024;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamEvent {
    /// `answer.delta`, `completed` …
    pub name: String,
    /// Its data.
    pub data: Value,
}

/// A server somewhere else.
#[derive(Debug, Clone)]
pub struct RemoteServer {
    client: Client,
    base_url: String,
    token: Option<SecretString>,
}

impl RemoteServer {
    /// A client for the server at `base_url`.
    ///
    /// # Errors
    /// `Internal` when the system has no usable TLS configuration.
    pub fn new(base_url: &str, token: Option<SecretString>) -> Result<Self> {
        let client = http::client_with_read_timeout(READ_TIMEOUT)?;
        Ok(Self { client, base_url: base_url.trim_end_matches('/').to_owned(), token })
    }

    /// Status and body of a `GET`, whatever the status; for probes.
    ///
    /// # Errors
    /// `Unavailable` with code `SERVER_UNREACHABLE`.
    pub async fn probe(&self, path: &str, deadline: Duration) -> Result<(u16, String)> {
        let response = self.send(self.request(Method::GET, path).timeout(deadline)).await?;
        let status = response.status().as_u16();
        let body = response.text().await.map_err(|e| unreachable(&self.base_url, e))?;
        Ok((status, body))
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub async fn get(&self, path: &str) -> Result<Value> {
        read_json(&self.base_url, self.send(self.request(Method::GET, path)).await?).await
    }

    /// Sends JSON and reads JSON.
    ///
    /// # Errors
    /// `Unavailable` with code `SERVER_UNREACHABLE`; what the server says, with its kind.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.request(Method::POST, path).json(body);
        read_json(&self.base_url, self.send(request).await?).await
    }

    /// Sends lines of JSON to the ingest route and reads its report.
    ///
    /// # Errors
    /// As [`Self::post`].
    pub async fn ingest(&self, ndjson: String) -> Result<Value> {
        let request = self
            .request(Method::POST, "/api/v1/events")
            .header(header::CONTENT_TYPE, "application/x-ndjson")
            .body(ndjson);
        read_json(&self.base_url, self.send(request).await?).await
    }

    /// Sends JSON and reads the events of a stream until it ends.
    ///
    /// # Errors
    /// As [`Self::post`]; the stream yields an error when it breaks.
    pub async fn stream(
        &self,
        path: &str,
        body: &Value,
    ) -> Result<impl Stream<Item = Result<StreamEvent>> + Unpin + use<>> {
        let request = self.request(Method::POST, path).header(header::ACCEPT, "text/event-stream").json(body);
        let response = self.send(request).await?;
        if !response.status().is_success() {
            return Err(refusal(&self.base_url, response).await);
        }
        let base_url = self.base_url.clone();
        let chunks = response.bytes_stream().boxed();
        let state = (chunks, Vec::<u8>::new(), base_url);
        Ok(stream::unfold(state, |(mut chunks, mut pending, base_url)| async move {
            loop {
                if let Some(event) = take_event(&mut pending) {
                    return Some((Ok(event), (chunks, pending, base_url)));
                }
                let failed = match chunks.next().await {
                    None => return None,
                    Some(Ok(chunk)) => match append(&mut pending, &chunk) {
                        Ok(()) => continue,
                        Err(error) => error,
                    },
                    Some(Err(error)) => unreachable(&base_url, error),
                };
                return Some((Err(failed), (stream::empty().boxed(), Vec::new(), base_url)));
            }
        })
        .boxed())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base_url));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response> {
        request.send().await.map_err(|e| unreachable(&self.base_url, e))
    }
}

fn unreachable(base_url: &str, error: reqwest::Error) -> Error {
    let message = format!("the server at {base_url} does not answer");
    Error::new(ErrorKind::Unavailable, "SERVER_UNREACHABLE", message).caused_by(error.without_url())
}

async fn read_json(base_url: &str, response: Response) -> Result<Value> {
    if !response.status().is_success() {
        return Err(refusal(base_url, response).await);
    }
    response.json().await.map_err(|e| unreachable(base_url, e))
}

/// The server's problem document as an error of ours.
async fn refusal(base_url: &str, response: Response) -> Error {
    let status = response.status();
    let retry_after = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok())
        .map(Duration::from_secs);
    let problem: Value = response.json().await.unwrap_or_default();
    let code = problem["code"].as_str().unwrap_or("no code");
    let detail = problem["detail"].as_str().unwrap_or("no detail");
    let kind = match status.as_u16() {
        401 => ErrorKind::Unauthenticated,
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        409 => ErrorKind::Conflict,
        429 => ErrorKind::TooMany,
        502 | 503 => ErrorKind::Unavailable,
        504 => ErrorKind::Timeout,
        400..=499 => ErrorKind::InvalidInput,
        _ => ErrorKind::Internal,
    };
    let message = format!("the server at {base_url} says {}: {detail} ({code})", status.as_u16());
    let mut error = Error::new(kind, "SERVER_REFUSED", message);
    error.retry_after = retry_after;
    error
}

fn append(pending: &mut Vec<u8>, chunk: &Bytes) -> Result<()> {
    if pending.len() + chunk.len() > STREAM_EVENT_BYTES_MAX {
        return Err(Error::internal("the server sent an event that is too long"));
    }
    pending.extend_from_slice(chunk);
    Ok(())
}

/// Takes the first whole event out of what has arrived; comments (pings) are skipped.
fn take_event(pending: &mut Vec<u8>) -> Option<StreamEvent> {
    loop {
        let end = pending.windows(2).position(|pair| pair == b"\n\n")?;
        let block: Vec<u8> = pending.drain(..end + 2).collect();
        let block = String::from_utf8_lossy(&block);
        let (mut name, mut data) = (String::new(), String::new());
        for line in block.lines() {
            if let Some(value) = line.strip_prefix("event:") {
                value.trim().clone_into(&mut name);
            } else if let Some(value) = line.strip_prefix("data:") {
                data.push_str(value.strip_prefix(' ').unwrap_or(value));
                data.push('\n');
            }
        }
        if let Ok(data) = serde_json::from_str(&data)
            && !name.is_empty()
        {
            return Some(StreamEvent { name, data });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_read_whole_across_pieces_and_pings_are_skipped() {
        let text = b": ping\n\nevent: answer.delta\nid: 1\ndata: {\"text\":\"a\\nb\"}\n\nevent: completed\ndata: {}\n\n";
        for split in 0..text.len() {
            let (mut pending, mut names) = (Vec::new(), Vec::new());
            for piece in [&text[..split], &text[split..]] {
                append(&mut pending, &Bytes::copy_from_slice(piece)).unwrap();
                while let Some(event) = take_event(&mut pending) {
                    names.push(event.name);
                }
            }
            assert_eq!(names, ["answer.delta", "completed"], "split at {split}");
        }
    }
}
