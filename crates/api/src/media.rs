//! Pictures as responses: whole or one range of bytes, with validators, streamed.
//!
//! Must never hold a picture in memory, nor name its path or the machine that it comes from.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use eps_domain::clip::{ByteRange, Media, MediaFile, MediaKind, MediaRequest, MediaStream};
use jiff::{Timestamp, fmt::rfc2822};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::error::{Problem, Result};

/// How much is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// What one may see may change: nothing in between keeps a copy.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
/// The longest mark that is handed on to a keeper of clips.
const IF_RANGE_BYTES_MAX: usize = 256;

/// What the headers of a request want of a picture. Several ranges at once are answered with the whole,
/// as RFC 9110 allows.
pub(crate) fn wanted(kind: MediaKind, headers: &HeaderMap) -> MediaRequest {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let if_range = text(header::IF_RANGE).filter(|mark| mark.len() <= IF_RANGE_BYTES_MAX);
    // A mark that cannot be handed on is one that does not fit.
    let is_clear = if_range.is_some() == headers.contains_key(header::IF_RANGE);
    let range = text(header::RANGE).filter(|_| is_clear).and_then(parse_range);
    MediaRequest { kind, range, if_range: if_range.map(str::to_owned) }
}

fn parse_range(value: &str) -> Option<ByteRange> {
    use http_range_header::SyntacticallyCorrectRange as Parsed;
    let ranges = http_range_header::parse_range_header(value).ok()?.into_ranges();
    let [range] = ranges.as_slice() else { return None };
    Some(match *range {
        Parsed::FromStart(first) => ByteRange::From { first, last: None },
        Parsed::Indexed(first, last) => ByteRange::From { first, last: Some(last) },
        Parsed::FromLast(count) => ByteRange::Last(count),
    })
}

/// A response with the picture, as the request asks for it.
///
/// # Errors
/// 416 for a range outside the picture.
pub(crate) fn respond(media: Media, wanted: &MediaRequest, request: &HeaderMap) -> Result<Response> {
    match media {
        Media::File(file) => of_file(file, wanted, request),
        Media::Stream(stream) => of_stream(stream, request),
        Media::Link(url) => elsewhere(&url),
        Media::OutOfRange(bytes) => Err(out_of_range(bytes)?),
    }
}

fn of_file(media: MediaFile, wanted: &MediaRequest, request: &HeaderMap) -> Result<Response> {
    let etag = format!("\"{:x}-{:x}\"", media.bytes, media.modified.as_microsecond());
    let mut headers = common(media.content_type);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    mark(&mut headers, Some(&etag), Some(media.modified));
    if is_unchanged(request, Some(&etag), Some(media.modified)) {
        return Ok(unchanged(headers));
    }
    let range = wanted.range.filter(|_| may_range(request, &etag, media.modified));
    let (status, first, length) = match range.map(|range| range.within(media.bytes)) {
        None => (StatusCode::OK, 0, media.bytes),
        Some(Some((first, last))) => {
            headers.insert(header::CONTENT_RANGE, content_range(first, last, Some(media.bytes))?);
            (StatusCode::PARTIAL_CONTENT, first, last - first + 1)
        }
        Some(None) => return Err(out_of_range(Some(media.bytes))?),
    };
    headers.insert(header::CONTENT_LENGTH, length.into());
    Ok((status, headers, Body::from_stream(read(media.file, first, length))).into_response())
}

/// What another machine sends; it has looked at the range already.
fn of_stream(media: MediaStream, request: &HeaderMap) -> Result<Response> {
    let mut headers = common(media.content_type);
    mark(&mut headers, media.etag.as_deref(), media.modified);
    if is_unchanged(request, media.etag.as_deref(), media.modified) {
        return Ok(unchanged(headers));
    }
    let (status, length) = match media.part {
        None => (StatusCode::OK, media.bytes),
        Some((first, last)) => {
            headers.insert(header::CONTENT_RANGE, content_range(first, last, media.bytes)?);
            headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
            (StatusCode::PARTIAL_CONTENT, Some(last - first + 1))
        }
    };
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    Ok((status, headers, Body::from_stream(media.body)).into_response())
}

/// The client fetches it itself. Nothing remembers the link, and the other machine is not told ours.
fn elsewhere(url: &str) -> Result<Response> {
    let mut headers = HeaderMap::with_capacity(4);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::LOCATION, header_value(url)?);
    Ok((StatusCode::FOUND, headers).into_response())
}

fn common(content_type: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    headers
}

