//! A sentence with parts of it covered or exchanged. Every position stays where it was until something is
//! exchanged.

use std::ops::Range;

use super::record::Record;

/// Cameras named in a sentence, the longest names first, and the sentence with them blanked.
pub(super) fn cameras_named(lower: &str, record: &Record) -> (Vec<String>, String) {
    let mut rest = lower.to_owned();
    let mut named = Vec::new();
    let is_joined = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    for (at, name) in record.scene.cameras_in(lower) {
        let end = at + name.len();
        let before = rest.get(..at).and_then(|t| t.chars().next_back());
        let after = rest.get(end..).and_then(|t| t.chars().next());
        // Within a longer name it is blank by now.
        if rest.get(at..end) == Some(name) && !is_joined(before) && !is_joined(after) {
            rest.replace_range(at..end, &" ".repeat(name.len()));
            if !named.iter().any(|known| known == name) {
                named.push(name.to_owned());
            }
        }
    }
    (named, rest)
}

/// A sentence with its references as spaces.
pub(super) fn blanked(sentence: &str) -> String {
    let mut text = sentence.to_owned();
    let mut from = 0;
    while let Some(open) = text.get(from..).and_then(|t| t.find('[')).map(|at| at + from) {
        let Some(close) = text.get(open..).and_then(|t| t.find(']')).map(|at| at + open) else { break };
        text.replace_range(open..=close, &" ".repeat(close + 1 - open));
        from = close + 1;
    }
    text
}

/// A sentence with other words at one place.
pub(super) fn spliced(sentence: &str, span: Range<usize>, right: &str) -> String {
    let mut text = sentence.to_owned();
    text.replace_range(span, right);
    text
}

/// A sentence with one name in place of another, written in lower case.
pub(super) fn replaced(sentence: &str, lower: &str, wrong: &str, right: &str) -> Option<String> {
    let at = lower.find(wrong).filter(|_| lower.len() == sentence.len())?;
    sentence.is_char_boundary(at).then(|| spliced(sentence, at..at + wrong.len(), right))
}
