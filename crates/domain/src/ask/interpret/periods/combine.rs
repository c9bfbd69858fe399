//! Joining what was read piece by piece: slots that go together fill one expression, ends make a range,
//! days that stand together are one ("Tuesday last week"). Absent means that they are two mentions.

use jiff::civil::Weekday;

use super::{
    expression::{
        Bound, Clock, Days, Every, Expression, Near, Nth, Part, PartOfDay, Shift, Slice, TimeOfDay, Unit,
        Which, weekday_bit,
    },
    opening::{close, open},
    time_of_day::placed,
};

const NOON: i64 = 12 * 3600;
const EVENING: i64 = 17 * 3600;

/// Any weekday: whether days hold more than one of each.
const MONDAY: Days = Days::Weekday(Weekday::Monday, Which::Latest);

/// A bound around what was read: with a clock time it bounds the day, without one the days.
pub(super) fn bounded(bound: Bound, end: Expression) -> Expression {
    // "Before business hours" is before they begin, on each day that is named.
    let is_of_business = end.part.is_some_and(|part| part.part == Part::BusinessHours) && end.time.is_none();
    if is_of_business {
        let edge = if matches!(bound, Bound::Before | Bound::Since) { open() } else { close() };
        let end = Expression { part: None, time: Some(TimeOfDay::Point(edge)), ..end };
        return bounded(bound, end);
    }
    match (bound, end.point()) {
        (Bound::After, Some(clock)) => Expression { time: Some(TimeOfDay::After(clock)), ..end },
        (Bound::Before | Bound::Until, Some(clock)) => {
            Expression { time: Some(TimeOfDay::Before(clock)), ..end }
        }
        _ => Expression { bound: Some(bound), ..end },
    }
}

/// Two ends as one expression.
pub(super) fn ranged(first: Expression, second: Expression) -> Option<Expression> {
    if second.shift == Some(Shift::Now) {
        return Some(Expression { bound: Some(Bound::Since), ..first });
    }
    let has_shift = first.shift.is_some() || second.shift.is_some();
    if let (Some(from), Some(to), false) = (first.point(), second.point(), has_shift) {
        // One day serves both ends, wherever it stands.
        let days = match (&first.days, &second.days) {
            (None, days) | (days, None) => Some(days.clone()),
            (first, second) if first == second => Some(first.clone()),
            _ => None,
        };
        if let Some(days) = days {
            // "From 10 at night to 2 in the afternoon": a part is for the end that it stands at, and for the
            // other where that says none.
            let is_one_part = second.part.is_none() || first.part.is_none() || first.part == second.part;
            let part = second.part.filter(|_| is_one_part).or(first.part.filter(|_| second.part.is_none()));
            let close = |clock: Clock, part: Option<PartOfDay>| match part {
                Some(part) => Clock { seconds: placed(clock, Some(part.part)), is_open: false, ..clock },
                None => clock,
            };
            let is_own = !is_one_part || second.part.is_none();
            let (from, part) = if is_own { (close(from, first.part), None) } else { (from, part) };
            let to = if is_one_part { to } else { close(to, second.part) };
            let time = Some(TimeOfDay::Between(from, to));
            return Some(Expression { days, part, time, ..Expression::default() });
        }
    }
    let is_days = |end: &Expression| {
        end.days.is_some() && *end == Expression::of_days(end.days.clone().unwrap_or(Days::Offset(0)))
    };
    if is_days(&first) && is_days(&second) {
        let between = Days::Between(Box::new(first.days?), Box::new(second.days?));
        return Some(Expression::of_days(between));
    }
    if first.is_empty() || second.is_empty() {
        return None;
    }
    // "overnight Sunday to Monday" is one night, up to its end.
    let is_night = first.time.is_none() && first.part.is_some_and(|part| part.part == Part::Night);
    let mut second = second;
    if is_night && is_days(&second) {
        second.part = Some(PartOfDay { part: Part::SmallHours, slice: Slice::Whole });
    }
    Some(Expression { range: Some(Box::new((first, second))), ..Expression::default() })
}

/// "After Monday and before Thursday": the days between, where both bound days.
fn enclosed(first: &Expression, second: &Expression) -> Option<Expression> {
    let is_upper = |of: &Expression| matches!(of.bound, Some(Bound::Before | Bound::Until));
    let (from, to) = if is_upper(second) { (first, second) } else { (second, first) };
    let bounds_days = |of: &Expression| Expression { bound: None, ..of.clone() }.is_only_days();
    let is_lower = matches!(from.bound, Some(Bound::After | Bound::Since));
    if !is_lower || !is_upper(to) || !bounds_days(from) || !bounds_days(to) {
        return None;
    }
    let beside = |of: &Expression, is_within: bool, side: i64| {
        let days = Box::new(of.days.clone()?);
        Some(if is_within { days } else { Box::new(Days::Near(Near::Day, side, days)) })
    };
    let from = beside(from, from.bound == Some(Bound::Since), 1)?;
    let to = beside(to, to.bound == Some(Bound::Until), -1)?;
    Some(Expression::of_days(Days::Between(from, to)))
}

