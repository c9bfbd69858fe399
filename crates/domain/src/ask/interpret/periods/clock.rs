//! Clock times in words and digits: "3pm", "15:00", "half past three", "1400 hours", "noon". Whether
//! morning or evening is meant may stay open here; placing it is the business of `time_of_day`.

use super::{
    cursor::Cursor,
    expression::{Clock, Precision},
    vocabulary,
};

/// How sure it is that a number is a clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sureness {
    /// It has minutes, a meridiem, "o'clock" or a name.
    Sure,
    /// A bare number: only where the words around it ask for a clock time.
    Bare,
    /// Four digits ("1030"): a clock time behind "at", else perhaps a year or a name.
    Digits,
}

/// A clock time that was read.
pub(super) type Read = (Clock, Sureness, usize);

const HOUR: i64 = 3600;

fn clock(hour: u32, minute: u32, second: u32, precision: Precision) -> Clock {
    Clock {
        seconds: i64::from(hour) * HOUR + i64::from(minute) * 60 + i64::from(second),
        is_open: false,
        is_24h: false,
        precision,
        is_about: false,
        of_business: None,
    }
}

/// A time in digits: open when the hour can be meant before or after noon.
fn of_digits(hour: u32, minute: u32, is_padded: bool, precision: Precision) -> Clock {
    let is_open = (1..=12).contains(&hour) && !is_padded;
    Clock { is_open, is_24h: !is_open, ..clock(hour, minute, 0, precision) }
}

impl Clock {
    /// A time that leaves nothing open, in seconds since midnight.
    pub(super) fn at(seconds: i64) -> Self {
        Self { seconds, is_24h: true, ..clock(0, 0, 0, Precision::Minute) }
    }

    /// "Midnight", "12 am": what is after it is of the night. "00:00" only begins a day.
    pub(super) fn is_midnight(self) -> bool {
        self.seconds == 0 && !self.is_open && !self.is_24h && self.of_business.is_none()
    }

    /// The reading after noon of a time that is open.
    pub(super) fn after_noon(self) -> i64 {
        self.seconds % (12 * HOUR) + 12 * HOUR
    }

    /// The reading before noon of a time that is open.
    pub(super) fn before_noon(self) -> i64 {
        self.seconds % (12 * HOUR)
    }
}

