//! The question files: what is asked, what must be understood, and the truth that `eval/expect.py`
//! counted from the events themselves. Reads and checks them; asks nothing.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::Failure;

/// One file: questions of one topic about one pinned site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionFile {
    /// A word for the table.
    pub(super) topic: String,
    /// What the server's clock is pinned to.
    pub(super) now: Timestamp,
    /// The zone of the site, in which its users live when a question does not say otherwise.
    pub(super) timezone: String,
    /// How many events the site holds: a server with another number is not the one to ask.
    pub(super) events: u64,
    /// What to ask.
    pub(super) questions: Vec<Question>,
}

/// A question, what must come of it, and what is asked next in the same conversation. Only what is
/// given is compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Question {
    /// The words.
    pub(super) ask: String,
    /// The user's zone, where it is not the site's.
    pub(super) timezone: Option<String>,
    /// `limit` of the request.
    pub(super) limit: Option<usize>,
    /// `filters` of the request.
    pub(super) filters: Option<Value>,
    /// `response_type`, any of these; an answer when absent.
    pub(super) response_type: Option<OneOrMany>,
    /// Any of these is right.
    pub(super) intent: Option<OneOrMany>,
    /// `start/end`, local to the user's zone unless an offset is written; `now` is the pinned instant.
    pub(super) periods: Option<Vec<String>>,
    pub(super) cameras: Option<Vec<String>>,
    pub(super) labels: Option<Vec<String>>,
    pub(super) sub_labels: Option<Vec<String>>,
    pub(super) event_types: Option<Vec<String>>,
    pub(super) zones: Option<Vec<String>>,
    pub(super) min_confidence: Option<f64>,
    /// All of these stand among the words that are searched for; none at all when empty.
    pub(super) words: Option<Vec<String>>,
    /// All of these are carried over; nothing at all when empty.
    pub(super) carried_over: Option<Vec<String>>,
    /// The names that mean nothing here; with or without the word for what they name.
    pub(super) unresolved: Option<Vec<String>>,
    /// Any other field of the interpretation, as it must be.
    pub(super) also: Option<Value>,
    /// Which events answer the question, where that is more than the fields above say.
    #[serde(rename = "match")]
    pub(super) matches: Option<Match>,
    /// Which events may be shown, where that is more or less than those which are counted.
    pub(super) shows: Option<Match>,
    /// Set where a count means nothing. For `expect.py`.
    #[serde(rename = "uncounted")]
    pub(super) _uncounted: bool,
    /// Which of them must be cited: `first`, `last`, `all`, or a number, from the end when negative.
    /// For `expect.py`.
    #[serde(rename = "cite")]
    pub(super) _cite: Option<Value>,
    /// The two sides of a comparison, each beside `match`.
    pub(super) sides: Option<Vec<Match>>,
    /// What a share is of, beside the period of the question.
    pub(super) whole: Option<Match>,
    /// `longest`: the length of the longest stretch without events counts. For `expect.py`.
    #[serde(rename = "quiet")]
    pub(super) _quiet: Option<String>,
    /// `hour` or `day`: the mean over the whole ones counts. For `expect.py`.
    #[serde(rename = "average")]
    pub(super) _average: Option<String>,
    /// What ranks highest. For `expect.py`.
    #[serde(rename = "top")]
    pub(super) _top: Option<Value>,
    /// Parts that the text must hold, whatever the case.
    pub(super) says: Vec<String>,
    /// Parts that the text must not hold.
    pub(super) never_says: Vec<String>,
    /// What `expect.py` counted; absent where a count means nothing.
    pub(super) truth: Option<Truth>,
    /// Asked after it.
    pub(super) then: Vec<Question>,
}

/// A word or several.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn holds(&self, word: &str) -> bool {
        match self {
            Self::One(one) => one == word,
            Self::Many(many) => many.iter().any(|one| one == word),
        }
    }
}

