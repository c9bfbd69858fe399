//! What the keepers of clips on other machines have in common: ids as one segment of a path, answers of a
//! bounded size, look-ups of which only so many run at once, and pictures that are passed on as they
//! come. Follows no redirect and believes no type of content that it does not know.

mod passing;

pub(crate) use passing::{ask_for, begun, is_of_the_same, passed_on};

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use eps_domain::{Error, ErrorKind, Result, clip::ClipStatus};
use futures::{StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::http;

/// Look-ups of one question that run at the same time.
const AT_ONCE_MAX: usize = 8;
/// So many look-ups that failed, with none that did not, and the keeper is not asked the rest.
const FAILURES_MAX: usize = 3;
/// The longest answer that is read into memory.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// The largest still.
pub(crate) const STILL_BYTES_MAX: u64 = 5 << 20;
/// The longest silence in the midst of a picture.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// How long an answer other than a picture, or the beginning of a picture, may take.
pub(crate) const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// A client for answers and pictures.
///
/// # Errors
/// `Internal` when TLS cannot be set up.
pub(crate) fn client() -> Result<Client> {
    http::client_with_read_timeout(SILENCE_MAX)
}

/// A text as one segment of a path; `None` for what no server could tell from a walk through folders.
pub(crate) fn segment(text: &str) -> Option<String> {
    if matches!(text, "" | "." | "..") {
        return None;
    }
    Some(eps_domain::text::percent_encoded(text))
}

/// The keeper says what it should not, or not at all.
pub(crate) fn out_of_order(what: impl Into<String>) -> Error {
    Error::unavailable("CLIPS_UNAVAILABLE", what)
}

fn of_transport(keeper: &str, error: reqwest::Error) -> Error {
    let (kind, what) = if error.is_timeout() {
        (ErrorKind::Timeout, "does not answer in time")
    } else {
        (ErrorKind::Unavailable, "cannot be reached")
    };
    // Links may bear signatures.
    Error::new(kind, "CLIPS_UNAVAILABLE", format!("{keeper} {what}")).caused_by(error.without_url())
}

/// What a status means that no caller expects.
pub(crate) fn unexpected(keeper: &str, status: StatusCode) -> Error {
    out_of_order(format!("{keeper} answers {}", status.as_u16()))
}

/// An error that several wait for, for one of them.
pub(crate) fn shared(error: Arc<Error>) -> Error {
    let copy = Error::new(error.kind, error.code, error.message.clone());
    Error { retry_after: error.retry_after, ..copy }.caused_by(error)
}

/// Sends a request; its answer must begin within [`ANSWER_DEADLINE`].
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn send(keeper: &str, request: RequestBuilder) -> Result<Response> {
    send_within(keeper, http::traced(request), ANSWER_DEADLINE).await
}

/// Sends a request as it is; its answer must begin within the deadline.
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn send_within(
    keeper: &str,
    request: RequestBuilder,
    deadline: Duration,
) -> Result<Response> {
    let late = |_| Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", format!("{keeper} is silent"));
    let sent = tokio::time::timeout(deadline, request.send()).await.map_err(late)?;
    sent.map_err(|error| of_transport(keeper, error))
}

/// The bytes of an answer, when they are not too many.
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn read_up_to(keeper: &str, mut response: Response, bytes_max: usize) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let reading = async {
        while let Some(chunk) = chunk(keeper, &mut response).await? {
            if body.len() + chunk.len() > bytes_max {
                return Err(out_of_order(format!("{keeper} says more than {bytes_max} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(())
    };
    let late = |_| Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", format!("{keeper} is too slow"));
    tokio::time::timeout(ANSWER_DEADLINE, reading).await.map_err(late)??;
    Ok(body)
}

/// An answer of JSON.
///
/// # Errors
/// `Unavailable` as well for what cannot be read.
pub(crate) async fn read_json<T: DeserializeOwned>(keeper: &str, response: Response) -> Result<T> {
    let body = read_up_to(keeper, response, ANSWER_BYTES_MAX).await?;
    serde_json::from_slice(&body)
        .map_err(|error| out_of_order(format!("{keeper} says what cannot be read")).caused_by(error))
}

/// Runs look-ups, a few at a time, until the deadline. Whatever is not known by then is `None`.
///
/// # Errors
/// What the last look-up met, or `Timeout`, when nothing is known at all.
pub(crate) async fn look_up(
    keeper: &str,
    look_ups: Vec<BoxFuture<'_, Result<ClipStatus>>>,
    deadline: Duration,
) -> Result<Vec<Option<ClipStatus>>> {
    let mut known = vec![None; look_ups.len()];
    let (mut failures, mut last) = (0, None);
    let mut waiting = look_ups.into_iter().enumerate();
    let mut running = FuturesUnordered::new();
    let all = async {
        loop {
            while running.len() < AT_ONCE_MAX
                && let Some((position, look_up)) = waiting.next()
            {
                running.push(numbered(position, look_up));
            }
            let Some((position, outcome)) = running.next().await else { return };
            match outcome {
                Ok(status) => known[position] = Some(status),
                Err(error) => {
                    failures += 1;
                    tracing::debug!(
                        keeper,
                        error = &error as &dyn std::error::Error,
                        "a clip could not be looked up"
                    );
                    last = Some(error);
                }
            }
            if failures >= FAILURES_MAX && known.iter().all(Option::is_none) {
                return;
            }
        }
    };
    let in_time = tokio::time::timeout(deadline, all).await;
    if !known.is_empty() && known.iter().all(Option::is_none) {
        let late = || Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", format!("{keeper} is too slow"));
        return Err(last.filter(|_| in_time.is_ok()).unwrap_or_else(late));
    }
    Ok(known)
}

async fn numbered<T>(position: usize, look_up: impl Future<Output = T>) -> (usize, T) {
    (position, look_up.await)
}

/// The next piece of a body.
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn chunk(keeper: &str, response: &mut Response) -> Result<Option<Bytes>> {
    response.chunk().await.map_err(|error| of_transport(keeper, error))
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_id_is_one_segment_and_leads_nowhere_else(id in any::<String>()) {
            let Some(segment) = segment(&id) else {
                prop_assert!(["", ".", ".."].contains(&id.as_str()));
                return Ok(());
            };
            let url = reqwest::Url::parse(&format!("http://h/api/clips/{segment}/url?x=1")).unwrap();
            let path: Vec<&str> = url.path_segments().unwrap().collect();
            prop_assert_eq!(path, ["api", "clips", segment.as_str(), "url"]);
            prop_assert_eq!((url.query(), url.fragment(), url.host_str()), (Some("x=1"), None, Some("h")));
        }
    }

    #[test]
    fn walks_through_folders_stay_one_segment() {
        for (id, written) in [
            ("../../etc/passwd", "..%2F..%2Fetc%2Fpasswd"),
            ("a/b", "a%2Fb"),
            ("%2e%2e", "%252e%252e"),
            ("a\\..\\b?c#d", "a%5C..%5Cb%3Fc%23d"),
        ] {
            assert_eq!(segment(id).as_deref(), Some(written));
        }
    }

    #[tokio::test]
    async fn what_is_known_by_the_deadline_is_told_and_nothing_known_is_an_error() {
        let ready = || async { Ok(ClipStatus::NONE) }.boxed();
        let hung = || futures::future::pending().boxed();
        let fails = || async { Err(out_of_order("down")) }.boxed();
        let soon = Duration::from_millis(50);
        let known = look_up("vms", vec![ready(), hung(), fails(), ready()], soon).await.unwrap();
        assert_eq!(known, [Some(ClipStatus::NONE), None, None, Some(ClipStatus::NONE)]);
        assert_eq!(look_up("vms", vec![hung()], soon).await.unwrap_err().kind, ErrorKind::Timeout);
        let many = (0..50).map(|_| fails()).collect();
        assert_eq!(look_up("vms", many, soon).await.unwrap_err().kind, ErrorKind::Unavailable);
        assert_eq!(look_up("vms", Vec::new(), soon).await.unwrap(), []);
    }
}
