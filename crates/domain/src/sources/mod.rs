//! Senders with shapes of their own: how the body of each becomes events. The rules come from the
//! operator (`sources.yaml`), the bodies from outside; a body that a mapping cannot read is told by
//! field and never loses the events beside it. The native shape of an event needs no mapping.

mod path;
mod rule;
mod shape;

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;
use serde_json::{Map, Value};

use self::{
    path::Path,
    rule::{Kind, Rule},
};
pub use self::{
    rule::unix_seconds,
    shape::{Paths, RuleFile, RuleParts, TimeUnit},
};
use crate::{Error, EventDraft, Media, Result, TERM_BYTES_MAX, ZONES_MAX, events::INGEST_EVENTS_MAX};

/// The most senders of one file.
const SOURCES_MAX: usize = 100;
/// The most attributes that a mapping copies.
const ATTRIBUTES_MAX: usize = 64;

/// `sources.yaml`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// By name, as requests say it.
    #[serde(default)]
    pub sources: BTreeMap<String, MappingFile>,
}

/// How one sender's body is read; see `docs/feeds.md`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// Where the events lie in a body; the body itself when absent.
    pub events: Option<String>,
    /// See [`crate::Event::event_id`].
    pub event_id: Option<RuleFile>,
    /// See [`crate::Event::timestamp`].
    pub timestamp: Option<RuleFile>,
    /// See [`crate::Event::end_time`].
    pub end_time: Option<RuleFile>,
    /// See [`crate::Event::camera_id`].
    pub camera_id: Option<RuleFile>,
    /// See [`crate::Event::event_type`].
    pub event_type: Option<RuleFile>,
    /// See [`crate::Event::label`].
    pub label: Option<RuleFile>,
    /// See [`crate::Event::sub_label`].
    pub sub_label: Option<RuleFile>,
    /// See [`crate::Event::confidence`].
    pub confidence: Option<RuleFile>,
    /// See [`crate::Event::description`].
    pub description: Option<RuleFile>,
    /// See [`crate::Event::zones`].
    pub zones: Option<RuleFile>,
    /// See [`crate::Event::severity`].
    pub severity: Option<RuleFile>,
    /// See [`crate::Event::visit_id`].
    pub visit_id: Option<RuleFile>,
    /// See [`Media::clip_url`].
    pub clip_url: Option<RuleFile>,
    /// See [`Media::thumbnail_url`].
    pub thumbnail_url: Option<RuleFile>,
    /// Names of attributes and where their values lie; they are copied as they are.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// The senders that an operator described.
#[derive(Debug, Clone, Default)]
pub struct Sources(BTreeMap<String, Arc<Mapping>>);

impl Sources {
    /// Checks a file.
    ///
    /// # Errors
    /// `InvalidInput` that names the sender and the field.
    pub fn from_file(file: SourcesFile) -> Result<Self> {
        if file.sources.len() > SOURCES_MAX {
            return Err(Error::invalid("sources", format!("at most {SOURCES_MAX} sources")));
        }
        let mut sources = BTreeMap::new();
        for (name, mapping) in file.sources {
            let is_name = !name.is_empty()
                && name.len() <= TERM_BYTES_MAX
                && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
            if !is_name {
                let message = format!("`{name}` is not a name of letters, digits, `-`, `_` and `.`");
                return Err(Error::invalid("sources", message));
            }
            let mapping = Mapping::check(&name, mapping)?;
            sources.insert(name, Arc::new(mapping));
        }
        Ok(Self(sources))
    }

    /// The mapping of a sender.
    pub fn get(&self, name: &str) -> Option<Arc<Mapping>> {
        self.0.get(name).map(Arc::clone)
    }
}

