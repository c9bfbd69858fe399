//! Keys that an identity provider publishes (RFC 7517): from the document to keys that verify, each
//! bound to one algorithm. What is unfit is left out with its reason and never spoils the rest; a secret
//! or a private key in such a document is never used.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
};
use serde::Deserialize;
use serde_json::Value;

use super::jws::{self, Algorithm};

/// The most keys of one document that are looked at; providers publish two to ten.
const KEYS_MAX: usize = 64;
/// The longest name of a key.
const KID_BYTES_MAX: usize = 128;
/// Sizes of RSA moduli, in bits. Below, they can be broken; above, verifying takes too long.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=8_192;
/// Octets of a coordinate of P-256, and of a key of Ed25519.
const COORDINATE_BYTES: usize = 32;

/// Whether a name can be that of a key: base64, base64url, `.` and `:`. It is only ever compared; still
/// it should look harmless where it is written down.
pub(super) fn is_kid(kid: &str) -> bool {
    (1..=KID_BYTES_MAX).contains(&kid.len())
        && !kid.contains("..")
        && kid.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b':' | b'-' | b'+' | b'/' | b'=')
        })
}

/// A key and the one algorithm that it is for.
pub(super) struct PublishedKey {
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

impl PublishedKey {
    pub(super) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the holder of the private half has signed the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.key.verify_sig(message, signature).is_ok()
    }
}

/// A key that is not used, and why; for the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut {
    /// Its name, when it is fit to be written down; else its place in the document.
    pub(super) which: String,
    pub(super) why: &'static str,
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.which, self.why)
    }
}

/// Keys by their name.
#[derive(Default)]
pub(super) struct KeySet {
    keys: BTreeMap<String, Arc<PublishedKey>>,
    /// What the document holds beside them.
    pub(super) left_out: Vec<LeftOut>,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// The members of a key that count (RFC 7517 section 4, RFC 7518 section 6, RFC 8037).
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    /// There in private keys only.
    d: Option<Value>,
}

impl KeySet {
    /// Reads a document.
    ///
    /// # Errors
    /// Why it is no key set at all, or that it holds no key that can be used.
    pub(super) fn parse(document: &[u8]) -> Result<Self, String> {
        let Document { keys } =
            serde_json::from_slice(document).map_err(|_| "is not a key set (RFC 7517)".to_owned())?;
        let (mut fit, mut left_out) = (Vec::new(), Vec::new());
        for (place, entry) in keys.into_iter().enumerate() {
            let kid = entry["kid"].as_str().filter(|kid| is_kid(kid)).map(str::to_owned);
            let read = match &kid {
                _ if place >= KEYS_MAX => Err("is one too many"),
                None => Err("has no name (kid) that can be used"),
                Some(_) => read_key(entry),
            };
            let which = kid.unwrap_or_else(|| format!("the key at place {place}"));
            match read {
                Ok(key) => fit.push((which, key)),
                Err(why) => left_out.push(LeftOut { which, why }),
            }
        }
        let (mut seen, mut twice) = (BTreeSet::new(), BTreeSet::new());
        for (kid, _) in &fit {
            if !seen.insert(kid.clone()) {
                twice.insert(kid.clone());
            }
        }
        // Which of the two a token means cannot be told: neither counts.
        fit.retain(|(kid, _)| !twice.contains(kid));
        left_out.extend(twice.into_iter().map(|which| LeftOut { which, why: "is the name of several keys" }));
        if fit.is_empty() {
            let reasons: Vec<String> = left_out.iter().map(ToString::to_string).collect();
            return Err(format!("holds no key that can be used ({})", reasons.join("; ")));
        }
        let keys = fit.into_iter().map(|(kid, key)| (kid, Arc::new(key))).collect();
        Ok(Self { keys, left_out })
    }

    /// The key of this name.
    pub(super) fn get(&self, kid: &str) -> Option<Arc<PublishedKey>> {
        self.keys.get(kid).map(Arc::clone)
    }

