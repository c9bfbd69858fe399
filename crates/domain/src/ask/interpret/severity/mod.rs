//! Reads how grave an event must have been in the words of its source: "high severity", "severity high or critical",
//! "medium priority and above", "critical events", "only alerts". Exactly these words are asked for.

mod bounds;

use self::bounds::{is_of_events, is_open};
use super::{
    exclusion,
    stop_words::is_stop_word,
    tokens::{Role, Tokens},
};
use crate::{
    ask::{interpretation::LeftOut, stems::singular},
    severity,
};

/// The severities that are asked for, and those that are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Severities {
    pub(super) wanted: Vec<String>,
    pub(super) left_out: Option<LeftOut>,
}

/// Reads the severities asked for and takes their words.
pub(super) fn read(tokens: &mut Tokens<'_>) -> Severities {
    let left_out = left_out(tokens);
    let wanted = bounds::read(tokens)
        .or_else(|| beside_its_noun(tokens))
        .or_else(|| graded(tokens))
        .or_else(|| of_events(tokens))
        .unwrap_or_default();
    // "High severity alerts" are events.
    let noun = (0..tokens.row.len()).find(|at| is_alert(tokens.lower(*at)) && is_open(tokens, *at));
    let is_read = !wanted.is_empty() || left_out.is_some();
    if let Some(noun) =
        noun.filter(|noun| is_read && *noun > 0 && tokens.row[*noun - 1].role == Role::Confidence)
    {
        tokens.take(noun..noun + 1, Role::Confidence);
    }
    Severities { wanted, left_out }
}

/// "All except low severity", "not the low ones", "other than low or medium events": grades that are left out.
fn left_out(tokens: &mut Tokens<'_>) -> Option<LeftOut> {
    let first = (1..tokens.row.len()).find(|at| {
        let leaves = exclusion::is_leaving_word(tokens.before(*at))
            || tokens.before(*at) == "the" && exclusion::is_leaving_word(tokens.lower(at.saturating_sub(2)))
            || *at > 1 && tokens.has_at(at - 2, "other than")
            || *at > 1 && tokens.has_at(at - 2, "apart from");
        leaves && bounds::is_plain_grade(tokens, *at)
    })?;
    let mut named = vec![tokens.lower(first).to_owned()];
    let mut last = first + 1;
    while matches!(tokens.lower(last), "or" | "and" | "nor") && bounds::is_plain_grade(tokens, last + 1) {
        named.push(tokens.lower(last + 1).to_owned());
        last += 2;
    }
    let is_noun = matches!(tokens.lower(last), "severity" | "priority") && is_open(tokens, last);
    let is_of_events = is_of_events(tokens.lower(last));
    // "Not low to the ground" says where something was.
    if !is_noun && !is_of_events && !bounds::ends(tokens, last) {
        return None;
    }
    let from = first - 1 - usize::from(matches!(tokens.before(first), "the" | "than" | "from"));
    tokens.take(from..last + usize::from(is_noun), Role::Confidence);
    named.sort();
    named.dedup();
    Some(LeftOut { severities: named, ..LeftOut::default() })
}

/// "High severity", "high or critical severity", "severity: high", "of severity at least medium".
fn beside_its_noun(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    let noun = (0..tokens.row.len()).find(|at| {
        matches!(tokens.row[*at].singular.as_str(), "severity" | "priority") && is_open(tokens, *at)
    })?;
    let is_joint = |at: usize| matches!(tokens.lower(at), "or" | "and");
    let is_between =
        |at: usize| matches!(tokens.lower(at), "level" | "is" | "was" | "of" | "at" | "least" | "the");
    let is_level = |at: usize| level(tokens, at).is_some();
    let mut first = noun;
    while first > 0 && (is_level(first - 1) || is_joint(first - 1) && first > 1 && is_level(first - 2)) {
        first -= 1;
    }
    let mut last = noun + 1;
    if first == noun {
        while last < tokens.row.len() && is_between(last) {
            last += 1;
        }
        let begins = last;
        while is_level(last) || is_joint(last) && is_level(last + 1) {
            last += 1;
        }
        if last == begins {
            return None;
        }
    }
    let named: Vec<String> = (first..last).filter_map(|at| level(tokens, at)).collect();
    let upwards = (last..tokens.row.len().min(last + 2))
        .find(|at| matches!(tokens.lower(*at), "above" | "higher" | "up" | "upwards" | "worse" | "more"));
    let is_least = (first.saturating_sub(2)..last).any(|at| tokens.lower(at) == "least");
    let mut wanted = named.clone();
    if let Some(least) = named.iter().filter_map(|word| severity::grade(word)).min()
        && (upwards.is_some() || is_least)
    {
        wanted.extend(severity::words_from(least).map(str::to_owned));
    }
    if exclusion::is_left_out(tokens, first, &[]) {
        return None;
    }
    let first = if is_least && first > 1 && tokens.before(first) == "least" { first - 2 } else { first };
    tokens.take(first..upwards.map_or(last, |at| at + 1), Role::Confidence);
    wanted.sort();
    wanted.dedup();
    Some(wanted)
}

