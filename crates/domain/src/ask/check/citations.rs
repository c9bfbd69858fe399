//! Which sentences of an answer rest on which events. Reads finished text; changes nothing.

use super::sentences::{references, sentences};
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

#[cfg(test)]
mod tests {
    use super::told;

    #[test]
    fn a_claim_is_told_without_its_bullet_and_its_references() {
        assert_eq!(told("- A car: 1.5 m [1]\n"), "A car: 1.5 m");
    }
}
