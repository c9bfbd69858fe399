//! `eps import`: event files into the data directory, or to a running server. Files are read on a
//! thread of their own while the batch before is stored; one bad record never loses the others, and an
//! interrupted import goes on where it was acknowledged.

mod files;
mod lines;
mod progress;
mod rows;
mod sink;
#[cfg(test)]
mod tests;

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Args;
use eps_adapters::remote::RemoteServer;
use eps_domain::{EventDraft, events::IngestReport};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use secrecy::SecretString;
use serde::Serialize;
use tokio::sync::mpsc;

use self::{
    files::{EventFile, Records},
    lines::Position,
    progress::{Bookmark, FileProgress, REJECTIONS_LISTED_MAX, RejectedLine},
    sink::Sink,
};
use super::Context;
use crate::{
    commands::arguments::{Output, server_url},
    config::{Config, Purpose},
    failure::Failure,
    terminal::Terminal,
    wiring::{self, Clocks},
};

/// Rejections that people are shown; the rest is in `--json`.
const SHOWN_MAX: usize = 20;

/// Arguments of `eps import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// .ndjson, .jsonl or .csv files, plain or .gz. Rejected records are reported; only when every one is
    /// rejected the command fails (1).
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Send the events to a running server instead of writing into the data directory.
    #[arg(long, value_name = "URL", requires = "token", value_parser = server_url)]
    server: Option<String>,
    /// Token with the scope events:write, for --server.
    #[arg(long, env = "EPS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Description of the cameras; its time zones read times without an offset.
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    cameras_file: Option<PathBuf>,
    /// Whose events they are, without --server.
    #[arg(long, conflicts_with = "server")]
    tenant: Option<String>,
    /// Begin every file at its beginning, whatever an earlier import has done.
    #[arg(long)]
    restart: bool,
    #[command(flatten)]
    output: Output,
}

/// What became of one file.
#[derive(Debug, Serialize)]
struct FileReport {
    file: PathBuf,
    records: u64,
    accepted: u64,
    updated: u64,
    rejected: u64,
    /// The first [`REJECTIONS_LISTED_MAX`].
    rejections: Vec<RejectedLine>,
    /// The line behind which this run began; 0 for a fresh one.
    resumed_after_line: u64,
}

/// What became of all.
#[derive(Debug, Serialize)]
struct Report {
    accepted: u64,
    updated: u64,
    rejected: u64,
    seconds: f64,
    events_per_second: f64,
    files: Vec<FileReport>,
}

/// Imports files.
///
/// # Errors
/// Wrong settings, a file that cannot be read, a store that does not take events. Rejected records are
/// no error of the command, unless nothing else is left.
pub async fn run(context: &Context, args: &ImportArgs) -> Result<(), Failure> {
    let mut sources = context.sources();
    if let Some(path) = &args.cameras_file {
        sources.overrides.push(("storage.cameras_file", path.display().to_string()));
    }
    let config = Config::load(&sources, &super::environment, Purpose::Local)?;
    let terminal = context.terminal(args.output);
    let files = recognise(&args.files)?;
    let sink = match (&args.server, &args.token) {
        (Some(url), token) => Sink::Remote(RemoteServer::new(url, token.clone().map(SecretString::from))?),
        (None, _) => open_directly(&config, args.tenant.as_deref()).await?,
    };
    let folder = config.storage.data_dir.join("imports");
    let total = files.iter().filter_map(|file| file.path.metadata().ok()).map(|about| about.len()).sum();
    let bar = progress_bar(total, terminal);
    let import = Import { sink, folder, bytes: Arc::default(), bar, restart: args.restart };
    let started = Instant::now();
    let reports = import.files(files).await;
    import.bar.finish_and_clear();
    import.sink.close().await;
    let report = report(reports?, started.elapsed());
    show(terminal, &report)?;
    if report.accepted + report.updated == 0 && report.rejected > 0 {
        return Err(Failure::general("every record was rejected"));
    }
    Ok(())
}

fn recognise(paths: &[PathBuf]) -> Result<Vec<EventFile>, Failure> {
    paths
        .iter()
        .map(|path| {
            EventFile::recognise(path)
                .map_err(|error| Failure::general(format!("{}: {error}", path.display())))
        })
        .collect()
}

async fn open_directly(config: &Config, tenant: Option<&str>) -> Result<Sink, Failure> {
    let intake = wiring::open_intake(config, &Clocks::new(None)).await.map_err(|mut failure| {
        if failure.code == Failure::IN_USE {
            failure.message.push_str(": stop the server, or import with --server URL --token TOKEN");
        }
        failure
    })?;
    let caller = wiring::local_caller(&intake.directory, tenant);
    Ok(Sink::Direct { intake, caller: Box::new(caller) })
}

fn progress_bar(total: u64, terminal: Terminal) -> ProgressBar {
    let target =
        if terminal.is_watched() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(total), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3}%  {msg}  {eta} left")
        .map(|s| s.progress_chars("=> "))
    {
        bar.set_style(style);
    }
    bar
}

/// One run of the command.
struct Import {
    sink: Sink,
    folder: PathBuf,
    bytes: Arc<AtomicU64>,
    bar: ProgressBar,
    restart: bool,
}

/// Records that are stored together.
#[derive(Default)]
struct Batch {
    drafts: Vec<Result<EventDraft, String>>,
    lines: Vec<u64>,
    end: Position,
}

