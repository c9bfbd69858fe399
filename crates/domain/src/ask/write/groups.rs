//! Groups and series in words: which camera, which hour, where most. Numbers come from the findings.

use super::{phrases, subject};
use crate::{
    ask::{
        Grouping, Interpretation,
        check::plain,
        gather::{
            Findings, Step,
            ranking::{self, GroupKey, Ranked, Ranking},
            series,
        },
        place::Place,
    },
    period::Period,
};

/// More groups than this are told as a number.
const GROUPS_TOLD_MAX: usize = 5;
/// Stretches of time that are told one by one.
const STRETCHES_TOLD_MAX: usize = 31;

/// What a group is called.
pub(crate) fn name(by: Grouping, key: &GroupKey, place: &Place<'_>) -> String {
    match key {
        GroupKey::Text(text) if text.is_empty() => "without one".to_owned(),
        GroupKey::Text(id) if by == Grouping::Camera => plain(place.camera_name(id)),
        GroupKey::Text(id) if by == Grouping::Site => plain(place.site_name(id)),
        GroupKey::Text(label) if by == Grouping::Label => plain(&phrases::plural(label)),
        GroupKey::Text(name) if by == Grouping::SubLabel => plain(name),
        GroupKey::Text(term) => plain(&phrases::opened(term)),
        GroupKey::Hour(start) => phrases::interval(&series::hour(*start), place),
        GroupKey::Day(first) => match ranking::days(by, *first, place) {
            Some(days) => phrases::interval(&days, place),
            None => first.to_string(),
        },
        GroupKey::HourOfDay(hour) => format!("{hour:02}:00–{:02}:00", hour + 1),
        GroupKey::Weekday(day) => phrases::weekday(*day).to_owned(),
    }
}

pub(super) fn noun(by: Grouping) -> &'static str {
    match by {
        Grouping::Camera => "camera",
        Grouping::Site => "site",
        Grouping::Label => "label",
        Grouping::EventType => "type of event",
        Grouping::Zone => "zone",
        Grouping::SubLabel => "name",
        Grouping::Hour => "hour",
        Grouping::HourOfDay => "hour of the day",
        Grouping::Day => "day",
        Grouping::Weekday => "weekday",
        Grouping::Week => "week",
        Grouping::Month => "month",
    }
}

