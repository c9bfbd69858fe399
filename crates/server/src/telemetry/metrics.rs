//! The recorder of metrics and the names that exist from the first scrape: a counter that is missing
//! until its first error cannot be alerted on. No label names a user, camera or conversation.

use metrics::{counter, describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_appender::non_blocking::ErrorCounter;

use super::{LogWriter, process};
use crate::failure::Failure;

/// Seconds; from what a look-up takes to the longest stream.
const SECONDS_BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];

/// The metrics of the process.
#[derive(Clone)]
pub struct Metrics {
    handle: PrometheusHandle,
    log_lines_dropped: Option<ErrorCounter>,
}

impl Metrics {
    /// Installs the recorder of the process; at most once a process.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install() -> Result<Self, Failure> {
        let cannot = |error: metrics_exporter_prometheus::BuildError| {
            Failure::general(format!("cannot record metrics: {error}"))
        };
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS_BUCKETS)
            .map_err(cannot)?
            .install_recorder()
            .map_err(cannot)?;
        describe();
        Ok(Self { handle, log_lines_dropped: None })
    }

    /// The same with the lines that the log had no room for.
    #[must_use]
    pub fn with_log(mut self, log: &LogWriter) -> Self {
        self.log_lines_dropped = Some(log.dropped());
        self
    }

    /// Puts the samples of histograms into their buckets: until then each of them is kept, and where nobody
    /// scrapes that has no end.
    pub fn drain(&self) {
        self.handle.run_upkeep();
    }

    /// Everything in the text format of Prometheus.
    pub fn render(&self) -> String {
        self.drain();
        let mut text = self.handle.render();
        let dropped = self.log_lines_dropped.as_ref().map(ErrorCounter::dropped_lines);
        text.push_str(&process::exposition(dropped.unwrap_or_default()));
        text
    }
}

/// Names, units and zeroes.
fn describe() {
    describe_gauge!("eps_build_info", "Version of the binary.");
    gauge!("eps_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    eps_api::register_metrics();
    eps_adapters::observe::describe();
    describe_gauge!("eps_embedding_backlog", "Texts that wait for their vector.");
    gauge!("eps_embedding_backlog").set(0.0);
    describe_counter!("eps_embedded_texts_total", "Texts that got their vector.");
    counter!("eps_embedded_texts_total").increment(0);
    describe_counter!("eps_background_errors_total", "Rounds of background work that failed, by task.");
    for task in ["embedding", "sweep", "feeds"] {
        counter!("eps_background_errors_total", "task" => task).increment(0);
    }
    crate::feeds::describe();
    eps_adapters::jwt::describe();
    eps_adapters::otlp::describe();
    describe_gauge!("eps_ready", "1 when the service takes requests.");
    gauge!("eps_ready").set(0.0);
}
