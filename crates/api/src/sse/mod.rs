//! Streams of server-sent events: begin one, resume one, replay a finished answer as one.
//!
//! Must never send an event that the log does not keep, so that what a client gets and what it can
//! resume are the same.

mod log;
mod pump;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;
use eps_domain::{Caller, ask::AskRequest};
use futures::stream;
use tokio::sync::OwnedSemaphorePermit;

pub(crate) use log::{EventId, Streams};

use crate::{
    app::App,
    context::{RequestContext, new_id, of_this_request},
    error::Result,
    idempotency::{Claim, REPLAYED},
};
use log::{Found, Reader, StreamLog};
use pump::Pump;

/// Tells proxies of the nginx kind not to hold events back.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// How long the head of the response waits for the first event, so that a question that is refused
/// (422, 404, 409, 503) gets a status of its own. Longer than the two seconds that a turn may wait for
/// the one before it.
const FIRST_EVENT_MAX: Duration = Duration::from_secs(3);
const PING: Bytes = Bytes::from_static(b": ping\n\n");

/// Whether a client asks for a stream by `Accept`; with `q=0` it says that it takes none.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepted.flat_map(|accept| accept.split(',')).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let is_stream = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("text/event-stream"));
        is_stream && !parts.any(is_zero_quality)
    })
}

fn is_zero_quality(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse::<f32>().is_ok_and(|quality| quality <= 0.0)
}

/// Answers a question as a stream.
///
/// # Errors
/// What went wrong before the first event.
pub(crate) async fn begin(
    app: &Arc<App>,
    caller: Arc<Caller>,
    context: Arc<RequestContext>,
    request: AskRequest,
    claim: Claim,
    place: OwnedSemaphorePermit,
) -> Result<Response> {
    let log = StreamLog::new(new_id(&*app.clock), &caller);
    // The reader exists before the pump, or the stream would be abandoned from the start.
    let mut reader = log.follow(0);
    app.streams.keep(&log);
    let pump = Pump { app: app.clone(), caller, context, log, claim, place };
    app.tasks.spawn(of_this_request(pump.run(request)));
    reader.begun(FIRST_EVENT_MAX).await?;
    Ok(respond(reader, app.settings.stream_ping))
}

/// Goes on with a stream after the event that the client has seen last.
///
/// `None` when there is no such stream of this caller here, or no more, it was made under other rights, or its
/// conversation was deleted.
///
/// # Errors
/// What the store of conversations says.
pub(crate) async fn resume(app: &App, caller: &Caller, seen: EventId) -> Result<Option<Response>> {
    let Some(log) = app.streams.find(seen.stream, caller) else { return Ok(None) };
    // Another copy of the service may have deleted it.
    if let Some(id) = log.stored_in()
        && !app.conversations.is_there(caller, &id).await?
    {
        return Ok(None);
    }
    Ok(Some(respond(log.follow(seen.sequence), app.settings.stream_ping)))
}

/// An answer that was given before, as a stream of one event.
pub(crate) fn replay(json: &[u8]) -> Response {
    let mut frame = b"event: completed\ndata: ".to_vec();
    frame.extend_from_slice(json);
    frame.extend_from_slice(b"\n\n");
    let mut response = head(Body::from(frame));
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

fn respond(reader: Reader, ping: Duration) -> Response {
    let frames = stream::unfold(reader, move |mut reader| async move {
        let frames = match reader.next(ping).await {
            Found::Frames(frames) => frames,
            Found::Silence => PING,
            Found::End => return None,
        };
        Some((Ok::<_, std::convert::Infallible>(frames), reader))
    });
    head(Body::from_stream(frames))
}

fn head(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_wanted_when_any_accepted_type_says_so() {
        let wants = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            is_wanted(&headers)
        };
        assert!(wants("text/event-stream"));
        assert!(wants("application/json;q=0.5, Text/Event-Stream; charset=utf-8"));
        assert!(!wants("application/json"));
        assert!(!wants("*/*"));
        assert!(wants("text/event-stream;q=0.1") && wants("text/event-stream; charset=utf-8 ; q=1"));
        for refused in [
            "text/event-stream;q=0",
            "text/event-stream; Q=0.000",
            "application/json, text/event-stream ;q=0.0",
        ] {
            assert!(!wants(refused), "{refused}");
        }
    }
}
