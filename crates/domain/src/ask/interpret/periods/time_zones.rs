//! "9am UTC", "14:00 CET", "10pm EST", "noon London time", "15:00 UTC+2": the clock on which a time is meant.
//!
//! An abbreviation is the offset that it names, the whole year round (CET is UTC+1 in summer too); a place
//! ("Berlin time", "Pacific time", "ET", "Europe/Berlin") has its own clock with its changes. Of the
//! meanings of an abbreviation the one that the zone of the caller uses itself comes first (IST in Dublin),
//! else the most usual one (IST is India's). What looks like a zone and is none that is known is reported.

use std::ops::Range;

use jiff::{
    Timestamp, ToSpan,
    tz::{Offset, TimeZone},
};

use super::{
    Mention, PeriodContext, Text, read_counting,
    tokens::{Kind, Token},
};

/// A question names one zone, or two; each place is looked up.
const ZONES_MAX: usize = 4;
/// Offsets east and west of Greenwich go no further, in hours.
const OFFSET_HOURS_MAX: u32 = 14;

/// A time zone that a question names, and what it was read as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Named {
    pub(in super::super) span: Range<usize>,
    /// "UTC+01:00", "Europe/London"; absent when nobody knows it.
    pub(in super::super) zone: Option<String>,
}

/// A zone as it is written; what it means depends on who asks.
#[derive(Debug, Clone)]
pub(super) struct Spoken {
    span: Range<usize>,
    meaning: Meaning,
}

#[derive(Debug, Clone)]
enum Meaning {
    /// Minutes east of Greenwich.
    Offset(i32),
    Place(TimeZone),
    /// An abbreviation, and what it usually means.
    Short(String, Option<i32>),
    Unknown,
}

/// Takes the zones out of the tokens: the grammar of times goes on behind them ("9am UTC yesterday").
pub(super) fn take(text: &str, tokens: &mut Vec<Token>) -> Vec<Spoken> {
    let mut found: Vec<Spoken> = Vec::new();
    let mut taken: Vec<Range<usize>> = Vec::new();
    let is_shouted = !text.contains(char::is_lowercase);
    let mut lookups = 0;
    let mut at = 1;
    while at < tokens.len() && found.len() < ZONES_MAX {
        let reader = Reader { text, tokens, is_shouted };
        let Some((meaning, end)) = reader.zone(at, &mut lookups) else {
            at += 1;
            continue;
        };
        let is_in = at > 1 && tokens[at - 1].word == "in";
        let is_enclosed = is_mark(tokens, at - 1, '(') && is_mark(tokens, end, ')');
        let range = at - usize::from(is_in || is_enclosed)..end + usize::from(is_enclosed);
        found.push(Spoken { span: tokens[range.start].start..tokens[range.end - 1].end, meaning });
        at = range.end;
        taken.push(range);
    }
    for range in taken.into_iter().rev() {
        tokens.drain(range);
    }
    found
}

fn is_mark(tokens: &[Token], at: usize, mark: char) -> bool {
    tokens.get(at).is_some_and(|token| token.kind == Kind::Mark(mark))
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
    is_shouted: bool,
}

