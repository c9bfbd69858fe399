//! Bearer tokens: HS256 with one secret, or two while it is being changed.
//!
//! The key decides the algorithm, never the token. Times are compared with the injected clock. Whoever
//! is refused learns one sentence for every cause; the cause is the source of the error, for the log,
//! and never holds the token or a secret.

mod claims;
mod jws;
mod secret;
#[cfg(test)]
mod tests;

pub use secret::check_secret;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use eps_domain::{
    Caller, Clock, Error, ErrorKind, Result,
    access::{Permission, TokenVerifier},
};
use jiff::Timestamp;
use jsonwebtoken::{DecodingKey, EncodingKey, Header};
use secrecy::{ExposeSecret, SecretString};

use self::claims::Claims;

/// The longest token: a thousand camera patterns fit.
pub const TOKEN_BYTES_MAX: usize = 8 * 1024;
/// How far the issuer's clock may be from ours (RFC 7519 section 4.1.4 allows "a few minutes").
const LEEWAY_SECONDS: i64 = 30;

/// What a token must satisfy beside its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRules {
    /// The `iss` that is required, if any.
    pub issuer: Option<String>,
    /// The value that `aud` must be or hold, if any.
    pub audience: Option<String>,
    /// The longest from `iat` (now, where a token names none) to `exp`.
    pub lifetime_max: Duration,
}

impl Default for TokenRules {
    fn default() -> Self {
        Self { issuer: None, audience: None, lifetime_max: Duration::from_hours(24) }
    }
}

/// Why a token was refused; for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub &'static str);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "token refused: {}", self.0)
    }
}

impl std::error::Error for Refused {}

/// Verifies HS256 tokens.
pub struct JwtVerifier {
    keys: Vec<DecodingKey>,
    rules: TokenRules,
    clock: Arc<dyn Clock>,
}

impl JwtVerifier {
    /// A verifier for the current secret and, while tokens of the former one still live, that one.
    ///
    /// # Errors
    /// What [`check_secret`] says of either.
    pub fn new(
        secret: &SecretString,
        previous: Option<&SecretString>,
        rules: TokenRules,
        clock: Arc<dyn Clock>,
    ) -> Result<Self> {
        check_secret("JWT_SECRET_KEY", Some(secret))?;
        if previous.is_some() {
            check_secret("JWT_SECRET_KEY_PREVIOUS", previous)?;
        }
        let keys = std::iter::once(secret)
            .chain(previous)
            .map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes()))
            .collect();
        Ok(Self { keys, rules, clock })
    }

    fn caller(&self, token: &str) -> Result<Caller, Refused> {
        let payload = jws::verified_payload(token, &self.keys)?;
        let claims: Claims =
            serde_json::from_slice(&payload).map_err(|_| Refused("a claim is missing or malformed"))?;
        claims.check(&self.rules, self.clock.now())?;
        claims.into_caller()
    }
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &str) -> Result<Caller> {
        self.caller(token).map_err(|refused| {
            let message = "the bearer token is missing, malformed, expired or not valid here";
            Error::new(ErrorKind::Unauthenticated, "UNAUTHENTICATED", message).caused_by(refused)
        })
    }
}

/// What a development token is to say.
#[derive(Debug, Clone)]
pub struct TokenRequest {
    /// `sub`.
    pub subject: String,
    /// `tenant`; the default one when absent.
    pub tenant: Option<String>,
    /// `scopes`.
    pub permissions: Vec<Permission>,
    /// `cameras`; all when absent.
    pub cameras: Option<Vec<String>>,
    /// `timezone`.
    pub timezone: Option<String>,
    /// From now to `exp`.
    pub lifetime: Duration,
}

/// Signs a token for development, `iss` and `aud` as the rules want them.
///
/// # Errors
/// What [`check_secret`] says; `InvalidInput` that names what a verifier with the same secret and
/// rules would refuse.
pub fn mint(
    secret: &SecretString,
    request: TokenRequest,
    rules: &TokenRules,
    now: Timestamp,
) -> Result<String> {
    check_secret("JWT_SECRET_KEY", Some(secret))?;
    let claims = Claims::of(request, rules, now);
    let refused = |Refused(why)| Error::invalid("token", format!("such a token would be refused: {why}"));
    claims.check(rules, now).map_err(refused)?;
    claims.clone().into_caller().map_err(refused)?;
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    let token = jsonwebtoken::encode(&Header::new(jws::ALGORITHM), &claims, &key)
        .map_err(|e| Error::internal("the token could not be signed").caused_by(e))?;
    if token.len() > TOKEN_BYTES_MAX {
        return Err(refused(Refused("it is too long")));
    }
    Ok(token)
}
