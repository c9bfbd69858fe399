//! Who is asking, what they may do and what they may see.
//!
//! A **permission** is what a caller may do (the token's `scopes`). A **scope** is what a caller may
//! see (tenant and cameras). A scope is an argument of every read of a store: there is no unscoped
//! read to misuse, and nothing is filtered after the fact.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, Result};

/// The tenant of a token that names none.
pub const DEFAULT_TENANT: &str = "default";

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Ask questions; read and delete one's own conversations.
    #[serde(rename = "ask")]
    Ask,
    /// Read events, counts, cameras and clips.
    #[serde(rename = "events:read")]
    EventsRead,
    /// Send events.
    #[serde(rename = "events:write")]
    EventsWrite,
    /// Read insights.
    #[serde(rename = "insights:read")]
    InsightsRead,
}

impl Permission {
    /// Every permission there is.
    pub const ALL: [Self; 4] = [Self::Ask, Self::EventsRead, Self::EventsWrite, Self::InsightsRead];

    /// The word that stands in a token's `scopes`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::EventsRead => "events:read",
            Self::EventsWrite => "events:write",
            Self::InsightsRead => "insights:read",
        }
    }

    /// Reads the word of a token; unknown words are none of ours.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}

/// Which cameras a caller may see.
#[derive(Debug, Clone)]
pub enum CameraScope {
    /// Every camera of the tenant.
    All,
    /// The cameras whose id matches one of these globs (`dock-1`, `dock-*`).
    Matching {
        /// The globs as they stood in the token, sorted; they identify the scope.
        patterns: Arc<[String]>,
        /// The same, compiled.
        globs: GlobSet,
    },
}

impl CameraScope {
    /// The most patterns that a token may carry.
    pub const PATTERNS_MAX: usize = 1_000;

    /// Compiles ids and globs. An empty list sees nothing.
    ///
    /// # Errors
    /// `InvalidInput` for a malformed glob or for more than [`Self::PATTERNS_MAX`].
    pub fn matching<S: AsRef<str>>(patterns: &[S]) -> Result<Self> {
        if patterns.len() > Self::PATTERNS_MAX {
            return Err(Error::invalid("cameras", "more camera patterns than allowed"));
        }
        let mut builder = GlobSetBuilder::new();
        for pattern in patterns {
            let glob = GlobBuilder::new(pattern.as_ref())
                .backslash_escape(true)
                .build()
                .map_err(|e| Error::invalid("cameras", "malformed camera pattern").caused_by(e))?;
            builder.add(glob);
        }
        let globs = builder
            .build()
            .map_err(|e| Error::invalid("cameras", "camera patterns are too large").caused_by(e))?;
        let mut patterns: Vec<String> = patterns.iter().map(|p| p.as_ref().to_owned()).collect();
        patterns.sort();
        patterns.dedup();
        Ok(Self::Matching { patterns: patterns.into(), globs })
    }

    /// Whether a camera may be seen.
    pub fn allows(&self, camera_id: &str) -> bool {
        match self {
            Self::All => true,
            Self::Matching { globs, .. } => globs.is_match(camera_id),
        }
    }
}

impl PartialEq for CameraScope {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, Self::All) => true,
            (Self::Matching { patterns: a, .. }, Self::Matching { patterns: b, .. }) => a == b,
            _ => false,
        }
    }
}

/// What may be seen: the tenant's events of these cameras, and nothing else.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The tenant whose data this is.
    pub tenant: Arc<str>,
    /// The cameras within it.
    pub cameras: CameraScope,
}

impl Scope {
    /// Everything of one tenant.
    pub fn tenant(tenant: impl Into<Arc<str>>) -> Self {
        Self { tenant: tenant.into(), cameras: CameraScope::All }
    }

    /// Whether a camera may be seen.
    pub fn allows(&self, camera_id: &str) -> bool {
        self.cameras.allows(camera_id)
    }

    /// Whether everything of the tenant may be seen.
    pub fn is_whole_tenant(&self) -> bool {
        matches!(self.cameras, CameraScope::All)
    }
}

/// Whose a conversation is. Two subjects of two tenants never share one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The tenant of the token.
    pub tenant: Arc<str>,
    /// The `sub` of the token.
    pub subject: Arc<str>,
}

/// An authenticated caller.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who: tenant and subject.
    pub owner: Owner,
    /// What they may do.
    pub permissions: BTreeSet<Permission>,
    /// What they may see.
    pub scope: Scope,
    /// The time zone that the token names (claim `timezone`), an IANA name already checked.
    pub timezone: Option<String>,
    /// When the token ends; a stream never outlives it.
    pub expires_at: Timestamp,
}

impl Caller {
    /// Refuses a caller who lacks the permission.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn require(&self, permission: Permission) -> Result<()> {
        if self.permissions.contains(&permission) {
            return Ok(());
        }
        let message = format!("the token lacks the scope `{}`", permission.as_str());
        Err(Error::new(ErrorKind::Forbidden, "INSUFFICIENT_SCOPE", message))
    }
}

/// Turns a bearer token into a caller.
#[async_trait]
pub trait TokenVerifier: Send + Sync {
    /// Checks signature, times, issuer and audience.
    ///
    /// # Errors
    /// `Unauthenticated`, one message for every cause; the cause is the source, for the log.
    async fn verify(&self, token: &str) -> Result<Caller>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_sees_its_ids_and_globs_and_nothing_else() {
        let scope = CameraScope::matching(&["gate", "dock-*"]).unwrap();
        assert!(scope.allows("gate") && scope.allows("dock-1") && scope.allows("dock-"));
        assert!(!scope.allows("gate-2") && !scope.allows("dock") && !scope.allows(""));
        assert!(!CameraScope::matching::<&str>(&[]).unwrap().allows("gate"));
    }

    #[test]
    fn a_malformed_glob_is_refused_and_named() {
        let error = CameraScope::matching(&["dock-[1"]).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("cameras"));
    }
}
