//! Words → periods of time, by the conventions of the API document: past-biased, local, half open.
//!
//! tokens → `reader` (pieces of grammar fill an `expression`) → `lists` (what mentions share) → `resolve`
//! (expression → instants). Linear in the text, no regular expressions, no model; a number is a time
//! only where the words around it say so.

mod almanac;
mod beside;
mod bounds;
mod business;
mod calendar;
mod clock;
mod combine;
mod cursor;
mod dates;
mod days;
mod every;
mod expression;
mod feasts;
mod fillers;
mod found;
mod frame;
mod impossible;
mod lists;
mod meridiem;
mod neighbours;
mod numeric_dates;
mod opening;
mod parts;
mod portions;
mod ranges;
mod reader;
mod relatives;
mod repeated;
mod repeats;
mod resolve;
mod scattered;
mod shifts;
mod spans;
#[cfg(test)]
mod tests;
mod time_of_day;
mod time_zones;
mod tokens;
mod typos;
mod units;
mod vocabulary;

use std::{cell::Cell, ops::Range};

use jiff::{Timestamp, tz::TimeZone};

use self::{
    cursor::Cursor,
    found::{Found, Lead},
    frame::Frame,
};
use crate::{Period, business_hours::BusinessHours};

/// More mentions than anybody compares in one question; what follows them is not read.
const MENTIONS_MAX: usize = 16;

/// A name of a place that means nothing to the grammar.
const ANY_PLACE: &str = "lobby";

/// In which order a date in numbers is written: "6/18" or "18/6". A date that is possible in one order
/// only is read in that one; with dots ("18.06.") the day is first, always.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// Month, day, year.
    #[default]
    MonthFirst,
    /// Day, month, year.
    DayFirst,
}

/// What decides how words become periods.
pub struct PeriodContext<'a> {
    /// Now; the end of anything still running.
    pub now: Timestamp,
    /// The zone in which the words are read.
    pub timezone: &'a TimeZone,
    /// What "the day before" and "an hour later" start from: the period of the previous turn.
    pub anchor: Option<&'a Period>,
    /// How dates in numbers are written.
    pub date_order: DateOrder,
    /// The hours of business of the places that the text is about; the usual ones where absent.
    pub(crate) hours: Option<&'a BusinessHours>,
}

impl<'a> PeriodContext<'a> {
    /// A context without a previous turn, dates written month first.
    pub fn new(now: Timestamp, timezone: &'a TimeZone) -> Self {
        Self { now, timezone, anchor: None, date_order: DateOrder::default(), hours: None }
    }

    /// The same with the period of the previous turn.
    #[must_use]
    pub fn after(mut self, anchor: Option<&'a Period>) -> Self {
        self.anchor = anchor;
        self
    }
}

/// One mention of time in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// What it means: one period, or several for a recurring one ("every night this week"), oldest
    /// first.
    pub periods: Vec<Period>,
    /// The bytes of the text that say so, in its order; what lies between them is for other readers.
    pub spans: Vec<Range<usize>>,
    /// Whether it starts from [`PeriodContext::anchor`].
    pub is_relative_to_anchor: bool,
    /// Whether it is taken away from the other mentions: "last weekend but not Sunday".
    pub is_left_out: bool,
    /// Whether it speaks of hours of business: "after closing time".
    pub is_of_business: bool,
}

impl Mention {
    /// Whether any of these bytes say it.
    pub fn touches(&self, span: &Range<usize>) -> bool {
        self.spans.iter().any(|own| own.start < span.end && span.start < own.end)
    }

    /// The words of a text that say it.
    fn words(&self, text: &str) -> String {
        let pieces: Vec<&str> = self.spans.iter().filter_map(|span| text.get(span.clone())).collect();
        pieces.join(" ")
    }
}

/// Whether a word can bound a time: "till 5 pm".
pub(super) fn is_bound(word: &str) -> bool {
    vocabulary::is_bound(word)
}

/// Whether a word is a day of the week or a month.
pub(super) fn is_day_or_month(word: &str) -> bool {
    vocabulary::weekday(word).is_some() || vocabulary::month(word).is_some()
}

/// Whether a word is a month, a season or a feast that a month or season is named after.
pub(super) fn is_month_or_season(word: &str) -> bool {
    vocabulary::month(word).is_some() || matches!(word, "spring" | "summer" | "autumn" | "winter" | "easter")
}

/// Whether a word is a number: "two".
pub(super) fn is_number_in_words(word: &str) -> bool {
    vocabulary::number_word(word).is_some()
}

/// Every mention of time, in the order of the text; the spans do not overlap. At most 16 mentions are
/// read, and a mention names at most 400 periods, the newest.
pub fn read(text: &str, context: &PeriodContext<'_>) -> Vec<Mention> {
    Text::of(text).mentions(context)
}

/// A text cut into tokens, for those who ask it more than one thing.
pub(super) struct Text<'t> {
    written: &'t str,
    tokens: Vec<tokens::Token>,
    /// The time zones that are named, which are not among the tokens.
    spoken: Vec<time_zones::Spoken>,
}