/// "Not before 3pm" beside another bound of the clock is "after 3pm".
pub(super) fn as_bound_of_clock(expression: Expression) -> Expression {
    match (expression.bound, expression.point()) {
        (Some(Bound::Since), Some(clock)) => {
            Expression { bound: None, time: Some(TimeOfDay::After(clock)), ..expression }
        }
        _ => expression,
    }
}

/// Whether "after A" and "before B" are one stretch: A comes first, or the night lies between.
pub(super) fn meet(first: &Expression, second: &Expression) -> bool {
    let part = first.part.or(second.part).map(|part| part.part);
    match (first.time, second.time) {
        (Some(TimeOfDay::After(from)), Some(TimeOfDay::Before(to)))
        | (Some(TimeOfDay::Before(to)), Some(TimeOfDay::After(from))) => {
            let (start, end) = (placed(from, part), placed(to, part));
            let is_over_night =
                start >= EVENING && end <= NOON && matches!(second.time, Some(TimeOfDay::Before(_)));
            start < end || is_over_night
        }
        _ => enclosed(first, second).is_some(),
    }
}

/// Fills the empty slots of an expression; absent when a slot is taken by something else.
pub(super) fn merged(first: &Expression, second: Expression) -> Option<Expression> {
    if let Some(days) = enclosed(first, &second) {
        return Some(days);
    }
    let mut all = first.clone();
    let is_whole = |expression: &Expression| expression.range.is_some() || expression.lasting.is_some();
    let is_clear = !is_whole(first) || second.is_only_of_day();
    if !is_clear || (second.range.is_some() && !first.is_only_of_day() && first.days.is_none()) {
        return None;
    }
    // "The night from Wednesday to Thursday" is one night; "at night from Monday to Friday" are several.
    if let (Some(PartOfDay { part: Part::Night, .. }), None, None, Some(Days::Between(from, to))) =
        (first.part, &first.days, first.every, &second.days)
        && matches!(
            (&**from, &**to),
            (Days::Weekday(..), Days::Weekday(..)) | (Days::Date { .. }, Days::Date { .. })
        )
        && second == Expression::of_days(Days::Between(from.clone(), to.clone()))
    {
        let begins = Expression { part: first.part, ..Expression::of_days((**from).clone()) };
        return ranged(begins, Expression::of_days((**to).clone()));
    }
    // "Since Monday between 8 and 9" is every day since; "Monday in March" is each of them.
    let is_since = first.bound.is_some() && first.part.is_none() && first.time.is_none();
    if is_since && second.is_only_of_day() && first.every.is_none() {
        all.every = Some(Every::on(Every::DAILY));
    }
    if let Some((weekday, within)) = weekday_within(first, &second) {
        let every = Some(Every::on(weekday_bit(weekday)));
        let inner = if first.days.as_ref() == Some(within) { &second } else { first };
        return Some(Expression { days: Some(within.clone()), every, ..inner.clone() });
    }
    all.days = match (first.days.clone(), second.days) {
        (Some(a), Some(b)) if a == b => Some(a),
        (Some(a), Some(b)) => Some(joined(&a, &b)?),
        (a, b) => a.or(b),
    };
    all.part = match (first.part, second.part) {
        // "after hours last night": the night lies outside the hours of business by itself.
        (Some(a), Some(b)) if is_of_business(a) != is_of_business(b) => {
            Some(if is_of_business(a) { b } else { a })
        }
        (Some(a), Some(b)) if a != b => return None,
        (a, b) => a.or(b),
    };
    all.time = match (first.time, second.time) {
        (Some(TimeOfDay::After(a)), Some(TimeOfDay::Before(b)))
        | (Some(TimeOfDay::Before(b)), Some(TimeOfDay::After(a))) => Some(TimeOfDay::Between(a, b)),
        (Some(_), Some(_)) => return None,
        (a, b) => a.or(b),
    };
    // "weekday mornings": the plural says every day, the weekdays say which.
    let is_plural_part = second.every == Some(Every::on(Every::DAILY)) && second.part.is_some();
    all.every =
        if is_plural_part { first.every.or(second.every) } else { exclusive(all.every, second.every)? };
    all.bound = exclusive(first.bound, second.bound)?;
    all.shift = exclusive(first.shift, second.shift)?;
    all.lasting = exclusive(first.lasting, second.lasting)?;
    let is_moved = !matches!(all.shift, None | Some(Shift::SameTime { .. }));
    if is_moved && (all.days.is_some() || all.time.is_some() || all.part.is_some()) {
        return None;
    }
    all.range = exclusive(first.range.clone(), second.range)?;
    Some(all)
}

