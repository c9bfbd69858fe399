//! Mentions that stand apart and say one time together: "on Saturday in the lobby between 8 and 9", "this
//! week at the dock on Monday". Each lacks what the other says; a list or a comparison keeps them apart.

use std::{borrow::Cow, ops::Range};

use super::{
    combine::{joined, merged},
    cursor::Cursor,
    expression::{Days, Expression, Near, Slice, Unit, Which},
    found::{Found, Lead},
    frame::Frame,
    vocabulary,
};

/// Words that may stand between a mention and what lists it or takes it away.
const LEADING: [&str; 7] = ["on", "in", "at", "during", "the", "for", "from"];

impl Cursor<'_> {
    /// Joins neighbours that are one time, and gives a time or part of the day that stays alone the days
    /// of its neighbour.
    pub(super) fn gather(&self, found: &mut Vec<Found>, frame: &Frame<'_>) {
        // What has a day waits for its time of the day, days for the week that they lie in.
        let mut at = 0;
        while at + 1 < found.len() {
            match self.as_one(&found[at], &found[at + 1]) {
                Some(both) => {
                    found.splice(at..at + 2, [both]);
                    at = at.saturating_sub(1);
                }
                None => at += 1,
            }
        }
        for at in 0..found.len() {
            if found[at].expression.is_only_of_day() {
                let is_out = found[at].is_left_out;
                let dated = |other: &&Found| {
                    let told = &other.expression;
                    let is_timed = told.time.is_some() || told.part.is_some();
                    (is_timed || is_out) && told.range.is_none() && told.bound.is_none()
                };
                let before = at.checked_sub(1).and_then(|before| found.get(before)).filter(dated);
                let neighbour = before.or_else(|| found.get(at + 1).filter(dated));
                let days = neighbour.and_then(|dated| dated.expression.days.clone());
                let there = Expression { days, ..found[at].expression.clone() };
                // "More this morning than at night" is not of the night to come.
                if frame.single(&there).is_some_and(|interval| frame.has_begun(&interval)) {
                    found[at].expression = there;
                }
            }
        }
        // "Any day but Monday last week": what is taken away may name the week of all of it.
        for at in 1..found.len() {
            let (before, out) = (&found[at - 1].expression, &found[at]);
            if out.is_left_out
                && !found[at - 1].is_left_out
                && before.every.is_some()
                && before.days.is_none()
            {
                found[at - 1].expression.days = scope_of(&out.expression);
            }
        }
        // "Last week except Monday" is without its own Monday.
        for at in (0..found.len()).filter(|at| found[*at].is_left_out).collect::<Vec<_>>() {
            let (before, after) = (found[..at].iter().rev(), found[at + 1..].iter());
            let whole = before.chain(after).find(|other| !other.is_left_out);
            let scope = whole.and_then(|whole| scope_of(&whole.expression));
            put_within(&mut found[at].expression, scope.as_ref());
        }
    }

    /// Two neighbours as one mention, if they are one.
    fn as_one(&self, first: &Found, second: &Found) -> Option<Found> {
        if first.is_left_out || second.is_left_out || self.is_set_against(first, second) {
            return None;
        }
        let (a, b) = (&first.expression, &second.expression);
        let is_of_hours = |of: &Expression| of.part.is_some_and(|part| part.part.is_of_hours());
        // "Overnight … while we were closed": the night says more.
        if a.is_only_of_day() && b.is_only_of_day() && is_of_hours(a) != is_of_hours(b) {
            let expression = merged(a, b.clone())?;
            return Some(both(first, second, expression, Lead::Time));
        }
        let is_ahead = waits_for_day(a) && !waits_for_day(b);
        let (dated, timed) = if is_ahead { (b, a) } else { (a, b) };
        let expression = if waits_for_day(timed) {
            lacks_time(dated, timed).then(|| merged(dated, timed.clone())).flatten()?
        } else {
            self.within_another(first, second)?
        };
        let lead = match (is_ahead, first.expression.days.as_ref().is_some_and(Days::is_long)) {
            (true, _) => Lead::Time,
            (_, true) => Lead::Weeks,
            _ => first.lead,
        };
        Some(both(first, second, expression, lead))
    }

    /// "On Monday … last week", "this week … on Monday": days within the days of the other.
    fn within_another(&self, first: &Found, second: &Found) -> Option<Expression> {
        let gap = first.end..second.start;
        let is_compared = gap.clone().any(|at| self.is_comparing(at))
            || (gap.clone().any(|at| self.is_word(at, &["with", "to"]))
                && (0..first.start).any(|at| self.is_comparing(at)));
        let (a, b) = (&first.expression, &second.expression);
        let is_within = |inner: &Expression, outer: &Expression| {
            let is_short = matches!(
                inner.days,
                Some(Days::Weekday(..) | Days::Weekend(_) | Days::Date { .. } | Days::Between(..))
            ) || (inner.days.is_none() && inner.every.is_some());
            let is_of_weekend = matches!(outer.days, Some(Days::Weekend(_)))
                && matches!(inner.days, Some(Days::Weekday(..) | Days::Between(..)));
            let is_timed = |of: &Expression| of.part.is_some() || of.time.is_some();
            let days = Expression { part: None, time: None, ..outer.clone() };
            is_short
                && days.is_only_days()
                && (outer.days.as_ref().is_some_and(Days::is_long) || is_of_weekend)
                && !(is_timed(inner) && is_timed(outer))
        };
        if is_compared || !(is_within(a, b) || is_within(b, a)) {
            return None;
        }
        merged(a, b.clone())
    }

    pub(super) fn is_comparing(&self, at: usize) -> bool {
        self.is_word(
            at,
            &[
                "vs",
                "versus",
                "than",
                "compare",
                "compared",
                "compares",
                "comparison",
                "comparing",
                "against",
            ],
        )
    }

    /// Whether a word right before the second mention makes a list or a comparison of the two.
    fn is_set_against(&self, first: &Found, second: &Found) -> bool {
        let mut at = second.start;
        while at > first.end && second.start - at < 3 && self.is_word(at - 1, &LEADING) {
            at -= 1;
        }
        let before = at.wrapping_sub(1);
        at > first.end
            && (self.is_comparing(before)
                || self.is_mark(before, &['&', '+', '/'])
                || self.is_word(before, &["and", "or", "nor", "to", "then", "with"]))
    }

    /// "Not in the morning", "except Sunday", "weekend aside": what a mention takes away from the others.
    pub(super) fn is_taken_away(&self, first: usize, end: usize, last: Option<&Found>) -> bool {
        let mut at = first;
        while at > 0 && first - at < 3 && self.is_word(at - 1, &LEADING) && !self.is_word(at - 1, &["from"]) {
            at -= 1;
        }
        let is_listed = last.is_some_and(|last| {
            last.is_left_out && last.end + 1 == at && self.is_word(last.end, &["and", "or", "nor"])
        });
        let is_other = self.is_word(at, &["before", "after", "until", "later", "earlier", "since"]);
        let is_before = match self.word_before(at) {
            "except" | "excluding" | "excepting" | "neither" | "without" | "minus" | "ignoring"
            | "omitting" => true,
            // "Did she come or not today?"
            "not" => !(is_other || at >= 2 && self.word(at - 2) == "or"),
            "from" => at >= 2 && self.is_word(at - 2, &["apart", "aside"]),
            "than" => at >= 2 && self.word(at - 2) == "other",
            "counting" => at >= 2 && self.word(at - 2) == "not",
            "out" => at >= 2 && self.is_word(at - 2, &["leaving", "leave"]),
            // "Which day but Monday", too.
            "but" => {
                let is_of_days = at >= 2 && self.is_word(at - 2, &["day", "days"]);
                self.takes_day_away(at - 1) && (is_of_days || last.is_some_and(|last| last.end + 1 == at))
            }
            _ => false,
        };
        is_listed || is_before || self.set_aside(end).is_some()
    }

    /// Where a mention begins that is taken away by a word that means something else elsewhere: "without the
    /// weekend" is no word to search for.
    pub(super) fn taken_from(&self, start: usize) -> usize {
        let mut at = start;
        while at > 0 && start - at < 3 && self.is_word(at - 1, &LEADING) {
            at -= 1;
        }
        let is_said = self.is_word(at.wrapping_sub(1), &["without", "minus", "ignoring", "omitting"]);
        if is_said { at - 1 } else { start }
    }

    /// Where "not" stands before a mention, so that its name says what it means.
    pub(super) fn denied_from(&self, start: usize) -> usize {
        let mut at = start;
        while at > 0 && start - at < 3 && self.is_word(at - 1, &LEADING) {
            at -= 1;
        }
        if self.is_word(at.wrapping_sub(1), &["not", "except", "excluding", "without"]) {
            at - 1
        } else {
            start
        }
    }

    /// "But Monday", "except on Sunday", "but the weekend": takes a day of the week away.
    pub(super) fn takes_day_away(&self, at: usize) -> bool {
        let is_out = self.is_word(at, &["but", "except", "excluding", "excepting", "without", "minus"]);
        let day = self.skip_word(self.skip_word(at + 1, &["for", "on", "at"]), &["a", "the", "last", "this"]);
        let is_weekly =
            vocabulary::weekday(self.word(day)).is_some() || self.is_word(day, &["weekend", "weekends"]);
        // "Last night but today" takes nothing away.
        let is_of_days = self.is_word(at.wrapping_sub(1), &["day", "days", "week", "month"]);
        is_out && (is_weekly || (is_of_days && self.is_word(day, &["today", "yesterday"])))
    }

    /// "… aside", "… not included": the position behind the words that take away what ends here.
    pub(super) fn set_aside(&self, end: usize) -> Option<usize> {
        let is_word = self.is_word(end, &["aside", "excluded", "excepted", "apart"]) && self.is_end(end + 1);
        let are_two = self.are_words(end, &["left", "out"])
            || (self.word(end) == "not" && self.is_word(end + 1, &["included", "counted"]));
        is_word.then_some(end + 1).or(are_two.then_some(end + 2))
    }

    /// How a mention is called: its own words, the days before the time of the day where others stand
    /// between them.
    pub(super) fn words<'t>(&self, text: &'t str, found: &Found) -> Option<Cow<'t, str>> {
        // "Weekday evenings (6-8pm) last week": the bracket that a piece opens is closed behind it.
        let close = |mut piece: Range<usize>| {
            let opened = piece.clone().filter(|at| self.is_mark(*at, &['('])).count();
            let closed = piece.clone().filter(|at| self.is_mark(*at, &[')'])).count();
            if opened > closed && self.is_mark(piece.end, &[')']) && piece.start < piece.end {
                piece.end += 1;
            }
            piece
        };
        let bytes = |from: usize, to: usize| {
            text.get(self.tokens.get(from)?.start..self.tokens.get(to.checked_sub(1)?)?.end)
        };
        // "When the shop was open" is named with its place.
        if found.expression.is_of_business() && self.place_within(&(found.start..found.end)).is_some() {
            return bytes(self.first_telling(&(found.start..found.end)), found.end).map(Cow::Borrowed);
        }
        let mut pieces: Vec<Range<usize>> = found.pieces().into_iter().map(close).collect();
        if let [only] = pieces.as_slice() {
            return bytes(self.first_telling(only), only.end).map(Cow::Borrowed);
        }
        if found.lead == Lead::Time {
            pieces.rotate_left(1);
        }
        let mut words = String::new();
        for piece in &pieces {
            // "At 3pm" is read from the "3pm".
            let is_led = self.is_word(piece.start.wrapping_sub(1), &["at", "on", "in"]);
            let from =
                if words.is_empty() { self.first_telling(piece) } else { piece.start - usize::from(is_led) };
            let told = bytes(from, piece.end)?;
            if words.is_empty() {
                words.push_str(told);
            } else {
                words.push(' ');
                // What opened the sentence stands within it now.
                let is_name = vocabulary::weekday(self.word(from)).is_some()
                    || vocabulary::month(self.word(from)).is_some();
                let mut chars = told.chars();
                match chars.next().filter(|_| from == 0 && !is_name) {
                    Some(first) => words.extend(first.to_lowercase().chain(chars)),
                    None => words.push_str(told),
                }
            }
        }
        Some(Cow::Owned(words))
    }
}

