//! Serving a router over TCP: time-outs on reading heads and on stuck writers, bounded connections, and
//! a stop that lets requests in flight finish.
//!
//! HTTP/1 only: a proxy in front speaks the rest, and only this builder can bound the time to the first
//! byte of a request.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use futures::FutureExt as _;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::write_deadline::WriteDeadline;

/// How long a client may take to send a head, also of the next request on a kept connection.
const HEAD_READ_MAX: Duration = Duration::from_secs(10);
/// How long a client may take nothing of what it is sent.
const WRITE_MAX: Duration = Duration::from_secs(30);
/// The most headers of a request.
const HEADERS_MAX: usize = 64;
/// The most bytes of a head: a target of 8 KiB, a token of 8 KiB and as much again.
const HEAD_BYTES_MAX: usize = 32 * 1024;
/// How long a connection that has asked nothing yet is waited for when the service stops.
const FIRST_REQUEST_MAX: Duration = Duration::from_secs(1);
/// How long to wait after an accept that failed for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How many are served, and how a stop goes.
#[derive(Debug, Clone, Copy)]
pub struct ServeSettings {
    /// The most connections at once; more wait in the backlog of the kernel.
    pub connections_max: usize,
    /// How long new connections are still taken, so that load balancers notice first.
    pub delay: Duration,
    /// How long requests in flight may then take until they are cut off.
    pub grace: Duration,
}

impl Default for ServeSettings {
    fn default() -> Self {
        Self { connections_max: 4_096, delay: Duration::from_secs(5), grace: Duration::from_secs(30) }
    }
}

/// Serves until `shutdown` is cancelled, then drains. Returns when every connection is closed or the
/// grace is over.
///
/// # Errors
/// When the listener cannot tell its address any more.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: CancellationToken,
    settings: ServeSettings,
) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(settings.connections_max));
    let http1 = protocol();
    let stop = CancellationToken::new();
    let mut connections = JoinSet::new();
    let stop_accepting = async {
        shutdown.cancelled().await;
        tokio::time::sleep(settings.delay).await;
    };
    tokio::pin!(stop_accepting);
    let begin = |accepted, connections: &mut JoinSet<()>| {
        connections.spawn(connection(accepted, http1.clone(), router.clone(), stop.clone()));
    };
    loop {
        tokio::select! {
            () = &mut stop_accepting => break,
            // Finished connections are reaped as they end, so that the set does not grow.
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = accept(&listener, &places) => {
                if let Some(accepted) = accepted {
                    begin(accepted, &mut connections);
                }
            }
        }
    }
    // Who is connected and waits to be taken would be cut off with the listener.
    tokio::task::yield_now().await;
    while let Some(Some(waiting)) = accept(&listener, &places).now_or_never() {
        begin(waiting, &mut connections);
    }
    drop(listener);
    let in_flight = connections.len();
    tracing::info!(in_flight, "draining");
    stop.cancel();
    let all_closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(settings.grace, all_closed).await.is_err() {
        tracing::warn!(in_flight = connections.len(), "connections cut off at the end of the grace");
    }
    connections.shutdown().await;
    Ok(())
}

/// Serves one client until it leaves or, after `stop`, what it asked is answered.
async fn connection(
    (stream, peer, place): Accepted,
    http1: http1::Builder,
    router: Router,
    stop: CancellationToken,
) {
    let _place = place;
    let asked = CancellationToken::new();
    let has_asked = asked.clone();
    let service = router.map_request(move |mut request: Request<Incoming>| {
        has_asked.cancel();
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let io = TokioIo::new(WriteDeadline::new(stream, WRITE_MAX));
    let mut served = pin!(http1.serve_connection(io, TowerToHyperService::new(service)));
    // A connection that has just been made is about to bring a request, which nobody may send again; hyper would
    // close it as idle. One that has asked before was told to close while the service drained.
    let may_end = async {
        stop.cancelled().await;
        let _ = tokio::time::timeout(FIRST_REQUEST_MAX, asked.cancelled()).await;
    };
    let ended = tokio::select! {
        biased;
        ended = &mut served => ended,
        () = may_end => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(cause = %error, "a connection ended with an error");
    }
}

/// A client, and its place.
type Accepted = (TcpStream, SocketAddr, OwnedSemaphorePermit);

/// Waits for a place and then for a client.
async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Streams write little and often: small writes must not wait for one another.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(cause = %error, "accept failed");
            tokio::time::sleep(ACCEPT_PAUSE).await;
            None
        }
    }
}

fn protocol() -> http1::Builder {
    let mut http1 = http1::Builder::new();
    http1
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_READ_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .keep_alive(true);
    http1
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn who_connected_before_the_stop_is_answered_after_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "here" }));
        let shutdown = CancellationToken::new();
        let settings = ServeSettings { delay: Duration::ZERO, ..ServeSettings::default() };
        let mut serving = JoinSet::new();
        serving.spawn(serve(listener, router, shutdown.clone(), settings));
        let mut early = TcpStream::connect(address).await.unwrap();
        let mut silent = TcpStream::connect(address).await.unwrap();
        shutdown.cancel();
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        // Lets every connection see the stop first.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }

        early.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").await.unwrap();
        let mut reply = String::new();
        early.read_to_string(&mut reply).await.unwrap();
        assert!(reply.starts_with("HTTP/1.1 200") && reply.ends_with("here"), "{reply}");
        // Who never asks holds nothing up for long.
        assert_eq!(silent.read(&mut [0]).await.unwrap(), 0);
        serving.join_next().await.unwrap().unwrap().unwrap();
    }
}
