//! Nothing found, nothing to look at, or nothing understood: said plainly, naming what was searched.
//! Must never let "no coverage" pass for "nothing happened".

use super::{evidence_lines, phrases, subject};
use crate::ask::{
    Interpretation, NameKind, Unresolved,
    check::plain,
    gather::{Coverage, Findings},
    interpret::is_vague_time,
    place::Place,
};

/// Names offered for one that is unknown.
const OFFERED_MAX: usize = 3;
/// Names listed when nothing looks like the unknown one.
const LISTED_MAX: usize = 8;

/// Nothing matched.
pub(crate) fn found(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    if interpretation.matches_nothing {
        return "Nothing can match: what the question names and what its filters allow exclude each other."
            .to_owned();
    }
    let coverage = findings.coverage.clone().unwrap_or_default();
    let time = subject::time(interpretation, place);
    if !interpretation.periods.is_empty() && interpretation.periods.iter().all(|p| p.start >= place.now) {
        return format!("Nothing can be said about what is still to come: the question asks for{time}.");
    }
    if coverage.is_none() {
        return no_coverage(&coverage, interpretation, &time, place);
    }
    let searched = subject::searched(interpretation, &coverage.searched, place);
    if let Some(words) = &interpretation.words {
        let mut text = mentioned(words, findings, interpretation, &searched, place);
        note_silent(&mut text, &coverage, place);
        return text;
    }
    let what = subject::what(interpretation, false);
    let no = none(interpretation);
    let verb = if no.ends_with("were no events") { "" } else { " were found" };
    let mut text = format!("{no}{what}{verb}{time}. I searched {searched}");
    push!(
        text,
        "; in that time {} {}.",
        if coverage.searched.len() == 1 { "it sent" } else { "they sent" },
        phrases::counted(coverage.events, "other event")
    );
    note_silent(&mut text, &coverage, place);
    text
}

/// "No, there were no events", "Right, there were no events", "No events".
fn none(interpretation: &Interpretation) -> &'static str {
    match subject::answers_yes_or_no(interpretation) {
        Some(true) => "Right, there were no events",
        Some(false) => "No, there were no events",
        None => "No events",
    }
}

/// No event holds the words: that nobody told of it is not that it did not happen.
fn mentioned(
    words: &str,
    findings: &Findings,
    interpretation: &Interpretation,
    searched: &str,
    place: &Place<'_>,
) -> String {
    let (no, unworded) = none_of(interpretation);
    let mut text = format!(
        "{no}{}{} mentions “{}”{}. I searched {searched}.",
        subject::what(&unworded, true),
        subject::place(interpretation, place),
        plain(words),
        subject::time(interpretation, place)
    );
    if let Some(all) = findings.unworded {
        // Without its number: beside a zero it would be taken for the answer.
        let what = subject::what(&unworded, false);
        // No event is of a type and of the label of another, whatever it mentions: that is no news.
        let is_both = !unworded.labels.is_empty() && !unworded.event_types.is_empty();
        if all.events == 0 && !is_both {
            let place = subject::place(interpretation, place);
            let when = if interpretation.periods.is_empty() { "" } else { " in that time" };
            push!(text, " There were no events{what}{place}{when}, whatever they mention.");
        } else if all.events > 0 {
            push!(text, " There were other events{what}.");
        }
    }
    text
}

/// "No event", "No, no event", "Right, no event", and the question without its words.
fn none_of(interpretation: &Interpretation) -> (&'static str, Interpretation) {
    let mut unworded = interpretation.clone();
    unworded.words = None;
    let no = match subject::answers_yes_or_no(interpretation) {
        Some(true) => "Right, no event",
        Some(false) => "No, no event",
        None => "No event",
    };
    (no, unworded)
}

