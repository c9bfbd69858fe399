//! Forms of one word. Knows nothing of meanings.

/// The same word in one or in many.
pub(crate) fn is_same(one: &str, other: &str) -> bool {
    fn singular(word: &str) -> &str {
        match word {
            "people" | "persons" => "person",
            "men" => "man",
            "women" => "woman",
            "children" => "child",
            _ => word.strip_suffix("es").or_else(|| word.strip_suffix('s')).unwrap_or(word),
        }
    }
    !one.is_empty() && (singular(one) == singular(other) || one == other)
}

/// A word without the endings that English puts on it.
pub(super) fn stem(word: &str) -> &str {
    ["ing", "ed", "es", "s", "e"]
        .iter()
        .find_map(|ending| word.strip_suffix(ending).filter(|rest| rest.len() >= 3))
        .unwrap_or(word)
}
