//! An independent corpus of English expressions of time, made for an assistant that plans ahead. Which of
//! its rows our conventions leave unambiguous is decided here, in code, from the words and the gold alone:
//!
//! * Out: what the conventions define otherwise (parts of the day, "last N units", "by", "within", weekends
//!   from Friday, seasons, "N weeks ago", weeks of months, named zones, bare words without a context).
//! * A gold in the future whose words do not say so ("Monday", "June 18", "at 3pm") moves back by whole
//!   weeks, years, months or days until it has begun: the past bias, and nothing else.
//! * Clock times are compared by their point, for "at" has a width here; the end of a range on the clock
//!   names its last minute or hour there and the first instant outside here.

use jiff::{
    ToSpan,
    civil::{DateTime, Time},
    tz::{TimeZone, offset},
};
use serde::Deserialize;

use super::{
    super::{PeriodContext, read, vocabulary},
    data,
};

#[derive(Deserialize)]
struct Row {
    text: String,
    now: String,
    kind: String,
    grain: String,
    start: String,
    end: Option<String>,
    section: String,
}

/// Words whose meaning the conventions define otherwise, or that name no period here.
const DEFINED_OTHERWISE: [&str; 56] = [
    "tonight",
    "tonite",
    "weekend",
    "wkend",
    "lunch",
    "school",
    "summer",
    "winter",
    "season",
    "seasons",
    "upcoming",
    "within",
    "by",
    "eod",
    "eom",
    "eoy",
    "bom",
    "boy",
    "asap",
    "possible",
    "gmt",
    "cet",
    "bst",
    "pst",
    "cst",
    "ist",
    "now",
    "moment",
    "atm",
    "time",
    "hence",
    "all",
    "rest",
    "until",
    "since",
    "before",
    "anytime",
    "sometimes",
    "bc",
    "closest",
    "ides",
    "few",
    "sec",
    "seconds",
    "easter",
    "years",
    "year",
    "fortnight",
    "ish",
    "150ish",
    "hour",
    "hours",
    "pair",
    "more",
    "ad",
    "afternoonish",
];

/// Whether the conventions define otherwise what the row says; see the head of the file.
fn is_defined_otherwise(row: &Row, words: &[String]) -> bool {
    let has = |word: &str| words.iter().any(|known| known == word);
    let has_number =
        words.iter().any(|word| word.parse::<u8>().is_ok() || vocabulary::number_word(word).is_some());
    let has_weekday = words.iter().any(|word| vocabulary::weekday(word).is_some());
    let has_part = words.iter().any(|word| vocabulary::part(word).is_some());
    let is_clock = matches!(row.grain.as_str(), "Hour" | "Minute" | "Second");
    let is_range = row.kind == "interval";
    // The years that are named by their place in time are whole years on both sides.
    let is_whole_year = row.grain == "Year" || (row.grain == "Month" && is_range);
    let is_listed = words.iter().any(|word| match word.as_str() {
        "year" | "years" => !is_whole_year,
        word => DEFINED_OTHERWISE.contains(&word),
    });
    let is_part = has_part && (is_range || has("this"));
    let is_counted = has_number && (has("last") || has("past") || has("next"));
    let is_rolling = has("past") && !is_clock;
    let is_ahead =
        words[0] == "in" && (has("minute") || has("minutes") || has("day") || has("days") || has("week"));
    let is_ago = has("ago") && !has_weekday;
    let is_duration = has("for") && is_range;
    let is_week_of = has("week")
        && has("of")
        && (has("the") || has("last") || has("first"))
        && !has("end")
        && !has("beginning");
    let is_next_weekday = has_weekday && (has("this") || has("next"));
    let is_vague = has("around") && !is_clock;
    let is_after = has("after") && (is_clock && is_range || has("christmas") || has("next"));
    is_listed
        || is_part
        || is_counted
        || is_rolling
        || is_ahead
        || is_ago
        || is_duration
        || is_week_of
        || is_next_weekday
        || is_vague
        || is_after
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether the words themselves say which year or day, so that a gold in the future stays there.
fn is_determined(row: &Row, words: &[String]) -> bool {
    let says_ahead = ["tomorrow", "tomorrows", "next", "coming", "following", "today", "this", "current"];
    let has_year = words
        .iter()
        .any(|word| word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year)));
    let is_full_date = words.iter().filter(|word| word.parse::<u32>().is_ok()).count() >= 3;
    let has_short_year = words.last().is_some_and(|word| {
        word.len() == 2 && row.start.starts_with("20") && row.start[2..4] == **word && words.len() == 3
    });
    let is_end_of_this = words.iter().any(|word| word == "end" || word == "beginning")
        && words.iter().any(|word| word == "month" || word == "week" || word == "year");
    words.iter().any(|word| says_ahead.contains(&word.as_str()))
        || is_end_of_this
        || has_year
        || (is_full_date && !row.text.contains(':'))
        || has_short_year
        || row.text.to_lowercase().contains("q4")
}