/// Not one of the cameras sent anything: nothing can be said.
fn no_coverage(
    coverage: &Coverage,
    interpretation: &Interpretation,
    time: &str,
    place: &Place<'_>,
) -> String {
    let searched = subject::searched(interpretation, &coverage.searched, place);
    let mut text = if coverage.searched.is_empty() {
        "There is no camera to search: no camera that you can see matches the question".to_owned()
    } else if coverage.unheard.len() == coverage.searched.len() {
        return format!(
            "There is no coverage: {searched} {} never sent an event, so nothing can be said about{time}.",
            if coverage.searched.len() == 1 { "has" } else { "have" },
            time = if time.is_empty() { " it" } else { time }
        );
    } else if coverage.is_usual || coverage.is_too_short {
        let no = none(interpretation);
        let what = subject::what(interpretation, false);
        let usual = if coverage.is_usual {
            "as is usual at these hours."
        } else {
            "which is usual for so short a time: it does not show that nothing happened."
        };
        let mut text = format!(
            "{no}{what}{time}. {} sent nothing of any kind in that time, {usual}",
            phrases::sentence_case(&searched)
        );
        note_last_signs(&mut text, coverage, place);
        return text;
    } else {
        format!("There is no coverage{time}: {searched} sent no event of any kind")
    };
    text.push_str(", so whether anything happened cannot be told.");
    note_last_signs(&mut text, coverage, place);
    text
}

/// When silent cameras were last heard of.
fn note_last_signs(text: &mut String, coverage: &Coverage, place: &Place<'_>) {
    if coverage.silent.len() > OFFERED_MAX {
        return;
    }
    for id in &coverage.silent {
        let known = place.vocabulary.cameras.iter().find(|camera| *camera.camera_id == **id);
        if let Some(camera) = known {
            push!(
                text,
                " The events of {} run from {} to {}.",
                plain(place.camera_name(id)),
                phrases::moment(camera.first_event, place).trim_start_matches("on "),
                phrases::moment(camera.last_event, place).trim_start_matches("on ")
            );
        }
    }
}

/// Some of the cameras sent nothing: what is said does not speak for them.
fn note_silent(text: &mut String, coverage: &Coverage, place: &Place<'_>) {
    if coverage.silent.is_empty() {
        return;
    }
    let names = subject::cameras(&coverage.silent, place);
    let (names, there) =
        (phrases::sentence_case(&names), if coverage.silent.len() == 1 { "it" } else { "them" });
    push!(text, " {names} sent nothing at all in that time, so nothing can be said about {there}.");
}

/// Beside figures: cameras whose silence is out of the ordinary, so that the figures may lack something.
pub(crate) fn note_missed(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let Some(coverage) = findings.coverage.as_ref().filter(|coverage| !coverage.missed.is_empty()) else {
        return;
    };
    let names = subject::cameras(&coverage.missed, place);
    push!(
        text,
        " {} sent nothing at all in that time, unlike in the weeks before; what happened there is not in these figures.",
        phrases::sentence_case(&names)
    );
}

/// No event holds the words; some are alike.
pub(crate) fn similar(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let words = plain(interpretation.words.as_deref().unwrap_or_default());
    let (no, unworded) = none_of(interpretation);
    let mut text = format!(
        "{no}{}{} mentions “{words}”{}. The most similar:",
        subject::what(&unworded, true),
        subject::place(interpretation, place),
        subject::time(interpretation, place)
    );
    evidence_lines::bullets(&mut text, &findings.evidence, place);
    text
}

fn noun(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Camera => "camera",
        NameKind::Site => "site",
        NameKind::Zone => "zone",
        NameKind::Label => "label",
        NameKind::EventType => "type of event",
        NameKind::Evidence => "event in the last answer like",
        NameKind::Period => "such time as",
        NameKind::TimeZone => "time zone known here as",
        NameKind::Grouping => "way to group by",
        NameKind::Size => "number in an event as",
        NameKind::Severity => "event of the severity",
        NameKind::Anchor | NameKind::Deed => "event for",
        NameKind::Doer | NameKind::Belonging | NameKind::Distinct => "event that tells of",
        NameKind::Half => "answer to",
    }
}