/// "High or critical events", "high alerts": grades before a word for events in general.
fn graded(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    // "Important events" are those that somebody thinks so of; "emergency events" may be of emergencies.
    let is_grade = |word: &str| {
        matches!(
            word,
            "low"
                | "medium"
                | "high"
                | "critical"
                | "severe"
                | "major"
                | "minor"
                | "moderate"
                | "urgent"
                | "serious"
        )
    };
    let is_level = |at: usize| level(tokens, at).is_some() && is_grade(tokens.lower(at));
    let is_joint = |at: usize| matches!(tokens.lower(at), "or" | "and");
    let noun = (1..tokens.row.len()).find(|at| {
        let is_general = is_of_events(tokens.lower(*at)) && !tokens.row[*at].follows_break;
        is_general && is_open(tokens, *at) && is_level(at - 1)
    })?;
    let mut first = noun - 1;
    while first > 1 && is_joint(first - 1) && is_level(first - 2) {
        first -= 2;
    }
    if exclusion::is_left_out(tokens, first, &[]) {
        return None;
    }
    let mut wanted: Vec<String> = (first..noun).filter_map(|at| level(tokens, at)).collect();
    tokens.take(first..noun, Role::Confidence);
    wanted.sort();
    wanted.dedup();
    Some(wanted)
}

/// "Critical events", "the severe ones", "only alerts": words that say nothing of what could be seen.
fn of_events(tokens: &mut Tokens<'_>) -> Option<Vec<String>> {
    let at = (0..tokens.row.len()).find(|at| {
        let is_said = match tokens.lower(*at) {
            "critical" => true,
            "severe" | "urgent" => is_of_events(tokens.lower(at + 1)),
            "alerts" | "alarms" => stands_for_events(tokens, *at),
            _ => false,
        };
        is_said && is_open(tokens, *at)
    })?;
    if exclusion::is_left_out(tokens, at, &[]) {
        return None;
    }
    let mut wanted = vec![singular(tokens.lower(at)).into_owned()];
    tokens.take(at..at + 1, Role::Confidence);
    // "Critical or high yesterday."
    let is_joint = |at: usize| matches!(tokens.lower(at), "or" | "and");
    let other = if is_joint(at + 1) && bounds::is_plain_grade(tokens, at + 2) && bounds::ends(tokens, at + 3)
    {
        Some(at + 2)
    } else {
        at.checked_sub(2).filter(|before| is_joint(before + 1) && bounds::is_plain_grade(tokens, *before))
    };
    if let Some(other) = other {
        wanted.push(tokens.lower(other).to_owned());
        wanted.sort();
        tokens.take(other..other + 1, Role::Confidence);
    }
    // "Alerts and detections": both grades of Frigate.
    if matches!(tokens.lower(at + 1), "and" | "or") && tokens.lower(at + 2) == "detections" {
        wanted.push("detection".to_owned());
        tokens.take(at + 2..at + 3, Role::Confidence);
    }
    Some(wanted)
}

/// "How many alerts", "only alerts", "all alerts yesterday": nothing says what they are of, as "fire alerts" would.
fn stands_for_events(tokens: &Tokens<'_>, at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| tokens.row.get(before));
    before.is_none_or(|before| {
        tokens.row[at].follows_break || before.role != Role::Free || is_stop_word(&before.lower)
    })
}

fn is_alert(word: &str) -> bool {
    matches!(word, "alert" | "alerts" | "alarm" | "alarms")
}

/// The word of a source for how grave something is, where it stands free.
fn level(tokens: &Tokens<'_>, at: usize) -> Option<String> {
    let word = tokens.lower(at);
    (severity::grade(word).is_some() && is_open(tokens, at)).then(|| word.to_owned())
}
