//! Tokens of an identity provider, its keys fetched from a real server, with a clock that is moved by hand.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use eps_adapters::jwt::{JwtVerifier, KeySetOrigin, PublishedKeys, TokenRules};
use eps_domain::{ErrorKind, access::TokenVerifier};
use eps_testkit::{
    identity_provider::{KeyServer, SigningKey, key_set},
    manual_clock::ManualClock,
    upstreams::Reply,
};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio::task::JoinSet;

/// What the clock says at first, in seconds.
const NOW: i64 = 1_780_315_200;

/// A verifier with the task that keeps its keys.
struct Stand {
    server: KeyServer,
    clock: Arc<ManualClock>,
    keys: Arc<PublishedKeys>,
    verifier: JwtVerifier,
    keeper: JoinSet<()>,
}

impl Stand {
    async fn start(published: &[&SigningKey]) -> Self {
        let server = KeyServer::start(published).await.unwrap();
        Self::over(server).await
    }

    async fn over(server: KeyServer) -> Self {
        let clock = Arc::new(ManualClock::at(jiff::Timestamp::from_second(NOW).unwrap()));
        let origin = KeySetOrigin::at(&server.url()).unwrap();
        let keys = Arc::new(PublishedKeys::new(&origin, clock.clone()).unwrap());
        let verifier =
            JwtVerifier::of_published_keys(Arc::clone(&keys), TokenRules::default(), clock.clone());
        keys.refresh().await;
        let mut keeper = JoinSet::new();
        let kept = Arc::clone(&keys);
        keeper.spawn(async move {
            loop {
                kept.wait().await;
                kept.refresh().await;
            }
        });
        Self { server, clock, keys, verifier, keeper }
    }

    async fn status(&self, token: &str) -> u16 {
        match self.verifier.verify(token).await {
            Ok(_) => 200,
            Err(error) if error.kind == ErrorKind::Unauthenticated => 401,
            Err(error) => {
                assert_eq!((error.kind, error.code), (ErrorKind::Unavailable, "TOKEN_KEYS_UNAVAILABLE"));
                503
            }
        }
    }

    /// Lets the keeper look and waits for what it then does: a name that nobody has makes it.
    async fn round(&self) {
        assert_ne!(self.status(&SigningKey::ed_dsa("nobody").token(&claims())).await, 200);
    }

    fn pass(&self, time: Duration) {
        self.clock.advance(time);
    }
}

fn claims() -> Value {
    json!({"sub": "alice", "exp": NOW + 86_400, "iat": NOW, "scope": "ask"})
}

#[tokio::test]
async fn keys_of_every_kind_verify_and_nothing_is_confused() {
    let (rsa, ec, ed) = (SigningKey::rs256("rsa"), SigningKey::es256("ec"), SigningKey::ed_dsa("ed"));
    let stand = Stand::start(&[&rsa, &ec, &ed]).await;
    for key in [&rsa, &ec, &ed] {
        assert_eq!(stand.status(&key.token(&claims())).await, 200, "{}", key.algorithm());
        let other = match key.algorithm() {
            "ES256" => SigningKey::es256("ec"),
            _ => SigningKey::ed_dsa("ed"),
        };
        let (alg, kid) = (key.algorithm(), key.jwk()["kid"].clone());
        for header in [
            json!({"alg": "none", "kid": kid}),
            json!({"alg": "RS512", "kid": kid}),
            json!({"alg": "PS256", "kid": kid}),
            json!({"alg": "HS256", "kid": kid}),
            json!({"alg": alg}),
            json!({"alg": alg, "kid": ["rsa", "ec", "ed"]}),
            json!({"alg": alg, "kid": ""}),
            json!({"alg": alg, "kid": "../../dev/null"}),
            json!({"alg": alg, "kid": "' OR 1"}),
            json!({"alg": alg, "kid": "x".repeat(129)}),
            json!({"alg": alg, "kid": kid, "crit": ["exp"]}),
            json!({"alg": alg, "kid": kid, "jku": stand.server.url()}),
            json!({"alg": alg, "kid": kid, "jwk": other.jwk()}),
            json!({"alg": alg, "kid": kid, "x5u": stand.server.url()}),
            json!({"alg": alg, "kid": kid, "x5c": ["AAAA"]}),
            json!({"alg": alg, "kid": if kid == "ec" { "ed" } else { "ec" }}),
            json!({"alg": if alg == "RS256" { "ES256" } else { "RS256" }, "kid": kid}),
        ] {
            assert_eq!(stand.status(&key.token_with(&header, &claims())).await, 401, "{header}");
        }
        // Signed by a stranger under a good name.
        assert_eq!(stand.status(&other.token_with(&json!({"alg": alg, "kid": kid}), &claims())).await, 401);
    }
    // The public key as a secret that everyone knows, in the ways in which it can be written.
    let modulus = rsa.jwk()["n"].as_str().unwrap().to_owned();
    for secret in [rsa.jwk().to_string(), modulus, key_set(&[&rsa]).to_string()] {
        let header = jsonwebtoken::Header {
            kid: Some("rsa".to_owned()),
            ..jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256)
        };
        let key = jsonwebtoken::EncodingKey::from_secret(secret.as_bytes());
        assert_eq!(stand.status(&jsonwebtoken::encode(&header, &claims(), &key).unwrap()).await, 401);
    }
    // No address in a token was asked, and no name made anyone ask again: the last fetch is too recent.
    assert_eq!(stand.server.fetches(), 1);
}

