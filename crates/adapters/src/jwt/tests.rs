//! Attacks on the verifier, and what it lets in.

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use eps_domain::{CameraScope, ErrorKind, Permission, access::TokenVerifier};
use eps_testkit::manual_clock::ManualClock;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    ClaimNames, JwtVerifier, Refused, TOKEN_BYTES_MAX, TokenRequest, TokenRules, check_secret, mint,
};

const SECRET: &str = "kJ8#vQ2!nR7$wT4%yU9&zX3*aB6(cD1)";
const OTHER: &str = "pL5@mN8^hG2!fE7#dS4$aQ1%wZ9&xC3*";
const NOW: i64 = 1_780_315_200;

fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

fn verifier(rules: TokenRules) -> JwtVerifier {
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::from_second(NOW).unwrap()));
    JwtVerifier::new(&secret(SECRET), None, rules, clock).unwrap()
}

fn sign(header: &Value, claims: &Value, key: &str, algorithm: Algorithm) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(key.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn token(claims: &Value) -> String {
    sign(&json!({"alg": "HS256", "typ": "JWT"}), claims, SECRET, Algorithm::HS256)
}

fn claims() -> Value {
    json!({"sub": "alice", "exp": NOW + 3_600, "iat": NOW, "scopes": ["ask"]})
}

fn with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

fn without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

#[track_caller]
fn refused(verifier: &JwtVerifier, token: &str) -> Refused {
    let error = futures::executor::block_on(verifier.verify(token)).unwrap_err();
    assert_eq!((error.kind, error.code), (ErrorKind::Unauthenticated, "UNAUTHENTICATED"));
    // One sentence for every cause.
    assert_eq!(error.message, "the bearer token is missing, malformed, expired or not valid here");
    *error.source.unwrap().downcast::<Refused>().unwrap()
}

#[tokio::test]
async fn a_token_makes_the_caller_that_it_describes() {
    let token = token(&json!({
        "sub": "alice", "exp": NOW + 3_600.5 as i64, "iat": NOW, "tenant": "acme", "timezone": "Europe/Berlin",
        "scopes": ["ask", "fly", "events:read"], "scope": "openid insights:read", "cameras": ["dock-*"], "x": [1],
    }));
    let caller = verifier(TokenRules::default()).verify(&token).await.unwrap();
    assert_eq!((&*caller.owner.tenant, &*caller.owner.subject), ("acme", "alice"));
    assert_eq!(&*caller.scope.tenant, "acme");
    let permissions = [Permission::Ask, Permission::EventsRead, Permission::InsightsRead];
    assert_eq!(caller.permissions, permissions.into());
    assert!(caller.scope.allows("dock-1") && !caller.scope.allows("gate"));
    assert_eq!(caller.timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(caller.expires_at.as_second(), NOW + 3_600);

    let plain = verifier(TokenRules::default()).verify(&self::token(&claims())).await.unwrap();
    assert_eq!(&*plain.owner.tenant, "default");
    assert_eq!(plain.scope.cameras, CameraScope::All);
}

#[test]
fn forged_envelopes_are_refused() {
    let verifier = verifier(TokenRules::default());
    let good = token(&claims());
    let (message, signature) = good.rsplit_once('.').unwrap();
    for alg in ["none", "None", "NONE", "nOnE", "", "hs256", "RS256", "ES256", "HS384"] {
        let header = json!({"alg": alg});
        let signed = sign(&header, &claims(), SECRET, Algorithm::HS256);
        assert_eq!(refused(&verifier, &signed), Refused("algorithm"), "{alg}");
        let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
        assert_eq!(refused(&verifier, &unsigned), Refused("algorithm"), "{alg}");
    }
    for name in ["jku", "jwk", "x5u", "x5c", "crit", "zip", "b64"] {
        for value in [json!("https://evil.example/keys"), json!({"kty": "oct"}), json!([]), json!(false)] {
            let header = json!({"alg": "HS256", name: value});
            refused(&verifier, &sign(&header, &claims(), SECRET, Algorithm::HS256));
        }
    }
    let longer = sign(&json!({"alg": "HS256"}), &claims(), SECRET, Algorithm::HS384);
    refused(&verifier, &longer);
    assert_eq!(
        refused(&verifier, &sign(&json!({"alg": "HS256"}), &claims(), OTHER, Algorithm::HS256)),
        Refused("signature")
    );
    for broken in [
        "",
        ".",
        "..",
        "...",
        message,
        &format!("{message}."),
        &format!("{good}."),
        &format!("{good}="),
        &format!(" {good}"),
        &format!("{good}\n"),
        &format!("{signature}.{message}"),
        &good.replace('.', ".."),
        &format!("{good}{}", "A".repeat(TOKEN_BYTES_MAX)),
        "🎩.🎩.🎩",
    ] {
        refused(&verifier, broken);
    }
    // A `kid` is never looked up: whatever it says, only the signature counts.
    for kid in ["../../dev/null", "' OR 1", "k1"] {
        let header = json!({"alg": "HS256", "kid": kid});
        let signed = sign(&header, &claims(), SECRET, Algorithm::HS256);
        assert!(futures::executor::block_on(verifier.verify(&signed)).is_ok());
    }
    let twice = URL_SAFE_NO_PAD.encode(r#"{"alg":"none","alg":"HS256"}"#);
    let message = format!("{twice}.{}", URL_SAFE_NO_PAD.encode(claims().to_string()));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    assert_eq!(refused(&verifier, &format!("{message}.{signature}")), Refused("malformed header"));
}

#[test]
fn every_changed_character_is_noticed() {
    let verifier = verifier(TokenRules::default());
    let good = token(&claims());
    for position in 0..good.len() {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        refused(&verifier, &String::from_utf8(bytes).unwrap());
    }
}

#[test]
fn claims_that_are_missing_malformed_or_out_of_time_are_refused() {
    let verifier = verifier(TokenRules::default());
    for bad in [
        without("sub"),
        without("exp"),
        with("sub", ""),
        with("sub", "  "),
        with("sub", 7),
        with("sub", "a".repeat(257)),
        with("sub", "a\u{0}b"),
        with("sub", "a\u{202E}b"),
        with("tenant", ""),
        with("tenant", Value::Null),
        with("exp", "soon"),
        with("exp", Value::Null),
        with("exp", -1),
        with("exp", 1e300),
        with("exp", NOW - 30),
        with("exp", NOW + 86_401),
        with("nbf", NOW + 31),
        with("nbf", "later"),
        with("iat", NOW + 31),
        with("iat", NOW - 86_400),
        with("scopes", "ask"),
        with("scopes", json!([1])),
        with("scopes", Value::Null),
        with("cameras", "dock-*"),
        with("cameras", Value::Null),
        with("cameras", json!({})),
        with("cameras", json!(["dock-[1"])),
        with("cameras", json!([["dock"]])),
        with("timezone", "Mars/Olympus"),
        with("timezone", 1),
        json!([]),
        json!("alice"),
    ] {
        refused(&verifier, &token(&bad));
    }
    for good in [
        with("exp", NOW - 29),
        with("exp", (NOW + 60) as f64 + 0.5),
        with("nbf", NOW + 30),
        with("iat", NOW + 30),
        without("iat"),
        without("scopes"),
        with("cameras", json!([])),
    ] {
        assert!(futures::executor::block_on(verifier.verify(&token(&good))).is_ok(), "{good}");
    }
    // The same name twice could mean either.
    let twice = URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"alice","sub":"bob","exp":{}}}"#, NOW + 60));
    let message = format!("{}.{twice}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    refused(&verifier, &format!("{message}.{signature}"));
}

#[test]
fn issuer_and_audience_count_where_they_are_configured() {
    let rules = TokenRules {
        issuer: Some("https://id.example".into()),
        audience: Some("eps".into()),
        ..TokenRules::default()
    };
    let verifier = verifier(rules);
    let claims = |iss: Value, aud: Value| {
        let mut claims = claims();
        claims["iss"] = iss;
        claims["aud"] = aud;
        claims
    };
    for aud in [json!("eps"), json!(["other", "eps"])] {
        let good = token(&claims(json!("https://id.example"), aud));
        assert!(futures::executor::block_on(verifier.verify(&good)).is_ok());
    }
    for (iss, aud) in
        [("https://id.example", json!("other")), ("https://id.example", json!([])), ("other", json!("eps"))]
    {
        refused(&verifier, &token(&claims(json!(iss), aud)));
    }
    refused(&verifier, &token(&self::claims()));
}

#[test]
fn while_a_secret_changes_tokens_of_both_are_good() {
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::from_second(NOW).unwrap()));
    let (new, old) = (secret(OTHER), secret(SECRET));
    let both = JwtVerifier::new(&new, Some(&old), TokenRules::default(), clock).unwrap();
    assert!(futures::executor::block_on(both.verify(&token(&claims()))).is_ok());
    let header = json!({"alg": "HS256"});
    let newer = sign(&header, &claims(), OTHER, Algorithm::HS256);
    assert!(futures::executor::block_on(both.verify(&newer)).is_ok());
}

