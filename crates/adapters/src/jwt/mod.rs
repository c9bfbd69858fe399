//! Bearer tokens: HS256 with one secret, or two while it is being changed; RS256, ES256 and Ed25519 with
//! the keys that an identity provider publishes.
//!
//! The key decides the algorithm, never the token. Times are compared with the injected clock. Whoever
//! is refused learns one sentence for every cause; the cause is the source of the error, for the log,
//! and never holds the token or a secret.

mod claim_names;
mod claims;
mod jws;
mod key_set;
mod key_set_origin;
mod published_keys;
mod secret;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod wycheproof;

pub use claim_names::ClaimNames;
pub use key_set_origin::KeySetOrigin;
pub use published_keys::{LAST_SUCCESS, PublishedKeys, describe};
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

use self::{
    claims::Claims,
    jws::{Algorithm, Envelope},
};

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
    /// Where the claims stand that are not found where we would write them.
    pub claims: ClaimNames,
}

impl Default for TokenRules {
    fn default() -> Self {
        let lifetime_max = Duration::from_hours(24);
        Self { issuer: None, audience: None, lifetime_max, claims: ClaimNames::default() }
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

/// Why there is no caller.
enum NoCaller {
    Refused(Refused),
    /// It cannot be told now whether the token is good.
    Untold(Error),
}

impl From<Refused> for NoCaller {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

/// Verifies tokens.
pub struct JwtVerifier {
    secrets: Vec<DecodingKey>,
    published: Option<Arc<PublishedKeys>>,
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
        let secrets = std::iter::once(secret)
            .chain(previous)
            .map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes()))
            .collect();
        Ok(Self { secrets, published: None, rules, clock })
    }

    /// A verifier for the keys of an identity provider, and no secret.
    pub fn of_published_keys(keys: Arc<PublishedKeys>, rules: TokenRules, clock: Arc<dyn Clock>) -> Self {
        Self { secrets: Vec::new(), published: Some(keys), rules, clock }
    }

    /// The same with the keys of an identity provider as well.
    #[must_use]
    pub fn with_published_keys(mut self, keys: Arc<PublishedKeys>) -> Self {
        self.published = Some(keys);
        self
    }

    async fn caller(&self, token: &str) -> Result<Caller, NoCaller> {
        let payload = self.verified_payload(token).await?;
        Ok(caller_of(&payload, &self.rules, self.clock.now())?)
    }

    async fn verified_payload(&self, token: &str) -> Result<Vec<u8>, NoCaller> {
        let envelope = Envelope::open(token)?;
        if envelope.algorithm == Algorithm::Hs256 {
            return Ok(envelope.signed_by_secret(&self.secrets)?);
        }
        let keys = self.published.as_ref().ok_or(Refused("algorithm"))?;
        let kid = envelope.kid.as_deref().filter(|kid| key_set::is_kid(kid)).ok_or(Refused("name of key"))?;
        let key = keys.find(kid).await.map_err(NoCaller::Untold)?.ok_or(Refused("unknown key"))?;
        Ok(envelope.signed_by_key(key.algorithm(), |message, signature| key.verifies(message, signature))?)
    }
}

/// The caller that a payload describes, once it is known who signed it.
fn caller_of(payload: &[u8], rules: &TokenRules, now: Timestamp) -> Result<Caller, Refused> {
    let claims: Claims =
        serde_json::from_slice(payload).map_err(|_| Refused("a claim is missing or malformed"))?;
    let claims = claims.renamed(&rules.claims, payload)?;
    claims.check(rules, now)?;
    claims.into_caller()
}

#[async_trait]
impl TokenVerifier for JwtVerifier {
    async fn verify(&self, token: &str) -> Result<Caller> {
        self.caller(token).await.map_err(|no_caller| match no_caller {
            NoCaller::Untold(error) => error,
            NoCaller::Refused(refused) => {
                let message = "the bearer token is missing, malformed, expired or not valid here";
                Error::new(ErrorKind::Unauthenticated, "UNAUTHENTICATED", message).caused_by(refused)
            }
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
    let unsigned = |e| Error::internal("the token could not be written").caused_by(e);
    let mut claims = serde_json::to_value(Claims::of(request, rules, now)).map_err(unsigned)?;
    if let Some(claims) = claims.as_object_mut() {
        rules.claims.write(claims);
    }
    let refused = |Refused(why)| Error::invalid("token", format!("such a token would be refused: {why}"));
    caller_of(claims.to_string().as_bytes(), rules, now).map_err(refused)?;
    let key = EncodingKey::from_secret(secret.expose_secret().as_bytes());
    let token = jsonwebtoken::encode(&Header::new(jsonwebtoken::Algorithm::HS256), &claims, &key)
        .map_err(|e| Error::internal("the token could not be signed").caused_by(e))?;
    if token.len() > TOKEN_BYTES_MAX {
        return Err(refused(Refused("it is too long")));
    }
    Ok(token)
}
