//! Where traces go. Reads settings and opens nothing.

use eps_adapters::otlp::Collector;

use super::reader::Reader;

/// The collector of traces; none when no address is set.
pub(super) fn collector(read: &mut Reader<'_>) -> Option<Collector> {
    let endpoint = read.url("telemetry.otlp_endpoint");
    let headers = read.secret("telemetry.otlp_headers");
    if endpoint.is_none() && headers.is_some() {
        read.problem("telemetry.otlp_headers", "is set without OTEL_EXPORTER_OTLP_ENDPOINT");
    }
    Collector::parse(&endpoint?, headers.as_ref())
        .map_err(|message| read.problem("telemetry.otlp_endpoint", message))
        .ok()
}