#[tokio::test]
async fn keys_change_without_a_failed_request() {
    let (old, new) = (SigningKey::es256("old"), SigningKey::rs256("new"));
    let mut stand = Stand::start(&[&old]).await;
    assert_eq!(stand.status(&old.token(&claims())).await, 200);

    // The new key is known with the first token that it signed, once a fetch is allowed again.
    stand.server.publish(&[&new]);
    stand.pass(Duration::from_secs(29));
    assert_eq!(stand.status(&new.token(&claims())).await, 401);
    stand.pass(Duration::from_secs(1));
    assert_eq!(stand.status(&new.token(&claims())).await, 200);
    assert_eq!(stand.server.fetches(), 2);
    assert_eq!(stand.status(&old.token(&claims())).await, 401);

    // Without such a token, the old key is gone when the kept keys have run out.
    stand.keeper.shutdown().await;
    stand.server.publish(&[&old]);
    stand.pass(Duration::from_secs(599));
    stand.keys.refresh().await;
    assert_eq!(stand.server.fetches(), 2);
    assert_eq!(stand.status(&new.token(&claims())).await, 200);
    stand.pass(Duration::from_secs(1));
    stand.keys.refresh().await;
    assert_eq!(stand.server.fetches(), 3);
    assert_eq!(stand.status(&new.token(&claims())).await, 401);
    assert_eq!(stand.status(&old.token(&claims())).await, 200);
}

#[tokio::test]
async fn a_clock_that_is_set_back_keeps_no_key_for_longer() {
    let (old, new) = (SigningKey::es256("old"), SigningKey::es256("new"));
    let mut stand = Stand::start(&[&old]).await;
    stand.keeper.shutdown().await;
    stand.server.publish(&[&new]);
    stand.clock.set(jiff::Timestamp::from_second(NOW - 29).unwrap());
    stand.keys.refresh().await;
    assert_eq!((stand.server.fetches(), stand.status(&old.token(&claims())).await), (1, 200));
    stand.clock.set(jiff::Timestamp::from_second(NOW - 30).unwrap());
    stand.keys.refresh().await;
    assert_eq!((stand.server.fetches(), stand.status(&new.token(&claims())).await), (2, 200));
}

#[tokio::test]
async fn strangers_cannot_make_it_fetch() {
    let key = SigningKey::ed_dsa("known");
    let stand = Stand::start(&[&key]).await;
    for _ in 0..3 {
        let before = stand.server.fetches();
        stand.pass(Duration::from_secs(30));
        let strangers: Vec<String> =
            (0..200).map(|n| SigningKey::ed_dsa(&format!("stranger-{n}")).token(&claims())).collect();
        let statuses = join_all(strangers.iter().map(|token| stand.status(token))).await;
        assert!(statuses.iter().all(|status| *status == 401));
        assert_eq!(stand.server.fetches(), before + 1);
    }
}