/// Two mentions as one, what stands between them left to others.
fn both(first: &Found, second: &Found, expression: Expression, lead: Lead) -> Found {
    let mut gaps = first.gaps.clone();
    gaps.push(first.end..second.start);
    gaps.extend(second.gaps.iter().cloned());
    Found { expression, start: first.start, end: second.end, gaps, lead, is_left_out: false }
}

/// Whether a time or part of the day, or what is before or after it, waits for its day.
fn waits_for_day(expression: &Expression) -> bool {
    Expression { bound: None, ..expression.clone() }.is_only_of_day()
}

/// Whether days wait for a time of the day that another mention has.
fn lacks_time(dated: &Expression, timed: &Expression) -> bool {
    let is_free = match (dated.part.is_some(), dated.time.is_some()) {
        (_, true) => false,
        (true, false) => timed.part.is_none(),
        (false, false) => true,
    };
    let is_one_day = dated.every.is_none()
        && matches!(
            dated.days,
            Some(
                Days::Offset(_)
                    | Days::Weekday(..)
                    | Days::Date { .. }
                    | Days::Known(_)
                    | Days::Near(Near::Day | Near::Weekday(_), ..)
            )
        );
    is_free
        && (timed.bound.is_none() || is_one_day)
        && dated.range.is_none()
        && dated.lasting.is_none()
        && (dated.days.is_some() || dated.every.is_some())
}

