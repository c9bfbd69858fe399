//! Numbers and times in a sentence, wherever they stand. Pure scanning; judges nothing.

use std::ops::Range;

/// A local time of day: hour and minute.
pub(crate) type Clock = (u8, u8);

/// A number as it is written, without its group separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Where it stands.
    pub span: Range<usize>,
    /// "39313" for "39,313".
    pub digits: String,
    /// The word after it, in lower case.
    pub noun: String,
}

/// A time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it says.
    pub clock: Clock,
}

/// Numbers spelled out that are checked; "one" is too common a word to mean a count.
const WORDS: [(&str, u64); 11] = [
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
];

/// Times such as 14:32, 2:32 pm, 3pm.
pub(crate) fn times(text: &str) -> Vec<Time> {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut found = Vec::new();
    let mut index = 0;
    while index < bytes.len() {
        if !digit(index) || (index > 0 && (digit(index - 1) || bytes[index - 1] == b'.')) {
            index += 1;
            continue;
        }
        let hour_end = (index..bytes.len()).find(|i| !digit(*i)).unwrap_or(bytes.len());
        let (mut end, mut minute) = (hour_end, None);
        let has_minutes = bytes.get(hour_end) == Some(&b':') && digit(hour_end + 1) && digit(hour_end + 2);
        if has_minutes && !digit(hour_end + 3) {
            minute = text.get(hour_end + 1..hour_end + 3).and_then(|m| m.parse::<u8>().ok());
            end = hour_end + 3;
            if bytes.get(end) == Some(&b':') && digit(end + 1) && digit(end + 2) {
                end += 3;
            }
        }
        let hour = text.get(index..hour_end).and_then(|hour| hour.parse::<u8>().ok());
        let meridiem = meridiem(text.get(end..).unwrap_or_default());
        let clock = match (hour, minute, &meridiem) {
            (Some(hour), Some(minute), None) if hour < 25 && minute < 60 => Some((hour % 24, minute)),
            (Some(hour @ 1..=12), minute, Some((is_pm, _))) => {
                Some((hour % 12 + if *is_pm { 12 } else { 0 }, minute.unwrap_or(0)))
            }
            _ => None,
        };
        if let Some(clock) = clock {
            end += meridiem.map_or(0, |(_, length)| length);
            found.push(Time { span: index..end, clock });
            index = end;
        } else {
            index = hour_end.max(index + 1);
        }
    }
    found
}

/// " pm" → (true, 3).
fn meridiem(rest: &str) -> Option<(bool, usize)> {
    let spaces = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
    let word: String = rest.get(spaces..)?.chars().take(4).collect::<String>().to_lowercase();
    let (is_pm, length) = [("a.m.", false), ("p.m.", true), ("am", false), ("pm", true)]
        .into_iter()
        .find(|(mark, _)| word.starts_with(mark))
        .map(|(mark, is_pm)| (is_pm, mark.len()))?;
    let after = rest.get(spaces + length..)?.chars().next();
    (!after.is_some_and(char::is_alphanumeric)).then_some((is_pm, spaces + length))
}

/// Numbers that stand for themselves: not part of a word, a time or another number. `skip` are spans
/// that were read already.
pub(crate) fn counts(text: &str, skip: &[Range<usize>]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut index = 0;
    let bytes = text.as_bytes();
    while index < text.len() {
        if let Some(span) = skip.iter().find(|span| span.contains(&index)) {
            index = span.end;
            continue;
        }
        let Some(rest) = text.get(index..) else {
            index += 1;
            continue;
        };
        let before = text.get(..index).and_then(|t| t.chars().next_back());
        if before.is_some_and(char::is_alphanumeric) {
            index += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        if bytes[index].is_ascii_digit() {
            let end = number_end(text, index);
            let written = text.get(index..end).unwrap_or_default();
            let noun = noun_after(text.get(end..).unwrap_or_default());
            found.push(Number { span: index..end, digits: normal(written), noun });
            index = end;
            continue;
        }
        let word: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
        let lower = word.to_lowercase();
        if let Some((_, value)) = WORDS.iter().find(|(name, _)| *name == lower) {
            let end = index + word.len();
            let noun = noun_after(text.get(end..).unwrap_or_default());
            found.push(Number { span: index..end, digits: value.to_string(), noun });
        }
        index += word.len().max(rest.chars().next().map_or(1, char::len_utf8));
    }
    found
}

/// Where a number ends that begins with a digit: group separators and one decimal point included.
fn number_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let digit = |index: usize| bytes.get(index).is_some_and(u8::is_ascii_digit);
    let mut end = start;
    loop {
        while digit(end) {
            end += 1;
        }
        let is_group =
            bytes.get(end) == Some(&b',') && (1..=3).all(|offset| digit(end + offset)) && !digit(end + 4);
        let is_decimal = bytes.get(end) == Some(&b'.') && digit(end + 1);
        if !is_group && !is_decimal {
            return end;
        }
        end += 1;
    }
}

fn normal(written: &str) -> String {
    let plain: String = written.chars().filter(|c| *c != ',').collect();
    let trimmed = plain.trim_start_matches('0');
    if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() }
}

fn noun_after(rest: &str) -> String {
    let rest = rest.trim_start_matches([' ', '\u{a0}', '-']);
    rest.chars().take_while(|c| c.is_alphabetic()).collect::<String>().to_lowercase()
}

/// Every number of a text, as [`Number::digits`].
pub(crate) fn numbers(text: &str) -> impl Iterator<Item = String> {
    let mut all: Vec<String> = counts(text, &[]).into_iter().map(|number| number.digits).collect();
    // A number that sticks to letters ("gate7", "AB123") is one too when it is quoted.
    let mut run = String::new();
    for c in text.chars().chain([' ']) {
        if c.is_ascii_digit() {
            run.push(c);
        } else if !run.is_empty() {
            all.push(normal(&run));
            run.clear();
        }
    }
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_counts_are_read_apart() {
        let text = "At 14:32 and 2:05 pm, 3pm, 1,240 events (31 visits), two people, 2.5 times, gate7";
        let times = times(text);
        assert_eq!(times.iter().map(|t| t.clock).collect::<Vec<_>>(), [(14, 32), (14, 5), (15, 0)]);
        let spans: Vec<_> = times.into_iter().map(|t| t.span).collect();
        let counts = counts(text, &spans);
        let read: Vec<(&str, &str)> = counts.iter().map(|n| (&*n.digits, &*n.noun)).collect();
        assert_eq!(read, [("1240", "events"), ("31", "visits"), ("2", "people"), ("2.5", "times")]);
        assert!(numbers("gate7 at 08").any(|n| n == "7"));
        assert!(numbers("gate7 at 08").any(|n| n == "8"));
    }
}
