//! Parts of the day: "last night", "this morning", "in the late afternoon", "overnight", "after
//! hours". A bare "morning" or "night" needs words around it that make it a time: "good morning" and
//! "night vision" name none.

use super::{
    cursor::Cursor,
    expression::{Days, Every, Expression, Near, Part, PartOfDay, Slice, TimeOfDay},
    vocabulary,
};

type Read = (Expression, usize);

/// What is said of hours of business: "office hours", "hours of operation".
const NAMES_OF_HOURS: [&str; 14] = [
    "business",
    "working",
    "office",
    "work",
    "opening",
    "open",
    "operating",
    "operation",
    "trading",
    "shop",
    "shopping",
    "store",
    "duty",
    "service",
];

fn of_part(part: Part, slice: Slice) -> Expression {
    Expression { part: Some(PartOfDay { part, slice }), ..Expression::default() }
}

fn on(days: Days, mut expression: Expression) -> Expression {
    expression.days = Some(days);
    expression
}

impl Cursor<'_> {
    /// A part of the day that names its own day: "last night", "tonight", "two nights ago".
    pub(super) fn part_with_day(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the", "all", "earlier", "later", "for"]);
        let (slice, next) = self.slice(start);
        let next = self.skip_word(next, &["the", "on", "in"]);
        let found = self.night_before_last(next, slice).or_else(|| self.part_of_near_day(next, slice));
        if found.is_some() {
            return found;
        }
        match self.word(next) {
            "tonight" | "tonights" => {
                return Some((on(Days::Tonight, of_part(Part::Night, slice)), next + 1));
            }
            "overnight" if !self.is_name(next) || vocabulary::names_a_thing(self.word_before(next)) => {
                let is_adjective = self.is_word(
                    next + 1,
                    &["parking", "delivery", "deliveries", "guard", "stay", "bag", "bags", "shift"],
                );
                let is_introduced = self.is_word(next.wrapping_sub(1), &["the", "for", "during"]);
                return (!is_adjective || !is_introduced).then(|| (of_part(Part::Night, slice), next + 1));
            }
            "this" | "last" | "yesterday" | "yesterdays" | "today" | "todays" | "tomorrow" | "next" => {}
            _ => return self.parts_ago(start),
        }
        let which = self.word(next);
        let (inner, part_at) = self.slice(next + 1);
        let (part, is_plural) = vocabulary::part(self.word(part_at))?;
        if is_plural {
            return None;
        }
        let slice = if inner == Slice::Whole { slice } else { inner };
        let days = match (which, part) {
            ("last", Part::Night) => Days::LastNight,
            ("this", Part::Night) => Days::Tonight,
            ("last" | "yesterday" | "yesterdays", _) => Days::Offset(-1),
            ("tomorrow" | "next", _) => Days::Offset(1),
            _ => Days::Offset(0),
        };
        if self.is_qualified(part_at + 1) && which != "last" && which != "yesterday" {
            return None;
        }
        Some((on(days, of_part(part, slice)), part_at + 1))
    }

    fn night_before_last(&self, at: usize, slice: Slice) -> Option<Read> {
        // "Last to last night."
        if let Some(behind) = self.last_to_last(at)
            && let Some((part, false)) = vocabulary::part(self.word(behind))
        {
            return Some((on(Days::Offset(-2), of_part(part, slice)), behind + 1));
        }
        let is_it = self.is_word(at, &["night", "evening"])
            && self.is_word(at + 1, &["before"])
            && self.is_word(at + 2, &["last", "yesterday"]);
        let (part, _) = vocabulary::part(self.word(at)).filter(|_| is_it)?;
        Some((on(Days::Offset(-2), of_part(part, slice)), at + 3))
    }

    /// "two nights ago", "3 mornings ago", "two nights before Christmas".
    fn parts_ago(&self, at: usize) -> Option<Read> {
        let (count, next) = self.count(at)?;
        let (part, _) = vocabulary::part(self.word(next))?;
        if let Some((sign, of_at)) = self.side(next + 1)
            && let Some((days, end)) =
                self.plain_days(of_at).filter(|(days, _)| !matches!(days, Days::Rolling(_)))
        {
            let near = Days::Near(Near::Day, sign * i64::from(count), Box::new(days));
            return Some((on(near, of_part(part, Slice::Whole)), end));
        }
        let is_ago = self.is_word(next + 1, &["ago", "back"]);
        is_ago.then(|| (on(Days::Offset(-i64::from(count)), of_part(part, Slice::Whole)), next + 2))
    }

    /// "early", "late", "mid-", "first thing", "the middle of".
    pub(super) fn slice(&self, at: usize) -> (Slice, usize) {
        match self.word(at) {
            "early" if self.is_word(at + 1, &["hours"]) => (Slice::Whole, at),
            "early" => (Slice::Early, at + 1),
            "late" => (Slice::Late, at + 1),
            "mid" => (Slice::Mid, self.skip_dash(at + 1)),
            "first" if self.word(at + 1) == "thing" => (Slice::Early, at + 2),
            "middle" | "dead" if self.word(at + 1) == "of" => (Slice::Mid, at + 2),
            "start" | "beginning" if self.word(at + 1) == "of" => (Slice::Early, at + 2),
            "end" if self.word(at + 1) == "of" => (Slice::Late, at + 2),
            _ => (Slice::Whole, at),
        }
    }

    fn is_qualified(&self, at: usize) -> bool {
        vocabulary::is_qualified_by_part(self.word(at))
    }

    /// A part of the day without a day. `is_expected` says that a day stands beside it, so that the
    /// bare word is enough.
    pub(super) fn bare_part(&self, at: usize, is_expected: bool) -> Option<Read> {
        if let Some(found) = self.hours_of_business(at).or_else(|| self.while_open_or_closed(at)) {
            return Some(found);
        }
        let mut start = self
            .skip_word(at, &["in", "during", "at", "by", "over", "through", "throughout", "on", "around"]);
        if self.word(start) == "all" {
            start += 1;
        }
        let has_introduction = start > at;
        let (outer, after_slice) = self.slice(start);
        let article = self.skip_word(after_slice, &["the", "that"]);
        let has_article = article > after_slice;
        // "that night" starts from what was spoken of, if anything was.
        if has_article && self.word(after_slice) == "that" {
            return None;
        }
        let (inner, part_at) = self.slice(article);
        let slice = if inner == Slice::Whole { outer } else { inner };
        if let Some(end) = self.small_hours(part_at) {
            return Some((of_part(Part::SmallHours, Slice::Whole), end));
        }
        // "By day" alone asks for days one by one.
        let has_night = self.is_word(part_at + 2, &["by", "at"]) && self.word(part_at + 3) == "night";
        if self.word(part_at) == "day"
            && self.is_word(at, &["during", "in", "by"])
            && (has_article || (self.word(at) == "by" && has_night))
        {
            let is_relative = self.is_word(part_at + 1, &["before", "after", "of"]);
            return (!is_relative).then(|| (of_part(Part::Daytime, Slice::Whole), part_at + 1));
        }
        let (part, is_plural) = vocabulary::part(self.word(part_at))?;
        let end = self.skip_word(part_at + 1, &["time", "hours", "shift"]);
        let is_before =
            self.is_word(part_at + 1, &["before", "after"]) && has_article && self.has_anchor.get();
        if is_before {
            return None;
        }
        let is_time = match part {
            Part::Dawn | Part::Dusk | Part::Daytime => {
                has_introduction || is_expected || self.is_end(end) || self.has_day(end)
            }
            Part::Lunch => {
                self.word(part_at) != "lunch"
                    || (has_introduction && self.word(at) != "in")
                    || end > part_at + 1
            }
            _ => {
                is_expected
                    || is_plural
                    // "And evening?" after a question about a day.
                    || (self.has_anchor.get() && self.is_opening(at) && self.is_end(end))
                    || slice != Slice::Whole
                    || self.word(part_at) == "nighttime"
                    // "In night", "in night time": without the article that others would say.
                    || (has_introduction
                        && self.word(at) == "in"
                        && (end > part_at + 1
                            || self.is_end(end)
                            || vocabulary::is_function_word(self.word(end))))
                    || self.is_shift(part_at + 1)
                    || self.is_of_many(at, part_at)
                    || (has_introduction
                        && (has_article || self.is_word(at, &["at", "by", "all", "through"])))
                    || (self.word(at) == "all" && has_introduction)
                    || (has_article
                        && (self.is_end(end)
                            || vocabulary::is_function_word(self.word(end))
                            || self.word(end) == "of"))
                    || (self.word(part_at + 1) == "of" && self.has_day(part_at + 2))
                    || self.has_day(end)
            }
        };
        let is_greeting = self.is_word(at.wrapping_sub(1), &["good"]);
        if !is_time || is_greeting || (self.is_qualified(end) && !is_plural) {
            return None;
        }
        let mut found = of_part(part, slice);
        if is_plural {
            found.every = Some(Every::on(Every::DAILY));
        }
        Some((found, end))
    }

    /// "Morning visitors yesterday", "how many night ambulances": the part says when they came. A "morning paper" and
    /// an "evening dress" are things, and "morning folks" greets.
    fn is_of_many(&self, at: usize, part_at: usize) -> bool {
        let opening = [
            "show", "me", "any", "all", "many", "count", "list", "of", "find", "and", "the", "those", "more",
        ];
        let many = self.word(part_at + 1);
        let is_plural = (many.len() > 3 && many.ends_with('s') && !many.ends_with("ss")) || many == "people";
        let is_greeting =
            matches!(many, "folks" | "guys" | "friends" | "ladies" | "gents" | "boys" | "girls");
        let is_unit = vocabulary::unit(many).is_some() || vocabulary::weekday(many).is_some();
        at == part_at && is_plural && !is_greeting && !is_unit && (at == 0 || self.is_word(at - 1, &opening))
    }

    /// "Night shift trucks", "the night shift summary"; a "night shift guard" is somebody.
    fn is_shift(&self, at: usize) -> bool {
        const CREW: [&str; 16] = [
            "guard",
            "guards",
            "worker",
            "workers",
            "staff",
            "team",
            "crew",
            "manager",
            "supervisor",
            "nurse",
            "nurses",
            "people",
            "person",
            "leader",
            "security",
            "officer",
        ];
        self.is_word(at, &["shift"]) && !self.is_word(at + 1, &CREW)
    }

    /// Whether a day stands here.
    fn has_day(&self, at: usize) -> bool {
        let at = self.skip_word(at, &["on", "of", "the"]);
        self.is_word(at, &["yesterday", "today", "tomorrow"])
            || vocabulary::weekday(self.word(at))
                .is_some_and(|_| !vocabulary::is_doubtful_weekday(self.word(at)))
            || self.ordinal(at).is_some()
            || self.iso(at).is_some()
            || (vocabulary::month(self.word(at)).is_some() && self.digits(at + 1).is_some())
    }

    /// "the small hours", "the early hours (of the morning)".
    fn small_hours(&self, at: usize) -> Option<usize> {
        let is_it = self.is_word(at, &["early", "small", "wee"]) && self.is_word(at + 1, &["hours"]);
        if !is_it {
            return None;
        }
        let end = at + 2;
        Some(if self.are_words(end, &["of", "the", "morning"]) { end + 3 } else { end })
    }

    /// "outside 8 to 17", "outside of 08:00–17:00", "outside the hours of 8 and 17".
    pub(super) fn outside_hours(&self, at: usize) -> Option<Read> {
        if !self.is_word(at, &["outside", "outwith"]) {
            return None;
        }
        let start = self.skip_word(at + 1, &["of"]);
        let start = self.skip_word(start, &["the"]);
        let start = self.skip_word(start, &["hours", "times", "window", "period"]);
        let start = self.skip_word(start, &["of"]);
        let start = self.skip_word(start, &["from", "between"]);
        let (from, _, next) = self.clock(start)?;
        let (to, _, end) = self.clock(self.connector(next, true)?)?;
        let hours = Some(TimeOfDay::Between(from, to));
        let part = Some(Self::whole(Part::OutsideHours));
        Some((Expression { part, time: hours, ..Expression::default() }, end))
    }

    /// "office hours", "outside business hours", "after hours", "out of hours".
    fn hours_of_business(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["during", "in", "within", "at"]);
        let (part, next) = match self.word(start) {
            "broad" if self.word(start + 1) == "daylight" => {
                return Some((of_part(Part::Daytime, Slice::Whole), start + 2));
            }
            "outside" | "beyond" | "out" | "outwith" => {
                (Part::OutsideBusinessHours, self.skip_word(start + 1, &["of"]))
            }
            "after" | "off" => (Part::OutsideBusinessHours, start + 1),
            "non" => (Part::OutsideBusinessHours, self.skip_dash(start + 1)),
            _ => (Part::BusinessHours, start),
        };
        let is_outside = part == Part::OutsideBusinessHours;
        let next = self.skip_dash(next);
        let next = self.skip_word(next, &["the", "our", "normal", "regular", "usual"]);
        let next = self.skip_word(next, &["normal", "regular", "usual"]);
        let is_closed = |word: &str| matches!(word, "closing" | "closed" | "close");
        // "The total working time of the excavator" is a length.
        let is_length = self.is_word(at.wrapping_sub(1), &["total"]) && self.word(next + 1) == "time";
        if is_length {
            return None;
        }
        let end =
            if self.is_word(next, &NAMES_OF_HOURS) && self.is_word(next + 1, &["hours", "time", "times"]) {
                next + 2
            } else if self.are_words(next, &["hours", "of"]) && self.is_word(next + 2, &NAMES_OF_HOURS) {
                next + 3
            } else if !is_outside && is_closed(self.word(next)) && self.word(next + 1) == "hours" {
                return Some((of_part(Part::OutsideBusinessHours, Slice::Whole), next + 2));
            } else if is_outside && self.is_word(next, &["hours"]) {
                next + 1
            } else {
                return None;
            };
        Some((of_part(part, Slice::Whole), end))
    }
}
