//! Each sentence of a model against the record: what does not hold is corrected where the record
//! leaves one possibility, and goes otherwise. What is left without evidence or figures goes as well.

use super::{
    citations::{references, sentences},
    record::{Known, Record},
    scan::{self, Number, Time},
};
use crate::ask::write::phrases;

/// A text after the check.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Checked {
    /// What may be shown; empty when nothing held.
    pub text: String,
    /// Claims that held, also after a correction.
    pub held: u32,
    /// Claims that went.
    pub dropped: u32,
    /// What was done, in words.
    pub warnings: Vec<String>,
    /// Whether a sentence states an exact total.
    pub states_total: bool,
}

impl Checked {
    /// Share of the claims that held; corrections count half.
    pub(crate) fn share(&self, corrected: u32) -> f64 {
        let all = f64::from(self.held + self.dropped);
        if all == 0.0 { 0.0 } else { (f64::from(self.held) - 0.5 * f64::from(corrected)).max(0.0) / all }
    }
}

/// What became of one sentence.
enum Verdict {
    /// It says nothing that could be wrong.
    Frame,
    /// It holds; whether it states a total.
    Holds(bool),
    /// It holds now.
    Corrected(String),
    /// It goes, for this reason; whether a figure was wrong.
    Goes(&'static str, bool),
}

/// Checks a whole text. `lead` is the sentence with the exact totals: it takes the place of the first
/// sentence whose figures were wrong.
pub(crate) fn check(text: &str, record: &Record, lead: &str) -> (Checked, u32) {
    let mut checked = Checked::default();
    let (mut has_lead, mut corrected) = (false, 0);
    let mut reasons: Vec<(&str, u32)> = Vec::new();
    for sentence in sentences(text) {
        if sentence.trim().is_empty() {
            checked.text.push_str(sentence);
            continue;
        }
        match judge(sentence, record) {
            Verdict::Frame => checked.text.push_str(sentence),
            Verdict::Holds(is_total) => {
                checked.held += 1;
                checked.states_total |= is_total;
                checked.text.push_str(sentence);
            }
            Verdict::Corrected(better) => {
                checked.held += 1;
                corrected += 1;
                note(&mut reasons, "figures were corrected from the record");
                checked.text.push_str(&better);
            }
            Verdict::Goes(reason, is_wrong) => {
                checked.dropped += 1;
                note(&mut reasons, reason);
                if is_wrong && !has_lead {
                    has_lead = true;
                    checked.states_total = true;
                    checked.text.push_str(lead);
                    checked.text.push(if sentence.ends_with('\n') { '\n' } else { ' ' });
                }
            }
        }
    }
    checked.warnings = reasons
        .into_iter()
        .map(|(reason, n)| format!("{}: {reason}", phrases::counted(u64::from(n), "sentence")))
        .collect();
    checked.text = tidy(&checked.text);
    (checked, corrected)
}

fn note<'a>(reasons: &mut Vec<(&'a str, u32)>, reason: &'a str) {
    match reasons.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, n)) => *n += 1,
        None => reasons.push((reason, 1)),
    }
}

fn judge(sentence: &str, record: &Record) -> Verdict {
    let cited: Vec<&Known> = references(sentence)
        .iter()
        .filter_map(|n| record.events.iter().find(|e| e.reference == *n))
        .collect();
    // References are blanked, so that their digits are nobody's figures and every position stays.
    let plain = blanked(sentence);
    let lower = plain.to_lowercase();
    let times = scan::times(&plain);
    let spans: Vec<_> = times.iter().map(|time| time.span.clone()).collect();
    let (cameras, masked) = cameras_named(&lower, record);
    // Where lower case has the same length, digits within camera names are nobody's figures either.
    let figures = if masked.len() == plain.len() { &masked } else { &plain };
    let counts = scan::counts(figures, &spans);
    if cited.is_empty() {
        return judge_uncited(&lower, &counts, &times, &cameras, record, sentence);
    }
    if let Some(wrong) = cameras.iter().find(|name| !cited.iter().any(|e| e.camera.contains(*name))) {
        return match (cited.as_slice(), cameras.as_slice()) {
            ([only], [_]) => match replaced(sentence, &lower, wrong, &only.camera_name) {
                Some(better) => Verdict::Corrected(better),
                None => Verdict::Goes("it names a camera that its events do not", true),
            },
            _ => Verdict::Goes("it names a camera that its events do not", true),
        };
    }
    let is_known_time = |time: &Time| cited.iter().any(|event| event.times.contains(&time.clock));
    if let Some(wrong) = times.iter().find(|time| !is_known_time(time)) {
        return match (cited.as_slice(), times.as_slice()) {
            ([only], [_]) => match only.times.first() {
                Some((hour, minute)) => Verdict::Corrected(spliced(
                    sentence,
                    wrong.span.clone(),
                    &format!("{hour:02}:{minute:02}"),
                )),
                None => Verdict::Goes("it states a time that its events do not have", true),
            },
            _ => Verdict::Goes("it states a time that its events do not have", true),
        };
    }
    if label_is_foreign(&lower, &cited, record) {
        return Verdict::Goes("it names what its events do not show", false);
    }
    for number in &counts {
        if !holds(number, &cameras, record, cited.len()) && !is_of(number, &cited, record) {
            return match correction(number, &cameras, record) {
                Some(right) => Verdict::Corrected(spliced(sentence, number.span.clone(), &right)),
                None => Verdict::Goes("it states a number that the record does not have", true),
            };
        }
    }
    Verdict::Holds(states_total(&counts, record))
}

