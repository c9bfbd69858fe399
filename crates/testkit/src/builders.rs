//! Events and callers for tests: sensible by default, so that a test names only what it is about.

use std::collections::BTreeSet;

use eps_domain::{
    Caller, CameraScope, Event, Owner, Permission, Scope, access::DEFAULT_TENANT, conversation::Retention,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::Map;

/// An event in the making.
#[derive(Debug, Clone)]
pub struct EventBuilder {
    event: Event,
}

/// A person seen at `dock-1` on 13 May 2026 at 09:00 UTC, 91 % sure.
pub fn an_event() -> EventBuilder {
    EventBuilder {
        event: Event {
            event_id: "evt-1".to_owned(),
            timestamp: "2026-05-13T09:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH),
            end_time: None,
            camera_id: "dock-1".to_owned(),
            event_type: "person_detected".to_owned(),
            label: Some("person".to_owned()),
            sub_label: None,
            confidence: Some(0.91),
            description: None,
            zones: Vec::new(),
            severity: None,
            attributes: Map::new(),
            media: None,
            visit_id: None,
            source: None,
        },
    }
}

impl EventBuilder {
    /// Its id.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.event.event_id = id.into();
        self
    }

    /// When it began, RFC 3339.
    ///
    /// # Panics
    /// When the text is no instant.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that names no instant is wrong")]
    pub fn at(mut self, instant: &str) -> Self {
        self.event.timestamp = instant.parse().expect("an RFC 3339 instant");
        self
    }

    /// When it began.
    #[must_use]
    pub fn at_instant(mut self, instant: Timestamp) -> Self {
        self.event.timestamp = instant;
        self
    }

    /// How long it lasted.
    #[must_use]
    pub fn lasting(mut self, seconds: i64) -> Self {
        let end = self.event.timestamp.checked_add(SignedDuration::from_secs(seconds));
        self.event.end_time = end.ok();
        self
    }

    /// Its camera.
    #[must_use]
    pub fn camera(mut self, camera: impl Into<String>) -> Self {
        self.event.camera_id = camera.into();
        self
    }

    /// What was seen; the type follows it (`vehicle` → `vehicle_detected`).
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        let label = label.into();
        self.event.event_type = format!("{label}_detected");
        self.event.label = Some(label);
        self
    }

    /// Its type.
    #[must_use]
    pub fn kind(mut self, event_type: impl Into<String>) -> Self {
        self.event.event_type = event_type.into();
        self
    }

    /// Who or which it was.
    #[must_use]
    pub fn name(mut self, sub_label: impl Into<String>) -> Self {
        self.event.sub_label = Some(sub_label.into());
        self
    }

    /// What happened, in words.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.event.description = Some(text.into());
        self
    }

    /// One more zone.
    #[must_use]
    pub fn zone(mut self, zone: impl Into<String>) -> Self {
        self.event.zones.push(zone.into());
        self
    }

    /// How sure the detector was; none at all with `None`.
    #[must_use]
    pub fn confidence(mut self, confidence: impl Into<Option<f32>>) -> Self {
        self.event.confidence = confidence.into();
        self
    }

    /// The event.
    pub fn build(self) -> Event {
        self.event
    }
}

/// A caller in the making.
#[derive(Debug, Clone)]
pub struct CallerBuilder {
    caller: Caller,
}

/// "alice" of the default tenant, who may do and see everything.
pub fn a_caller() -> CallerBuilder {
    CallerBuilder {
        caller: Caller {
            owner: Owner { tenant: DEFAULT_TENANT.into(), subject: "alice".into() },
            permissions: Permission::ALL.into_iter().collect(),
            scope: Scope::tenant(DEFAULT_TENANT),
            timezone: None,
            expires_at: Timestamp::MAX,
        },
    }
}

impl CallerBuilder {
    /// Their name.
    #[must_use]
    pub fn named(mut self, subject: &str) -> Self {
        self.caller.owner.subject = subject.into();
        self
    }

    /// Their tenant, for what they own and for what they see.
    #[must_use]
    pub fn of_tenant(mut self, tenant: &str) -> Self {
        self.caller.owner.tenant = tenant.into();
        self.caller.scope.tenant = tenant.into();
        self
    }

    /// The only cameras that they may see, as ids or globs.
    ///
    /// # Panics
    /// When a glob is malformed.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test that names a malformed glob is wrong")]
    pub fn seeing(mut self, cameras: &[&str]) -> Self {
        self.caller.scope.cameras = CameraScope::matching(cameras).expect("well-formed globs");
        self
    }

    /// All that they may do.
    #[must_use]
    pub fn allowed(mut self, permissions: &[Permission]) -> Self {
        self.caller.permissions = permissions.iter().copied().collect::<BTreeSet<_>>();
        self
    }

    /// The time zone of their token.
    #[must_use]
    pub fn in_timezone(mut self, timezone: &str) -> Self {
        self.caller.timezone = Some(timezone.to_owned());
        self
    }

    /// The caller.
    pub fn build(self) -> Caller {
        self.caller
    }
}

/// Seven days for conversations, thirty for messages, fifty messages.
pub fn a_retention() -> Retention {
    const DAY: u64 = 24 * 60 * 60;
    Retention {
        conversation: std::time::Duration::from_secs(7 * DAY),
        message: std::time::Duration::from_secs(30 * DAY),
        messages_max: 50,
    }
}