/// "There is no camera “dok”. Did you mean “dock-1”?"
fn unknown(name: &Unresolved) -> String {
    let text = phrases::shortened(&plain(&name.text), 80);
    if name.kind == NameKind::Evidence {
        return format!("The last answer shows no event “{text}”.");
    }
    if name.kind == NameKind::Size {
        return format!("How many were in one event cannot be told, so “{text}” bounds nothing here.");
    }
    if name.kind == NameKind::Severity {
        return format!("No event that you can see has the severity “{text}”: these are events of any.");
    }
    if name.kind == NameKind::Half {
        let asked = if text.contains(' ') { format!("“{text}”") } else { format!("for the {text}") };
        return format!("This is one half of the answer: ask {asked} by itself.");
    }
    if name.kind == NameKind::Anchor {
        return format!("I cannot place “{text}”: I know no event that it can be counted from.");
    }
    if name.kind == NameKind::Period && is_vague_time(&name.text) {
        return format!("When “{text}” was, I cannot tell: name a day or a time.");
    }
    if name.kind == NameKind::Deed {
        return format!("No event of these tells of “{text}”: they are all that were seen.");
    }
    if name.kind == NameKind::Doer {
        return format!("No such event bears the name “{text}”: these may be anyone's.");
    }
    if name.kind == NameKind::Belonging {
        return format!("Events do not tell who or what is “{text}”: nothing was left out or chosen for it.");
    }
    if name.kind == NameKind::Distinct {
        return format!(
            "Events do not tell one from another, so “{text}” are counted as often as they were seen."
        );
    }
    if name.kind == NameKind::Grouping {
        return format!("Events cannot be grouped by “{text}”: the figures are those of all of them.");
    }
    if name.kind == NameKind::EventType && name.did_you_mean.is_empty() {
        return format!("No camera there tells of “{text}”: these are all that were seen there.");
    }
    let mut told = format!("There is no {} “{text}”.", noun(name.kind));
    let offered: Vec<String> =
        name.did_you_mean.iter().take(OFFERED_MAX).map(|n| format!("“{}”", plain(n))).collect();
    if !offered.is_empty() {
        push!(told, " Did you mean {}?", phrases::list(&offered, "or"));
    }
    told
}

/// Asks back about names that mean nothing here.
pub(crate) fn clarification(interpretation: &Interpretation, place: &Place<'_>) -> String {
    let told: Vec<String> = interpretation.unresolved.iter().map(unknown).collect();
    let mut text = told.join(" ");
    let is_lost = interpretation.unresolved.iter().all(|name| name.did_you_mean.is_empty());
    let is_place =
        interpretation.unresolved.iter().any(|n| matches!(n.kind, NameKind::Camera | NameKind::Site));
    if is_lost && is_place {
        let cameras = place.cameras();
        let names: Vec<String> =
            cameras.iter().take(LISTED_MAX).map(|id| plain(place.camera_name(id))).collect();
        if !names.is_empty() {
            push!(text, " There are {}", phrases::list(&names, "and"));
            let left = cameras.len().saturating_sub(LISTED_MAX);
            if left > 0 {
                push!(text, " ({left} more)");
            }
            text.push('.');
        }
    }
    // "During opening hours on Sunday" is no time where it is closed then.
    note_business_hours(&mut text, interpretation);
    text
}

/// Says what the time zones of the question were read as, and in which one the answer is told.
pub(crate) fn note_time_zones(text: &mut String, interpretation: &Interpretation) {
    // "UTC was read as UTC" is no news.
    let read = interpretation.time_zones.iter().filter(|named| !named.text.eq_ignore_ascii_case(&named.zone));
    let read = read.map(|named| format!("“{}” was read as {}", plain(&named.text), named.zone));
    let read: Vec<String> = read.collect();
    if !read.is_empty() {
        push!(text, "\n{}.", phrases::list(&read, "and"));
    }
    if !interpretation.time_zones.is_empty() {
        push!(text, "\nTimes here are those of {}.", interpretation.timezone);
    }
}

/// Says which hours of business were taken, where the question speaks of them.
pub(crate) fn note_business_hours(text: &mut String, interpretation: &Interpretation) {
    if let Some(taken) = &interpretation.business_hours {
        push!(text, "\n{}", taken.told());
    }
}

/// Says which of the names asked for were left out of an answer.
pub(crate) fn note_unresolved(text: &mut String, interpretation: &Interpretation) {
    for name in &interpretation.unresolved {
        text.push('\n');
        text.push_str(&unknown(name));
    }
}
