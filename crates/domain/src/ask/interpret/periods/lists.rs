//! What mentions in a list share: "yesterday at 3pm and 5pm" have one day, "Monday and Friday nights"
//! one part of the day, "this Monday and last Monday" are not the same one.

use std::ops::Range;

use super::{
    calendar::plus_days,
    clock::Sureness,
    cursor::Cursor,
    expression::{Amount, Days, Every, Expression, Nth, Shift, Slice, TimeOfDay, Which},
    found::{Found, Lead},
    frame::Frame,
    scattered::{put_within, scope_of},
    vocabulary,
};

/// Words before a mention that belong to the sentence, not to the time.
const LEADING: [&str; 8] = ["on", "in", "during", "over", "at", "for", "within", "throughout"];

impl Cursor<'_> {
    /// Whether a token follows a mention as the next item of a list.
    pub(super) fn is_listed(&self, last: &Found, at: usize) -> bool {
        at > last.end
            && at <= last.end + 3
            && (last.end..at).all(|between| self.is_list_glue(between))
            && (last.expression.part.is_some()
                || matches!(last.expression.time, Some(TimeOfDay::Between(..))))
    }

    /// "May 5 and 6", "the 4th and 5th": one more day of the same month.
    pub(super) fn listed_day(&self, last: &Found, at: usize) -> Option<(Expression, usize)> {
        let Some(Days::Date { year, month, weekday: None, .. }) = last.expression.days else { return None };
        let is_plain = last.expression == Expression::of_days(last.expression.days.clone()?);
        let is_next = at == last.end + 1
            && (self.is_word(last.end, &["and", "or"]) || self.is_mark(last.end, &[',', '&']));
        if !(is_plain || is_plural_on_day(&last.expression))
            || !is_next
            || self.date(at).is_some_and(|(days, _)| !matches!(days, Days::Date { month: None, .. }))
        {
            return None;
        }
        let in_digits =
            || self.free_digits(at).filter(|(_, digits)| *digits <= 2).map(|(day, _)| (day, at + 1));
        let (day, end) = self.ordinal(at).filter(|_| self.word(at).is_empty()).or_else(in_digits)?;
        let day = i8::try_from(day).ok().filter(|day| (1..=31).contains(day))?;
        let is_day =
            (self.is_end(end) || vocabulary::is_function_word(self.word(end))) && !self.is_mark(end, &[':']);
        is_day.then(|| (Expression::of_days(Days::Date { year, month, day, weekday: None }), end))
    }

    /// "Between 7 and 9 am and 4 and 6 pm": one more pair of hours.
    pub(super) fn listed_hours(&self, last: &Found, at: usize) -> Option<(Expression, usize)> {
        let is_pair = matches!(last.expression.time, Some(TimeOfDay::Between(..)));
        let is_between = (last.start..last.end).any(|at| self.is_word(at, &["between"]));
        if !is_pair || !is_between || at != last.end + 1 || !self.is_word(last.end, &["and", "or"]) {
            return None;
        }
        let (from, _, next) = self.clock(at)?;
        let (to, sureness, end) = self.clock(self.connector(next, true)?)?;
        let is_hours = sureness == Sureness::Sure || self.can_follow_hour(end);
        let time = Some(TimeOfDay::Between(from, to));
        is_hours.then(|| (Expression { time, ..Expression::default() }, end))
    }

    fn is_list_glue(&self, at: usize) -> bool {
        self.is_mark(at, &[',', '&', '/', '+'])
            || self.is_word(
                at,
                &[
                    "and", "or", "vs", "versus", "then", "also", "on", "at", "in", "the", "with", "to",
                    "than", "compare", "compared",
                ],
            )
    }

    /// Whether the words between two mentions make a list of them, not a comparison.
    fn is_list(&self, first: &Found, second: &Found) -> bool {
        let gap = first.end..second.start;
        (1..=4).contains(&gap.len())
            && gap.clone().all(|at| self.is_list_glue(at))
            && gap.clone().any(|at| {
                self.is_mark(at, &[',', '&', '/', '+'])
                    || self.is_word(at, &["and", "or", "vs", "versus", "than", "with", "to"])
            })
    }

    /// Gives each mention of a list what its neighbour says for both.
    pub(super) fn share(&self, found: &mut [Found], frame: &Frame<'_>) {
        for index in 1..found.len() {
            let (before, rest) = found.split_at_mut(index);
            let (Some(first), Some(second)) = (before.last_mut(), rest.first_mut()) else { continue };
            if self.is_list(first, second) {
                share_day(&mut first.expression, &mut second.expression);
                share_every(&mut first.expression, &mut second.expression);
                share_time(&first.expression, &mut second.expression);
                share_lead(first, second);
                share_plural(&first.expression, &mut second.expression);
            }
        }
        // From the end, since it is the last of "Monday, Tuesday and Friday nights" that says it for all.
        for index in (1..found.len()).rev() {
            let (before, rest) = found.split_at_mut(index);
            let (Some(first), Some(second)) = (before.last_mut(), rest.first_mut()) else { continue };
            if self.is_list(first, second) {
                share_part(&mut first.expression, &mut second.expression);
                share_scope(&mut first.expression, &second.expression);
            }
        }
        for index in 1..found.len() {
            let is_compared = (found[index - 1].end..found[index].start).any(|at| self.is_comparing(at))
                || (0..found[0].start).any(|at| self.is_comparing(at));
            let (before, rest) = found.split_at_mut(index);
            if let (Some(first), Some(second)) = (before.last_mut(), rest.first_mut()) {
                if is_compared {
                    share_stretch(&first.expression, &mut second.expression);
                }
                part_twins(&mut first.expression, &mut second.expression, frame, is_compared);
            }
        }
        if let [only] = found {
            self.part_from_previous(only, frame);
        }
    }

    /// "Compared with last Saturday" after a question about that very day: the Saturday before it.
    fn part_from_previous(&self, only: &mut Found, frame: &Frame<'_>) {
        let mut at = only.start;
        while at > 0 && only.start - at < 3 && self.is_word(at - 1, &LEADING) {
            at -= 1;
        }
        let before = at.wrapping_sub(1);
        let is_compared = self.is_word(before, &["vs", "versus", "than", "against"])
            || (self.is_word(before, &["with", "to"])
                && (before.saturating_sub(24)..before).any(|at| self.is_comparing(at)));
        let Some(days) = only.expression.days.as_mut().filter(|_| is_compared) else { return };
        let told = frame.calendar.candidate(days, 0).map(|span| (span.from, plus_days(span.to, -1)));
        if told.is_some() && told == frame.calendar.anchor {
            match days {
                Days::Weekday(weekday, Which::Latest) => *days = frame.calendar.before_latest(*weekday),
                _ if is_back(Some(&*days)) => one_further_back(days),
                _ => {}
            }
        }
    }

    /// The first token that tells something: "on Monday" is named "Monday".
    pub(super) fn first_telling(&self, found: &Range<usize>) -> usize {
        let mut first = found.start;
        // "Within an hour of closing" says on which side.
        let is_around = self.word(first) == "within" && found.clone().any(|at| self.word(at) == "of");
        while !is_around
            && first + 1 < found.end
            && (self.is_word(first, &LEADING) || self.is_mark(first, &['@', ',', '(']))
        {
            first += 1;
        }
        first
    }
}

