//! What the keepers of clips on other machines have in common: ids as one segment of a path, answers of a
//! bounded size, look-ups of which only so many run at once, and pictures that are passed on as they
//! come. Follows no redirect and believes no type of content that it does not know.

use std::{future::Future, time::Duration};

use bytes::Bytes;
use eps_domain::{
    Error, ErrorKind, Result,
    clip::{ByteRange, ClipStatus, Media, MediaKind, MediaRequest, MediaStream},
};
use futures::{
    StreamExt as _,
    future::BoxFuture,
    stream::{self, FuturesUnordered},
};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap},
};
use serde::de::DeserializeOwned;

use crate::http;

/// Look-ups of one question that run at the same time.
const AT_ONCE_MAX: usize = 8;
/// So many look-ups that failed, with none that did not, and the keeper is not asked the rest.
const FAILURES_MAX: usize = 3;
/// The longest answer that is read into memory.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
/// The largest clip that is passed on.
const CLIP_BYTES_MAX: u64 = 8 << 30;
/// The largest still.
pub(crate) const STILL_BYTES_MAX: u64 = 5 << 20;
/// The longest silence in the midst of a picture.
const SILENCE_MAX: Duration = Duration::from_secs(20);
/// How long an answer other than a picture, or the beginning of a picture, may take.
pub(crate) const ANSWER_DEADLINE: Duration = Duration::from_secs(5);
/// Types of content that are passed on.
const TYPES: [&str; 7] = [
    "video/mp4",
    "video/webm",
    "video/x-matroska",
    "video/quicktime",
    "image/jpeg",
    "image/png",
    "image/webp",
];

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

