//! What may leave: text without raw HTML, images, links and false references, whatever the pieces it
//! arrives in. Works one character at a time, so that no way of cutting a stream changes the result.
//! Must never let two pieces that were harmless apart meet in the output as something that is not.

use super::links::Links;
use crate::text;

/// What is held back at most until it is resolved, in characters. A construct that is longer loses the
/// character that opened it, which makes the rest harmless.
pub(crate) const HELD_CHARS_MAX: usize = 512;

/// What to do with the front of the held text.
enum Step {
    /// Nothing yet.
    Wait,
    /// Let this many bytes through.
    Emit(usize),
    /// Remove this many bytes.
    Drop(usize),
    /// Put this text in place of so many bytes and look again.
    Rewrite(usize, String),
    /// So many bytes are references: these hold.
    Cite(usize, Vec<u32>),
}

/// Cleans a text while it is written.
pub(crate) struct Guard {
    /// References from 1 to this are real.
    references: u32,
    held: String,
    held_chars: usize,
    spaces: usize,
    has_gap: bool,
    last: Option<char>,
    links: Links,
    /// References that held.
    pub verified: u32,
    /// Brackets that were no reference.
    pub removed: u32,
}

impl Guard {
    /// A guard for an answer with so many pieces of evidence.
    pub(crate) fn new(references: u32) -> Self {
        Self {
            references,
            held: String::new(),
            held_chars: 0,
            spaces: 0,
            has_gap: false,
            last: None,
            links: Links::default(),
            verified: 0,
            removed: 0,
        }
    }

    /// Takes a piece and gives what can go out.
    pub(crate) fn push(&mut self, piece: &str) -> String {
        for c in piece.chars().filter(|c| !text::is_hidden(*c)) {
            let c = if c.is_control() && c != '\n' { ' ' } else { c };
            if self.held.is_empty() && !matches!(c, '<' | '!' | '[' | ']') {
                self.emit(c);
                continue;
            }
            self.held.push(c);
            self.held_chars += 1;
            self.resolve(false);
        }
        self.links.take()
    }

    /// Gives the rest; what was never resolved goes out without the character that opened it.
    pub(crate) fn finish(&mut self) -> String {
        self.resolve(true);
        self.links.finish()
    }

    fn resolve(&mut self, is_end: bool) {
        while !self.held.is_empty() {
            let is_full = is_end || self.held_chars >= HELD_CHARS_MAX;
            let bytes = match self.decide(is_end, is_full) {
                Step::Wait => return,
                Step::Emit(bytes) => {
                    let front = self.held.get(..bytes).unwrap_or_default().to_owned();
                    front.chars().for_each(|c| self.emit(c));
                    bytes
                }
                Step::Drop(bytes) => {
                    self.has_gap = true;
                    bytes
                }
                Step::Rewrite(bytes, text) => {
                    self.has_gap = true;
                    self.held.replace_range(..bytes, &text);
                    self.held_chars = self.held.chars().count();
                    continue;
                }
                Step::Cite(bytes, references) => {
                    for reference in references {
                        self.verified += 1;
                        format!("[{reference}]").chars().for_each(|c| self.emit(c));
                    }
                    // Whatever followed was judged together with the brackets.
                    self.has_gap = self.held.get(bytes..).is_some_and(|rest| rest.starts_with([':', '(']));
                    bytes
                }
            };
            self.held.drain(..bytes);
            self.held_chars = self.held.chars().count();
        }
    }

    fn decide(&mut self, is_end: bool, is_full: bool) -> Step {
        let mut chars = self.held.chars();
        match chars.next() {
            Some('<') => decide_tag(&self.held, chars.next(), is_end, is_full),
            Some('!') => match chars.next() {
                None if !is_end => Step::Wait,
                Some('[') => self.decide_image(is_full),
                _ => Step::Emit(1),
            },
            Some('[') => self.decide_bracket(is_end, is_full),
            // A bracket that closes nothing could still close what a reader sees before it.
            Some(']') => Step::Drop(1),
            Some(c) => Step::Emit(c.len_utf8()),
            None => Step::Wait,
        }
    }

    fn decide_image(&self, is_full: bool) -> Step {
        let Some(close) = closing(&self.held, 1, '[', ']') else {
            return if is_full { Step::Drop(2) } else { Step::Wait };
        };
        let (open, shut) = match self.held.get(close + 1..).and_then(|rest| rest.chars().next()) {
            None if !is_full => return Step::Wait,
            Some('(') => ('(', ')'),
            Some('[') => ('[', ']'),
            _ => return Step::Drop(close + 1),
        };
        match closing(&self.held, close + 1, open, shut) {
            Some(end) => Step::Drop(end + 1),
            None if is_full => Step::Drop(close + 2),
            None => Step::Wait,
        }
    }

