//! What starts from the previous turn ("the day before", "an hour later", "that night", "same time
//! the day before") or from this very moment ("just now", "an hour ago", "this time yesterday").

use super::{
    combine::ranged,
    cursor::Cursor,
    expression::{Amount, Days, Expression, Part, PartOfDay, Shift, Slice, Unit},
    vocabulary,
};

type Read = (Expression, usize);

impl Cursor<'_> {
    /// "just now", "currently", "recently", "10 minutes ago", "in 2 hours".
    pub(super) fn shift_from_now(&self, at: usize) -> Option<Read> {
        let found = |shift: Shift, end: usize| Some((Expression::of_shift(shift), end));
        match self.word(at) {
            "just" | "right" if self.word(at + 1) == "now" => return found(Shift::JustNow, at + 2),
            "currently" | "presently" => return found(Shift::JustNow, at + 1),
            "at" if self.are_words(at + 1, &["the", "moment"])
                || self.are_words(at + 1, &["this", "moment"]) =>
            {
                return found(Shift::JustNow, at + 3);
            }
            "at" if self.word(at + 1) == "present" => return found(Shift::JustNow, at + 2),
            "moment" | "minute" | "moments" if self.word(at + 1) == "ago" => {
                return found(Shift::JustNow, at + 2);
            }
            "now" if self.is_now(at) => return found(Shift::JustNow, at + 1),
            "recently" | "lately" => return found(Shift::Recently, at + 1),
            "of" if self.word(at + 1) == "late" => return found(Shift::Recently, at + 2),
            _ => {}
        }
        if let Some((unit, end)) = self.last_but_one(at) {
            let ago = |count: i64| Expression::of_shift(Shift::Ago(Amount { unit, count }, false));
            return Some((ranged(ago(2), ago(1))?, end));
        }
        if let Some(end) = self.this_time(at) {
            return found(Shift::SameTime { is_now: true }, end);
        }
        // "Before 2 hours who came?": two hours ago.
        if let Some((amount, end)) = self.amount_before(at).filter(|(amount, _)| amount.unit.is_of_clock()) {
            return found(Shift::Ago(amount, false), end);
        }
        let about = self.about(at);
        let start = about.unwrap_or(at);
        if self.word(start) == "in"
            && let Some((amount, end)) = self
                .amount(self.about(start + 1).unwrap_or(start + 1))
                .filter(|(amount, _)| amount.unit.is_of_clock())
        {
            let is_future = self.is_end(end) && !self.is_word(at.wrapping_sub(1), &["with"]);
            return if is_future { found(Shift::Ahead(amount), end) } else { None };
        }
        let (amount, end) = self.amount(start)?;
        if !amount.unit.is_of_clock() {
            return None;
        }
        if self.is_word(end, &["ago", "back"]) {
            return found(Shift::Ago(amount, about.is_some()), end + 1);
        }
        if self.are_words(end, &["from", "now"]) {
            return found(Shift::Ahead(amount), end + 2);
        }
        None
    }

    /// "the hour before last".
    fn last_but_one(&self, at: usize) -> Option<(Unit, usize)> {
        let start = self.skip_word(at, &["in", "during"]);
        let start = self.skip_word(start, &["the"]);
        let unit =
            vocabulary::unit(self.word(start)).filter(|unit| matches!(unit, Unit::Minute | Unit::Hour))?;
        self.are_words(start + 1, &["before", "last"]).then_some((unit, start + 3))
    }

    /// "now" is a time where the question is about what is: "who is at the gate now", "now".
    fn is_now(&self, at: usize) -> bool {
        const ASKING: [&str; 13] = [
            "is",
            "are",
            "isnt",
            "arent",
            "whos",
            "whats",
            "wheres",
            "happening",
            "anyone",
            "anybody",
            "whose",
            "who",
            "what",
        ];
        if !self.is_end(at + 1)
            || self.is_word(
                at.wrapping_sub(1),
                &["what", "and", "so", "by", "until", "til", "till", "upto", "to"],
            )
        {
            return false;
        }
        // "Show me the dock now" is in a hurry; "people at the dock now" are there.
        let first = at.saturating_sub(12);
        let is_hurry = (first..at).any(|before| {
            self.is_word(
                before,
                &["show", "play", "open", "give", "bring", "go", "switch", "let", "stop", "start"],
            )
        });
        (!is_hurry && !self.has_anchor.get()) || (first..at).any(|before| self.is_word(before, &ASKING))
    }

    /// "this time", "at this time": the time of day that it is.
    fn this_time(&self, at: usize) -> Option<usize> {
        let start = self.skip_word(at, &["at", "around", "about", "by"]);
        let start = self.skip_word(start, &["around", "about"]);
        let is_this = self.word(start) == "this" && self.is_word(start + 1, &["time", "point", "stage"]);
        let is_same = !self.has_anchor.get() && self.same_time_at(start).is_some();
        if is_this {
            // "this time the camera": only with a day beside it.
            let next = self.skip_word(start + 2, &["of"]);
            let is_time = self.days(next).is_some() || (self.is_end(next) && start > at);
            return is_time.then_some(start + 2);
        }
        self.same_time_at(start).filter(|_| is_same)
    }

    fn same_time_at(&self, at: usize) -> Option<usize> {
        let start = self.skip_word(at, &["at", "around", "about", "during", "in", "over"]);
        let start = self.skip_word(start, &["the", "exactly", "roughly"]);
        if self.word(start) != "same" {
            return None;
        }
        match self.word(start + 1) {
            // "Three people at the same time yesterday" were there together.
            "time" if self.is_together(at) => return None,
            "time" | "times" | "period" | "hours" | "hour" | "window" | "days" | "weekdays" | "part"
            | "stretch" => {}
            _ => return None,
        }
        // "two men entered at the same time" names none: days stand beside it, or a turn before.
        let end = self.skip_word(start + 2, &["of", "on", "from", "for"]);
        let is_follow_up = self.has_anchor.get() && self.is_end(end);
        let is_time = is_follow_up || self.days(end).is_some() || self.named_from_anchor(end).is_some();
        is_time.then_some(end)
    }

    /// Whether what stands before "at the same time" are several: then it says that they were together.
    fn is_together(&self, at: usize) -> bool {
        let is_at = self.is_word(at, &["at"])
            || (at > 0 && self.is_word(at - 1, &["at"]))
            || (at > 1 && self.are_words(at - 2, &["at", "the"]));
        // "More this week than last week at the same time" compares, "more than three at the same time" counts.
        let is_compared = (at.saturating_sub(24)..at)
            .any(|before| self.is_comparing(before) && self.number(before + 1).is_none());
        is_at
            && !is_compared
            && (at.saturating_sub(24)..at).any(|before| {
                self.is_word(
                    before,
                    &["both", "several", "together", "many", "multiple", "more", "couple", "least"],
                ) || self.number(before).is_some_and(|(count, end)| {
                    count >= 2 && !self.is_end(end) && vocabulary::unit(self.word(end)).is_none()
                })
            })
    }

    /// What starts from the period of the previous turn. Nothing without one.
    pub(super) fn shift_from_anchor(&self, at: usize) -> Option<Read> {
        if !self.has_anchor.get() {
            return None;
        }
        if let Some(end) = self.same_time_at(at) {
            return Some((Expression::of_shift(Shift::SameTime { is_now: false }), end));
        }
        self.widened(at).or_else(|| self.named_from_anchor(at)).or_else(|| self.moved_from_anchor(at))
    }

    /// "the whole day", "and all week?": the day or the week around the period of the previous turn, where the
    /// words name no other.
    fn widened(&self, at: usize) -> Option<Read> {
        let idle = [
            "and", "what", "about", "how", "show", "me", "i", "mean", "meant", "no", "please", "make", "it",
            "actually", "wait", "sorry", "rather", "ok", "okay", "but", "well", "then", "for",
        ];
        if at > 4 || !(0..at).all(|before| self.is_word(before, &idle)) {
            return None;
        }
        let start = self.skip_word(at, &["for", "over", "during", "in"]);
        let start = self.skip_word(start, &["the", "that"]);
        if !self.is_word(start, &["whole", "entire", "full", "all"]) {
            return None;
        }
        let unit_at = self.skip_word(start + 1, &["the", "of", "that"]);
        let unit = vocabulary::unit(self.word(unit_at))?;
        let end = self.skip_word(unit_at + 1, &["please", "then"]);
        let days = match unit {
            Unit::Day => Days::AnchorDay(0),
            Unit::Week | Unit::Month | Unit::Quarter | Unit::Year => Days::AnchorUnit(unit, 0),
            _ => return None,
        };
        self.is_end(end).then(|| (Expression::of_days(days), unit_at + 1))
    }

    /// "that night", "the day before", "the next morning", "the week before", "the following day".
    fn named_from_anchor(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["on", "during", "in", "all", "later", "earlier"]);
        let the = self.skip_word(start, &["the", "that"]);
        let is_that = the > start && self.word(start) == "that";
        let lead = self.word(the);
        let (offset, name_at) = match lead {
            "same" if self.word(the + 1) != "time" => (0, the + 1),
            "next" | "following" if the > start || self.is_opening(at) => (1, the + 1),
            "previous" | "preceding" | "prior" if the > start || self.is_opening(at) => (-1, the + 1),
            _ => (0, the),
        };
        let (slice, name_at) = self.slice(name_at);
        let word = self.word(name_at);
        let mut end = name_at + 1;
        let mut offset = offset;
        let mut is_relative = is_that || offset != 0 || lead == "same";
        if the > start && offset == 0 {
            match self.word(end) {
                "before" | "prior" => (offset, end, is_relative) = (-1, end + 1, true),
                "after" | "afterwards" => (offset, end, is_relative) = (1, end + 1, true),
                _ => {}
            }
            // "the day before that": the rest adds nothing; "the day before May 3" is another thing.
            if offset != 0 {
                if self.is_word(end, &["that", "then", "it"]) {
                    end += 1;
                } else if self.is_word(end, &["last", "yesterday", "tomorrow"]) || self.days(end).is_some() {
                    return None;
                }
            }
        }
        if !is_relative {
            return None;
        }
        if let Some((part, false)) = vocabulary::part(word) {
            if vocabulary::is_qualified_by_part(self.word(end)) {
                return None;
            }
            let mut found = Expression::of_days(Days::AnchorDay(offset));
            found.part = Some(PartOfDay { part, slice });
            return Some((found, end));
        }
        if let Some(days) = self.near_anchor(name_at, offset).filter(|_| offset != 0) {
            return Some((Expression::of_days(days), end));
        }
        let unit = vocabulary::unit(word)?;
        // "The same day last week".
        if unit == Unit::Day && lead == "same" && self.are_words(end, &["last", "week"]) {
            return Some((Expression::of_days(Days::AnchorDay(-7)), end + 2));
        }
        let days = match unit {
            Unit::Day => Days::AnchorDay(offset),
            unit @ (Unit::Week | Unit::Month | Unit::Quarter | Unit::Year) => Days::AnchorUnit(unit, offset),
            unit @ (Unit::Hour | Unit::Minute) if offset != 0 => {
                return Some((Expression::of_shift(Shift::Anchor(Amount { unit, count: offset })), end));
            }
            _ => return None,
        };
        Some((Expression::of_days(days), end))
    }

    /// "Next day?", "and the day after": what follows up begins with it.
    pub(super) fn is_opening(&self, at: usize) -> bool {
        at == 0 || (at == 1 && self.is_word(0, &["and", "the", "or", "but", "only", "just", "then"]))
    }

    /// "an hour later", "10 minutes before that", "two days earlier", "after that".
    fn moved_from_anchor(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["about", "around", "just", "right", "shortly"]);
        match self.word(start) {
            "after" | "afterwards" | "since" if self.is_word(start + 1, &["that", "then"]) => {
                let is_pronoun = self.is_end(start + 2);
                return is_pronoun.then(|| (Expression::of_shift(Shift::AfterAnchor), start + 2));
            }
            "afterwards" => return Some((Expression::of_shift(Shift::AfterAnchor), start + 1)),
            "before" if self.is_word(start + 1, &["that", "then"]) && self.is_end(start + 2) => {
                return Some((Expression::of_shift(Shift::BeforeAnchor), start + 2));
            }
            "later"
                if self.is_end(start + 1) && start == at && self.is_word(at.wrapping_sub(1), &["and"]) =>
            {
                return Some((Expression::of_shift(Shift::AfterAnchor), start + 1));
            }
            _ => {}
        }
        let (amount, end) = self.amount(start)?;
        let sign = match self.word(end) {
            "later" | "after" | "afterwards" | "on" if self.word(end) != "on" => 1,
            "earlier" | "before" | "prior" => -1,
            _ => return None,
        };
        let next = end + 1;
        let next = if self.is_word(next, &["that", "then", "to"]) {
            self.skip_word(next + 1, &["that"])
        } else {
            next
        };
        // "10 minutes before noon" is another thing.
        if next == end + 1 && !self.is_end(next) && !vocabulary::is_function_word(self.word(next)) {
            return None;
        }
        if self.clock(next).is_some() {
            return None;
        }
        let count = amount.count * sign;
        // "The 7 days before" are all of them, "7 days before" is a day.
        let is_all = self.word(start.wrapping_sub(1)) == "the"
            && amount.count > 1
            && !self.is_word(end, &["later", "earlier"]);
        if is_all {
            return Some((Expression::of_shift(Shift::Beside(Amount { count, ..amount })), next));
        }
        let found = match amount.unit {
            Unit::Day => Expression::of_days(Days::AnchorDay(count)),
            unit => Expression::of_shift(Shift::Anchor(Amount { unit, count })),
        };
        Some((found, next))
    }

    /// The whole of a slice, for callers that need none.
    pub(super) fn whole(part: Part) -> PartOfDay {
        PartOfDay { part, slice: Slice::Whole }
    }
}
