//! The sentence that every answer with events has: how many there were, where and when.

use super::subject;
use crate::ask::{Interpretation, gather::Findings, place::Place};

/// The sentence with the exact totals: "There were 240 events with people (31 visits) at … last night."
pub(crate) fn lead(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let totals = findings.totals;
    let counted = subject::counted(totals.events, totals.visits, interpretation);
    let rest = format!("{}{}", subject::place(interpretation, place), subject::time(interpretation, place));
    // "Were there more than 100?" is answered by their number.
    let threshold = interpretation.threshold.as_ref().filter(|_| findings.ranking.is_none());
    let opening = match (subject::is_yes_or_no(interpretation), threshold) {
        (true, Some(threshold)) if !threshold.holds(totals) => "No, there",
        (true, _) => "Yes, there",
        (false, _) => "There",
    };
    format!("{opening} {} {counted}{rest}.", was(totals.events))
}

fn was(n: u64) -> &'static str {
    if n == 1 { "was" } else { "were" }
}
