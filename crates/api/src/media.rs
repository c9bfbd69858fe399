//! Files as responses: whole or one range of bytes, with validators, streamed.
//!
//! Must never read a file into memory, nor name its path.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use eps_domain::clip::MediaFile;
use jiff::{Timestamp, fmt::rfc2822};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use crate::error::{Problem, Result};

/// How much is read at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// What one may see may change: nothing in between keeps a copy.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// What of a file is wanted.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Range { first: u64, last: u64 },
    Unsatisfiable,
}

/// A response with the file, as the headers of the request ask for it.
///
/// # Errors
/// 416 for a range outside the file.
pub(crate) fn respond(media: MediaFile, request: &HeaderMap) -> Result<Response> {
    let etag = format!("\"{:x}-{:x}\"", media.bytes, media.modified.as_microsecond());
    let mut headers = HeaderMap::with_capacity(8);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(value) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, value);
    }
    if let Some(value) = http_date(media.modified) {
        headers.insert(header::LAST_MODIFIED, value);
    }
    if is_unchanged(request, &etag, media.modified) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("inline"));
    let part =
        if may_range(request, &etag, media.modified) { wanted(request, media.bytes) } else { Part::Whole };
    let (status, first, length) = match part {
        Part::Whole => (StatusCode::OK, 0, media.bytes),
        Part::Range { first, last } => {
            let range = format!("bytes {first}-{last}/{}", media.bytes);
            headers.insert(header::CONTENT_RANGE, header_value(&range)?);
            (StatusCode::PARTIAL_CONTENT, first, last - first + 1)
        }
        Part::Unsatisfiable => {
            let range = header_value(&format!("bytes */{}", media.bytes))?;
            let status = StatusCode::RANGE_NOT_SATISFIABLE;
            return Err(Problem::new(status, "RANGE_NOT_SATISFIABLE", "the range lies outside the file")
                .header(header::CONTENT_RANGE, range));
        }
    };
    headers.insert(header::CONTENT_LENGTH, length.into());
    Ok((status, headers, Body::from_stream(read(media.file, first, length))).into_response())
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

/// One range is served; several at once are answered with the whole, as RFC 9110 allows.
fn wanted(request: &HeaderMap, bytes: u64) -> Part {
    let Some(range) = request.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return Part::Whole;
    };
    if range.contains(',') {
        return Part::Whole;
    }
    let Ok(parsed) = http_range_header::parse_range_header(range) else { return Part::Whole };
    match parsed.validate(bytes) {
        Ok(ranges) => ranges
            .first()
            .map_or(Part::Unsatisfiable, |range| Part::Range { first: *range.start(), last: *range.end() }),
        Err(_) => Part::Unsatisfiable,
    }
}

/// Whether the client's copy is the present one.
fn is_unchanged(request: &HeaderMap, etag: &str, modified: Timestamp) -> bool {
    if let Some(tags) = request.get(header::IF_NONE_MATCH) {
        let tags = tags.to_str().unwrap_or_default();
        return tags.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag);
    }
    let since = request.get(header::IF_MODIFIED_SINCE).and_then(parse_date);
    since.is_some_and(|since| modified.as_second() <= since.as_second())
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

    fn part(range: &'static str, bytes: u64) -> Part {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(range));
        wanted(&headers, bytes)
    }

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        assert_eq!(part("bytes=0-99", 1_000), Part::Range { first: 0, last: 99 });
        assert_eq!(part("bytes=900-", 1_000), Part::Range { first: 900, last: 999 });
        assert_eq!(part("bytes=-100", 1_000), Part::Range { first: 900, last: 999 });
        assert_eq!(part("bytes=0-4000", 1_000), Part::Range { first: 0, last: 999 });
        assert_eq!(part("bytes=1000-", 1_000), Part::Unsatisfiable);
        assert_eq!(part("bytes=0-1,5-6", 1_000), Part::Whole);
        assert_eq!(part("pages=1", 1_000), Part::Whole);
    }

    #[test]
    fn dates_are_written_as_http_writes_them() {
        let date = http_date("1994-11-06T08:49:37Z".parse().unwrap()).unwrap();
        assert_eq!(date, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(parse_date(&date).unwrap().as_second(), 784_111_777);
    }
}
