//! When feasts and seasons are: the Gregorian Easter, the fourth Thursday of November, the seasons of
//! meteorologists on the northern half of the earth. Only dates; no words, no clock, no zone.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// A season of three whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Season {
    Spring,
    Summer,
    Autumn,
    /// December to February; of the year in which it begins.
    Winter,
}

impl Season {
    /// Its first day.
    pub(super) fn start(self, year: i16) -> Option<Date> {
        let month = match self {
            Self::Spring => 3,
            Self::Summer => 6,
            Self::Autumn => 9,
            Self::Winter => 12,
        };
        Date::new(year, month, 1).ok()
    }
}

/// A feast that is named by words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Feast {
    /// On the same date every year, for so many days.
    Fixed { month: i8, day: i8, days: i64 },
    /// So many days from Easter Sunday, for so many days.
    Easter { from: i64, days: i64 },
    /// So many days from the fourth Thursday of November.
    Thanksgiving { from: i64 },
    /// The nth weekday of a month; -1 is the last.
    Nth { nth: i8, weekday: Weekday, month: i8 },
}

impl Feast {
    /// Whether it is one day.
    pub(super) fn is_one_day(self) -> bool {
        !matches!(self, Self::Fixed { days: 2.., .. } | Self::Easter { days: 2.., .. })
    }

    /// Its first day in a year, and how many days it has.
    pub(super) fn days(self, year: i16) -> Option<(Date, i64)> {
        let (base, from, days) = match self {
            Self::Fixed { month, day, days } => (Date::new(year, month, day).ok()?, 0, days),
            Self::Easter { from, days } => (easter_sunday(year)?, from, days),
            Self::Thanksgiving { from } => {
                let november = Date::new(year, 11, 1).ok()?;
                (november.nth_weekday_of_month(4, Weekday::Thursday).ok()?, from, 1)
            }
            Self::Nth { nth, weekday, month } => {
                (Date::new(year, month, 1).ok()?.nth_weekday_of_month(nth, weekday).ok()?, 0, 1)
            }
        };
        Some((base.checked_add(from.days()).ok()?, days))
    }
}

/// The days off around a feast: the weekend that it joins or lies in, else the nearest one.
pub(super) fn weekend_of(day: Date) -> Option<(Date, i64)> {
    let (from, days) = match day.weekday() {
        Weekday::Monday => (-2, 3),
        Weekday::Tuesday => (-3, 2),
        Weekday::Wednesday => (3, 2),
        Weekday::Thursday => (0, 4),
        Weekday::Friday => (0, 3),
        Weekday::Saturday => (0, 2),
        Weekday::Sunday => (-1, 2),
    };
    Some((day.checked_add(from.days()).ok()?, days))
}

/// Easter Sunday of the western churches, by the anonymous Gregorian algorithm.
fn easter_sunday(year: i16) -> Option<Date> {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, of_century) = (year_number / 100, year_number % 100);
    let epact = (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    let day = epact + weekday - 7 * late + 114;
    Date::new(year, i8::try_from(day / 31).ok()?, i8::try_from(day % 31 + 1).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekend_is_around_its_feast() {
        for (day, from, days) in
            [(25, 23, 3), (26, 23, 2), (27, 30, 2), (28, 28, 4), (29, 29, 3), (30, 30, 2), (31, 30, 2)]
        {
            let date = |day| Date::new(2026, 5, day).unwrap();
            assert_eq!(weekend_of(date(day)), Some((date(from), days)), "{day}");
        }
    }

    #[test]
    fn easter_is_where_the_tables_of_the_churches_have_it() {
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2011, 4, 24),
            (2019, 4, 21),
            (2024, 3, 31),
            (2025, 4, 20),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
        ] {
            assert_eq!(easter_sunday(year), Date::new(year, month, day).ok(), "{year}");
        }
        let every = (1970..2200).map(|year| easter_sunday(year).unwrap());
        assert!(every.clone().all(|date| date.weekday() == Weekday::Sunday));
        assert!(every.clone().all(|date| (3, 22) <= (date.month(), date.day())));
        assert!(every.clone().all(|date| (date.month(), date.day()) <= (4, 25)));
    }
}