#[tokio::test]
async fn whoever_waits_for_a_fetch_waits_alone() {
    let key = SigningKey::ed_dsa("known");
    let stand = Stand::start(&[&key]).await;
    stand.server.answer(Reply::silence());
    stand.pass(Duration::from_secs(30));
    let stranger = SigningKey::ed_dsa("stranger").token(&claims());
    let waiting = stand.status(&stranger);
    tokio::pin!(waiting);
    assert!(futures::poll!(&mut waiting).is_pending());
    for _ in 0..100 {
        let token = key.token(&claims());
        let known = stand.verifier.verify(&token);
        // Ready at once: nothing was waited for.
        assert!(futures::FutureExt::now_or_never(known).unwrap().is_ok());
    }
    assert_eq!(waiting.await, 401);
    // Later strangers do not wait for the same silence.
    assert!(futures::FutureExt::now_or_never(stand.status(&stranger)).is_some());
}

#[tokio::test]
async fn the_last_good_keys_outlive_the_server_by_a_day() {
    let key = SigningKey::es256("known");
    let stand = Stand::start(&[&key]).await;
    let mangled = "{\"keys\":[".to_owned() + &" ".repeat(300 * 1024) + "]}";
    for reply in [
        Reply::error(500, "down"),
        Reply::error(302, "moved").header("location", &stand.server.url()),
        Reply::json(200, &json!({"keys": []})),
        Reply::json(200, &json!({"keys": [{"kty": "oct", "kid": "known", "k": "c2VjcmV0"}]})),
        Reply::raw_stream(mangled),
        Reply::raw_stream("<html>"),
        Reply::raw_stream("{").and_then_cut(),
    ] {
        stand.server.answer(reply);
        let before = stand.server.fetches();
        stand.pass(Duration::from_mins(10));
        stand.round().await;
        assert_eq!(stand.server.fetches(), before + 1);
        assert_eq!(stand.status(&key.token(&claims())).await, 200);
    }
    stand.pass(Duration::from_hours(23));
    // A token of a day would be too old by now.
    let late = json!({"sub": "alice", "exp": NOW + 90_000, "iat": NOW + 86_400, "scope": "ask"});
    let status = stand.status(&key.token(&late)).await;
    assert!((status, stand.keys.are_usable()) == (503, false), "{status}");
    stand.server.publish(&[&key]);
    stand.pass(Duration::from_secs(30));
    assert_eq!(stand.status(&key.token(&late)).await, 200);
    assert!(stand.keys.are_usable());
}

#[tokio::test]
async fn a_server_that_is_away_at_first_is_found_later() {
    let key = SigningKey::rs256("known");
    let server = KeyServer::start(&[&key]).await.unwrap();
    server.answer(Reply::error(503, "starting"));
    let stand = Stand::over(server).await;
    assert!(!stand.keys.are_usable());
    assert_eq!(stand.status(&key.token(&claims())).await, 503);
    stand.server.publish(&[&key]);
    assert_eq!(stand.status(&key.token(&claims())).await, 503);
    stand.pass(Duration::from_secs(30));
    assert_eq!(stand.status(&key.token(&claims())).await, 200);
}

#[tokio::test]
async fn keys_in_the_settings_need_no_server() {
    let (key, other) = (SigningKey::es256("k"), SigningKey::es256("other"));
    let origin = KeySetOrigin::document(&key_set(&[&key]).to_string()).unwrap();
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::from_second(NOW).unwrap()));
    let keys = Arc::new(PublishedKeys::new(&origin, clock.clone()).unwrap());
    assert!(keys.are_usable() && !keys.are_fetched());
    let verifier = JwtVerifier::of_published_keys(keys, TokenRules::default(), clock);
    assert!(verifier.verify(&key.token(&claims())).await.is_ok());
    let refused = verifier.verify(&other.token(&claims())).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Unauthenticated);
    assert!(KeySetOrigin::document(r#"{"keys": [{"kty": "oct", "kid": "k", "k": "AAAA"}]}"#).is_err());
}
