//! Which sentences of an answer rest on which events. Reads finished text; changes nothing.

use crate::ask::{Citation, Evidence};

/// Every sentence that carries a reference, in order.
pub(crate) fn citations(text: &str, evidence: &[Evidence]) -> Vec<Citation> {
    let mut citations = Vec::new();
    for sentence in sentences(text) {
        let mut refs = references(sentence);
        refs.retain(|n| evidence.iter().any(|e| e.reference == *n));
        if refs.is_empty() {
            continue;
        }
        let id = |n: &u32| evidence.iter().find(|e| e.reference == *n).map(|e| e.event_id.clone());
        let event_ids = refs.iter().filter_map(id).collect();
        citations.push(Citation { text: told(sentence), refs, event_ids });
    }
    citations
}

/// A sentence without its bullet and its references.
fn told(sentence: &str) -> String {
    let mut text = String::with_capacity(sentence.len());
    let mut rest = sentence.trim().trim_start_matches(['-', '*', '•', ' ']);
    while let Some(open) = rest.find('[') {
        text.push_str(rest.get(..open).unwrap_or_default().trim_end());
        rest = rest.get(open..).unwrap_or_default();
        rest = rest.find(']').and_then(|close| rest.get(close + 1..)).unwrap_or_default();
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// The references of a sentence, each once, in order.
pub(super) fn references(sentence: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for part in sentence.split('[').skip(1) {
        let Some((inner, _)) = part.split_once(']') else { continue };
        if let Ok(n) = inner.parse::<u32>()
            && !found.contains(&n)
        {
            found.push(n);
        }
    }
    found
}

/// The sentences of a text with what separates them: every byte belongs to exactly one. A line break
/// ends a sentence; so does a full stop, question or exclamation mark before a space, together with
/// the references that follow it.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let (mut start, mut index) = (0, 0);
    let bytes = text.as_bytes();
    while index < bytes.len() {
        let ends = match bytes[index] {
            b'\n' => Some(index + 1),
            b'.' | b'?' | b'!' => end_after(text, index),
            _ => None,
        };
        index += 1;
        if let Some(end) = ends {
            sentences.push(&text[start..end]);
            (start, index) = (end, end);
        }
    }
    if start < text.len() {
        sentences.push(&text[start..]);
    }
    sentences
}

/// Where the sentence ends whose mark is at `mark`: after trailing references and spaces; `None` when
/// the mark ends no sentence ("2.0", "a.m. today" is taken for an end, which does no harm).
fn end_after(text: &str, mark: usize) -> Option<usize> {
    let rest = text.get(mark + 1..)?;
    let mut end = rest.len() - rest.trim_start_matches(['"', '”', ')', '.', '!', '?']).len();
    let is_spaced =
        |at: usize| rest.get(at..).is_some_and(|r| r.is_empty() || r.starts_with([' ', '\n', '[']));
    if !is_spaced(end) {
        return None;
    }
    while let Some(after) = rest.get(end..) {
        let trimmed = after.trim_start_matches(' ');
        let spaces = after.len() - trimmed.len();
        let Some(close) = trimmed.strip_prefix('[').and_then(|r| r.find(']')) else {
            end += spaces;
            break;
        };
        end += spaces + close + 2;
    }
    Some(mark + 1 + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_keep_every_byte_and_their_references() {
        let text = "Two came [1]. One left at 2.05 pm. [2] [3] Then nothing!\n- A car: 1.5 m [1]\nEnd";
        let cut = sentences(text);
        assert_eq!(cut.concat(), text);
        assert_eq!(
            cut,
            [
                "Two came [1]. ",
                "One left at 2.05 pm. [2] [3] ",
                "Then nothing!",
                "\n",
                "- A car: 1.5 m [1]\n",
                "End"
            ]
        );
        assert_eq!(references(cut[1]), [2, 3]);
        assert_eq!(told(cut[4]), "A car: 1.5 m");
    }
}