fn share_day(first: &mut Expression, second: &mut Expression) {
    let has_day = |expression: &Expression| {
        expression.days.is_some() && expression.bound.is_none() && expression.every.is_none()
    };
    if second.is_only_of_day() && has_day(first) && (first.time.is_some() || first.part.is_some()) {
        second.days.clone_from(&first.days);
        if second.part.is_none() && second.time.is_some() {
            second.part = first.part;
        }
    } else if first.is_only_of_day() && has_day(second) && (second.time.is_some() || second.part.is_some()) {
        first.days.clone_from(&second.days);
        if first.part.is_none() && first.time.is_some() {
            first.part = second.part;
        }
    }
    // "the 5th and 6th of May".
    if let (
        Some(Days::Date { month: first_month @ None, year: first_year, .. }),
        Some(Days::Date { month: Some(month), year, .. }),
    ) = (&mut first.days, &second.days)
    {
        *first_month = Some(*month);
        *first_year = *year;
    }
}

/// "In the morning than in the evening on weekdays": both are of all of these days.
fn share_every(first: &mut Expression, second: &mut Expression) {
    let is_timed = |of: &Expression| of.every.is_some() && (of.part.is_some() || of.time.is_some());
    if first.is_only_of_day() && is_timed(second) {
        (first.every, first.days) = (second.every, second.days.clone());
    } else if second.is_only_of_day() && is_timed(first) {
        (second.every, second.days) = (first.every, first.days.clone());
    }
}

/// Gives the next item of a list what opened it.
fn share_lead(first: &Found, second: &mut Found) {
    let (is_bare, days) = (second.expression.is_only_days(), &first.expression.days);
    match first.lead {
        Lead::Weeks if first.expression.every.is_some() || !days.as_ref().is_some_and(Days::is_long) => {
            put_within(&mut second.expression, scope_of(&first.expression).as_ref());
        }
        Lead::Time if days.is_some() && is_bare && first.expression.bound.is_none() => {
            (second.expression.time, second.expression.part) = (first.expression.time, first.expression.part);
        }
        _ => return,
    }
    second.lead = first.lead;
}

/// Whether it is parts of the day on one day: "the mornings of Monday".
fn is_plural_on_day(expression: &Expression) -> bool {
    expression.every == Some(Every::on(Every::DAILY))
        && expression.part.is_some()
        && expression.time.is_none()
        && expression.bound.is_none()
        && matches!(expression.days, Some(Days::Weekday(..) | Days::Date { .. }))
}

