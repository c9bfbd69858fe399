//! Days in words → days of the calendar. Past-biased: where words fit many days, candidates come
//! newest first and the caller takes the first that has begun. Only dates; no clock, no zone.

use jiff::civil::{Date, Weekday};

pub(super) use super::spans::{DaySpan, plus_days};
use super::{
    almanac::{Feast, Season, weekend_of},
    expression::{Days, Unit, Which},
    spans::{near, nth_of, plus_months, thirds, unit_span, week_start, year_span},
};

/// From what days are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    pub(super) today: Date,
    /// The date on which the night starts that is called "last night" now.
    pub(super) last_night: Date,
    /// The date on which "tonight" starts.
    pub(super) tonight: Date,
    /// First and last day of the period of the previous turn.
    pub(super) anchor: Option<(Date, Date)>,
}

impl Calendar {
    /// The `k`th reading of the days, newest first; 0 is the latest that can have begun today, -1 the
    /// one after it. Days that can be read in one way only have no other.
    pub(super) fn candidate(&self, days: &Days, k: i64) -> Option<DaySpan> {
        let only = |span: DaySpan| (k == 0).then_some(span);
        match days {
            Days::Offset(offset) => only(DaySpan::day(plus_days(self.today, *offset))),
            Days::LastNight => only(DaySpan::day(self.last_night)),
            Days::Tonight => only(DaySpan::day(self.tonight)),
            Days::Known(date) => only(DaySpan::day(*date)),
            Days::Weekday(weekday, which) => self.weekday(*weekday, *which, k),
            Days::Date { year, month, day, weekday } => {
                self.date(*year, *month, *day, *weekday, k).map(DaySpan::day)
            }
            Days::Month { year, month, which, slice } => {
                self.month(*year, *month, *which, k).map(|span| thirds(span, *slice, Unit::Month))
            }
            Days::Quarter { year, quarter } => {
                let month = (*quarter - 1) * 3 + 1;
                let from = self.month(*year, month, Which::Latest, k)?.from;
                Some(DaySpan { from, to: plus_months(from, 3) })
            }
            Days::Year { year, slice } => only(thirds(year_span(*year)?, *slice, Unit::Year)),
            Days::Unit { unit, offset, slice } => {
                only(thirds(unit_span(self.today, *unit, *offset), *slice, *unit))
            }
            Days::Weekend(which) => self.weekend(*which, k),
            Days::Season { year, season, which, slice } => {
                self.season(*year, *season, *which, k).map(|span| thirds(span, *slice, Unit::Quarter))
            }
            Days::Feast { year, feast } => self.feast(*year, *feast, k),
            Days::WeekendOf(day) => self.around(day, k, |day| {
                let (from, days) = weekend_of(day.from)?;
                Some(DaySpan { from, to: plus_days(from, days) })
            }),
            Days::IsoWeek { year, week } => self.iso_week(*year, *week, k),
            Days::NthOf(nth, what, within) => nth_of(*nth, *what, self.candidate(within, k)?),
            Days::Ends(days, within) => {
                let DaySpan { from, to } = self.candidate(within, k)?;
                let cut = plus_days(if *days > 0 { from } else { to }, *days).clamp(from, to);
                Some(if *days > 0 { DaySpan { from, to: cut } } else { DaySpan { from: cut, to } })
            }
            Days::Half(is_second, within) => {
                let DaySpan { from, to } = self.candidate(within, k)?;
                let days = i64::from(to.since(from).ok()?.get_days());
                // The first half of any month ends with its 15th.
                let middle = plus_days(from, if (28..=31).contains(&days) { 15 } else { days / 2 });
                Some(if *is_second { DaySpan { from: middle, to } } else { DaySpan { from, to: middle } })
            }
            Days::WeekOf(day) => self.around(day, k, |day| {
                let from = week_start(day.from);
                Some(DaySpan { from, to: plus_days(from, 7) })
            }),
            Days::Near(what, count, of) if **of == Days::AnchorDay(0) => {
                let (from, last) = self.anchor?;
                only(near(*what, *count, DaySpan { from, to: plus_days(last, 1) }))
            }
            Days::Near(what, count, of) => self.around(of, k, |of| Some(near(*what, *count, of))),
            Days::Between(first, last) => self.between(first, last, k),
            Days::AnchorDay(offset) => {
                let (from, to) = self.anchor?;
                let base = if *offset > 0 { to } else { from };
                only(DaySpan::day(plus_days(base, *offset)))
            }
            Days::AnchorUnit(unit, offset) => only(unit_span(self.anchor?.0, *unit, *offset)),
            Days::Rolling(_) => None,
        }
    }

