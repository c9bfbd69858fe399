//! `eps serve`: the HTTP API until a signal stops it.

use std::net::SocketAddr;

use clap::Args;
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::Context;
use crate::{
    commands::arguments::instant,
    config::{Config, Purpose, Sources},
    failure::Failure,
    run::{Listeners, Shutdown, run as serve_until_stopped},
    signals,
    telemetry::{Metrics, install_logs},
    wiring::Clocks,
};

/// Arguments of `eps serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// Stand still at this instant (RFC 3339), for replaying recorded sites; only on loopback.
    #[arg(long, value_parser = instant)]
    now: Option<Timestamp>,
    /// Port instead of PORT; 0 lets the system choose.
    #[arg(long)]
    port: Option<u16>,
    /// Address instead of HOST.
    #[arg(long)]
    host: Option<String>,
}

/// Serves.
///
/// # Errors
/// Wrong settings, an address in use, a data directory in use, damaged data.
pub async fn run(context: &Context, args: &ServeArgs) -> Result<(), Failure> {
    let mut sources: Sources<'_> = context.sources();
    sources.overrides.extend(args.port.map(|port| ("service.port", port.to_string())));
    sources.overrides.extend(args.host.clone().map(|host| ("service.host", host)));
    let config = Config::load(&sources, &super::environment, Purpose::Serve)?;
    if args.now.is_some() && !config.service.host.is_loopback() {
        let message = "--now is for replays on this machine: listen on loopback (HOST=127.0.0.1)";
        return Err(Failure::usage(message));
    }
    let log = install_logs(config.service.log_level);
    let listeners = bind(&config).await?;
    let shutdown = Shutdown::default();
    let _signals = signals::listen(&shutdown)?;
    let metrics = Metrics::install()?.with_log(&log);
    serve_until_stopped(config, listeners, metrics, Clocks::new(args.now), shutdown).await
}

/// Takes the ports of the settings.
///
/// # Errors
/// A port that is in use or not ours to take.
pub(super) async fn bind(config: &Config) -> Result<Listeners, Failure> {
    let service = &config.service;
    let http = listen(SocketAddr::new(service.host, service.port)).await?;
    let metrics = if service.enable_metrics {
        Some(listen(SocketAddr::new(service.host, service.metrics_port)).await?)
    } else {
        None
    };
    Ok(Listeners { http, metrics })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::general(format!("cannot listen on {address}: {error}")))
}
