//! The sentence that every answer with events has: how many there were, where and when.

use super::subject;
use crate::ask::{Claim, Interpretation, NameKind, QuestionForm, Unresolved, gather::Findings, place::Place};

/// The sentence with the exact totals: "There were 240 events with people (31 visits) at … last night."
pub(crate) fn lead(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let totals = findings.totals;
    let counted = subject::counted(totals.events, totals.visits, interpretation);
    let rest = format!("{}{}", subject::place(interpretation, place), subject::time(interpretation, place));
    // "Were there more than 100?" is answered by their number.
    let threshold = interpretation.threshold.as_ref().filter(|_| findings.ranking.is_none());
    let holds = threshold.map_or(totals.events > 0, |threshold| threshold.holds(totals));
    let is_unanswered = interpretation.claim == Claim::All && interpretation.form == QuestionForm::Whether;
    let is_unanswered = is_unanswered || asks_what_no_event_tells(interpretation);
    let yes_or_no = subject::answers_yes_or_no(interpretation).filter(|_| !is_unanswered);
    let opening = match yes_or_no {
        Some(claims_none) if totals.events == 0 && claims_none => "Right, there",
        Some(claims_none) => {
            if holds == claims_none {
                "No, there"
            } else {
                "Yes, there"
            }
        }
        None if is_unanswered => "Counts do not tell whether that is so. There",
        None => "There",
    };
    format!("{opening} {} {counted}{rest}.", was(totals.events))
}

/// "Has the truck left?": that it was seen is no "yes", where no event tells of leaving.
fn asks_what_no_event_tells(interpretation: &Interpretation) -> bool {
    let is_leaving = |word: &str| {
        matches!(
            word.to_ascii_lowercase().as_str(),
            "left"
                | "leave"
                | "leaving"
                | "leaves"
                | "exit"
                | "exited"
                | "depart"
                | "departed"
                | "out"
                | "away"
                | "off"
        )
    };
    let untold =
        |name: &Unresolved| name.kind == NameKind::Deed && name.text.split_whitespace().any(is_leaving);
    interpretation.form == QuestionForm::Whether && interpretation.unresolved.iter().any(untold)
}

fn was(n: u64) -> &'static str {
    if n == 1 { "was" } else { "were" }
}
