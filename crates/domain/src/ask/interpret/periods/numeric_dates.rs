//! Dates in figures alone: "6/18", "18.06.2025", "2025-06-18T14:00Z", "2014-10". A score, an address, a
//! version or a half is none.

use jiff::civil::Date;

use super::{
    DateOrder,
    cursor::Cursor,
    dates::{Read, YEAR_MIN, century, date},
    expression::{Clock, Days, Expression, Precision, Slice, TimeOfDay, Which},
    frame::Frame,
    tokens::{Kind, Token},
};

/// How far back a date in figures reaches in its usual order when the other order gives a nearer one.
const REACH_DAYS: i64 = 183;

/// More dates than these say nothing more of their order.
const DATES_MAX: usize = 8;

/// Whether a date is one that has been, and without a year not long ago.
fn is_near(year: Option<i16>, month: u32, day: u32, today: Date) -> bool {
    let on = |year: i16| Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok();
    let latest = match year {
        Some(year) => on(year),
        None => on(today.year()).filter(|date| *date <= today).or_else(|| on(today.year() - 1)),
    };
    let reach = if year.is_some() { i64::MAX } else { REACH_DAYS };
    latest.is_some_and(|date| (0..=reach).contains(&Frame::days_between(date, today)))
}

/// In which order the dates of a text are written: who writes one of them with the day first writes all of them so.
/// The usual order is left only where one of them cannot be read in it, and all can be in the other.
pub(super) fn order_of(tokens: &[Token], usual: DateOrder, today: Date) -> DateOrder {
    let number = |at: usize| match tokens.get(at) {
        Some(Token { kind: Kind::Number(Some(value)), word, .. }) if word.len() <= 2 => Some(*value),
        _ => None,
    };
    let is_slash =
        |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Mark('/') && token.is_glued);
    let dates = (0..tokens.len()).filter_map(|at| {
        let is_first = at == 0 || !is_slash(at - 1);
        if !is_first || !is_slash(at + 1) {
            return None;
        }
        let year = tokens.get(at + 4).filter(|_| is_slash(at + 3)).and_then(|token| token.word.parse().ok());
        let year =
            year.map(|year: u32| if year < 100 { century(year) } else { i16::try_from(year).unwrap_or(0) });
        Some((year, number(at)?, number(at + 2)?))
    });
    let dates: Vec<_> = dates.take(DATES_MAX).collect();
    let fits = |order: DateOrder| {
        dates.len() > 1
            && dates.iter().all(|(year, first, second)| match order {
                DateOrder::MonthFirst => is_near(*year, *first, *second, today),
                DateOrder::DayFirst => is_near(*year, *second, *first, today),
            })
    };
    let other = match usual {
        DateOrder::MonthFirst => DateOrder::DayFirst,
        DateOrder::DayFirst => DateOrder::MonthFirst,
    };
    if !fits(usual) && fits(other) { other } else { usual }
}