    /// The names of the keys, in their order.
    pub(super) fn kids(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }
}

fn read_key(entry: Value) -> Result<PublishedKey, &'static str> {
    let jwk: Jwk = serde_json::from_value(entry).map_err(|_| "is malformed")?;
    if jwk.kty == "oct" {
        return Err("is a secret: secrets are not published");
    }
    if jwk.d.is_some() {
        return Err("is a private key: whoever can read it can sign");
    }
    if jwk.usage.as_ref().is_some_and(|usage| usage != "sig")
        || jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify"))
    {
        return Err("is not for signatures");
    }
    let (algorithm, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", None) => (Algorithm::Rs256, rsa(&jwk)?),
        ("EC", Some("P-256")) => (Algorithm::Es256, p256(&jwk)?),
        ("OKP", Some("Ed25519")) => (Algorithm::EdDsa, ed25519(&jwk)?),
        _ => return Err("is of a kind that is not spoken here"),
    };
    if jwk.alg.is_some_and(|alg| Algorithm::parse(&alg) != Some(algorithm)) {
        return Err("is for an algorithm that is not spoken here");
    }
    Ok(PublishedKey { algorithm, key })
}

fn rsa(jwk: &Jwk) -> Result<ParsedPublicKey, &'static str> {
    let (mut n, mut e) = (octets(jwk.n.as_ref())?, octets(jwk.e.as_ref())?);
    for number in [&mut n, &mut e] {
        // Some publishers write the sign octet of their integers.
        let zeroes = number.iter().take_while(|octet| **octet == 0).count();
        number.drain(..zeroes);
    }
    let bits = n.first().map_or(0, |first| n.len() * 8 - first.leading_zeros() as usize);
    if !RSA_BITS.contains(&bits) {
        return Err("is of a size that is not taken: 2048 to 8192 bits are");
    }
    let key = RsaPublicKeyComponents { n, e }.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
    key.map_err(|_| "is no key of RSA")
}

fn p256(jwk: &Jwk) -> Result<ParsedPublicKey, &'static str> {
    let (x, y) = (octets(jwk.x.as_ref())?, octets(jwk.y.as_ref())?);
    if [x.len(), y.len()] != [COORDINATE_BYTES; 2] {
        return Err("is no point of P-256");
    }
    // The uncompressed form of SEC 1.
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| "is no point of P-256")
}

fn ed25519(jwk: &Jwk) -> Result<ParsedPublicKey, &'static str> {
    let x = octets(jwk.x.as_ref())?;
    if x.len() != COORDINATE_BYTES {
        return Err("is no key of Ed25519");
    }
    ParsedPublicKey::new(&ED25519, x).map_err(|_| "is no key of Ed25519")
}

fn octets(text: Option<&String>) -> Result<Vec<u8>, &'static str> {
    text.and_then(|text| jws::decode(text).ok()).ok_or("lacks a part")
}

#[cfg(test)]
mod tests {
    use eps_testkit::identity_provider::SigningKey;
    use serde_json::json;

    use super::*;

    fn changed(key: &SigningKey, name: &str, value: impl Into<Value>) -> Value {
        let mut jwk = key.jwk();
        jwk[name] = value.into();
        jwk
    }

