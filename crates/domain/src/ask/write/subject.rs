//! What a question is about, as parts of a sentence: what, where, when. Says nothing that was not
//! asked or found.

use super::{phrases, prepositions};
use crate::{
    Period,
    ask::{Claim, Intent, Interpretation, QuestionForm, check::plain, place::Place},
    severity,
};

/// More names than this are told as a number.
const NAMES_MAX: usize = 4;

/// "240 events with people (31 visits)", "1 event with a person (1 visit)".
pub(crate) fn counted(events: u64, visits: u64, interpretation: &Interpretation) -> String {
    let mut text = phrases::counted(events, "event");
    text.push_str(&what(interpretation, events == 1));
    if events > 0 {
        // What narrows by more than camera and label cuts visits apart: they are counted where one starts.
        let cuts_visits = !interpretation.event_types.is_empty()
            || !interpretation.severities.is_empty()
            || !interpretation.zones.is_empty()
            || interpretation.words.is_some()
            || !interpretation.without.is_empty()
            || interpretation.min_confidence.is_some()
            || interpretation.max_confidence.is_some();
        let visits_told = phrases::counted(visits, "visit");
        match (cuts_visits && visits < events, visits) {
            (true, 0) => text.push_str(" (no visit starts with one)"),
            (true, 1) => push!(text, " ({visits_told} starts with one)"),
            (true, _) => push!(text, " ({visits_told} start with one)"),
            (false, _) => push!(text, " ({visits_told})"),
        }
    }
    text
}

/// Whether none is what the question claims, where "yes" or "no" answers it: "did nobody fall?" Whether all were so, or
/// whether the gate is open now, no count tells.
pub(crate) fn answers_yes_or_no(interpretation: &Interpretation) -> Option<bool> {
    let names_a_subject = !interpretation.labels.is_empty()
        || !interpretation.event_types.is_empty()
        || !interpretation.sub_labels.is_empty();
    let is_answered = interpretation.form == QuestionForm::Whether
        && matches!(interpretation.claim, Claim::Plain | Claim::None)
        && matches!(interpretation.intent, Intent::Find | Intent::Count)
        && (names_a_subject || interpretation.words.is_none());
    is_answered.then_some(interpretation.claim == Claim::None)
}

/// Whether every kind of event says by itself what it is about: "person climbs fence" needs no "people".
fn kinds_name_the_labels(interpretation: &Interpretation) -> bool {
    !interpretation.event_types.is_empty()
        && interpretation.labels.len() == 1
        && interpretation.event_types.iter().all(|kind| {
            let first = phrases::opened(kind);
            first.split(' ').next().is_some_and(|word| interpretation.labels.iter().any(|l| l == word))
        })
}

/// What narrows "events": " with people in the ramp zone"; empty when nothing does.
pub(crate) fn what(interpretation: &Interpretation, is_one: bool) -> String {
    let mut text = String::new();
    let labels: Vec<String> = interpretation
        .labels
        .iter()
        .map(|label| plain(&if is_one { phrases::one(label) } else { phrases::plural(label) }))
        .collect();
    if !interpretation.sub_labels.is_empty() {
        let names: Vec<String> = interpretation.sub_labels.iter().map(|name| plain(name)).collect();
        text.push_str(" with ");
        text.push_str(&phrases::list(&names, "or"));
        if interpretation.labels.iter().any(|label| label != "person") {
            let labels: Vec<String> = interpretation.labels.iter().map(|label| plain(label)).collect();
            push!(text, " labelled {}", phrases::list(&labels, "or"));
        }
    } else if !labels.is_empty() && !kinds_name_the_labels(interpretation) {
        text.push_str(" with ");
        text.push_str(&phrases::list(&labels, "or"));
    }
    if !interpretation.event_types.is_empty() {
        let kinds: Vec<String> =
            interpretation.event_types.iter().map(|t| format!("“{}”", plain(&phrases::opened(t)))).collect();
        text.push_str(if kinds.len() > NAMES_MAX { " of " } else { " of the kind " });
        text.push_str(&few(&kinds, "or", "kinds"));
    }
    if !interpretation.severities.is_empty() {
        let words: Vec<String> =
            interpretation.severities.iter().map(|word| format!("“{}”", plain(word))).collect();
        text.push_str(" of the severity ");
        text.push_str(
            &severity::told(&interpretation.severities).unwrap_or_else(|| few(&words, "or", "grades")),
        );
    }
    if let Some(words) = &interpretation.words {
        text.push_str(if is_one { " that mentions “" } else { " that mention “" });
        text.push_str(&plain(words));
        text.push('”');
    }
    left_out(&mut text, interpretation);
    if !interpretation.any_place {
        text.push_str(&in_zones(interpretation));
    }
    if let Some(least) = interpretation.min_confidence {
        text.push_str(" with a confidence of at least ");
        text.push_str(&phrases::percent(f64::from(least)));
    }
    if let Some(below) = interpretation.max_confidence {
        text.push_str(" with a confidence below ");
        text.push_str(&phrases::percent(f64::from(below)));
    }
    text
}

