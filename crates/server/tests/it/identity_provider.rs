//! Callers whose tokens an identity provider signed: the whole server over a real key server.

use std::time::Duration;

use eps_testkit::{
    identity_provider::{KeyServer, SigningKey},
    upstreams::Reply,
};
use serde_json::{Value, json};

use crate::support::{Grant, SECRET, Setup, TestServer, event, until};

const ISSUER: &str = "https://login.example.org/realms/site";
/// When the keys were fetched last.
const FETCHED_AT: &str = "eps_jwks_last_success_timestamp_seconds";

/// A server that believes a provider and nobody else.
fn believing(provider: &KeyServer) -> Setup {
    Setup::default()
        .set("JWT_SECRET_KEY", "")
        .set("CLIP_SIGNING_KEY", SECRET)
        .set("JWT_JWKS_URL", provider.url())
        .set("JWT_ISSUER", ISSUER)
        .set("JWT_AUDIENCE", "eps")
}

/// What a provider says of `alice` in a token of an hour.
fn claims(server: &TestServer) -> Value {
    let now = eps_domain::Clock::now(&*server.clock).as_second();
    json!({"iss": ISSUER, "aud": ["account", "eps"], "sub": "alice", "iat": now, "exp": now + 3_600, "typ": "Bearer",
        "scope": "openid profile ask events:read events:write insights:read"})
}

#[tokio::test]
async fn whom_the_provider_knows_asks_and_nobody_else() {
    let (key, next) = (SigningKey::rs256("2026-05"), SigningKey::es256("2026-06"));
    let provider = KeyServer::start(&[&key]).await.unwrap();
    let server = believing(&provider).start().await;
    assert_eq!(server.get("/readyz", "").await.ok()["checks"]["token_keys"], "up");
    let now = eps_domain::Clock::now(&*server.clock).as_second() as f64;
    // Other servers of this process fetch as well.
    assert!(server.metric(FETCHED_AT).await >= Some(now));

    let claims = claims(&server);
    let token = key.token(&claims);
    let events = json!([event("e1", "2026-05-13T08:00:00Z", "dock-1")]);
    server.post("/api/v1/events", &token, &events).await.ok();
    let question = json!({"query": "Who was at dock-1 this morning?"});
    let answer = server.post("/api/v1/conversation", &token, &question).await.ok();
    assert_eq!(answer["totals"]["events"], 1, "{answer}");

    // Whatever is wrong, the refusal is one and the same.
    let but = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let stranger = SigningKey::rs256("2026-05");
    let local = Setup::default().start().await;
    let mut refusals = Vec::new();
    for token in [
        stranger.token(&claims),
        next.token(&claims),
        next.token_with(&json!({"alg": "ES256", "kid": "2026-05"}), &claims),
        key.token_with(&json!({"alg": "RS256"}), &claims),
        key.token_with(&json!({"alg": "RS256", "kid": "2026-05", "jku": provider.url()}), &claims),
        key.token(&but("aud", json!("another"))),
        key.token(&but("iss", json!("https://login.example.org/realms/other"))),
        key.token(&but("exp", json!(now - 31.0))),
        key.token(&but("sub", Value::Null)),
        local.token_for(&Grant::default()),
    ] {
        let mut reply = server.get("/api/v1/cameras", &token).await;
        assert_eq!(reply.refusal(), (401, "UNAUTHENTICATED"), "{}", reply.text);
        assert_eq!(reply.headers["www-authenticate"], r#"Bearer error="invalid_token""#);
        for own in ["correlation_id", "timestamp"] {
            reply.body[own] = Value::Null;
        }
        refusals.push(reply.body);
    }
    assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "{refusals:?}");
    assert_eq!(server.get("/api/v1/events/e1", &key.token(&but("scope", json!("openid")))).await.status, 403);

    // The key is changed; then the provider is gone.
    provider.publish(&[&next]);
    server.clock.advance(Duration::from_secs(30));
    assert_eq!(server.get("/api/v1/cameras", &next.token(&claims)).await.status, 200);
    assert_eq!(server.get("/api/v1/cameras", &token).await.status, 401);
    provider.answer(Reply::error(503, "down"));
    let before = provider.fetches();
    server.clock.advance(Duration::from_mins(11));
    until("a fetch in vain", || async { provider.fetches() > before }).await;
    assert_eq!(server.get("/api/v1/cameras", &next.token(&claims)).await.status, 200);
    assert_eq!(server.get("/readyz", "").await.ok()["checks"]["token_keys"], "up");
}

#[tokio::test]
async fn a_provider_that_is_away_at_the_start_is_waited_for() {
    let key = SigningKey::ed_dsa("k");
    let provider = KeyServer::start(&[&key]).await.unwrap();
    provider.answer(Reply::error(503, "starting"));
    let server = believing(&provider).start().await;
    let not_ready = server.get("/readyz", "").await;
    assert_eq!((not_ready.status.as_u16(), &not_ready.body["checks"]["token_keys"]), (503, &"down".into()));
    assert_eq!(server.get("/livez", "").await.status, 200);
    let token = key.token(&claims(&server));
    let untold = server.get("/api/v1/cameras", &token).await;
    assert_eq!(untold.refusal(), (503, "TOKEN_KEYS_UNAVAILABLE"));
    assert!(untold.headers.contains_key("retry-after"));

    provider.publish(&[&key]);
    server.clock.advance(Duration::from_secs(30));
    until("ready", || async { server.get("/readyz", "").await.status == 200 }).await;
    assert_eq!(server.get("/api/v1/cameras", &token).await.status, 200);
}

#[tokio::test]
async fn a_secret_and_a_provider_are_believed_side_by_side() {
    let key = SigningKey::es256("k");
    let provider = KeyServer::start(&[&key]).await.unwrap();
    provider.answer(Reply::error(503, "starting"));
    let setup =
        believing(&provider).set("JWT_SECRET_KEY", SECRET).set("JWT_CAMERAS_CLAIM", "urn:eps:cameras");
    let server = setup.start().await;
    // Tokens of the secret are good meanwhile, so the service is ready.
    let ready = server.get("/readyz", "").await.ok();
    assert_eq!(ready["checks"]["token_keys"], "down");
    let own = server.token_for(&Grant { cameras: Some(&["*"]), ..Grant::default() });
    let events =
        json!([event("a", "2026-05-13T08:00:00Z", "dock-1"), event("b", "2026-05-13T08:00:00Z", "gate")]);
    server.post("/api/v1/events", &own, &events).await.ok();

    provider.publish(&[&key]);
    server.clock.advance(Duration::from_secs(30));
    let mut claims = claims(&server);
    let unlimited = server.get("/api/v1/events/a", &key.token(&claims)).await;
    assert_eq!(unlimited.status, 401, "{}", unlimited.text);
    claims["urn:eps:cameras"] = json!(["dock-*"]);
    let token = key.token(&claims);
    assert_eq!(server.get("/api/v1/events/a", &token).await.status, 200);
    assert_eq!(server.get("/api/v1/events/b", &token).await.status, 404);
}
