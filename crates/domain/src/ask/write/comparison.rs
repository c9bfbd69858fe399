//! A comparison in words. The difference and the ratio were computed before; nothing is computed here.

use std::cmp::Ordering;

use super::{evidence_lines, phrases, prepositions, subject};
use crate::ask::{
    Bucket, Claim, Comparison, ComparisonSide, Interpretation, check::plain, gather::Findings, place::Place,
};

/// Events told after a comparison.
const TOLD_MAX: usize = 3;
/// A smaller difference would be told as 0 %.
const SHARE_MIN: f64 = 0.005;
/// Stretches of time that are told side by side.
const STRETCHES_TOLD_MAX: usize = 31;
/// From this ratio on it is told as "times as many".
const TIMES_FROM: f64 = 2.0;

/// "Today: 40 events (9 visits); yesterday: 20 events (4 visits). That is 20 events more for today."
pub(crate) fn tell(findings: &Findings, interpretation: &Interpretation, place: &Place<'_>) -> String {
    let Some(comparison) = &findings.comparison else { return String::new() };
    if let Some(words) = interpretation.words.as_deref().filter(|_| is_empty(comparison)) {
        return unmentioned(words, comparison, findings, interpretation, place);
    }
    let mut text = match interpretation.claim {
        Claim::Each => each(comparison),
        _ if comparison.sides.is_empty() => two(comparison),
        _ => several(comparison),
    };
    tell_lengths(&mut text, comparison);
    tell_series(&mut text, comparison);
    if findings.sides_left_out > 0 {
        push!(text, " {} more are not counted here.", phrases::number(findings.sides_left_out));
    }
    let is_by_time = comparison.a.start.is_some();
    let mut scope = subject::what(interpretation, false);
    // The sides already name what they differ in.
    if is_by_time {
        if interpretation.sides.is_empty() {
            scope.push_str(&subject::place(interpretation, place));
        }
    } else {
        scope.push_str(&subject::time(interpretation, place));
    }
    if !scope.is_empty() {
        let all = if comparison.sides.is_empty() { "Both" } else { "All" };
        let space = if text.ends_with('\n') { "" } else { " " };
        push!(text, "{space}{all} count events{scope}.");
    }
    tell_beginning(&mut text, interpretation, comparison, place);
    if findings.totals.events == 0
        && let Some(coverage) = &findings.coverage
        && coverage.is_none()
    {
        text.push_str(" None of the cameras searched sent anything at all in that time.");
    } else {
        tell_silence(&mut text, comparison, place);
    }
    tell_future(&mut text, comparison, place);
    text.truncate(text.trim_end().len());
    if !findings.evidence.is_empty() {
        text.push_str("\nThe latest:");
        evidence_lines::bullets(&mut text, findings.evidence.iter().take(TOLD_MAX), place);
    }
    text
}

/// "Yes, both: Tom: 8 events (2 visits); Ruth: 3 events (1 visit)." One that was not there makes no "yes".
fn each(comparison: &Comparison) -> String {
    let sides = all_sides(comparison);
    let has = sides.iter().filter(|side| side.events > 0).count();
    let opening = match (has, sides.len()) {
        (0, _) => "No, none",
        (2, 2) => "Yes, both",
        (has, all) if has == all => "Yes, all",
        (_, 2) => "No, not both",
        _ => "No, not all",
    };
    let told = sides.iter().map(|side| format!("{}: {}", plain(&side.name), counted(side)));
    format!("{opening}. {}.", phrases::sentence_case(&told.collect::<Vec<_>>().join("; ")))
}

fn is_empty(comparison: &Comparison) -> bool {
    [&comparison.a, &comparison.b].into_iter().chain(&comparison.sides).all(|side| side.events == 0)
}

/// Nothing is known of sides of which no event holds the words: they are not "the same".
fn unmentioned(
    words: &str,
    comparison: &Comparison,
    findings: &Findings,
    interpretation: &Interpretation,
    place: &Place<'_>,
) -> String {
    let mut unworded = interpretation.clone();
    unworded.words = None;
    let names: Vec<String> = all_sides(comparison).into_iter().map(|side| plain(&side.name)).collect();
    let mut text = format!(
        "This cannot be compared: no event{} mentions “{}” on any side ({}).",
        subject::what(&unworded, true),
        plain(words),
        phrases::list(&names, "and")
    );
    if let Some(all) = findings.unworded {
        push!(
            text,
            " Whatever they mention, there were {}{}{}.",
            phrases::counted(all.events, "event"),
            subject::what(&unworded, all.events == 1),
            subject::place(interpretation, place)
        );
    }
    text
}

fn two(comparison: &Comparison) -> String {
    let (a, b) = (&comparison.a, &comparison.b);
    format!("{}: {}; {}: {}. {}", name(a), counted(a), plain(&b.name), counted(b), difference(comparison))
}

