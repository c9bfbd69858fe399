//! Which secrets may sign tokens. A complaint names the setting, never the value.

use eps_domain::{Error, Result};
use secrecy::{ExposeSecret, SecretString};

/// The shortest secret for HS256 (RFC 7518 section 3.2: as long as the hash).
const BYTES_MIN: usize = 32;
/// The least Shannon entropy of a secret's bytes, in bits a byte. 32 random hexadecimal digits have
/// about 3.5, words and repeated patterns mostly less than 3.
const ENTROPY_MIN: f64 = 3.0;
/// Beginnings of secrets that stand in examples all over the world. Compared without case, `-`, `_`
/// and space.
const WELL_KNOWN: [&str; 14] = [
    "changeme",
    "yoursecret",
    "yoursupersecret",
    "yourjwtsecret",
    "yourkey",
    "secret",
    "supersecret",
    "mysecret",
    "jwtsecret",
    "test",
    "default",
    "password",
    "example",
    "0123456789abcdef",
];

/// Refuses a secret that others could know or guess. `setting` is named in the error.
///
/// # Errors
/// `InvalidInput` whose field is the setting.
pub fn check_secret(setting: &str, secret: Option<&SecretString>) -> Result<()> {
    let secret = secret.map(|secret| secret.expose_secret().trim()).unwrap_or_default();
    let complaint = if secret.is_empty() {
        "is not set"
    } else if secret.contains("-----BEGIN") {
        "holds a PEM key; a shared secret is needed"
    } else if is_well_known(secret) {
        "is a well-known example"
    } else if secret.len() < BYTES_MIN {
        "is shorter than 32 bytes"
    } else if entropy(secret.as_bytes()) < ENTROPY_MIN {
        "is too regular to be random"
    } else {
        return Ok(());
    };
    let hint = "make one with `openssl rand -base64 48`";
    Err(Error::invalid(setting, format!("`{setting}` {complaint}; {hint}")))
}

fn is_well_known(secret: &str) -> bool {
    let plain: String =
        secret.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).map(|c| c.to_ascii_lowercase()).collect();
    WELL_KNOWN.iter().any(|known| plain.starts_with(known))
}

/// Shannon entropy in bits a byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let total = bytes.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / total)
        .map(|share| -share * share.log2())
        .sum()
}