fn mark(headers: &mut HeaderMap, etag: Option<&str>, modified: Option<Timestamp>) {
    if let Some(value) = etag.and_then(|etag| HeaderValue::from_str(etag).ok()) {
        headers.insert(header::ETAG, value);
    }
    if let Some(value) = modified.and_then(http_date) {
        headers.insert(header::LAST_MODIFIED, value);
    }
}

fn unchanged(mut headers: HeaderMap) -> Response {
    headers.remove(header::CONTENT_TYPE);
    headers.remove(header::CONTENT_DISPOSITION);
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

fn content_range(first: u64, last: u64, bytes: Option<u64>) -> Result<HeaderValue> {
    let bytes = bytes.map_or_else(|| "*".to_owned(), |bytes| bytes.to_string());
    header_value(&format!("bytes {first}-{last}/{bytes}"))
}

fn out_of_range(bytes: Option<u64>) -> Result<Problem> {
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let problem = Problem::new(status, "RANGE_NOT_SATISFIABLE", "the range lies outside the file");
    let Some(bytes) = bytes else { return Ok(problem) };
    Ok(problem.header(header::CONTENT_RANGE, header_value(&format!("bytes */{bytes}"))?))
}

/// The bytes of a part; a file that has become shorter ends the response early.
fn read(
    file: std::fs::File,
    first: u64,
    length: u64,
) -> impl futures::Stream<Item = std::io::Result<bytes::Bytes>> + Send {
    use futures::{StreamExt, TryStreamExt, stream};
    let mut file = tokio::fs::File::from_std(file);
    let open = async move {
        file.seek(std::io::SeekFrom::Start(first)).await?;
        Ok::<_, std::io::Error>(ReaderStream::with_capacity(file.take(length), CHUNK_BYTES))
    };
    stream::once(open).try_flatten().boxed()
}

fn header_value(text: &str) -> Result<HeaderValue> {
    Ok(HeaderValue::from_str(text)
        .map_err(|e| eps_domain::Error::internal("a header cannot be written").caused_by(e))?)
}

/// Whether the client's copy is the present one.
fn is_unchanged(request: &HeaderMap, etag: Option<&str>, modified: Option<Timestamp>) -> bool {
    if let Some(tags) = request.get(header::IF_NONE_MATCH) {
        let tags = tags.to_str().unwrap_or_default();
        let is_ours = |tag: &str| etag.is_some_and(|etag| etag.trim_start_matches("W/") == tag);
        return tags.split(',').map(str::trim).any(|t| t == "*" || is_ours(t.trim_start_matches("W/")));
    }
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(parse_date);
    since.zip(modified).is_some_and(|(since, modified)| modified.as_second() <= since.as_second())
}

/// Whether a range still refers to the file that the client began to read (`If-Range`).
fn may_range(request: &HeaderMap, etag: &str, modified: Timestamp) -> bool {
    let Some(validator) = request.get(header::IF_RANGE) else { return true };
    let is_tag = validator.as_bytes() == etag.as_bytes();
    is_tag || parse_date(validator).is_some_and(|date| date.as_second() == modified.as_second())
}

fn parse_date(value: &HeaderValue) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(value.to_str().ok()?).ok()
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(instant: Timestamp) -> Option<HeaderValue> {
    let text = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&instant).ok()?;
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(header: &'static str) -> Option<ByteRange> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(header));
        wanted(MediaKind::Clip, &headers).range
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let from = |first, last| Some(ByteRange::From { first, last });
        assert_eq!(range("bytes=0-99"), from(0, Some(99)));
        assert_eq!(range("bytes=900-"), from(900, None));
        assert_eq!(range("bytes=-100"), Some(ByteRange::Last(100)));
        for whole in ["bytes=0-1,5-6", "pages=1", "bytes=9-5", "bytes=a-b", ""] {
            assert_eq!(range(whole), None, "{whole}");
        }
    }

    #[test]
    fn a_part_of_what_bears_an_unreadable_mark_is_not_asked_for() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-1"));
        headers.insert(header::IF_RANGE, HeaderValue::from_str(&"x".repeat(300)).unwrap());
        assert_eq!(wanted(MediaKind::Clip, &headers), MediaRequest::whole(MediaKind::Clip));
    }

    #[test]
    fn dates_are_written_as_http_writes_them() {
        let date = http_date("1994-11-06T08:49:37Z".parse().unwrap()).unwrap();
        assert_eq!(date, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_date(&date).unwrap().as_second(), 784_111_777);
    }
}
