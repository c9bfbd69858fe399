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

/// Days that lack a time of the day, and times that lack a day.
const DAYS_ALONE: [&str; 6] =
    ["yesterday", "on Monday", "last Friday", "on 4 May", "on the 5th of May", "3 days ago"];
const TIMES_ALONE: [&str; 6] =
    ["between 8 and 9", "from 7am to 9am", "after 22:00", "before noon", "in the afternoon", "around 14:30"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

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
            for span in &mention.spans {
                prop_assert!(span.start >= end && span.end > span.start);
                end = span.end;
                prop_assert!(text.get(span.clone()).is_some());
            }
            prop_assert!(!mention.periods.is_empty() && !mention.spans.is_empty());
            for period in &mention.periods {
                prop_assert!(period.end >= period.start, "{text:?} {period:?}");
                prop_assert!(!period.text.is_empty());
                if let [whole] = mention.spans.as_slice() {
                    prop_assert_eq!(Some(period.text.as_str()), text.get(whole.clone()));
                }
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
    fn a_day_and_a_time_of_the_day_are_one_time_wherever_they_stand(
        day in prop::sample::select(DAYS_ALONE.to_vec()),
        time in prop::sample::select(TIMES_ALONE.to_vec()),
        between in prop::sample::select(vec!["at the dock", "in the main hall", "was anybody at gate 3", "how many people came", ","]),
    ) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let context = PeriodContext::new(Timestamp::from_second(1_778_666_400).unwrap(), &zone);
        let told = |text: String| -> Vec<(Timestamp, Timestamp)> {
            read(&text, &context).iter().flat_map(|mention| &mention.periods).map(|p| (p.start, p.end)).collect()
        };
        let beside = told(format!("people {day} {time}"));
        prop_assert_eq!(beside.len(), 1);
        for apart in [format!("people {day} {between} {time}"), format!("people {time} {between} {day}")] {
            prop_assert_eq!(&told(apart.clone()), &beside, "{}", apart);
        }
    }

    #[test]
    fn the_week_and_the_hours_of_a_list_are_for_all_its_days(
        days in prop::sample::subsequence(WEEKDAYS.to_vec(), 2..=4),
        week in prop::sample::select(vec!["last week", "this week", "the week before last"]),
        time in prop::sample::select(vec!["", " between 9 and 11", " after 10am"]),
    ) {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        // A Sunday night: every day of the week has been.
        let context = PeriodContext::new(Timestamp::from_second(1_779_053_340).unwrap(), &zone);
        let told = |text: String| -> Vec<(Timestamp, Timestamp)> {
            read(&text, &context).iter().flat_map(|mention| &mention.periods).map(|p| (p.start, p.end)).collect()
        };
        let (last, others) = days.split_last().unwrap();
        let list = format!("{} and {last}", others.join(", "));
        let each: Vec<_> = days.iter().flat_map(|day| told(format!("{day} {week}{time}"))).collect();
        prop_assert_eq!(each.len(), days.len());
        for text in [format!("deliveries on {list} {week}{time}"), format!("{week} on {list}{time}"), format!("deliveries on {list} at the dock {week}{time}")] {
            prop_assert_eq!(&told(text.clone()), &each, "{}", text);
        }
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