/// "The mornings of Monday and Tuesday": the plural that opens the list is of each.
fn share_plural(first: &Expression, second: &mut Expression) {
    let is_day = matches!(second.days, Some(Days::Weekday(..) | Days::Date { .. }));
    if is_plural_on_day(first) && is_day && second.is_only_days() && second.every.is_none() {
        (second.every, second.part) = (first.every, first.part);
    }
}

/// "Monday and Tuesday last week", "weekdays and weekends in April": the week that closes a list is that of
/// all its days; "Monday and Monday last week" are two of a name.
fn share_scope(first: &mut Expression, second: &Expression) {
    let is_same = match (&first.days, &second.days) {
        (Some(Days::Weekday(a, _)), Some(Days::Weekday(b, _))) => a == b,
        (Some(Days::Weekend(_)), Some(Days::NthOf(_, Nth::Weekend, _))) => true,
        _ => false,
    };
    let is_scope_alone = second.every.is_none() && second.days.as_ref().is_some_and(Days::is_long);
    if !is_same && !is_scope_alone {
        put_within(first, scope_of(second).as_ref());
    }
}

/// "2–4pm yesterday with the day before": the same hours, because like is compared with like.
fn share_time(first: &Expression, second: &mut Expression) {
    let is_day = matches!(second.days, Some(Days::AnchorDay(_)))
        && second.days.clone().is_some_and(|days| *second == Expression::of_days(days));
    if is_day && (first.part.is_some() || first.time.is_some()) {
        second.shift = Some(Shift::SameTime { is_now: false });
    }
}

/// "More today than at this time yesterday": as much of it as of the one that still runs.
fn share_stretch(first: &Expression, second: &mut Expression) {
    let is_running =
        matches!(first.days, Some(Days::Offset(0) | Days::Unit { offset: 0, slice: Slice::Whole, .. }));
    if is_running && first.is_only_days() && second.shift == Some(Shift::SameTime { is_now: true }) {
        second.shift = Some(Shift::SameTime { is_now: false });
    }
}

/// "Monday and Friday nights", "Monday and Tuesday between 2 and 4pm".
fn share_part(first: &mut Expression, second: &mut Expression) {
    let is_weekday = |expression: &Expression| matches!(expression.days, Some(Days::Weekday(..)));
    // Hours are said for both days; "yesterday and this morning" are a day and a part of another.
    let is_hours =
        matches!(second.time, Some(TimeOfDay::Between(..) | TimeOfDay::After(_) | TimeOfDay::Before(_)));
    if first.is_only_days()
        && is_hours
        && second.part.is_none()
        && second.bound.is_none()
        && second.days.is_some()
    {
        first.time = second.time;
    }
    let is_bare =
        first.part.is_none() && first.time.is_none() && first.bound.is_none() && first.every.is_none();
    if is_weekday(first) && is_weekday(second) && is_bare && second.bound.is_none() {
        // The plural is that of the list: one night of each, and the latest that has begun.
        if second.every == Some(Every::on(Every::DAILY)) {
            second.every = None;
        }
        first.part = second.part;
        first.time = second.time;
    }
}

/// "this Monday and last Monday", "the weekend and last weekend": where both would be the same days,
/// the last one is the one before.
fn part_twins(first: &mut Expression, second: &mut Expression, frame: &Frame<'_>, is_compared: bool) {
    // "The last 7 days with the previous 7 days": the second are those before.
    if let (Some(Days::Rolling(amount)), true) = (&first.days, first == second) {
        let before = Shift::Beside(Amount { count: -amount.count, ..*amount });
        *second = Expression::of_shift(before);
        return;
    }
    let is_other_time = first.part != second.part || first.time != second.time;
    let same = |a: &Days, b: &Days| frame.calendar.candidate(a, 0) == frame.calendar.candidate(b, 0);
    let (Some(a), Some(b)) = (&mut first.days, &mut second.days) else { return };
    let are_of_a_kind =
        matches!((&*a, &*b), (Days::Weekday(..), Days::Weekday(..)) | (Days::Weekend(_), Days::Weekend(_)));
    if !same(a, b) || (is_other_time && !are_of_a_kind) {
        return;
    }
    // "Yesterday against last Saturday", on a Sunday, too.
    match (is_back(Some(a)), is_back(Some(b))) {
        (false, true) => one_further_back(b),
        (true, false) => one_further_back(a),
        _ if !is_compared => {}
        // "Today against Sunday", on a Sunday.
        _ => match (&*a, &*b) {
            (Days::Weekday(..), Days::Weekday(..)) => {}
            (_, Days::Weekday(weekday, Which::Latest)) => *b = frame.calendar.before_latest(*weekday),
            (Days::Weekday(weekday, Which::Latest), _) => *a = frame.calendar.before_latest(*weekday),
            _ => {}
        },
    }
}

/// "Last Saturday", "last weekend".
fn is_back(days: Option<&Days>) -> bool {
    matches!(days, Some(Days::Weekday(_, Which::Back(1)) | Days::Weekend(Which::Back(1))))
}

fn one_further_back(days: &mut Days) {
    if let Days::Weekday(_, which) | Days::Weekend(which) = days {
        *which = Which::Back(2);
    }
}
