//! Shares and means, told with the figures that they are computed from. Nothing is computed here.

use super::{evidence_lines, groups, lead::lead, phrases, subject};
use crate::ask::{
    Grouping, Interpretation,
    check::plain,
    gather::{Findings, averages::Average, shares::Share},
    place::Place,
};

/// Events told after a share.
const TOLD_MAX: usize = 3;

/// "There were 332 events (110 visits) yesterday. Of these, 127 events (44 visits) were with vehicles: …"
pub(super) fn tell(
    share: &Share,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let Some(whole) = interpretation.share_of.as_deref() else {
        return lead(findings, interpretation, place);
    };
    let counted = format!(
        "{} ({})",
        phrases::counted(share.whole.events, "event") + &subject::what(whole, share.whole.events == 1),
        phrases::counted(share.whole.visits, "visit")
    );
    let rest = format!("{}{}", subject::place(whole, place), subject::time(whole, place));
    let (Some(events), visits) = (share.percent_of_events(), share.percent_of_visits()) else {
        return format!(
            "There were no events{}{rest}, so there is nothing to take a share of.",
            subject::what(whole, false)
        );
    };
    if let Some(words) = interpretation.words.as_deref().filter(|_| share.part.events == 0) {
        return format!(
            "A share cannot be told: of {counted}{rest}, none mentions “{}”, which does not show that none was so.",
            plain(words)
        );
    }
    let mut text = format!("{}: ", share_told(events, visits));
    // What part and whole have in common is told with the whole.
    let mut own = interpretation.clone();
    if own.labels == whole.labels {
        own.labels.clear();
    }
    if own.event_types == whole.event_types {
        own.event_types.clear();
    }
    if own.sub_labels == whole.sub_labels {
        own.sub_labels.clear();
    }
    if own.severities == whole.severities {
        own.severities.clear();
    }
    if own.zones == whole.zones {
        own.zones.clear();
    }
    if own.words == whole.words {
        own.words = None;
    }
    own.without.retain(|out| !whole.without.contains(out));
    (own.min_confidence, own.max_confidence) = (None, None);
    let mut part = subject::what(&own, share.part.events == 1);
    if interpretation.cameras != whole.cameras || interpretation.sites != whole.sites {
        part.push_str(&subject::place(interpretation, place));
    }
    if interpretation.periods != whole.periods {
        part.push_str(&subject::time(interpretation, place));
    }
    push!(
        text,
        "{} ({}){part}, of {counted}{rest}.",
        phrases::counted(share.part.events, "event"),
        phrases::counted(share.part.visits, "visit")
    );
    if findings.ranking.is_some() {
        groups::tell(&mut text, findings, place);
    }
    if !findings.evidence.is_empty() {
        text.push_str(if findings.evidence.len() == 1 { "\nThe latest:" } else { "\nThe latest of them:" });
        evidence_lines::bullets(&mut text, findings.evidence.iter().take(TOLD_MAX), place);
    }
    text
}

/// "38.3 % of the events, 40.0 % of the visits".
fn share_told(events: f64, visits: Option<f64>) -> String {
    match visits {
        Some(visits) => format!("{events:.1} % of the events, {visits:.1} % of the visits"),
        None => format!("{events:.1} % of the events"),
    }
}

/// "On average 61.2 events (12.3 visits) a day: 551 events over 9 whole days. "
pub(super) fn tell_average(text: &mut String, average: &Average) {
    let (one, many) = (groups::noun(average.by), groups::nouns(average.by));
    let is_time = !matches!(
        average.by,
        Grouping::Camera
            | Grouping::Site
            | Grouping::Zone
            | Grouping::Label
            | Grouping::EventType
            | Grouping::SubLabel
    );
    let whole = if is_time { "whole " } else { "" };
    let noun = if average.groups == 1 { one } else { many };
    push!(
        text,
        "On average {:.1} events ({:.1} visits) per {one}: {} ({}) over {} {whole}{noun}. ",
        average.events(),
        average.visits(),
        phrases::counted(average.totals.events, "event"),
        phrases::counted(average.totals.visits, "visit"),
        phrases::number(average.groups)
    );
    if average.lacks_cut_off {
        push!(text, "What was not recorded from beginning to end was left out of that. ");
    }
}
