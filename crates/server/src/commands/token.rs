//! `eps token`: a token for development, signed with the configured secret.

use std::time::Duration;

use clap::Args;
use eps_domain::Permission;
use serde_json::json;

use super::Context;
use crate::{
    commands::arguments::{Output, duration},
    config::{Config, Purpose},
    failure::Failure,
    wiring::{self, Clocks, TokenRequest},
};

/// Arguments of `eps token`.
#[derive(Debug, Args)]
pub struct TokenArgs {
    /// Who it is for.
    #[arg(long, default_value = "developer")]
    sub: String,
    /// What they may do: ask, events:read, events:write, insights:read.
    #[arg(long, value_delimiter = ',', default_value = "ask,events:read,insights:read")]
    scopes: Vec<String>,
    /// Which cameras they may see: ids or globs such as 'dock-*'; all when absent.
    #[arg(long, value_delimiter = ',')]
    cameras: Option<Vec<String>>,
    /// How long it works: 15m, 1h; at most a day.
    #[arg(long, default_value = "1h", value_parser = duration)]
    ttl: Duration,
    /// Whose data they see.
    #[arg(long)]
    tenant: Option<String>,
    /// IANA time zone in which their words are read.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    #[command(flatten)]
    output: Output,
}

/// Prints a token.
///
/// # Errors
/// Wrong settings; an unknown scope, a malformed camera pattern.
pub fn run(context: &Context, args: &TokenArgs) -> Result<(), Failure> {
    let config = Config::load(&context.sources(), &super::environment, Purpose::Serve)?;
    let permission = |scope: &String| {
        Permission::parse(scope).ok_or_else(|| {
            let known = Permission::ALL.map(Permission::as_str).join(", ");
            Failure::usage(format!("unknown scope `{scope}`: there are {known}"))
        })
    };
    let permissions = args.scopes.iter().map(permission).collect::<Result<Vec<_>, _>>()?;
    let request = TokenRequest {
        subject: args.sub.clone(),
        tenant: args.tenant.clone(),
        permissions,
        cameras: args.cameras.clone(),
        timezone: args.timezone.clone(),
        lifetime: args.ttl,
    };
    let token = wiring::mint(&config, request, &*Clocks::new(None).wall)?;
    let terminal = context.terminal(args.output);
    if args.output.json {
        terminal.json(&json!({"token": token, "expires_in": args.ttl.as_secs()}))?;
    } else {
        terminal.line(token)?;
    }
    Ok(())
}