impl Cursor<'_> {
    /// A date in ISO form with its clock time, both moved to the zone of the reader.
    pub(super) fn iso_date(&self, at: usize) -> Option<(Expression, usize)> {
        let iso = self.iso(at)?;
        let Some(time) = iso.time else {
            return Some((Expression::of_days(Days::Known(iso.date)), at + 1));
        };
        let mut civil = iso.date.to_datetime(time);
        if let Some(seconds) = iso.offset_seconds {
            let offset = jiff::tz::Offset::from_seconds(seconds).ok()?;
            civil = self.zone.to_datetime(offset.to_timestamp(civil).ok()?);
        }
        let time = civil.time();
        let clock = Clock {
            seconds: i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second()),
            is_open: false,
            is_24h: true,
            precision: if iso.has_seconds && time.second() != 0 {
                Precision::Second
            } else {
                Precision::Minute
            },
            is_about: false,
            of_business: None,
        };
        let mut found = Expression::of_days(Days::Known(civil.date()));
        found.time = Some(TimeOfDay::Point(clock));
        Some((found, at + 1))
    }

    /// "6/18", "6/18/2025", "18.06.", "18.06.2025", "2014-10", "2/2013".
    pub(super) fn date_in_numbers(&self, at: usize) -> Option<Read> {
        // "Trucks 12.5. 7-8": many things have no number for a name.
        let is_of_many = self.word_before(at).ends_with('s') && self.is_mark(at + 1, &['.']);
        let (first, digits) = self.free_digits(at).or_else(|| self.digits(at).filter(|_| is_of_many))?;
        // "2 / 15" at the end of a question is a date too; "2 / 15 people" is none.
        let is_spaced = self.is_mark(at + 1, &['/']) && !self.is_glued(at + 1) && !self.is_glued(at + 2);
        if is_spaced && digits <= 2 && self.is_end(at + 3) {
            let (second, _) = self.digits(at + 2).filter(|(_, digits)| *digits <= 2)?;
            return Some((self.numbers(None, first, second, false)?, at + 3));
        }
        let mark = [('/', false), ('.', true), ('-', false)].into_iter().find(|(mark, _)| {
            self.is_mark(at + 1, &[*mark]) && self.is_glued(at + 1) && self.is_glued(at + 2)
        })?;
        let (second, second_digits) = self.digits(at + 2)?;
        let end = at + 3;
        if digits == 4 || second_digits == 4 {
            let (year, month) = if digits == 4 { (first, second) } else { (second, first) };
            let is_month = mark.0 != '.' && (1..=12).contains(&month) && digits + second_digits <= 6;
            let is_run_on = self.is_mark(end, &['/', '-', '.']) && self.is_glued(end + 1);
            let is_year = self.is_year(year);
            return (is_month && is_year && !is_run_on).then_some((
                Days::Month {
                    year: Some(year as i16),
                    month: month as i8,
                    which: Which::Latest,
                    slice: Slice::Whole,
                },
                end,
            ));
        }
        if digits > 2 || second_digits > 2 {
            return None;
        }
        let third = (self.is_mark(end, &[mark.0]) && self.is_glued(end) && self.is_glued(end + 1))
            .then(|| self.digits(end + 1))
            .flatten();
        if let Some((year, year_digits)) = third {
            let year = match year_digits {
                2 => century(year),
                4 if (YEAR_MIN..=2199).contains(&year) => year as i16,
                _ => return None,
            };
            // 10.0.0.1 is an address.
            let is_run_on =
                self.is_mark(end + 2, &[mark.0]) && self.digits(end + 3).is_some() && self.is_glued(end + 3);
            return if is_run_on {
                None
            } else {
                Some((self.numbers(Some(year), first, second, mark.1)?, end + 2))
            };
        }
        let is_run_on =
            self.is_mark(end, &[mark.0]) && self.is_glued(end + 1) && self.tokens.get(end + 1).is_some();
        match mark.0 {
            // "24/7" is always, "1/2" before a noun a half.
            '/' if !is_run_on
                && (first, second) != (24, 7)
                && !self.is_word(end, &["of", "hour", "h", "hours"]) =>
            {
                Some((self.numbers(None, first, second, mark.1)?, end))
            }
            // "18.06." needs its second dot or a word that asks for a date; 2.5 is a number. "7.5." needs a
            // neighbour: another end of a range, or hours.
            '.' if !is_run_on => {
                let is_dotted = self.is_mark(end, &['.']) && self.is_glued(end);
                let is_asked = self.is_word(at.wrapping_sub(1), &["on", "since", "until", "am", "vom"]);
                let is_padded = second_digits == 2;
                let is_range_end = self
                    .is_word(at.wrapping_sub(1), &["from", "between", "to", "till", "til", "through", "bis"]);
                let has_neighbour = is_range_end
                    || self.is_terse() && !self.is_end(end + 1)
                    || self.connector(end + 1, true).is_some()
                    || self.digits(end + 1).is_some();
                let is_date = is_dotted && (is_asked || is_padded || has_neighbour) || is_asked && is_padded;
                let end = end + usize::from(is_dotted);
                if is_date { Some((self.numbers(None, first, second, mark.1)?, end)) } else { None }
            }
            '-' if !is_run_on && self.is_word(at.wrapping_sub(1), &["on", "since"]) => {
                Some((self.numbers(None, first, second, mark.1)?, end))
            }
            _ => None,
        }
    }

    /// Two numbers as day and month, in the usual order or in the only one that is possible. What would be
    /// ahead, or further back than anybody asks, while the other order gives a day not long ago, is written in
    /// the other order. With dots the day is first, always.
    fn numbers(&self, year: Option<i16>, first: u32, second: u32, is_dotted: bool) -> Option<Days> {
        let order = if is_dotted { DateOrder::DayFirst } else { self.order };
        let (month, day) = if order == DateOrder::MonthFirst { (first, second) } else { (second, first) };
        let build = |month: u32, day: u32| date(year, i8::try_from(month).ok()?, day);
        let Some(usual) = build(month, day) else { return build(day, month) };
        let is_near = |month: u32, day: u32| is_near(year, month, day, self.today);
        match build(day, month) {
            Some(other) if !is_dotted && !is_near(month, day) && is_near(day, month) => Some(other),
            _ => Some(usual),
        }
    }
}
