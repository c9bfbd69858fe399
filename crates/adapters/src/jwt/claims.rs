//! What a token says, and what of it makes a caller. Who is refused is decided here; what they may do
//! and see is decided by the domain.

use std::sync::Arc;

use eps_domain::{Caller, CameraScope, Owner, Permission, Scope, access::DEFAULT_TENANT, text};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize};

use super::{
    LEEWAY_SECONDS, Refused, TokenRequest, TokenRules,
    claim_names::{ClaimNames, Named, Words},
};

/// The longest `sub` and `tenant`: they stand in keys of stores.
const NAME_BYTES_MAX: usize = 256;

/// The claims that count here; others are ignored. A claim of another type is refused, never taken
/// for an absent one: an absent `cameras` means all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Claims {
    sub: String,
    exp: Seconds,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    nbf: Option<Seconds>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    iat: Option<Seconds>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    /// The same as one string of words, as OAuth writes it (RFC 8693 section 4.2).
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// The same as Entra ID (words) and Okta (a list) write it.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    scp: Option<Words>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    cameras: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    timezone: Option<String>,
}

/// `null` is a malformed value, not an absent one.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Seconds since 1970; a fraction is allowed (RFC 7519 section 2) and dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
struct Seconds(i64);

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// The year 9999: what lies beyond is no time, and would not survive arithmetic.
        const LATEST: f64 = 253_402_300_799.0;
        let seconds = f64::deserialize(deserializer)?;
        if (0.0..=LATEST).contains(&seconds) {
            Ok(Self(seconds as i64))
        } else {
            Err(serde::de::Error::custom("not a time"))
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn holds(&self, wanted: &str) -> bool {
        match self {
            Self::One(audience) => audience == wanted,
            Self::Several(audiences) => audiences.iter().any(|audience| audience == wanted),
        }
    }
}

impl Claims {
    pub(super) fn of(request: TokenRequest, rules: &TokenRules, now: Timestamp) -> Self {
        let issued = now.as_second();
        let lifetime = i64::try_from(request.lifetime.as_secs()).unwrap_or(i64::MAX);
        Self {
            sub: request.subject,
            exp: Seconds(issued.saturating_add(lifetime)),
            nbf: None,
            iat: Some(Seconds(issued)),
            iss: rules.issuer.clone(),
            aud: rules.audience.clone().map(Audience::One),
            tenant: request.tenant,
            scopes: Some(request.permissions.iter().map(|p| p.as_str().to_owned()).collect()),
            scope: None,
            scp: None,
            cameras: request.cameras,
            timezone: request.timezone,
        }
    }

    /// The same with what stands under other names.
    pub(super) fn renamed(mut self, names: &ClaimNames, payload: &[u8]) -> Result<Self, Refused> {
        if names.are_ours() {
            return Ok(self);
        }
        let Named { tenant, scopes, cameras } = names.read(payload)?;
        if names.tenant.is_some() {
            self.tenant = tenant;
        }
        if names.scopes.is_some() {
            (self.scopes, self.scope, self.scp) = (scopes.map(Words::into_list), None, None);
        }
        if names.cameras.is_some() {
            self.cameras = cameras;
        }
        Ok(self)
    }

    /// Times, issuer and audience.
    pub(super) fn check(&self, rules: &TokenRules, now: Timestamp) -> Result<(), Refused> {
        let now = now.as_second();
        if now >= self.exp.0 + LEEWAY_SECONDS {
            return Err(Refused("expired"));
        }
        if self.nbf.is_some_and(|nbf| nbf.0 > now + LEEWAY_SECONDS) {
            return Err(Refused("not valid yet"));
        }
        if self.iat.is_some_and(|iat| iat.0 > now + LEEWAY_SECONDS) {
            return Err(Refused("issued in the future"));
        }
        let issued = self.iat.map_or(now, |iat| iat.0);
        let lifetime_max = i64::try_from(rules.lifetime_max.as_secs()).unwrap_or(i64::MAX);
        // Without `iat` the life that is left is what can be checked.
        if self.exp.0 - issued > lifetime_max {
            return Err(Refused("lives too long"));
        }
        if rules.issuer.is_some() && self.iss != rules.issuer {
            return Err(Refused("issuer"));
        }
        if let Some(wanted) = &rules.audience
            && !self.aud.as_ref().is_some_and(|audience| audience.holds(wanted))
        {
            return Err(Refused("audience"));
        }
        Ok(())
    }

    /// The caller that the claims describe.
    pub(super) fn into_caller(self) -> Result<Caller, Refused> {
        let tenant: Arc<str> = match self.tenant {
            Some(tenant) => name(tenant, "tenant")?,
            None => DEFAULT_TENANT.into(),
        };
        let scp = self.scp.map(Words::into_list);
        let words = self.scopes.iter().chain(&scp).flatten().map(String::as_str);
        let words = words.chain(self.scope.iter().flat_map(|scope| scope.split(' ')));
        let permissions = words.filter_map(Permission::parse).collect();
        let cameras = match &self.cameras {
            Some(patterns) => CameraScope::matching(patterns).map_err(|_| Refused("camera patterns"))?,
            None => CameraScope::All,
        };
        if self.timezone.as_ref().is_some_and(|zone| TimeZone::get(zone).is_err()) {
            return Err(Refused("time zone"));
        }
        let expires_at = Timestamp::from_second(self.exp.0).map_err(|_| Refused("expiry"))?;
        Ok(Caller {
            owner: Owner { tenant: Arc::clone(&tenant), subject: name(self.sub, "subject")? },
            permissions,
            scope: Scope { tenant, cameras },
            timezone: self.timezone,
            expires_at,
        })
    }
}

/// A name of someone: there, not too long, nothing hidden in it.
fn name(name: String, which: &'static str) -> Result<Arc<str>, Refused> {
    if name.trim().is_empty() || name.len() > NAME_BYTES_MAX || text::has_control(&name) {
        return Err(Refused(which));
    }
    Ok(name.into())
}
