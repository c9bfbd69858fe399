//! Which way a path is asked for. Reads words only.

use crate::text;

/// Which way to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// Where did they go?
    Onward,
    /// Where did they come from?
    Back,
    /// Both: "follow them".
    Both,
}

/// Which way a question asks for; none when it asks for no way.
pub(crate) fn direction(question: &str) -> Option<Direction> {
    let lower = question.to_lowercase();
    let words: Vec<&str> = text::words(&lower).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    if has(&["follow", "track", "trace", "retrace", "route", "path"]) {
        return Some(Direction::Both);
    }
    let asks_where = has(&["where", "whereto", "which", "what"]);
    let moves = has(&[
        "go",
        "goes",
        "going",
        "gone",
        "went",
        "head",
        "headed",
        "heading",
        "walk",
        "walked",
        "run",
        "ran",
        "drive",
        "drove",
        "driven",
        "disappear",
        "disappeared",
        "leave",
        "move",
        "moved",
    ]);
    let comes = has(&["come", "came", "coming", "arrive", "arrived", "enter", "entered"]);
    if asks_where && comes && (has(&["from"]) || has(&["where"])) {
        return Some(Direction::Back);
    }
    let is_next = has(&["next", "afterwards", "then", "to", "after"]) || lower.contains("where did");
    (asks_where && (moves || (has(&["next"]) && has(&["camera", "where", "seen"]))) && is_next)
        .then_some(Direction::Onward)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_is_read_from_the_words() {
        for (question, expected) in [
            ("Where did they go next?", Some(Direction::Onward)),
            ("where did he go", Some(Direction::Onward)),
            ("Which camera did she walk to next?", Some(Direction::Onward)),
            ("Where did they come from?", Some(Direction::Back)),
            ("where had he come from", Some(Direction::Back)),
            ("Follow the red car", Some(Direction::Both)),
            ("What else happened around then?", None),
            ("anything related?", None),
        ] {
            assert_eq!(direction(question), expected, "{question}");
        }
    }
}
