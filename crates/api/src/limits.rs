//! The gate before every route that needs a caller: the token, then the caller's limit, and the figures
//! of the limit on every response behind it. What comes without a valid token counts by address.
//!
//! Must never be open: when the shared limiter is out of order, this process grants its share.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use eps_domain::{Caller, ErrorKind, Permission, ask::Degraded};

use crate::{app::App, degraded::mark_degraded, error::Problem, policies::Verdict, settings::ApiSettings};

/// The longest token that is looked at.
const TOKEN_BYTES_MAX: usize = 8 * 1024;

/// Lets callers with a token through.
pub(crate) async fn gate(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    pass(&app, request, next, false).await
}

/// Lets callers with a token through, and bearers of a link that the handler then checks. A token that may read events
/// counts before the link; another takes nothing from it: players send along what they have.
pub(crate) async fn link_gate(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let has_signature =
        request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("sig=")));
    pass(&app, request, next, has_signature).await
}

async fn pass(app: &Arc<App>, mut request: Request, next: Next, has_signature: bool) -> Response {
    let now = app.clock.now();
    let address = client_address(&request, &app.settings);
    let authenticated = authenticate(app, request.headers()).await;
    let may_read = |caller: &Caller| caller.require(Permission::EventsRead).is_ok();
    if has_signature && !authenticated.as_ref().is_ok_and(may_read) {
        return match charge_address(app, address).await {
            Ok(verdict) => answer(next.run(request).await, &verdict, now.as_second()),
            Err(response) => response,
        };
    }
    let caller = match authenticated {
        Ok(caller) => Arc::new(caller),
        Err(problem) if problem.is_unauthenticated() => {
            // Only what was refused is counted by address: callers who share one never slow each other.
            return match charge_address(app, address).await {
                Ok(_) => problem.into_response(),
                Err(response) => response,
            };
        }
        Err(problem) => return problem.into_response(),
    };
    let verdict = match check_caller(app, &caller).await {
        Ok(verdict) => verdict,
        Err(problem) => return problem.into_response(),
    };
    let is_local = verdict.decision.is_local;
    if let Some(problem) = verdict.refusal() {
        count("refused", is_local);
        return answer(problem.into_response(), &verdict, now.as_second());
    }
    count("allowed", is_local);
    request.extensions_mut().insert(caller);
    let mut response = answer(next.run(request).await, &verdict, now.as_second());
    if is_local {
        mark_degraded(response.headers_mut(), &[Degraded::RateLimit]);
    }
    response
}

/// Counts a request without a valid token against its address; a client gone wrong is slowed and seen.
async fn charge_address(app: &App, address: IpAddr) -> Result<Verdict<'_>, Response> {
    let now = app.clock.now();
    let decision = app.local_limiter.check(&subject_of(address), app.limits.address.rate, now).await;
    let verdict = match decision {
        Ok(decision) => Verdict { decision, by: &app.limits.address },
        Err(error) => return Err(Problem::from(error).into_response()),
    };
    match verdict.refusal() {
        None => Ok(verdict),
        Some(problem) => {
            count("address_refused", false);
            Err(answer(problem.into_response(), &verdict, now.as_second()))
        }
    }
}

fn answer(mut response: Response, verdict: &Verdict<'_>, now_second: i64) -> Response {
    verdict.write(response.headers_mut(), now_second);
    response
}

fn count(decision: &'static str, is_local: bool) {
    let mode = if is_local { "local" } else { "shared" };
    metrics::counter!("eps_ratelimit_decisions_total", "decision" => decision, "mode" => mode).increment(1);
}

/// Verifies the token.
async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Caller, Problem> {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        metrics::counter!("eps_auth_failures_total", "reason" => "missing").increment(1);
        return Err(Problem::unauthenticated(false));
    };
    let refused = match bearer(value) {
        None => None,
        Some(token) => match app.tokens.verify(token).await {
            Ok(caller) => return Ok(caller),
            Err(error) if error.kind == ErrorKind::Unauthenticated => Some(error),
            Err(error) => return Err(error.into()),
        },
    };
    metrics::counter!("eps_auth_failures_total", "reason" => "invalid").increment(1);
    if let Some(source) = refused.as_ref().and_then(std::error::Error::source) {
        tracing::debug!(cause = %source, "token refused");
    }
    Err(Problem::unauthenticated(true))
}

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    let is_token =
        scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.len() <= TOKEN_BYTES_MAX;
    is_token.then_some(token)
}

