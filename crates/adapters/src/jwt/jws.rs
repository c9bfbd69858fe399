//! The signed envelope (RFC 7515, compact form): from a token to what its signer meant, once one of the
//! keys of its algorithm has signed it. A key is never taken from anything that stands in the token: a
//! `kid` is compared with the names of keys that are known already.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, crypto};
use serde::{Deserialize, de::IgnoredAny};

use super::{Refused, TOKEN_BYTES_MAX};

/// The algorithms that are spoken, each with its own kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// A secret that both sides know.
    Hs256,
    /// RSA, PKCS #1 v1.5.
    Rs256,
    /// The curve P-256.
    Es256,
    /// The curve Ed25519.
    EdDsa,
}

impl Algorithm {
    /// As headers and keys name it. Case counts (RFC 7515 section 4.1.1).
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "HS256" => Some(Self::Hs256),
            "RS256" => Some(Self::Rs256),
            "ES256" => Some(Self::Es256),
            "EdDSA" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// What is read of a header. Names that stand twice are refused by the parser, others ignored.
#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
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

/// A token taken apart and not yet believed.
pub(super) struct Envelope<'a> {
    pub(super) algorithm: Algorithm,
    /// The name of the key, as the token says it.
    pub(super) kid: Option<String>,
    message: &'a [u8],
    signature_text: &'a str,
    signature: Vec<u8>,
    payload: Vec<u8>,
}

impl<'a> Envelope<'a> {
    /// Takes a token apart.
    pub(super) fn open(token: &'a str) -> Result<Self, Refused> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(Refused("too long"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused("not three parts"));
        };
        let (algorithm, kid) = read_header(header)?;
        Ok(Self {
            algorithm,
            kid,
            message: &token.as_bytes()[..header.len() + 1 + payload.len()],
            signature_text: signature,
            payload: decode(payload)?,
            // Decoded strictly: one signature has exactly one spelling.
            signature: decode(signature)?,
        })
    }

    /// The payload, when one of the secrets has signed it.
    pub(super) fn signed_by_secret(self, secrets: &[DecodingKey]) -> Result<Vec<u8>, Refused> {
        if self.algorithm != Algorithm::Hs256 || secrets.is_empty() {
            return Err(Refused("algorithm"));
        }
        if self.signature.len() != 32 {
            return Err(Refused("signature of another length"));
        }
        let signs = |key| {
            let algorithm = jsonwebtoken::Algorithm::HS256;
            crypto::verify(self.signature_text, self.message, key, algorithm).unwrap_or(false)
        };
        if secrets.iter().any(signs) { Ok(self.payload) } else { Err(Refused("signature")) }
    }

    /// The payload, when a key for this algorithm has signed it: `verifies` says so of a message and a
    /// signature. The key decides the algorithm.
    pub(super) fn signed_by_key(
        self,
        algorithm: Algorithm,
        verifies: impl FnOnce(&[u8], &[u8]) -> bool,
    ) -> Result<Vec<u8>, Refused> {
        if self.algorithm != algorithm {
            return Err(Refused("algorithm of another key"));
        }
        if verifies(self.message, &self.signature) { Ok(self.payload) } else { Err(Refused("signature")) }
    }
}

fn read_header(encoded: &str) -> Result<(Algorithm, Option<String>), Refused> {
    let header: Header =
        serde_json::from_slice(&decode(encoded)?).map_err(|_| Refused("malformed header"))?;
    let algorithm = Algorithm::parse(&header.alg).ok_or(Refused("algorithm"))?;
    if header.crit.is_some() || header.zip.is_some() || header.b64.is_some() {
        return Err(Refused("header extension"));
    }
    if header.jku.is_some() || header.jwk.is_some() || header.x5u.is_some() || header.x5c.is_some() {
        return Err(Refused("key in the header"));
    }
    Ok((algorithm, header.kid))
}

/// Exactly one spelling for each sequence of bytes; no padding, no foreign characters.
pub(super) fn decode(part: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused("not base64url"))
}