impl Import {
    /// Takes in one file after the other, up to the first that fails.
    async fn files(&self, files: Vec<EventFile>) -> Result<Vec<FileReport>, Failure> {
        let mut reports = Vec::new();
        for file in files {
            let path = file.path.clone();
            let done = self.file(file).await;
            reports.push(done.map_err(|error| Failure {
                message: format!("{}: {}", path.display(), error.message),
                ..error
            })?);
        }
        Ok(reports)
    }

    async fn file(&self, file: EventFile) -> Result<FileReport, Failure> {
        let bookmark = Bookmark::of(&self.folder, &file.path)?;
        let mut progress = if self.restart { FileProgress::default() } else { bookmark.load() };
        let resumed_after_line = progress.position.lines;
        let mut batches = self.read(&file, progress.position)?;
        let started = Instant::now();
        let before = progress.records;
        while let Some(batch) = batches.recv().await {
            let mut batch = batch?;
            let drafts = std::mem::take(&mut batch.drafts);
            let report = self.sink.ingest(drafts).await?;
            add(&mut progress, &batch, report);
            bookmark.save(&progress)?;
            self.bar.set_position(self.bytes.load(Ordering::Relaxed));
            let rate = per_second(progress.records - before, started.elapsed());
            self.bar.set_message(format!("{} records, {rate:.0}/s", progress.records));
        }
        bookmark.forget()?;
        Ok(FileReport {
            file: file.path,
            records: progress.records,
            accepted: progress.accepted,
            updated: progress.updated,
            rejected: progress.rejected,
            rejections: progress.rejections,
            resumed_after_line,
        })
    }

    /// Reads a file on a thread that waits while two batches are ahead, and ends when nobody listens.
    fn read(&self, file: &EventFile, from: Position) -> Result<mpsc::Receiver<io::Result<Batch>>, Failure> {
        let mut records = file.records(from, &self.bytes)?;
        let (sender, receiver) = mpsc::channel(2);
        let (items_max, bytes_max) = (self.sink.batch_max(), self.sink.batch_bytes_max());
        drop(tokio::task::spawn_blocking(move || {
            let mut begin = from;
            loop {
                let batch = next_batch(&mut records, begin, items_max, bytes_max);
                let is_last = !matches!(&batch, Ok(Some(_)));
                begin = batch.as_ref().ok().and_then(Option::as_ref).map_or(begin, |batch| batch.end);
                if let Some(batch) = batch.transpose()
                    && sender.blocking_send(batch).is_err()
                {
                    return;
                }
                if is_last {
                    return;
                }
            }
        }));
        Ok(receiver)
    }
}

fn next_batch(
    records: &mut Records,
    begin: Position,
    items_max: usize,
    bytes_max: u64,
) -> io::Result<Option<Batch>> {
    let mut batch = Batch { end: begin, ..Batch::default() };
    while batch.drafts.len() < items_max && batch.end.bytes - begin.bytes < bytes_max {
        let Some(record) = records.next()? else { break };
        batch.drafts.push(record.draft);
        batch.lines.push(record.line);
        batch.end = record.end;
    }
    Ok((!batch.drafts.is_empty()).then_some(batch))
}

fn add(progress: &mut FileProgress, batch: &Batch, report: IngestReport) {
    progress.position = batch.end;
    progress.records += batch.lines.len() as u64;
    progress.accepted += report.accepted;
    progress.updated += report.updated;
    let mut rejected = report.rejected;
    rejected.sort_by_key(|rejection| rejection.index);
    for rejection in rejected {
        let line = batch.lines.get(rejection.index).copied().unwrap_or_default();
        progress.reject(RejectedLine { line, event_id: rejection.event_id, error: rejection.error });
    }
}

fn per_second(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(1e-3)
}

fn report(files: Vec<FileReport>, elapsed: Duration) -> Report {
    let sum = |of: fn(&FileReport) -> u64| files.iter().map(of).sum::<u64>();
    let (accepted, updated) = (sum(|file| file.accepted), sum(|file| file.updated));
    Report {
        accepted,
        updated,
        rejected: sum(|file| file.rejected),
        seconds: elapsed.as_secs_f64(),
        events_per_second: per_second(accepted + updated, elapsed).round(),
        files,
    }
}

fn show(terminal: Terminal, report: &Report) -> Result<(), Failure> {
    if terminal.is_json {
        terminal.json(report)?;
        return Ok(());
    }
    for file in &report.files {
        show_file(terminal, file)?;
    }
    terminal.line(format!(
        "{} new, {} updated, {} rejected in {:.1} s ({:.0} events/s)",
        report.accepted, report.updated, report.rejected, report.seconds, report.events_per_second
    ))?;
    Ok(())
}

fn show_file(terminal: Terminal, file: &FileReport) -> Result<(), Failure> {
    let name = Path::new(&file.file).display();
    let resumed = match file.resumed_after_line {
        0 => String::new(),
        line => format!(" (went on after line {line})"),
    };
    terminal.line(format!(
        "{name}: {} records, {} new, {} updated, {} rejected{resumed}",
        file.records, file.accepted, file.updated, file.rejected
    ))?;
    for rejection in file.rejections.iter().take(SHOWN_MAX) {
        let id = rejection.event_id.as_ref().map(|id| format!(" ({id})")).unwrap_or_default();
        terminal.line(format!("  line {}{id}: {}", rejection.line, rejection.error))?;
    }
    if file.rejected as usize > SHOWN_MAX {
        let more = file.rejected as usize - SHOWN_MAX;
        terminal.line(format!("  … and {more} more; --json lists up to {REJECTIONS_LISTED_MAX}"))?;
    }
    Ok(())
}
