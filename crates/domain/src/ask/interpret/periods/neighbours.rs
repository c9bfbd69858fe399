//! Days that are named by others: "the day before Thanksgiving", "two days after Easter", "the Friday before
//! Black Friday", "the first week after New Year". They keep their length: nothing here is open to one side.

use super::{
    cursor::Cursor,
    expression::{Days, Every, Expression, Near, PartOfDay, Slice, Unit, weekday_bit},
    portions::FEW,
    vocabulary,
};

/// How far behind the first word "before" may stand: "the last two weeks before".
const WORDS_MAX: usize = 4;
/// What a unit without an article opens behind: "and day after Christmas", not "which day after Christmas".
const OPENING: [&str; 15] = [
    "on", "in", "during", "over", "for", "and", "with", "to", "vs", "versus", "than", "from", "since",
    "until", "the",
];

/// More days, weeks or months than anybody counts.
const COUNT_MAX: u32 = 400;

/// "The last two weeks before Christmas", taken apart.
struct Said {
    what: Near,
    count: Option<i64>,
    /// -1 before, 1 after.
    sign: i64,
    /// Whether all up to there are meant.
    is_all: bool,
    of: Days,
    end: usize,
}

impl Cursor<'_> {
    /// "before", "after" and the like between two days: the sign, and the position behind.
    pub(super) fn side(&self, at: usize) -> Option<(i64, usize)> {
        Some(match self.word(at) {
            "before" | "preceding" => (-1, at + 1),
            "prior" if self.word(at + 1) == "to" => (-1, at + 2),
            "after" | "following" => (1, at + 1),
            _ => return None,
        })
    }

    /// "The day before Thanksgiving", "two days before the 5th", "the Friday after Easter".
    pub(super) fn near_days(&self, at: usize) -> Option<(Days, usize)> {
        let Said { what, count, sign, is_all, of, end } = self.said_near(at)?;
        let one = |what: Near, count: i64| Days::Near(what, sign * count, Box::new(of.clone()));
        let several = |days: i64| {
            let (first, last) = if sign < 0 { (days, 1) } else { (1, days) };
            Days::Between(Box::new(one(Near::Day, first)), Box::new(one(Near::Day, last)))
        };
        // As with "ago": a week before is the day, two weeks before that week; "the two weeks before" are all
        // days up to there.
        let found = match (what, count) {
            (Near::Day, Some(count @ 2..)) if is_all => several(count),
            (Near::Unit(Unit::Week), Some(count @ 2..)) if is_all => several(7 * count),
            (Near::Unit(Unit::Week), Some(1)) if self.is_counted(at) => one(Near::Day, 7),
            // Those of the week are told one by one.
            (_, Some(2..)) if is_all => return None,
            (what, count) => one(what, count.unwrap_or(1)),
        };
        Some((found, end))
    }

    /// "The last three Fridays before Christmas": each of them.
    pub(super) fn near_each(&self, at: usize) -> Option<(Expression, usize)> {
        let Said { what, count: Some(count @ 2..), sign, is_all: true, of, end } = self.said_near(at)? else {
            return None;
        };
        let every = match what {
            Near::Weekday(weekday) => Every::on(weekday_bit(weekday)),
            Near::Weekend => Every::weekend(),
            Near::Day | Near::Unit(_) => return None,
        };
        let one = |count: i64| Box::new(Days::Near(what, sign * count, Box::new(of.clone())));
        let (first, last) = if sign < 0 { (count, 1) } else { (1, count) };
        let days = Days::Between(one(first), one(last));
        Some((Expression { every: Some(every), ..Expression::of_days(days) }, end))
    }

    fn is_counted(&self, at: usize) -> bool {
        self.count(at).is_some()
    }

    /// What is near other days.
    fn said_near(&self, at: usize) -> Option<Said> {
        (at + 1..=at + WORDS_MAX).find(|at| self.side(*at).is_some())?;
        let start = self.skip_word(at, &["the"]);
        let (nth, next) = self.nth_before(start);
        let counted = self.count(next).filter(|(count, _)| *count <= COUNT_MAX);
        let (count, name_at) = counted.map_or((nth, next), |(count, end)| (Some(i64::from(count)), end));
        let (what, end) = self.near_what(name_at)?;
        let (sign, of_at) = self.side(end)?;
        let (of, end) = self.plain_days(of_at).filter(|(of, _)| !matches!(of, Days::Rolling(_)))?;
        // "The days before Christmas": a few.
        let is_few = counted.is_none() && nth.is_none() && self.word(name_at).ends_with('s');
        let count = if is_few { Some(FEW) } else { count };
        let is_unit = matches!(what, Near::Day | Near::Unit(_));
        let is_bare = start == at && counted.is_none() && nth.is_none();
        if is_bare && is_unit && !self.is_opening(at) && !self.is_word(at.wrapping_sub(1), &OPENING) {
            return None;
        }
        Some(Said { what, count, sign, is_all: is_few || (counted.is_some() && next > at), of, end })
    }

    /// "First", "last", "second" before the name of what is near, where it is no count of several.
    fn nth_before(&self, at: usize) -> (Option<i64>, usize) {
        if self.is_word(at, &["last", "first", "final", "very"]) {
            return (Some(1), self.skip_word(at + 1, &["last", "first", "next"]));
        }
        self.ordinal(at).map_or((None, at), |(nth, end)| (Some(i64::from(nth)), end))
    }

    /// "Day", "Friday", "weekend", "week".
    fn near_what(&self, at: usize) -> Option<(Near, usize)> {
        if let Some(end) = self.weekend_at(at) {
            return Some((Near::Weekend, end));
        }
        let word = self.word(at);
        if word == "weekends" {
            return Some((Near::Weekend, at + 1));
        }
        if let Some((weekday, _)) = vocabulary::weekday(word) {
            return Some((Near::Weekday(weekday), at + 1));
        }
        let near = match vocabulary::unit(word)? {
            Unit::Day => Near::Day,
            unit if unit > Unit::Day => Near::Unit(unit),
            _ => return None,
        };
        Some((near, at + 1))
    }

    /// "The Friday before", "the following weekend": from the days of the previous turn; `offset` is -1 or 1.
    pub(super) fn near_anchor(&self, at: usize, offset: i64) -> Option<Days> {
        let (what, _) = self.near_what(at).filter(|(what, _)| !matches!(what, Near::Day | Near::Unit(_)))?;
        Some(Days::Near(what, offset, Box::new(Days::AnchorDay(0))))
    }

    /// "The night before Thanksgiving", "the morning after the 5th".
    pub(super) fn part_of_near_day(&self, at: usize, slice: Slice) -> Option<(Expression, usize)> {
        let (part, is_plural) = vocabulary::part(self.word(at))?;
        let (sign, of_at) = self.side(at + 1)?;
        let (days, end) = self.plain_days(of_at).filter(|(days, _)| !matches!(days, Days::Rolling(_)))?;
        let near = Days::Near(Near::Day, sign, Box::new(days));
        let part = Some(PartOfDay { part, slice });
        (!is_plural).then_some((Expression { part, ..Expression::of_days(near) }, end))
    }
}
