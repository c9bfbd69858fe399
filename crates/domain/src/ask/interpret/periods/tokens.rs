//! Text → tokens: lower-case words, numbers, marks and dates in ISO form, each with its bytes in the
//! text. Every character is looked at a bounded number of times; nothing here knows what a word means.

use jiff::civil::{Date, Time};

use super::typos;

/// What a token is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// Letters, or letters and digits ("q1", "cam3").
    Word,
    /// Digits; absent when there are too many to be a number of anything.
    Number(Option<u32>),
    /// A single character that is neither.
    Mark(char),
    /// A date such as 2025-06-18, with what follows it.
    Iso(Iso),
}

/// A date in ISO form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Iso {
    pub(super) date: Date,
    pub(super) time: Option<Time>,
    pub(super) has_seconds: bool,
    /// Seconds east of Greenwich.
    pub(super) offset_seconds: Option<i32>,
}

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// The word in lower case without apostrophes, its spelling mended; the digits of a number.
    pub(super) word: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether nothing stands between it and the token before.
    pub(super) is_glued: bool,
    /// Whether it is an ordinal in digits: "18th".
    pub(super) is_ordinal: bool,
    /// Whether it starts with a capital.
    pub(super) is_capital: bool,
}

/// The tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::with_capacity(text.len() / 5 + 4);
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c.is_whitespace() || crate::text::is_hidden(c) {
            at += c.len_utf8();
            continue;
        }
        let is_glued = found.last().is_some_and(|token| token.end == at);
        let mut token = if c.is_ascii_digit() {
            iso(text, at).unwrap_or_else(|| number(text, at))
        } else if c.is_alphabetic() {
            word(text, at)
        } else {
            Token {
                kind: Kind::Mark(c),
                word: String::new(),
                start: at,
                end: at + c.len_utf8(),
                is_glued: false,
                is_ordinal: false,
                is_capital: false,
            }
        };
        token.is_glued = is_glued;
        at = token.end;
        found.push(token);
    }
    found
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '`' | 'ʼ')
}

fn word(text: &str, start: usize) -> Token {
    let rest = &text[start..];
    let mut lower = String::with_capacity(12);
    let mut end = start;
    let mut has_digits = false;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() || c == '_' {
            has_digits |= c.is_ascii_digit();
            lower.extend(c.to_lowercase());
            end = start + at + c.len_utf8();
        } else if is_apostrophe(c) && chars.peek().is_some_and(|(_, next)| next.is_alphabetic()) {
            // "yesterday's" names the day, "o'clock" is one word.
            let mut after = rest[at + c.len_utf8()..].chars();
            let is_possessive = matches!(after.next(), Some('s' | 'S'))
                && !after.next().is_some_and(|c| c.is_alphanumeric() || is_apostrophe(c));
            if is_possessive {
                end = start + at + c.len_utf8() + 1;
                break;
            }
        } else {
            break;
        }
    }
    if (lower == "a" || lower == "p") && end == start + 1 {
        let dotted = text.as_bytes().get(end..).unwrap_or_default();
        if dotted.first() == Some(&b'.') && matches!(dotted.get(1), Some(b'm' | b'M')) {
            let is_end = !text[end + 2..].chars().next().is_some_and(char::is_alphanumeric);
            if is_end {
                lower.push('m');
                end += if dotted.get(2) == Some(&b'.') { 3 } else { 2 };
            }
        }
    }
    if !has_digits && let Some(mended) = typos::mend(&lower) {
        mended.clone_into(&mut lower);
    }
    Token {
        kind: Kind::Word,
        word: lower,
        start,
        end,
        is_glued: false,
        is_ordinal: false,
        is_capital: rest.chars().next().is_some_and(char::is_uppercase),
    }
}

