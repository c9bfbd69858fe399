//! The grammar of a mention: pieces that stand side by side (days, a part of the day, a clock time, a
//! repetition) fill the slots of one expression; ranges and bounds join two ends. A piece that does not
//! fit ends the mention, so reading is linear in the number of tokens.

use super::{
    clock::Sureness,
    combine::{as_bound_of_clock, meet, merged, ranged},
    cursor::Cursor,
    expression::{Bound, Days, Expression, Part, PartOfDay, Slice, TimeOfDay},
    found::Lead,
    vocabulary,
};

type Read = (Expression, usize);

/// Words that stand between the pieces of one mention and mean nothing by themselves.
const GLUE: [&str; 14] = [
    "on",
    "in",
    "at",
    "during",
    "over",
    "for",
    "of",
    "throughout",
    "within",
    "through",
    "but",
    "only",
    "from",
    "sometime",
];

/// A mention holds at most so many pieces; no English one holds more.
const PIECES_MAX: usize = 8;

impl Cursor<'_> {
    /// The mention that starts at a token, and the token behind it. `is_listed` says that it stands
    /// behind another one with "and" between.
    pub(super) fn mention(&self, at: usize, is_listed: bool) -> Option<(Expression, usize, Lead)> {
        let (expression, next) = self.piece(at, &Expression { ..Expression::default() }, is_listed)?;
        let lead = match &expression.days {
            None if expression.is_only_of_day() => Lead::Time,
            // "Between 8 and 9 on Saturday" is one piece.
            Some(_) if expression.time.is_some() && self.is_day_last(at, next) => Lead::Time,
            Some(days) if days.is_long() => Lead::Weeks,
            _ => Lead::Days,
        };
        let (expression, next) = self.joined_pieces(expression, next);
        Some((expression, next, lead))
    }

    /// What was read, with the pieces behind it.
    pub(super) fn joined_pieces(&self, mut expression: Expression, mut next: usize) -> Read {
        for _ in 1..PIECES_MAX {
            if let Some((joined, end)) = self.range_to(&expression, next) {
                (expression, next) = (joined, end);
                continue;
            }
            let found = self.second_bound(&expression, next).or_else(|| self.next_piece(&expression, next));
            let found = found.filter(|(_, end)| self.set_aside(*end).is_none());
            let Some((joined, end)) = found else { break };
            (expression, next) = (joined, end);
        }
        (expression, next)
    }

    /// "After 3pm and before 5pm", "after Monday but before Thursday": both hold, unless nothing lies between.
    fn second_bound(&self, first: &Expression, at: usize) -> Option<Read> {
        let next = if self.is_mark(at, &[',']) { at + 1 } else { at };
        if !self.is_word(next, &["and", "but"]) {
            return None;
        }
        self.bound_word(next + 1)?;
        let (second, end) = self.bound(next + 1)?;
        let (first, second) = (as_bound_of_clock(first.clone()), as_bound_of_clock(second));
        if !meet(&first, &second) {
            return None;
        }
        Some((merged(&first, second)?, end))
    }

    fn is_day_last(&self, start: usize, end: usize) -> bool {
        (start + 1..end).any(|at| self.days(at).is_some_and(|(_, behind)| behind == end))
    }

    /// One more piece, with the glue before it.
    fn next_piece(&self, expression: &Expression, at: usize) -> Option<Read> {
        let mut start = at;
        if self.is_mark(start, &[',', '(', '@']) {
            start += 1;
        }
        // With and without the glue: "after" is a piece, "of" is not.
        let direct = self
            .piece(start, expression, false)
            .and_then(|(piece, end)| Some((merged(expression, piece)?, end)));
        if direct.is_some() {
            return direct;
        }
        // "Every day but Tuesday" is no Tuesday.
        if self.takes_day_away(start) {
            return None;
        }
        let mut glued = start;
        while glued < start + 3 && (self.is_word(glued, &GLUE) || self.is_mark(glued, &['@'])) {
            glued += 1;
        }
        if glued == start {
            return None;
        }
        let (piece, end) = self.piece(glued, expression, false)?;
        Some((merged(expression, piece)?, end))
    }

    fn piece(&self, at: usize, so_far: &Expression, is_listed: bool) -> Option<Read> {
        self.beside_clock(at)
            .or_else(|| self.hours_or_bound(at))
            .or_else(|| self.range(at))
            .or_else(|| self.repetition(at))
            .or_else(|| self.simple(at, so_far, is_listed))
    }

    /// A piece without a range or a bound.
    fn simple(&self, at: usize, so_far: &Expression, is_listed: bool) -> Option<Read> {
        self.iso_date(at)
            .or_else(|| self.portion(at))
            .or_else(|| self.shift_from_now(at))
            .or_else(|| self.shift_from_anchor(at))
            .or_else(|| self.part_with_day(at))
            .or_else(|| self.date_range(at))
            .or_else(|| self.near_each(at))
            .or_else(|| self.days(at).map(|(days, end)| (Expression::of_days(days), end)))
            .or_else(|| self.early_or_late_day(at))
            .or_else(|| {
                self.bare_part(
                    at,
                    is_listed || so_far.days.is_some() || so_far.every.is_some() || so_far.time.is_some(),
                )
            })
            .or_else(|| self.clock_range(at, is_listed || so_far.days.is_some()))
            .or_else(|| self.clock_piece(at))
    }

    /// "late yesterday", "early on Monday", "first thing Friday".
    fn early_or_late_day(&self, at: usize) -> Option<Read> {
        let (slice, next) = self.slice(at);
        let part = match slice {
            Slice::Early => PartOfDay { part: Part::Morning, slice: Slice::Early },
            Slice::Late => PartOfDay { part: Part::LateInDay, slice: Slice::Whole },
            Slice::Whole | Slice::Mid => return None,
        };
        let next = self.skip_word(next, &["on"]);
        let (days, end) = self.days(next)?;
        let is_day = matches!(days, Days::Offset(_) | Days::Weekday(..) | Days::Date { .. });
        if !is_day {
            return None;
        }
        // "late Friday night" is late in the night.
        let named = vocabulary::part(self.word(end)).filter(|(_, is_plural)| !is_plural);
        let (part, end) = named.map_or((part, end), |(part, _)| (PartOfDay { part, slice }, end + 1));
        Some((Expression { days: Some(days), part: Some(part), ..Expression::default() }, end))
    }

    /// Whether what follows a bare number lets it be an hour.
    pub(super) fn can_follow_hour(&self, at: usize) -> bool {
        self.is_end(at)
            || self.is_dash(at)
            || self.is_mark(at, &['(', '&'])
            || vocabulary::is_function_word(self.word(at))
            || self.is_word(
                at,
                &[
                    "yesterday",
                    "today",
                    "tonight",
                    "tomorrow",
                    "this",
                    "last",
                    "that",
                    "every",
                    "each",
                    "overnight",
                    "on",
                ],
            )
            || vocabulary::weekday(self.word(at)).is_some()
            || (vocabulary::month(self.word(at)).is_some() && self.digits(at + 1).is_some())
            || self.iso(at).is_some()
            || vocabulary::part(self.word(at)).is_some()
    }

    /// A clock time as a piece: bare numbers only where they are asked for.
    pub(super) fn clock_piece(&self, at: usize) -> Option<Read> {
        let (clock, sureness, end) = self.clock(at)?;
        // "About 5 or 6 people".
        let is_about = clock.is_about && !self.is_word(end, &["or", "to"]);
        let is_asked = is_about
            || self.is_word(at, &["at"])
            || self.is_word(at.wrapping_sub(1), &["at"])
            || self.is_mark(at.wrapping_sub(1), &['@']);
        let is_first = at == 0 && self.digits(at).is_some() && self.part_with_day(end).is_some();
        let is_in_part =
            self.is_word(end, &["in"]) && self.bare_part(end, false).is_some() && self.digits(at).is_some();
        let is_time = match sureness {
            Sureness::Sure => true,
            Sureness::Bare => (is_asked && self.can_follow_hour(end)) || is_first || is_in_part,
            Sureness::Digits => is_asked && self.can_follow_hour(end),
        };
        is_time.then(|| (Expression { time: Some(TimeOfDay::Point(clock)), ..Expression::default() }, end))
    }

    /// "Since Sunday noon until yesterday noon": one range. "Since Monday until 3pm" are hours of each day.
    pub(super) fn since_until(&self, bound: Bound, first: &Expression, at: usize) -> Option<Read> {
        if bound != Bound::Since || !self.is_word(at, &["until", "till", "til", "up"]) {
            return None;
        }
        let (second, end) = self.end_of_range(self.connector(at, false)?, false)?;
        let are_points = first.point().is_some() && second.point().is_some();
        let is_end = second.days.is_some() || second.shift.is_some() || are_points;
        Some((ranged(first.clone(), second).filter(|_| is_end)?, end))
    }

    /// "after hours" is a part of the day; any other "after" is a bound.
    fn hours_or_bound(&self, at: usize) -> Option<Read> {
        if let Some(found) = self.outside_hours(at) {
            return Some(found);
        }
        let is_hours = self.is_word(at, &["after", "outside", "out", "off", "non", "outwith"]);
        if is_hours && let Some(found) = self.bare_part(at, true) {
            return Some(found);
        }
        if self.are_words(at, &["after", "dark"]) {
            let part = Self::whole(Part::Night);
            return Some((Expression { part: Some(part), ..Expression::default() }, at + 2));
        }
        self.bound(at)
    }
}