#[test]
fn a_minted_token_is_verified_and_an_unusable_one_is_not_minted() {
    let rules =
        TokenRules { issuer: Some("us".into()), audience: Some("eps".into()), ..TokenRules::default() };
    let request = TokenRequest {
        subject: "alice".into(),
        tenant: None,
        permissions: Permission::ALL.to_vec(),
        cameras: Some(vec!["dock-*".into()]),
        timezone: None,
        lifetime: Duration::from_hours(1),
    };
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let minted = mint(&secret(SECRET), request.clone(), &rules, now).unwrap();
    let caller = futures::executor::block_on(verifier(rules.clone()).verify(&minted)).unwrap();
    assert_eq!(caller.permissions.len(), 4);
    for unusable in [
        TokenRequest { subject: String::new(), ..request.clone() },
        TokenRequest { lifetime: Duration::from_secs(86_401), ..request.clone() },
        TokenRequest { cameras: Some(vec!["[".into()]), ..request.clone() },
        TokenRequest { timezone: Some("nowhere".into()), ..request },
    ] {
        assert!(mint(&secret(SECRET), unusable, &rules, now).is_err());
    }
}

#[test]
fn secrets_that_others_could_know_are_refused_and_never_printed() {
    let pem = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----";
    for bad in [
        "change-me",
        "your-secret-key-change-in-production",
        "CHANGE_ME_CHANGE_ME_CHANGE_ME_CHANGE_ME",
        "0123456789abcdef0123456789abcdef",
        "kJ8#vQ2!nR7$wT4%yU9&zX3*aB6(cD1",
        "abababababababababababababababababababab",
        pem,
    ] {
        let error = check_secret("JWT_SECRET_KEY", Some(&secret(bad))).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("JWT_SECRET_KEY"));
        assert!(!format!("{error:?}{error}").contains(bad), "{bad}");
    }
    for unset in [None, Some(&secret("")), Some(&secret("   "))] {
        assert!(check_secret("JWT_SECRET_KEY", unset).unwrap_err().message.contains("not set"));
    }
    for good in [SECRET, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"] {
        check_secret("JWT_SECRET_KEY", Some(&secret(good))).unwrap();
    }
}

