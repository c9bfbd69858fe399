//! Findings → text, without any model. Says only what was found; every sentence about an event carries
//! its reference; no sentence is a constant that pretends to be data.

mod comparison;
pub(crate) mod evidence_lines;
pub(crate) mod groups;
mod lead;
mod nothing;
mod path;
pub(crate) mod phrases;
pub(crate) mod prepositions;
mod quiet;
mod shares;
mod stays;
pub(crate) mod subject;
mod talk;
mod thresholds;
mod timeline;

use super::{
    Claim, Grouping, Intent, Interpretation, QuestionForm,
    gather::{self, Findings},
    place::Place,
};
use crate::ask::check::plain;

pub(crate) use self::{
    lead::lead,
    nothing::clarification,
    talk::{help, list_cameras, other_language, refers_to_nothing, small_talk},
};

/// Events told after a count; the rest is in the evidence.
const TOLD_WITH_COUNT_MAX: usize = 3;

/// The whole answer.
pub(crate) fn extractive(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = match interpretation.intent {
        Intent::Unusual => talk::unusual(findings, interpretation, place),
        Intent::Compare if findings.comparison.is_some() => comparison::tell(findings, interpretation, place),
        Intent::Quiet if findings.quiet.is_some() => findings
            .quiet
            .as_ref()
            .map_or_else(String::new, |q| quiet::tell(q, findings, interpretation, place)),
        _ if findings.share.is_some() => findings
            .share
            .as_ref()
            .map_or_else(String::new, |s| shares::tell(s, findings, interpretation, place)),
        _ if findings.path.is_some() => {
            findings.path.as_ref().map_or_else(String::new, |p| path::tell(p, findings, place))
        }
        _ if findings.totals.events == 0 && findings.is_similar_only => {
            nothing::similar(findings, interpretation, place)
        }
        _ if findings.totals.events == 0 => nothing::found(findings, interpretation, place),
        Intent::Busiest | Intent::Compare | Intent::ListCameras if is_bounded(findings) => {
            found(findings, interpretation, place)
        }
        Intent::First | Intent::Last => first_or_last(findings, interpretation, place),
        Intent::Busiest => busiest(findings, interpretation, place),
        Intent::HowLong if findings.stays.is_some() => findings
            .stays
            .as_ref()
            .map_or_else(String::new, |s| stays::tell(s, findings, interpretation, place)),
        Intent::Timeline => timeline::tell(findings, interpretation, place),
        Intent::Related => around(findings, interpretation, place),
        Intent::Basis => basis(findings, interpretation, place),
        _ => found(findings, interpretation, place),
    };
    if matches!(interpretation.claim, Claim::Trend | Claim::Usual) && findings.comparison.is_none() {
        text.insert_str(0, "Nothing was recorded before it to compare that with. ");
    }
    nothing::note_time_zones(&mut text, interpretation);
    nothing::note_business_hours(&mut text, interpretation);
    if interpretation.group_by == Some(Grouping::SubLabel) && findings.totals.events > 0 {
        groups::note_names(&mut text, findings);
    }
    nothing::note_unresolved(&mut text, interpretation);
    text
}

/// Whether groups are asked for by how much they hold.
fn is_bounded(findings: &Findings) -> bool {
    findings.ranking.as_ref().is_some_and(|ranking| ranking.bounded.is_some())
}

/// What an answer rests on: the same findings, with what they were taken from.
fn basis(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let told = found(findings, interpretation, place);
    format!("It rests on what the cameras recorded, counted and not estimated. {told}")
}

/// Answers "show", "how many", "when", "where", "which", "who", "whether" with what was found.
fn found(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = String::new();
    let bounded = findings.ranking.as_ref().and_then(|ranking| Some((ranking, ranking.bounded.as_ref()?)));
    if let Some((ranking, bounded)) = bounded {
        text = thresholds::tell(ranking, bounded, findings, interpretation, place);
        push_events(&mut text, findings, findings.evidence.len().min(TOLD_WITH_COUNT_MAX), "latest", place);
        return text;
    }
    if let Some(average) = &findings.average {
        shares::tell_average(&mut text, average);
    }
    text.push_str(&lead(findings, interpretation, place));
    match interpretation.form {
        QuestionForm::Who => who(&mut text, findings),
        _ if findings.ranking.is_some() => groups::tell(&mut text, findings, place),
        _ if interpretation.intent == Intent::Count => {
            groups::tell_cameras(&mut text, findings, interpretation, place);
            groups::tell_peak(&mut text, findings, place);
        }
        _ => {}
    }
    nothing::note_missed(&mut text, findings, place);
    let told = match interpretation.intent {
        Intent::Count => findings.evidence.len().min(TOLD_WITH_COUNT_MAX),
        _ => findings.evidence.len(),
    };
    let is_ranked = interpretation.words.is_some();
    push_events(&mut text, findings, told, if is_ranked { "best matches" } else { "latest" }, place);
    text
}

