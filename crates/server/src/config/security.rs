//! Who is let in: tokens and what verifies them, proxies, browsers. Reads settings and opens nothing.

use std::net::IpAddr;

use eps_adapters::jwt::{self, ClaimNames, KeySetOrigin};
use ipnet::IpNet;
use secrecy::SecretString;

use super::{Purpose, reader::Reader};

/// Tokens, proxies, browsers.
#[derive(Debug, Clone)]
pub struct SecuritySettings {
    /// Verifies tokens and signs those of `eps token`; when serving, it or the keys are there.
    pub jwt_secret: Option<SecretString>,
    /// The one before, while tokens that it signed are still about.
    pub jwt_secret_previous: Option<SecretString>,
    /// Where the keys of an identity provider are.
    pub key_set: Option<KeySetOrigin>,
    /// Tokens must name it, when set; always there beside keys.
    pub issuer: Option<String>,
    /// Tokens must name it, when set; always there beside keys.
    pub audience: Option<String>,
    /// Where claims stand that are not found where we would write them.
    pub claims: ClaimNames,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Origins of browsers that may call, exact.
    pub cors_origins: Vec<String>,
}

impl SecuritySettings {
    pub(super) fn read(read: &mut Reader<'_>, purpose: Purpose) -> Self {
        let jwt_secret = read.secret("security.jwt_secret_key");
        let jwt_secret_previous = read.secret("security.jwt_secret_key_previous");
        let has_keys = ["security.jwks_url", "security.jwks"].iter().any(|key| read.text(key).is_some());
        if jwt_secret.is_none() && purpose == Purpose::Serve {
            if !has_keys {
                let message = "is not set: give a random secret of at least 32 bytes, such as from \
                               `openssl rand -hex 32`, or the keys of an identity provider (JWT_JWKS_URL)";
                read.problem("security.jwt_secret_key", message);
            } else if read.secret("clips.signing_key").is_none() {
                let message =
                    "is needed where JWT_SECRET_KEY is not set: something must sign the links to clips";
                read.problem("clips.signing_key", message);
            }
        }
        check_secret(read, "security.jwt_secret_key", jwt_secret.as_ref());
        check_secret(read, "security.jwt_secret_key_previous", jwt_secret_previous.as_ref());
        let (issuer, audience) = (read.text("security.issuer"), read.text("security.audience"));
        for (key, is_set) in
            [("security.issuer", issuer.is_some()), ("security.audience", audience.is_some())]
        {
            if has_keys && !is_set {
                let message = "is needed beside the keys of an identity provider, which signs tokens for \
                               others as well";
                read.problem(key, message);
            }
        }
        let trusted_proxies = read.list("security.trusted_proxies", network);
        let cors_origins = read.list("security.cors_origins", origin);
        Self {
            jwt_secret,
            jwt_secret_previous,
            key_set: key_set(read),
            issuer,
            audience,
            claims: claim_names(read),
            trusted_proxies,
            cors_origins,
        }
    }
}

/// The keys of an identity provider: at an address, or in the settings themselves.
fn key_set(read: &mut Reader<'_>) -> Option<KeySetOrigin> {
    let url = read.url("security.jwks_url");
    let document = read.text("security.jwks");
    if url.is_some() && document.is_some() {
        read.problem("security.jwks", "is set beside JWT_JWKS_URL: keep one");
    }
    match url {
        Some(url) => {
            KeySetOrigin::at(&url).map_err(|message| read.problem("security.jwks_url", message)).ok()
        }
        None => {
            KeySetOrigin::document(&document?).map_err(|message| read.problem("security.jwks", message)).ok()
        }
    }
}

fn claim_names(read: &mut Reader<'_>) -> ClaimNames {
    let names = ClaimNames {
        tenant: read.text("security.tenant_claim"),
        scopes: read.text("security.scopes_claim"),
        cameras: read.text("security.cameras_claim"),
    };
    let set: Vec<&String> = [&names.tenant, &names.scopes, &names.cameras].into_iter().flatten().collect();
    for (place, name) in set.iter().enumerate() {
        if set[..place].contains(name) {
            read.problem("security.cameras_claim", format!("`{name}` is named for two things"));
        }
    }
    names
}

/// Whether a secret is fit to be one. The message never holds it.
pub(super) fn check_secret(read: &mut Reader<'_>, key: &str, secret: Option<&SecretString>) {
    let Some(secret) = secret else { return };
    if let Err(error) = jwt::check_secret(key, Some(secret)) {
        let message = error.message.strip_prefix(&format!("`{key}` ")).unwrap_or(&error.message);
        read.problem(key, message);
    }
}

/// A network such as `10.0.0.0/8`, or one address.
fn network(value: &str) -> Result<IpNet, String> {
    let address = || value.parse::<IpAddr>().map(IpNet::from);
    value
        .parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| format!("`{value}` is not a network such as 10.0.0.0/8"))
}

/// `scheme://host[:port]`, as browsers send it.
fn origin(value: &str) -> Result<String, String> {
    let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
    match rest {
        Some(host)
            if !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_graphic())
                && !host.contains(['/', '*', '@', '?', '#']) =>
        {
            Ok(value.to_owned())
        }
        _ => Err(format!("`{value}` is not an origin such as https://desk.example.org")),
    }
}
