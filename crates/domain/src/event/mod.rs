//! An event: something a camera saw, as its source described it.
//!
//! [`EventDraft`] is what arrives; [`EventDraft::validate`] is the only way to an [`Event`], so that
//! nothing past this file meets a time without a zone, a NaN or a control character.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    fmt::temporal::{DateTimeParser, Pieces, PiecesOffset},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Result, text};

/// The longest id of an event, camera or visit, in bytes.
pub const ID_BYTES_MAX: usize = 128;
/// The longest label, type or zone, in bytes.
pub const TERM_BYTES_MAX: usize = 128;
/// The longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 8_000;
/// The most zones of one event.
pub const ZONES_MAX: usize = 32;
/// The largest `attributes`, as JSON bytes.
pub const ATTRIBUTES_BYTES_MAX: usize = 16 * 1024;

/// How far ahead of our clock an event may lie: more than any clock that is set to the wrong zone is off.
/// What lies further ahead is a clock that was never set, and would be "the last event" until then.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);
/// Before 2000, in seconds since 1970, there is only a clock that was never set, or milliseconds taken for
/// seconds; one such event would be the beginning of all recordings.
const EARLIEST: i64 = 946_684_800;
/// How far clocks of the world are from UTC at most, with room: what lies beyond is no offset of any.
const OFFSET_MAX: i32 = 18 * 3_600;

/// Where the source keeps the pictures of an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// The clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip_url: Option<String>,
    /// A still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
}

/// An event, checked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique within the tenant.
    pub event_id: String,
    /// When it began, to the microsecond.
    pub timestamp: Timestamp,
    /// When it ended; never before `timestamp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<Timestamp>,
    /// The camera that saw it.
    pub camera_id: String,
    /// What kind of thing happened, in the words of the source: `person_enters_vehicle`.
    pub event_type: String,
    /// What was seen: `person`, `vehicle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Which one: a name, a number plate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_label: Option<String>,
    /// How sure the detector was, 0 to 1.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "crate::short_float::serialize_option"
    )]
    pub confidence: Option<f32>,
    /// What happened, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The zones of the camera's picture that it touched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// How grave the source thought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Anything else that the source said.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub attributes: Map<String, Value>,
    /// Where its pictures are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// The group that the source put it in; events of one group are one visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<String>,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

impl Event {
    /// When it was over: `end_time`, else `timestamp`.
    pub fn end(&self) -> Timestamp {
        self.end_time.unwrap_or(self.timestamp)
    }

    /// Refuses what begins or ends more than a day after `now`.
    ///
    /// # Errors
    /// `InvalidInput` that names the field.
    pub fn checked_against(self, now: Timestamp) -> Result<Self> {
        let latest = now.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
        for (field, instant) in [("timestamp", Some(self.timestamp)), ("end_time", self.end_time)] {
            if instant.is_some_and(|instant| instant > latest) {
                let hours = AHEAD_MAX.as_hours();
                let message = format!("`{field}` lies more than {hours} hours in the future");
                return Err(Error::invalid(field, message));
            }
        }
        Ok(self)
    }

    /// All that it is found by in words: those that describe it, its camera and whatever strings its source attached.
    /// Each in a line of its own: what a description denies ends with it ("runs out without paying").
    pub fn searched_text(&self) -> String {
        let mut words = self.joined('\n');
        words.push('\n');
        words.push_str(&self.camera_id);
        self.attributes.values().for_each(|value| text::push_strings(value, &mut words));
        words
    }

    /// The words that describe it, for text search and for the embedder: the description, then type,
    /// label, name and zones with underscores opened up.
    pub fn words(&self) -> String {
        self.joined(' ')
    }

    fn joined(&self, between: char) -> String {
        let mut words = String::with_capacity(160);
        let mut push = |part: &str, open: bool| {
            if part.is_empty() {
                return;
            }
            if !words.is_empty() {
                words.push(between);
            }
            words.extend(part.chars().map(|c| if open && matches!(c, '_' | '-') { ' ' } else { c }));
        };
        push(self.description.as_deref().unwrap_or_default(), false);
        push(&self.event_type, true);
        if let Some(label) = &self.label
            && !self.event_type.split(['_', '-']).any(|word| word == label)
        {
            push(label, true);
        }
        push(self.sub_label.as_deref().unwrap_or_default(), true);
        for zone in &self.zones {
            push(zone, true);
        }
        words
    }
}