/// A plain weekday beside more than a week: "Monday this month".
fn weekday_within<'d>(first: &'d Expression, second: &'d Expression) -> Option<(Weekday, &'d Days)> {
    let weekday = |expression: &Expression| match expression.days {
        Some(Days::Weekday(weekday, Which::Latest))
            if expression.every.is_none() && expression.bound.is_none() =>
        {
            Some(weekday)
        }
        _ => None,
    };
    let within = |expression: &'d Expression| {
        let days = expression.days.as_ref().filter(|days| days.is_long() && joined(&MONDAY, days).is_none());
        days.filter(|_| expression.is_only_days())
    };
    (weekday(first).zip(within(second))).or_else(|| weekday(second).zip(within(first)))
}

/// One of two; absent when both are there.
#[expect(clippy::option_option, reason = "the outer layer says whether the two go together")]
pub(super) fn exclusive<T>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
    match (a, b) {
        (Some(_), Some(_)) => None,
        (a, b) => Some(a.or(b)),
    }
}

/// Two mentions of days that stand together and are one: "Friday, June 12", "Tuesday last week",
/// "March last year". Absent when they are two.
pub(super) fn joined(first: &Days, second: &Days) -> Option<Days> {
    joined_in_order(first, second).or_else(|| joined_in_order(second, first))
}

pub(super) fn joined_in_order(first: &Days, second: &Days) -> Option<Days> {
    match (first, second) {
        (Days::Weekday(weekday, Which::Latest), Days::Date { year, month, day, weekday: None }) => {
            Some(Days::Date { year: *year, month: *month, day: *day, weekday: Some(*weekday) })
        }
        (Days::Weekday(_, Which::Latest), Days::Known(date)) => Some(Days::Known(*date)),
        (
            Days::Weekday(weekday, Which::Latest | Which::Back(1)),
            Days::Unit { unit: Unit::Week, offset, slice: Slice::Whole },
        ) => Some(Days::Weekday(*weekday, Which::InWeek(*offset))),
        (Days::Weekday(weekday, Which::Latest), Days::AnchorUnit(Unit::Week, offset)) => {
            let within = Days::AnchorUnit(Unit::Week, *offset);
            Some(Days::NthOf(1, Nth::Weekday(*weekday), Box::new(within)))
        }
        (Days::Weekend(Which::Latest), within @ Days::Unit { unit: Unit::Week, .. }) => {
            Some(Days::NthOf(1, Nth::Weekend, Box::new(within.clone())))
        }
        // "Saturday last weekend"; its Friday is the one that opens it.
        (
            Days::Weekday(weekday @ (Weekday::Friday | Weekday::Saturday | Weekday::Sunday), Which::Latest),
            Days::Weekend(_),
        ) => {
            let week = Days::WeekOf(Box::new(second.clone()));
            Some(Days::NthOf(1, Nth::Weekday(*weekday), Box::new(week)))
        }
        // "Saturday a week ago".
        (day @ Days::Weekday(weekday, Which::Latest), Days::Offset(-7)) => {
            Some(Days::Near(Near::Weekday(*weekday), -1, Box::new(day.clone())))
        }
        // "Mon-Wed" of a week that stands apart.
        (
            Days::Between(first, last),
            Days::Unit { unit: Unit::Week, .. } | Days::WeekOf(_) | Days::Weekend(_),
        ) => {
            let within = |end: &Days| joined_in_order(end, second).map(Box::new);
            Some(Days::Between(within(first)?, within(last)?))
        }
        (Days::Weekday(weekday, Which::Latest), Days::WeekOf(_)) => {
            Some(Days::NthOf(1, Nth::Weekday(*weekday), Box::new(second.clone())))
        }
        (
            Days::Month { year: None, month, slice, .. },
            Days::Unit { unit: Unit::Year, offset, slice: Slice::Whole },
        ) => Some(Days::Month { year: None, month: *month, which: Which::InWeek(*offset), slice: *slice }),
        (Days::Date { year: None, month: None, day, .. }, Days::Unit { unit: Unit::Month, .. }) => {
            Some(Days::NthOf(i64::from(*day), Nth::Day, Box::new(second.clone())))
        }
        (
            Days::Date { year: None, month: Some(month), day, .. },
            Days::Unit { unit: Unit::Year, offset, .. },
        ) => {
            let within =
                Days::Month { year: None, month: *month, which: Which::InWeek(*offset), slice: Slice::Whole };
            Some(Days::NthOf(i64::from(*day), Nth::Day, Box::new(within)))
        }
        // "a week ago yesterday".
        (Days::Offset(week), Days::Offset(days)) if *week == -7 && (-2..=0).contains(days) => {
            Some(Days::Offset(week + days))
        }
        // "a week ago today", "two weeks ago yesterday".
        (Days::Unit { unit: Unit::Week, offset, slice: Slice::Whole }, Days::Offset(days)) => {
            Some(Days::Offset(offset * 7 + days))
        }
        _ => None,
    }
}

fn is_of_business(part: PartOfDay) -> bool {
    part.part.is_of_hours()
}