    fn weekday(&self, weekday: Weekday, which: Which, k: i64) -> Option<DaySpan> {
        let back = i64::from(self.today.weekday().since(weekday));
        let latest = plus_days(self.today, -back);
        let only = |date: Date| (k == 0).then(|| DaySpan::day(date));
        match which {
            Which::Latest => Some(DaySpan::day(plus_days(latest, -7 * k))),
            Which::Back(n) => {
                let before_today = if back == 0 { plus_days(latest, -7) } else { latest };
                only(plus_days(before_today, -7 * (n - 1)))
            }
            Which::Ahead(n) => only(plus_days(latest, 7 * n)),
            Which::InWeek(offset) => {
                let monday = plus_days(week_start(self.today), 7 * offset);
                only(plus_days(monday, i64::from(weekday.to_monday_zero_offset())))
            }
        }
    }

    /// The weekday before the latest of its name.
    pub(super) fn before_latest(&self, weekday: Weekday) -> Days {
        Days::Weekday(weekday, Which::Back(if self.today.weekday() == weekday { 1 } else { 2 }))
    }

    fn weekend(&self, which: Which, k: i64) -> Option<DaySpan> {
        let span = |saturday: Date| DaySpan { from: saturday, to: plus_days(saturday, 2) };
        let begun = self.weekday(Weekday::Saturday, Which::Latest, 0)?.from;
        let only = |saturday: Date| (k == 0).then(|| span(saturday));
        match which {
            Which::Latest => Some(span(plus_days(begun, -7 * k))),
            Which::Back(n) => {
                let ended = if plus_days(begun, 2) > self.today { plus_days(begun, -7) } else { begun };
                only(plus_days(ended, -7 * (n - 1)))
            }
            Which::Ahead(n) => only(plus_days(begun, 7 * n)),
            Which::InWeek(offset) => only(plus_days(week_start(self.today), 7 * offset + 5)),
        }
    }

    fn date(
        &self,
        year: Option<i16>,
        month: Option<i8>,
        day: i8,
        weekday: Option<Weekday>,
        k: i64,
    ) -> Option<Date> {
        let fits = |date: &Date| weekday.is_none_or(|weekday| date.weekday() == weekday);
        match (year, month) {
            // A weekday that contradicts a full date is the slip of the tongue, not the date.
            (Some(year), Some(month)) => (k == 0).then(|| Date::new(year, month, day).ok())?,
            (None, Some(month)) => {
                let begun = |date: &Date| *date <= self.today;
                // The 29th of February is at most eight years away, with its weekday forty.
                let mut years =
                    (0..=41).filter_map(|back| Date::new(self.today.year() - back, month, day).ok());
                if k < 0 {
                    return (0..=9)
                        .filter_map(|ahead| Date::new(self.today.year() + ahead, month, day).ok())
                        .find(|date| *date > self.today && fits(date));
                }
                let skip = usize::try_from(k).ok()?;
                years.by_ref().filter(|date| begun(date) && fits(date)).nth(skip)
            }
            (year, None) => {
                let first = self.today.first_of_month();
                let base = year.and_then(|year| Date::new(year, 12, 1).ok()).unwrap_or(first);
                if k < 0 {
                    return (0..=3)
                        .filter_map(|ahead| in_month(plus_months(base, ahead), day))
                        .find(|date| *date > self.today && fits(date));
                }
                (0..=84)
                    .filter_map(|back| in_month(plus_months(base, -back), day))
                    .filter(|date| *date <= self.today && fits(date))
                    .nth(usize::try_from(k).ok()?)
            }
        }
    }