pub(super) fn nouns(by: Grouping) -> &'static str {
    match by {
        Grouping::Camera => "cameras",
        Grouping::Site => "sites",
        Grouping::Label => "labels",
        Grouping::EventType => "types of events",
        Grouping::Zone => "zones",
        Grouping::SubLabel => "names",
        Grouping::Hour => "hours",
        Grouping::HourOfDay => "hours of the day",
        Grouping::Day => "days",
        Grouping::Weekday => "weekdays",
        Grouping::Week => "weeks",
        Grouping::Month => "months",
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

pub(super) fn push_groups(text: &mut String, ranking: &Ranking, place: &Place<'_>) {
    // Those that were asked for by what they hold are told as far as they can be read.
    let usual = if ranking.bounded.is_some() { STRETCHES_TOLD_MAX } else { GROUPS_TOLD_MAX };
    let most = ranking.top.unwrap_or(usual);
    // "Days without deliveries" are told although they hold nothing, which then need not be said of each.
    let are_empty = ranking.bounded.is_some() && ranking.groups.iter().all(|group| group.totals.events == 0);
    let is_told = |group: &&Ranked| are_empty || group.totals.events > 0;
    let filled: Vec<&Ranked> = ranking.groups.iter().filter(is_told).collect();
    let empty = ranking.groups.len() - filled.len();
    // A day or an hour reads best in the order of time, as long as all of them are told.
    let mut told: Vec<&Ranked> = filled.iter().copied().take(most.max(series_told(ranking))).collect();
    if told.len() == filled.len() && ranking::is_time(ranking.by) {
        told.sort_by(|a, b| a.key.cmp(&b.key));
    }
    let left = filled.len() - told.len();
    let hours = told.iter().filter_map(|group| match &group.key {
        GroupKey::Hour(start) => Some(*start),
        _ => None,
    });
    let is_one_day = phrases::is_one_day(hours, place);
    let told: Vec<String> = told
        .into_iter()
        .map(|group| {
            let name = match &group.key {
                // The day is in the question; only the hour is news.
                GroupKey::Hour(start) if is_one_day => {
                    let hour = series::hour(*start);
                    format!("{}–{}", phrases::clock(hour.start, place), phrases::clock(hour.end, place))
                }
                key => name(ranking.by, key, place),
            };
            if are_empty {
                name
            } else {
                format!("{name} ({})", phrases::counted(group.totals.events, "event"))
            }
        })
        .collect();
    text.push_str(&told.join(", "));
    if left > 0 && ranking.top.is_none() {
        push!(text, " and {left} more");
    }
    if empty > 0 && ranking.has_empty {
        let noun = if empty == 1 { noun(ranking.by) } else { nouns(ranking.by) };
        push!(text, "; none in {empty} more {noun}");
    }
}

/// Stretches of time are told one by one up to two weeks of days or a day of hours.
fn series_told(ranking: &Ranking) -> usize {
    if ranking::is_time(ranking.by) && ranking.groups.len() <= STRETCHES_TOLD_MAX {
        ranking.groups.len()
    } else {
        0
    }
}

/// "Loading dock was the busiest camera: 120 events (14 visits). " with the runners-up.
pub(crate) fn tell_winner(text: &mut String, findings: &Findings, place: &Place<'_>) {
    let Some(ranking) = &findings.ranking else { return };
    let Some(first) = ranking.groups.first() else { return };
    if let Some(top) = ranking.top.filter(|top| *top > 1 && ranking.groups.len() > 1) {
        return tell_top(text, ranking, top, place);
    }
    let ties = ranking.groups.iter().take_while(|g| g.totals.events == first.totals.events);
    let equals = ties.clone().count();
    let ties: Vec<String> = ties.take(GROUPS_TOLD_MAX).map(|g| name(ranking.by, &g.key, place)).collect();
    let noun = noun(ranking.by);
    if ties.len() > 1 {
        let each = phrases::counted(first.totals.events, "event");
        let left = equals - ties.len();
        let more = if left > 0 { format!(" and {left} more") } else { String::new() };
        let told = if left > 0 { ties.join(", ") } else { phrases::list(&ties, "and") };
        if first.totals.events == 0 {
            tell_empty(text, ranking, equals, place);
        } else {
            push!(text, "It is a tie between {told}{more}: {each} each. ");
        }
    } else {
        let winner = first_in_sentence(ranking.by, ties.first().cloned().unwrap_or_default());
        let counted = counted(first);
        let superlative = if ranking.is_least { "quietest" } else { "busiest" };
        // Where it is not known which groups there are, one without events may be missing.
        let limits = if ranking.is_least && !ranking.has_empty { " that had any events" } else { "" };
        if ranking.by == Grouping::SubLabel {
            let often = if ranking.is_least { "least often of all that came" } else { "most often" };
            push!(text, "{winner} came {often}: {counted}. ");
        } else {
            push!(text, "{winner} was the {superlative} {noun}{limits}: {counted}. ");
        }
        if let Some(second) = ranking.groups.get(1) {
            let name = first_in_sentence(ranking.by, name(ranking.by, &second.key, place));
            push!(text, "{name} came next with {}. ", phrases::counted(second.totals.events, "event"));
        }
    }
    note_running(text, ranking);
    note_uneven(text, ranking, place);
}

/// What a sentence begins with; a plate is told as it was read.
fn first_in_sentence(by: Grouping, name: String) -> String {
    if by == Grouping::SubLabel { name } else { phrases::sentence_case(&name) }
}

/// "A name or a plate is known for 12 of the 240 events.": a ranking of names says nothing of the others.
pub(super) fn note_names(text: &mut String, findings: &Findings) {
    let Some(ranking) = &findings.ranking else {
        text.push_str(
            "\nThere are too many names and plates to count each: the figures are those of all of them.",
        );
        return;
    };
    let named: u64 = ranking.groups.iter().map(|group| group.totals.events).sum();
    let all = findings.totals.events;
    if ranking.bounded.is_some() || named == all {
        return;
    }
    if named == 0 {
        text.push_str("\nNone of these events carries a name or a plate.");
    } else {
        push!(
            text,
            "\nA name or a plate is known for {} of the {}.",
            phrases::number(named),
            phrases::counted(all, "event")
        );
    }
}

/// "Not all of them recur equally often (2 to 3 times); on average Tuesday is the busiest with 24.0 events a day. "
fn note_uneven(text: &mut String, ranking: &Ranking, place: &Place<'_>) {
    let often = |group: &Ranked| group.times.filter(|times| *times > 0);
    let (Some(first), true) = (ranking.groups.first(), ranking.by == Grouping::Weekday) else { return };
    let (Some(most), Some(least)) =
        (ranking.groups.iter().filter_map(often).max(), ranking.groups.iter().filter_map(often).min())
    else {
        return;
    };
    if most == least {
        return;
    }
    let each = |group: &Ranked| often(group).map(|times| group.totals.events as f64 / times as f64);
    let means = ranking.groups.iter().filter_map(|group| Some((group, each(group)?)));
    let by_mean = |a: &(&Ranked, f64), b: &(&Ranked, f64)| a.1.total_cmp(&b.1);
    let leads = if ranking.is_least { means.min_by(by_mean) } else { means.max_by(by_mean) };
    let Some((leads, mean)) = leads else { return };
    let name = name(ranking.by, &leads.key, place);
    let verb = if leads.key == first.key { "is still" } else { "is" };
    let superlative = if ranking.is_least { "quietest" } else { "busiest" };
    push!(
        text,
        "Not all of them recur equally often ({least} to {most} times); on average {name} {verb} the {superlative} with {mean:.1} events a day. ",
    );
}

/// "11 hours had no events at all: Wed 13 May, 00:00–09:00 and …": neighbouring stretches as one.
fn tell_empty(text: &mut String, ranking: &Ranking, empty: usize, place: &Place<'_>) {
    let mut names: Vec<String> = Vec::new();
    let mut run: Option<Period> = None;
    for group in ranking.groups.iter().take(empty) {
        let stretch = match &group.key {
            GroupKey::Hour(start) => Some(series::hour(*start)),
            GroupKey::Day(first) => ranking::days(ranking.by, *first, place),
            _ => None,
        };
        match (run.as_mut(), stretch) {
            (Some(run), Some(next)) if run.end == next.start => run.end = next.end,
            (_, Some(next)) => names.extend(run.replace(next).map(|run| phrases::interval(&run, place))),
            (_, None) => names.push(name(ranking.by, &group.key, place)),
        }
    }
    names.extend(run.map(|run| phrases::interval(&run, place)));
    let left = names.len().saturating_sub(GROUPS_TOLD_MAX);
    let told: Vec<String> = names.into_iter().take(GROUPS_TOLD_MAX).collect();
    let list =
        if left > 0 { format!("{} and {left} more", told.join(", ")) } else { phrases::list(&told, "and") };
    push!(text, "{empty} {} had no events at all: {list}. ", nouns(ranking.by));
}

/// "The top 3 cameras: Loading dock (120 events, 14 visits), …"
fn tell_top(text: &mut String, ranking: &Ranking, top: usize, place: &Place<'_>) {
    let told: Vec<String> = ranking
        .groups
        .iter()
        .take(top)
        .map(|group| {
            format!(
                "{} ({})",
                name(ranking.by, &group.key, place),
                phrases::counted(group.totals.events, "event")
            )
        })
        .collect();
    let which = if ranking.is_least { "quietest" } else { "busiest" };
    let nouns = nouns(ranking.by);
    if told.len() < top {
        push!(text, "There are only {} {nouns}, the {which} first: {}. ", told.len(), told.join(", "));
    } else {
        push!(text, "The {top} {which} {nouns}: {}. ", told.join(", "));
    }
    note_running(text, ranking);
}

pub(super) fn note_running(text: &mut String, ranking: &Ranking) {
    if ranking.lacks_running {
        push!(text, "The {} that is still running was left out. ", noun(ranking.by));
    }
}

fn counted(group: &Ranked) -> String {
    if group.totals.events == 0 {
        return "no events".to_owned();
    }
    format!(
        "{} ({})",
        phrases::counted(group.totals.events, "event"),
        phrases::counted(group.totals.visits, "visit")
    )
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