/// Asks the shared limiter, and the local one for its share when the shared one fails or dawdles.
async fn check_caller<'a>(app: &'a App, caller: &Caller) -> Result<Verdict<'a>, Problem> {
    let subject = format!("caller\u{1f}{}\u{1f}{}", caller.owner.tenant, caller.owner.subject);
    let policies = &app.limits;
    let now = app.clock.now();
    let shared = app.limiter.check(&subject, policies.caller.rate, now);
    match tokio::time::timeout(app.settings.limiter_deadline, shared).await {
        Ok(Ok(decision)) => {
            let by = if decision.is_local { &policies.caller_share } else { &policies.caller };
            metrics::gauge!("eps_ratelimit_fallback_active").set(f64::from(u8::from(decision.is_local)));
            return Ok(Verdict { decision, by });
        }
        Ok(Err(error)) => tracing::debug!(cause = %error, "the shared limiter failed"),
        Err(_) => tracing::debug!("the shared limiter took too long"),
    }
    metrics::gauge!("eps_ratelimit_fallback_active").set(1.0);
    let mut decision = app.local_limiter.check(&subject, policies.caller_share.rate, now).await?;
    decision.is_local = true;
    Ok(Verdict { decision, by: &policies.caller_share })
}

/// The address of the client: the peer, or behind trusted proxies the rightmost address of
/// `X-Forwarded-For` that is not one of them. What cannot be read ends the walk at the peer.
pub(crate) fn client_address<B>(request: &axum::http::Request<B>, settings: &ApiSettings) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical());
    let is_trusted = |address: IpAddr| settings.trusted_proxies.iter().any(|net| net.contains(&address));
    if settings.trusted_proxies.is_empty() || !is_trusted(peer) {
        return peer;
    }
    let mut client = peer;
    for line in request.headers().get_all("x-forwarded-for").iter().rev() {
        let Ok(line) = line.to_str() else { return peer };
        for hop in line.rsplit(',') {
            let Some(address) = hop_address(hop.trim()) else { return peer };
            client = address;
            if !is_trusted(client) {
                return client;
            }
        }
    }
    client
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|a| a.ip()))?;
    Some(IpAddr::to_canonical(&address))
}

/// The name that an address is counted by: a whole /64 of IPv6 is one client.
fn subject_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("address\u{1f}{address}"),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("address\u{1f}{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen_by(peer: &str, trusted: &[&str], forwarded: &[&str]) -> String {
        let settings = ApiSettings {
            trusted_proxies: trusted.iter().map(|net| net.parse().unwrap()).collect(),
            ..ApiSettings::default()
        };
        let mut request = axum::http::Request::new(());
        request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
        for line in forwarded {
            request.headers_mut().append("x-forwarded-for", line.parse().unwrap());
        }
        client_address(&request, &settings).to_string()
    }

    #[test]
    fn forwarded_addresses_count_only_behind_trusted_proxies_from_right_to_left() {
        let spoof = ["9.9.9.9, 203.0.113.7"];
        assert_eq!(seen_by("198.51.100.1:1", &[], &spoof), "198.51.100.1");
        assert_eq!(seen_by("198.51.100.1:1", &["10.0.0.0/8"], &spoof), "198.51.100.1");
        assert_eq!(seen_by("10.0.0.1:1", &["10.0.0.0/8"], &spoof), "203.0.113.7");
        assert_eq!(
            seen_by("10.0.0.1:1", &["10.0.0.0/8"], &["9.9.9.9", "203.0.113.7:99, 10.0.0.2"]),
            "203.0.113.7"
        );
        assert_eq!(seen_by("10.0.0.1:1", &["10.0.0.0/8"], &["203.0.113.7, what"]), "10.0.0.1");
        assert_eq!(seen_by("10.0.0.1:1", &["10.0.0.0/8"], &[]), "10.0.0.1");
        assert_eq!(seen_by("[::ffff:10.0.0.1]:1", &["10.0.0.0/8"], &["[2001:db8::1]:5"]), "2001:db8::1");
    }

    #[test]
    fn a_whole_network_of_version_6_is_one_client() {
        let one = subject_of("2001:db8:1:2::1".parse().unwrap());
        assert_eq!(one, subject_of("2001:db8:1:2:ffff::9".parse().unwrap()));
        assert_ne!(one, subject_of("2001:db8:1:3::1".parse().unwrap()));
    }
}
