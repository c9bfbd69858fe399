//! Days in words: "yesterday", "last Tuesday", "3 days ago", "this week", "the weekend", "the first
//! Monday of March", and how two mentions of days make one ("Tuesday last week", "Friday, June 12").

use super::{
    cursor::Cursor,
    expression::{Amount, Days, Slice, Unit, Which},
    vocabulary,
};

type Read = (Days, usize);

impl Cursor<'_> {
    /// Days at a position, in any form.
    pub(super) fn days(&self, at: usize) -> Option<Read> {
        self.day_word(at).or_else(|| self.near_days(at)).or_else(|| self.plain_days(at))
    }

    /// Days that are named by no others.
    pub(super) fn plain_days(&self, at: usize) -> Option<Read> {
        self.nth_of(at)
            .or_else(|| self.end_of_days(at))
            .or_else(|| self.day_word(at))
            .or_else(|| self.ago(at))
            .or_else(|| self.rolling(at))
            .or_else(|| self.weekday_or_weekend(at))
            .or_else(|| self.unit_relative_to_now(at, Unit::Day))
            .or_else(|| self.sliced(at))
            .or_else(|| self.week_of(at))
            .or_else(|| self.relative_month(at))
            .or_else(|| self.date(at))
    }

    fn day_word(&self, at: usize) -> Option<Read> {
        let offset = |days: i64, next: usize| Some((Days::Offset(days), next));
        let this = |unit: Unit, end: usize| Some((Days::Unit { unit, offset: 0, slice: Slice::Whole }, end));
        match self.word(at) {
            "ytd" => return this(Unit::Year, at + 1),
            "mtd" => return this(Unit::Month, at + 1),
            "week" | "month" | "quarter" | "year" if self.are_words(at + 1, &["to", "date"]) => {
                return this(vocabulary::unit(self.word(at))?, at + 3);
            }
            _ => {}
        }
        let after_the = self.skip_word(at, &["the"]);
        if self.are_words(after_the, &["day", "before", "yesterday"]) {
            return offset(-2, after_the + 3);
        }
        if self.are_words(after_the, &["day", "after", "tomorrow"]) {
            return offset(2, after_the + 3);
        }
        if self.is_word(at, &["earlier", "later", "so", "all"]) && self.is_word(at + 1, &["today"]) {
            return offset(0, at + 2);
        }
        if let Some(found) = self.all_of(at) {
            return Some(found);
        }
        match self.word(at) {
            "today" | "todays" => {
                let next = if self.are_words(at + 1, &["so", "far"]) { at + 3 } else { at + 1 };
                offset(0, next)
            }
            "yesterday" | "yesterdays" => offset(-1, at + 1),
            "tomorrow" | "tomorrows" => offset(1, at + 1),
            "so" if self.are_words(at, &["so", "far", "today"]) => offset(0, at + 3),
            _ => None,
        }
    }

    /// "all day yesterday", "the whole of last week", "all week".
    fn all_of(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        if self.is_word(start, &["whole", "entire", "entirety"]) && self.word(start + 1) == "of" {
            return self.days(start + 2);
        }
        if self.word(at) != "all" {
            return None;
        }
        let unit = vocabulary::unit(self.word(at + 1)).filter(|unit| *unit >= Unit::Day)?;
        let next = self.skip_word(at + 2, &["long", "on", "of"]);
        if let Some(found) = self.days(next) {
            return Some(found);
        }
        // "Yesterday all day" has its day before it.
        let is_said = at > 0 && self.days(at - 1).is_some_and(|(_, end)| end == at);
        let is_closed = !is_said && (self.is_end(at + 2) || vocabulary::is_function_word(self.word(at + 2)));
        let days = match unit {
            Unit::Day => Days::Offset(0),
            unit => Days::Unit { unit, offset: 0, slice: Slice::Whole },
        };
        is_closed.then_some((days, at + 2))
    }

    /// "3 days ago", "a week ago", "two Thursdays ago", "3 weeks back".
    fn ago(&self, at: usize) -> Option<Read> {
        if let Some(found) = self.before_so_many(at) {
            return Some(found);
        }
        let (count, next) = self.count(at)?;
        let count = i64::from(count);
        if let Some((weekday, _)) = vocabulary::weekday(self.word(next)) {
            return match self.word(next + 1) {
                "ago" | "back" => Some((Days::Weekday(weekday, Which::Back(count)), next + 2)),
                _ if self.are_words(next + 1, &["from", "now"]) => {
                    Some((Days::Weekday(weekday, Which::Ahead(count)), next + 3))
                }
                _ => None,
            };
        }
        if self.is_word(next, &["weekend", "weekends"]) && self.is_word(next + 1, &["ago", "back"]) {
            return Some((Days::Weekend(Which::Back(count)), next + 2));
        }
        let (amount, end) = self.amount(at)?;
        let end = self.skip_word(end, &["right"]);
        if amount.unit.is_of_clock() {
            return None;
        }
        let is_ago = self.is_word(end, &["ago", "back", "hence"]);
        let is_ahead = self.are_words(end, &["from", "now"]) || self.are_words(end, &["from", "today"]);
        if !is_ago && !is_ahead {
            return None;
        }
        let sign = if is_ahead || self.word(end) == "hence" { 1 } else { -1 };
        let offset = amount.count * sign;
        let days = match amount.unit {
            Unit::Day => Days::Offset(offset),
            // Who means the week says "last week".
            Unit::Week if amount.count == 1 => Days::Offset(7 * sign),
            unit => Days::Unit { unit, offset, slice: Slice::Whole },
        };
        // "a week ago today", "three weeks ago on Tuesday" are left to the joining of days.
        Some((days, end + if is_ahead { 2 } else { 1 }))
    }

    /// "Before 3 days how many came?": who translates "3 days ago" says so; nothing stands there that it is before.
    fn before_so_many(&self, at: usize) -> Option<Read> {
        let (amount, end) = self.amount_before(at)?;
        let days = match amount.unit {
            Unit::Day => Days::Offset(-amount.count),
            Unit::Week | Unit::Month => {
                Days::Unit { unit: amount.unit, offset: -amount.count, slice: Slice::Whole }
            }
            _ => return None,
        };
        Some((days, end))
    }

    /// "Before 3 days", with nothing behind it that it could be before.
    pub(super) fn amount_before(&self, at: usize) -> Option<(Amount, usize)> {
        let (amount, end) = self.amount(at + 1).filter(|_| self.word(at) == "before")?;
        let asking = ["how", "who", "what", "which", "any", "anyone", "was", "were", "did", "is", "show"];
        (self.is_end(end) || self.is_word(end, &asking)).then_some((amount, end))
    }

    /// "the last 3 days", "past week", "the last month", "this past week": until now.
    fn rolling(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the", "this", "these", "our"]);
        let has_article = start > at;
        let word = self.word(start);
        if !matches!(word, "last" | "past" | "previous" | "preceding" | "trailing" | "latest" | "recent") {
            return None;
        }
        let next = self.skip_word(start + 1, &["full", "whole"]);
        if let Some((amount, end)) = self.amount(next) {
            let is_half_past =
                matches!(self.word(next), "half" | "quarter") && word == "past" && amount.count <= 0;
            let end = self.skip_period(end);
            return (!is_half_past).then_some((Days::Rolling(amount), end));
        }
        if word == "recent" {
            return None;
        }
        let (unit, end) = self.unit_at(next)?;
        let is_rolling = match unit {
            Unit::Second | Unit::Minute | Unit::Hour | Unit::Day => true,
            _ => word == "past" || (has_article && matches!(word, "last" | "trailing")),
        };
        if !is_rolling || (unit == Unit::Second && !self.is_end(end)) {
            return None;
        }
        // "The last hour and a half".
        if self.are_words(end, &["and", "a"]) && self.word(end + 2) == "half" && unit == Unit::Hour {
            return Some((Days::Rolling(Amount { unit: Unit::Minute, count: 90 }), end + 3));
        }
        // "the last day of the job" is not a period.
        let is_of = self.is_word(end, &["of"])
            || (unit == Unit::Minute && !self.is_end(end) && !vocabulary::is_function_word(self.word(end)));
        (!is_of).then_some((Days::Rolling(Amount { unit, count: 1 }), end))
    }

    /// "24-hour period".
    fn skip_period(&self, at: usize) -> usize {
        self.skip_word(at, &["period", "window", "span"])
    }

    /// "Monday", "last Tuesday", "this Friday", "the weekend", "last weekend".
    pub(super) fn weekday_or_weekend(&self, at: usize) -> Option<Read> {
        let mut next = self.skip_word(at, &["the"]);
        let mut which = Which::Latest;
        let mut is_named = true;
        match self.word(next) {
            "this" | "current" => {
                next = self.skip_word(next + 1, &["past", "last"]);
                if self.is_word(next - 1, &["past", "last"]) {
                    which = Which::Back(1);
                }
            }
            "last" | "past" | "previous" => {
                let twice = self.last_to_last(next);
                which = Which::Back(if twice.is_some() { 2 } else { 1 });
                next = twice.unwrap_or(next + 1);
            }
            "next" | "coming" | "upcoming" => {
                which = Which::InWeek(1);
                next += 1;
            }
            _ => is_named = false,
        }
        if let Some(end) = self.weekend_at(next) {
            if which == Which::Latest && is_named {
                which = Which::Latest;
            }
            let end = if self.are_words(end, &["before", "last"]) {
                which = Which::Back(2);
                end + 2
            } else {
                end
            };
            return Some((Days::Weekend(which), end));
        }
        let (weekday, is_plural) = vocabulary::weekday(self.word(next))?;
        if is_plural {
            return None;
        }
        if !is_named && !self.is_plain_weekday(next) {
            return None;
        }
        let end = self.skip_weekday_dot(next);
        if self.are_words(end, &["before", "last"]) {
            return Some((Days::Weekday(weekday, Which::Back(2)), end + 2));
        }
        if self.are_words(end, &["after", "next"]) {
            return Some((Days::Weekday(weekday, Which::Ahead(2)), end + 2));
        }
        Some((Days::Weekday(weekday, which), end))
    }

    pub(super) fn weekend_at(&self, at: usize) -> Option<usize> {
        match self.word(at) {
            "weekend" => Some(at + 1),
            "week" if self.word(self.skip_dash(at + 1)) == "end" => Some(self.skip_dash(at + 1) + 1),
            _ => None,
        }
    }

    /// "Mon. 3pm": the dot belongs to the short form unless it ends the sentence.
    fn skip_weekday_dot(&self, at: usize) -> usize {
        let is_short = self.word(at).len() <= 5;
        let is_dot = is_short && self.is_mark(at + 1, &['.']) && self.tokens.get(at + 2).is_some();
        if is_dot { at + 2 } else { at + 1 }
    }

    /// Whether a short form such as "sat" or "sun" is meant as a day here.
    fn is_plain_weekday(&self, at: usize) -> bool {
        let word = self.word(at);
        if !vocabulary::is_doubtful_weekday(word) {
            return true;
        }
        let is_last = self.is_end(at + 1);
        if is_last && (self.tokens.len() <= 2 || self.is_terse()) {
            return true;
        }
        let before = self.word_before(at);
        let is_introduced = matches!(
            before,
            "on" | "since" | "until" | "till" | "before" | "after" | "from" | "every" | "each" | "between"
        ) && !self
            .is_word(at + 1, &["down", "glare", "shine", "screen", "lounger", "light"]);
        let next = self.skip_weekday_dot(at);
        let next = if self.is_mark(next, &[',']) { next + 1 } else { next };
        let is_followed = matches!(self.word(next), "morning" | "afternoon" | "evening" | "night" | "noon")
            || ((self.is_dash(next)
                || self.is_mark(next - 1, &[','])
                || self.is_word(next, &["and", "or", "to", "through", "vs"]))
                && vocabulary::weekday(self.word(if self.is_mark(next - 1, &[',']) {
                    next
                } else {
                    next + 1
                }))
                .is_some())
            || (vocabulary::month(self.word(next)).is_some() && self.digits(next + 1).is_some())
            || self.clock(next).is_some_and(|(_, sureness, _)| sureness == super::clock::Sureness::Sure);
        let is_listed = (matches!(before, "and" | "or" | "to" | "vs" | "through")
            || self.is_dash(at.wrapping_sub(1))
            || self.is_mark(at.wrapping_sub(1), &[',']))
            && at >= 2
            && vocabulary::weekday(self.word(at - 2)).is_some();
        let is_capital = self.is_capital(at) && at > 0 && self.is_end(at + 1);
        is_introduced || is_followed || is_listed || is_capital
    }
}