    #[test]
    fn what_is_unfit_is_left_out_and_the_rest_works() {
        let (rsa, ec, ed) = (SigningKey::rs256("rsa"), SigningKey::es256("ec"), SigningKey::ed_dsa("ed"));
        let modulus = rsa.jwk()["n"].as_str().unwrap().to_owned();
        let unfit = [
            (json!({"kty": "oct", "kid": "x", "k": "c2VjcmV0", "alg": "HS256"}), "is a secret"),
            (changed(&ec, "d", "AAAA"), "is a private key"),
            (changed(&ec, "use", "enc"), "is not for signatures"),
            (changed(&ec, "key_ops", json!(["sign"])), "is not for signatures"),
            (changed(&rsa, "alg", "PS256"), "is for an algorithm"),
            (changed(&rsa, "alg", "HS256"), "is for an algorithm"),
            (changed(&rsa, "alg", "ES256"), "is for an algorithm"),
            (changed(&rsa, "n", modulus[..168].to_owned()), "is of a size"),
            (changed(&rsa, "n", modulus.repeat(5)), "is of a size"),
            (changed(&rsa, "n", ""), "is of a size"),
            (changed(&rsa, "n", "+/+/"), "lacks a part"),
            (changed(&rsa, "e", "AA"), "is no key of RSA"),
            (changed(&rsa, "crv", "P-256"), "is of a kind"),
            (changed(&ec, "crv", "P-384"), "is of a kind"),
            (changed(&ec, "x", ed.jwk()["x"].clone()), "is no point"),
            (changed(&ec, "y", "AAAA"), "is no point"),
            (changed(&ed, "x", "AAAA"), "is no key of Ed25519"),
            (changed(&ed, "kty", "EC"), "is of a kind"),
            (changed(&ed, "x", 7), "is malformed"),
            (changed(&ed, "kid", "../keys"), "has no name"),
            (changed(&ed, "kid", "a b"), "has no name"),
            (changed(&ed, "kid", "x".repeat(129)), "has no name"),
            (changed(&ed, "kid", Value::Null), "has no name"),
            (json!("key"), "has no name"),
        ];
        for (jwk, why) in unfit {
            let good = SigningKey::ed_dsa("good+/_-.:=").jwk();
            let set = KeySet::parse(json!({"keys": [jwk, good]}).to_string().as_bytes()).unwrap();
            assert_eq!(set.kids().collect::<Vec<_>>(), ["good+/_-.:="], "{jwk}");
            let [left_out] = set.left_out.as_slice() else { panic!("{jwk}: {:?}", set.left_out) };
            assert!(left_out.why.starts_with(why), "{jwk}: {left_out}");
            let Err(alone) = KeySet::parse(json!({"keys": [jwk]}).to_string().as_bytes()) else {
                panic!("{jwk}");
            };
            assert!(alone.contains(why), "{alone}");
        }
        for document in ["", "[]", "{}", r#"{"keys": {}}"#, r#"{"keys": []}"#, "<html>"] {
            assert!(KeySet::parse(document.as_bytes()).is_err(), "{document}");
        }
    }

    #[test]
    fn a_name_of_two_keys_is_the_name_of_none_and_keys_have_a_bound() {
        let (one, other, third) = (SigningKey::ed_dsa("a"), SigningKey::es256("a"), SigningKey::ed_dsa("b"));
        let unusable = changed(&SigningKey::es256("b"), "use", "enc");
        let document = json!({"keys": [one.jwk(), third.jwk(), other.jwk(), unusable]}).to_string();
        let set = KeySet::parse(document.as_bytes()).unwrap();
        assert_eq!(set.kids().collect::<Vec<_>>(), ["b"]);
        let many: Vec<Value> = (0..70).map(|place| changed(&one, "kid", format!("k{place}"))).collect();
        let set = KeySet::parse(json!({"keys": many}).to_string().as_bytes()).unwrap();
        assert_eq!((set.kids().count(), set.left_out.len()), (KEYS_MAX, 6));
    }

    #[test]
    fn an_integer_with_a_sign_octet_is_read() {
        let key = SigningKey::rs256("k");
        let signed = |part: &str| {
            let octets = octets(key.jwk()[part].as_str().map(str::to_owned).as_ref()).unwrap();
            let octets = [&[0], octets.as_slice()].concat();
            base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, octets)
        };
        let mut jwk = changed(&key, "n", signed("n"));
        jwk["e"] = signed("e").into();
        assert!(KeySet::parse(json!({"keys": [jwk]}).to_string().as_bytes()).is_ok());
    }
}