/// Without events behind it, a sentence holds only by the figures that it repeats.
fn judge_uncited(
    lower: &str,
    counts: &[Number],
    times: &[Time],
    cameras: &[String],
    record: &Record,
    sentence: &str,
) -> Verdict {
    if let Some(wrong) =
        counts.iter().find(|n| !holds(n, cameras, record, 0) && !record.numbers.contains(&n.digits))
    {
        return match correction(wrong, cameras, record).filter(|_| times.is_empty()) {
            Some(right) => Verdict::Corrected(spliced(sentence, wrong.span.clone(), &right)),
            None => Verdict::Goes("it states a number that the record does not have", true),
        };
    }
    if times.iter().any(|time| !record.times.contains(&time.clock)) {
        return Verdict::Goes("it states a time that the record does not have", true);
    }
    let has_count = counts.iter().any(|number| holds(number, cameras, record, 0));
    if has_count {
        return Verdict::Holds(states_total(counts, record));
    }
    let words = lower.split_whitespace().count();
    let first = lower.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    let agrees = match first {
        "yes" => record.totals.events > 0,
        "no" => record.totals.events == 0,
        _ => false,
    };
    if (agrees && words <= 3) || (lower.trim_end().ends_with(':') && cameras.is_empty() && words <= 12) {
        return Verdict::Frame;
    }
    Verdict::Goes("no event stands behind it", false)
}

/// Whether a number is one of the counts that a sentence about these cameras may state.
fn holds(number: &Number, cameras: &[String], record: &Record, cited: usize) -> bool {
    let Ok(n) = number.digits.parse::<u64>() else { return false };
    if cited > 0 && n == cited as u64 {
        return true;
    }
    let of_cameras = cameras.iter().filter_map(|name| {
        record.cameras.iter().find(|(known, _)| known == name).and_then(|(_, totals)| *totals)
    });
    let of_cameras: Vec<_> = of_cameras.collect();
    let is_visits = number.noun.starts_with("visit");
    let is_events = number.noun.starts_with("event");
    let of_any = |events: bool, visits: bool| (events && !is_visits) || (visits && !is_events);
    if of_cameras.iter().any(|t| of_any(t.events == n, t.visits == n)) {
        return true;
    }
    // A sentence about one of several cameras may not state what all of them had together.
    let is_about_one = cameras.len() == 1 && record.cameras_counted > 1;
    if is_about_one && (record.totals.events == n || record.totals.visits == n) {
        return false;
    }
    of_any(record.counts.events.contains(&n), record.counts.visits.contains(&n))
}

/// Whether a number belongs to one of the cited events, or to the question and its periods.
fn is_of(number: &Number, cited: &[&Known], record: &Record) -> bool {
    if number.noun.starts_with("event") || number.noun.starts_with("visit") {
        return false;
    }
    cited.iter().any(|event| event.numbers.contains(&number.digits))
        || record.numbers.contains(&number.digits)
}

/// The figure that should have stood there, when there is only one.
fn correction(number: &Number, cameras: &[String], record: &Record) -> Option<String> {
    if !cameras.is_empty() {
        return None;
    }
    if number.noun.starts_with("visit") {
        return Some(phrases::number(record.totals.visits));
    }
    number.noun.starts_with("event").then(|| phrases::number(record.totals.events))
}

fn states_total(counts: &[Number], record: &Record) -> bool {
    let total = record.totals.events.to_string();
    counts.iter().any(|number| number.digits == total)
}

/// Whether a sentence names a label in use that none of its events shows.
fn label_is_foreign(lower: &str, cited: &[&Known], record: &Record) -> bool {
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).collect();
    let names = |text: &str| !text.contains(' ') && words.contains(&text);
    let shows =
        |event: &Known, label: &[String; 2]| label.iter().any(|form| event.words.contains(form.as_str()));
    record
        .labels
        .iter()
        .any(|label| label.iter().any(|form| names(form)) && !cited.iter().any(|event| shows(event, label)))
}

/// Cameras named in a sentence, the longest names first, and the sentence with them blanked.
fn cameras_named(lower: &str, record: &Record) -> (Vec<String>, String) {
    let mut rest = lower.to_owned();
    let mut named = Vec::new();
    for (name, _) in &record.cameras {
        let mut from = 0;
        while let Some(at) = rest.get(from..).and_then(|r| r.find(name.as_str())).map(|at| at + from) {
            let end = at + name.len();
            let before = rest.get(..at).and_then(|t| t.chars().next_back());
            let after = rest.get(end..).and_then(|t| t.chars().next());
            let is_joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            if !is_joined(before) && !is_joined(after) {
                rest.replace_range(at..end, &" ".repeat(name.len()));
                if !named.contains(name) {
                    named.push(name.clone());
                }
            }
            from = end;
        }
    }
    (named, rest)
}

/// A sentence with its references as spaces.
fn blanked(sentence: &str) -> String {
    let mut text = sentence.to_owned();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|t| t.find('[')).map(|at| at + from) {
        let Some(close) = text.get(open..).and_then(|t| t.find(']')).map(|at| at + open) else { break };
        text.replace_range(open..=close, &" ".repeat(close + 1 - open));
        from = close + 1;
    }
    text
}

fn spliced(sentence: &str, span: std::ops::Range<usize>, right: &str) -> String {
    let mut text = sentence.to_owned();
    text.replace_range(span, right);
    text
}

fn replaced(sentence: &str, lower: &str, wrong: &str, right: &str) -> Option<String> {
    let at = lower.find(wrong).filter(|_| lower.len() == sentence.len())?;
    sentence.is_char_boundary(at).then(|| spliced(sentence, at..at + wrong.len(), right))
}

/// Lines that lost all their sentences go, and so do spaces at the ends of lines.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.trim_matches(['-', '*', ' ']).is_empty());
    lines.collect::<Vec<_>>().join("\n")
}
