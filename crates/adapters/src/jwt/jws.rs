//! The signed envelope (RFC 7515, compact form): from a token to the bytes that its signer meant, or
//! nothing. It never looks a key up by anything that stands in the token.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::{Deserialize, de::IgnoredAny};

use super::{Refused, TOKEN_BYTES_MAX};

/// The one algorithm of a shared secret.
pub(super) const ALGORITHM: Algorithm = Algorithm::HS256;
/// The same, as a header names it. Case counts (RFC 7515 section 4.1.1).
const ALGORITHM_NAME: &str = "HS256";

/// What is read of a header. Names that stand twice are refused by the parser, others ignored; `kid`
/// is among the ignored, for the two secrets are simply tried.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    crit: Option<IgnoredAny>,
    #[serde(default)]
    jku: Option<IgnoredAny>,
    #[serde(default)]
    jwk: Option<IgnoredAny>,
    #[serde(default)]
    x5u: Option<IgnoredAny>,
    #[serde(default)]
    x5c: Option<IgnoredAny>,
    #[serde(default)]
    zip: Option<IgnoredAny>,
    #[serde(default)]
    b64: Option<IgnoredAny>,
}

/// The payload, once one of the keys has signed it.
pub(super) fn verified_payload(token: &str, keys: &[DecodingKey]) -> Result<Vec<u8>, Refused> {
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Refused("too long"));
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(Refused("not three parts"));
    };
    check_header(header)?;
    let payload_bytes = decode(payload)?;
    // Decoded here once for its form: one signature has exactly one spelling.
    if decode(signature)?.len() != 32 {
        return Err(Refused("signature of another length"));
    }
    let message = &token.as_bytes()[..header.len() + 1 + payload.len()];
    let signs = |key| crypto::verify(signature, message, key, ALGORITHM).unwrap_or(false);
    if keys.iter().any(signs) { Ok(payload_bytes) } else { Err(Refused("signature")) }
}

fn check_header(encoded: &str) -> Result<(), Refused> {
    let header: Header =
        serde_json::from_slice(&decode(encoded)?).map_err(|_| Refused("malformed header"))?;
    if header.alg != ALGORITHM_NAME {
        return Err(Refused("algorithm"));
    }
    if header.crit.is_some() || header.zip.is_some() || header.b64.is_some() {
        return Err(Refused("header extension"));
    }
    if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some() {
        return Err(Refused("key in the header"));
    }
    Ok(())
}

fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused("not base64url"))
}