/// What was counted from the events.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Truth {
    /// Events and visits; neither where a count means nothing.
    pub(super) events: Option<u64>,
    pub(super) visits: Option<u64>,
    /// Ids that must be cited.
    pub(super) cite: Vec<String>,
    /// Events and visits of each side.
    pub(super) sides: Vec<(u64, u64)>,
    /// Events and visits of the whole of a share.
    pub(super) whole: Option<(u64, u64)>,
    /// Seconds of the longest stretch without events.
    pub(super) quiet: Option<i64>,
    /// Hours or days of a mean, and the events and visits in them.
    pub(super) average: Option<(u64, u64, u64)>,
    /// What the text must name as the highest: its name in words, and its number.
    pub(super) top: Vec<String>,
}

/// Which events: all that is given must hold, and one of each list.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Match {
    pub(super) cameras: Vec<String>,
    pub(super) labels: Vec<String>,
    pub(super) types: Vec<String>,
    pub(super) zones: Vec<String>,
    /// One of the cameras or one of the zones is enough.
    pub(super) any_place: bool,
    pub(super) sub_labels: Vec<String>,
    /// As `periods` of a question.
    pub(super) when: Vec<String>,
    pub(super) min_confidence: Option<f64>,
    /// Below or up to so much, for "under 70 %".
    pub(super) max_confidence: Option<f64>,
    /// Every one of these stands in the description.
    pub(super) text: Vec<String>,
    /// One of these stands in the description.
    pub(super) any_text: Vec<String>,
    /// None of this holds.
    pub(super) not: Option<Box<Match>>,
}

/// Reads files, and the `.yaml` files of folders in the order of their names.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<QuestionFile>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut inside = std::fs::read_dir(path)?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<Vec<_>, _>>()?;
            inside.retain(|path| path.extension().is_some_and(|ending| ending == "yaml"));
            inside.sort();
            for path in inside {
                files.push(read_one(&path)?);
            }
        } else {
            files.push(read_one(path)?);
        }
    }
    if files.is_empty() {
        return Err(Failure::usage("there are no question files"));
    }
    Ok(files)
}

fn read_one(path: &Path) -> Result<QuestionFile, Failure> {
    let wrong = |told: String| Failure::usage(format!("{}: {told}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let file: QuestionFile = serde_saphyr::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    TimeZone::get(&file.timezone).map_err(|error| wrong(error.to_string()))?;
    for question in &file.questions {
        check(question, &file).map_err(|told| wrong(format!("“{}”: {told}", question.ask)))?;
    }
    Ok(file)
}

fn check(question: &Question, file: &QuestionFile) -> Result<(), String> {
    if question.ask.trim().is_empty() {
        return Err("there is nothing to ask".to_owned());
    }
    if let Some(name) = &question.timezone {
        TimeZone::get(name).map_err(|error| error.to_string())?;
    }
    let predicates = question.matches.iter().chain(&question.shows).chain(question.sides.iter().flatten());
    for period in question.periods.iter().flatten().chain(predicates.flat_map(|p| &p.when)) {
        bounds(period, &zone(question, file), file.now)?;
    }
    question
        .then
        .iter()
        .try_for_each(|next| check(next, file).map_err(|told| format!("{}: {told}", next.ask)))
}

/// The zone in which a question's times are meant.
pub(super) fn zone(question: &Question, file: &QuestionFile) -> TimeZone {
    let name = question.timezone.as_ref().unwrap_or(&file.timezone);
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}

/// The two instants of `start/end`.
pub(super) fn bounds(
    period: &str,
    zone: &TimeZone,
    now: Timestamp,
) -> Result<(Timestamp, Timestamp), String> {
    let (start, end) = period.split_once('/').ok_or_else(|| format!("`{period}` is not start/end"))?;
    Ok((instant(start.trim(), zone, now)?, instant(end.trim(), zone, now)?))
}

fn instant(text: &str, zone: &TimeZone, now: Timestamp) -> Result<Timestamp, String> {
    if text == "now" {
        return Ok(now);
    }
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Ok(exact);
    }
    let local: DateTime = text.parse().map_err(|_| format!("`{text}` is no date and time"))?;
    zone.to_ambiguous_timestamp(local).compatible().map_err(|error| error.to_string())
}
