//! How one field of an event is made of a sender's body: found at a path, written by a template or
//! always the same; then renamed, scaled or read as a time. Decides nothing about the event itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use super::{
    path::Path,
    shape::{Paths, RuleFile, RuleParts, TimeUnit},
};
use crate::{TERM_BYTES_MAX, text};

/// The longest template, in bytes.
const TEMPLATE_BYTES_MAX: usize = 2_000;
/// The longest text that a rule makes, in bytes; the checks of each field are narrower.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// What a field is, which decides which parts its rule may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What tells events (or groups of them) apart: a part of it that is missing would make two of them one.
    Id,
    /// What every event must have.
    Name,
    Text,
    Time,
    Share,
}

#[derive(Debug, Clone)]
enum Origin {
    At(Vec<Path>),
    Template(Vec<Piece>),
    Value(String),
}

#[derive(Debug, Clone)]
enum Piece {
    Literal(String),
    At(Path),
}

/// A rule, checked.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    origin: Origin,
    /// A template of which a place is empty says nothing at all.
    is_whole_only: bool,
    map: BTreeMap<String, String>,
    otherwise: Option<String>,
    unit: TimeUnit,
    scale: f64,
}

impl Rule {
    /// Checks a rule for a field of some kind.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn check(file: RuleFile, kind: Kind) -> Result<Self, String> {
        let parts = match file {
            RuleFile::At(at) => RuleParts { at: Some(at), ..RuleParts::default() },
            RuleFile::Parts(parts) => *parts,
        };
        if parts.unit.is_some() && kind != Kind::Time {
            return Err("`unit` is for times only".to_owned());
        }
        if parts.scale.is_some() && kind != Kind::Share {
            return Err("`scale` is for the confidence only".to_owned());
        }
        let scale = parts.scale.unwrap_or(1.0);
        if !(scale.is_finite() && scale > 0.0) {
            return Err("`scale` must be above 0".to_owned());
        }
        let origin = match (parts.at, parts.template, parts.value) {
            (Some(at), None, None) => Origin::At(paths(at)?),
            (None, Some(template), None) => Origin::Template(pieces(&template)?),
            (None, None, Some(value)) => Origin::Value(value),
            _ => return Err("needs exactly one of `at`, `template` and `value`".to_owned()),
        };
        can_work(&origin, kind)?;
        if kind == Kind::Id && parts.otherwise.is_some() {
            return Err("`otherwise` would make one event of several".to_owned());
        }
        let renamed = parts.map.values().chain(&parts.otherwise);
        match kind {
            Kind::Share => renamed.chain(constant(&origin)).try_for_each(|text| share(text, scale))?,
            Kind::Id | Kind::Name => renamed.chain(constant(&origin)).try_for_each(|text| name(text))?,
            Kind::Text | Kind::Time => {}
        }
        Ok(Self {
            origin,
            is_whole_only: matches!(kind, Kind::Id | Kind::Name),
            map: parts.map,
            otherwise: parts.otherwise,
            unit: parts.unit.unwrap_or_default(),
            scale,
        })
    }

    /// The value as text, renamed; none where the body says nothing.
    ///
    /// # Errors
    /// When what lies there is no plain value.
    pub(super) fn text(&self, body: &Value) -> Result<Option<String>, String> {
        Ok(self.texts(body, 1)?.into_iter().next())
    }

    /// All values as text, renamed; an array counts as its items.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub(super) fn texts(&self, body: &Value, limit: usize) -> Result<Vec<String>, String> {
        let texts = match &self.origin {
            Origin::Value(value) => vec![value.clone()],
            Origin::Template(pieces) => written(pieces, body, self.is_whole_only)?.into_iter().collect(),
            Origin::At(paths) => {
                let found = first_found(paths, body);
                let flat = found.into_iter().flat_map(|value| match value {
                    Value::Array(items) => items.iter().collect(),
                    other => vec![other],
                });
                let mut flat: Vec<&Value> = flat.filter(|value| !value.is_null()).collect();
                if flat.iter().any(|value| holds_something(value)) {
                    flat.retain(|value| holds_something(value));
                }
                flat.into_iter()
                    .take(limit)
                    .map(|value| plain(value).ok_or("is not a plain value".to_owned()))
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(texts.into_iter().map(|text| self.renamed(text)).collect())
    }

    /// A time as RFC 3339, or as the sender wrote it where that is text.
    ///
    /// # Errors
    /// What is no time in the unit of the rule.
    pub(super) fn time(&self, body: &Value) -> Result<Option<String>, String> {
        if self.unit == TimeUnit::Text
            && let Origin::At(paths) = &self.origin
            && first_found(paths, body).first().is_some_and(|value| value.is_number())
        {
            return Err("is a number: the mapping needs `unit: seconds` or `unit: milliseconds`".to_owned());
        }
        let Some(text) = self.text(body)? else { return Ok(None) };
        let seconds = match self.unit {
            TimeUnit::Text => return Ok(Some(text)),
            TimeUnit::Seconds => 1.0,
            TimeUnit::Milliseconds => 1_000.0,
        };
        let number: f64 = text.trim().parse().map_err(|_| "is not a number".to_owned())?;
        let instant = unix_seconds(number / seconds)
            .ok_or_else(|| "is not a time in the unit of the mapping".to_owned())?;
        Ok(Some(instant.to_string()))
    }

    /// A number between 0 and 1, from the scale of the sender. Its bounds are checked with the event.
    ///
    /// # Errors
    /// What is no number.
    pub(super) fn share(&self, body: &Value) -> Result<Option<f64>, String> {
        let Some(text) = self.text(body)? else { return Ok(None) };
        let number: f64 = text.trim().parse().map_err(|_| "is not a number".to_owned())?;
        Ok(Some(number / self.scale))
    }

    fn renamed(&self, text: String) -> String {
        match (self.map.get(&text), &self.otherwise) {
            (Some(name), _) => name.clone(),
            (None, Some(otherwise)) => otherwise.clone(),
            (None, None) => text,
        }
    }
}