impl Reader<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.word)
    }

    fn written(&self, at: usize) -> &str {
        self.tokens.get(at).and_then(|token| self.text.get(token.start..token.end)).unwrap_or_default()
    }

    /// Whether what stands before is a time on the clock.
    fn is_behind_clock(&self, at: usize) -> bool {
        let is_step = at > 1 && (is_mark(self.tokens, at - 1, '(') || self.word(at - 1) == "in");
        let before = &self.tokens[at - 1 - usize::from(is_step)];
        match before.kind {
            Kind::Number(_) => !before.is_ordinal,
            Kind::Iso(iso) => iso.time.is_some(),
            Kind::Mark(_) => false,
            Kind::Word => matches!(
                before.word.as_str(),
                "am" | "pm" | "noon" | "midday" | "midnight" | "oclock" | "hours" | "hrs" | "h"
            ),
        }
    }

    /// A zone at a place, and where it ends.
    fn zone(&self, at: usize, lookups: &mut usize) -> Option<(Meaning, usize)> {
        let token = &self.tokens[at];
        let is_behind_clock = self.is_behind_clock(at);
        if let Kind::Mark('+') = token.kind {
            let is_minutes = at > 1 && is_mark(self.tokens, at - 2, ':') && is_behind_clock;
            return is_minutes.then(|| self.offset(at)).flatten();
        }
        if token.kind != Kind::Word {
            return None;
        }
        let word = token.word.as_str();
        let is_upper = self.written(at).len() > 1 && !self.written(at).contains(char::is_lowercase);
        if word == "z" && token.is_glued && at > 1 && is_mark(self.tokens, at - 2, ':') {
            return Some((Meaning::Offset(0), at + 1));
        }
        if matches!(word, "utc" | "gmt") {
            return Some(self.offset(at + 1).unwrap_or((Meaning::Offset(0), self.behind_time(at + 1))));
        }
        if let Some(found) = self.place(at, is_behind_clock, lookups) {
            return Some(found);
        }
        if let Some(place) = place_of(word).filter(|_| is_behind_clock && word.len() == 2) {
            return Some((Meaning::Place(TimeZone::get(place).ok()?), at + 1));
        }
        if let Some(minutes) = usual(word).filter(|_| is_behind_clock || (is_upper && !self.is_shouted)) {
            let short = Meaning::Short(word.to_uppercase(), Some(minutes));
            return Some((short, self.behind_time(at + 1)));
        }
        let looks_like_one = is_upper && !self.is_shouted && (3..=5).contains(&word.len());
        let is_one = looks_like_one && word.ends_with('t') && is_behind_clock;
        is_one.then(|| (Meaning::Short(word.to_uppercase(), None), at + 1))
    }

    /// "UTC time".
    fn behind_time(&self, at: usize) -> usize {
        at + usize::from(self.word(at) == "time")
    }

    /// "+2", "-5", "+05:30", "+0530" behind "UTC" or a clock time.
    fn offset(&self, at: usize) -> Option<(Meaning, usize)> {
        let sign = match self.tokens.get(at)?.kind {
            Kind::Mark('+') => 1,
            Kind::Mark('-' | '\u{2212}') if self.tokens[at].is_glued => -1,
            _ => return None,
        };
        let number = self.tokens.get(at + 1).filter(|token| token.is_glued)?;
        let Kind::Number(Some(value)) = number.kind else { return None };
        let digits = number.word.len();
        let (hours, minutes, end) = if digits == 4 {
            (value / 100, value % 100, at + 2)
        } else if is_mark(self.tokens, at + 2, ':')
            && let Some(Token { kind: Kind::Number(Some(minutes)), .. }) = self.tokens.get(at + 3)
        {
            (value, *minutes, at + 4)
        } else {
            (value, 0, at + 2)
        };
        // "9am UTC-11am UTC" is a range.
        let is_clock = matches!(self.word(end), "am" | "pm" | "utc" | "gmt");
        let is_offset = hours <= OFFSET_HOURS_MAX && minutes < 60 && digits <= 4 && !is_clock;
        is_offset.then(|| (Meaning::Offset(sign * (hours * 60 + minutes) as i32), end))
    }

    /// "Europe/Berlin", "London time", "New York time", "eastern standard time".
    fn place(&self, at: usize, is_behind_clock: bool, lookups: &mut usize) -> Option<(Meaning, usize)> {
        let token = &self.tokens[at];
        if token.is_capital && is_mark(self.tokens, at + 1, '/') && self.tokens.get(at + 2)?.is_glued {
            *lookups += 1;
            let name = self.text.get(token.start..self.tokens[at + 2].end)?;
            let is_tried = *lookups <= ZONES_MAX && self.tokens[at + 2].is_capital;
            return TimeZone::get(name).ok().filter(|_| is_tried).map(|zone| (Meaning::Place(zone), at + 3));
        }
        let words = (1..=2).find(|words| self.word(at + words) == "time")?;
        let (first, second) = (self.word(at), if words == 2 { self.word(at + 1) } else { "" });
        let end = at + words + 1;
        if let Some(standard) = of_america(first) {
            return match second {
                "" => Some((Meaning::Place(TimeZone::get(place_of(first)?).ok()?), end)),
                "standard" => Some((Meaning::Offset(standard), end)),
                "daylight" => Some((Meaning::Offset(standard + 60), end)),
                _ => None,
            };
        }
        if !token.is_capital || *lookups >= ZONES_MAX || (words == 2 && !self.tokens[at + 1].is_capital) {
            return None;
        }
        *lookups += 1;
        let name = if second.is_empty() {
            capital(first)
        } else {
            format!("{}_{}", capital(first), capital(second))
        };
        let known = match place_of(&name.to_lowercase()) {
            Some(place) => TimeZone::get(place).ok(),
            None => REGIONS.iter().find_map(|region| TimeZone::get(&format!("{region}/{name}")).ok()),
        };
        match known {
            Some(zone) => Some((Meaning::Place(zone), end)),
            None => is_behind_clock.then_some((Meaning::Unknown, end)),
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

const REGIONS: [&str; 8] =
    ["Europe", "America", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian"];

/// Places that the time zone database knows by another name.
fn place_of(word: &str) -> Option<&'static str> {
    Some(match word {
        "et" | "eastern" | "boston" | "washington" | "miami" | "atlanta" => "America/New_York",
        "ct" | "central" | "dallas" | "houston" | "austin" => "America/Chicago",
        "mt" | "mountain" => "America/Denver",
        "pt" | "pacific" | "seattle" | "san_francisco" | "california" => "America/Los_Angeles",
        "uk" | "british" | "edinburgh" | "manchester" => "Europe/London",
        "german" | "munich" | "hamburg" | "frankfurt" | "cologne" => "Europe/Berlin",
        "french" => "Europe/Paris",
        "milan" | "italian" => "Europe/Rome",
        "barcelona" | "spanish" => "Europe/Madrid",
        "geneva" | "swiss" => "Europe/Zurich",
        "mumbai" | "delhi" | "bangalore" | "indian" => "Asia/Kolkata",
        "beijing" | "shenzhen" | "chinese" => "Asia/Shanghai",
        "osaka" | "japan" | "japanese" => "Asia/Tokyo",
        _ => return None,
    })
}

/// The standard offset of "eastern time" and the like.
fn of_america(word: &str) -> Option<i32> {
    Some(match word {
        "eastern" => -300,
        "central" => -360,
        "mountain" => -420,
        "pacific" => -480,
        _ => return None,
    })
}

/// What an abbreviation usually means, in minutes east of Greenwich. Words that mean something else ("cat",
/// "east", "met") are none.
fn usual(word: &str) -> Option<i32> {
    Some(match word {
        "bst" | "cet" => 60,
        "cest" | "eet" | "sast" => 120,
        "eest" | "msk" => 180,
        "gst" => 240,
        "pkt" => 300,
        "ist" => 330,
        "ict" | "wib" => 420,
        "sgt" | "hkt" | "awst" | "pht" => 480,
        "jst" | "kst" => 540,
        "acst" => 570,
        "aest" => 600,
        "acdt" => 630,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "brt" | "adt" => -180,
        "ast" | "edt" => -240,
        "est" | "cdt" => -300,
        "cst" | "mdt" => -360,
        "mst" | "pdt" => -420,
        "pst" | "akdt" => -480,
        "akst" => -540,
        "hst" => -600,
        _ => return None,
    })
}

impl Spoken {
    fn zone(&self, context: &PeriodContext<'_>) -> Option<TimeZone> {
        let fixed = |minutes: i32| Offset::from_seconds(minutes * 60).ok().map(TimeZone::fixed);
        match &self.meaning {
            Meaning::Offset(minutes) => fixed(*minutes),
            Meaning::Place(zone) => Some(zone.clone()),
            Meaning::Short(name, usual) => match own(name, context.timezone, context.now) {
                Some(offset) => Some(TimeZone::fixed(offset)),
                None => usual.and_then(fixed),
            },
            Meaning::Unknown => None,
        }
    }
}

/// The offset that a zone itself calls so, now or half a year on.
fn own(name: &str, zone: &TimeZone, now: Timestamp) -> Option<Offset> {
    let later = now.checked_add((182 * 24).hours()).unwrap_or(now);
    [now, later]
        .into_iter()
        .map(|at| zone.to_offset_info(at))
        .find(|info| info.abbreviation() == name)
        .map(|info| info.offset())
}

/// Places every mention in the zone that stands with it. One zone holds for every time of a question; of
/// several, each for the time that it stands with.
pub(super) fn place(text: &Text<'_>, mentions: &[Mention], context: &PeriodContext<'_>) -> Vec<Mention> {
    let mut with: Vec<(&Spoken, usize)> = Vec::new();
    for spoken in &text.spoken {
        let stands_here = |span: &Range<usize>| stands_with(text.written, span, &spoken.span);
        if let Some(at) = mentions.iter().position(|mention| mention.spans.iter().any(stands_here)) {
            with.push((spoken, at));
        }
    }
    let mut placed = mentions.to_vec();
    // A zone that is named often is read in once.
    let mut readings: Vec<(TimeZone, Vec<Mention>)> = Vec::new();
    for (index, (spoken, own)) in with.iter().enumerate() {
        // Of two zones within one time the second cannot be meant as well: it is reported.
        if with[..index].iter().any(|(_, earlier)| earlier == own) {
            continue;
        }
        let Some(zone) = spoken.zone(context) else { continue };
        let known = readings.iter().position(|(known, _)| *known == zone).unwrap_or_else(|| {
            let own = PeriodContext { timezone: &zone, anchor: context.anchor, ..*context };
            readings.push((zone.clone(), read_counting(text, &own).0));
            readings.len() - 1
        });
        let there = &readings[known].1;
        for (at, mention) in placed.iter_mut().enumerate() {
            let is_meant = at == *own || with.len() == 1;
            let reading = there.iter().find(|there| there.spans == mentions[at].spans);
            if let Some(reading) = reading.filter(|_| is_meant) {
                mention.periods.clone_from(&reading.periods);
            }
        }
    }
    for (spoken, at) in with {
        let mention = &mut placed[at];
        if let Some(span) =
            mention.spans.iter_mut().find(|span| stands_with(text.written, span, &spoken.span))
        {
            *span = span.start.min(spoken.span.start)..span.end.max(spoken.span.end);
        }
        let words = mention.words(text.written);
        for period in &mut mention.periods {
            words.clone_into(&mut period.text);
        }
    }
    placed
}

/// Whether a zone stands within a mention, or next to it with nothing between.
fn stands_with(text: &str, mention: &Range<usize>, zone: &Range<usize>) -> bool {
    let is_blank = |range: Range<usize>| {
        text.get(range).is_some_and(|gap| gap.chars().all(|c| c.is_whitespace() || matches!(c, '(' | ',')))
    };
    let is_inside = mention.start <= zone.start && zone.end <= mention.end;
    is_inside
        || (mention.end <= zone.start && is_blank(mention.end..zone.start))
        || (zone.end <= mention.start && is_blank(zone.end..mention.start))
}

impl Text<'_> {
    /// The zones that stand with mentions, which [`Self::mentions`] placed.
    pub(in super::super) fn time_zones(
        &self,
        mentions: &[Mention],
        context: &PeriodContext<'_>,
    ) -> Vec<Named> {
        let mut used: Vec<Range<usize>> = Vec::new();
        let mut named = Vec::new();
        for spoken in &self.spoken {
            let is_within =
                |span: &&Range<usize>| span.start <= spoken.span.start && spoken.span.end <= span.end;
            let Some(span) = mentions.iter().find_map(|mention| mention.spans.iter().find(is_within)) else {
                continue;
            };
            let is_second = used.contains(span);
            used.push(span.clone());
            let zone = spoken.zone(context).filter(|_| !is_second).map(|zone| told(&zone, context.now));
            named.push(Named { span: spoken.span.clone(), zone });
        }
        named
    }
}

/// "UTC+05:30", "Europe/London".
fn told(zone: &TimeZone, now: Timestamp) -> String {
    if let Some(name) = zone.iana_name().filter(|_| zone.to_fixed_offset().is_err()) {
        return name.to_owned();
    }
    let seconds = zone.to_offset(now).seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    if minutes == 0 { "UTC".to_owned() } else { format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60) }
}