/// How one sender's body becomes events.
#[derive(Debug, Clone)]
pub struct Mapping {
    source: String,
    events: Option<Path>,
    event_id: Rule,
    timestamp: Rule,
    end_time: Option<Rule>,
    camera_id: Rule,
    event_type: Rule,
    confidence: Option<Rule>,
    zones: Option<Rule>,
    /// The other fields that are plain text, by name.
    texts: Vec<(&'static str, Rule)>,
    attributes: Vec<(String, Path)>,
}

impl Mapping {
    fn check(source: &str, file: MappingFile) -> Result<Self> {
        let wrong = |field: &str, message: String| {
            Error::invalid(
                format!("sources.{source}.{field}"),
                format!("sources.{source}.{field}: {message}"),
            )
        };
        let rule = |field: &str, rule: RuleFile, kind: Kind| {
            Rule::check(rule, kind).map_err(|message| wrong(field, message))
        };
        let required = |field: &str, file: Option<RuleFile>, kind: Kind| {
            rule(field, file.ok_or_else(|| wrong(field, "is required".to_owned()))?, kind)
        };
        let maybe = |field: &'static str, file: Option<RuleFile>, kind: Kind| {
            file.map(|file| rule(field, file, kind)).transpose()
        };
        let fields = [
            ("event_id", &file.event_id),
            ("timestamp", &file.timestamp),
            ("camera_id", &file.camera_id),
            ("event_type", &file.event_type),
        ];
        let absent: Vec<&str> =
            fields.into_iter().filter(|(_, rule)| rule.is_none()).map(|(field, _)| field).collect();
        if let Some(first) = absent.first() {
            return Err(wrong(first, format!("the mapping has no `{}`", absent.join("`, `"))));
        }
        if file.attributes.len() > ATTRIBUTES_MAX {
            return Err(wrong("attributes", format!("at most {ATTRIBUTES_MAX}")));
        }
        let at = |field: &str, path: &str| Path::parse(path).map_err(|message| wrong(field, message));
        let texts = [
            ("label", file.label),
            ("sub_label", file.sub_label),
            ("description", file.description),
            ("severity", file.severity),
            ("visit_id", file.visit_id),
            ("clip_url", file.clip_url),
            ("thumbnail_url", file.thumbnail_url),
        ];
        let texts = texts.into_iter().filter_map(|(field, file)| Some((field, file?)));
        Ok(Self {
            source: source.to_owned(),
            events: file.events.as_deref().map(|path| at("events", path)).transpose()?,
            event_id: required("event_id", file.event_id, Kind::Id)?,
            timestamp: required("timestamp", file.timestamp, Kind::Time)?,
            end_time: maybe("end_time", file.end_time, Kind::Time)?,
            camera_id: required("camera_id", file.camera_id, Kind::Name)?,
            event_type: required("event_type", file.event_type, Kind::Name)?,
            confidence: maybe("confidence", file.confidence, Kind::Share)?,
            zones: maybe("zones", file.zones, Kind::Text)?,
            texts: texts
                .map(|(field, file)| {
                    let kind = if field == "visit_id" { Kind::Id } else { Kind::Text };
                    Ok((field, rule(field, file, kind)?))
                })
                .collect::<Result<_>>()?,
            attributes: file
                .attributes
                .into_iter()
                .map(|(name, path)| Ok((name, at("attributes", &path)?)))
                .collect::<Result<_>>()?,
        })
    }

    /// The events of one body, each a draft or why there is none. One that holds more than an ingest
    /// may is cut to one more, so that the ingest refuses it.
    pub fn drafts(&self, body: &Value) -> Vec<Result<EventDraft, String>> {
        let Some(path) = &self.events else { return vec![self.draft(body)] };
        let found = path.find_up_to(body, INGEST_EVENTS_MAX + 1);
        if found.is_empty() {
            return vec![Err("`events`: there is nothing at the place of the mapping".to_owned())];
        }
        // Several places may hold a list each: `/sites/*/events`.
        let items = found.into_iter().flat_map(|value| match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        });
        items.take(INGEST_EVENTS_MAX + 1).map(|item| self.draft(item)).collect()
    }

    fn draft(&self, item: &Value) -> Result<EventDraft, String> {
        if !item.is_object() {
            return Err("an event must be a JSON object".to_owned());
        }
        let named = |field: &'static str| move |why: String| format!("`{field}` {why}");
        let mut draft = EventDraft {
            event_id: self.event_id.text(item).map_err(named("event_id"))?,
            timestamp: self.timestamp.time(item).map_err(named("timestamp"))?,
            camera_id: self.camera_id.text(item).map_err(named("camera_id"))?,
            event_type: self.event_type.text(item).map_err(named("event_type"))?,
            source: Some(self.source.clone()),
            ..EventDraft::default()
        };
        if let Some(rule) = &self.end_time {
            draft.end_time = rule.time(item).map_err(named("end_time"))?;
        }
        if let Some(rule) = &self.confidence {
            draft.confidence = rule.share(item).map_err(named("confidence"))?;
        }
        if let Some(rule) = &self.zones {
            draft.zones = Some(rule.texts(item, ZONES_MAX + 1).map_err(named("zones"))?);
        }
        let mut media = Media::default();
        for (field, rule) in &self.texts {
            let text = rule.text(item).map_err(named(field))?;
            let place = match *field {
                "label" => &mut draft.label,
                "sub_label" => &mut draft.sub_label,
                "description" => &mut draft.description,
                "severity" => &mut draft.severity,
                "visit_id" => &mut draft.visit_id,
                "clip_url" => &mut media.clip_url,
                _ => &mut media.thumbnail_url,
            };
            *place = text;
        }
        draft.media = Some(media).filter(|media| *media != Media::default());
        let attributes: Map<String, Value> = self
            .attributes
            .iter()
            .filter_map(|(name, path)| match path.find(item).as_slice() {
                [] => None,
                [value] => Some((name.clone(), (*value).clone())),
                several => Some((name.clone(), several.iter().map(|value| (*value).clone()).collect())),
            })
            .collect();
        draft.attributes = (!attributes.is_empty()).then_some(attributes);
        Ok(draft)
    }
}

#[cfg(test)]
mod tests;
