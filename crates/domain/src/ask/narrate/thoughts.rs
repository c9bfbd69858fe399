//! What a model thinks aloud before it answers, left out: `<think>…</think>` and its like at the beginning
//! of a text. Takes any pieces; never holds back more than the tag that may be coming.

/// How thinking begins and ends.
const TAGS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];

/// The state of a text.
#[derive(Default)]
pub(super) struct Thoughts {
    /// What may become a tag.
    held: String,
    /// The tag that ends the thinking in progress.
    until: Option<&'static str>,
    is_past: bool,
}

impl Thoughts {
    /// Takes a piece and gives what is no thought.
    pub(super) fn push(&mut self, piece: &str) -> String {
        if self.is_past {
            return piece.to_owned();
        }
        let mut chars = piece.chars();
        while let Some(c) = chars.next() {
            if self.until.is_none() && self.held.is_empty() && c.is_whitespace() {
                continue;
            }
            self.held.push(c);
            if let Some(end) = self.until {
                if self.held.ends_with(end) {
                    self.until = None;
                    self.held.clear();
                } else if self.held.len() > 2 * end.len() {
                    let keep = self.held.ceil_char_boundary(self.held.len() - end.len());
                    self.held.drain(..keep);
                }
                continue;
            }
            let held = self.held.to_lowercase();
            if let Some((_, end)) = TAGS.iter().find(|(begin, _)| *begin == held) {
                self.until = Some(end);
                self.held.clear();
            } else if !TAGS.iter().any(|(begin, _)| begin.starts_with(held.as_str())) {
                self.is_past = true;
                return std::mem::take(&mut self.held) + chars.as_str();
            }
        }
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Thoughts;

    #[test]
    fn thoughts_go_and_answers_stay_however_they_are_cut() {
        for (text, left) in [
            ("<think>There were 9.</think>\n\nTwo came.", "Two came."),
            (
                " \n<Think>ä < b </thin </think><think>more</think> Two <think>came</think>",
                "Two <think>came</think>",
            ),
            ("<think>never done", ""),
            ("<b>Two</b>", "<b>Two</b>"),
            ("Two <think>", "Two <think>"),
        ] {
            let whole = Thoughts::default().push(text);
            assert_eq!(whole, left, "{text}");
            let mut thoughts = Thoughts::default();
            let spelled: String = text.chars().map(|c| thoughts.push(&c.to_string())).collect();
            assert_eq!(spelled, left, "{text}");
        }
    }
}
