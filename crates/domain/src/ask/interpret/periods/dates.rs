//! Dates in their written forms: "18 June 2025", "June 18th", "6/18", "18.06.", "the 5th", "June 2025",
//! "Q1", "week 19". What is a number of something else stays unread.

use jiff::civil::Date;

use super::{
    cursor::Cursor,
    expression::{Days, Nth, Slice, Unit, Which},
    vocabulary,
};

/// The first year that video can be from.
pub(super) const YEAR_MIN: u32 = 1970;
/// How far ahead of now a year may lie behind a date that is otherwise plain.
pub(super) const YEARS_AHEAD: u32 = 10;

/// Days that were read, and the token behind them.
pub(super) type Read = (Days, usize);

/// A date of a month, if there is such a day in any year.
pub(super) fn date(year: Option<i16>, month: i8, day: u32) -> Option<Days> {
    let day = i8::try_from(day).ok()?;
    // 2000 was a leap year: every day that ever exists is in it.
    Date::new(year.unwrap_or(2000), month, day).ok()?;
    Some(Days::Date { year, month: Some(month), day, weekday: None })
}

impl Cursor<'_> {
    /// A date, or a month, quarter or year, at a position.
    pub(super) fn date(&self, at: usize) -> Option<Read> {
        self.date_with_month_last(at)
            .or_else(|| self.date_with_month_first(at))
            .map(|read| self.with_weekend(read))
            .or_else(|| self.date_in_numbers(at))
            .or_else(|| self.feast(at))
            .or_else(|| self.season(at))
            .or_else(|| self.quarter_or_week(at))
            .or_else(|| self.day_of_month(at))
            .or_else(|| self.year_alone(at))
    }

    /// "The 4th of July weekend" is the one around that day.
    pub(super) fn with_weekend(&self, (days, end): Read) -> Read {
        let is_day = match &days {
            Days::Date { month, weekday: None, .. } => month.is_some(),
            Days::Feast { feast, .. } => feast.is_one_day(),
            _ => false,
        };
        match self.weekend_at(end) {
            Some(behind) if is_day => (Days::WeekendOf(Box::new(days)), behind),
            // "The Easter bank holiday weekend" has its weekend.
            Some(behind) if matches!(days, Days::Feast { .. }) => (days, behind),
            _ => (days, end),
        }
    }

    /// A year behind a date: "2025", ", 2025", "'25".
    pub(super) fn year_at(&self, at: usize) -> Option<(i16, usize)> {
        let next = if self.is_mark(at, &[',']) { at + 1 } else { at };
        let next = self.skip_word(next, &["of", "in"]);
        if let Some((value, 4)) = self.digits(next) {
            let is_clock = self.is_word(next + 1, &["hours", "am", "pm", "h"]);
            let is_year = self.is_year(value) && !is_clock;
            return is_year.then_some((value as i16, next + 1));
        }
        if self.is_mark(at, &['\'', '’'])
            && self.is_glued(at + 1)
            && let Some((value, 2)) = self.digits(at + 1)
        {
            return Some((century(value), at + 2));
        }
        None
    }

    /// A month in words that means a month: "may" and "march" need words around them that say so.
    fn month_word(&self, at: usize) -> Option<i8> {
        let word = self.word(at);
        vocabulary::month(word)
    }

    /// Whether a month without a day is meant as one here.
    fn is_plain_month(&self, at: usize) -> bool {
        let word = self.word(at);
        if !vocabulary::is_doubtful_month(word) {
            return true;
        }
        let before = self.word_before(at);
        let is_introduced = matches!(
            before,
            "in" | "of"
                | "since"
                | "until"
                | "till"
                | "last"
                | "next"
                | "during"
                | "early"
                | "mid"
                | "late"
                | "every"
                | "throughout"
                | "through"
                | "previous"
                | "past"
                | "before"
                | "after"
                | "from"
                | "between"
        );
        let is_this = before == "this" && !matches!(word, "may" | "march");
        let is_listed = matches!(before, "and" | "or" | "to" | "vs" | "versus" | "with" | "than")
            && (self.is_end(at + 1) || self.is_word(at + 1, &["this", "last", "of"]));
        let is_alone = at == 0 && self.tokens.get(1).is_none_or(|_| self.is_end(1) && self.tokens.len() == 2);
        (is_introduced || is_this || is_listed || is_alone || self.opens_list_of_months(at))
            && !self.is_verb(at)
    }

    /// "Compare June with May", "June vs April": another month stands beside it.
    fn opens_list_of_months(&self, at: usize) -> bool {
        let joins = ["and", "or", "vs", "versus", "with", "to", "than", "against"];
        let is_led = at == 0 || self.is_word(at - 1, &["compare", "comparing", "between", "more", "fewer"]);
        let next = self.skip_word(at + 1, &["compared"]);
        let other = self.skip_word(next + 1, &["in"]);
        let is_month = vocabulary::month(self.word(other)).is_some();
        let is_closed = self.is_end(other + 1)
            || self.is_word(other + 1, &["this", "last", "at", "in", "on", "for"])
            || self.digits(other + 1).is_some();
        is_led && self.is_word(next, &joins) && is_month && is_closed
    }

    /// Whether "may" or "march" is a verb here.
    fn is_verb(&self, at: usize) -> bool {
        self.is_word(
            at + 1,
            &[
                "i", "we", "you", "he", "she", "it", "they", "have", "be", "not", "past", "through", "by",
                "into",
            ],
        )
    }

    /// Whether a number can be a year.
    pub(super) fn is_year(&self, value: u32) -> bool {
        (YEAR_MIN..=self.year as u32 + YEARS_AHEAD).contains(&value)
    }

    /// Whether the words before say that "MAR 2020" is on a number plate.
    fn is_on_plate(&self, at: usize) -> bool {
        (1..=4).any(|back| {
            at.checked_sub(back).is_some_and(|before| {
                self.is_word(before, &["plate", "plates", "licence", "license", "registration", "reg", "tag"])
            })
        })
    }

    /// "18 June 2025", "18th of June", "the first of March", "31-Oct-74", "14april".
    fn date_with_month_last(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let (day, next) = self.ordinal(start).or_else(|| {
            // "Events 7 Apr": a number before a month is no name of the thing before it.
            let is_before_month = self.month_word(start + 1).is_some_and(|_| {
                !vocabulary::is_doubtful_month(self.word(start + 1)) || !self.is_verb(start + 1)
            });
            let free = self.free_digits(start).or_else(|| self.digits(start).filter(|_| is_before_month));
            free.filter(|(day, _)| *day <= 31).map(|(day, _)| (day, start + 1))
        })?;
        let next = self.skip_word(next, &["day"]);
        let mut month_at = self.skip_word(next, &["of", "in"]);
        let is_joined = self.is_mark(next, &['-', '/', '.', ',']) && self.is_glued(next);
        if is_joined {
            month_at = next + 1;
        }
        let month = self.month_word(month_at)?;
        if self.is_on_plate(at) {
            return None;
        }
        // "the second march past the gate": a month behind an ordinal in words needs "of".
        let is_in_words = !self.word(start).is_empty();
        if is_in_words && month_at == next && vocabulary::is_doubtful_month(self.word(month_at)) {
            return None;
        }
        let next = self.skip_dot(month_at);
        if is_joined && self.is_mark(next, &['-', '/', '.']) && self.is_glued(next) {
            if let Some((value, 2)) = self.digits(next + 1) {
                return Some((date(Some(century(value)), month, day)?, next + 2));
            }
            if let Some((year, end)) = self.year_at(next + 1) {
                return Some((date(Some(year), month, day)?, end));
            }
        }
        let (year, end) = self.year_at(next).map_or((None, next), |(year, end)| (Some(year), end));
        Some((date(year, month, day)?, end))
    }

    /// The position behind a month, its dot included: "Jun. 18".
    fn skip_dot(&self, month_at: usize) -> usize {
        let is_short = self.word(month_at).len() <= 4;
        let next = month_at + 1;
        let is_dot = is_short && self.is_mark(next, &['.']) && self.is_glued(next) && !self.is_end(next + 1);
        if is_dot && self.tokens.get(next + 1).is_some() { next + 1 } else { next }
    }

    /// "June 18", "June 18th, 2025", "June the 18th", "March first", "June 2025", "June".
    fn date_with_month_first(&self, at: usize) -> Option<Read> {
        let word_at = self.skip_word(at, &["the"]);
        let (month, mut next) = if let Some(month) = self.month_word(word_at) {
            (month, self.skip_dot(word_at))
        } else {
            return self.glued_month_and_day(at);
        };
        if self.is_on_plate(at) {
            return None;
        }
        let is_joined = self.is_dash(next) && self.is_glued(next) && self.is_glued(next + 1);
        if is_joined && self.digits(next + 1).is_some() {
            next += 1;
        }
        let day_at = self.skip_word(next, &["the"]);
        let day =
            self.ordinal(day_at).filter(|_| !self.is_word(day_at, &["second"]) || day_at > next).or_else(
                || self.digits(day_at).filter(|(_, digits)| *digits <= 2).map(|(day, _)| (day, day_at + 1)),
            );
        if let Some((day, end)) = day
            && let Some(found) = date(None, month, day)
            && !self.is_mark(end, &[':'])
            && self.meridiem(end).is_none()
        {
            let is_part = self.is_word(end, &["am", "pm", "oclock", "people", "cars", "times", "vehicles"]);
            if !is_part {
                let (year, end) = self.year_at(end).map_or((None, end), |(year, end)| (Some(year), end));
                return Some((year.map_or(Some(found), |year| date(Some(year), month, day))?, end));
            }
        }
        let year = self.year_at(next).filter(|_| !self.is_name(next));
        if year.is_none() && (!self.is_plain_month(word_at) || word_at > at) {
            return None;
        }
        let (year, end) = year.map_or((None, next), |(year, end)| (Some(year), end));
        Some((Days::Month { year, month, which: Which::Latest, slice: Slice::Whole }, end))
    }

    /// "Feb13".
    fn glued_month_and_day(&self, at: usize) -> Option<Read> {
        let word = self.word(at);
        let split = word.find(|c: char| c.is_ascii_digit()).filter(|split| (3..=9).contains(split))?;
        let month = vocabulary::month(&word[..split])?;
        let day = word[split..].parse().ok().filter(|_| word.len() - split <= 2)?;
        Some((date(None, month, day)?, at + 1))
    }

    /// "Q1", "Q1 2026", "the third quarter", "2018Q4", "week 19", "ISO week 19 of 2025".
    fn quarter_or_week(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let quarter_of = |word: &str| match word {
            "q1" => Some(1),
            "q2" => Some(2),
            "q3" => Some(3),
            "q4" => Some(4),
            _ => None,
        };
        if let Some((value, 4)) = self.free_digits(start)
            && let Some(quarter) = quarter_of(self.word(start + 1))
            && self.is_year(value)
        {
            return Some((Days::Quarter { year: Some(value as i16), quarter }, start + 2));
        }
        if let Some(quarter) = quarter_of(self.word(start)).filter(|_| !self.is_name(start)) {
            let year = self.year_at(start + 1);
            let (year, end) = year.map_or((None, start + 1), |(year, end)| (Some(year), end));
            return Some((Days::Quarter { year, quarter }, end));
        }
        if let Some((nth @ 1..=4, next)) = self.ordinal(start)
            && self.word(next) == "quarter"
        {
            let (year, end) =
                self.year_at(next + 1).map_or((None, next + 1), |(year, end)| (Some(year), end));
            return Some((Days::Quarter { year, quarter: nth as i8 }, end));
        }
        let week_at = self.skip_word(start, &["iso", "calendar"]);
        if self.is_word(week_at, &["week", "cw", "kw"])
            && let Some((week @ 1..=53, 1..=2)) = self.digits(week_at + 1)
        {
            let (year, end) =
                self.year_at(week_at + 2).map_or((None, week_at + 2), |(year, end)| (Some(year), end));
            return Some((Days::IsoWeek { year, week: week as i8 }, end));
        }
        None
    }

    /// "the 5th", "on the 5th", "the 20th of last month".
    fn day_of_month(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let has_article = start > at;
        let asks = self.is_word(
            at.wrapping_sub(1),
            &["on", "since", "until", "till", "before", "after", "from", "between", "to", "by"],
        );
        // "Saturday the twenty first".
        let has_weekday = matches!(vocabulary::weekday(self.word_before(at)), Some((_, false)));
        let in_digits =
            || self.free_digits(start).filter(|(_, digits)| *digits <= 2).map(|(day, _)| (day, start + 1));
        let (day, next) = self.ordinal(start).or_else(in_digits)?;
        let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
        let of = self.skip_word(next, &["day"]);
        if let Some(unit) = self
            .unit_relative_to_now(self.skip_word(of, &["of"]), Unit::Month)
            .filter(|_| of != next || self.is_word(of, &["of"]))
        {
            return Some((Days::NthOf(i64::from(day), Nth::Day, Box::new(unit.0)), unit.1));
        }
        let is_ordinal = self.is_ordinal(start);
        let is_in_words = !self.word(start).is_empty();
        let is_followed = self.is_end(next)
            || self.is_dash(next)
            || vocabulary::part(self.word(next)).is_some()
            || self.is_word(next, &["compared", "noon", "midnight"])
            || self.clock(next).is_some_and(|(_, sureness, _)| sureness == super::clock::Sureness::Sure)
            || (vocabulary::is_function_word(self.word(next)) && !is_in_words);
        let is_date = if is_in_words {
            // "The first in the lobby" on a Saturday is a person.
            let is_said = has_weekday && day > 3 && vocabulary::is_function_word(self.word(next));
            has_article
                && (asks || has_weekday)
                && (self.is_end(next) || is_said || self.is_before_date(next))
        } else if is_ordinal {
            // "Wednesday 25th", wherever it stands.
            let is_of_weekday = has_weekday && !self.is_word(next, &["floor", "level", "storey", "shift"]);
            is_of_weekday || (has_article || asks) && is_followed
        } else {
            has_article && asks && self.is_end(next)
        };
        is_date.then_some((Days::Date { year: None, month: None, day, weekday: None }, next))
    }

    /// "The twenty second and twenty third of November": another day follows, with the month.
    fn is_before_date(&self, at: usize) -> bool {
        let next = self.skip_word(at + 1, &["the"]);
        self.is_word(at, &["and", "or"])
            && self.ordinal(next).is_some()
            && self.date_with_month_last(next).is_some()
    }

    /// "in 2014", "since 2014", "2014" alone.
    fn year_alone(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let start = self.skip_word(start, &["year"]);
        let (value, 4) = self.free_digits(start)? else { return None };
        if !self.is_year(value) || self.is_word(start + 1, &["hours", "h"]) {
            return None;
        }
        let is_introduced = start > at
            || self.is_word(
                at.wrapping_sub(1),
                &[
                    "in",
                    "since",
                    "during",
                    "of",
                    "throughout",
                    "before",
                    "after",
                    "until",
                    "through",
                    "year",
                    "late",
                    "early",
                    "mid",
                ],
            );
        let is_followed = self.is_end(start + 1) || vocabulary::is_function_word(self.word(start + 1));
        (is_introduced && is_followed)
            .then_some((Days::Year { year: value as i16, slice: Slice::Whole }, start + 1))
    }
}

/// A year of two digits.
pub(super) fn century(value: u32) -> i16 {
    let value = value as i16;
    if value < 70 { 2000 + value } else { 1900 + value }
}
