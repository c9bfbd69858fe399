//! Reads how sure the detector must have been, or must not: "above 80 %", "at least .7", "high confidence
//! only", "below 50 %", "uncertain detections".

use std::ops::Range;

use super::tokens::{Role, Tokens};

/// What "high confidence" means.
const HIGH: f32 = 0.8;
/// What "very high confidence" means.
const VERY_HIGH: f32 = 0.9;
/// What "low confidence" means: below this.
const LOW: f32 = 0.5;

/// The confidence that was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sure {
    /// At least this.
    pub(super) least: Option<f32>,
    /// Less than this.
    pub(super) below: Option<f32>,
}

impl Sure {
    pub(super) fn is_said(self) -> bool {
        self.least.is_some() || self.below.is_some()
    }
}

/// Reads the confidence asked for and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Sure {
    let in_words = read_words(tokens);
    let mut found = Sure::default();
    // "Between 50 and 80 %" and "above 50 % but below 80 %" have two figures.
    while let Some((value, is_below)) = read_figure(tokens) {
        let bound = if is_below { &mut found.below } else { &mut found.least };
        if bound.is_none() {
            *bound = Some(value);
        } else {
            break;
        }
    }
    // "Uncertain detections below 60 %": the figure says what uncertain is.
    if found.is_said() { found } else { in_words.unwrap_or_default() }
}

/// "high confidence", "very certain ones", "low confidence", "uncertain detections".
fn read_words(tokens: &mut Tokens<'_>) -> Option<Sure> {
    let least = |value| Sure { least: Some(value), below: None };
    let below = |value| Sure { least: None, below: Some(value) };
    for at in 0..tokens.row.len() {
        if tokens.row[at].role != Role::Free || tokens.row[at].quote.is_some() {
            continue;
        }
        let is_level = is_about_confidence(tokens.lower(at + 1)) && tokens.is_free(at..at + 2);
        let is_of_events = matches!(
            tokens.lower(at + 1),
            "detection" | "detections" | "events" | "ones" | "hits" | "matches" | "sightings" | "results"
        );
        let is_very = matches!(tokens.before(at), "very" | "really" | "highly");
        let (found, words) = match tokens.lower(at) {
            "high" | "higher" if is_level => (least(if is_very { VERY_HIGH } else { HIGH }), 2),
            "low" | "lower" | "poor" if is_level => (below(LOW), 2),
            "certain" | "sure" | "confident" | "reliable" if is_of_events => {
                (least(if is_very { VERY_HIGH } else { HIGH }), 1)
            }
            "uncertain" | "unsure" | "doubtful" | "unreliable" if is_of_events => (below(LOW), 1),
            _ => continue,
        };
        tokens.take(at - usize::from(is_very)..at + words, Role::Confidence);
        return Some(found);
    }
    None
}

fn is_about_confidence(word: &str) -> bool {
    matches!(word, "confidence" | "confident" | "certainty" | "certain" | "sure" | "score" | "probability")
}

/// A figure that is a percentage or a fraction, and that is about being sure or a bound; whether it is an
/// upper one.
fn read_figure(tokens: &mut Tokens<'_>) -> Option<(f32, bool)> {
    for at in 0..tokens.row.len() {
        if tokens.row[at].role != Role::Free || !tokens.row[at].is_number() {
            continue;
        }
        let Some((value, range)) = figure(tokens, at) else { continue };
        let near = range.start.saturating_sub(4)..tokens.row.len().min(range.end + 3);
        let confidence = near.clone().find(|near| is_about_confidence(tokens.lower(*near)));
        let (bound, is_below) = bound_before(tokens, range.start).unzip();
        let span = &tokens.row[range.start].span;
        let is_fraction =
            tokens.text[span.start..].starts_with("0.") || tokens.text[..span.start].ends_with('.');
        let is_share = is_percentage(tokens, &range) || is_fraction;
        if !(confidence.is_some() || (bound.is_some() && is_share)) || !(0.0..=1.0).contains(&value) {
            continue;
        }
        let start = bound.unwrap_or(range.start).min(confidence.unwrap_or(range.start));
        let end = range.end.max(confidence.map_or(0, |at| at + 1));
        for word in start..end {
            if tokens.row[word].role == Role::Free {
                tokens.take(word..word + 1, Role::Confidence);
            }
        }
        return Some((value, is_below.unwrap_or(false)));
    }
    None
}

/// The value 0..1 of the figure at a word, with the words that it is made of.
fn figure(tokens: &Tokens<'_>, at: usize) -> Option<(f32, Range<usize>)> {
    let span = &tokens.row[at].span;
    let rest = &tokens.text[span.start..];
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let written = rest[..digits].trim_end_matches('.');
    let is_bare_fraction = tokens.text[..span.start].ends_with('.')
        && !tokens.text[..span.start - 1].ends_with(|c: char| c.is_alphanumeric());
    let value: f32 = if is_bare_fraction { format!("0.{written}").parse() } else { written.parse() }.ok()?;
    let mut end = at + 1;
    while tokens.row.get(end).is_some_and(|token| token.span.end <= span.start + written.len()) {
        end += 1;
    }
    let range = at..end;
    let is_percent = is_percentage(tokens, &range) || value > 1.0;
    let is_word = matches!(tokens.lower(end), "percent" | "per" | "pct");
    let end = if is_word { end + if tokens.lower(end) == "per" { 2 } else { 1 } } else { end };
    Some((if is_percent { value / 100.0 } else { value }, at..end.min(tokens.row.len())))
}

fn is_percentage(tokens: &Tokens<'_>, range: &Range<usize>) -> bool {
    let last = &tokens.row[range.end - 1];
    matches!(last.lower.as_str(), "percent" | "pct" | "cent")
        || tokens.text[last.span.end..].trim_start().starts_with('%')
        || matches!(tokens.lower(range.end), "percent" | "pct")
}

/// Where "above", "at least", "below" stands before a figure, and whether it is an upper bound.
fn bound_before(tokens: &Tokens<'_>, at: usize) -> Option<(usize, bool)> {
    match tokens.before(at) {
        "above" | "over" | "exceeding" | "minimum" | "min" => return Some((at - 1, false)),
        "below" | "under" | "maximum" | "max" => return Some((at - 1, true)),
        _ => {}
    }
    let two = at.checked_sub(2)?;
    let is_any = |phrases: &[&str]| phrases.iter().any(|phrase| tokens.has_at(two, phrase));
    if is_any(&["at least", "more than", "greater than", "higher than", "better than"]) {
        return Some((two, false));
    }
    is_any(&["less than", "lower than", "worse than", "at most", "up to"]).then_some((two, true))
}