/// An event as it arrives: the same fields, nothing checked, `details` accepted for `description`.
/// Unknown fields are kept among the attributes rather than lost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EventDraft {
    /// Required; at most [`ID_BYTES_MAX`] bytes.
    pub event_id: Option<String>,
    /// Required; RFC 3339, or without an offset in the camera's time zone; from 2000 to 24 hours ahead.
    pub timestamp: Option<String>,
    /// Like `timestamp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// Required.
    pub camera_id: Option<String>,
    /// Required.
    pub event_type: Option<String>,
    /// See [`Event::label`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// See [`Event::sub_label`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_label: Option<String>,
    /// 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// At most [`DESCRIPTION_CHARS_MAX`] characters.
    #[serde(default, alias = "details", skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// At most [`ZONES_MAX`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zones: Option<Vec<String>>,
    /// See [`Event::severity`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// At most [`ATTRIBUTES_BYTES_MAX`] as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<Map<String, Value>>,
    /// See [`Event::media`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<Media>,
    /// See [`Event::visit_id`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visit_id: Option<String>,
    /// See [`Event::source`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whatever else the source sent.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl EventDraft {
    /// Checks every field and resolves times without an offset in `camera_timezone`, which is asked
    /// for the camera's id.
    ///
    /// # Errors
    /// `InvalidInput` that names the first wrong field.
    pub fn validate(self, camera_timezone: impl Fn(&str) -> TimeZone) -> Result<Event> {
        self.check_presence()?;
        let camera_id = required(self.camera_id, "camera_id", ID_BYTES_MAX)?;
        let event_id = required(self.event_id, "event_id", ID_BYTES_MAX)?;
        if event_id == "." || event_id == ".." {
            return Err(Error::invalid("event_id", "`event_id` must not be `.` or `..`"));
        }
        let timezone = camera_timezone(&camera_id);
        let timestamp = self.timestamp.ok_or_else(|| missing("timestamp"))?;
        let timestamp = instant(&timestamp, "timestamp", &timezone)?;
        if timestamp.as_second() < EARLIEST {
            let message = "`timestamp` lies before 2000: a clock that was never set, or another unit";
            return Err(Error::invalid("timestamp", message));
        }
        let end_time = self.end_time.map(|end| instant(&end, "end_time", &timezone)).transpose()?;
        if end_time.is_some_and(|end| end < timestamp) {
            return Err(Error::invalid("end_time", "`end_time` lies before `timestamp`"));
        }
        let confidence = self.confidence;
        if confidence.is_some_and(|c| !(0.0..=1.0).contains(&c)) {
            return Err(Error::invalid("confidence", "`confidence` must lie between 0 and 1"));
        }
        let description = self.description.map(|d| description(&d)).transpose()?.flatten();
        let zones = self.zones.unwrap_or_default();
        if zones.len() > ZONES_MAX {
            return Err(Error::invalid("zones", format!("at most {ZONES_MAX} zones")));
        }
        let zones = zones
            .into_iter()
            .map(|zone| required(Some(zone), "zones", TERM_BYTES_MAX))
            .collect::<Result<Vec<_>>>()?;
        let mut attributes = self.attributes.unwrap_or_default();
        for (name, value) in self.other {
            attributes.entry(name).or_insert(value);
        }
        check_attributes(&attributes)?;
        let media = self.media.filter(|media| *media != Media::default());
        for (name, url) in media.iter().flat_map(|media| {
            [("media.clip_url", &media.clip_url), ("media.thumbnail_url", &media.thumbnail_url)]
        }) {
            if url.as_ref().is_some_and(|url| url.len() > 2_048 || text::has_control(url)) {
                return Err(Error::invalid(name, format!("`{name}` is too long or malformed")));
            }
        }
        Ok(Event {
            event_id,
            timestamp,
            end_time,
            camera_id,
            event_type: required(self.event_type, "event_type", TERM_BYTES_MAX)?,
            label: optional(self.label, "label", TERM_BYTES_MAX)?,
            sub_label: optional(self.sub_label, "sub_label", TERM_BYTES_MAX)?,
            confidence: confidence.map(|c| c as f32),
            description,
            zones,
            severity: optional(self.severity, "severity", TERM_BYTES_MAX)?,
            attributes,
            media,
            visit_id: optional(self.visit_id, "visit_id", ID_BYTES_MAX)?,
            source: optional(self.source, "source", TERM_BYTES_MAX)?,
        })
    }
}

impl EventDraft {
    /// Names every required field that is not there, so that nobody learns of them one by one.
    fn check_presence(&self) -> Result<()> {
        let required = [
            ("event_id", &self.event_id),
            ("timestamp", &self.timestamp),
            ("camera_id", &self.camera_id),
            ("event_type", &self.event_type),
        ];
        let is_absent = |value: &Option<String>| value.as_ref().is_none_or(|value| value.trim().is_empty());
        let absent: Vec<&str> =
            required.into_iter().filter(|(_, value)| is_absent(value)).map(|(field, _)| field).collect();
        match absent.as_slice() {
            [] => Ok(()),
            [field] => Err(missing(field)),
            [first, ..] => {
                let message = format!("`{}` are required", absent.join("`, `"));
                Err(Error::invalid(*first, message))
            }
        }
    }
}

