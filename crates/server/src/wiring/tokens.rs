//! Secrets and tokens: who verifies them, who mints them for development, what signs links.

use std::sync::Arc;

use eps_adapters::jwt::{self, JwtVerifier, PublishedKeys, TokenRules};
use eps_domain::{Clock, access::TokenVerifier};
use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::{TryRng as _, rngs::SysRng};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use super::Clocks;
use crate::{config::Config, failure::Failure};

pub use eps_adapters::jwt::TokenRequest;

/// Sets the key of links apart from the secret that signs tokens.
const CLIP_KEY_CONTEXT: &[u8] = b"eps clip links v1";
/// Bytes of a random secret, before they are written in hexadecimal.
const SECRET_BYTES: usize = 32;

/// Who verifies tokens, and the keys that must be kept up to date for that.
pub struct Tokens {
    /// Tokens → callers.
    pub verifier: Arc<dyn TokenVerifier>,
    /// The keys of an identity provider; absent when none publishes them.
    pub keys: Option<Arc<PublishedKeys>>,
}

/// The verifier of the settings.
///
/// # Errors
/// A secret that is missing or unfit, or keys that are, with the code for settings.
pub fn tokens(config: &Config, clocks: &Clocks) -> Result<Tokens, Failure> {
    let security = &config.security;
    let wrong = |error: eps_domain::Error| Failure::new(Failure::CONFIG, error.message);
    let clock = || Arc::clone(&clocks.wall);
    let published = security.key_set.as_ref().map(|origin| PublishedKeys::new(origin, clock()));
    let published = published.transpose().map_err(wrong)?.map(Arc::new);
    let verifier = match (&security.jwt_secret, &published) {
        (None, Some(keys)) => JwtVerifier::of_published_keys(Arc::clone(keys), rules(config), clock()),
        (_, keys) => {
            let previous = security.jwt_secret_previous.as_ref();
            let verifier =
                JwtVerifier::new(secret(config)?, previous, rules(config), clock()).map_err(wrong)?;
            match keys {
                Some(keys) => verifier.with_published_keys(Arc::clone(keys)),
                None => verifier,
            }
        }
    };
    let keys = published.filter(|keys| keys.are_fetched());
    Ok(Tokens { verifier: Arc::new(verifier), keys })
}

/// Signs a token with the configured secret.
///
/// # Errors
/// A secret that is missing, with the code for settings; a request that no verifier would take, as a
/// matter of usage.
pub fn mint(config: &Config, request: TokenRequest, clock: &dyn Clock) -> Result<String, Failure> {
    let now = clock.now();
    jwt::mint(secret(config)?, request, &rules(config), now).map_err(|error| Failure::usage(error.message))
}

/// 64 random hexadecimal digits.
///
/// # Errors
/// When the system gives no random bytes.
pub fn random_secret() -> Result<String, Failure> {
    Ok(hex::encode(random_bytes()?))
}

/// What signs links to clips: its own key, else one derived from the token secret, else, where
/// nothing is served, a random one that nobody will ask for.
pub(super) fn clip_key(config: &Config) -> Result<Arc<[u8]>, Failure> {
    if let Some(key) = &config.clips.signing_key {
        return Ok(key.expose_secret().as_bytes().into());
    }
    match &config.security.jwt_secret {
        Some(secret) => {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes())
                .map_err(|_| Failure::general("the token secret cannot sign"))?;
            mac.update(CLIP_KEY_CONTEXT);
            Ok(mac.finalize().into_bytes().as_slice().into())
        }
        None => Ok(random_bytes()?.as_slice().into()),
    }
}

fn random_bytes() -> Result<[u8; SECRET_BYTES], Failure> {
    let mut bytes = [0; SECRET_BYTES];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| Failure::general(format!("no random bytes from the system: {error}")))?;
    Ok(bytes)
}

fn secret(config: &Config) -> Result<&SecretString, Failure> {
    let missing = || Failure::new(Failure::CONFIG, "JWT_SECRET_KEY is not set");
    config.security.jwt_secret.as_ref().ok_or_else(missing)
}

fn rules(config: &Config) -> TokenRules {
    TokenRules {
        issuer: config.security.issuer.clone(),
        audience: config.security.audience.clone(),
        claims: config.security.claims.clone(),
        ..TokenRules::default()
    }
}
