//! The one builder of HTTP clients: rustls, no redirects (a key must not follow one), no proxy from the
//! environment, a bound on connecting. How long an answer may take is each caller's own bound.

use std::time::Duration;

use eps_domain::{Error, Result, trace::Trace};
use reqwest::{Client, ClientBuilder, RequestBuilder, redirect::Policy};

/// A server that does not take a connection in this time is down.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Idle connections are closed before the usual 60 to 75 seconds after which servers do.
const IDLE_TIMEOUT: Duration = Duration::from_secs(50);

/// A client; cheap to clone, it shares its connections.
///
/// # Errors
/// `Internal` when TLS cannot be set up.
pub fn client() -> Result<Client> {
    build(builder())
}

/// The same, for servers that may be silent for at most `read_timeout` in the midst of an answer.
///
/// # Errors
/// As [`client`].
pub fn client_with_read_timeout(read_timeout: Duration) -> Result<Client> {
    build(builder().read_timeout(read_timeout))
}

/// The request as a part of the trace that is being worked on, if there is one.
pub(crate) fn traced(request: RequestBuilder) -> RequestBuilder {
    match Trace::current() {
        Some(trace) => request.header("traceparent", trace.traceparent(|| fastrand::u64(1..))),
        None => request,
    }
}

fn builder() -> ClientBuilder {
    Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(Policy::none())
        .no_proxy()
        .user_agent(concat!("eps/", env!("CARGO_PKG_VERSION")))
}

fn build(builder: ClientBuilder) -> Result<Client> {
    builder.build().map_err(|e| Error::internal("the HTTP client cannot be set up").caused_by(e))
}
