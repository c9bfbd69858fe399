//! What a mention of time says, before it is placed in time: days, a part of the day, a clock time,
//! and how they bound a period. Built by the reader, placed by `resolve`; it holds no text.

use jiff::civil::{Date, Weekday};

use super::almanac::{Feast, Season};
pub(super) use super::every::{Every, weekday_bit};

/// A unit of the calendar or of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Unit {
    /// Whether it is measured on the clock, not on the calendar.
    pub(super) fn is_of_clock(self) -> bool {
        self <= Self::Hour
    }
}

/// So many of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) unit: Unit,
    pub(super) count: i64,
}

/// Which end of something: "early March", "late afternoon".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Slice {
    #[default]
    Whole,
    Early,
    Mid,
    Late,
}

/// A part of the day, or the hours of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    Lunch,
    Dawn,
    Dusk,
    Daytime,
    SmallHours,
    /// "late yesterday", "late on Monday".
    LateInDay,
    BusinessHours,
    OutsideBusinessHours,
    /// "outside 8 to 17": the rest of the day, where `time` says of which hours.
    OutsideHours,
}

impl Part {
    /// Whether a day can have several stretches of it, or none.
    pub(super) fn is_of_hours(self) -> bool {
        matches!(self, Self::BusinessHours | Self::OutsideBusinessHours | Self::OutsideHours)
    }
}

/// A part of the day with its slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartOfDay {
    pub(super) part: Part,
    pub(super) slice: Slice,
}

/// How exactly a clock time was given; it decides how wide "at" is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precision {
    Noon,
    Hour,
    Minute,
    Second,
}

/// A time on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clock {
    /// Seconds since midnight.
    pub(super) seconds: i64,
    /// Whether morning or evening is still open: `seconds` is then the reading before noon.
    pub(super) is_open: bool,
    /// Whether it was written on a clock of 24 hours ("22:00", "06:30"), so that its partner is too.
    pub(super) is_24h: bool,
    pub(super) precision: Precision,
    /// "around", "about", "3ish".
    pub(super) is_about: bool,
    /// Opening or closing, so many seconds later; `seconds` is then that of the usual hours.
    pub(super) of_business: Option<(Edge, i64)>,
}

/// An end of the hours of business.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Opening,
    Closing,
}

/// Where on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeOfDay {
    Point(Clock),
    Between(Clock, Clock),
    After(Clock),
    Before(Clock),
}

/// Which of several days or units with the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The latest that has begun.
    Latest,
    /// The nth latest before today (or, for weekends, that has ended); 1 is the latest.
    Back(i64),
    /// The nth after today.
    Ahead(i64),
    /// The one of the week so many weeks from this one.
    InWeek(i64),
}

/// The nth of something within a month or year; negative counts from the end, -1 is the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nth {
    Weekday(Weekday),
    Day,
    Week,
    Weekend,
}

/// What is before or after other days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    Day,
    Weekday(Weekday),
    Weekend,
    /// A week, month, quarter or year of the calendar.
    Unit(Unit),
}

/// Days of the calendar, one or many.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Days {
    /// So many days from today.
    Offset(i64),
    /// The night that is called "last night" or "tonight", by the date on which it starts.
    LastNight,
    Tonight,
    Weekday(Weekday, Which),
    /// A date of which the missing parts are to be found, the latest that has begun.
    Date {
        year: Option<i16>,
        month: Option<i8>,
        day: i8,
        weekday: Option<Weekday>,
    },
    Month {
        year: Option<i16>,
        month: i8,
        which: Which,
        slice: Slice,
    },
    Quarter {
        year: Option<i16>,
        quarter: i8,
    },
    Year {
        year: i16,
        slice: Slice,
    },
    /// The week, month, quarter or year so many from this one.
    Unit {
        unit: Unit,
        offset: i64,
        slice: Slice,
    },
    Weekend(Which),
    /// Three months; of the year in which they begin.
    Season {
        year: Option<i16>,
        season: Season,
        which: Which,
        slice: Slice,
    },
    /// A feast of several days, or one whose date moves.
    Feast {
        year: Option<i16>,
        feast: Feast,
    },
    /// The weekend of a feast: "Memorial Day weekend".
    WeekendOf(Box<Days>),
    IsoWeek {
        year: Option<i16>,
        week: i8,
    },
    /// The nth of something within other days.
    NthOf(i64, Nth, Box<Days>),
    /// The first so many days of others; the last ones when negative.
    Ends(i64, Box<Days>),
    /// The first half of other days, or the second.
    Half(bool, Box<Days>),
    /// The calendar week that holds a day.
    WeekOf(Box<Days>),
    /// The nth of something before other days (negative) or after them: "the Friday before Easter".
    Near(Near, i64, Box<Days>),
    /// From the first to the last, both included.
    Between(Box<Days>, Box<Days>),
    /// So much until now.
    Rolling(Amount),
    /// So many days from the day of the previous turn.
    AnchorDay(i64),
    /// The week, month or year so many from that of the previous turn.
    AnchorUnit(Unit, i64),
    /// A day that is known.
    Known(Date),
}

