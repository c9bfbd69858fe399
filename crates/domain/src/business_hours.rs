//! When a place is open, as people write it: `Mon-Fri 06:00-20:00, Sat 08:00-14:00`.

use jiff::civil::Time;

use crate::{Error, Result};

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// A day may be cut short to so many letters.
const DAY_CHARS_MIN: usize = 3;

/// Whether hours can be read: days or ranges of days, each list of them followed by a range of times. A
/// range that ends before it begins crosses midnight; `24:00` is the end of a day.
///
/// # Errors
/// `InvalidInput` that names the field and the part that cannot be read.
pub(crate) fn check(text: &str, field: &str) -> Result<()> {
    let wrong = |part: &str| {
        let told = format!("`{field}`: `{part}` is not like `Mon-Fri 06:00-20:00`");
        Error::invalid(field, told)
    };
    let mut are_days_open = false;
    for part in text.split([',', ';']).map(str::trim) {
        let (days, hours) = match part.split_once(char::is_whitespace) {
            Some((days, hours)) => (days, Some(hours.trim())),
            None => (part, None),
        };
        if !range(days, is_day) || hours.is_some_and(|hours| !is_span(hours)) {
            return Err(wrong(part));
        }
        are_days_open = hours.is_none();
    }
    if are_days_open { Err(wrong(text)) } else { Ok(()) }
}

/// One, or two with a dash between them.
fn range(text: &str, is_one: impl Fn(&str) -> bool) -> bool {
    match text.split_once(['-', '\u{2013}']) {
        Some((from, to)) => is_one(from.trim()) && is_one(to.trim()),
        None => is_one(text),
    }
}

fn is_day(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.len() >= DAY_CHARS_MIN && DAYS.iter().any(|day| day.starts_with(&lower))
}

/// Two different times.
fn is_span(text: &str) -> bool {
    let Some((from, to)) = text.split_once(['-', '\u{2013}']) else { return false };
    let (from, to) = (from.trim(), to.trim());
    let is_end = |time: &str| time == "24:00" || clock(time).is_some();
    from != to && clock(from).is_some() && is_end(to)
}

fn clock(text: &str) -> Option<Time> {
    Time::strptime("%H:%M", text).ok()
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn hours_that_people_write_are_read_and_others_are_named() {
        for good in [
            "Mon-Fri 06:00-20:00",
            "mon-fri 06:00-20:00, Sat 8:00-14:00",
            "Monday-Sunday 00:00-24:00",
            "Mon, Wed, Fri 22:00-06:00",
            "Sat 09:00 - 12:00; Sun 10:00\u{2013}12:00",
        ] {
            check(good, "f").unwrap();
        }
        for bad in [
            "foo",
            "",
            "Mon-Fri",
            "Mo 06:00-20:00",
            "06:00-20:00",
            "Mon 06:00",
            "Mon 25:00-26:00",
            "Mon 06:00-06:00",
            "Mon 24:00-06:00",
        ] {
            let error = check(bad, "cameras.a.business_hours").unwrap_err();
            assert_eq!(error.field.as_deref(), Some("cameras.a.business_hours"), "{bad}");
            assert!(error.message.contains("cameras.a.business_hours"), "{}", error.message);
        }
    }
}
