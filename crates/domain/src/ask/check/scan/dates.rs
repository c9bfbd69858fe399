//! Days that a sentence names: dates in the usual written forms, weekdays, today and yesterday.

use std::ops::Range;

use jiff::{ToSpan, civil::Date};

use super::tokens::{Kind, Token};
use crate::ask::calendar_words::{MONTHS, WEEKDAYS};

/// A day as it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Day {
    /// Month, day of the month, year.
    Date(Option<u8>, u8, Option<i16>),
    /// Day and month in either order: 13/05, 05/13.
    Pair(u8, u8),
    /// A year.
    Year(i16),
    /// Days after Monday.
    Weekday(u8),
    /// Days after today.
    Relative(i8),
}

fn month(word: &str) -> Option<u8> {
    let is = |name: &&str| *name == word || (word.len() == 3 && name.starts_with(word)) || (word == "sept");
    let at = MONTHS.iter().position(|name| is(name) && (word != "sept" || name.starts_with("sept")))?;
    u8::try_from(at + 1).ok()
}

fn weekday(word: &str) -> Option<u8> {
    let word = word.trim_end_matches("'s").trim_end_matches("’s");
    let is = |name: &&str| {
        *name == word || word.strip_suffix('s') == Some(*name) || (word.len() == 3 && name.starts_with(word))
    };
    // These are words of their own as well.
    if matches!(word, "sat" | "sun" | "wed") {
        return None;
    }
    WEEKDAYS.iter().position(is).and_then(|at| u8::try_from(at).ok())
}

/// "Wed 13 May", "Sat May 2": short names that are words of their own elsewhere.
fn before_date(word: &str, next: &str, after: &str) -> Option<u8> {
    let is_date = |one: &str, other: &str| one.bytes().all(|b| b.is_ascii_digit()) && month(other).is_some();
    let at = ["wed", "sat", "sun"].iter().position(|known| *known == word)?;
    (is_date(next, after) || is_date(after, next)).then_some([2, 5, 6][at])
}

/// A day of the month in words, and how many tokens it takes: "third", "twenty first".
fn ordinal(tokens: &[Token], at: usize) -> Option<(u8, usize)> {
    const WORDS: [&str; 20] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
        "eighteenth",
        "nineteenth",
        "twentieth",
    ];
    let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let small = |word: &str| {
        let at = WORDS.iter().position(|known| *known == word)?;
        u8::try_from(at + 1).ok()
    };
    match (word(at), small(word(at + 1)).filter(|ones| *ones < 10)) {
        ("twenty", Some(ones)) => Some((20 + ones, 2)),
        ("thirty", Some(1)) => Some((31, 2)),
        ("thirtieth", _) => Some((30, 1)),
        (first, _) => small(first).map(|day| (day, 1)),
    }
}

/// "The third of May", "May the third": a date in words.
fn in_words(tokens: &[Token], at: usize) -> Option<(usize, Day)> {
    let word = |n: usize| tokens.get(n).map_or("", |token| token.lower.as_str());
    if let Some((day, taken)) = ordinal(tokens, at) {
        let of = at + taken;
        let next = of + usize::from(word(of) == "of");
        return month(word(next)).map(|month| (next + 1 - at, Day::Date(Some(month), day, None)));
    }
    let month = month(word(at))?;
    let next = at + 1 + usize::from(word(at + 1) == "the");
    let (day, taken) = ordinal(tokens, next)?;
    Some((next + taken - at, Day::Date(Some(month), day, None)))
}

/// Whether a date is the day that is named.
pub(crate) fn is_day(day: Day, date: Date, today: Date) -> bool {
    let (month, of_month) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    match day {
        Day::Date(in_month, n, year) => {
            of_month == n && in_month.is_none_or(|m| m == month) && year.is_none_or(|y| y == date.year())
        }
        Day::Pair(a, b) => (a, b) == (of_month, month) || (a, b) == (month, of_month),
        Day::Year(year) => date.year() == year,
        Day::Weekday(n) => date.weekday().to_monday_zero_offset().unsigned_abs() == n,
        Day::Relative(n) => today.checked_add(n.days()).is_ok_and(|that| that == date),
    }
}

/// Every day that is named, with where its figures stand.
pub(crate) fn days(tokens: &[Token]) -> Vec<(Range<usize>, Day)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (taken, day) = read(tokens, at);
        if let (Some(day), Some(first), Some(last)) = (day, tokens.get(at), tokens.get(at + taken - 1)) {
            found.push((first.span.start..last.span.end, day));
        }
        at += taken;
    }
    found
}

