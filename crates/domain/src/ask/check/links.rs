//! Addresses in running text: taken out wherever they begin, one character at a time. No host is
//! allowed; links come from fields of a reply, never from its text.

/// What an address begins with. `www.` counts only at the beginning of a word.
const STARTS: [&str; 5] = ["http://", "https://", "ftp://", "javascript:", "www."];
/// What stands in its place.
const REMOVED: &str = "(link removed)";

/// The second stage of a guard.
#[derive(Default)]
pub(super) struct Links {
    held: String,
    out: String,
    is_inside: bool,
    last: Option<char>,
}

impl Links {
    pub(super) fn push(&mut self, c: char) {
        if self.is_inside {
            if !(c.is_whitespace() || matches!(c, '"' | '<' | '>' | '`' | '[' | ']' | ')')) {
                return;
            }
            self.is_inside = false;
        }
        if self.held.is_empty() && !matches!(c, 'h' | 'H' | 'f' | 'F' | 'j' | 'J' | 'w' | 'W') {
            return self.emit(c);
        }
        self.held.push(c);
        self.resolve();
    }

    fn resolve(&mut self) {
        while let Some(first) = self.held.chars().next() {
            let is_word = self.last.is_some_and(char::is_alphanumeric);
            let held = self.held.as_str();
            let starts = STARTS.iter().filter(|start| {
                let is_front = start.get(..held.len()).is_some_and(|front| front.eq_ignore_ascii_case(held));
                is_front && !(is_word && **start == "www.")
            });
            let mut is_waiting = false;
            for start in starts {
                if start.len() == held.len() {
                    self.is_inside = true;
                }
                is_waiting = true;
            }
            if self.is_inside {
                self.held.clear();
                if self.last == Some(']') {
                    // Right behind a reference, the brackets would make it a link.
                    self.emit(' ');
                }
                REMOVED.chars().for_each(|c| self.emit(c));
                return;
            }
            if is_waiting {
                return;
            }
            self.held.drain(..first.len_utf8());
            self.emit(first);
        }
    }

    fn emit(&mut self, c: char) {
        self.out.push(c);
        self.last = Some(c);
    }

    /// What can go out now.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.out)
    }

    /// What is left at the end.
    pub(super) fn finish(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        held.chars().for_each(|c| self.emit(c));
        self.take()
    }
}
