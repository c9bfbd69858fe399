//! Log lines: one JSON object a line on standard error, the fields of the spans around an event beside
//! its own, so that `correlation_id` stands at the top of every line of a request.
//!
//! Must never hold a request up: whoever reads the log may stop reading. Lines wait in a queue with a
//! bound, and what does not fit is dropped and counted.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Level, Subscriber};
use tracing_appender::non_blocking::{ErrorCounter, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{
    EnvFilter,
    fmt::{
        FmtContext, FormatEvent, FormatFields, FormattedFields,
        format::{JsonFields, Writer},
        time::{FormatTime, SystemTime},
    },
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

/// What the dependencies say below a warning is noise to an operator.
const QUIET: &str = "hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,tantivy=warn,h2=warn";

/// Lines that wait at most, a few megabytes.
const LINES_MAX: usize = 16_384;

/// Writes the log while it is held; what waits is written when it is dropped.
#[must_use = "the log is written only while this is held"]
pub struct LogWriter {
    dropped: ErrorCounter,
    _guard: WorkerGuard,
}

impl LogWriter {
    /// Counts the lines for which there was no room.
    pub(super) fn dropped(&self) -> ErrorCounter {
        self.dropped.clone()
    }
}

/// Starts logging at a level; a second call changes nothing.
pub fn install_logs(level: Level) -> LogWriter {
    let (writer, guard) =
        NonBlockingBuilder::default().buffered_lines_limit(LINES_MAX).lossy(true).finish(std::io::stderr());
    let dropped = writer.error_counter();
    let filter = EnvFilter::new(format!("{level},{QUIET}"));
    let layer = tracing_subscriber::fmt::layer()
        .event_format(Lines)
        .fmt_fields(JsonFields::new())
        .with_writer(writer);
    // Fails only when logging has been installed before, as by another server of a test.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
    LogWriter { dropped, _guard: guard }
}

struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Map::new();
        let mut timestamp = String::new();
        SystemTime.format_time(&mut Writer::new(&mut timestamp))?;
        line.insert("timestamp".to_owned(), timestamp.into());
        line.insert("level".to_owned(), event.metadata().level().as_str().into());
        line.insert("target".to_owned(), event.metadata().target().into());
        for span in context.event_scope().into_iter().flat_map(tracing_subscriber::registry::Scope::from_root)
        {
            let extensions = span.extensions();
            if let Some(fields) = extensions.get::<FormattedFields<N>>()
                && let Ok(Value::Object(fields)) = serde_json::from_str(&fields.fields)
            {
                line.extend(fields);
            }
        }
        event.record(&mut Fields(&mut line));
        let text = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{text}")
    }
}

/// So many causes of an error are told.
const CAUSES_MAX: usize = 8;

/// Collects the fields of an event.
struct Fields<'a>(&'a mut Map<String, Value>);

impl Fields<'_> {
    fn set(&mut self, field: &tracing::field::Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl tracing::field::Visit for Fields<'_> {
    fn record_f64(&mut self, field: &tracing::field::Field, value: f64) {
        self.set(field, value);
    }

    fn record_i64(&mut self, field: &tracing::field::Field, value: i64) {
        self.set(field, value);
    }

    fn record_u64(&mut self, field: &tracing::field::Field, value: u64) {
        self.set(field, value);
    }

    fn record_bool(&mut self, field: &tracing::field::Field, value: bool) {
        self.set(field, value);
    }

    fn record_str(&mut self, field: &tracing::field::Field, value: &str) {
        self.set(field, value);
    }

    fn record_error(&mut self, field: &tracing::field::Field, value: &(dyn std::error::Error + 'static)) {
        self.set(field, with_causes(value));
    }

    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn fmt::Debug) {
        self.set(field, format!("{value:?}"));
    }
}

/// An error and what is behind it: that a connection failed says little, a certificate that is refused does.
fn with_causes(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = vec![error.to_string()];
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    for cause in causes.take(CAUSES_MAX).map(ToString::to_string) {
        // Some say what is behind them themselves.
        if !said.iter().any(|said| said.contains(&cause)) {
            said.push(cause);
        }
    }
    said.join(": ")
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_fields_of_the_request_stand_at_the_top_of_the_line() {
        let buffer = Buffer::default();
        let made = buffer.clone();
        let layer = tracing_subscriber::fmt::layer()
            .event_format(Lines)
            .fmt_fields(JsonFields::new())
            .with_writer(move || made.clone());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let span = tracing::info_span!("request", correlation_id = "abc", status = tracing::field::Empty);
            let _entered = span.enter();
            span.record("status", 200);
            let cause = eps_domain::Error::internal("invalid peer certificate: UnknownIssuer");
            let error = eps_domain::Error::internal("it cannot be reached").caused_by(cause);
            tracing::info!(error = &error as &dyn std::error::Error, events = 3, "found \"it\"");
        });
        let text = String::from_utf8(buffer.0.lock().unwrap().clone()).unwrap();
        let line: Value = serde_json::from_str(text.trim_end()).unwrap();
        assert_eq!(line["correlation_id"], "abc");
        assert_eq!((&line["message"], &line["events"]), (&"found \"it\"".into(), &3.into()));
        assert_eq!(line["error"], "it cannot be reached: invalid peer certificate: UnknownIssuer");
        assert_eq!(text.lines().count(), 1);
    }
}