/// Sends a request; its answer must begin within [`ANSWER_DEADLINE`].
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn send(keeper: &str, request: RequestBuilder) -> Result<Response> {
    let late = |_| Error::new(ErrorKind::Timeout, "CLIPS_UNAVAILABLE", format!("{keeper} is silent"));
    let sent = tokio::time::timeout(ANSWER_DEADLINE, http::traced(request).send()).await.map_err(late)?;
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
                    tracing::debug!(keeper, %error, "a clip could not be looked up");
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

/// Asks for the part that is wanted.
pub(crate) fn ask_for(request: RequestBuilder, wanted: &MediaRequest) -> RequestBuilder {
    // As it is, or its length would be that of something else.
    let request = request.header(header::ACCEPT_ENCODING, "identity");
    let range = match wanted.range {
        None => return request,
        Some(ByteRange::From { first, last: None }) => format!("bytes={first}-"),
        Some(ByteRange::From { first, last: Some(last) }) => format!("bytes={first}-{last}"),
        Some(ByteRange::Last(count)) => format!("bytes=-{count}"),
    };
    let request = request.header(header::RANGE, range);
    match &wanted.if_range {
        Some(mark) => request.header(header::IF_RANGE, mark),
        None => request,
    }
}

/// A picture on its way. The status is 200, 206 or 416; any other is the caller's to judge.
///
/// # Errors
/// `Unavailable` for an answer that contradicts itself, or a picture that is too large.
pub(crate) fn passed_on(
    keeper: &'static str,
    response: Response,
    wanted: &MediaRequest,
    usual: &'static str,
) -> Result<Media> {
    let headers = response.headers();
    let (part, bytes) = match response.status() {
        StatusCode::OK => (None, number(headers, header::CONTENT_LENGTH)),
        StatusCode::PARTIAL_CONTENT => {
            let (first, last, bytes) = content_range(headers)
                .filter(|(first, last, bytes)| answers(wanted.range, *first, *last, *bytes))
                .ok_or_else(|| out_of_order(format!("{keeper} sends another part than was asked for")))?;
            (Some((first, last)), bytes)
        }
        StatusCode::RANGE_NOT_SATISFIABLE => {
            let length =
                text(headers, header::CONTENT_RANGE).and_then(|range| range.strip_prefix("bytes */"));
            return Ok(Media::OutOfRange(length.and_then(|length| length.parse().ok())));
        }
        status => return Err(unexpected(keeper, status)),
    };
    let most = match wanted.kind {
        MediaKind::Clip => CLIP_BYTES_MAX,
        MediaKind::Thumbnail => STILL_BYTES_MAX,
    };
    let length = part.map(|(first, last)| last - first + 1).or(bytes);
    if length.or(bytes).is_some_and(|length| length > most) {
        return Err(out_of_order(format!("{keeper} sends more than {most} bytes")));
    }
    let said = text(headers, header::CONTENT_TYPE).and_then(|said| said.split(';').next()).map(str::trim);
    let class = usual.split('/').next().unwrap_or_default();
    let known = TYPES.into_iter().find(|known| said == Some(known) && known.starts_with(class));
    let date = text(headers, header::LAST_MODIFIED);
    Ok(Media::Stream(MediaStream {
        content_type: known.unwrap_or(usual),
        bytes,
        part,
        etag: text(headers, header::ETAG).filter(|etag| is_mark(etag)).map(str::to_owned),
        modified: date.and_then(parse_date),
        body: stream::try_unfold((response, length.unwrap_or(most)), move |state| next(keeper, state))
            .boxed(),
    }))
}

/// The next piece of a body.
///
/// # Errors
/// `Unavailable` or `Timeout`.
pub(crate) async fn chunk(keeper: &str, response: &mut Response) -> Result<Option<Bytes>> {
    response.chunk().await.map_err(|error| of_transport(keeper, error))
}

/// The next piece of a body that must not be longer than was said.
async fn next(
    keeper: &'static str,
    (mut response, left): (Response, u64),
) -> Result<Option<(Bytes, (Response, u64))>> {
    let Some(chunk) = chunk(keeper, &mut response).await? else { return Ok(None) };
    let Some(left) = left.checked_sub(chunk.len() as u64) else {
        return Err(out_of_order(format!("{keeper} sends more than it said")));
    };
    Ok(Some((chunk, (response, left))))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: header::HeaderName) -> Option<u64> {
    text(headers, name)?.trim().parse().ok()
}

/// First and last byte and, unless it is `*`, the whole length.
fn content_range(headers: &HeaderMap) -> Option<(u64, u64, Option<u64>)> {
    let (part, bytes) = text(headers, header::CONTENT_RANGE)?.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    let bytes = match bytes.trim() {
        "*" => None,
        bytes => Some(bytes.parse().ok()?),
    };
    Some((first, last, bytes))
}

/// Whether a part is the one that was asked for.
fn answers(wanted: Option<ByteRange>, first: u64, last: u64, bytes: Option<u64>) -> bool {
    let (Some(wanted), true) = (wanted, first <= last && bytes.is_none_or(|bytes| last < bytes)) else {
        return false;
    };
    match (bytes, wanted) {
        (Some(bytes), _) => wanted.within(bytes) == Some((first, last)),
        (None, ByteRange::From { first: start, last: end }) => {
            first == start && end.is_none_or(|end| last <= end)
        }
        (None, ByteRange::Last(count)) => last - first < count,
    }
}

/// `"…"` or `W/"…"`, as the standard writes it.
fn is_mark(etag: &str) -> bool {
    let quoted = etag.strip_prefix("W/").unwrap_or(etag);
    etag.len() <= 256 && quoted.len() >= 2 && quoted.starts_with('"') && quoted.ends_with('"')
}

fn parse_date(date: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(date).ok()
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

    #[test]
    fn only_the_part_that_was_asked_for_is_one() {
        let from = |first, last| Some(ByteRange::From { first, last });
        assert!(answers(from(0, Some(9)), 0, 9, Some(20)));
        assert!(answers(from(0, Some(90)), 0, 19, Some(20)));
        assert!(answers(Some(ByteRange::Last(5)), 15, 19, Some(20)));
        assert!(answers(from(3, None), 3, 19, None));
        for (wanted, first, last, bytes) in [
            (None, 0, 9, Some(20)),
            (from(0, Some(9)), 1, 9, Some(20)),
            (from(0, Some(9)), 0, 5, Some(20)),
            (from(0, Some(9)), 9, 0, Some(20)),
            (from(0, None), 0, 20, Some(20)),
            (from(3, Some(4)), 3, 5, None),
            (Some(ByteRange::Last(5)), 0, 9, None),
        ] {
            assert!(!answers(wanted, first, last, bytes), "{wanted:?} {first} {last} {bytes:?}");
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
