//! A question as a row of words, each with its place in the text and with what it has been read as.
//!
//! Readers take words in turn: a word that names a period, a place or a subject is not read again by
//! the next. Names of the catalogue are cut up by the same rules, so that both meet.

use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::ask::stems::{singular, stem};

/// What a word has been read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Nothing yet.
    Free,
    /// A period.
    Time,
    /// A confidence.
    Confidence,
    /// A camera, site or zone, or the attempt to name one.
    Place,
    /// A label, a name or an event type.
    Subject,
    /// What the caller wants.
    Intent,
}

/// One run of letters or of digits.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one word, read by name")]
pub(super) struct Token {
    /// Where it stands, in bytes.
    pub(super) span: Range<usize>,
    /// In lower case, without a possessive ending; numbers without leading zeros.
    pub(super) lower: String,
    /// `lower`, in the singular.
    pub(super) singular: String,
    /// See [`stem`].
    pub(super) stem: String,
    /// Whether no space stands between it and the one before ("dock-1").
    pub(super) is_joined: bool,
    /// Whether a mark that ends a phrase stands between it and the one before.
    pub(super) follows_break: bool,
    /// The quoted phrase that it is part of.
    pub(super) quote: Option<usize>,
    /// What it has been read as.
    pub(super) role: Role,
    /// Whether it says more than what it was read as ("truck" read as vehicle) and stays a search word.
    pub(super) is_kept: bool,
    /// Whether an event of what is asked for need not say it, where none does: "enter" of whoever is seen there.
    pub(super) is_perhaps: bool,
    /// Whether it is of the name of a place that could be a word of time: "at the till".
    pub(super) is_name: bool,
}

impl Token {
    fn respell(&mut self, meant: &str) {
        meant.clone_into(&mut self.lower);
        self.singular = singular(meant).into_owned();
        self.stem = stem(meant).into_owned();
    }

    /// Whether it is a number.
    pub(super) fn is_number(&self) -> bool {
        self.lower.bytes().all(|b| b.is_ascii_digit())
    }
}

/// The words of a text.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    /// The text.
    pub(super) text: &'a str,
    /// Its words, in order.
    pub(super) row: Vec<Token>,
    /// Where lists of exceptions go on, see [`super::exclusion::lists`].
    pub(super) excepted: Vec<Range<usize>>,
    /// The noun of the groups that are asked for because they lack something: "days without deliveries".
    pub(super) lacking: Option<usize>,
    /// Where each word stands, so that looking for a phrase does not walk through a long question.
    places: FxHashMap<String, Vec<usize>>,
}

impl<'a> Tokens<'a> {
    /// Cuts a text into words.
    pub(super) fn of(text: &'a str) -> Self {
        let quotes = quotes(text);
        let mut row: Vec<Token> = Vec::with_capacity(text.len() / 5 + 1);
        let mut rest = 0;
        while let Some(span) = next_word(text, rest) {
            let between = &text[row.last().map_or(0, |t| t.span.end)..span.start];
            let lower = plain(&text[span.clone()]);
            rest = span.end;
            if is_possessive(text, &span) {
                continue;
            }
            row.push(Token {
                singular: singular(&lower).into_owned(),
                stem: stem(&lower).into_owned(),
                lower,
                is_joined: !row.is_empty()
                    && between.chars().all(|c| matches!(c, '-' | '_' | '.' | '/' | '#' | '\'' | '\u{2019}')),
                follows_break: between.contains([',', ';', ':', '?', '!', '(', ')', '\n'])
                    || between.contains(". "),
                quote: quotes.iter().position(|quote| quote.contains(&span.start)),
                role: Role::Free,
                is_kept: false,
                is_perhaps: false,
                is_name: false,
                span,
            });
        }
        spell_out(&mut row);
        // Of at most 2,000 characters: words made to collide cost no more than looking through all of them.
        let mut places: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        places.reserve(row.len());
        for (at, token) in row.iter().enumerate() {
            places.entry(token.lower.clone()).or_default().push(at);
        }
        Self { text, row, excepted: Vec::new(), lacking: None, places }
    }