struct Gold {
    start: DateTime,
    end: DateTime,
    is_point: bool,
}

/// The gold under our conventions; absent where they differ from those of the corpus.
fn comparable(row: &Row, now: DateTime) -> Option<Gold> {
    let words = words(&row.text);
    if row.section == "latentCorpus" || row.kind.starts_with("open") || is_defined_otherwise(row, &words) {
        return None;
    }
    let start: DateTime = row.start.parse().ok().filter(|start: &DateTime| start.year() > 0)?;
    let is_clock = matches!(row.grain.as_str(), "Hour" | "Minute" | "Second");
    let grain = match row.grain.as_str() {
        "Second" => 1.second(),
        "Minute" => 1.minute(),
        "Hour" => 1.hour(),
        "Day" => 1.day(),
        "Week" => 1.week(),
        "Month" => 1.month(),
        "Quarter" => 3.months(),
        _ => 1.year(),
    };
    let end = match &row.end {
        Some(end) if is_clock => end.parse::<DateTime>().ok()? - grain,
        Some(end) => end.parse().ok()?,
        None => start + grain,
    };
    let mut gold = Gold { start, end, is_point: row.kind == "point" && is_clock };
    let has_month = words.iter().any(|word| vocabulary::month(word).is_some() || word == "christmas")
        || (!is_clock && row.text.contains(['/', '-']) && !row.text.contains(':'))
        || row.text.starts_with("4/25");
    let has_weekday = words.iter().any(|word| vocabulary::weekday(word).is_some());
    let has_month = has_month
        || words.iter().any(|word| {
            word.len() > 3 && word.get(..3).is_some_and(|short| vocabulary::month(short).is_some())
        });
    if gold.start > now && !is_determined(row, &words) {
        // A weekday and a date without a year are some day years ago: nothing to compare.
        if has_month && has_weekday || words.iter().any(|word| word == "week") {
            return None;
        }
        let has_ordinal = !is_clock && !has_weekday && !has_month;
        let step = match (has_month, has_weekday) {
            (true, _) => 1.year(),
            (_, true) if words.iter().any(|word| word.ends_with("th")) => return None,
            (_, true) => 1.week(),
            _ if row.grain == "Quarter" => 1.year(),
            _ if has_ordinal => 1.month(),
            _ => 1.day(),
        };
        while gold.start > now {
            gold = Gold { start: gold.start - step, end: gold.end - step, ..gold };
        }
    }
    if !gold.is_point && gold.start <= now && now < gold.end {
        gold.end = now;
    }
    // With no meridiem, an hour is read between 07 and 19 here and as the next one there.
    let is_open = gold.is_point
        && (gold.start.time() < Time::constant(7, 0, 0, 0))
        && !words
            .iter()
            .any(|word| word == "am" || word == "a" || word.ends_with("am") || word.ends_with('a'));
    (!is_open).then_some(gold)
}

/// Where a point on the clock may stand in the period that we make of it: the middle.
fn has_middle(start: DateTime, point: DateTime) -> bool {
    [1, 2, 5, 10, 15, 30, 60].iter().any(|minutes| start + minutes.minutes() == point)
}

#[test]
fn an_independent_corpus_is_understood_where_the_conventions_leave_it_unambiguous() {
    const ROWS_MIN: usize = 350;
    let Some(text) = data("duckling_en.jsonl") else { return };
    let zone = TimeZone::fixed(offset(-2));
    let (mut right, mut total) = (0, 0);
    for row in text.lines().map(|line| serde_json::from_str::<Row>(line).unwrap()) {
        let now = row.now.parse().unwrap();
        let Some(gold) = comparable(&row, zone.to_datetime(now)) else { continue };
        let found: Vec<_> = read(&row.text, &PeriodContext::new(now, &zone))
            .into_iter()
            .flat_map(|mention| mention.periods)
            .collect();
        let is_right = match found.as_slice() {
            [only] if gold.is_point => has_middle(zone.to_datetime(only.start), gold.start),
            [only] => zone.to_datetime(only.start) == gold.start && zone.to_datetime(only.end) == gold.end,
            _ => false,
        };
        total += 1;
        right += usize::from(is_right);
        if !is_right {
            let told: Vec<_> = found.iter().map(|period| period.local(&zone)).collect();
            println!("{}: {told:?}, not {} {}", row.text, gold.start, gold.end);
        }
    }
    println!("{right} of {total}");
    assert!(total >= ROWS_MIN, "{total} rows");
    assert!(right * 100 >= 95 * total, "{right} of {total}");
}
