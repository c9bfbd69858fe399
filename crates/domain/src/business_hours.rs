//! When a place is open, as people write it: `Mon-Fri 06:00-20:00, Sat 08:00-14:00`. Pure: no dates, no zone.

use std::fmt;

use jiff::civil::{Time, Weekday};

use crate::{Error, Result};

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
/// A day may be cut short to so many letters.
const DAY_CHARS_MIN: usize = 3;
const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Half open, in seconds since the midnight at which the day starts; past 24 h is the next day.
pub(crate) type Span = (i64, i64);

/// The hours of a week, Monday first; the spans of a day in their order, none where it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BusinessHours {
    days: [Vec<Span>; 7],
}

impl BusinessHours {
    /// What is meant where nobody says: from Monday to Friday, 08 to 18. The same hours are named in the API
    /// document.
    pub(crate) fn usual() -> Self {
        let is_open = |day| day < 5;
        Self {
            days: std::array::from_fn(
                |day| {
                    if is_open(day) { vec![(8 * HOUR, 18 * HOUR)] } else { Vec::new() }
                },
            ),
        }
    }

    /// Reads days or ranges of days, each list of them followed by a range of times. A range that ends before it
    /// begins crosses midnight; `24:00` is the end of a day.
    ///
    /// # Errors
    /// `InvalidInput` that names the field and the part that cannot be read.
    pub(crate) fn parse(text: &str, field: &str) -> Result<Self> {
        let wrong = |part: &str| {
            let told = format!("`{field}`: `{part}` is not like `Mon-Fri 06:00-20:00`");
            Error::invalid(field, told)
        };
        let mut hours = Self { days: std::array::from_fn(|_| Vec::new()) };
        let mut waiting: Vec<usize> = Vec::new();
        for part in text.split([',', ';']).map(str::trim) {
            let (days, span) = match part.split_once(char::is_whitespace) {
                Some((days, span)) => (days, Some(span.trim())),
                None => (part, None),
            };
            waiting.extend(days_of(days).ok_or_else(|| wrong(part))?);
            if let Some(span) = span {
                let span = span_of(span).ok_or_else(|| wrong(part))?;
                for day in waiting.drain(..) {
                    hours.days[day].push(span);
                    hours.days[day].sort_unstable();
                }
            }
        }
        if waiting.is_empty() { Ok(hours) } else { Err(wrong(text)) }
    }

    /// When it is open on a day of the week; past 24 h is the day after.
    pub(crate) fn on(&self, weekday: Weekday) -> &[Span] {
        &self.days[weekday.to_monday_zero_offset() as usize % 7]
    }

    /// When it is closed on a day of the week, within its 24 hours; what began the day before is open still.
    pub(crate) fn closed_on(&self, weekday: Weekday) -> Vec<Span> {
        let late = self.on(weekday.previous()).iter().map(|(from, to)| (from - DAY, to - DAY));
        let mut open: Vec<Span> =
            late.filter(|(_, to)| *to > 0).chain(self.on(weekday).iter().copied()).collect();
        open.sort_unstable();
        let mut closed = Vec::new();
        let mut from = 0;
        for (opens, closes) in open {
            if from < opens {
                closed.push((from, opens));
            }
            from = from.max(closes);
        }
        if from < DAY {
            closed.push((from, DAY));
        }
        closed
    }
}

/// "Mon–Fri 08:00–18:00, Sat 09:00–13:00", as it is told.
impl fmt::Display for BusinessHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = |seconds: i64| {
            let of_day = if seconds > DAY { seconds - DAY } else { seconds };
            format!("{:02}:{:02}", of_day / HOUR, of_day / MINUTE % 60)
        };
        let name = |day: usize| {
            let (first, rest) = DAYS[day].split_at(1);
            format!("{}{}", first.to_uppercase(), &rest[..DAY_CHARS_MIN - 1])
        };
        let mut told: Vec<String> = Vec::new();
        let mut day = 0;
        while day < DAYS.len() {
            let alike = self.days[day..].iter().take_while(|spans| **spans == self.days[day]).count();
            let last = day + alike - 1;
            for (at, (from, to)) in self.days[day].iter().enumerate() {
                let span = format!("{}–{}", clock(*from), clock(*to));
                told.push(match (at, alike) {
                    (0, 1) => format!("{} {span}", name(day)),
                    (0, _) => format!("{}–{} {span}", name(day), name(last)),
                    _ => span,
                });
            }
            day = last + 1;
        }
        f.write_str(&told.join(", "))
    }
}

