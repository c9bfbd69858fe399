//! What a sentence claims, read word by word: times, dates, numbers in digits and in words, negations,
//! comparisons. Pure scanning; judges nothing.

mod dates;
mod manner;
mod numbers;
mod times;
mod tokens;

pub(crate) use dates::{Day, days, is_day};
pub(crate) use manner::{Direction, Manner, manner, negator, superlative};
pub(crate) use numbers::{Bound, Number, foreign_numbers, is_number_word, numbers};
pub(crate) use times::{Clock, Time, times};
pub(crate) use tokens::{Kind, Token, tokens};

/// Whether a word that is being written could become a claim that is only checked with its whole
/// sentence: a number, a time, or that there was nothing.
pub(crate) fn is_claim_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.chars().any(char::is_numeric)
        || numbers::is_number_word(&lower)
        || manner::negator(&lower).is_some()
        || manner::is_vague(&lower)
        || matches!(lower.as_str(), "noon" | "midnight" | "percent" | "per")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Vec<String>, String)> {
        let times = times(text).into_iter().map(|t| t.span).collect::<Vec<_>>();
        let tokens = tokens(text, &times);
        numbers(&tokens, &[]).into_iter().map(|n| (n.readings, n.nouns.concat())).collect()
    }

    #[test]
    fn times_and_numbers_are_read_apart() {
        let text = "At 14:32 and 2:05 pm, 3pm, 21.30 Uhr, 1,240 events (31 visits), two people, 2.5 times";
        let clocks: Vec<Clock> = times(text).iter().map(|t| t.clock).collect();
        assert_eq!(clocks, [(14, 32), (14, 5), (15, 0), (21, 30)]);
        let read = read(text);
        let first: Vec<&str> = read.iter().map(|(readings, _)| readings[0].as_str()).collect();
        assert_eq!(first, ["1240", "31", "2", "2.5"]);
        assert_eq!(read[1].1, "visits");
    }

    #[test]
    fn numbers_are_read_however_they_are_written() {
        for (text, value) in [
            ("twenty-three people", "23"),
            ("forty seven events", "47"),
            ("fourty-seven events", "47"),
            ("thirtytwo events", "32"),
            ("one hundred and five events", "105"),
            ("a hundred people", "100"),
            ("two thousand three hundred visits", "2300"),
            ("a dozen people", "12"),
            ("half a dozen people", "6"),
            ("two dozen cars", "24"),
            ("a couple of men", "2"),
            ("only one event", "1"),
            ("a single visit", "1"),
            ("It came twice.", "2"),
            ("39,313 events", "39313"),
            ("39.313 Ereignisse", "39313"),
            ("39\u{202f}313 événements", "39313"),
            ("ninety events", "90"),
        ] {
            let read = read(text);
            assert!(read.len() == 1 && read[0].0.iter().any(|r| r == value), "{text}: {read:?}");
        }
        assert!(read("one of them; once more").is_empty());
        let kinds: Vec<Kind> = tokens("gate7 10kg", &[]).into_iter().map(|t| t.kind).collect();
        assert_eq!(kinds, [Kind::Mixed, Kind::Number(vec!["10".into()]), Kind::Word]);
    }

    #[test]
    fn bounds_and_days_are_read() {
        let bound = |text: &str| numbers(&tokens(text, &[]), &[])[0].bound;
        assert_eq!(bound("at least 5 events"), Bound::AtLeast);
        assert_eq!(bound("more than 5 events"), Bound::MoreThan);
        assert_eq!(bound("fewer than five events"), Bound::LessThan);
        assert_eq!(bound("no more than 5 events"), Bound::AtMost);
        assert_eq!(bound("between 3 and 5 events"), Bound::Range);
        assert_eq!(bound("3 to 5 events"), Bound::Range);
        assert_eq!(bound("5 events"), Bound::None);
        let days = |text: &str| days(&tokens(text, &[])).into_iter().map(|(_, day)| day).collect::<Vec<_>>();
        assert_eq!(days("on 13 May"), [Day::Date(Some(5), 13, None)]);
        assert_eq!(days("on the third of May"), [Day::Date(Some(5), 3, None)]);
        assert_eq!(days("May the twenty-first"), [Day::Date(Some(5), 21, None)]);
        assert!(days("the third visit").is_empty());
        let foreign = |text: &str| foreign_numbers(&tokens(text, &[]), &[]).len();
        assert_eq!((foreign("es waren zwölf Personen"), foreign("doce personas y dos coches")), (1, 2));
        assert_eq!(days("May 13th, 2026"), [Day::Date(Some(5), 13, Some(2026))]);
        assert_eq!(days("2026-05-13"), [Day::Date(Some(5), 13, Some(2026))]);
        assert_eq!(days("on 13.05."), [Day::Pair(13, 5)]);
        assert_eq!(days("Tuesday the 12th"), [Day::Weekday(1), Day::Date(None, 12, None)]);
        assert_eq!(days("yesterday, in 2024"), [Day::Relative(-1), Day::Year(2024)]);
        assert_eq!(days("Wed 13 May, she sat"), [Day::Weekday(2), Day::Date(Some(5), 13, None)]);
        assert_eq!(days("They may leave at 5 5 events"), []);
    }
}
