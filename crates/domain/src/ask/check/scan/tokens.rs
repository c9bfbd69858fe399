//! A sentence as words, numbers and percent signs, each with its place. Knows nothing of meanings.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters.
    Word,
    /// Digits, with everything that their separators can mean: "1.240" → 1240 or 1.240.
    Number(Vec<String>),
    /// Letters with digits behind them: "gate7", "AB123".
    Mixed,
    /// `%`.
    Percent,
    /// A mark that parts: a full stop, a comma, a bracket.
    Mark,
}

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// Where it stands.
    pub span: Range<usize>,
    /// In lower case.
    pub lower: String,
    /// What it is.
    pub kind: Kind,
}

impl Token {
    /// The value of a number without separators; whether it is one at all.
    pub(crate) fn whole(&self) -> Option<u32> {
        let Kind::Number(readings) = &self.kind else { return None };
        readings.first()?.parse().ok()
    }
}

/// Splits a text; what lies in `skip` was read already.
pub(crate) fn tokens(text: &str, skip: &[Range<usize>]) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if let Some(span) = skip.iter().find(|span| span.contains(&at)) {
            at = span.end;
            continue;
        }
        let start = at;
        let kind = if c.is_ascii_digit() {
            let end = number_end(text, at);
            at = end;
            Kind::Number(readings(text.get(start..end).unwrap_or_default()))
        } else if c.is_alphanumeric() {
            at = word_end(text, at);
            let has_digit = text.get(start..at).is_some_and(|word| word.contains(char::is_numeric));
            if has_digit { Kind::Mixed } else { Kind::Word }
        } else {
            at += c.len_utf8();
            match c {
                '%' | '٪' | '％' => Kind::Percent,
                ' ' | '\u{a0}' | '\u{202f}' | '-' | '‑' => continue,
                _ => Kind::Mark,
            }
        };
        let lower = text.get(start..at).unwrap_or_default().to_lowercase();
        found.push(Token { span: start..at, lower, kind });
    }
    found
}

/// Where a word ends: apostrophes inside belong to it.
fn word_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_inner = matches!(c, '\'' | '’') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !c.is_alphanumeric() && c != '_' && !is_inner {
            return start + at;
        }
    }
    text.len()
}

/// Where a number ends: separators between digits belong to it.
fn number_end(text: &str, start: usize) -> usize {
    let mut end = start;
    let mut chars = text.get(start..).unwrap_or_default().char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_inner = is_separator(c) && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !c.is_ascii_digit() && !is_inner {
            break;
        }
        end = start + at + c.len_utf8();
    }
    end
}

fn is_separator(c: char) -> bool {
    matches!(c, ',' | '.' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Everything that a written number can mean, the reading of English first.
fn readings(written: &str) -> Vec<String> {
    let groups: Vec<&str> = written.split(is_separator).collect();
    let separators: Vec<char> = written.chars().filter(|c| is_separator(*c)).collect();
    let [first, rest @ ..] = groups.as_slice() else { return Vec::new() };
    let Some((last, inner)) = rest.split_last() else { return vec![trimmed(first)] };
    let is_grouped = first.len() <= 3 && rest.iter().all(|group| group.len() == 3);
    let is_decimal = inner.iter().all(|group| group.len() == 3)
        && matches!(separators.last(), Some('.' | ','))
        && (inner.is_empty() || separators.first() != separators.last());
    let whole = || trimmed(&groups.concat());
    let decimal = || format!("{}.{last}", trimmed(&format!("{first}{}", inner.concat())));
    let mut all = Vec::new();
    if is_grouped {
        all.push(whole());
    }
    if is_decimal {
        all.push(decimal());
        // "2.50" says the same as "2.5".
        let short = decimal();
        let short = short.trim_end_matches('0').trim_end_matches('.');
        all.push(short.to_owned());
    }
    if is_decimal && separators.last() == Some(&'.') && inner.is_empty() {
        all.reverse();
    }
    if all.is_empty() { vec![written.to_owned()] } else { all }
}

fn trimmed(digits: &str) -> String {
    let rest = digits.trim_start_matches('0');
    if rest.is_empty() { "0".to_owned() } else { rest.to_owned() }
}
