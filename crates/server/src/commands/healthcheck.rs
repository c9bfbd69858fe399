//! `eps healthcheck`: asks the server beside us whether it lives; for containers without a shell.

use std::{net::IpAddr, time::Duration};

use clap::Args;
use eps_adapters::remote::RemoteServer;

use super::Context;
use crate::{
    commands::arguments::Output,
    config::{Config, Purpose, ServiceSettings},
    failure::Failure,
};

/// Longer than the server may take, shorter than the usual time-out of a probe.
const DEADLINE: Duration = Duration::from_secs(2);

/// Arguments of `eps healthcheck`.
#[derive(Debug, Args)]
pub struct HealthcheckArgs {
    /// Address of the server; by default the configured port of this machine.
    #[arg(long, value_name = "URL")]
    server: Option<String>,
    /// Ask whether it takes requests, not only whether it lives.
    #[arg(long)]
    ready: bool,
    #[command(flatten)]
    output: Output,
}

/// Fails unless the server says 200.
///
/// # Errors
/// No answer, or another one.
pub async fn run(context: &Context, args: &HealthcheckArgs) -> Result<(), Failure> {
    let base_url = if let Some(url) = &args.server {
        url.clone()
    } else {
        let config = Config::load(&context.sources(), &super::environment, Purpose::Local)?;
        local_url(&config.service, config.service.port)
    };
    let path = if args.ready { "/readyz" } else { "/livez" };
    let (status, body) = RemoteServer::new(&base_url, None)?.probe(path, DEADLINE).await?;
    if status != 200 {
        return Err(Failure::general(format!("{path} says {status}: {}", body.trim())));
    }
    context.terminal(args.output).line(body.trim())?;
    Ok(())
}

/// Where a server with these settings is reached from this machine.
pub(super) fn local_url(service: &ServiceSettings, port: u16) -> String {
    let host = match service.host {
        host if host.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(host) => host.to_string(),
        IpAddr::V6(host) => format!("[{host}]"),
    };
    format!("http://{host}:{port}")
}