fn read(tokens: &[Token], at: usize) -> (usize, Option<Day>) {
    let token = |n: usize| tokens.get(at + n);
    let word = |n: usize| token(n).map_or("", |t| t.lower.as_str());
    let number = |n: usize| token(n).and_then(Token::whole);
    let day_of_month = |n: usize| {
        let value = number(n).filter(|value| (1..=31).contains(value))?;
        u8::try_from(value).ok()
    };
    let year = |n: usize| number(n).filter(|value| (1970..=2200).contains(value)).map(|value| value as i16);
    let suffix = |n: usize| usize::from(matches!(word(n), "st" | "nd" | "rd" | "th"));
    if let Some(token) = token(0).filter(|t| matches!(t.kind, Kind::Number(_))) {
        if let Some(date) = numeric(token) {
            return (1, Some(date));
        }
        if let (Some(year), Some(month), Some(day)) = (year(0), day_of_month(1), day_of_month(2))
            && is_joined(tokens, at, 2)
        {
            return (3, Some(Day::Date(Some(month), day, Some(year))));
        }
        if word(1) == "/"
            && let (Some(a), Some(b)) = (day_of_month(0), day_of_month(2))
        {
            let more = if word(3) == "/" && number(4).is_some() { 2 } else { 0 };
            return (3 + more, Some(Day::Pair(a, b)));
        }
        if let Some(day) = day_of_month(0) {
            let after = 1 + suffix(1);
            let after = after + usize::from(word(after) == "of" || word(after) == ".");
            // "2 may have left": the month has a capital, but the sentence was folded; a count comes with
            // other words.
            if let Some(month) = month(word(after)).filter(|_| word(after + 1) != "have") {
                let more = usize::from(word(after + 1) == ",");
                if let Some(year) = year(after + 1 + more) {
                    return (after + 2 + more, Some(Day::Date(Some(month), day, Some(year))));
                }
                return (after + 1, Some(Day::Date(Some(month), day, None)));
            }
            if suffix(1) == 1 {
                return (2, Some(Day::Date(None, day, None)));
            }
        }
        let is_in = at > 0 && matches!(tokens[at - 1].lower.as_str(), "in" | "since" | "of" | "during");
        return (1, year(0).filter(|_| is_in).map(Day::Year));
    }
    if let Some((taken, day)) = in_words(tokens, at) {
        return (taken, Some(day));
    }
    if let (Some(month), Some(day)) = (month(word(0)), day_of_month(1))
        && (month != 5 || at == 0 || !matches!(tokens[at - 1].lower.as_str(), "they" | "it" | "who"))
    {
        let after = 2 + suffix(2);
        let more = usize::from(word(after) == ",");
        if let Some(year) = year(after + more) {
            return (after + more + 1, Some(Day::Date(Some(month), day, Some(year))));
        }
        return (after, Some(Day::Date(Some(month), day, None)));
    }
    let named = match word(0) {
        "today" | "tonight" => Some(Day::Relative(0)),
        "yesterday" => Some(Day::Relative(-1)),
        "tomorrow" => Some(Day::Relative(1)),
        other => weekday(other).or_else(|| before_date(other, word(1), word(2))).map(Day::Weekday),
    };
    (1, named)
}

/// "13.05", "13.05.2026" as one token.
fn numeric(token: &Token) -> Option<Day> {
    let mut parts = token.lower.split('.');
    let (first, second) = (parts.next()?, parts.next()?);
    let third = parts.next();
    let is_short = |part: &str| (1..=2).contains(&part.len());
    if !is_short(first) || second.len() != 2 || parts.next().is_some() {
        return None;
    }
    let (day, month) = (first.parse().ok()?, second.parse().ok()?);
    if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
        return None;
    }
    match third {
        Some(year) => Some(Day::Date(Some(month), day, Some(year.parse().ok()?))),
        // "2.05" is as well a decimal; only a leading or a trailing zero of a month tells.
        None => (second.starts_with('0') && day > 9).then_some(Day::Pair(day, month)),
    }
}

/// Whether hyphens join the tokens: only these leave nothing else between numbers.
fn is_joined(tokens: &[Token], at: usize, n: usize) -> bool {
    tokens
        .get(at..=at + n)
        .is_some_and(|run| run.windows(2).all(|pair| pair[0].span.end + 1 == pair[1].span.start))
}