/// An instant from seconds since 1970, to the microsecond.
pub fn unix_seconds(seconds: f64) -> Option<Timestamp> {
    // Year 9999; beyond it a cast would wrap.
    const SECONDS_MAX: f64 = 253_402_207_200.0;
    if !(0.0..=SECONDS_MAX).contains(&seconds) {
        return None;
    }
    Timestamp::from_microsecond((seconds * 1e6).round() as i64).ok()
}

/// Refuses what no event could ever be read by.
fn can_work(origin: &Origin, kind: Kind) -> Result<(), String> {
    let places: Vec<&Path> = match origin {
        Origin::At(paths) => paths.iter().collect(),
        Origin::Template(pieces) => pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::At(path) => Some(path),
                Piece::Literal(_) => None,
            })
            .collect(),
        Origin::Value(_) => Vec::new(),
    };
    if places.iter().any(|path| path.is_never_plain()) {
        return Err("a place is the whole event or an item of it, which is never a plain value".to_owned());
    }
    match kind {
        Kind::Id if places.is_empty() => Err("would be the same of every event: it needs a place".to_owned()),
        Kind::Time if places.is_empty() => Err("a time that is always the same is none".to_owned()),
        _ => Ok(()),
    }
}

/// What a rule says of every event.
fn constant(origin: &Origin) -> Option<&String> {
    match origin {
        Origin::Value(value) => Some(value),
        Origin::At(_) | Origin::Template(_) => None,
    }
}

fn share(text: &str, scale: f64) -> Result<(), String> {
    let number = text.trim().parse::<f64>().map_err(|_| format!("`{text}` is not a number"))?;
    let is_share = (0.0..=scale).contains(&number);
    if is_share { Ok(()) } else { Err(format!("`{text}` does not lie between 0 and {scale}")) }
}

fn name(text: &str) -> Result<(), String> {
    let is_name = !text.trim().is_empty() && text.len() <= TERM_BYTES_MAX && !text::has_control(text);
    if is_name { Ok(()) } else { Err(format!("needs a name of 1 to {TERM_BYTES_MAX} bytes")) }
}

fn paths(at: Paths) -> Result<Vec<Path>, String> {
    let texts = match at {
        Paths::One(path) => vec![path],
        Paths::Many(paths) => paths,
    };
    if texts.is_empty() {
        return Err("`at` names no path".to_owned());
    }
    texts.iter().map(|text| Path::parse(text)).collect()
}

fn pieces(template: &str) -> Result<Vec<Piece>, String> {
    if template.len() > TEMPLATE_BYTES_MAX {
        return Err(format!("a template is longer than {TEMPLATE_BYTES_MAX} bytes"));
    }
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some(open) = rest.find('{') {
        let close = rest[open..].find('}').ok_or("a brace of the template is not closed")? + open;
        pieces.push(Piece::Literal(rest[..open].to_owned()));
        pieces.push(Piece::At(Path::parse(&rest[open + 1..close])?));
        rest = &rest[close + 1..];
    }
    pieces.push(Piece::Literal(rest.to_owned()));
    Ok(pieces)
}

/// The text of a template; none when the body has nothing for any of its paths, or for one where all count.
fn written(pieces: &[Piece], body: &Value, is_whole_only: bool) -> Result<Option<String>, String> {
    let (mut text, mut paths, mut found) = (String::new(), 0, 0);
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::At(path) => {
                paths += 1;
                let words: Vec<String> =
                    path.find(body).into_iter().filter(|v| holds_something(v)).filter_map(plain).collect();
                found += usize::from(!words.is_empty());
                text.push_str(&words.join(", "));
            }
        }
        if text.len() > TEXT_BYTES_MAX {
            return Err("is too long".to_owned());
        }
    }
    let needed = if is_whole_only { paths } else { paths.min(1) };
    Ok((found >= needed).then_some(text))
}

/// What lies at the first path that holds something, else at the first that is there at all.
fn first_found<'v>(paths: &[Path], body: &'v Value) -> Vec<&'v Value> {
    let mut empty = Vec::new();
    for path in paths {
        let found = path.find(body);
        if found.iter().any(|value| holds_something(value)) {
            return found;
        }
        if empty.is_empty() {
            empty = found;
        }
    }
    empty
}

/// Whether a value is more than an empty text, list or object.
fn holds_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => items.iter().any(holds_something),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => true,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
