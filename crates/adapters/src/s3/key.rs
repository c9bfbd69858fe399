//! Where in a bucket a picture lies: a template with the names of its event in it. No name leads out of
//! the place that the template gives it.

use std::fmt;

use eps_domain::Event;
use jiff::tz::TimeZone;

use crate::files::file_stem;

/// The longest key that S3 takes.
const KEY_BYTES_MAX: usize = 1_024;
const TEMPLATE_BYTES_MAX: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Tenant,
    Camera,
    Event,
    Date,
}

/// A template such as `{tenant}/{camera_id}/{event_id}.mp4`.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyTemplate(Vec<Part>);

impl fmt::Debug for KeyTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("KeyTemplate").field(&self.0).finish()
    }
}

impl KeyTemplate {
    /// Reads a template of `{tenant}`, `{camera_id}`, `{event_id}` and `{date}` (of the event's start, in
    /// UTC, as `2026-05-13`).
    ///
    /// # Errors
    /// Words for an operator.
    pub fn parse(template: &str) -> Result<Self, String> {
        let wrong = |what: &str| Err(format!("`{template}` {what}"));
        if template.len() > TEMPLATE_BYTES_MAX || template.chars().any(char::is_control) {
            return Err(format!("must be at most {TEMPLATE_BYTES_MAX} bytes without control characters"));
        }
        if template.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
            return wrong("must not begin or end with a slash nor hold `//`, `.` or `..`");
        }
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return wrong("has a `{` without its `}`");
            };
            parts.push(Part::Text(text.to_owned()));
            parts.push(match name {
                "tenant" => Part::Tenant,
                "camera_id" => Part::Camera,
                "event_id" => Part::Event,
                "date" => Part::Date,
                _ => return wrong("may name {tenant}, {camera_id}, {event_id} and {date} only"),
            });
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        if !parts.contains(&Part::Event) {
            return wrong("does not name {event_id}");
        }
        Ok(Self(parts))
    }

    /// Whether the pictures of tenants lie apart.
    pub fn tells_tenants_apart(&self) -> bool {
        self.0.contains(&Part::Tenant)
    }

    /// The key of an event's picture; `None` where it would be too long.
    pub(super) fn key(&self, tenant: &str, event: &Event) -> Option<String> {
        let mut key = String::with_capacity(64);
        for part in &self.0 {
            match part {
                Part::Text(text) => key.push_str(text),
                Part::Tenant => key.push_str(&file_stem(tenant)),
                Part::Camera => key.push_str(&file_stem(&event.camera_id)),
                Part::Event => key.push_str(&file_stem(&event.event_id)),
                Part::Date => {
                    let day = event.timestamp.to_zoned(TimeZone::UTC).date();
                    key.push_str(&day.to_string());
                }
            }
        }
        (key.len() <= KEY_BYTES_MAX).then_some(key)
    }

    /// What the ending says of the type of content.
    pub(super) fn content_type(&self, usual: &'static str) -> &'static str {
        let Some(Part::Text(end)) = self.0.last() else { return usual };
        match end.rsplit_once('.').map(|(_, ending)| ending) {
            Some("mp4") => "video/mp4",
            Some("webm") => "video/webm",
            Some("mkv") => "video/x-matroska",
            Some("mov") => "video/quicktime",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("png") => "image/png",
            Some("webp") => "image/webp",
            _ => usual,
        }
    }
}

#[cfg(test)]
mod tests {
    use eps_domain::EventDraft;
    use proptest::prelude::*;

    use super::*;

    fn event(event_id: &str, camera_id: &str) -> Event {
        let draft = EventDraft {
            event_id: Some("e".into()),
            camera_id: Some("c".into()),
            timestamp: Some("2026-05-13T23:30:00-04:00".into()),
            event_type: Some("person".into()),
            ..EventDraft::default()
        };
        let event = draft.validate(|_| TimeZone::UTC).unwrap();
        Event { event_id: event_id.into(), camera_id: camera_id.into(), ..event }
    }

    #[test]
    fn a_key_is_made_of_the_names_of_its_event() {
        let template = KeyTemplate::parse("clips/{tenant}/{date}/{camera_id}/{event_id}.mp4").unwrap();
        let key = template.key("acme", &event("1607123955.475377-mxklsc", "dock 1"));
        assert_eq!(key.as_deref(), Some("clips/acme/2026-05-14/dock 1/1607123955.475377-mxklsc.mp4"));
        assert_eq!(template.key("acme", &event(&"x".repeat(2_000), "c")), None);
        assert!(template.tells_tenants_apart());
        for wrong in [
            "",
            "/{event_id}",
            "{event_id}/../x",
            "a//{event_id}",
            "{camera_id}.mp4",
            "{event_id",
            "{x}{event_id}",
        ] {
            assert!(KeyTemplate::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_its_place(tenant in "\\PC{1,20}", camera in "\\PC{1,20}", id in "\\PC{1,20}") {
            let template = KeyTemplate::parse("{tenant}/{camera_id}/{event_id}.mp4").unwrap();
            let key = template.key(&tenant, &event(&id, &camera)).unwrap();
            let places: Vec<&str> = key.split('/').collect();
            prop_assert_eq!(places.len(), 3);
            prop_assert!(!places.iter().any(|place| matches!(*place, "" | "." | "..")));
        }

        #[test]
        fn no_two_events_share_a_key(a in "[a-c/%.]{1,6}", b in "[a-c/%.]{1,6}", c in "[a-c/%.]{1,6}", d in "[a-c/%.]{1,6}") {
            prop_assume!((&a, &b) != (&c, &d));
            let template = KeyTemplate::parse("{camera_id}/{event_id}.mp4").unwrap();
            prop_assert_ne!(template.key("t", &event(&b, &a)), template.key("t", &event(&d, &c)));
        }
    }
}