fn missing(field: &str) -> Error {
    Error::invalid(field, format!("`{field}` is required"))
}

fn required(value: Option<String>, field: &str, bytes_max: usize) -> Result<String> {
    optional(value, field, bytes_max)?.ok_or_else(|| missing(field))
}

/// A short string: trimmed, empty is absent, bounded, without control or bidi characters.
fn optional(value: Option<String>, field: &str, bytes_max: usize) -> Result<Option<String>> {
    let Some(value) = value else { return Ok(None) };
    let trimmed = value.trim();
    if trimmed.len() > bytes_max {
        let message = format!("`{field}` is longer than {bytes_max} bytes");
        return Err(Error::invalid(field, message));
    }
    if text::has_control(trimmed) {
        return Err(Error::invalid(field, format!("`{field}` holds control characters")));
    }
    Ok((!trimmed.is_empty()).then(|| trimmed.to_owned()))
}

/// Descriptions may span lines; other control characters are refused, invisible ones removed.
fn description(value: &str) -> Result<Option<String>> {
    if value.chars().count() > DESCRIPTION_CHARS_MAX {
        let message = format!("`description` is longer than {DESCRIPTION_CHARS_MAX} characters");
        return Err(Error::invalid("description", message));
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Error::invalid("description", "`description` holds control characters"));
    }
    let clean = text::one_line(value);
    Ok((!clean.is_empty()).then_some(clean))
}

fn check_attributes(attributes: &Map<String, Value>) -> Result<()> {
    let json = serde_json::to_vec(attributes)
        .map_err(|e| Error::invalid("attributes", "`attributes` is not JSON").caused_by(e))?;
    if json.len() > ATTRIBUTES_BYTES_MAX {
        let message = format!("`attributes` is larger than {ATTRIBUTES_BYTES_MAX} bytes");
        return Err(Error::invalid("attributes", message));
    }
    let is_wrong = |(name, value): (&String, &Value)| text::has_control(name) || holds_control(value);
    if attributes.iter().any(is_wrong) {
        return Err(Error::invalid("attributes", "`attributes` holds control characters"));
    }
    Ok(())
}

/// Whether a text anywhere inside holds what it must not; it may span lines.
fn holds_control(value: &Value) -> bool {
    let is_wrong = |c: char| (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || text::is_bidi_control(c);
    match value {
        Value::String(text) => text.chars().any(is_wrong),
        Value::Array(values) => values.iter().any(holds_control),
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| text::has_control(name) || holds_control(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// RFC 3339, or a local date and time in `timezone`; rounded down to the microsecond, which is what
/// the stores keep. A local time that a change of the clocks skips moves forward; one that it repeats
/// is the first. A zone that is written behind it (`[Europe/Berlin]`) counts, and must fit its offset.
pub fn instant(value: &str, field: &str, timezone: &TimeZone) -> Result<Timestamp> {
    const PARSER: DateTimeParser = DateTimeParser::new();
    let malformed =
        || Error::invalid(field, format!("`{field}` is not a date and time such as 2026-05-13T09:00:00Z"));
    let value = value.trim();
    let pieces = Pieces::parse(value).map_err(|e| malformed().caused_by(e))?;
    let is_too_far = |offset: PiecesOffset| offset.to_numeric_offset().seconds().abs() > OFFSET_MAX;
    if pieces.offset().is_some_and(is_too_far) {
        return Err(Error::invalid(field, format!("`{field}` has an offset that no clock has")));
    }
    let exact = if pieces.time_zone_annotation().is_some() {
        let contradicts = || {
            Error::invalid(field, format!("`{field}` has a zone that is unknown or does not fit its offset"))
        };
        PARSER.parse_zoned(value).map_err(|e| contradicts().caused_by(e))?.timestamp()
    } else if pieces.offset().is_some() {
        PARSER.parse_timestamp(value).map_err(|e| malformed().caused_by(e))?
    } else {
        let time = pieces.time().ok_or_else(malformed)?;
        let local = DateTime::from_parts(pieces.date(), time);
        timezone.to_ambiguous_timestamp(local).compatible().map_err(|e| malformed().caused_by(e))?
    };
    Timestamp::from_microsecond(exact.as_microsecond()).map_err(|e| malformed().caused_by(e))
}

#[cfg(test)]
mod tests;
