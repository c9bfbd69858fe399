//! `eps eval`: asks a set of questions with known answers of a live server and tells what was right.
//! The truth comes from the question files; nothing here knows how the service finds its answers.

mod examiner;
mod judge;
mod matching;
mod questions;
mod score;

use std::{collections::HashMap, path::PathBuf, time::Instant};

use clap::Args;
use eps_adapters::remote::RemoteServer;
use futures::{StreamExt as _, stream};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secrecy::SecretString;
use tokio::sync::Mutex;

use self::{
    examiner::Examiner,
    score::{Miss, Outcome, Report},
};
use super::Context;
use crate::{commands::arguments::Output, failure::Failure, terminal::Terminal};

/// Failures that people are shown; the rest is in `--json`.
const SHOWN_MAX: usize = 40;
/// The longest part of a value that people are shown.
const VALUE_CHARS_MAX: usize = 300;

/// Arguments of `eps eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// Question files, or folders of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Address of the server that is examined. Given several times, these are copies of the service that
    /// share their stores, and every turn of a conversation goes to the next of them.
    #[arg(long = "server", alias = "url", value_name = "URL", required = true)]
    servers: Vec<String>,
    /// Token with the scopes ask, events:read and insights:read.
    #[arg(long, env = "EPS_TOKEN", hide_env_values = true)]
    token: String,
    /// Address of another server that must give the same totals and evidence.
    #[arg(long, alias = "compare-url", value_name = "URL")]
    compare_server: Option<String>,
    /// Token for the other server; the same one when absent.
    #[arg(long, requires = "compare_server")]
    compare_token: Option<String>,
    /// Conversations at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=32))]
    concurrency: u8,
    /// How many follow-ups of each answer are asked.
    #[arg(long, default_value_t = 5)]
    follow_ups_max: usize,
    #[command(flatten)]
    output: Output,
}

/// Examines a server.
///
/// # Errors
/// Wrong files, a server that is not there or holds another site, results below the aims.
pub async fn run(context: &Context, args: &EvalArgs) -> Result<(), Failure> {
    let terminal = context.terminal(args.output);
    let files = questions::read(&args.files)?;
    let client = |url: &str, token: &str| RemoteServer::new(url, Some(SecretString::from(token.to_owned())));
    let other_token = args.compare_token.as_ref().unwrap_or(&args.token);
    let examiner = Examiner {
        servers: args.servers.iter().map(|url| client(url, &args.token)).collect::<Result<_, _>>()?,
        other: args.compare_server.as_ref().map(|url| client(url, other_token)).transpose()?,
        follow_ups_max: args.follow_ups_max,
        records: Mutex::new(HashMap::new()),
    };
    for file in &files {
        examiner.check_site(file).await?;
    }
    let started = Instant::now();
    let conversations: Vec<_> =
        files.iter().flat_map(|file| file.questions.iter().map(move |first| (file, first))).collect();
    let bar = progress_bar(conversations.len() as u64, terminal);
    let outcomes: Vec<Result<Outcome, Failure>> = stream::iter(conversations)
        .map(|(file, first)| {
            let examination = examiner.examine(file, first);
            async {
                let outcome = examination.await;
                bar.inc(1);
                outcome
            }
        })
        .buffered(args.concurrency.into())
        .collect()
        .await;
    bar.finish_and_clear();
    let outcomes = outcomes.into_iter().collect::<Result<Vec<_>, _>>()?;
    let report = Report::of(outcomes, started.elapsed().as_secs_f64());
    if terminal.is_json {
        terminal.json(&report)?;
    } else {
        show(terminal, &report)?;
    }
    let below: Vec<&str> = report.total.below().into_iter().map(score::Measure::title).collect();
    if below.is_empty() {
        return Ok(());
    }
    Err(Failure::general(format!("below the aims: {}", below.join(", "))))
}

fn show(terminal: Terminal, report: &Report) -> Result<(), Failure> {
    for miss in report.misses.iter().take(SHOWN_MAX) {
        let Miss { topic, asked, measure, what, expected, came } = miss;
        terminal.line(format!(
            "✗ {topic} · {} · {}\n  {what}\n  expected {}\n  came     {}\n",
            measure.title(),
            asked.join(" → "),
            shortened(&expected.to_string()),
            shortened(&came.to_string())
        ))?;
    }
    let left = report.misses.len().saturating_sub(SHOWN_MAX);
    if left > 0 {
        terminal.line(format!("… and {left} more; --json has all of them\n"))?;
    }
    terminal.line(format!("{}\n\n{:.1} seconds", report.table(), report.seconds))?;
    Ok(())
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn progress_bar(conversations: u64, terminal: Terminal) -> ProgressBar {
    let target =
        if terminal.is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(conversations), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} of {len}  {eta} left") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