fn number(text: &str, start: usize) -> Token {
    let bytes = text.as_bytes();
    let digits = bytes[start..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = start + digits;
    let word = text[start..end].to_owned();
    let value = if digits <= 6 { word.parse().ok() } else { None };
    let suffix: String = text[end..].chars().take(3).collect::<String>().to_ascii_lowercase();
    let is_ordinal = ["st", "nd", "rd", "th"].iter().any(|ending| {
        suffix.strip_prefix(ending).is_some_and(|after| !after.starts_with(char::is_alphanumeric))
    });
    if is_ordinal {
        end += 2;
    }
    Token { kind: Kind::Number(value), word, start, end, is_glued: false, is_ordinal, is_capital: false }
}

/// Reads so many digits (at least one, at most `most`) at `at`.
fn digits(bytes: &[u8], at: usize, most: usize) -> Option<(i32, usize)> {
    let count = bytes.get(at..)?.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
    let value = std::str::from_utf8(bytes.get(at..at + count)?).ok()?.parse().ok()?;
    Some((value, at + count))
}

/// A date such as 2025-06-18, 2025-06-18T14:00:30.5Z or 2025-06-18 14:00+02:00.
fn iso(text: &str, start: usize) -> Option<Token> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let (year, at) = digits(bytes, start, 4).filter(|(_, at)| at - start == 4)?;
    let separator = bytes.get(at).copied().filter(|byte| matches!(byte, b'-' | b'/'))?;
    let (month, at) = digits(bytes, at + 1, 2)?;
    bytes.get(at).copied().filter(|byte| *byte == separator)?;
    let (day, mut end) = digits(bytes, at + 1, 2).filter(|(_, end)| !is_digit(*end))?;
    let date =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let mut found = Iso { date, time: None, has_seconds: false, offset_seconds: None };
    let is_parted = matches!(bytes.get(end), Some(b'T' | b't' | b' ' | b'_'));
    if is_parted && let Some((time, has_seconds, after)) = iso_time(bytes, end + 1) {
        found.time = Some(time);
        found.has_seconds = has_seconds;
        end = after;
        if let Some((seconds, after)) = iso_offset(bytes, end) {
            found.offset_seconds = Some(seconds);
            end = after;
        }
    }
    let is_name = bytes.get(end) == Some(&b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric);
    let is_run_on = text[end..].starts_with(char::is_alphabetic);
    if is_name || is_run_on {
        return None;
    }
    Some(Token {
        kind: Kind::Iso(found),
        word: String::new(),
        start,
        end,
        is_glued: false,
        is_ordinal: false,
        is_capital: false,
    })
}

fn iso_time(bytes: &[u8], start: usize) -> Option<(Time, bool, usize)> {
    let (hour, at) = digits(bytes, start, 2).filter(|(_, at)| at - start == 2)?;
    let colon = |at: usize| bytes.get(at) == Some(&b':');
    let (minute, mut at) = if colon(at) {
        digits(bytes, at + 1, 2).filter(|(_, end)| *end == at + 3)?
    } else {
        return None;
    };
    let mut second = 0;
    let mut has_seconds = false;
    if colon(at)
        && let Some((value, end)) = digits(bytes, at + 1, 2)
    {
        (second, at, has_seconds) = (value, end, true);
        if matches!(bytes.get(at), Some(b'.' | b',')) && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
            // Fractions of a second say nothing about a period.
            at += 1 + bytes[at + 1..].iter().take(9).take_while(|byte| byte.is_ascii_digit()).count();
        }
    }
    let time = Time::new(i8::try_from(hour).ok()?, i8::try_from(minute).ok()?, second as i8, 0).ok()?;
    // "2025-06-18 02:30 pm" is left to the reader of clock times.
    let after = bytes[at..].iter().position(|byte| *byte != b' ').map_or(&[][..], |skip| &bytes[at + skip..]);
    let is_half_day = matches!(after, [b'a' | b'p' | b'A' | b'P', b'm' | b'M' | b'.', ..]);
    (!is_half_day).then_some((time, has_seconds, at))
}

fn iso_offset(bytes: &[u8], at: usize) -> Option<(i32, usize)> {
    match bytes.get(at)? {
        b'Z' | b'z' => Some((0, at + 1)),
        sign @ (b'+' | b'-') => {
            let (hours, end) =
                digits(bytes, at + 1, 2).filter(|(hours, end)| *end == at + 3 && *hours <= 14)?;
            let colon = usize::from(bytes.get(end) == Some(&b':'));
            let (minutes, end) =
                digits(bytes, end + colon, 2).filter(|(minutes, _)| *minutes < 60).unwrap_or((0, end));
            let seconds = hours * 3600 + minutes * 60;
            Some((if *sign == b'-' { -seconds } else { seconds }, end))
        }
        _ => None,
    }
}