/// The week, month or year that a mention names around its days.
pub(super) fn scope_of(expression: &Expression) -> Option<Days> {
    match expression.days.as_ref()? {
        Days::Weekday(_, Which::InWeek(offset)) => {
            Some(Days::Unit { unit: Unit::Week, offset: *offset, slice: Slice::Whole })
        }
        Days::NthOf(_, _, within) => Some((**within).clone()),
        // "Wednesday to Friday last week".
        Days::Between(first, last) => {
            [last, first].into_iter().find_map(|end| scope_of(&Expression::of_days((**end).clone())))
        }
        days if days.is_long() => Some(days.clone()),
        _ => None,
    }
}

/// Puts days that say no week of their own into that of others.
pub(super) fn put_within(expression: &mut Expression, scope: Option<&Days>) {
    let Some(scope) = scope else { return };
    match &expression.days {
        None if expression.every.is_some() => expression.days = Some(scope.clone()),
        // "Monday to Wednesday and Friday last week".
        Some(days @ Days::Between(..)) if scope_of(&Expression::of_days(days.clone())).is_none() => {
            let Days::Between(first, last) = days else { return };
            if let (Some(first), Some(last)) = (joined(first, scope), joined(last, scope)) {
                expression.days = Some(Days::Between(Box::new(first), Box::new(last)));
            }
        }
        Some(days @ (Days::Weekday(..) | Days::Weekend(_))) => {
            if let Some(within) = joined(days, scope) {
                expression.days = Some(within);
            }
        }
        _ => {}
    }
}
