//! Reads how sure the detector must have been: "above 80 %", "at least 0.7", "high confidence only".

use std::ops::Range;

use super::tokens::{Role, Tokens};

/// What "high confidence" means.
const HIGH: f32 = 0.8;
/// What "very high confidence" means.
const VERY_HIGH: f32 = 0.9;

/// Reads the least confidence asked for and takes its words.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Option<f32> {
    read_words(tokens).or_else(|| read_figure(tokens))
}

fn read_words(tokens: &mut Tokens<'_>) -> Option<f32> {
    let at = (0..tokens.row.len()).find(|at| is_high(tokens, *at))?;
    let is_very = tokens.before(at) == "very";
    tokens.take(at - usize::from(is_very)..at + 2, Role::Confidence);
    Some(if is_very { VERY_HIGH } else { HIGH })
}

fn is_high(tokens: &Tokens<'_>, at: usize) -> bool {
    tokens.lower(at) == "high" && is_about_confidence(tokens.lower(at + 1)) && tokens.is_free(at..at + 2)
}

fn is_about_confidence(word: &str) -> bool {
    matches!(word, "confidence" | "confident" | "certainty" | "certain" | "sure" | "score" | "probability")
}

/// A figure that is a percentage or a fraction, and that is about being sure or a lower bound.
fn read_figure(tokens: &mut Tokens<'_>) -> Option<f32> {
    for at in 0..tokens.row.len() {
        if tokens.row[at].role != Role::Free || !tokens.row[at].is_number() {
            continue;
        }
        let Some((value, range)) = figure(tokens, at) else { continue };
        let near = range.start.saturating_sub(4)..tokens.row.len().min(range.end + 3);
        let confidence = near.clone().find(|near| is_about_confidence(tokens.lower(*near)));
        let bound = bound_before(tokens, range.start);
        let text = &tokens.text[tokens.row[range.start].span.start..];
        let is_fraction = text.starts_with("0.") || text.starts_with('.');
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
        return Some(value);
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

/// Where "above", "at least", "more than" stands before a figure.
fn bound_before(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    let before = tokens.before(at);
    if matches!(before, "above" | "over" | "exceeding" | "minimum" | "min") {
        return Some(at - 1);
    }
    let two = at.checked_sub(2)?;
    ["at least", "more than", "greater than", "higher than", "better than"]
        .iter()
        .any(|phrase| tokens.has_at(two, phrase))
        .then_some(two)
}