/// " except those that mention “trucks” or “vans”".
pub(crate) fn left_out(text: &mut String, interpretation: &Interpretation) {
    let told = interpretation.without.iter().map(|out| {
        if !out.zones.is_empty() {
            let zones: Vec<String> = out.zones.iter().map(|zone| plain(&phrases::opened(zone))).collect();
            let noun = if zones.len() == 1 { "zone" } else { "zones" };
            return format!("those in the {} {noun}", phrases::list(&zones, "or"));
        }
        if !out.severities.is_empty() {
            let words: Vec<String> = out.severities.iter().map(|word| format!("“{}”", plain(word))).collect();
            return format!("those of the severity {}", phrases::list(&words, "or"));
        }
        if out.is_named {
            return "those with a name".to_owned();
        }
        if out.words.is_empty() {
            let labels: Vec<String> = out.labels.iter().map(|label| plain(&phrases::plural(label))).collect();
            return format!("those with {}", phrases::list(&labels, "or"));
        }
        let quoted: Vec<String> = out.words.split(" or ").map(|one| format!("“{}”", plain(one))).collect();
        let is_of_all = out.labels.is_empty() || out.labels == interpretation.labels;
        let labels: Vec<String> = out.labels.iter().map(|label| plain(&phrases::plural(label))).collect();
        let of = if is_of_all { "those".to_owned() } else { phrases::list(&labels, "and") };
        format!("{of} that mention {}", phrases::list(&quoted, "or"))
    });
    let told: Vec<String> = told.collect();
    if !told.is_empty() {
        push!(text, " except {}", phrases::list(&told, "and"));
    }
}

/// " in the ramp zone"; empty when no zone was named.
fn in_zones(interpretation: &Interpretation) -> String {
    let zones: Vec<String> = interpretation.zones.iter().map(|zone| plain(&phrases::opened(zone))).collect();
    let noun = if zones.len() == 1 { "zone" } else { "zones" };
    if zones.is_empty() { String::new() } else { format!(" in the {} {noun}", phrases::list(&zones, "or")) }
}

/// " at Loading dock", " at Warehouse", " at Loading dock or in the ramp zone"; empty when no place was named.
pub(crate) fn place(interpretation: &Interpretation, place: &Place<'_>) -> String {
    let named = cameras_and_sites(interpretation, place);
    if interpretation.any_place { format!("{named} or{}", in_zones(interpretation)) } else { named }
}

/// Sites by their names, and cameras that belong to none of them.
fn cameras_and_sites(interpretation: &Interpretation, place: &Place<'_>) -> String {
    // "The pool's front door" is not all of the pool.
    let is_asked = |id: &String| interpretation.cameras.is_empty() || interpretation.cameras.contains(id);
    let is_whole = |site: &&String| place.cameras_of_site(site).iter().all(is_asked);
    let sites = || interpretation.sites.iter().filter(is_whole);
    let of_sites: Vec<String> = sites().flat_map(|site| place.cameras_of_site(site)).collect();
    let alone: Vec<&String> = interpretation.cameras.iter().filter(|id| !of_sites.contains(id)).collect();
    let mut names: Vec<String> = sites().map(|id| plain(place.site_name(id))).collect();
    if names.is_empty() || alone.is_empty() {
        return match (names.is_empty(), alone.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!(" at {}", cameras(&alone, place)),
            _ => format!(" at {}", phrases::list(&names, "and")),
        };
    }
    names.push(cameras(&alone, place));
    format!(" at {}", phrases::list(&names, "and"))
}

/// The names of cameras, or how many there are.
pub(crate) fn cameras<S: AsRef<str>>(ids: &[S], place: &Place<'_>) -> String {
    let names: Vec<String> = ids.iter().map(|id| plain(place.camera_name(id.as_ref()))).collect();
    few(&names, "and", "cameras")
}

fn few(names: &[String], conjunction: &str, noun: &str) -> String {
    if names.len() > NAMES_MAX {
        return format!("{} {noun}", names.len());
    }
    phrases::list(names, conjunction)
}

/// " last night (Tue 12 May 20:00 – Wed 13 May 06:00)"; without a period, how far back was looked.
pub(crate) fn time(interpretation: &Interpretation, place: &Place<'_>) -> String {
    match interpretation.periods.as_slice() {
        [] => match place.first_event(&interpretation.cameras) {
            Some(first) => format!(" in all recorded events, which begin {}", phrases::moment(first, place)),
            None => String::new(),
        },
        [only] => named(only, place),
        several => several_periods(several, place),
    }
}

/// " last night (…)", or " in …" for a period without words.
fn named(period: &Period, place: &Place<'_>) -> String {
    if period.text.is_empty() {
        format!(" {}", phrases::in_interval(period, place))
    } else {
        let interval = phrases::interval(period, place);
        format!(" {} ({interval})", plain(&prepositions::when(&period.text)))
    }
}

fn several_periods(periods: &[Period], place: &Place<'_>) -> String {
    let (Some(first), Some(last)) = (periods.first(), periods.last()) else { return String::new() };
    // "In until Sunday" is no English.
    let within = |whole: &Period| {
        let told = phrases::interval(whole, place);
        if told.starts_with("until ") { told } else { format!("in {told}") }
    };
    let is_recurring = !first.text.is_empty() && periods.iter().all(|p| p.text == first.text);
    if is_recurring {
        let whole = Period::new(first.start, last.end);
        let when = plain(&prepositions::when(&first.text));
        return format!(" {when} ({} periods {})", periods.len(), within(&whole));
    }
    if periods.len() > NAMES_MAX {
        let whole = Period::new(first.start.min(last.start), first.end.max(last.end));
        return format!(" in {} periods ({})", periods.len(), phrases::interval(&whole, place));
    }
    let told: Vec<String> = periods.iter().map(|p| named(p, place).trim_start().to_owned()).collect();
    format!(" {}", phrases::list(&told, "and"))
}

/// How many cameras were searched: "all 12 cameras that you can see", or the named ones.
pub(crate) fn searched(interpretation: &Interpretation, searched: &[String], place: &Place<'_>) -> String {
    let is_named = !interpretation.cameras.is_empty() || !interpretation.sites.is_empty();
    match searched.len() {
        0 => "no camera".to_owned(),
        _ if is_named => cameras(searched, place),
        1 => format!("the one camera that you can see ({})", cameras(searched, place)),
        n => format!("all {n} cameras that you can see"),
    }
}
