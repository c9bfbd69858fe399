//! "How many cars today and how many ambulances yesterday?": numbers that differ in more than one name are sides that
//! are questions of their own. Must never count one of them within the words of another.

use super::{Question, subjects::doer, tokens::Tokens};
use crate::{
    Result,
    ask::interpretation::{Intent, Interpretation, NameKind, QuestionForm, Unresolved},
};

/// Each takes reading a question.
const CLAUSES_MAX: usize = 4;
const ASKING: &str = "how many";

/// Understands a question for several numbers; `None` where it is none, or where its numbers are none of events.
///
/// # Errors
/// What `understand` says.
pub(super) fn interpret(
    question: &Question<'_>,
    understand: fn(&Question<'_>) -> Result<Interpretation>,
) -> Result<Option<Interpretation>> {
    // Most questions have one of these at most, and need no words.
    if question.text.len() < 2 * ASKING.len()
        || question.text.to_ascii_lowercase().matches(ASKING).count() < 2
    {
        return Ok(None);
    }
    let Some(texts) = cut(question.text) else { return Ok(None) };
    let mut clauses: Vec<Interpretation> = Vec::with_capacity(texts.len());
    for text in &texts {
        let read = match clauses.last() {
            None => understand(&Question { text, ..*question })?,
            Some(before) => {
                let previous = Some(before);
                let again = Question { text, previous, before_previous: None, evidence: &[], ..*question };
                let mut read = understand(&again)?;
                // "How many cars entered and how many left?": cars, though no label says so.
                if read.labels.is_empty() && read.sub_labels.is_empty() {
                    let doers = before.event_types.iter().filter_map(|name| doer(question.catalogue, name));
                    let doers: Vec<&str> = doers.chain(before.labels.iter().map(String::as_str)).collect();
                    let is_theirs = |name: &String| {
                        doer(question.catalogue, name).is_some_and(|doer| doers.contains(&doer))
                    };
                    if read.event_types.iter().any(is_theirs) {
                        read.event_types.retain(is_theirs);
                    }
                }
                read
            }
        };
        clauses.push(read);
    }
    // In a conversation, too, where the first would take over the time of the turn before.
    let is_own = |clause: &Interpretation| {
        !clause.periods.is_empty() && !clause.carried_over.iter().any(|field| field == "periods")
    };
    if let Some(named) = clauses.iter().position(is_own) {
        let periods = clauses[named].periods.clone();
        for clause in &mut clauses[..named] {
            clause.periods.clone_from(&periods);
            clause.carried_over.retain(|field| field != "periods");
        }
    }
    // "How many doctors and how many nurses this week?": the time is that of both.
    let time = clauses.iter().find(|clause| !clause.periods.is_empty()).map(|clause| clause.periods.clone());
    for clause in &mut clauses {
        if clause.periods.is_empty() {
            clause.periods.clone_from(time.as_ref().unwrap_or(&Vec::new()));
        }
    }
    if !clauses.iter().all(is_plain) {
        return Ok(None);
    }
    if !differ(&clauses) {
        // "How many came in and how many went out?": where no event tells which way, all of them are counted.
        let ways = texts.iter().map(|text| name(text)).filter(|text| names_a_way(text));
        let ways: Vec<Unresolved> = ways.map(|way| Unresolved::new(NameKind::Deed, way)).collect();
        let first = clauses.into_iter().next().filter(|_| ways.len() == texts.len());
        return Ok(first.map(|it| Interpretation { unresolved: ways, ..it }));
    }
    let mut it = all_of(&clauses);
    (it.intent, it.form) = (Intent::Compare, QuestionForm::HowMany);
    let names = texts.iter().map(|text| name(text));
    it.sides = names.zip(clauses).collect();
    Ok(Some(it))
}

/// The question at every "how many"; what stands before the first belongs to it.
fn cut(text: &str) -> Option<Vec<&str>> {
    let tokens = Tokens::of(text);
    let mut starts: Vec<usize> = Vec::new();
    for at in 0..tokens.row.len() {
        let is_one = tokens.has_at(at, ASKING) && tokens.row[at].quote.is_none();
        if is_one {
            starts.push(if starts.is_empty() { 0 } else { at });
        }
    }
    if !(2..=CLAUSES_MAX).contains(&starts.len()) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([tokens.row.len()]);
    let cut = starts.iter().copied().zip(ends).map(|(start, end)| {
        let is_joint = |at: usize| matches!(tokens.lower(at), "and" | "but" | "or" | "also");
        let end = (start..end).rev().find(|at| !is_joint(*at)).map_or(end, |last| last + 1);
        tokens.slice(start..end)
    });
    Some(cut.collect())
}

/// What a side is called: the words of the caller.
fn name(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let behind = lower.find(ASKING).and_then(|at| text.get(at + ASKING.len()..)).unwrap_or(text);
    behind.trim().trim_end_matches(['?', ',', '.']).to_owned()
}

fn names_a_way(text: &str) -> bool {
    let is_way = |word: &str| {
        matches!(
            word,
            "in" | "out" | "inside" | "outside" | "away" | "off" | "back" | "left" | "arrived" | "came"
        )
    };
    text.split_whitespace().any(is_way)
}

/// Whether it asks for nothing but a number of events that it names.
fn is_plain(it: &Interpretation) -> bool {
    it.intent == Intent::Count
        && it.unresolved.is_empty()
        && it.without.is_empty()
        && it.group_by.is_none()
        && it.threshold.is_none()
        && it.refers_to.is_empty()
        && it.counted_from.is_none()
        && it.claim.is_plain()
        && !it.is_average
        && !it.matches_nothing
        && !it.any_place
}

fn differ(clauses: &[Interpretation]) -> bool {
    let alike = |a: &Interpretation, b: &Interpretation| {
        (&a.labels, &a.sub_labels, &a.event_types, &a.words)
            == (&b.labels, &b.sub_labels, &b.event_types, &b.words)
            && (&a.cameras, &a.zones, &a.periods) == (&b.cameras, &b.zones, &b.periods)
    };
    clauses.windows(2).all(|pair| match pair {
        [a, b] => !alike(a, b),
        _ => true,
    })
}

/// All that one of them is about.
fn all_of(clauses: &[Interpretation]) -> Interpretation {
    let all = |of: fn(&Interpretation) -> &Vec<String>| -> Vec<String> {
        // What one of them does not narrow, all of them together do not.
        if clauses.iter().any(|clause| of(clause).is_empty()) {
            return Vec::new();
        }
        let mut all: Vec<String> = Vec::new();
        for one in clauses.iter().flat_map(of) {
            if !all.contains(one) {
                all.push(one.clone());
            }
        }
        all
    };
    let mut it = clauses.first().cloned().unwrap_or_default();
    it.labels = all(|clause| &clause.labels);
    it.sub_labels = all(|clause| &clause.sub_labels);
    it.event_types = all(|clause| &clause.event_types);
    it.cameras = all(|clause| &clause.cameras);
    it.sites = all(|clause| &clause.sites);
    it.zones = all(|clause| &clause.zones);
    let words: Option<Vec<&str>> = clauses.iter().map(|clause| clause.words.as_deref()).collect();
    let bracketed = |words: &str| {
        if words.contains(' ') && !words.contains('(') { format!("({words})") } else { words.to_owned() }
    };
    it.words = words.map(|mut words| {
        words.dedup();
        match words.as_slice() {
            [only] => (*only).to_owned(),
            several => several.iter().map(|words| bracketed(words)).collect::<Vec<_>>().join(" or "),
        }
    });
    it.periods.clear();
    for period in clauses.iter().flat_map(|clause| &clause.periods) {
        if !it.periods.iter().any(|known| known.start == period.start && known.end == period.end) {
            it.periods.push(period.clone());
        }
    }
    it
}
