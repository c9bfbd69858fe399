//! `eps search`: events by words and fields, without prose.

use clap::Args;
use eps_domain::{
    ask::{Filters, UserContext},
    search::SearchQuery,
};
use serde_json::Value;

use super::{
    Context,
    shown::evidence_lines,
    target::{Target, TargetArgs},
};
use crate::{commands::arguments::Output, failure::Failure, wiring};

/// Arguments of `eps search`.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// Words, understood like a question.
    query: Option<String>,
    /// Camera ids.
    #[arg(long, value_delimiter = ',')]
    cameras: Vec<String>,
    /// Site ids.
    #[arg(long, value_delimiter = ',')]
    sites: Vec<String>,
    /// Labels.
    #[arg(long, value_delimiter = ',')]
    labels: Vec<String>,
    /// Event types.
    #[arg(long, value_delimiter = ',')]
    event_types: Vec<String>,
    /// Zones.
    #[arg(long, value_delimiter = ',')]
    zones: Vec<String>,
    /// First instant, RFC 3339 or local.
    #[arg(long)]
    from: Option<String>,
    /// First instant after it.
    #[arg(long)]
    to: Option<String>,
    /// Least confidence, 0 to 1.
    #[arg(long)]
    min_confidence: Option<f32>,
    /// How many events.
    #[arg(long)]
    limit: Option<usize>,
    /// Where the last page ended.
    #[arg(long)]
    cursor: Option<String>,
    /// IANA time zone in which the words are read.
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    output: Output,
}

/// Searches and shows a page.
///
/// # Errors
/// Wrong settings, no token, what the service says.
pub async fn run(context: &Context, args: &SearchArgs) -> Result<(), Failure> {
    let terminal = context.terminal(args.output);
    let query = query(args);
    let target = Target::find(context, &args.target).await?;
    let reply: Value = match &target {
        Target::Remote { server, .. } => {
            let body = serde_json::to_value(&query).map_err(|error| Failure::general(error.to_string()))?;
            server.post("/api/v1/search", &body).await?
        }
        Target::Direct(site) => {
            let reply = site.searcher.search(&wiring::local_caller(&site.directory, None), query).await?;
            serde_json::to_value(reply).map_err(|error| Failure::general(error.to_string()))?
        }
    };
    if terminal.is_json {
        terminal.json(&reply)?;
        return Ok(());
    }
    let zone = reply["interpretation"]["timezone"].as_str();
    let totals = &reply["totals"];
    terminal.line(format!("{} events, {} visits", totals["events"], totals["visits"]))?;
    for line in evidence_lines(&reply["hits"], zone, target.link_prefix()) {
        terminal.line(line)?;
    }
    if let Some(cursor) = reply["next_cursor"].as_str() {
        terminal.note(format!("Next page: --cursor {cursor}"));
    }
    Ok(())
}

fn query(args: &SearchArgs) -> SearchQuery {
    SearchQuery {
        query: args.query.clone(),
        filters: Filters {
            cameras: args.cameras.clone(),
            sites: args.sites.clone(),
            labels: args.labels.clone(),
            event_types: args.event_types.clone(),
            zones: args.zones.clone(),
            from: args.from.clone(),
            to: args.to.clone(),
            min_confidence: args.min_confidence,
        },
        limit: args.limit,
        cursor: args.cursor.clone(),
        user_context: UserContext { timezone: args.timezone.clone(), ..UserContext::default() },
    }
}