    fn decide_bracket(&mut self, is_end: bool, is_full: bool) -> Step {
        let Some(close) = closing(&self.held, 0, '[', ']') else {
            return if is_full { Step::Drop(1) } else { Step::Wait };
        };
        let after = close + 1;
        let follows = self.held.get(after..).and_then(|rest| rest.chars().next());
        if follows.is_none() && !is_end && !is_full {
            return Step::Wait;
        }
        let inner = self.held.get(1..close).unwrap_or_default().to_owned();
        let cited = references(&inner);
        let end = match follows {
            Some('(') => match closing(&self.held, after, '(', ')') {
                Some(end) => end + 1,
                None if is_full => after + 1,
                None => return Step::Wait,
            },
            Some('[') if cited.is_none() => match closing(&self.held, after, '[', ']') {
                Some(end) => {
                    let second = self.held.get(after + 1..end).unwrap_or_default();
                    if references(second).is_some() { after } else { end + 1 }
                }
                None if is_full => after + 1,
                None => return Step::Wait,
            },
            _ => after,
        };
        if let Some(cited) = cited {
            let known: Vec<u32> =
                cited.iter().copied().filter(|n| (1..=self.references).contains(n)).collect();
            self.removed += (cited.len() - known.len()) as u32;
            return if known.is_empty() { Step::Drop(end) } else { Step::Cite(end, known) };
        }
        if end > after {
            // A link: its text stays, its target goes.
            return Step::Rewrite(end, inner);
        }
        // The id of a fact traces a figure; it is no citation and not for the reader.
        let is_fact =
            inner.strip_prefix('f').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
        self.removed += u32::from(!is_fact);
        Step::Drop(end)
    }

    /// Lets a character out. Where something was removed, the two sides do not touch.
    fn emit(&mut self, c: char) {
        if c == ' ' {
            self.spaces += 1;
            return;
        }
        let is_punctuation = matches!(c, '.' | ',' | ';' | '?' | '!' | '\n');
        // Directly behind a reference these would make it the beginning of a link.
        let would_link = self.last == Some(']') && self.spaces == 0 && matches!(c, ':' | '(');
        if self.has_gap || would_link {
            let is_apart = self.last.is_none_or(char::is_whitespace);
            let would_tag = self.last == Some('<');
            if (!is_punctuation || would_tag) && !is_apart {
                self.links.push(' ');
            }
        } else {
            (0..self.spaces).for_each(|_| self.links.push(' '));
        }
        self.has_gap = false;
        self.spaces = 0;
        self.links.push(c);
        self.last = Some(c);
    }
}

fn decide_tag(held: &str, second: Option<char>, is_end: bool, is_full: bool) -> Step {
    match second {
        None if !is_end => Step::Wait,
        Some(c) if c.is_alphabetic() || matches!(c, '/' | '!' | '?') => match held.find('>') {
            Some(end) => Step::Drop(end + 1),
            None if is_full => Step::Drop(1),
            None => Step::Wait,
        },
        // "< 30", "<3", "<=": no tag can begin like this.
        Some(c) if c.is_whitespace() || c.is_ascii_digit() || c == '=' => Step::Emit(1),
        _ => Step::Drop(1),
    }
}

/// The byte of the bracket that closes the one at `start`.
fn closing(text: &str, start: usize, open: char, shut: char) -> Option<usize> {
    let mut depth = 0_usize;
    for (index, c) in text.get(start..)?.char_indices() {
        if c == open {
            depth += 1;
        } else if c == shut {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(start + index);
            }
        }
    }
    None
}

/// The numbers of "1" or "1, 2"; `None` when it is anything else.
fn references(inner: &str) -> Option<Vec<u32>> {
    let parts = inner.split([',', ';', ' ']).filter(|part| !part.is_empty());
    let numbers: Option<Vec<u32>> = parts
        .map(|part| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().unwrap_or(0)))
        .collect();
    numbers.filter(|numbers| !numbers.is_empty())
}

/// Whether a text may stand in an answer as it is: see [`plain`].
pub(crate) fn is_plain(text: &str) -> bool {
    has_no_marks(text) || plain(text) == text
}

fn has_no_marks(text: &str) -> bool {
    text.bytes().all(|b| {
        (b.is_ascii_graphic() || b == b' ')
            && !matches!(b, b'<' | b'[' | b']' | b':' | b'!' | b'.' | b'/' | b'\\')
    })
}

/// Text of an event, a camera or a user as it may stand in an answer: on one line, no markup, no
/// links, and no brackets that could pass for a reference.
pub(crate) fn plain(text: &str) -> String {
    if has_no_marks(text) {
        return text.to_owned();
    }
    let mut guard = Guard::new(0);
    let line: String = text::one_line(text)
        .chars()
        .map(|c| match c {
            '[' => '(',
            ']' => ')',
            _ => c,
        })
        .collect();
    let mut clean = guard.push(&line);
    clean.push_str(&guard.finish());
    clean
}
