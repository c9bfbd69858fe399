//! Single events as lines of an answer. Every line carries the reference of its event.

use super::phrases;
use crate::ask::{Evidence, check::plain, place::Place};

/// The longest description quoted in a line, in characters.
const QUOTED_CHARS_MAX: usize = 200;
/// Events of one camera at most this far apart are told as one incident, in seconds.
const INCIDENT_GAP_SECONDS: i64 = 60;

/// What happened: the description, else type and label.
pub(crate) fn headline(event: &Evidence) -> String {
    let told = if let Some(description) = event.description.as_deref().filter(|text| !text.is_empty()) {
        // The description of evidence is already free of markup.
        phrases::shortened(description, QUOTED_CHARS_MAX).trim_end_matches('.').to_owned()
    } else {
        let mut kind = plain(&phrases::opened(&event.event_type));
        if let Some(label) = &event.label {
            let label = plain(&phrases::opened(label));
            if !kind.contains(&label) {
                push!(kind, ": {label}");
            }
        }
        kind
    };
    match &event.sub_label {
        Some(name) if !told.contains(name.as_str()) => format!("{told} ({})", plain(name)),
        _ => told,
    }
}

/// "today at 14:32, Loading dock: person enters vehicle [1]", without a full stop.
pub(crate) fn line(event: &Evidence, place: &Place<'_>) -> String {
    let mut line = phrases::moment(event.timestamp, place);
    line.push_str(", ");
    line.push_str(&plain(place.camera_name(&event.camera_id)));
    line.push_str(": ");
    line.push_str(&headline(event));
    push_doubt(&mut line, event);
    push_reference(&mut line, event);
    line
}

fn push_doubt(line: &mut String, event: &Evidence) {
    if let Some(sure) = event.confidence.filter(|_| event.is_weak) {
        line.push_str(", uncertain at ");
        line.push_str(&phrases::percent(f64::from(sure)));
    }
}

pub(crate) fn push_reference(line: &mut String, event: &Evidence) {
    line.push_str(" [");
    line.push_str(&event.reference.to_string());
    line.push(']');
}

/// What events show, each headline once with all its references: "person talks on phone [1][2]; …".
pub(crate) fn push_headlines(text: &mut String, events: &[&Evidence]) {
    let mut told: Vec<(String, String)> = Vec::new();
    for event in events {
        let mut headline = headline(event);
        push_doubt(&mut headline, event);
        let reference = format!("[{}]", event.reference);
        match told.iter_mut().find(|(known, _)| *known == headline) {
            Some((_, references)) => references.push_str(&reference),
            None => told.push((headline, reference)),
        }
    }
    let told: Vec<String> =
        told.into_iter().map(|(told, references)| format!("{told} {references}")).collect();
    text.push_str(&told.join("; "));
}

/// One bullet an event.
pub(crate) fn bullets<'a>(
    text: &mut String,
    events: impl IntoIterator<Item = &'a Evidence>,
    place: &Place<'_>,
) {
    for event in events {
        text.push_str("\n- ");
        text.push_str(&phrases::sentence_case(&line(event, place)));
    }
}

/// One bullet an incident: a run of events of one camera, close together.
pub(crate) fn incidents(text: &mut String, events: &[Evidence], place: &Place<'_>) {
    let mut index = 0;
    while let Some(first) = events.get(index) {
        let mut last = first;
        let mut count = 1;
        while let Some(next) = events.get(index + count) {
            let gap = next.timestamp.duration_since(last.end_time.unwrap_or(last.timestamp)).as_secs();
            if next.camera_id != first.camera_id || gap > INCIDENT_GAP_SECONDS {
                break;
            }
            last = next;
            count += 1;
        }
        let run = events.get(index..index + count).unwrap_or_default();
        push_incident(text, run, place);
        index += count;
    }
}

fn push_incident(text: &mut String, run: &[Evidence], place: &Place<'_>) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    if run.len() == 1 {
        return bullets(text, run, place);
    }
    let mut kinds: Vec<String> = Vec::new();
    for event in run {
        let headline = headline(event);
        if !kinds.contains(&headline) {
            kinds.push(headline);
        }
    }
    text.push_str("\n- ");
    text.push_str(&phrases::sentence_case(&phrases::moment(first.timestamp, place)));
    let until = phrases::clock(last.timestamp, place);
    if until != phrases::clock(first.timestamp, place) {
        text.push('–');
        text.push_str(&until);
    }
    text.push_str(", ");
    text.push_str(&plain(place.camera_name(&first.camera_id)));
    text.push_str(": ");
    text.push_str(&kinds.join("; "));
    for event in run {
        push_reference(text, event);
    }
}
