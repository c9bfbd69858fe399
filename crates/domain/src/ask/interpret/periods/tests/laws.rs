//! What holds for any text at any time.

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use proptest::prelude::*;

use super::super::{PeriodContext, Text, read, read_counting};
use crate::Period;

/// Words and marks of time, so that random texts are not random noise alone.
const PIECES: [&str; 64] = [
    "yesterday",
    "today",
    "last",
    "next",
    "this",
    "the",
    "night",
    "Monday",
    "weekend",
    "week",
    "month",
    "ago",
    "3",
    "15:30",
    "2am",
    "between",
    "and",
    "from",
    "to",
    "until",
    "since",
    "before",
    "after",
    "at",
    "on",
    "in",
    "every",
    "morning",
    "June",
    "18th",
    "2026-05-01",
    "2026-05-01T10:00Z",
    "6/18",
    "18.06.",
    "noon",
    "midnight",
    "half past",
    "quarter to",
    "hours",
    "minutes",
    "an hour",
    "later",
    "earlier",
    "same time",
    "day",
    "of",
    "first",
    "-",
    "–",
    ",",
    "?",
    "May",
    "camera 5",
    "weekdays",
    "outside business hours",
    "99999999999",
    "-1",
    "early",
    "late",
    "that",
    "now",
    "recently",
    "Q1",
    "👀é",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..24)
        .prop_map(|pieces| pieces.join(" "));
    prop_oneof![any::<String>(), pieces, "[0-9:/.\\-apm ]{0,40}"]
}

fn zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(vec![
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "Australia/Lord_Howe",
    ])
    .prop_map(|name| TimeZone::get(name).unwrap())
}

/// Any second that jiff knows, the rim included.
fn instant() -> impl Strategy<Value = Timestamp> {
    prop_oneof![1_000_000_000_i64..2_000_000_000, Timestamp::MIN.as_second()..Timestamp::MAX.as_second(),]
        .prop_map(|second| Timestamp::from_second(second).unwrap())
}

proptest! {
    #[test]
    fn any_text_gives_ordered_periods_and_disjoint_spans(text in text(), zone in zone(), now in instant(), anchor in prop::option::of((instant(), instant()))) {
        let anchor = anchor.map(|(a, b)| Period::new(a, b));
        let mentions = read(&text, &PeriodContext::new(now, &zone).after(anchor.as_ref()));
        let mut end = 0;
        for mention in &mentions {
            prop_assert!(mention.span.start >= end && mention.span.end > mention.span.start);
            end = mention.span.end;
            let words = text.get(mention.span.clone());
            prop_assert!(words.is_some());
            prop_assert!(!mention.periods.is_empty());
            for period in &mention.periods {
                prop_assert!(period.end >= period.start, "{text:?} {period:?}");
                prop_assert_eq!(Some(period.text.as_str()), words);
            }
            prop_assert!(mention.periods.is_sorted_by_key(|period| period.start));
        }
    }

    #[test]
    fn a_day_later_relative_words_mean_a_day_later(
        words in prop::sample::select(vec![
            "yesterday", "last night", "today", "this morning", "the past 3 hours", "two days ago", "at 3pm",
            "yesterday between 2 and 4pm", "around noon", "last 24 hours", "since midnight", "just now",
            "three nights ago", "yesterday evening", "after 10pm", "the day before yesterday",
        ]),
        second in 1_000_000_000_i64..2_000_000_000,
    ) {
        let zone = TimeZone::UTC;
        let now = Timestamp::from_second(second).unwrap();
        let told = |now: Timestamp| read(words, &PeriodContext::new(now, &zone))[0].periods[0].clone();
        let (before, after) = (told(now), told(now + 24.hours()));
        prop_assert_eq!(before.start + 24.hours(), after.start);
        prop_assert_eq!(before.end + 24.hours(), after.end);
    }

    #[test]
    fn the_work_grows_with_the_text_and_no_faster(pieces in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 1..40)) {
        // Tokens looked at for each token there is, however they follow each other.
        const LOOKS_PER_TOKEN_MAX: usize = 4_000;
        let zone = TimeZone::UTC;
        let context = PeriodContext::new(Timestamp::from_second(1_780_000_000).unwrap(), &zone);
        let once = pieces.join(" ");
        let many = [once.as_str(); 8].join(" ");
        let many = Text::of(&many);
        let (_, looks) = read_counting(&many, &context);
        let (tokens, many) = (many.tokens.len(), many.written);
        prop_assert!(looks <= LOOKS_PER_TOKEN_MAX * tokens, "{looks} looks at {tokens} tokens of {many}");
    }
}