    /// Puts the word that was meant in the place of one that was written otherwise.
    pub(super) fn respell(&mut self, at: usize, meant: &str) {
        if let Some(token) = self.row.get_mut(at) {
            self.places.entry(meant.to_owned()).or_default().push(at);
            token.respell(meant);
        }
    }

    /// The word at a place, in lower case; empty past either end.
    pub(super) fn lower(&self, at: usize) -> &str {
        self.row.get(at).map_or("", |token| &token.lower)
    }

    /// The word before a place, in lower case.
    pub(super) fn before(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |before| self.lower(before))
    }

    /// Whether these words stand here, one after the other.
    pub(super) fn has_at(&self, at: usize, phrase: &str) -> bool {
        // Asked of many words for many phrases: mostly the first letter says no.
        let mut rest = phrase.as_bytes();
        for at in at.. {
            let word = self.lower(at).as_bytes();
            if word.is_empty() || word.first() != rest.first() {
                return false;
            }
            match rest.strip_prefix(word) {
                Some([]) => return true,
                Some([b' ', behind @ ..]) => rest = behind,
                _ => return false,
            }
        }
        false
    }

    /// Where these words stand one after the other, first time.
    pub(super) fn find(&self, phrase: &str) -> Option<usize> {
        let end = phrase.bytes().position(|b| b == b' ').unwrap_or(phrase.len());
        self.places.get(&phrase[..end])?.iter().copied().find(|at| self.has_at(*at, phrase))
    }

    /// Whether a comma stands between a word and the one before it.
    pub(super) fn follows_comma(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.row.get(before));
        before
            .zip(self.row.get(at))
            .is_some_and(|(before, token)| self.text[before.span.end..token.span.start].contains(','))
    }

    /// Whether a word belongs to a list of exceptions, behind its first item.
    pub(super) fn is_excepted(&self, at: usize) -> bool {
        self.excepted.iter().any(|list| list.contains(&at))
    }

    /// Whether every word of a range is still free.
    pub(super) fn is_free(&self, range: Range<usize>) -> bool {
        self.row.get(range).is_some_and(|tokens| tokens.iter().all(|t| t.role == Role::Free))
    }

    /// Whether a range runs without a mark that ends a phrase, and neither into nor out of quotes.
    pub(super) fn is_one_phrase(&self, range: Range<usize>) -> bool {
        let tokens = &self.row[range];
        tokens.iter().skip(1).all(|t| !t.follows_break) && tokens.windows(2).all(|p| p[0].quote == p[1].quote)
    }

    /// Reads a range as something.
    pub(super) fn take(&mut self, range: Range<usize>, role: Role) {
        for token in self.row.get_mut(range).into_iter().flatten() {
            token.role = role;
        }
    }

    /// The text of a range of words, as the caller wrote it.
    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        match (self.row.get(range.start), self.row.get(range.end.wrapping_sub(1))) {
            (Some(first), Some(last)) if first.span.start < last.span.end => {
                &self.text[first.span.start..last.span.end]
            }
            _ => "",
        }
    }

    /// The singulars of a range, joined by spaces: what names are looked up by.
    pub(super) fn key(&self, range: Range<usize>) -> String {
        join(self.row[range].iter().map(|token| token.singular.as_str()))
    }
}

/// "Hi-vis" and "high viz" are high visibility, a fork lift is a forklift.
fn spell_out(row: &mut Vec<Token>) {
    // "Fork lift."
    for at in (1..row.len()).rev() {
        if matches!(row[at].lower.as_str(), "lift" | "lifts")
            && row[at - 1].lower == "fork"
            && !row[at].follows_break
        {
            let lift = row.remove(at);
            row[at - 1].span.end = lift.span.end;
            row[at - 1].respell(if lift.lower == "lifts" { "forklifts" } else { "forklift" });
        }
    }
    for at in 1..row.len() {
        if matches!(row[at].lower.as_str(), "vis" | "viz")
            && matches!(row[at - 1].lower.as_str(), "hi" | "high")
        {
            row[at - 1].respell("high");
            row[at].respell("visibility");
        }
    }
}

