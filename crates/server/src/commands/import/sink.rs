//! Where imported events go: through the events service into the data directory, or to a running
//! server. Both give the same report.

use std::time::Duration;

use eps_adapters::remote::RemoteServer;
use eps_domain::{
    Caller, Error, EventDraft, Result,
    events::{IngestReport, Rejection},
};

use crate::wiring::Intake;

/// How often a busy server is asked again before the import stops; its bookmark stays.
const ATTEMPTS_MAX: u32 = 8;
/// How long to wait when the server does not say.
const WAIT_DEFAULT: Duration = Duration::from_secs(2);
/// The longest wait that a server may ask for.
const WAIT_MAX: Duration = Duration::from_mins(1);

/// Takes batches of drafts.
pub(super) enum Sink {
    /// The data directory of this machine.
    Direct {
        /// The events of the directory.
        intake: Intake,
        /// May do and see everything of its tenant.
        caller: Box<Caller>,
    },
    /// A running server.
    Remote(RemoteServer),
}

impl Sink {
    /// The most events of one batch: large enough to share the sync of the disk, small enough for the
    /// 8 MiB of a request.
    pub(super) fn batch_max(&self) -> usize {
        match self {
            Self::Direct { .. } => 5_000,
            Self::Remote(_) => 2_000,
        }
    }

    /// The most bytes of one batch.
    pub(super) fn batch_bytes_max(&self) -> u64 {
        match self {
            Self::Direct { .. } => 32 * 1024 * 1024,
            Self::Remote(_) => 6 * 1024 * 1024,
        }
    }

    /// Stores a batch; durable when it returns.
    ///
    /// # Errors
    /// What the store or the server says.
    pub(super) async fn ingest(&self, drafts: Vec<Result<EventDraft, String>>) -> Result<IngestReport> {
        match self {
            Self::Direct { intake, caller } => intake.events.ingest(caller, drafts).await,
            Self::Remote(server) => ingest_remotely(server, drafts).await,
        }
    }
}

impl Sink {
    /// Leaves the directory in good order; a server looks after its own.
    pub(super) async fn close(&self) {
        if let Self::Direct { intake, .. } = self {
            intake.close().await;
        }
    }
}

async fn ingest_remotely(
    server: &RemoteServer,
    drafts: Vec<Result<EventDraft, String>>,
) -> Result<IngestReport> {
    let (mut lines, mut sent, mut rejected) = (String::new(), Vec::new(), Vec::new());
    for (index, draft) in drafts.into_iter().enumerate() {
        match draft {
            Ok(draft) => {
                let line = serde_json::to_string(&draft)
                    .map_err(|e| Error::internal("an event cannot be written").caused_by(e))?;
                lines.push_str(&line);
                lines.push('\n');
                sent.push(index);
            }
            Err(error) => rejected.push(Rejection { index, event_id: None, error }),
        }
    }
    let mut report = if sent.is_empty() { IngestReport::default() } else { send(server, lines).await? };
    for rejection in &mut report.rejected {
        rejection.index = sent.get(rejection.index).copied().unwrap_or(rejection.index);
    }
    report.rejected.extend(rejected);
    Ok(report)
}

async fn send(server: &RemoteServer, lines: String) -> Result<IngestReport> {
    let mut attempt = 1;
    loop {
        match server.ingest(lines.clone()).await {
            Ok(reply) => {
                return serde_json::from_value(reply)
                    .map_err(|e| Error::internal("the server's report cannot be read").caused_by(e));
            }
            // Events are upserted by id, so that sending a batch twice does no harm.
            Err(error) if error.is_retryable() && attempt < ATTEMPTS_MAX => {
                tokio::time::sleep(error.retry_after.unwrap_or(WAIT_DEFAULT).min(WAIT_MAX)).await;
                attempt += 1;
            }
            Err(error) => return Err(error),
        }
    }
}