#[test]
fn claims_are_found_where_providers_write_them() {
    let caller = |rules: &TokenRules, claims: &Value| {
        futures::executor::block_on(verifier(rules.clone()).verify(&token(claims)))
    };
    let plain = TokenRules::default();
    for scp in [json!("ask events:read"), json!(["ask", "events:read"])] {
        let permissions = caller(&plain, &with("scp", scp)).unwrap().permissions;
        assert_eq!(permissions, [Permission::Ask, Permission::EventsRead].into());
    }
    let named = TokenRules {
        claims: ClaimNames {
            tenant: Some("tid".into()),
            scopes: Some("permissions".into()),
            cameras: Some("https://eps.example/cameras".into()),
        },
        ..TokenRules::default()
    };
    // What stands under our names then counts for nothing.
    let claims = json!({
        "sub": "alice", "exp": NOW + 60, "tid": "acme", "tenant": "other", "permissions": ["ask"], "scp": "events:read",
        "scope": "events:write", "https://eps.example/cameras": ["dock-*"], "cameras": ["*"],
    });
    let found = caller(&named, &claims).unwrap();
    assert_eq!((&*found.owner.tenant, &*found.scope.tenant), ("acme", "acme"));
    assert_eq!(found.permissions, [Permission::Ask].into());
    assert!(found.scope.allows("dock-1") && !found.scope.allows("gate"));
    // Whom the provider knows nothing about gets nothing, not everything.
    for name in ["tid", "permissions", "https://eps.example/cameras"] {
        let mut less = claims.clone();
        less.as_object_mut().unwrap().remove(name);
        assert_eq!(refused(&verifier(named.clone()), &token(&less)), Refused("a named claim is missing"));
        for value in [Value::Null, json!(7), json!({})] {
            less[name] = value;
            refused(&verifier(named.clone()), &token(&less));
        }
    }
    let twice = claims.to_string().replacen(r#""tid""#, r#""tid":"other","tid""#, 1);
    let message =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(twice));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    refused(&verifier(named.clone()), &format!("{message}.{signature}"));
    // A token made here says it where it is looked for.
    let request = TokenRequest {
        subject: "alice".into(),
        tenant: Some("acme".into()),
        permissions: vec![Permission::Ask],
        cameras: Some(vec!["dock-*".into()]),
        timezone: None,
        lifetime: Duration::from_mins(1),
    };
    let now = jiff::Timestamp::from_second(NOW).unwrap();
    let minted = mint(&secret(SECRET), request.clone(), &named, now).unwrap();
    assert!(futures::executor::block_on(verifier(named.clone()).verify(&minted)).is_ok());
    assert!(mint(&secret(SECRET), TokenRequest { cameras: None, ..request }, &named, now).is_err());
}
