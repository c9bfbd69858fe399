//! The public vectors of Project Wycheproof for signed envelopes.

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde_json::{Value, json};

use super::{Refused, jws::Envelope, key_set::KeySet};

/// Vectors of Project Wycheproof for HS256, RS256 and ES256; they concern envelope and keys, for their
/// payloads are no claims. Skipped, aloud, where the file is not at hand.
#[test]
fn the_envelope_agrees_with_wycheproof() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let folders = [root.join("shared/data/security"), root.join("../shared/data/security")];
    let name = "wycheproof_json_web_signature_test.json.gz";
    let Some(path) = folders.iter().map(|folder| folder.join(name)).find(|path| path.exists()) else {
        println!("SKIPPED: {name} is not in {folders:?}");
        return;
    };
    let unpacked = std::process::Command::new("gzip").arg("-dc").arg(&path).output().unwrap().stdout;
    let vectors: Value = serde_json::from_slice(&unpacked).unwrap();
    let mut checked = 0;
    for group in vectors["testGroups"].as_array().unwrap() {
        let is_secret = group["private"]["kty"] == "oct";
        let key = if is_secret { &group["private"] } else { &group["public"] };
        if !matches!(key["alg"].as_str(), None | Some("HS256" | "RS256" | "ES256")) {
            continue;
        }
        let accepts = |jws: &str| -> Result<Vec<u8>, Refused> {
            let envelope = Envelope::open(jws)?;
            if is_secret {
                let secret = URL_SAFE_NO_PAD.decode(key["k"].as_str().unwrap()).unwrap();
                return envelope.signed_by_secret(&[DecodingKey::from_secret(&secret)]);
            }
            let mut jwk = key.clone();
            jwk["kid"] = "k".into();
            let set = KeySet::parse(json!({"keys": [jwk]}).to_string().as_bytes());
            let key = set.map_err(|_| Refused("unfit key"))?.get("k").unwrap();
            envelope.signed_by_key(key.algorithm(), |message, signature| key.verifies(message, signature))
        };
        for test in group["tests"].as_array().unwrap() {
            // Some vectors are written in JSON form, which we do not speak.
            let outcome = test["jws"].as_str().ok_or(Refused("JSON form")).and_then(accepts);
            let expected = match test["tcId"].as_u64().unwrap() {
                // Both hold the same characters as 357, which is valid: their padding got lost.
                367 | 370 => true,
                // Valid for decoders that skip foreign characters; RFC 7515 section 2 allows none.
                372 | 373 => false,
                _ => test["result"] == "valid",
            };
            assert_eq!(outcome.is_ok(), expected, "{} {} {outcome:?}", test["tcId"], test["comment"]);
            checked += 1;
        }
    }
    assert!(checked >= 310, "only {checked}");
}