/// The days that a range names, or the one.
fn days_of(text: &str) -> Option<Vec<usize>> {
    match text.split_once(['-', '\u{2013}']) {
        Some((from, to)) => {
            let (from, to) = (day(from.trim())?, day(to.trim())?);
            let count = (to + DAYS.len() - from) % DAYS.len();
            Some((0..=count).map(|ahead| (from + ahead) % DAYS.len()).collect())
        }
        None => Some(vec![day(text)?]),
    }
}

fn day(text: &str) -> Option<usize> {
    let lower = text.to_lowercase();
    DAYS.iter().position(|day| lower.len() >= DAY_CHARS_MIN && day.starts_with(&lower))
}

/// Two different times.
fn span_of(text: &str) -> Option<Span> {
    let (from, to) = text.split_once(['-', '\u{2013}'])?;
    let (from, to) = (from.trim(), to.trim());
    let (start, end) = (clock(from)?, if to == "24:00" { DAY } else { clock(to)? });
    (start != end).then_some((start, if end < start { end + DAY } else { end }))
}

fn clock(text: &str) -> Option<i64> {
    let time = Time::strptime("%H:%M", text).ok()?;
    Some(i64::from(time.hour()) * HOUR + i64::from(time.minute()) * MINUTE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_that_people_write_are_read_and_others_are_named() {
        for (good, told) in [
            ("Mon-Fri 06:00-20:00", "Mon–Fri 06:00–20:00"),
            ("mon-fri 06:00-20:00, Sat 8:00-14:00", "Mon–Fri 06:00–20:00, Sat 08:00–14:00"),
            ("Monday-Sunday 00:00-24:00", "Mon–Sun 00:00–24:00"),
            ("Mon, Wed, Fri 22:00-06:00", "Mon 22:00–06:00, Wed 22:00–06:00, Fri 22:00–06:00"),
            ("Sat 09:00 - 12:00; Sun 10:00\u{2013}12:00", "Sat 09:00–12:00, Sun 10:00–12:00"),
            (
                "Fri-Mon 14:00-18:00, Fri-Mon 08:00-12:00",
                "Mon 08:00–12:00, 14:00–18:00, Fri–Sun 08:00–12:00, 14:00–18:00",
            ),
        ] {
            assert_eq!(BusinessHours::parse(good, "f").unwrap().to_string(), told, "{good}");
        }
        assert_eq!(BusinessHours::usual(), BusinessHours::parse("Mon-Fri 08:00-18:00", "f").unwrap());
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
            let error = BusinessHours::parse(bad, "cameras.a.business_hours").unwrap_err();
            assert_eq!(error.field.as_deref(), Some("cameras.a.business_hours"), "{bad}");
            assert!(error.message.contains("cameras.a.business_hours"), "{}", error.message);
        }
    }

    #[test]
    fn a_place_is_closed_when_it_is_not_open_also_past_midnight() {
        let bar = BusinessHours::parse("Fri-Sat 18:00-02:00, Sun 10:00-12:00, Sun 14:00-18:00", "f").unwrap();
        let hours =
            |spans: Vec<Span>| spans.iter().map(|(from, to)| (from / HOUR, to / HOUR)).collect::<Vec<_>>();
        assert_eq!(hours(bar.closed_on(Weekday::Friday)), [(0, 18)]);
        assert_eq!(hours(bar.closed_on(Weekday::Saturday)), [(2, 18)]);
        assert_eq!(hours(bar.closed_on(Weekday::Sunday)), [(2, 10), (12, 14), (18, 24)]);
        assert_eq!(hours(bar.closed_on(Weekday::Monday)), [(0, 24)]);
        assert_eq!(hours(bar.on(Weekday::Saturday).to_vec()), [(18, 26)]);
    }
}
