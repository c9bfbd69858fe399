//! Who takes in the spans of requests.

use std::sync::Arc;

use eps_adapters::otlp::OtlpSender;
use eps_domain::trace::SpanRecorder;

use super::Clocks;
use crate::{config::Config, failure::Failure};

/// Both ends of where spans go.
pub struct Traces {
    /// Takes them in.
    pub recorder: Arc<dyn SpanRecorder>,
    /// Sends them.
    pub sender: OtlpSender,
}

/// The collector of the settings; none when there is none.
///
/// # Errors
/// When TLS cannot be set up.
pub fn traces(config: &Config, clocks: &Clocks) -> Result<Option<Traces>, Failure> {
    let Some(collector) = config.collector.clone() else { return Ok(None) };
    let service = &config.service;
    let clock = Arc::clone(&clocks.wall);
    let (recorder, sender) = OtlpSender::new(collector, &service.name, &service.version, clock)?;
    Ok(Some(Traces { recorder: Arc::new(recorder), sender }))
}
