//! Words of opening and closing: "after closing time", "since we opened", "before the shop closes", "while it was
//! closed". When that is, is said by the hours of a day (`business`); what names the place is left to others.

use std::ops::Range;

use super::{
    clock::{Read, Sureness},
    cursor::Cursor,
    expression::{Clock, Edge, Expression, Part, Precision},
    time_of_day::BUSINESS,
};

/// What has hours of business, so that it is not one of its doors that closes.
const BUSINESSES: [&str; 28] = [
    "shop",
    "store",
    "office",
    "offices",
    "building",
    "business",
    "restaurant",
    "bar",
    "pub",
    "cafe",
    "museum",
    "school",
    "library",
    "gym",
    "bank",
    "market",
    "supermarket",
    "warehouse",
    "reception",
    "clinic",
    "pharmacy",
    "salon",
    "mall",
    "centre",
    "center",
    "station",
    "branch",
    "site",
];

/// When business closes; which hour that is, is said by the day.
pub(super) fn close() -> Clock {
    edge(Edge::Closing, BUSINESS.1)
}

/// When it opens.
pub(super) fn open() -> Clock {
    edge(Edge::Opening, BUSINESS.0)
}

fn edge(edge: Edge, seconds: i64) -> Clock {
    Clock { of_business: Some((edge, 0)), precision: Precision::Hour, is_24h: false, ..Clock::at(seconds) }
}

fn is_business(word: &str) -> bool {
    BUSINESSES.contains(&word)
}

impl Cursor<'_> {
    /// "closing time", "close of business", "closing", "we opened", "the shop closes".
    pub(super) fn opening_or_closing(&self, at: usize) -> Option<Read> {
        let found = |clock: Clock, end: usize| Some((clock, Sureness::Sure, end));
        match self.word(at) {
            "close" | "end" if self.are_words(at + 1, &["of", "business"]) => return found(close(), at + 3),
            "cob" => return found(close(), at + 1),
            "closing" if self.word(at + 1) == "time" => return found(close(), at + 2),
            "opening" if self.word(at + 1) == "time" => return found(open(), at + 2),
            "closing" if self.is_bounded(at) => return found(close(), at + 1),
            "opening" if self.is_bounded(at) => return found(open(), at + 1),
            _ => {}
        }
        if !self.is_bounded(at) {
            return None;
        }
        let subject = self.subject(at)?;
        match self.word(self.skip_word(subject.end, &["had", "have", "has"])) {
            "closed" | "close" | "closes" | "shut" | "shuts" | "closing" => {
                found(close(), self.verb_end(subject.end))
            }
            "opened" | "open" | "opens" | "opening" => found(open(), self.verb_end(subject.end)),
            _ => None,
        }
    }

    fn verb_end(&self, at: usize) -> usize {
        self.skip_word(at, &["had", "have", "has"]) + 1
    }

    /// "While we were closed", "when the shop was open", "while closed".
    pub(super) fn while_open_or_closed(&self, at: usize) -> Option<(Expression, usize)> {
        if !self.is_word(at, &["while", "whilst", "when"]) {
            return None;
        }
        let subject = self.subject(at + 1).map_or(at + 1..at + 1, |subject| subject);
        let verb = self.skip_word(subject.end, &["was", "were", "is", "are"]);
        let is_said =
            if subject.is_empty() { verb == at + 1 && self.word(at) != "when" } else { verb > subject.end };
        let part = match self.word(verb) {
            "closed" | "shut" => Part::OutsideBusinessHours,
            "open" => Part::BusinessHours,
            _ => return None,
        };
        let part = Some(Self::whole(part));
        is_said.then(|| (Expression { part, ..Expression::default() }, verb + 1))
    }

    /// Who opens and closes: "we", "the shop"; "it" where a business is spoken of.
    fn subject(&self, at: usize) -> Option<Range<usize>> {
        let is_spoken_of = || (at.saturating_sub(24)..at).any(|before| is_business(self.word(before)));
        if self.is_word(at, &["we", "they", "you"]) || (self.word(at) == "it" && is_spoken_of()) {
            return Some(at..at + 1);
        }
        let start = self.skip_word(at, &["the", "our", "my", "your"]);
        (start..start + 3).find(|last| is_business(self.word(*last))).map(|last| at..last + 1)
    }

    /// The words within a mention that name the place: they are for the reader of places.
    pub(super) fn place_within(&self, mention: &Range<usize>) -> Option<Range<usize>> {
        mention.clone().find_map(|at| {
            let is_led = at > mention.start
                && self.is_word(
                    at - 1,
                    &["while", "whilst", "when", "since", "after", "before", "until", "till"],
                );
            let subject = self.subject(at).filter(|subject| is_led && subject.end < mention.end)?;
            let has_name = subject.clone().any(|at| is_business(self.word(at)));
            has_name.then_some(subject)
        })
    }

    /// "From opening to closing", "between closing and midnight".
    fn can_be_range_of_business(&self, at: usize) -> bool {
        let is_end = self.can_follow_hour(at + 1);
        let is_from = self.is_word(at.wrapping_sub(1), &["from", "between"]);
        let is_joined = self.is_word(at + 1, &["to", "and", "until", "till"])
            || self.is_word(at.wrapping_sub(1), &["to", "and"]);
        let is_range = (1..=6).any(|back| self.is_word(at.wrapping_sub(back), &["from", "between"]));
        is_end && is_joined && (is_from || is_range)
    }

    fn is_bounded(&self, at: usize) -> bool {
        let before = at.wrapping_sub(1);
        self.is_word(before, &["since", "after", "before", "until", "till"])
            || (self.is_word(before, &["from", "to", "between", "and"]) && self.can_be_range_of_business(at))
            || (self.word(before) == "of" && (2..=5).any(|back| self.word(at.wrapping_sub(back)) == "within"))
    }
}
