//! How long visits lasted, told: from the first sighting to the last, and said to be no more than that.

use jiff::SignedDuration;

use super::{evidence_lines, lead::lead, phrases, subject};
use crate::ask::{
    Evidence, Interpretation,
    check::plain,
    gather::{
        Findings,
        stays::{Stay, Stays},
    },
    place::Place,
};

/// The whole answer.
pub(super) fn tell(
    stays: &Stays,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let mut text = match (stays.measured, stays.unmeasured) {
        (1.., _) if interpretation.stay.is_some() => within(stays, findings, interpretation, place),
        (0, 1) => single_sighting(stays, findings, place),
        (0, _) => only_sightings(stays, findings, interpretation, place),
        (1, 0) => single(stays, findings, interpretation, place),
        _ => several(stays, findings, interpretation, place),
    };
    if !stays.is_whole {
        push!(
            text,
            "\nMeasured over the latest {} of {}.",
            phrases::number(stays.events),
            phrases::counted(findings.totals.events, "event")
        );
    }
    text
}

fn single(stays: &Stays, findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let Some(stay) = stays.items.first() else { return lead(findings, interpretation, place) };
    let (day, start) = (phrases::day(stay.start, place), phrases::precise(stay.start, place));
    let when = if phrases::is_one_day([stay.start, stay.end], place) {
        format!("{day}, {start}–{}", phrases::precise(stay.end, place))
    } else {
        format!("{day} at {start} until {}", phrases::moment(stay.end, place).trim_start_matches("on "))
    };
    let mut text = format!(
        "{}, from the first sighting to the last: {when}, {}",
        phrases::length(stay.length()),
        plain(place.camera_name(&stay.camera_id))
    );
    let shown: Vec<&Evidence> =
        findings.evidence.iter().filter(|event| stay.references.contains(&event.reference)).collect();
    if !shown.is_empty() {
        text.push_str(": ");
        evidence_lines::push_headlines(&mut text, &shown);
    }
    text.push('.');
    phrases::sentence_case(&text)
}

fn single_sighting(stays: &Stays, findings: &Findings, place: &Place<'_>) -> String {
    let shown = stays
        .items
        .first()
        .and_then(|stay| findings.evidence.iter().find(|event| stay.references.contains(&event.reference)));
    let mut text = "How long cannot be told: there is a single sighting, and it has no end.".to_owned();
    if let Some(event) = shown {
        evidence_lines::bullets(&mut text, [event], place);
    }
    text
}

/// Points in time only: what can be said is how far they lie apart.
fn only_sightings(
    stays: &Stays,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let mut text = "How long cannot be told: none of the sightings has an end. ".to_owned();
    text.push_str(&lead(findings, interpretation, place));
    if let Some((first, last)) = stays.span.filter(|(first, last)| last > first) {
        push!(
            text,
            " The first was {}, the last {}, {} apart; whether anything stayed in between is not recorded.",
            phrases::moment(first, place),
            phrases::moment(last, place),
            phrases::length(last.duration_since(first))
        );
    }
    if !findings.evidence.is_empty() {
        text.push_str(if findings.evidence.len() == 1 { "\nOne of them:" } else { "\nSome of them:" });
        evidence_lines::bullets(&mut text, &findings.evidence, place);
    }
    text
}

/// "3 of 45 visits that can be measured lasted longer than 10 minutes."
fn within(stays: &Stays, findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let bound = interpretation.stay.as_ref().map_or_else(String::new, |bound| plain(&bound.text));
    let counted = match stays.within {
        Some(0) | None => "None".to_owned(),
        Some(n) => phrases::number(n),
    };
    let mut text = format!(
        "{counted} of {} that can be measured lasted {bound}; the longest lasted {}.",
        phrases::counted(stays.measured, "visit"),
        phrases::length(stays.longest)
    );
    tell_ground(&mut text, stays, findings, interpretation, place);
    text
}

fn several(stays: &Stays, findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let mut text = if stays.measured == 1 {
        format!("One visit can be measured: it lasted {}.", phrases::length(stays.longest))
    } else {
        let (end, length) =
            if interpretation.is_least { ("shortest", stays.shortest) } else { ("longest", stays.longest) };
        let mut text = format!(
            "The {end} of {} lasted {}, the median {}; together they lasted {}",
            phrases::counted(stays.measured, "visit"),
            phrases::length(length),
            phrases::length(stays.median),
            phrases::length(stays.total)
        );
        if let Some(mean) = mean(stays).filter(|_| interpretation.is_average) {
            push!(text, ", on average {}", phrases::length(mean));
        }
        text + "."
    };
    tell_ground(&mut text, stays, findings, interpretation, place);
    text
}

fn mean(stays: &Stays) -> Option<SignedDuration> {
    let measured = i64::try_from(stays.measured).ok().filter(|measured| *measured > 0)?;
    Some(SignedDuration::from_secs(stays.total.as_secs() / measured))
}

/// From what lengths are measured, of what, and the longest of the visits that are asked for.
fn tell_ground(
    text: &mut String,
    stays: &Stays,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) {
    text.push_str(" Each is measured from its first sighting to its last.");
    if stays.unmeasured > 0 {
        push!(
            text,
            " {} {} without an end, so nothing is known of {} length.",
            phrases::more(stays.unmeasured, "visit"),
            if stays.unmeasured == 1 { "is a single sighting" } else { "are single sightings" },
            if stays.unmeasured == 1 { "its" } else { "their" }
        );
    }
    push!(
        text,
        " I looked at {}{}{}.",
        // Visits that began before the period are measured as well, but not counted in it.
        phrases::counted(findings.totals.events, "event")
            + &subject::what(interpretation, findings.totals.events == 1),
        subject::place(interpretation, place),
        subject::time(interpretation, place)
    );
    let told: Vec<&Stay> =
        stays.items.iter().filter(|stay| stay.is_measured && !stay.references.is_empty()).collect();
    if !told.is_empty() {
        let end = if interpretation.is_least { "shortest" } else { "longest" };
        push!(text, "\nThe {end}{}:", if told.len() == 1 { "" } else { " ones" });
    }
    for stay in told {
        let shown: Vec<&Evidence> =
            findings.evidence.iter().filter(|e| stay.references.contains(&e.reference)).collect();
        push!(
            text,
            "\n- {}, {}, {}: ",
            phrases::sentence_case(&phrases::length(stay.length())),
            phrases::moment(stay.start, place),
            plain(place.camera_name(&stay.camera_id))
        );
        evidence_lines::push_headlines(text, &shown);
    }
}
