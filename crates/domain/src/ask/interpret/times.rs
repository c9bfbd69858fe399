//! The times of a question: periods, and what is written as a time and is none.

use std::ops::Range;

use jiff::Timestamp;

use super::{
    Question, hours,
    periods::{self, Mention, PeriodContext},
    places, references,
    tokens::{Role, Tokens},
    vague_times,
};
use crate::{
    Period,
    ask::interpretation::{BusinessHoursTaken, Intent, NameKind, NamedTimeZone, Unresolved},
    business_hours::BusinessHours,
};

/// The shortest day, at a change of clocks, has more hours than this.
const DAY_HOURS_MIN: i64 = 12;

/// More times that came back than this are not gone through for what starts from them.
const RECURRING_MAX: usize = 40;
/// Each of them takes reading the text again: what goes on so is short, and names no more times than this itself.
const GOING_ON_BYTES_MAX: usize = 120;
const GOING_ON_PERIODS_MAX: usize = 8;

/// The times of a question.
pub(super) struct Times {
    pub(super) mentions: Vec<Mention>,
    /// What is written as a time, or as its zone, and is none.
    pub(super) unresolved: Vec<Unresolved>,
    /// The time zones that the words name.
    pub(super) time_zones: Vec<NamedTimeZone>,
    /// Whether hours of business are spoken of.
    is_of_business: bool,
    /// The hours of business that were taken.
    pub(super) business_hours: Option<BusinessHoursTaken>,
}

/// Reads periods and takes their words. What does not exist is reported instead. Hours of business are those
/// of the places, which are looked for once the words of time are known.
pub(super) fn read(question: &Question<'_>, tokens: &mut Tokens<'_>) -> Times {
    let times = read_with(question, tokens, None);
    if !times.is_of_business {
        return times;
    }
    let (hours, taken) = hours::of_places(question, tokens);
    let times = if hours.is_some() { read_with(question, tokens, hours) } else { times };
    Times { business_hours: Some(taken), ..times }
}

fn read_with(question: &Question<'_>, tokens: &mut Tokens<'_>, hours: Option<&BusinessHours>) -> Times {
    let context = PeriodContext { hours, ..context(question) };
    let context = context.after(question.previous.and_then(|previous| previous.periods.first()));
    let mut text = periods::Text::of(question.text);
    let mut mentions = text.mentions(&context);
    let hidden = places::read_time_words(tokens, &mentions, question.catalogue);
    if !hidden.is_empty() {
        text.hide(&hidden);
        mentions = text.mentions(&context);
    }
    from_each(question, &text, &context, &mut mentions);
    // "last week compared to the week before": the second starts from the first, whatever went before.
    if let [first, rest @ ..] = mentions.as_slice()
        && !first.is_relative_to_anchor
        // Alone it would start from itself.
        && !rest.is_empty()
        && (rest.iter().any(|mention| mention.is_relative_to_anchor) || has_loose_relation(tokens, &mentions))
    {
        let own = PeriodContext { hours, ..self::context(question) }.after(first.periods.first());
        let again = text.mentions(&own);
        if again.len() >= mentions.len() {
            mentions = again;
        }
    }
    references::keep_apart(tokens, &mut mentions);
    let mut impossible = text.impossible(&context);
    let is_of_business = mentions.iter().any(|mention| mention.is_of_business);
    // "During opening hours on Sunday", where it is closed then, is no time.
    let usual = hours.map(|_| text.mentions(&PeriodContext { hours: None, ..context }));
    let is_placed = |span: &Range<usize>| mentions.iter().any(|mention| mention.touches(span));
    impossible.extend(
        usual.into_iter().flatten().flat_map(|mention| mention.spans).filter(|span| !is_placed(span)),
    );
    let named = text.time_zones(&mentions, &context);
    let (known, unknown): (Vec<_>, Vec<_>) = named.into_iter().partition(|named| named.zone.is_some());
    let no_zones: Vec<_> = unknown.into_iter().map(|named| named.span).collect();
    impossible.extend(no_zones.iter().cloned());
    mentions.retain(|mention| !impossible.iter().any(|span| mention.touches(span)));
    impossible.extend(leave_out(question, tokens, &mut mentions));
    impossible.extend(vague_times::read(tokens, &mut mentions));
    take_shift(tokens, &mentions);
    let spans = mentions.iter().flat_map(|mention| &mention.spans).chain(&impossible);
    for span in spans {
        for token in &mut tokens.row {
            if span.start < token.span.end && token.span.start < span.end {
                token.role = Role::Time;
            }
        }
    }
    let words = |span: Range<usize>| question.text.get(span).unwrap_or_default().to_owned();
    let unresolved = impossible.into_iter().map(|span| {
        Unresolved::new(
            if no_zones.contains(&span) { NameKind::TimeZone } else { NameKind::Period },
            words(span),
        )
    });
    let unresolved = unresolved.collect();
    let time_zones = known
        .into_iter()
        .map(|named| NamedTimeZone { text: words(named.span), zone: named.zone.unwrap_or_default() });
    Times { mentions, unresolved, time_zones: time_zones.collect(), is_of_business, business_hours: None }
}

