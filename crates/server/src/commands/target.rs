//! Where `ask` and `search` put their question: to a running server, or, when none is running, to the
//! data directory itself with the rights of whoever can read it.

use std::time::Duration;

use clap::Args;
use eps_adapters::remote::RemoteServer;
use eps_domain::Permission;
use jiff::Timestamp;
use secrecy::SecretString;

use super::{Context, healthcheck::local_url};
use crate::{
    commands::arguments::{instant, server_url},
    config::{Config, Purpose},
    failure::Failure,
    wiring::{self, Clocks, Site, TokenRequest},
};

/// A server on this machine answers its probe at once, or is not there.
const PROBE_DEADLINE: Duration = Duration::from_millis(500);
/// How long the token works that is made for one question to our own server.
const TOKEN_TTL: Duration = Duration::from_mins(5);

/// Where to ask.
#[derive(Debug, Args)]
pub(super) struct TargetArgs {
    /// Address of a running server; by default the one on this machine, else the data directory.
    #[arg(long, value_name = "URL", value_parser = server_url)]
    server: Option<String>,
    /// Token for the server; made from `JWT_SECRET_KEY` when absent.
    #[arg(long, env = "EPS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Ask as if it were this instant (RFC 3339); only without a server.
    #[arg(long, value_parser = instant, conflicts_with = "server")]
    now: Option<Timestamp>,
}

/// Who answers.
pub(super) enum Target {
    /// A server.
    Remote {
        /// Its client.
        server: RemoteServer,
        /// Put before relative links.
        base_url: String,
    },
    /// This process.
    Direct(Box<Site>),
}

impl Target {
    /// Finds who answers. A pinned `--now` always means this process: a server has its own.
    pub(super) async fn find(context: &Context, args: &TargetArgs) -> Result<Self, Failure> {
        let config = Config::load(&context.sources(), &super::environment, Purpose::Local)?;
        if let Some(url) = &args.server {
            return Self::remote(url, args, &config);
        }
        let local = local_url(&config.service, config.service.port);
        if args.now.is_none() && is_running(&local).await {
            return Self::remote(&local, args, &config);
        }
        let site = wiring::open_site(&config, Clocks::new(args.now)).await?;
        Ok(Self::Direct(Box::new(site)))
    }

    fn remote(base_url: &str, args: &TargetArgs, config: &Config) -> Result<Self, Failure> {
        let token = match &args.token {
            Some(token) => token.clone(),
            None if config.security.jwt_secret.is_some() => {
                wiring::mint(config, own_token(), &*Clocks::new(None).wall)?
            }
            None => {
                let message = format!("the server at {base_url} wants a token: give --token or EPS_TOKEN");
                return Err(Failure::usage(message));
            }
        };
        let server = RemoteServer::new(base_url, Some(SecretString::from(token)))?;
        Ok(Self::Remote { server, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    /// Put before relative links.
    pub(super) fn link_prefix(&self) -> &str {
        match self {
            Self::Remote { base_url, .. } => base_url,
            Self::Direct(_) => "",
        }
    }
}

fn own_token() -> TokenRequest {
    TokenRequest {
        subject: wiring::LOCAL_SUBJECT.to_owned(),
        tenant: None,
        permissions: vec![Permission::Ask, Permission::EventsRead, Permission::InsightsRead],
        cameras: None,
        timezone: None,
        lifetime: TOKEN_TTL,
    }
}

async fn is_running(base_url: &str) -> bool {
    let Ok(server) = RemoteServer::new(base_url, None) else { return false };
    matches!(server.probe("/livez", PROBE_DEADLINE).await, Ok((200, _)))
}
