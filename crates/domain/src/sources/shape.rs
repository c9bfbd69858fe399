//! The shapes in which a rule can stand in the file, and what is said of one that has none of them.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer},
};

/// A rule as it stands in the file: where the value lies, or all its parts.
#[derive(Debug, Clone)]
pub enum RuleFile {
    /// Where the value lies.
    At(Paths),
    /// Every part.
    Parts(Box<RuleParts>),
}

/// One path, or several of which the first that finds something counts.
#[derive(Debug, Clone)]
pub enum Paths {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// The parts of a rule. Exactly one of `at`, `template` and `value` is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleParts {
    /// Where the value lies.
    pub at: Option<Paths>,
    /// Text with paths in braces.
    pub template: Option<String>,
    /// Always this.
    pub value: Option<String>,
    /// What the sender's words are called here.
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    /// What words that `map` does not know are called; they stay when absent.
    pub otherwise: Option<String>,
    /// How a time is written.
    pub unit: Option<TimeUnit>,
    /// What stands for "quite sure": 100 where the sender says percent.
    pub scale: Option<f64>,
}

/// How a sender writes times.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// RFC 3339, or local to the camera without an offset.
    #[default]
    Text,
    /// Seconds since 1970, with a fraction.
    Seconds,
    /// Milliseconds since 1970.
    Milliseconds,
}

impl<'de> Deserialize<'de> for RuleFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape { may_be_parts: true })
    }
}

impl<'de> Deserialize<'de> for Paths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(Shape { may_be_parts: false })? {
            RuleFile::At(paths) => Ok(paths),
            RuleFile::Parts(_) => Err(D::Error::custom("a list of places holds only places")),
        }
    }
}

/// Reads whichever shape there is, so that what is wrong inside is told by its own place.
struct Shape {
    may_be_parts: bool,
}

impl<'de> Visitor<'de> for Shape {
    type Value = RuleFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a place such as /data/label, or a list of places")?;
        if self.may_be_parts {
            f.write_str(", or a rule such as {at: /kind, map: {theirs: ours}}")?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, place: &str) -> Result<RuleFile, E> {
        Ok(RuleFile::At(Paths::One(place.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RuleFile, A::Error> {
        let mut places = Vec::new();
        while let Some(place) = items.next_element::<String>()? {
            places.push(place);
        }
        Ok(RuleFile::At(Paths::Many(places)))
    }

    fn visit_map<A: MapAccess<'de>>(self, parts: A) -> Result<RuleFile, A::Error> {
        if !self.may_be_parts {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        }
        RuleParts::deserialize(MapAccessDeserializer::new(parts))
            .map(|parts| RuleFile::Parts(Box::new(parts)))
    }
}
