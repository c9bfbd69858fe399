//! Serving from start to stop, for `main` and for tests alike: wire, probe once, serve, drain, close.
//! Binds nothing itself, so that callers know the addresses before anything runs.

use std::{sync::Arc, time::Duration};

use eps_api::ServeSettings;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    background,
    config::Config,
    failure::Failure,
    telemetry::{Metrics, serve_metrics},
    wiring::{self, Clocks},
};

/// How long background work may take to notice that it is over.
const BACKGROUND_STOP_MAX: Duration = Duration::from_secs(5);

/// Where to listen.
pub struct Listeners {
    /// The public port.
    pub http: TcpListener,
    /// `/metrics`; not served when absent.
    pub metrics: Option<TcpListener>,
}

/// Tells a server to stop, and how.
#[derive(Debug, Clone, Default)]
pub struct Shutdown {
    stop: CancellationToken,
    hurry: CancellationToken,
    abort: CancellationToken,
}

impl Shutdown {
    /// Not ready at once; after the drain no new connections; requests in flight finish.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// The same without the drain: nobody balances load to a terminal or a test.
    pub fn stop_without_drain(&self) {
        self.hurry.cancel();
        self.stop.cancel();
    }

    /// Nothing is waited for.
    pub fn abort(&self) {
        self.stop.cancel();
        self.abort.cancel();
    }

    /// Whether it has been told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stop.is_cancelled()
    }
}

/// Serves until it is told to stop.
///
/// # Errors
/// Data that cannot be opened; a listener that fails.
pub async fn run(
    config: Config,
    listeners: Listeners,
    metrics: Metrics,
    clocks: Clocks,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let site = wiring::open_site(&config, clocks).await?;
    serve_site(config, site, listeners, metrics, shutdown).await
}

/// Serves a site that is open already.
///
/// # Errors
/// As [`run`].
pub async fn serve_site(
    config: Config,
    site: wiring::Site,
    listeners: Listeners,
    metrics: Metrics,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let wiring::Tokens { verifier, keys } = wiring::tokens(&config, &site.clocks)?;
    let readiness = background::readiness(&config, keys.as_ref());
    let tasks = TaskTracker::new();
    let (stop, tasks_of_app) = (shutdown.stop.clone(), tasks.clone());
    let (spans, sender) =
        wiring::traces(&config, &site.clocks)?.map(|traces| (traces.recorder, traces.sender)).unzip();
    let app = wiring::surface(&config, &site, verifier, spans, readiness.clone(), stop, tasks_of_app)?;
    let keys_fetched = async {
        if let Some(keys) = &keys {
            background::refresh(keys, &readiness).await;
        }
    };
    let patience = background::probe_patience(&config);
    tokio::join!(background::probe(&site, &readiness, patience), keys_fetched);
    let feeds = wiring::feeds(&config, &site)?;
    let background_stop = CancellationToken::new();
    let mut background = background::start(&config, &site, feeds, keys, readiness, &background_stop);
    if let Some(sender) = sender {
        background.spawn(background::send_spans(sender, background_stop.clone()));
    }
    background.spawn(background::drain_metrics(metrics.clone(), background_stop.clone()));
    if let Some(listener) = listeners.metrics {
        background.spawn(serve_metrics(listener, metrics, background_stop.clone()));
    }
    let addresses = listeners.http.local_addr()?;
    tracing::info!(address = %addresses, version = %config.service.version, "serving");
    let served = tokio::select! {
        served = serve(&config, listeners.http, app, &shutdown) => served,
        () = shutdown.abort.cancelled() => Ok(()),
    };
    tasks.close();
    if !shutdown.abort.is_cancelled()
        && tokio::time::timeout(config.service.shutdown, tasks.wait()).await.is_err()
    {
        tracing::warn!(tasks = tasks.len(), "work of clients that have left was cut off");
    }
    background_stop.cancel();
    end(&mut background).await;
    if !shutdown.abort.is_cancelled() {
        site.close().await;
    }
    tracing::info!("stopped");
    served
}

async fn serve(
    config: &Config,
    listener: TcpListener,
    app: Arc<eps_api::App>,
    shutdown: &Shutdown,
) -> Result<(), Failure> {
    let stop_listening = CancellationToken::new();
    let drained = async {
        shutdown.stop.cancelled().await;
        tokio::select! {
            () = tokio::time::sleep(config.service.drain) => {}
            () = shutdown.hurry.cancelled() => {}
        }
        stop_listening.cancel();
        std::future::pending::<()>().await;
    };
    let settings = ServeSettings {
        connections_max: config.service.connections_max,
        delay: Duration::ZERO,
        grace: config.service.shutdown,
    };
    tokio::select! {
        served = eps_api::serve(listener, eps_api::router(app), stop_listening.clone(), settings) => Ok(served?),
        () = drained => Ok(()),
    }
}

async fn end(background: &mut JoinSet<()>) {
    let all = async {
        while let Some(ended) = background.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "background work had panicked");
            }
        }
    };
    if tokio::time::timeout(BACKGROUND_STOP_MAX, all).await.is_err() {
        background.shutdown().await;
    }
}
