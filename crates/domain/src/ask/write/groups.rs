//! Groups and series in words: which camera, which hour, where most. Numbers come from the findings.

use super::{phrases, subject};
use crate::{
    ask::{
        Interpretation,
        check::plain,
        gather::{Findings, Ranking, Step, series},
        place::Place,
    },
    event_store::{GroupBy, GroupValue},
    period::Period,
};

/// More groups than this are told as a number.
const GROUPS_TOLD_MAX: usize = 5;

/// What a group is called.
pub(crate) fn name(by: GroupBy, value: &GroupValue, place: &Place<'_>) -> String {
    match value {
        GroupValue::Text(text) if text.is_empty() => "without one".to_owned(),
        GroupValue::Text(id) if by == GroupBy::Camera => plain(place.camera_name(id)),
        GroupValue::Text(label) if by == GroupBy::Label => plain(&phrases::plural(label)),
        GroupValue::Text(term) => plain(&phrases::opened(term)),
        GroupValue::Hour(start) => phrases::interval(&series::hour(*start), place),
        GroupValue::Day(day) => match series::day(*day, place.timezone) {
            Some(day) => phrases::interval(&day, place),
            None => day.to_string(),
        },
        GroupValue::HourOfWeek(hour) => phrases::hour_of_week(*hour),
    }
}

fn noun(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Camera => "camera",
        GroupBy::Label => "label",
        GroupBy::EventType => "type of event",
        GroupBy::Zone => "zone",
        GroupBy::Hour => "hour",
        GroupBy::Day => "day",
        GroupBy::HourOfWeek => "hour of the week",
    }
}

/// " By camera: Loading dock (120 events), Yard (80 events)."
pub(crate) fn tell(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let Some(ranking) = &findings.ranking else { return };
    if ranking.groups.is_empty() {
        return;
    }
    text.push_str(" By ");
    text.push_str(noun(ranking.by));
    text.push_str(": ");
    push_groups(text, ranking, place);
    text.push('.');
}

fn push_groups(text: &mut String, ranking: &Ranking, place: &Place<'_>) {
    let told = ranking.groups.iter().take(GROUPS_TOLD_MAX);
    let told: Vec<String> = told
        .map(|group| {
            let name = name(ranking.by, &group.value, place);
            format!("{name} ({})", phrases::counted(group.totals.events, "event"))
        })
        .collect();
    text.push_str(&told.join(", "));
    let left = ranking.groups.len().saturating_sub(GROUPS_TOLD_MAX);
    if left > 0 {
        push!(text, " and {left} more");
    }
}

/// "Loading dock was the busiest camera: 120 events (14 visits). " with the runners-up.
pub(crate) fn tell_winner(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let Some(ranking) = &findings.ranking else { return };
    let Some(first) = ranking.groups.first() else { return };
    let ties = ranking.groups.iter().take_while(|g| g.totals.events == first.totals.events);
    let equals = ties.clone().count();
    let ties: Vec<String> = ties.take(GROUPS_TOLD_MAX).map(|g| name(ranking.by, &g.value, place)).collect();
    let counted = format!(
        "{} ({})",
        phrases::counted(first.totals.events, "event"),
        phrases::counted(first.totals.visits, "visit")
    );
    let noun = noun(ranking.by);
    if ties.len() > 1 {
        let each = phrases::counted(first.totals.events, "event");
        let left = equals - ties.len();
        let more = if left > 0 { format!(" and {left} more") } else { String::new() };
        let told = if left > 0 { ties.join(", ") } else { phrases::list(&ties, "and") };
        push!(text, "It is a tie between {told}{more}: {each} each. ");
        return;
    }
    let winner = ties.first().map(String::as_str).unwrap_or_default();
    let winner = phrases::sentence_case(winner);
    if ranking.is_least {
        // A group without events is not among them.
        push!(text, "{winner} was the quietest {noun} that had any events: {counted}. ");
    } else {
        push!(text, "{winner} was the busiest {noun}: {counted}. ");
    }
    if let Some(second) = ranking.groups.get(1) {
        let name = name(ranking.by, &second.value, place);
        let counted = phrases::counted(second.totals.events, "event");
        push!(text, "Next came {name} with {counted}. ");
    }
}

/// " Most came from Loading dock (120 events) and Yard (80 events)." when several cameras took part.
pub(crate) fn tell_cameras(
    text: &mut String,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) {
    let [first, second, ..] = findings.by_camera.as_slice() else {
        if let ([(only, _)], true) = (findings.by_camera.as_slice(), interpretation.cameras.len() != 1) {
            push!(text, " All came from {}.", plain(place.camera_name(only)));
        }
        return;
    };
    let told = |camera: &(std::sync::Arc<str>, crate::event_store::Totals)| {
        let name = subject::cameras(&[&*camera.0], place);
        format!("{name} ({})", phrases::counted(camera.1.events, "event"))
    };
    let opening = if findings.by_camera.len() == 2 { "They came from" } else { "Most came from" };
    push!(text, " {opening} {} and {}", told(first), told(second));
    if findings.by_camera.len() > 2 {
        push!(text, ", of {} cameras in all", findings.by_camera.len());
    }
    text.push('.');
}

/// " The busiest hour was Tue 12 May, 14:00–15:00 with 40 events."
pub(crate) fn tell_peak(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let Some(step) = findings.step else { return };
    let filled = findings.series.iter().filter(|stretch| stretch.totals.events > 0).count();
    // The first of equals, so that the same findings always give the same text.
    let peak = findings.series.iter().rev().max_by_key(|stretch| stretch.totals.events);
    // The peak of single events is no peak.
    let Some(peak) = peak.filter(|peak| filled > 1 && peak.totals.events > 1) else { return };
    let step = match step {
        Step::Hour => "hour",
        Step::Day => "day",
        Step::Month => "month",
    };
    let when = phrases::interval(&Period::new(peak.start, peak.end), place);
    let counted = phrases::counted(peak.totals.events, "event");
    push!(text, " The busiest {step} was {when} with {counted}.");
}
