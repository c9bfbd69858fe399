//! A comparison in words. The difference and the ratio were computed before; nothing is computed here.

use super::{evidence_lines, phrases, subject};
use crate::ask::{Comparison, ComparisonSide, Interpretation, check::plain, gather::Findings, place::Place};

/// Events told after a comparison.
const TOLD_MAX: usize = 3;
/// A smaller difference would be told as 0 %.
const SHARE_MIN: f64 = 0.005;
/// From this ratio on it is told as "times as many".
const TIMES_FROM: f64 = 2.0;

/// "Today 40 events (9 visits), yesterday 20 events (4 visits): 20 more, 2.0 times as many."
pub(crate) fn tell(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let Some(comparison) = &findings.comparison else { return String::new() };
    let (a, b) = (&comparison.a, &comparison.b);
    let mut text = format!("{}: {}; {}: {}.", name(a), counted(a), plain(&b.name), counted(b));
    text.push(' ');
    text.push_str(&difference(comparison));
    let is_by_time = a.start.is_some();
    let mut scope = subject::what(interpretation, false);
    // The sides already name what they differ in.
    if is_by_time {
        scope.push_str(&subject::place(interpretation, place));
    } else {
        scope.push_str(&subject::time(interpretation, place));
    }
    if !scope.is_empty() {
        text.push_str(" Both count events");
        text.push_str(&scope);
        text.push('.');
    }
    if findings.totals.events == 0
        && let Some(coverage) = &findings.coverage
        && coverage.is_none()
    {
        text.push_str(" None of the cameras searched sent anything at all in that time.");
    }
    if !findings.evidence.is_empty() {
        text.push_str("\nThe latest:");
        evidence_lines::bullets(&mut text, findings.evidence.iter().take(TOLD_MAX), place);
    }
    text
}

fn name(side: &ComparisonSide) -> String {
    phrases::sentence_case(&plain(&side.name))
}

fn counted(side: &ComparisonSide) -> String {
    format!("{} ({})", phrases::counted(side.events, "event"), phrases::counted(side.visits, "visit"))
}

/// "That is 20 more, 2.0 times as many."
fn difference(comparison: &Comparison) -> String {
    let by = phrases::counted(comparison.difference.unsigned_abs(), "event");
    let (a, b) = (plain(&comparison.a.name), plain(&comparison.b.name));
    match (comparison.difference, comparison.ratio) {
        (0, _) => "That is the same number.".to_owned(),
        (1.., Some(ratio)) if ratio >= TIMES_FROM => {
            format!("That is {by} more for {a}, {ratio:.1} times as many.")
        }
        (_, Some(ratio)) if (ratio - 1.0).abs() < SHARE_MIN => {
            let which = if comparison.difference > 0 { "more" } else { "fewer" };
            format!("That is {by} {which} for {a}.")
        }
        (1.., Some(ratio)) => format!("That is {by} more for {a} (+{}).", phrases::percent(ratio - 1.0)),
        (1.., None) => format!("That is {by} more for {a}; {b} had none."),
        (_, Some(ratio)) => format!("That is {by} fewer for {a} (−{}).", phrases::percent(1.0 - ratio)),
        (_, None) => String::new(),
    }
}