/// "Late shift on Friday (14-22)", "day shift yesterday 7a-7p": the hours say which it is.
fn take_shift(tokens: &mut Tokens<'_>, mentions: &[Mention]) {
    if !mentions.iter().any(vague_times::are_hours) {
        return;
    }
    let Some(at) = (0..tokens.row.len()).find(|at| tokens.lower(*at) == "shift") else { return };
    let is_letter = |word: &str| matches!(word, "a" | "b" | "c" | "d");
    let name = tokens.before(at);
    let is_named = is_letter(name)
        || matches!(
            name,
            "late" | "early" | "day" | "morning" | "afternoon" | "evening" | "night" | "graveyard"
        )
        || matches!(name, "general" | "first" | "second" | "third");
    if is_named && at > 0 {
        tokens.take(at - 1..at + 1, Role::Time);
    } else if is_letter(tokens.lower(at + 1)) {
        tokens.take(at..at + 2, Role::Time);
    }
}

/// "People on Saturdays", "and after 8 pm?": what starts from a time that came back starts from each of it.
fn from_each(
    question: &Question<'_>,
    text: &periods::Text<'_>,
    context: &PeriodContext<'_>,
    mentions: &mut [Mention],
) {
    let Some([first, rest @ ..]) = question.previous.map(|previous| previous.periods.as_slice()) else {
        return;
    };
    let is_recurring = !first.text.is_empty() && rest.iter().all(|period| period.text == first.text);
    let own: usize = mentions.iter().map(|mention| mention.periods.len()).sum();
    let is_short = question.text.len() <= GOING_ON_BYTES_MAX && own <= GOING_ON_PERIODS_MAX;
    if !is_recurring || !is_short || !mentions.iter().any(|mention| mention.is_relative_to_anchor) {
        return;
    }
    for period in rest.iter().take(RECURRING_MAX) {
        let own = PeriodContext { anchor: Some(period), ..*context };
        for again in text.mentions(&own).into_iter().filter(|again| again.is_relative_to_anchor) {
            if let Some(mention) = mentions.iter_mut().find(|mention| mention.spans == again.spans) {
                let new = again.periods.into_iter().filter(|new| !mention.periods.contains(new));
                let new: Vec<Period> = new.collect();
                mention.periods.extend(new);
            }
        }
    }
}