/// "By hour (today / yesterday): 06:00 3 / 5, 07:00 8 / 2": the stretches of both sides in their order.
fn tell_series(text: &mut String, comparison: &Comparison) {
    let (a, b) = (&comparison.a, &comparison.b);
    let longest = a.series.len().max(b.series.len());
    if !(2..=STRETCHES_TOLD_MAX).contains(&longest) || !comparison.sides.is_empty() {
        return;
    }
    let is_hourly = a.series.iter().chain(&b.series).any(|bucket| !bucket.start.contains("T00:00:00"));
    let told: Vec<String> = (0..longest)
        .filter_map(|at| {
            let (in_a, in_b) = (a.series.get(at), b.series.get(at));
            let events = |bucket: Option<&Bucket>| bucket.map(|bucket| bucket.events);
            if events(in_a).unwrap_or(0) + events(in_b).unwrap_or(0) == 0 {
                return None;
            }
            let count = |bucket| events(bucket).map_or_else(|| "–".to_owned(), phrases::number);
            let name = stretch_name(in_a.or(in_b)?, is_hourly);
            Some(format!("{name} {} / {}", count(in_a), count(in_b)))
        })
        .collect();
    push!(
        text,
        "\nBy {} ({} / {}): {}.\n",
        if is_hourly { "hour" } else { "day" },
        plain(&a.name),
        plain(&b.name),
        if told.is_empty() { "none".to_owned() } else { told.join(", ") }
    );
}

/// "14:00" for an hour, "Mon" for a day.
fn stretch_name(bucket: &Bucket, is_hourly: bool) -> String {
    let (date, clock) = bucket.start.split_once('T').unwrap_or((&bucket.start, ""));
    if is_hourly {
        return clock.get(..5).unwrap_or_default().to_owned();
    }
    let date = date.parse::<jiff::civil::Date>();
    date.map(|date| date.strftime("%a").to_string()).unwrap_or_default()
}

/// Three sides and more: each with its figures, then the ends of the range.
fn several(comparison: &Comparison) -> String {
    let mut ranked: Vec<&ComparisonSide> = comparison.sides.iter().collect();
    ranked.sort_by_key(|side| std::cmp::Reverse(side.events));
    let mut text = match (ranked.first(), ranked.last()) {
        (Some(most), Some(least)) if most.events == least.events => {
            format!("All have the same number: {} each.", phrases::counted(most.events, "event"))
        }
        (Some(most), Some(least)) => {
            let ahead = most.events - least.events;
            let mut text = format!(
                "Most: {} with {}. Fewest: {} with {}. That is {} more",
                as_many(&ranked, most),
                phrases::counted(most.events, "event"),
                as_many(&ranked, least),
                phrases::counted(least.events, "event"),
                phrases::counted(ahead, "event")
            );
            let ratio = most.events as f64 / least.events.max(1) as f64;
            if least.events > 0 && ratio >= TIMES_FROM {
                push!(text, ", {ratio:.1} times as many");
            }
            text.push('.');
            text
        }
        _ => String::new(),
    };
    for side in &comparison.sides {
        push!(text, "\n- {}: {}", name(side), counted(side));
        if let Some(rate) = side.events_per_hour {
            push!(text, ", {} an hour", rate_told(rate));
        }
    }
    text.push('\n');
    text
}

/// All sides with as many events: none of them alone has most.
fn as_many(sides: &[&ComparisonSide], like: &ComparisonSide) -> String {
    let names: Vec<String> =
        sides.iter().filter(|side| side.events == like.events).map(|side| plain(&side.name)).collect();
    phrases::list(&names, "and")
}

/// Sides from before the first recording are empty for that reason alone.
fn tell_beginning(
    text: &mut String,
    interpretation: &Interpretation,
    comparison: &Comparison,
    place: &Place<'_>,
) {
    let Some(first) = place.first_event(&interpretation.cameras) else { return };
    let sides = [&comparison.a, &comparison.b].into_iter().chain(&comparison.sides);
    let mut starts = sides.filter_map(|side| side.start.as_deref()?.parse::<jiff::Timestamp>().ok());
    if starts.any(|start| start < first) {
        let space = if text.ends_with('\n') { "" } else { " " };
        push!(text, "{space}Recordings begin {}.", phrases::moment(first, place));
    }
}

/// Whether a side is still to come.
fn is_ahead(side: &ComparisonSide, place: &Place<'_>) -> bool {
    let start = side.start.as_deref().and_then(|start| start.parse::<jiff::Timestamp>().ok());
    start.is_some_and(|start| start >= place.now)
}

