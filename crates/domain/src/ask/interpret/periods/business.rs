//! Hours of business on the calendar: those of the places that a question is about, else the usual ones. Which
//! they are is decided outside; here a day gets its own, and neighbours are joined.

use std::sync::LazyLock;

use jiff::civil::{Date, Weekday};

use super::{
    expression::{Clock, Edge, TimeOfDay},
    frame::{Frame, Interval},
    time_of_day::window,
};
use crate::business_hours::{BusinessHours, Span};

static USUAL: LazyLock<BusinessHours> = LazyLock::new(BusinessHours::usual);

const DAY: i64 = 24 * 3600;
/// What comes after closing past midnight is of the night that ends then.
const NIGHT_ENDS: i64 = DAY + 6 * 3600;

impl Frame<'_> {
    /// When it is open on a date. Who asks for the office hours of a Saturday, where nobody set any, means those
    /// of other days.
    fn open_on(&self, date: Date, is_named: bool) -> &[Span] {
        let spans = self.hours.unwrap_or(&USUAL).on(date.weekday());
        let is_lenient = is_named && self.hours.is_none() && spans.is_empty();
        if is_lenient { USUAL.on(Weekday::Monday) } else { spans }
    }

    /// The hours of business of a date, or those outside; neighbours are joined.
    pub(super) fn business(
        &self,
        date: Date,
        is_outside: bool,
        is_named: bool,
        time: Option<TimeOfDay>,
        found: &mut Vec<Interval>,
    ) -> Option<()> {
        let spans = if is_outside {
            self.hours.unwrap_or(&USUAL).closed_on(date.weekday())
        } else {
            self.open_on(date, is_named).to_vec()
        };
        let limits = time.map(|time| window(None, Some(time)));
        for (from, to) in spans {
            let from = limits.map_or(from, |limits| limits.start.max(from));
            let to = limits.map_or(to, |limits| limits.end.min(to));
            if from >= to {
                continue;
            }
            let next = Interval::new(self.instant(date, from, false)?, self.instant(date, to, true)?);
            match found.last_mut() {
                Some(last) if last.end == next.start => last.end = next.end,
                _ => found.push(next),
            }
        }
        Some(())
    }

    /// Whether a time starts from the opening or closing of a date on which nothing opens.
    pub(super) fn is_closed_for(&self, date: Date, time: Option<TimeOfDay>) -> bool {
        time.is_some_and(TimeOfDay::is_of_business) && self.open_on(date, true).is_empty()
    }

    /// A time with the hours of a date for its opening and closing. A day without any is before opening and
    /// after closing from its beginning to its end.
    pub(super) fn by_hours_of(&self, date: Date, time: TimeOfDay) -> Option<TimeOfDay> {
        if !time.is_of_business() {
            return Some(time);
        }
        let spans = self.open_on(date, true);
        let (Some((opens, _)), Some((_, closes))) = (spans.first(), spans.last()) else {
            let is_all = matches!(time, TimeOfDay::After(_) | TimeOfDay::Before(_));
            return is_all.then(|| TimeOfDay::Between(Clock::at(0), Clock::at(DAY)));
        };
        let place = |clock: Clock| match clock.of_business {
            Some((Edge::Opening, shift)) => Clock { seconds: (opens + shift).max(0), ..clock },
            Some((Edge::Closing, shift)) => Clock { seconds: (closes + shift).max(0), ..clock },
            None => clock,
        };
        Some(match time {
            TimeOfDay::Point(clock) => TimeOfDay::Point(place(clock)),
            TimeOfDay::Between(from, to) => TimeOfDay::Between(place(from), place(to)),
            TimeOfDay::Before(clock) => TimeOfDay::Before(place(clock)),
            TimeOfDay::After(clock) => match place(clock) {
                late if late.seconds >= DAY => {
                    TimeOfDay::Between(late, Clock::at(NIGHT_ENDS.max(late.seconds + 1)))
                }
                clock => TimeOfDay::After(clock),
            },
        })
    }
}

impl TimeOfDay {
    /// Whether opening or closing is one of its ends.
    pub(super) fn is_of_business(self) -> bool {
        match self {
            Self::Point(clock) | Self::After(clock) | Self::Before(clock) => clock.of_business.is_some(),
            Self::Between(from, to) => from.of_business.is_some() || to.of_business.is_some(),
        }
    }
}