    fn month(&self, year: Option<i16>, month: i8, which: Which, k: i64) -> Option<DaySpan> {
        let span = |year: i16| {
            let from = Date::new(year, month, 1).ok()?;
            Some(DaySpan { from, to: plus_months(from, 1) })
        };
        if let Some(year) = year {
            return if k == 0 { span(year) } else { None };
        }
        let this = self.today.year();
        let begun = if month <= self.today.month() { this } else { this - 1 };
        let back = i16::try_from(k).ok()?;
        match which {
            Which::Latest => span(begun.checked_sub(back)?),
            Which::Back(n) if k == 0 => {
                let ended = if month == self.today.month() { this - 1 } else { begun };
                span(ended.checked_sub(i16::try_from(n - 1).ok()?)?)
            }
            Which::Ahead(n) if k == 0 => span(begun.checked_add(i16::try_from(n).ok()?)?),
            Which::InWeek(offset) if k == 0 => span(this.checked_add(i16::try_from(offset).ok()?)?),
            _ => None,
        }
    }

    fn season(&self, year: Option<i16>, season: Season, which: Which, k: i64) -> Option<DaySpan> {
        let span = |year: i16| {
            let from = season.start(year)?;
            Some(DaySpan { from, to: plus_months(from, 3) })
        };
        if let Some(year) = year {
            return if k == 0 { span(year) } else { None };
        }
        let this = self.today.year();
        let begun = if span(this)?.from <= self.today { this } else { this - 1 };
        let has_ended = span(begun)?.to <= self.today;
        let back = match which {
            Which::Back(n) if k == 0 => n - i64::from(has_ended),
            Which::Ahead(n) if k == 0 => -n,
            Which::Latest | Which::InWeek(_) => k,
            _ => return None,
        };
        span(begun.checked_sub(i16::try_from(back).ok()?)?)
    }

    fn feast(&self, year: Option<i16>, feast: Feast, k: i64) -> Option<DaySpan> {
        let span = |year: i16| {
            let (from, days) = feast.days(year)?;
            Some(DaySpan { from, to: plus_days(from, days) })
        };
        if let Some(year) = year {
            return if k == 0 { span(year) } else { None };
        }
        let this = self.today.year();
        let begun = if span(this)?.from <= self.today { this } else { this - 1 };
        span(begun.checked_sub(i16::try_from(k).ok()?)?)
    }

    /// What lies around other days. That of the feast to come may have begun before it: "the week before
    /// Christmas".
    fn around(&self, days: &Days, k: i64, place: impl Fn(DaySpan) -> Option<DaySpan>) -> Option<DaySpan> {
        let of = |k: i64| place(self.candidate(days, k)?);
        let is_dated = matches!(days, Days::Feast { .. } | Days::Date { month: Some(_), .. });
        let has_next_begun = is_dated && of(-1).is_some_and(|next| next.from <= self.today);
        of(if has_next_begun { k - 1 } else { k })
    }

    fn iso_week(&self, year: Option<i16>, week: i8, k: i64) -> Option<DaySpan> {
        let monday = |year: i16| {
            let from = jiff::civil::ISOWeekDate::new(year, week, Weekday::Monday).ok()?.date();
            Some(DaySpan { from, to: plus_days(from, 7) })
        };
        if let Some(year) = year {
            return if k == 0 { monday(year) } else { None };
        }
        let this = self.today.iso_week_date().year();
        let newest = monday(this).filter(|span| span.from <= self.today).map_or(this - 1, |_| this);
        monday(newest.checked_sub(i16::try_from(k).ok()?)?)
    }

    /// The end is the first one that is not before the start; what is missing in one end is taken from
    /// the other.
    fn between(&self, first: &Days, last: &Days, k: i64) -> Option<DaySpan> {
        let mut from = self.candidate(first, k)?;
        // The newest reading of the end that still has a later one is not needed: walk back from the
        // future while it stays behind the start.
        let mut found = None;
        for back in -1..=12 {
            match self.candidate(last, back) {
                Some(span) if span.to > from.from => found = Some(span),
                None if back < 0 => {}
                Some(_) | None => break,
            }
        }
        if found.is_none() {
            // "from July 3 to July 5 2024": the year of the end serves both.
            let last = self.candidate(last, 0)?;
            from = (0..=12).filter_map(|k| self.candidate(first, k)).find(|span| span.from < last.to)?;
            found = Some(last);
        }
        let to = found?.to;
        (to > from.from).then_some(DaySpan { from: from.from, to })
    }
}

fn in_month(first: Date, day: i8) -> Option<Date> {
    Date::new(first.year(), first.month(), day).ok()
}