/// The events themselves: one in a sentence, several as a list.
fn push_events(text: &mut String, findings: &Findings, told: usize, which: &str, place: &Place<'_>) {
    let told = findings.evidence.get(..told).unwrap_or_default();
    let is_all = findings.totals.events as usize == told.len();
    match told {
        [] => {}
        [only] if is_all => {
            text.push_str(" It was ");
            text.push_str(&evidence_lines::line(only, place));
            text.push('.');
        }
        _ => {
            let intro = match (is_all, told.len()) {
                (true, _) => "\nThey are:".to_owned(),
                (false, 1) if which == "latest" => "\nThe latest:".to_owned(),
                (false, 1) => "\nThe best match:".to_owned(),
                (false, n) if n == findings.evidence.len() => format!("\nThe {n} {which}:"),
                (false, _) => format!("\nThe {which}:"),
            };
            text.push_str(&intro);
            evidence_lines::bullets(text, told, place);
        }
    }
}

/// Names that the sources gave, each with the events that show it.
fn who(text: &mut String, findings: &Findings) {
    let mut names: Vec<(String, String)> = Vec::new();
    for event in &findings.evidence {
        let Some(name) = &event.sub_label else { continue };
        let name = plain(name);
        let reference = format!(" [{}]", event.reference);
        match names.iter_mut().find(|(known, _)| *known == name) {
            Some((_, references)) => references.push_str(&reference),
            None => names.push((name, reference)),
        }
    }
    if names.is_empty() {
        text.push_str(" None of the events shown carries a name.");
        return;
    }
    let told: Vec<String> = names.into_iter().map(|(name, references)| name + &references).collect();
    text.push_str(" Recognised: ");
    text.push_str(&phrases::list(&told, "and"));
    text.push('.');
}

fn first_or_last(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let is_first = interpretation.intent == Intent::First;
    let which = phrases::in_order(interpretation.nth.unwrap_or(1), is_first);
    let Some(event) = findings.evidence.first() else {
        let lead = lead(findings, interpretation, place);
        return if findings.totals.events > 0 { format!("There was no {which}. {lead}") } else { lead };
    };
    let ago = if interpretation.intent == Intent::Last && event.timestamp < place.now {
        format!(" ({} ago)", phrases::duration(event.timestamp, place.now))
    } else {
        String::new()
    };
    let mut text = String::new();
    let is_of_now = interpretation.claim == Claim::Now
        || interpretation.form == QuestionForm::Whether && interpretation.periods.is_empty();
    if is_of_now {
        text.push_str("Events do not tell how it is now. ");
    }
    push!(text, "The {which} was {}", phrases::moment(event.timestamp, place));
    text.push_str(&ago);
    text.push_str(" at ");
    text.push_str(&plain(place.camera_name(&event.camera_id)));
    text.push_str(": ");
    text.push_str(&evidence_lines::headline(event));
    evidence_lines::push_reference(&mut text, event);
    text.push_str(". ");
    text.push_str(&lead(findings, interpretation, place));
    if findings.evidence.len() > 1 {
        text.push_str(if is_first { "\nThen came:" } else { "\nBefore it:" });
        evidence_lines::bullets(&mut text, findings.evidence.iter().skip(1), place);
    }
    text
}

fn busiest(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = String::new();
    groups::tell_winner(&mut text, findings, place);
    text.push_str(&lead(findings, interpretation, place));
    nothing::note_missed(&mut text, findings, place);
    if !findings.evidence.is_empty() {
        let is_narrowed = findings
            .ranking
            .as_ref()
            .is_some_and(|ranking| gather::ranking::is_narrowed(ranking, &findings.evidence, place));
        text.push_str(if is_narrowed { "\nFrom there:" } else { "\nThe latest:" });
        let told = findings.evidence.iter().take(TOLD_WITH_COUNT_MAX);
        evidence_lines::bullets(&mut text, told, place);
    }
    text
}

/// What else there was, in order.
fn around(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = lead(findings, interpretation, place);
    groups::tell_cameras(&mut text, findings, interpretation, place);
    groups::tell_peak(&mut text, findings, place);
    let told = findings.evidence.len();
    let is_all = findings.totals.events as usize == told;
    if told > 0 {
        if is_all {
            text.push_str("\nIn order:");
        } else {
            push!(text, "\nThe first {told} of {}, in order:", phrases::number(findings.totals.events));
        }
        evidence_lines::incidents(&mut text, &findings.evidence, place);
    }
    text
}