/// "Last weekend but not Sunday", "not in the morning": takes times away from the others, or from that of
/// the last question, or from all there is.
fn leave_out(
    question: &Question<'_>,
    tokens: &mut Tokens<'_>,
    mentions: &mut Vec<Mention>,
) -> Vec<std::ops::Range<usize>> {
    let out: Vec<Mention> = mentions.extract_if(.., |mention| mention.is_left_out).collect();
    let spans: Vec<_> = out.iter().flat_map(|mention| mention.spans.iter().cloned()).collect();
    let carried = question.previous.map(|previous| previous.periods.clone()).unwrap_or_default();
    if out.is_empty() {
        return spans;
    }
    if mentions.is_empty() {
        let spans = spans.clone();
        let is_relative_to_anchor = !carried.is_empty();
        // "Neither on Monday nor on Tuesday": of all there is.
        let ever = || vec![Period { start: Timestamp::UNIX_EPOCH, end: question.now, text: String::new() }];
        let periods = if carried.is_empty() { ever() } else { carried };
        mentions.push(Mention {
            periods,
            spans,
            is_relative_to_anchor,
            is_left_out: false,
            is_of_business: false,
        });
    }
    let mut taken: Vec<Period> = out.into_iter().flat_map(|mention| mention.periods).collect();
    taken.sort_by_key(|period| period.start);
    for mention in mentions.iter_mut() {
        mention.periods = mention.periods.iter().flat_map(|period| without(period, &taken)).collect();
    }
    for token in
        tokens.row.iter_mut().filter(|token| spans.iter().any(|span| span.contains(&token.span.start)))
    {
        token.role = Role::Time;
    }
    mentions.retain(|mention| !mention.periods.is_empty());
    Vec::new()
}

/// What is left of a period without others, which are in the order of their beginnings.
fn without(period: &Period, out: &[Period]) -> Vec<Period> {
    let mut left = Vec::new();
    let mut start = period.start;
    for out in out.iter().filter(|out| out.start < period.end && period.start < out.end) {
        if start < out.start {
            left.push(Period { start, end: out.start, ..period.clone() });
        }
        start = start.max(out.end);
    }
    if start < period.end {
        left.push(Period { start, ..period.clone() });
    }
    left
}

fn context<'a>(question: &Question<'a>) -> PeriodContext<'a> {
    PeriodContext { date_order: question.date_order, ..PeriodContext::new(question.now, question.timezone) }
}

/// Whether the last question was about a day that it named by its date.
pub(super) fn is_after_date(question: &Question<'_>) -> bool {
    let periods = question.previous.map(|previous| previous.periods.as_slice()).unwrap_or_default();
    periods.iter().any(|period| {
        let is_day = period.end.duration_since(period.start).as_hours() >= DAY_HOURS_MIN;
        let is_told = period.text.contains(|c: char| c.is_ascii_digit());
        is_day && is_told && !period.text.ends_with("ago")
    })
}

/// Whether "before", "later" or their like stand outside every mention of time.
fn has_loose_relation(tokens: &Tokens<'_>, mentions: &[Mention]) -> bool {
    tokens.row.iter().any(|token| {
        matches!(
            token.lower.as_str(),
            "before" | "previous" | "prior" | "earlier" | "later" | "after" | "following"
        ) && !mentions.iter().any(|mention| mention.touches(&token.span))
    })
}

/// Whether none of the words of a period turned out to be a number plate.
pub(super) fn is_still_time(tokens: &Tokens<'_>, mention: &Mention) -> bool {
    tokens.row.iter().filter(|token| mention.touches(&token.span)).all(|token| token.role == Role::Time)
}