/// A name as it is looked up: its words in the singular, joined by spaces.
pub(super) fn key_of(name: &str) -> String {
    join(words_of(name).iter().map(|word| singular(word)))
}

/// The words of a name, in lower case.
pub(super) fn words_of(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = 0;
    while let Some(span) = next_word(name, rest) {
        rest = span.end;
        if !is_possessive(name, &span) {
            words.push(plain(&name[span]));
        }
    }
    words
}

/// Joins words by single spaces.
pub(super) fn join<S: AsRef<str>>(words: impl IntoIterator<Item = S>) -> String {
    let mut joined = String::new();
    for word in words {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word.as_ref());
    }
    joined
}

/// The next run of letters (with apostrophes inside) or of digits.
fn next_word(text: &str, from: usize) -> Option<Range<usize>> {
    let start = from + text[from..].find(char::is_alphanumeric)?;
    let is_digits = text[start..].starts_with(|c: char| c.is_ascii_digit());
    let mut end = start;
    let mut chars = text[start..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let belongs = if is_digits {
            c.is_ascii_digit()
        } else {
            let is_inner = is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
            (c.is_alphanumeric() && !c.is_ascii_digit()) || is_inner
        };
        if !belongs {
            break;
        }
        end = start + at + c.len_utf8();
    }
    Some(start..end)
}

/// The "s" of "camera 5's".
fn is_possessive(text: &str, span: &Range<usize>) -> bool {
    let before = text[..span.start].strip_suffix(is_apostrophe);
    &text[span.clone()] == "s" && before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_digit()))
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

/// Lower case, without a possessive ending, apostrophes or leading zeros.
fn plain(word: &str) -> String {
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        let digits = word.trim_start_matches('0');
        return if digits.is_empty() { "0".to_owned() } else { digits.to_owned() };
    }
    let lower = word.to_lowercase();
    let body = lower.strip_suffix("'s").or_else(|| lower.strip_suffix("\u{2019}s")).unwrap_or(&lower);
    if body.contains(is_apostrophe) { body.replace(is_apostrophe, "") } else { body.to_owned() }
}

/// Where quoted phrases stand, quotes left out. An apostrophe opens one only before a word and closes
/// it only behind one.
fn quotes(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    let mut before: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_after_word = before.is_some_and(char::is_alphanumeric);
        let is_before_word = chars.peek().is_some_and(|(_, next)| next.is_alphanumeric());
        match open {
            None if "\"\u{201C}\u{201E}\u{AB}".contains(c)
                || ("'\u{2018}".contains(c) && !is_after_word && is_before_word) =>
            {
                open = Some((c, at + c.len_utf8()));
            }
            Some((opening, start)) if closes(opening, c) && !("'\u{2019}".contains(c) && is_before_word) => {
                found.push(start..at);
                open = None;
            }
            _ => {}
        }
        before = Some(c);
    }
    found
}

fn closes(opening: char, c: char) -> bool {
    match opening {
        '"' => c == '"',
        '\u{AB}' => c == '\u{BB}',
        '\'' => c == '\'',
        '\u{2018}' => c == '\u{2019}',
        _ => matches!(c, '\u{201C}' | '\u{201D}'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lowers(text: &str) -> Vec<String> {
        Tokens::of(text).row.into_iter().map(|t| t.lower).collect()
    }

    #[test]
    fn ids_and_names_are_cut_alike() {
        assert_eq!(lowers("Dock-01's G340, who's"), ["dock", "1", "g", "340", "who"]);
        assert_eq!(words_of("dock_1"), ["dock", "1"]);
        assert_eq!(key_of("Loading Docks"), "loading dock");
        assert_eq!(lowers("don't O\u{2019}Brien cameras'"), ["dont", "obrien", "cameras"]);
    }

    #[test]
    fn quoted_phrases_are_known_and_apostrophes_are_not_quotes() {
        let tokens = Tokens::of("camera 'dok' isn't the \"red jacket\"");
        let quotes: Vec<Option<usize>> = tokens.row.iter().map(|t| t.quote).collect();
        assert_eq!(quotes, [None, Some(0), None, None, Some(1), Some(1)]);
    }
}
