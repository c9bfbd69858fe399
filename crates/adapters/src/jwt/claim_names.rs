//! Where an identity provider writes what it knows of a caller, when that is not where we would. A claim
//! that the settings name must be there: a caller whom the provider knows nothing about must not get the
//! cameras of all of them.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use super::Refused;

/// Names of claims that replace ours; as they stand at the top of the token, so that names which are
/// addresses work as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimNames {
    /// Instead of `tenant`.
    pub tenant: Option<String>,
    /// Instead of `scopes`, `scope` and `scp`.
    pub scopes: Option<String>,
    /// Instead of `cameras`.
    pub cameras: Option<String>,
}

/// A list, or words with spaces between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Words {
    Text(String),
    List(Vec<String>),
}

impl Words {
    pub(super) fn into_list(self) -> Vec<String> {
        match self {
            Self::Text(text) => text.split_ascii_whitespace().map(str::to_owned).collect(),
            Self::List(list) => list,
        }
    }
}

/// What stands under the names; a name that is not set has no value.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) tenant: Option<String>,
    pub(super) scopes: Option<Words>,
    pub(super) cameras: Option<Vec<String>>,
}

impl ClaimNames {
    /// Whether every claim stands where we would write it.
    pub(super) fn are_ours(&self) -> bool {
        *self == Self::default()
    }

    /// Reads what stands under the names that are set.
    pub(super) fn read(&self, payload: &[u8]) -> Result<Named, Refused> {
        let mut deserializer = serde_json::Deserializer::from_slice(payload);
        let named = Picker(self).deserialize(&mut deserializer);
        let named = named.map_err(|_| Refused("a named claim is malformed"))?;
        let is_missing = (self.tenant.is_some() && named.tenant.is_none())
            || (self.scopes.is_some() && named.scopes.is_none())
            || (self.cameras.is_some() && named.cameras.is_none());
        if is_missing { Err(Refused("a named claim is missing")) } else { Ok(named) }
    }

    /// Moves our claims to where [`Self::read`] looks for them.
    pub(super) fn write(&self, claims: &mut Map<String, Value>) {
        let pairs = [("tenant", &self.tenant), ("scopes", &self.scopes), ("cameras", &self.cameras)];
        for (ours, theirs) in pairs {
            let Some(theirs) = theirs else { continue };
            if let Some(value) = claims.remove(ours) {
                claims.insert(theirs.clone(), value);
            }
        }
    }
}

/// Reads an object for the names; a name that stands twice is refused, for it could mean either.
struct Picker<'a>(&'a ClaimNames);

impl<'de> DeserializeSeed<'de> for Picker<'_> {
    type Value = Named;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Named, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Picker<'_> {
    type Value = Named;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut claims: A) -> Result<Named, A::Error> {
        let mut named = Named::default();
        while let Some(name) = claims.next_key::<String>()? {
            let is = |wanted: &Option<String>| wanted.as_ref() == Some(&name);
            let was_there = if is(&self.0.tenant) {
                named.tenant.replace(claims.next_value()?).is_some()
            } else if is(&self.0.scopes) {
                named.scopes.replace(claims.next_value()?).is_some()
            } else if is(&self.0.cameras) {
                named.cameras.replace(claims.next_value()?).is_some()
            } else {
                claims.next_value::<IgnoredAny>()?;
                false
            };
            if was_there {
                return Err(A::Error::custom("a claim that stands twice"));
            }
        }
        Ok(named)
    }
}