impl Days {
    /// Whether it is a week or more of the calendar, so that days can lie within it.
    pub(super) fn is_long(&self) -> bool {
        matches!(
            self,
            Self::Unit { .. }
                | Self::Month { .. }
                | Self::Quarter { .. }
                | Self::Year { .. }
                | Self::Season { .. }
                | Self::IsoWeek { .. }
                | Self::WeekOf(_)
        )
    }
}

/// A bound of a period whose other end is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bound {
    /// From its start until now.
    Since,
    /// From its end on.
    After,
    /// Everything before its start.
    Before,
    /// Everything up to its end.
    Until,
}

/// What starts from the previous turn or from this very moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shift {
    /// The period of the previous turn, moved: "an hour later".
    Anchor(Amount),
    /// So much right before the period of the previous turn (or, positive, right after it).
    Beside(Amount),
    /// The same time of day as the previous turn (or as now) on the days that are named.
    SameTime {
        is_now: bool,
    },
    /// From the end of the previous turn's period to the end of its day, or the reverse.
    AfterAnchor,
    BeforeAnchor,
    /// A point so long before now.
    Ago(Amount, bool),
    /// The last minutes: "just now".
    JustNow,
    /// The last day: "recently".
    Recently,
    /// A point so long after now.
    Ahead(Amount),
    /// This very instant, as an end: "until now".
    Now,
}

/// Everything that one mention says.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Expression {
    pub(super) days: Option<Days>,
    pub(super) part: Option<PartOfDay>,
    pub(super) time: Option<TimeOfDay>,
    pub(super) every: Option<Every>,
    pub(super) bound: Option<Bound>,
    pub(super) shift: Option<Shift>,
    /// From the start of the first to the end of the second.
    pub(super) range: Option<Box<(Expression, Expression)>>,
    /// How long it lasts from its start: "from 4pm for 30 minutes".
    pub(super) lasting: Option<Amount>,
}

impl Expression {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn of_days(days: Days) -> Self {
        Self { days: Some(days), ..Self::default() }
    }

    pub(super) fn of_shift(shift: Shift) -> Self {
        Self { shift: Some(shift), ..Self::default() }
    }

    /// Whether it names nothing but a time or part of the day.
    pub(super) fn is_only_of_day(&self) -> bool {
        (self.time.is_some() || self.part.is_some())
            && self.days.is_none()
            && self.every.is_none()
            && self.bound.is_none()
            && self.shift.is_none()
            && self.range.is_none()
    }

    /// Whether it names days and nothing else.
    pub(super) fn is_only_days(&self) -> bool {
        let rest = Self { days: None, ..self.clone() };
        self.days.is_some() && rest.is_empty()
    }

    /// The clock time, when it is one point.
    pub(super) fn point(&self) -> Option<Clock> {
        match self.time {
            Some(TimeOfDay::Point(clock)) => Some(clock),
            _ => None,
        }
    }

    /// Whether it speaks of hours of business.
    pub(super) fn is_of_business(&self) -> bool {
        let is_part = |part: PartOfDay| matches!(part.part, Part::BusinessHours | Part::OutsideBusinessHours);
        self.part.is_some_and(is_part)
            || self.time.is_some_and(TimeOfDay::is_of_business)
            || self.range.as_ref().is_some_and(|ends| ends.0.is_of_business() || ends.1.is_of_business())
    }

    /// Whether it starts from the period of the previous turn.
    pub(super) fn is_from_anchor(&self) -> bool {
        let is_shift = matches!(
            self.shift,
            Some(
                Shift::Anchor(_)
                    | Shift::Beside(_)
                    | Shift::AfterAnchor
                    | Shift::BeforeAnchor
                    | Shift::SameTime { is_now: false }
            )
        );
        let is_range =
            self.range.as_ref().is_some_and(|ends| ends.0.is_from_anchor() || ends.1.is_from_anchor());
        is_shift || is_range || self.days.as_ref().is_some_and(has_anchor)
    }
}

fn has_anchor(days: &Days) -> bool {
    match days {
        Days::AnchorDay(_) | Days::AnchorUnit(..) => true,
        Days::NthOf(_, _, within)
        | Days::Near(_, _, within)
        | Days::WeekOf(within)
        | Days::Ends(_, within)
        | Days::Half(_, within) => has_anchor(within),
        Days::Between(first, last) => has_anchor(first) || has_anchor(last),
        _ => false,
    }
}
