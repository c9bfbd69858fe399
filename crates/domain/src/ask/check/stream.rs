//! The check while a text is written: each sentence is judged when it is whole, and nothing that only
//! its end can tell, a number least of all, is shown before. What a client was shown and what turned
//! out to hold may differ; then all of it is replaced. No way of cutting a stream changes the outcome.

use std::sync::Arc;

use super::{
    claims::{Verdict, judge},
    frames::is_offer,
    loaded,
    record::Record,
    scan,
    sentences::{first_end, list_marker},
};
use crate::ask::write::phrases;

/// What became of a whole text.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Checked {
    /// What may be shown; empty when nothing held.
    pub text: String,
    /// Claims that held, also after a correction.
    pub held: u32,
    /// Of those, the corrected ones.
    pub corrected: u32,
    /// Claims that went.
    pub dropped: u32,
    /// What was done, in words.
    pub warnings: Vec<String>,
    /// Whether a sentence states an exact total.
    pub states_total: bool,
}

impl Checked {
    /// Share of the claims that held; corrections count half.
    pub(crate) fn share(&self) -> f64 {
        let all = f64::from(self.held + self.dropped);
        if all == 0.0 { 0.0 } else { (f64::from(self.held) - 0.5 * f64::from(self.corrected)).max(0.0) / all }
    }

    /// Whether so much went that what is left is no answer any more.
    pub(crate) fn is_too_little(&self) -> bool {
        self.held == 0 || self.dropped > 2 * self.held
    }
}

/// Checks a text while it is written.
pub(crate) struct Checker {
    record: Arc<Record>,
    /// The sentence with the exact totals: it takes the place of the first whose figures were wrong.
    lead: String,
    has_lead: bool,
    /// What was judged, as it may be shown.
    settled: String,
    /// The sentence that is being written.
    open: String,
    /// How much of it may be shown before it is judged, as far as it was looked through, and whether that is all.
    safe: Safe,
    checked: Checked,
    reasons: Vec<(&'static str, u32)>,
}

impl Checker {
    /// For a text of a model.
    pub(crate) fn new(record: Arc<Record>, lead: String) -> Self {
        let (open, settled) = (String::new(), String::new());
        Self {
            record,
            lead,
            has_lead: false,
            settled,
            open,
            safe: Safe::default(),
            checked: Checked::default(),
            reasons: Vec::new(),
        }
    }

    /// Takes a piece that has passed the guard.
    pub(crate) fn push(&mut self, piece: &str) {
        self.open.push_str(piece);
        while let Some(end) = first_end(&self.open, false) {
            let sentence: String = self.open.drain(..end).collect();
            self.settle(&sentence);
            self.settled = tidy(&self.checked.text);
            self.safe = Safe::default();
        }
    }

    /// What may be shown now: all that was judged, and of the sentence in the making the words before
    /// the first claim that only its end can tell.
    pub(crate) fn shown(&mut self) -> String {
        self.safe.look_through(&self.open);
        let words = self.open.get(..self.safe.end).unwrap_or_default();
        let mut shown = self.settled.clone();
        if !words.is_empty() && !shown.is_empty() {
            let is_break = self.checked.text.trim_end_matches(' ').ends_with('\n');
            shown.push(if is_break { '\n' } else { ' ' });
        }
        shown.push_str(words);
        shown
    }

    /// Whether a claim has held so far.
    pub(crate) fn has_held(&self) -> bool {
        self.checked.held > 0
    }

    /// The text has ended.
    pub(crate) fn finish(mut self) -> Checked {
        while let Some(end) = first_end(&self.open, true) {
            let sentence: String = self.open.drain(..end).collect();
            self.settle(&sentence);
        }
        let told =
            |(reason, n): (&str, u32)| format!("{}: {reason}", phrases::counted(u64::from(n), "sentence"));
        self.checked.warnings = self.reasons.into_iter().map(told).collect();
        if !self.record.is_english && self.checked.held > 0 {
            let warning = "the answer is not in English: its numbers, times, names and references were checked, its \
                           other words were not";
            self.checked.warnings.push(warning.to_owned());
        }
        self.checked.text = tidy(&self.checked.text);
        self.checked
    }

    fn settle(&mut self, sentence: &str) {
        let checked = &mut self.checked;
        // The numbers of a list count nothing that was found; items lose them.
        let is_line = checked.text.is_empty() || checked.text.ends_with('\n');
        let item = list_marker(sentence).filter(|_| is_line).and_then(|end| sentence.get(end..));
        let item = item.map(|rest| format!("- {}", rest.trim_start_matches(' ')));
        let sentence = item.as_deref().unwrap_or(sentence);
        if sentence.trim().is_empty() {
            checked.text.push_str(sentence);
            return;
        }
        if is_offer(sentence.trim_start()) {
            if sentence.ends_with('\n') {
                checked.text.push('\n');
            }
            return;
        }
        match judge(sentence, &self.record) {
            Verdict::Frame => checked.text.push_str(sentence),
            Verdict::Holds(is_total) => {
                checked.held += 1;
                checked.states_total |= is_total;
                checked.text.push_str(sentence);
            }
            Verdict::Corrected(better, is_total) => {
                checked.held += 1;
                checked.corrected += 1;
                checked.states_total |= is_total;
                note(&mut self.reasons, "figures were corrected from the record");
                checked.text.push_str(&better);
            }
            Verdict::Goes(reason, is_wrong) => {
                checked.dropped += 1;
                note(&mut self.reasons, reason);
                let breaks = sentence.ends_with('\n');
                if is_wrong && !self.has_lead && !checked.states_total {
                    self.has_lead = true;
                    checked.states_total = true;
                    checked.text.push_str(&self.lead);
                    checked.text.push(if breaks { '\n' } else { ' ' });
                } else if breaks {
                    checked.text.push('\n');
                }
            }
        }
    }
}

fn note(reasons: &mut Vec<(&'static str, u32)>, reason: &'static str) {
    match reasons.iter_mut().find(|(known, _)| *known == reason) {
        Some((_, n)) => *n += 1,
        None => reasons.push((reason, 1)),
    }
}

/// The whole words of an open sentence before the first that is a claim.
#[derive(Default)]
struct Safe {
    end: usize,
    is_over: bool,
}

impl Safe {
    /// Goes on where it was: a sentence only grows.
    fn look_through(&mut self, open: &str) {
        if self.is_over {
            return;
        }
        let from = self.end;
        for (at, c) in open.get(from..).unwrap_or_default().char_indices().filter(|(_, c)| !is_inner(*c)) {
            let word = open.get(self.end..from + at).unwrap_or_default();
            if c == '[' || scan::is_claim_word(word) || loaded::is_grave(word) {
                self.is_over = true;
                return;
            }
            self.end = from + at + c.len_utf8();
        }
    }
}

fn is_inner(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '\'' | '’')
}

/// Lines that lost all their sentences go, and so do spaces at the ends of lines.
fn tidy(text: &str) -> String {
    let is_told = |line: &&str| !line.trim_matches(['-', '*', '•', ' ']).is_empty();
    text.lines().map(str::trim_end).filter(is_told).collect::<Vec<_>>().join("\n")
}
