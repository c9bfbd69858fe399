//! An identity provider for tests: keys that sign tokens, and a real server that publishes their public
//! halves, or fails as told.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io;

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::upstreams::{FakeOpenAi, Reply};

fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ec(Box<EcdsaKeyPair>),
    Ed(Box<Ed25519KeyPair>),
}

/// A key that signs tokens.
pub struct SigningKey {
    kid: String,
    pair: Pair,
}

impl SigningKey {
    /// One of RSA with 2048 bits.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn rs256(kid: &str) -> Self {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Self { kid: kid.to_owned(), pair: Pair::Rsa(Box::new(pair)) }
    }

    /// One of the curve P-256.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn es256(kid: &str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid: kid.to_owned(), pair: Pair::Ec(Box::new(pair)) }
    }

    /// One of the curve Ed25519.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn ed_dsa(kid: &str) -> Self {
        let pair = Ed25519KeyPair::generate().unwrap();
        Self { kid: kid.to_owned(), pair: Pair::Ed(Box::new(pair)) }
    }

    /// What its tokens name as their algorithm.
    pub fn algorithm(&self) -> &'static str {
        match self.pair {
            Pair::Rsa(_) => "RS256",
            Pair::Ec(_) => "ES256",
            Pair::Ed(_) => "EdDSA",
        }
    }

    /// Its public half as it is published.
    pub fn jwk(&self) -> Value {
        let mut jwk = match &self.pair {
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let n = encoded(key.modulus().big_endian_without_leading_zero());
                let e = encoded(key.exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "n": n, "e": e})
            }
            Pair::Ec(pair) => {
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": encoded(x), "y": encoded(y)})
            }
            Pair::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(pair.public_key())}),
        };
        jwk["kid"] = self.kid.clone().into();
        jwk["use"] = "sig".into();
        jwk["alg"] = self.algorithm().into();
        jwk
    }

    /// A token with its own header.
    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({"alg": self.algorithm(), "typ": "at+jwt", "kid": self.kid}), claims)
    }

    /// A token with any header.
    ///
    /// # Panics
    /// When it cannot sign.
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        let message = format!("{}.{}", encoded(header.to_string()), encoded(claims.to_string()));
        let (bytes, random) = (message.as_bytes(), SystemRandom::new());
        let signature = match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, bytes, &mut signature).unwrap();
                signature
            }
            Pair::Ec(pair) => pair.sign(&random, bytes).unwrap().as_ref().to_vec(),
            Pair::Ed(pair) => pair.sign(bytes).as_ref().to_vec(),
        };
        format!("{message}.{}", encoded(signature))
    }
}

/// The document that publishes keys.
pub fn key_set(keys: &[&SigningKey]) -> Value {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()})
}

/// A server of such a document. Ends when dropped.
pub struct KeyServer(FakeOpenAi);

impl KeyServer {
    /// Publishes these keys on a free port of the loopback interface.
    ///
    /// # Errors
    /// When there is none.
    pub async fn start(keys: &[&SigningKey]) -> io::Result<Self> {
        let server = Self(FakeOpenAi::start().await?);
        server.publish(keys);
        Ok(server)
    }

    /// Where the keys are.
    pub fn url(&self) -> String {
        format!("{}/keys", self.0.base_url())
    }

    /// Publishes these keys from now on.
    pub fn publish(&self, keys: &[&SigningKey]) {
        self.answer(Reply::json(200, &key_set(keys)));
    }

    /// Answers so from now on.
    pub fn answer(&self, reply: Reply) {
        // Whoever asks for keys shows no key.
        self.0.reply_to_key("", reply);
    }

    /// How often it was asked.
    pub fn fetches(&self) -> usize {
        self.0.received().len()
    }
}