/// Sides that are still to come are empty for that reason alone.
fn tell_future(text: &mut String, comparison: &Comparison, place: &Place<'_>) {
    for side in all_sides(comparison).into_iter().filter(|side| is_ahead(side, place)) {
        push!(text, " Nothing can be said yet about what is still to come: {}.", plain(&side.name));
    }
}

/// Every side, in its order.
fn all_sides(comparison: &Comparison) -> Vec<&ComparisonSide> {
    if comparison.sides.is_empty() {
        vec![&comparison.a, &comparison.b]
    } else {
        comparison.sides.iter().collect()
    }
}

/// Sides that are not as long as each other: per hour, and the same part of the longer one.
fn tell_lengths(text: &mut String, comparison: &Comparison) {
    let (a, b) = (&comparison.a, &comparison.b);
    if let Some(stretch) = &comparison.same_stretch {
        let is_of_b = stretch.start == b.start;
        let (running, other) = if is_of_b { (a, b) } else { (b, a) };
        push!(
            text,
            " {} is not over yet: up to the same time, {} had {}",
            name(running),
            plain(&other.name),
            counted(stretch)
        );
        let ahead = running.events.abs_diff(stretch.events);
        match running.events.cmp(&stretch.events) {
            Ordering::Equal => text.push_str(", the same number."),
            Ordering::Greater => push!(text, ", {} fewer.", phrases::number(ahead)),
            Ordering::Less => push!(text, ", {} more.", phrases::number(ahead)),
        }
    } else if comparison.sides.is_empty()
        && let (Some(per_a), Some(per_b)) = (a.events_per_hour, b.events_per_hour)
    {
        push!(
            text,
            " They are not as long as each other: per hour it is {} and {}.",
            rate_told(per_a),
            rate_told(per_b)
        );
    }
}

/// 0.25, 3.4, 120: as many places as say something.
fn rate_told(rate: f64) -> String {
    if rate >= 100.0 {
        phrases::number(rate.round() as u64)
    } else if rate >= 10.0 {
        format!("{rate:.1}")
    } else {
        format!("{rate:.2}")
    }
}

/// Cameras that sent nothing at all on one side, while they did on another.
fn tell_silence(text: &mut String, comparison: &Comparison, place: &Place<'_>) {
    let sides = all_sides(comparison);
    let is_silent_everywhere = |id: &String| sides.iter().all(|side| side.silent_cameras.contains(id));
    for side in sides.iter().filter(|side| !is_ahead(side, place)) {
        let silent: Vec<&String> =
            side.silent_cameras.iter().filter(|id| !is_silent_everywhere(id)).collect();
        if !silent.is_empty() {
            let space = if text.ends_with('\n') { "" } else { " " };
            push!(
                text,
                "{space}{} sent nothing at all {}.",
                phrases::sentence_case(&subject::cameras(&silent, place)),
                plain(&prepositions::when(&side.name))
            );
        }
    }
}

fn name(side: &ComparisonSide) -> String {
    phrases::sentence_case(&plain(&side.name))
}

fn counted(side: &ComparisonSide) -> String {
    if side.events == 0 {
        return "no events".to_owned();
    }
    if let (Some(mean), Some(many)) = (side.events_each, side.mean_of) {
        let all = phrases::counted(side.events, "event");
        return format!("{mean:.1} events on average ({all} in {many})");
    }
    format!("{} ({})", phrases::counted(side.events, "event"), phrases::counted(side.visits, "visit"))
}

/// "That is 20 more, 2.0 times as many."
fn difference(comparison: &Comparison) -> String {
    let is_mean = comparison.a.mean_of.is_some() || comparison.b.mean_of.is_some();
    let about = if is_mean { "about " } else { "" };
    let by = format!("{about}{}", phrases::counted(comparison.difference.unsigned_abs(), "event"));
    let (a, b) = (plain(&comparison.a.name), plain(&comparison.b.name));
    match (comparison.difference, comparison.ratio) {
        (0, _) if is_mean => "That is about the same number.".to_owned(),
        (0, _) => "That is the same number.".to_owned(),
        (1.., Some(ratio)) if ratio >= TIMES_FROM => {
            format!("That is {by} more for {a}, {ratio:.1} times as many.")
        }
        (_, Some(ratio)) if (ratio - 1.0).abs() < SHARE_MIN => {
            let which = if comparison.difference > 0 { "more" } else { "fewer" };
            format!("That is {by} {which} for {a}.")
        }
        (1.., Some(ratio)) => format!("That is {by} more for {a} (+{}).", phrases::percent(ratio - 1.0)),
        (1.., None) => format!("That is {by} more for {a}; {b} had none."),
        (_, Some(ratio)) => format!("That is {by} fewer for {a} (−{}).", phrases::percent(1.0 - ratio)),
        (_, None) => String::new(),
    }
}
