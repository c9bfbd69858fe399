//! What happened, told: the figures, then the incidents that stand out, in the order of time. Reads well
//! for one incident as for hundreds; says when only a part of the events was grouped.

use super::{evidence_lines, groups, lead::lead, nothing, phrases};
use crate::ask::{
    Evidence, Interpretation,
    check::plain,
    gather::{
        Findings, Step,
        timeline::{Incident, Incidents},
    },
    place::Place,
};

/// Stretches that are told one by one; more are told by their peak alone.
const STRETCHES_TOLD_MAX: usize = 14;
/// Kinds of events that are told of one incident.
const KINDS_TOLD_MAX: usize = 3;
/// Labels that are told one by one.
const LABELS_TOLD_MAX: usize = 4;

/// The whole answer of a timeline.
pub(super) fn tell(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = lead(findings, interpretation, place);
    tell_labels(&mut text, findings);
    groups::tell_cameras(&mut text, findings, interpretation, place);
    groups::tell_peak(&mut text, findings, place);
    nothing::note_missed(&mut text, findings, place);
    tell_stretches(&mut text, findings, place);
    let Some(incidents) = &findings.incidents else { return text };
    let told: Vec<&Incident> = incidents.items.iter().filter(|i| !i.references.is_empty()).collect();
    if told.is_empty() {
        return text;
    }
    introduce(&mut text, findings, incidents, told.len());
    let is_one_day = phrases::is_one_day(told.iter().map(|incident| incident.start), place);
    for incident in told {
        push(&mut text, incident, &findings.evidence, is_one_day, place);
    }
    text
}

/// " Of these, 812 show people, 402 vehicles and 12 animals."
fn tell_labels(text: &mut String, findings: &Findings) {
    let named: Vec<_> = findings.by_label.iter().filter(|(label, _)| !label.is_empty()).collect();
    if named.len() < 2 {
        return;
    }
    let mut told: Vec<String> = Vec::with_capacity(LABELS_TOLD_MAX + 1);
    for (index, (label, totals)) in named.iter().take(LABELS_TOLD_MAX).enumerate() {
        // "1 shows a person, 1 animal": the verb is said once.
        told.push(match (index, totals.events) {
            (0, 1) => format!("1 shows {}", plain(&phrases::one(label))),
            (0, n) => format!("{} show {}", phrases::number(n), plain(&phrases::plural(label))),
            (_, 1) => format!("1 {}", plain(&phrases::opened(label))),
            (_, n) => format!("{} {}", phrases::number(n), plain(&phrases::plural(label))),
        });
    }
    let left: u64 = named.iter().skip(LABELS_TOLD_MAX).map(|(_, totals)| totals.events).sum();
    if left > 0 {
        told.push(format!("{} something else", phrases::number(left)));
    }
    push!(text, " Of these, {}.", phrases::list(&told, "and"));
}

/// "\nDay by day: Mon 4 May 120, Tue 5 May 98 …": the figures of a long period.
fn tell_stretches(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let name = match findings.step {
        Some(Step::Day) => "Day by day",
        Some(Step::Month) => "Month by month",
        _ => return,
    };
    if !(2..=STRETCHES_TOLD_MAX).contains(&findings.series.len()) {
        return;
    }
    let told: Vec<String> = findings
        .series
        .iter()
        .map(|stretch| {
            let name = phrases::stretch(stretch.start, findings.step == Some(Step::Month), place);
            format!("{name} {}", phrases::number(stretch.totals.events))
        })
        .collect();
    push!(text, "\n{name}, in events: {}.", told.join(", "));
}

/// Says what the list is: all of it, or what stands out of how much.
fn introduce(text: &mut String, findings: &Findings, incidents: &Incidents, told: usize) {
    let all = incidents.total;
    let grouped = phrases::counted(incidents.events, "event");
    match (incidents.is_whole, incidents.rare_kinds) {
        (true, _) if all == told as u64 && findings.evidence.len() as u64 == incidents.events => {
            text.push_str(if told == 1 { "\nIt was:" } else { "\nIn order:" });
            return;
        }
        (true, _) if all == 1 => text.push_str("\nThey are one incident:"),
        (true, _) => push!(text, "\nThey make {}", phrases::counted(all, "incident")),
        (false, Some(kinds)) => push!(
            text,
            "\nToo many to group all: the {} of the {} make {}",
            grouped,
            if kinds == 1 { "rarest kind".to_owned() } else { format!("{kinds} rarest kinds") },
            phrases::counted(all, "incident")
        ),
        (false, None) => {
            push!(
                text,
                "\nToo many to group all: the latest {} make {}",
                grouped,
                phrases::counted(all, "incident")
            );
        }
    }
    if !text.ends_with(':') {
        text.push_str(match (all == told as u64, told) {
            (true, 1) => ":",
            (true, _) => ", in order:",
            (false, 1) => "; the one that stands out most:",
            (false, _) => "",
        });
        if all != told as u64 && told > 1 {
            push!(text, "; the {told} that stand out most, in order:");
        }
    }
}

/// One bullet: when, where, what with its references, and how much more there was.
fn push(text: &mut String, incident: &Incident, evidence: &[Evidence], is_one_day: bool, place: &Place<'_>) {
    let shown: Vec<&Evidence> =
        evidence.iter().filter(|event| incident.references.contains(&event.reference)).collect();
    let when = if is_one_day {
        format!("at {}", phrases::clock(incident.start, place))
    } else {
        phrases::moment(incident.start, place)
    };
    push!(text, "\n- {}", phrases::sentence_case(&when));
    let until = phrases::clock(incident.end, place);
    if until != phrases::clock(incident.start, place) {
        push!(text, "–{until}");
    }
    let cameras: Vec<String> = incident.cameras.iter().map(|id| plain(place.camera_name(id))).collect();
    push!(text, ", {}: ", phrases::list(&cameras, "and"));
    if incident.kinds.iter().map(|(_, n)| n).sum::<u64>() > shown.len() as u64 {
        return push_kinds(text, incident);
    }
    evidence_lines::push_headlines(text, &shown);
    let left = incident.events.saturating_sub(shown.len() as u64);
    if left > 0 {
        push!(text, "; {}", phrases::more(left, "event"));
    }
}

/// "7 × person interacts with laptop, 2 × person closes trunk [1][2]": where nothing is described, how
/// often each kind came says more than single events.
fn push_kinds(text: &mut String, incident: &Incident) {
    let mut told: Vec<String> = incident
        .kinds
        .iter()
        .take(KINDS_TOLD_MAX)
        .map(|(kind, n)| format!("{} × {}", phrases::number(*n), plain(&phrases::opened(kind))))
        .collect();
    let left: u64 = incident.kinds.iter().skip(KINDS_TOLD_MAX).map(|(_, n)| n).sum();
    if left > 0 {
        told.push(phrases::more(left, "event"));
    }
    push!(text, "{} ", told.join(", "));
    for reference in &incident.references {
        push!(text, "[{reference}]");
    }
}
