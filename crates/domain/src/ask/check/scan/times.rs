//! Times of day in a sentence, wherever they stand. Pure scanning; judges nothing.

use std::ops::Range;

/// A local time of day: hour and minute.
pub(crate) type Clock = (u8, u8);

/// A time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Time {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it says.
    pub clock: Clock,
}

/// Times such as 14:32, 2:32 pm, 3pm, and as other languages write them: 21.30 Uhr, 21 Uhr, 21h30.
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
        let has_minutes = digit(hour_end + 1) && digit(hour_end + 2) && !digit(hour_end + 3);
        let is_parted = match bytes.get(hour_end) {
            Some(b':' | b'h') => true,
            Some(b'.') => is_hour_word(text.get(hour_end + 3..).unwrap_or_default()),
            _ => false,
        };
        if has_minutes && is_parted {
            minute = text.get(hour_end + 1..hour_end + 3).and_then(|m| m.parse::<u8>().ok());
            end = hour_end + 3;
            if bytes.get(end) == Some(&b':') && digit(end + 1) && digit(end + 2) {
                end += 3;
            }
        }
        let hour = text.get(index..hour_end).and_then(|hour| hour.parse::<u8>().ok());
        let meridiem = meridiem(text.get(end..).unwrap_or_default());
        let meridiem = meridiem
            .or_else(|| Some((shared_meridiem(hour.filter(|_| minute.is_none())?, text.get(end..)?)?, 0)));
        let is_hour = minute.is_none() && is_hour_word(text.get(end..).unwrap_or_default());
        let clock = match (hour, minute, &meridiem) {
            (Some(hour), None, None) if hour < 25 && is_hour => Some((hour % 24, 0)),
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

/// "between 7 and 8 a.m.": whether the first is of the afternoon. "11 to 1 pm" begins in the morning.
fn shared_meridiem(hour: u8, rest: &str) -> Option<bool> {
    let rest = rest.trim_start();
    let joint = ["and", "to", "until", "-", "–"].into_iter().find_map(|joint| rest.strip_prefix(joint))?;
    let other = joint.trim_start();
    let digits = other.len() - other.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let second = other.get(..digits)?.parse::<u8>().ok().filter(|second| (1..=12).contains(second))?;
    let behind = other.get(digits..)?;
    let minutes = behind.strip_prefix(':').and_then(|rest| rest.get(2..));
    let (is_pm, _) = meridiem(minutes.unwrap_or(behind))?;
    Some(is_pm == (hour % 12 < second % 12))
}

/// Whether a word follows that makes a number an hour.
fn is_hour_word(rest: &str) -> bool {
    let word: String = rest.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
    rest.starts_with([' ', '\u{a0}']) && matches!(word.to_lowercase().as_str(), "uhr" | "uur" | "heures")
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
