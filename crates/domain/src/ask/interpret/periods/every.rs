//! On which days of the week something comes back. Only a set of days; when they are is for `repeated`.

use jiff::civil::{Date, Weekday};

/// On which days something comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Every {
    /// Bit 0 is Monday.
    pub(super) weekdays: u8,
    /// Whether Saturday and Sunday are one period.
    pub(super) is_weekend: bool,
    /// Only the latest so many.
    pub(super) count: Option<i64>,
    /// Whether it is looked for in whole weeks because what stands beside it is.
    pub(super) is_leveled: bool,
}

impl Every {
    /// The days that are not named beside it.
    pub(super) const REST: u8 = 0;
    pub(super) const DAILY: u8 = 0b111_1111;
    pub(super) const WORKDAYS: u8 = 0b001_1111;
    pub(super) const WEEKENDS: u8 = 0b110_0000;

    pub(super) fn on(weekdays: u8) -> Self {
        Self { weekdays, is_weekend: false, count: None, is_leveled: false }
    }

    pub(super) fn weekend() -> Self {
        Self { is_weekend: true, ..Self::on(Self::WEEKENDS) }
    }

    /// Whether it is on some days of the week only, so that one week holds few of them.
    pub(super) fn is_weekly(self) -> bool {
        self.weekdays != Self::DAILY
    }

    /// Whether it falls on a date.
    pub(super) fn is_on(self, date: Date) -> bool {
        self.weekdays & weekday_bit(date.weekday()) != 0
    }
}

/// The bit of a weekday in a set; bit 0 is Monday.
pub(super) fn weekday_bit(weekday: Weekday) -> u8 {
    1 << weekday.to_monday_zero_offset()
}
