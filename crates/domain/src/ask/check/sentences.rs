//! Where sentences end, also while they are still being written. Every byte belongs to exactly one, and
//! no way of cutting a stream moves an end.

/// The longest sentence, in bytes: a text without an end is judged in pieces of this size.
pub(crate) const SENTENCE_BYTES_MAX: usize = 2_000;

/// The sentences of a text with what separates them.
pub(crate) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut rest = text;
    while let Some(end) = first_end(rest, true) {
        let (sentence, after) = rest.split_at(end);
        sentences.push(sentence);
        rest = after;
    }
    sentences
}

/// Where the first sentence of a text ends: at a line break; at a full stop, question or exclamation
/// mark before a space, together with the references that follow it. `None` while more text could still
/// move it, or when nothing is left.
pub(crate) fn first_end(text: &str, is_whole: bool) -> Option<usize> {
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        let end = match c {
            '\n' => Some(after),
            '.' if list_marker(text) == Some(after) => None,
            '.' | '?' | '!' => match end_behind(text, after, c == '.', is_whole) {
                End::At(end) => Some(end),
                End::Open => return None,
                End::None => None,
            },
            '。' | '？' | '！' => match behind_references(text, after, is_whole) {
                Some(end) => Some(end),
                None => return None,
            },
            _ => None,
        };
        if end.is_some() {
            return end;
        }
        if after >= SENTENCE_BYTES_MAX {
            return Some(after);
        }
    }
    (is_whole && !text.is_empty()).then_some(text.len())
}

/// Where the number of a list ends that a text begins with: "1." of "1. A man [2]".
pub(super) fn list_marker(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches([' ', '*']);
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let is_marker =
        (1..=3).contains(&digits) && rest.get(digits..).is_some_and(|r| r.starts_with(['.', ')']));
    let end = text.len() - rest.len() + digits + 1;
    // "2.5 times" begins with a number, and so does a text of which no more is there.
    let is_apart = text.get(end..).is_none_or(|r| r.is_empty() || r.starts_with([' ', '*']));
    (is_marker && is_apart).then_some(end)
}

enum End {
    /// Here.
    At(usize),
    /// The mark ends no sentence: "2.0", "9 a.m. today".
    None,
    /// More text is needed to tell.
    Open,
}

/// Where a sentence ends whose mark ended at `from`.
fn end_behind(text: &str, from: usize, is_stop: bool, is_whole: bool) -> End {
    let rest = text.get(from..).unwrap_or_default();
    let marks = rest.len() - rest.trim_start_matches(['"', '”', ')', '.', '!', '?', '*']).len();
    let behind = rest.get(marks..).unwrap_or_default();
    match behind.chars().next() {
        None if !is_whole => return End::Open,
        None | Some(' ' | '\n' | '[') => {}
        Some(_) => return End::None,
    }
    let Some(end) = behind_references(text, from + marks, is_whole) else { return End::Open };
    // A small letter goes on with the sentence: "at 9 a.m. two came", "approx. 5 m".
    let next = text.get(end..).and_then(|after| after.chars().next());
    let has_reference = text.get(from..end).is_some_and(|between| between.contains('['));
    if is_stop && !has_reference && next.is_some_and(char::is_lowercase) { End::None } else { End::At(end) }
}

/// Where the references and spaces behind a mark end; `None` while more may follow.
fn behind_references(text: &str, from: usize, is_whole: bool) -> Option<usize> {
    let mut end = from;
    loop {
        let after = text.get(end..).unwrap_or_default();
        let trimmed = after.trim_start_matches(' ');
        let spaces = after.len() - trimmed.len();
        if trimmed.is_empty() {
            return is_whole.then_some(end + spaces);
        }
        let Some(inner) = trimmed.strip_prefix('[') else { return Some(end + spaces) };
        match inner.find(']') {
            Some(close) if inner.get(..close).is_some_and(|n| n.bytes().all(|b| b.is_ascii_digit())) => {
                end += spaces + close + 2;
            }
            Some(_) => return Some(end + spaces),
            None => return is_whole.then_some(end + spaces),
        }
    }
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sentences_keep_every_byte_and_their_references() {
        let text = "Two came [1]. One left at 2.05 pm. [2] [3] At 9 a.m. two more. Then nothing!\n- A car: 1.5 m \
                    [1]\n二人が来ました。[1] End";
        let cut = sentences(text);
        assert_eq!(cut.concat(), text);
        assert_eq!(
            cut,
            [
                "Two came [1]. ",
                "One left at 2.05 pm. [2] [3] ",
                "At 9 a.m. two more. ",
                "Then nothing!",
                "\n",
                "- A car: 1.5 m [1]\n",
                "二人が来ました。[1] ",
                "End"
            ]
        );
        assert_eq!(references(cut[1]), [2, 3]);
        assert!(sentences(&"word ".repeat(1_000)).iter().all(|s| s.len() <= SENTENCE_BYTES_MAX));
    }

    proptest! {
        #[test]
        fn an_end_that_is_told_early_is_where_it_would_be_in_the_whole_text(
            parts in prop::collection::vec(
                prop_oneof![
                    Just("."), Just("!"), Just(" "), Just("\n"), Just("[1]"), Just("["), Just("]"), Just("a"),
                    Just("B"), Just("2"), Just(")"), Just("。"), Just("日"),
                ],
                0..24,
            )
        ) {
            let text = parts.concat();
            for (cut, _) in text.char_indices() {
                if let Some(end) = first_end(&text[..cut], false) {
                    prop_assert_eq!(first_end(&text, true), Some(end), "{:?} at {}", text, cut);
                }
            }
        }
    }
}
