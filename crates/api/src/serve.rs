//! Serving a router over TCP: time-outs on reading heads and on stuck writers, bounded connections, and
//! a stop that lets requests in flight finish.
//!
//! HTTP/1 only: a proxy in front speaks the rest, and only this builder can bound the time to the first
//! byte of a request.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo};
use futures::FutureExt as _;
use hyper::{Request, body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
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
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let stop_accepting = async {
        shutdown.cancelled().await;
        tokio::time::sleep(settings.delay).await;
    };
    tokio::pin!(stop_accepting);
    let begin = |(stream, peer, place): Accepted, connections: &mut JoinSet<()>| {
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let connection = http1.serve_connection(
            TokioIo::new(WriteDeadline::new(stream, WRITE_MAX)),
            TowerToHyperService::new(service),
        );
        let connection = graceful.watch(connection);
        connections.spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(cause = %error, "a connection ended with an error");
            }
        });
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
    if tokio::time::timeout(settings.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!(in_flight = connections.len(), "connections cut off at the end of the grace");
    }
    connections.shutdown().await;
    Ok(())
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
