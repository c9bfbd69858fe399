//! What a text says is not there. "A worker without a helmet" mentions a helmet, and has none.

/// How many words one denial can deny: "without a high visibility vest".
const THINGS_MAX: usize = 3;

/// The words of a text as [`crate::text::words`] has them, and whether a mark that ends a phrase stands before each.
fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let is_between = |c: char| !c.is_alphanumeric();
    let mut ends = false;
    text.split_inclusive(is_between).filter_map(move |piece| {
        let word = piece.trim_end_matches(is_between);
        let is_mark = piece.ends_with(['.', ',', ';', ':', '!', '?', '(', ')', '\n']);
        if word.is_empty() {
            ends |= is_mark;
            return None;
        }
        Some((word, std::mem::replace(&mut ends, is_mark)))
    })
}

/// Where words stand that are denied, counted from 0, in order.
pub fn denied(text: &str) -> Vec<usize> {
    let is_possible =
        |cue: &str| text.as_bytes().windows(cue.len()).any(|part| part.eq_ignore_ascii_case(cue.as_bytes()));
    // Nearly every text denies nothing.
    if !["without", "lack", "no ", "not "].into_iter().any(is_possible) {
        return Vec::new();
    }
    let words: Vec<(String, bool)> = words(text).map(|(word, ends)| (word.to_lowercase(), ends)).collect();
    let word = |at: usize| words.get(at).map_or("", |(word, _)| word.as_str());
    let mut found = Vec::new();
    for at in 0..words.len() {
        let Some(mut next) = cue(&word, at) else { continue };
        let mut things = 0;
        let is_one = matches!(word(next), "a" | "an");
        while next < words.len() && things < THINGS_MAX {
            let (word_here, follows_end) = (word(next), words[next].1);
            if follows_end && next > at + 1 || ends(word_here) {
                break;
            }
            if matches!(word_here, "or" | "nor") {
                things = 0;
            } else if !is_small(word_here) {
                // "Without a helmet walks past": of one thing, and then a deed.
                let is_deed = is_one && things > 0 && word_here.ends_with('s');
                if is_deed {
                    break;
                }
                found.push(next);
                things += 1;
            }
            next += 1;
        }
    }
    found
}

/// Where what is denied begins, if a word denies.
fn cue<'w>(word: &impl Fn(usize) -> &'w str, at: usize) -> Option<usize> {
    let before = at.checked_sub(1).map_or("", word);
    match word(at) {
        "without" | "lacking" | "lacks" => Some(at + 1),
        "not" if matches!(word(at + 1), "wearing" | "carrying" | "holding" | "using") => Some(at + 2),
        // "Had no effect" denies nothing that can be seen.
        "no" => {
            let is_had = matches!(before, "with" | "wearing" | "wears" | "carrying" | "carries" | "holding");
            let is_phrase = matches!(
                word(at + 1),
                "one"
                    | "longer"
                    | "sign"
                    | "signs"
                    | "other"
                    | "more"
                    | "doubt"
                    | "further"
                    | "body"
                    | "entry"
            );
            (is_had && !is_phrase).then_some(at + 1)
        }
        _ => None,
    }
}

fn is_small(word: &str) -> bool {
    matches!(word, "a" | "an" | "any" | "the" | "his" | "her" | "their" | "its" | "of")
}

fn ends(word: &str) -> bool {
    matches!(
        word,
        "and"
            | "but"
            | "with"
            | "who"
            | "that"
            | "while"
            | "is"
            | "are"
            | "was"
            | "were"
            | "in"
            | "on"
            | "at"
            | "to"
            | "from"
            | "by"
            | "near"
            | "past"
            | "through"
            | "into"
            | "wearing"
            | "carrying"
            | "for"
            | "as"
            | "then"
            | "visible"
            | "seen"
            | "stands"
            | "walks"
            | "enters"
            | "leaves"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_there_is_denied() {
        for (text, expected) in [
            ("A worker without a helmet and with a safety vest", "helmet"),
            (
                "A worker with a helmet and without a high-visibility vest inspects a train",
                "high visibility vest",
            ),
            ("a man without helmet or gloves, in the hall", "helmet gloves"),
            ("a man without a helmet walks past the gate", "helmet"),
            ("not wearing any safety goggles in the hall", "safety goggles"),
            ("a woman with no bag. No one else is visible", "bag"),
            ("there is no helmet, and the drug had no effect", ""),
            ("A man WITHOUT a hat", "hat"),
            ("nothing of note", ""),
        ] {
            let found = denied(text);
            let all: Vec<&str> = words(text).map(|(word, _)| word).collect();
            let told: Vec<&str> = found.iter().map(|at| all[*at]).collect();
            assert_eq!(told.join(" "), expected, "{text}");
        }
    }
}