impl Cursor<'_> {
    /// A clock time at a position.
    pub(super) fn clock(&self, at: usize) -> Option<Read> {
        // The 15 of "9.15" is no hour.
        let is_behind_dot = at >= 2
            && self.is_mark(at - 1, &['.'])
            && self.is_glued(at)
            && self.is_glued(at - 1)
            && self.digits(at - 2).is_some();
        if is_behind_dot {
            return None;
        }
        let about = self.about(at);
        let start = about.unwrap_or(at);
        let (mut found, sureness, next) = self
            .clock_past_hour(start)
            .or_else(|| self.clock_name(start))
            .or_else(|| self.clock_in_digits(start))
            .or_else(|| self.clock_in_words(start))?;
        let mut next = next;
        found.is_about = about.is_some();
        let ish = self.skip_dash(next);
        if self.is_word(ish, &["ish", "approximately", "approx", "roughly"]) {
            found.is_about = true;
            next = ish + 1;
            if let Some((is_after_noon, end)) = self.meridiem(next) {
                found = found.with_meridiem(is_after_noon);
                next = end;
            }
        }
        next = self.skip_word(next, &["sharp", "exactly", "precisely"]);
        if let Some((closed, end)) = self.half_of_day(found, next) {
            let is_bare_word = sureness == Sureness::Bare && self.digits(start).is_none();
            return Some((closed, if is_bare_word { sureness } else { Sureness::Sure }, end));
        }
        Some((found, sureness, next))
    }

    /// "around", "about", "roughly": the position behind them.
    pub(super) fn about(&self, at: usize) -> Option<usize> {
        let at = self.skip_word(at, &["at"]);
        match self.word(at) {
            "around" | "about" | "approximately" | "approx" | "roughly" | "circa" | "nearly" | "almost" => {
                Some(self.skip_word(at + 1, &["at"]))
            }
            "sometime" | "somewhere" => {
                self.is_word(at + 1, &["around", "about"]).then(|| self.skip_word(at + 2, &["at"]))
            }
            _ => (self.is_mark(at, &['~'])).then_some(at + 1),
        }
    }

    fn clock_name(&self, at: usize) -> Option<Read> {
        if let Some(found) = self.opening_or_closing(at) {
            return Some(found);
        }
        let at = self.skip_word(at, &["the"]);
        let (noon, midnight) = (clock(12, 0, 0, Precision::Noon), clock(0, 0, 0, Precision::Hour));
        match self.word(at) {
            "noon" | "midday" | "noontime" => Some((noon, Sureness::Sure, at + 1)),
            "midnight" => Some((midnight, Sureness::Sure, at + 1)),
            "mid" if self.is_word(self.skip_dash(at + 1), &["day"]) => {
                Some((noon, Sureness::Sure, self.skip_dash(at + 1) + 1))
            }
            _ => None,
        }
    }

    /// "half past three", "quarter to 9", "20 past 3pm", "ten minutes to noon".
    fn clock_past_hour(&self, at: usize) -> Option<Read> {
        let at = self.skip_word(at, &["a"]);
        let (minutes, next, is_plain) = match self.word(at) {
            "half" => (30, at + 1, false),
            "quarter" => (15, at + 1, false),
            _ => {
                let (minutes, next) = self.number(at).filter(|(minutes, _)| *minutes < 60)?;
                match self.word(next) {
                    "minutes" | "minute" | "min" => (minutes, next + 1, false),
                    _ => (minutes, next, true),
                }
            }
        };
        let is_later = match self.word(next) {
            "past" | "after" => true,
            "to" | "till" | "before" | "of" => false,
            "from" if !is_plain && minutes != 30 => true,
            // "half three" is half past three.
            _ if self.word(at) == "half" => {
                let (hour, sureness, end) = self.clock_hour(next)?;
                return Some((shifted(hour, 30), sureness_of_minutes(sureness), end));
            }
            _ => return None,
        };
        // "from 5 to 9" is a range: a bare number before "to" must be a word, five of ten.
        let is_word = !self.word(at).is_empty();
        let is_bare_digits = is_plain && !is_word;
        if is_plain && (minutes % 5 != 0 || (is_bare_digits && !is_later)) {
            let is_to_noon =
                self.is_word(next, &["to", "before"]) && self.is_word(next + 1, &["noon", "midnight"]);
            if !is_to_noon || minutes % 5 != 0 {
                return None;
            }
        }
        let is_in_range = self.is_word(at.saturating_sub(1), &["from", "between"]) && at > 0;
        if is_plain && !is_later && is_in_range {
            return None;
        }
        let (hour, _, end) = self.clock_name(next + 1).or_else(|| self.clock_hour(next + 1))?;
        let shift = if is_later { i64::from(minutes) } else { -i64::from(minutes) };
        Some((shifted(hour, shift), Sureness::Sure, end))
    }

    /// An hour without minutes, in digits or words.
    fn clock_hour(&self, at: usize) -> Option<Read> {
        let (hour, next) = self.number(at).filter(|(hour, _)| *hour <= 24)?;
        Some(self.finish_hour(at, hour, next))
    }

    fn finish_hour(&self, at: usize, hour: u32, next: usize) -> Read {
        let is_padded = self.digits(at).is_some_and(|(_, digits)| digits == 2 && hour < 10);
        let mut found = of_digits(hour, 0, is_padded, Precision::Hour);
        let after_oclock = if self.word(next) == "oclock" {
            next + 1
        } else if self.is_word(next, &["o"]) && self.is_word(next + 1, &["clock"]) {
            next + 2
        } else {
            next
        };
        if let Some((is_after_noon, end)) = self.meridiem(after_oclock).filter(|_| (1..=12).contains(&hour)) {
            return (found.with_meridiem(is_after_noon), Sureness::Sure, end);
        }
        if after_oclock > next {
            return (found, Sureness::Sure, after_oclock);
        }
        if self.word(next) == "uhr" {
            (found.is_open, found.is_24h) = (false, true);
            return (found, Sureness::Sure, next + 1);
        }
        // "15h", "15h30", "15 h"; "3h" alone is an amount of hours.
        if self.word(next) == "h" && self.is_glued(next) {
            (found.is_open, found.is_24h) = (false, true);
            return (found, if hour > 12 { Sureness::Sure } else { Sureness::Bare }, next + 1);
        }
        if self.is_word(next, &["hundred"]) {
            let end = self.skip_word(next + 1, &["hours", "hour"]);
            found.is_open = false;
            return (found, Sureness::Sure, end);
        }
        (found, Sureness::Bare, next)
    }

    fn clock_in_digits(&self, at: usize) -> Option<Read> {
        let (value, digits) = self.free_digits(at)?;
        if digits >= 3 {
            return self.clock_in_four_digits(at, value, digits);
        }
        if value > 24 {
            return None;
        }
        if let Some(found) = self.clock_with_minutes(at, value, digits) {
            return Some(found);
        }
        // "15h30" is a number and the word "h30".
        if let Some(minute) = self.glued_minutes(at + 1) {
            return Some((of_digits(value, minute, true, Precision::Minute), Sureness::Sure, at + 2));
        }
        // "at 3 15".
        if let Some((minute, 2)) = self.digits(at + 1)
            && !self.is_glued(at + 1)
            && minute < 60
            && self.is_word(at.wrapping_sub(1), &["at"])
            && (self.is_end(at + 2) || vocabulary::is_function_word(self.word(at + 2)))
        {
            let found = of_digits(value, minute, false, Precision::Minute);
            return Some((found, Sureness::Sure, at + 2));
        }
        Some(self.finish_hour(at, value, at + 1))
    }

    fn glued_minutes(&self, at: usize) -> Option<u32> {
        let word = self.word(at).strip_prefix('h').filter(|rest| rest.len() == 2 && self.is_glued(at))?;
        word.parse().ok().filter(|minute| *minute < 60)
    }

    /// "14:32", "9:01:10 AM", "3.30pm".
    fn clock_with_minutes(&self, at: usize, hour: u32, digits: usize) -> Option<Read> {
        let is_colon = self.is_mark(at + 1, &[':']);
        let is_dot = self.is_mark(at + 1, &['.']);
        if !(is_colon || is_dot) || !self.is_glued(at + 1) || !self.is_glued(at + 2) {
            return None;
        }
        let (minute, 2) = self.digits(at + 2).filter(|(minute, _)| *minute < 60)? else { return None };
        let mut next = at + 3;
        let is_padded = digits == 2 && hour < 10;
        let mut found = of_digits(hour, minute, is_padded, Precision::Minute);
        if is_colon
            && self.is_mark(next, &[':'])
            && self.is_glued(next)
            && let Some((second, 2)) = self.digits(next + 1)
            && second < 60
        {
            found.seconds += i64::from(second);
            found.precision = Precision::Second;
            next += 2;
        }
        if hour == 24 && (minute > 0 || is_dot) {
            return None;
        }
        if let Some((is_after_noon, end)) = self.meridiem(next).filter(|_| (1..=12).contains(&hour)) {
            return Some((found.with_meridiem(is_after_noon), Sureness::Sure, end));
        }
        if is_dot {
            // "18.30 hrs", where it is no length: "longer than 2.30 hours".
            let is_length = self.is_word(
                at.wrapping_sub(1),
                &[
                    "for", "than", "over", "under", "least", "most", "last", "past", "within", "nearly",
                    "every", "of",
                ],
            );
            if self.is_word(next, &["hours", "hrs"]) && !is_length {
                return Some((found, Sureness::Sure, next + 1));
            }
            let is_asked = self.is_word(at.wrapping_sub(1), &["at", "around", "until", "till", "since"])
                || hour > 0 && self.is_end_of_hours(at);
            let is_decimal = self.is_glued(next) || !(self.is_end(next) || self.can_follow_hour(next));
            return (is_asked && !is_decimal).then_some((found, Sureness::Sure, next));
        }
        Some((found, Sureness::Sure, self.skip_word(next, &["h", "hours", "oclock", "uhr"])))
    }

    /// "From 9 to 5.30", "between 8.15 and 9": whether a number with a dot is one of two ends.
    fn is_end_of_hours(&self, at: usize) -> bool {
        let before = at.wrapping_sub(1);
        let is_digit = |at: usize| self.digits(at).is_some();
        let is_between = || (at.saturating_sub(8)..at).any(|at| self.is_word(at, &["between"]));
        let is_second = self.is_word(before, &["to", "till", "until"])
            || self.is_dash(before)
            || self.is_word(before, &["and"]) && is_between();
        let is_asked = self.is_word(before, &["from", "between"]);
        let is_first = self.connector(at + 3, is_asked).is_some_and(|second| {
            is_digit(second) && (is_asked || self.is_mark(second + 1, &['.']) && self.is_glued(second + 1))
        });
        // "Version 2.10 to 3.15" is none.
        let is_dotted = at >= 5 && self.is_mark(at - 3, &['.']) && self.is_glued(at - 2);
        let is_led = || self.is_word(at - 5, &["from", "between"]);
        is_first || is_second && at >= 2 && is_digit(at - 2) && (!is_dotted || is_led())
    }

    /// "1400 hours", "330 p.m.", and "1030" where a clock time is asked for.
    fn clock_in_four_digits(&self, at: usize, value: u32, digits: usize) -> Option<Read> {
        let (hour, minute) = (value / 100, value % 100);
        if digits > 4 || hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
            return None;
        }
        let precision = if minute == 0 { Precision::Hour } else { Precision::Minute };
        let is_military = digits == 4 && self.is_word(at + 1, &["hours", "h"]);
        let found = of_digits(hour, minute, is_military || (digits == 4 && hour < 10), precision);
        let next = at + 1;
        if let Some((is_after_noon, end)) = self.meridiem(next).filter(|_| (1..=12).contains(&hour)) {
            return Some((found.with_meridiem(is_after_noon), Sureness::Sure, end));
        }
        if digits == 4
            && (self.is_word(next, &["hours"]) || (self.is_word(next, &["h"]) && self.is_glued(next)))
        {
            return Some((found, Sureness::Sure, next + 1));
        }
        let is_dated = digits == 4 && !self.is_year(value) && self.is_beside_day(at);
        Some((found, if is_dated { Sureness::Sure } else { Sureness::Digits }, next))
    }

    /// "1430 on Thursday", "yesterday 1430".
    fn is_beside_day(&self, at: usize) -> bool {
        let is_day = |at: usize| {
            self.is_word(at, &["yesterday", "today", "tonight"])
                || vocabulary::weekday(self.word(at)).is_some_and(|(_, is_plural)| !is_plural)
        };
        let is_ahead = at.checked_sub(1).is_some_and(is_day) && self.can_follow_hour(at + 1);
        is_ahead || is_day(self.skip_word(at + 1, &["on", "last"]))
    }

    /// "three pm", "ten thirty", "twelve oh three", "seven thirty p.m.".
    fn clock_in_words(&self, at: usize) -> Option<Read> {
        let hour = vocabulary::number_word(self.word(at)).filter(|hour| (1..=24).contains(hour))?;
        if self.is_name(at) || vocabulary::names_a_thing(self.word_before(at)) {
            return None;
        }
        let next = self.skip_dash(at + 1);
        let minutes = match self.word(next) {
            "oh" | "o" | "ou" | "zero" => {
                let ones = self.skip_dash(next + 1);
                vocabulary::number_word(self.word(ones))
                    .filter(|ones| *ones < 10)
                    .map(|value| (value, ones + 1))
            }
            _ => {
                self.number(next).filter(|(value, _)| (10..60).contains(value) && !self.word(next).is_empty())
            }
        };
        let Some((minute, end)) = minutes.filter(|_| hour <= 12) else {
            return Some(self.finish_hour(at, hour, at + 1));
        };
        let mut found = clock(hour, minute, 0, Precision::Minute);
        found.is_open = true;
        if let Some((is_after_noon, end)) = self.meridiem(end) {
            return Some((found.with_meridiem(is_after_noon), Sureness::Sure, end));
        }
        Some((found, Sureness::Bare, end))
    }
}

fn sureness_of_minutes(sureness: Sureness) -> Sureness {
    if sureness == Sureness::Bare { Sureness::Sure } else { sureness }
}

/// An hour moved by minutes; an open hour stays open.
pub(super) fn shifted(hour: Clock, minutes: i64) -> Clock {
    Clock {
        seconds: (hour.seconds + minutes * 60).rem_euclid(24 * HOUR),
        of_business: hour.of_business.map(|(edge, shift)| (edge, shift + minutes * 60)),
        precision: Precision::Minute,
        ..hour
    }
}