/// "The difference between Saturday and Sunday": two days against each other, not the days from one to the
/// other. Hours stay a range: "compare the people between 2 and 4pm at both gates".
pub(super) fn as_sides(question: &Question<'_>, mentions: Vec<Mention>) -> Vec<Mention> {
    const BETWEEN: &str = "between ";
    let [range] = mentions.as_slice() else { return mentions };
    let [span] = range.spans.as_slice() else { return mentions };
    let words = question.text.get(span.clone()).unwrap_or_default();
    let is_between = words.get(..BETWEEN.len()).is_some_and(|start| start.eq_ignore_ascii_case(BETWEEN));
    let ends = words.get(BETWEEN.len()..).filter(|_| is_between).and_then(|ends| ends.split_once(" and "));
    let Some((first, second)) = ends else { return mentions };
    let day = |words: &str| {
        let mut found = periods::read(words, &context(question));
        let is_long = |period: &Period| period.end.duration_since(period.start).as_hours() >= DAY_HOURS_MIN;
        let is_day = found.len() == 1 && found.iter().all(|found| found.periods.iter().all(is_long));
        found.pop().filter(|_| is_day)
    };
    match (day(first), day(second)) {
        (Some(first), Some(second)) => {
            [first, second].map(|side| Mention { spans: range.spans.clone(), ..side }).into()
        }
        _ => mentions,
    }
}

/// What a time is that no question named.
pub(super) fn named(question: &Question<'_>, text: &str) -> Vec<Period> {
    distinct(periods::read(text, &context(question)))
}

/// The periods of all mentions, each once, in the order of the words.
pub(super) fn distinct(mentions: Vec<Mention>) -> Vec<Period> {
    let mut periods: Vec<Period> = Vec::new();
    for period in mentions.into_iter().flat_map(|mention| mention.periods) {
        if !periods.iter().any(|known| known.start == period.start && known.end == period.end) {
            periods.push(period);
        }
    }
    periods
}

/// "summarise the week", "a report of the night": the one in progress, or the one just over. Takes the word.
pub(super) fn of_summary(question: &Question<'_>, tokens: &mut Tokens<'_>, intent: Intent) -> Vec<Mention> {
    if !matches!(intent, Intent::Timeline | Intent::Unusual | Intent::Busiest) || question.previous.is_some()
    {
        return Vec::new();
    }
    let found = (1..tokens.row.len()).find_map(|at| {
        let is_whole = matches!(tokens.before(at), "the" | "my" | "our") && tokens.is_free(at..at + 1);
        let meant = match tokens.lower(at) {
            "week" => "this week",
            "month" => "this month",
            "day" => "today",
            "night" => "last night",
            _ => return None,
        };
        is_whole.then_some((at, meant))
    });
    let Some((at, meant)) = found else { return Vec::new() };
    let mut mentions = periods::read(meant, &context(question));
    let span = tokens.row[at].span.clone();
    let written = tokens.slice(at - 1..at + 1).to_owned();
    for mention in &mut mentions {
        mention.spans = vec![span.clone()];
        for period in &mut mention.periods {
            period.text.clone_from(&written);
        }
    }
    tokens.take(at..at + 1, Role::Time);
    mentions
}

/// Carried over, what is still running goes on: "today" is today's after midnight too, and ends now. What
/// was over then stays what it was.
pub(super) fn go_on(periods: &mut [Period], question: &Question<'_>) {
    let [period] = periods else { return };
    let mentions = periods::read(&period.text, &context(question));
    let [mention] = mentions.as_slice() else { return };
    // Asked a moment after its end, what was over by itself ends there again; what ran then goes on.
    let later = period.end.checked_add(jiff::SignedDuration::from_secs(1)).unwrap_or(period.end);
    let again = periods::read(&period.text, &PeriodContext { now: later, ..context(question) });
    // "Before midnight" of last night, read by itself, is another time.
    let begins_as_well =
        |again: &Period| (period.start..=period.start + (later - period.end)).contains(&again.start);
    let is_itself = again.iter().flat_map(|mention| &mention.periods).any(begins_as_well);
    let is_over = again.iter().flat_map(|mention| &mention.periods).any(|again| again.end == period.end);
    if is_over || !is_itself {
        return;
    }
    if let [again] = mention.periods.as_slice()
        && !mention.is_relative_to_anchor
        && again.end == question.now
        && period.end <= question.now
        && matches!(mention.spans.as_slice(), [whole] if *whole == (0..period.text.len()))
    {
        *period = again.clone();
    }
}
