//! What a model thinks aloud before it answers, left out: `<think>…</think>` and its like at the beginning
//! of a text, and whatever stands before an end of thinking that nobody saw begin, which is how models write
//! whose prompt ends with the beginning. Takes any pieces; never holds back more than the tag that may be coming.

/// How thinking begins and ends.
const TAGS: [(&str, &str); 4] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<reasoning>", "</reasoning>"),
    ("[think]", "[/think]"),
];
/// No tag is longer, in bytes.
const TAG_BYTES_MAX: usize = 12;

/// The state of a text.
#[derive(Default)]
pub(super) struct Thoughts {
    /// What may become a tag.
    held: String,
    /// The tag that ends the thinking in progress.
    until: Option<&'static str>,
    is_past: bool,
    /// Beginnings that stand in the answer itself: their ends belong to them.
    quoted: usize,
}

/// What a piece came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// All that was given before was a thought.
    pub(super) was_thought: bool,
    /// What is no thought, after that.
    pub(super) text: String,
}

impl Thoughts {
    /// Takes a piece.
    pub(super) fn push(&mut self, piece: &str) -> Heard {
        let mut heard = Heard::default();
        for c in piece.chars() {
            if self.is_past {
                self.push_answer(c, &mut heard);
            } else {
                self.push_before(c, &mut heard);
            }
        }
        heard
    }

    /// What was held back of an answer that has ended.
    pub(super) fn finish(&mut self) -> String {
        if self.is_past { std::mem::take(&mut self.held) } else { String::new() }
    }

    /// A character before the answer has begun.
    fn push_before(&mut self, c: char, heard: &mut Heard) {
        if self.until.is_none() && self.held.is_empty() && c.is_whitespace() {
            return;
        }
        self.held.push(c);
        if let Some(end) = self.until {
            if ends_with(&self.held, end) {
                self.until = None;
                self.held.clear();
            } else if self.held.len() > 2 * end.len() {
                let keep = self.held.ceil_char_boundary(self.held.len() - end.len());
                self.held.drain(..keep);
            }
            return;
        }
        let held = self.held.to_lowercase();
        if let Some((_, end)) = TAGS.iter().find(|(begin, _)| *begin == held) {
            self.until = Some(end);
            self.held.clear();
        } else if !TAGS.iter().any(|(begin, _)| begin.starts_with(held.as_str())) {
            self.is_past = true;
            for c in std::mem::take(&mut self.held).chars() {
                // An end in it makes a thought of it all, and the answer begins anew.
                if self.is_past {
                    self.push_answer(c, heard);
                } else {
                    self.push_before(c, heard);
                }
            }
        }
    }

    /// A character of what is taken for the answer.
    fn push_answer(&mut self, c: char, heard: &mut Heard) {
        if self.held.is_empty() && !matches!(c, '<' | '[') {
            heard.text.push(c);
            return;
        }
        if matches!(c, '<' | '[') {
            heard.text.push_str(&self.held);
            self.held.clear();
        }
        self.held.push(c);
        let is = |tag: &str| self.held.eq_ignore_ascii_case(tag);
        if TAGS.iter().any(|(_, end)| is(end)) {
            if self.quoted == 0 {
                (self.is_past, heard.was_thought) = (false, true);
                heard.text.clear();
                self.held.clear();
                return;
            }
            self.quoted -= 1;
        } else if TAGS.iter().any(|(begin, _)| is(begin)) {
            self.quoted += 1;
        } else if self.held.len() < TAG_BYTES_MAX && may_become_tag(&self.held) {
            return;
        }
        heard.text.push_str(&self.held);
        self.held.clear();
    }
}

fn ends_with(text: &str, end: &str) -> bool {
    text.len()
        .checked_sub(end.len())
        .and_then(|at| text.get(at..))
        .is_some_and(|t| t.eq_ignore_ascii_case(end))
}

fn may_become_tag(held: &str) -> bool {
    let begins = |tag: &str| tag.get(..held.len()).is_some_and(|head| head.eq_ignore_ascii_case(held));
    TAGS.iter().any(|(begin, end)| begins(begin) || begins(end))
}

#[cfg(test)]
mod tests {
    use super::Thoughts;

    fn read<'a>(pieces: impl IntoIterator<Item = &'a str>) -> String {
        let (mut thoughts, mut read) = (Thoughts::default(), String::new());
        for piece in pieces {
            let heard = thoughts.push(piece);
            if heard.was_thought {
                read.clear();
            }
            read.push_str(&heard.text);
        }
        read + &thoughts.finish()
    }

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
            ("Okay, 99 people.\n</think>\n\nTwo came [1].", "Two came [1]."),
            ("Okay </think><think>more</THINK>Two.", "Two."),
            ("Hm [1][THINK] b [/THINK] c [/THINK] Two.", "Two."),
            ("[THINK]There were 9.[/THINK]Two came.", "Two came."),
            ("[1] Two [2] < 3 <thi", "[1] Two [2] < 3 <thi"),
            ("</think>Two.", "Two."),
        ] {
            assert_eq!(read([text]), left, "{text}");
            let letters: Vec<String> = text.chars().map(String::from).collect();
            assert_eq!(read(letters.iter().map(String::as_str)), left, "{text}");
        }
    }
}
