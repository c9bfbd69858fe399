//! Pictures on their way from another machine to whoever asked: the part that is wanted, of the picture that
//! is meant, and never one without a byte.

use bytes::Bytes;
use eps_domain::{
    Result,
    clip::{ByteRange, Media, MediaKind, MediaRequest, MediaStream},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{self, HeaderMap},
};

use super::{STILL_BYTES_MAX, chunk, out_of_order, unexpected};

/// The largest clip that is passed on.
const CLIP_BYTES_MAX: u64 = 8 << 30;
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

/// Whether an answer is of the picture whose part is wanted. Not every server knows `If-Range`: a part of
/// another version under the mark of the first would be put together with it. That there is no such part says
/// nothing about the version, so that then the whole is asked for as well.
pub(crate) fn is_of_the_same(response: &Response, wanted: &MediaRequest) -> bool {
    let Some(mark) = &wanted.if_range else { return true };
    match response.status() {
        StatusCode::PARTIAL_CONTENT => {
            let (etag, date) =
                (text(response.headers(), header::ETAG), text(response.headers(), header::LAST_MODIFIED));
            // A weak mark does not tell versions apart byte by byte.
            let is_tag = etag == Some(mark) && !mark.starts_with("W/");
            is_tag || parse_date(mark).is_some_and(|mark| date.and_then(parse_date) == Some(mark))
        }
        status => status != StatusCode::RANGE_NOT_SATISFIABLE,
    }
}

/// A picture whose first bytes have come; `None` where it ends before them. A success may have nothing behind
/// it: what is made while it is sent cannot be taken back.
///
/// # Errors
/// `Unavailable` or `Timeout` when it breaks off before.
pub(crate) async fn begun(media: Media) -> Result<Option<Media>> {
    let Media::Stream(mut stream) = media else { return Ok(Some(media)) };
    while let Some(first) = stream.body.try_next().await? {
        if !first.is_empty() {
            let body = stream::once(async { Ok(first) }).chain(stream.body).boxed();
            return Ok(Some(Media::Stream(MediaStream { body, ..stream })));
        }
    }
    Ok(None)
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
    use super::*;

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
}