impl<'t> Text<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut tokens = tokens::tokens(text);
        fillers::settle(&mut tokens);
        let spoken = time_zones::take(text, &mut tokens);
        Self { written: text, tokens, spoken }
    }

    /// Hides the names of places, given by their bytes, that could be read as times.
    pub(super) fn hide(&mut self, names: &[Range<usize>]) {
        let is_in =
            |token: &tokens::Token| names.iter().any(|name| name.start < token.end && token.start < name.end);
        for token in self.tokens.iter_mut().filter(|token| is_in(token)) {
            token.kind = tokens::Kind::Word;
            ANY_PLACE.clone_into(&mut token.word);
        }
    }

    /// See [`read`].
    pub(super) fn mentions(&self, context: &PeriodContext<'_>) -> Vec<Mention> {
        let mentions = read_counting(self, context).0;
        if self.spoken.is_empty() { mentions } else { time_zones::place(self, &mentions, context) }
    }

    /// The bytes of what is written as a date or a clock time and is none: "31 February", "at 25:00".
    pub(super) fn impossible(&self, context: &PeriodContext<'_>) -> Vec<Range<usize>> {
        let has_digits = self.written.contains(|c: char| c.is_ascii_digit());
        if !has_digits && !self.written.to_lowercase().contains("thirt") {
            return Vec::new();
        }
        let frame = Frame::new(context.now, context.timezone, context.anchor);
        cursor(&self.tokens, &frame, context).impossible_times()
    }
}

fn cursor<'a>(tokens: &'a [tokens::Token], frame: &Frame<'_>, context: &PeriodContext<'a>) -> Cursor<'a> {
    let today = frame.calendar.today;
    Cursor {
        tokens,
        order: numeric_dates::order_of(tokens, context.date_order, today),
        zone: context.timezone,
        today,
        year: frame.local.year(),
        has_anchor: Cell::new(context.anchor.is_some()),
        looks: Cell::new(0),
    }
}

/// The mentions, and how many tokens were looked at to find them.
fn read_counting(text: &Text<'_>, context: &PeriodContext<'_>) -> (Vec<Mention>, usize) {
    let frame = Frame::new(context.now, context.timezone, context.anchor).open(context.hours);
    let Text { written: text, tokens, .. } = text;
    let cursor = cursor(tokens, &frame, context);
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < tokens.len() && found.len() < MENTIONS_MAX {
        let is_listed = found.last().is_some_and(|last| cursor.is_listed(last, at));
        let day = found.last().and_then(|last| cursor.listed_day(last, at));
        let hours = found.last().and_then(|last| cursor.listed_hours(last, at));
        let hours = hours.map(|(expression, end)| cursor.joined_pieces(expression, end));
        let day = day.map(|(expression, end)| (expression, end, Lead::Days));
        let day = day.or_else(|| hours.map(|(expression, end)| (expression, end, Lead::Time)));
        match day.or_else(|| cursor.mention(at, is_listed)) {
            Some((expression, end, lead)) if end > at => {
                let is_left_out = cursor.is_taken_away(at, end, found.last());
                let end = cursor.set_aside(end).unwrap_or(end);
                let place = cursor.place_within(&(at..end)).filter(|_| expression.is_of_business());
                let gaps = place.into_iter().collect();
                let start = if is_left_out { cursor.taken_from(at) } else { at };
                found.push(Found { expression, start, end, gaps, lead, is_left_out });
                cursor.has_anchor.set(true);
                at = end;
            }
            _ => at += 1,
        }
    }
    cursor.gather(&mut found, &frame);
    cursor.share(&mut found, &frame);
    repeated::level(&mut found);
    if let [only] = found.as_mut_slice()
        && only.turn_outside()
    {
        only.start = cursor.denied_from(only.start);
    }
    let mut mentions: Vec<Mention> = Vec::with_capacity(found.len());
    let mut count = 0;
    for found in &found {
        // The bound is for the whole question: every period is a filter of a search.
        if count >= resolve::PERIODS_MAX {
            break;
        }
        if let Some(mention) = place(text, &cursor, &frame, found, mentions.last()) {
            count += mention.periods.len();
            mentions.push(mention);
        }
    }
    (mentions, cursor.looks.get())
}

/// Places a mention in time. "Last week compared to the week before": what starts from an earlier period
/// starts from the mention before it, where there is one, else from the previous turn.
fn place(
    text: &str,
    cursor: &Cursor<'_>,
    frame: &Frame<'_>,
    found: &Found,
    before: Option<&Mention>,
) -> Option<Mention> {
    let before =
        before.and_then(|mention| mention.periods.first()).filter(|_| found.expression.is_from_anchor());
    let resolved = match before {
        Some(period) => {
            Frame::new(frame.now, frame.zone, Some(period)).open(frame.hours).resolve(&found.expression)?
        }
        None => frame.resolve(&found.expression)?,
    };
    let words = cursor.words(text, found)?;
    let periods =
        resolved.intervals.into_iter().map(|(start, end)| Period::new(start, end).named(&*words)).collect();
    let bytes = |piece: Range<usize>| {
        let first = if piece.start == found.start { cursor.first_telling(&piece) } else { piece.start };
        Some(cursor.tokens.get(first)?.start..cursor.tokens.get(piece.end.checked_sub(1)?)?.end)
    };
    let spans = found.pieces().into_iter().filter_map(bytes).collect();
    let is_relative_to_anchor = resolved.is_relative_to_anchor && before.is_none();
    Some(Mention {
        periods,
        spans,
        is_relative_to_anchor,
        is_left_out: found.is_left_out,
        is_of_business: found.expression.is_of_business(),
    })
}
