//! What is said with a word left out: "this week and last", "week over week", "before and after 12". The word is put
//! back before anything is read. Must never change what is said in full.

use std::borrow::Cow;

/// Longer questions are told, not clipped.
const BYTES_MAX: usize = 400;

/// Phrases that stand for others, whole words of both.
const SAID: [(&str, &str); 11] = [
    ("week over week", "this week compared with last week"),
    ("week on week", "this week compared with last week"),
    ("month over month", "this month compared with last month"),
    ("month on month", "this month compared with last month"),
    ("year over year", "this year compared with last year"),
    ("year on year", "this year compared with last year"),
    ("day over day", "today compared with yesterday"),
    ("in percent, how many of", "what percentage of"),
    ("in percent how many of", "what percentage of"),
    ("which way did", "where did"),
    ("what direction did", "where did"),
];

const UNITS: [&str; 6] = ["week", "month", "year", "weekend", "quarter", "night"];

/// The question with the words put back.
pub(super) fn spelt_out(text: &str) -> Cow<'_, str> {
    if text.len() > BYTES_MAX || !text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let lower = text.to_ascii_lowercase();
    for (phrase, meant) in SAID {
        if let Some(at) = whole_words(&lower, phrase) {
            return Cow::Owned(format!("{}{meant}{}", &text[..at], &text[at + phrase.len()..]));
        }
    }
    if let Some(text) = both_sides(text, &lower) {
        return Cow::Owned(text);
    }
    if let Some(text) = while_it_happened(text, &lower) {
        return Cow::Owned(text);
    }
    match unit_of_last(&lower) {
        Some((end, unit)) => Cow::Owned(format!("{} {unit}{}", &text[..end], &text[end..])),
        None => Cow::Borrowed(text),
    }
}

/// Where a phrase stands that no letter goes on with.
fn whole_words(lower: &str, phrase: &str) -> Option<usize> {
    let at = lower.find(phrase)?;
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let is_part =
        is_letter(lower[..at].chars().next_back()) || is_letter(lower[at + phrase.len()..].chars().next());
    (!is_part).then_some(at)
}

/// "This week and last": where the unit is missing behind "last", and which it is.
fn unit_of_last(lower: &str) -> Option<(usize, &'static str)> {
    let at = whole_words(lower, "this")?;
    let mut words = lower[at..].split_inclusive(' ').scan(at, |end, word| {
        *end += word.len();
        Some((word.trim_end(), *end))
    });
    words.next()?;
    let unit = words
        .next()
        .and_then(|(word, _)| UNITS.into_iter().find(|unit| *unit == word.trim_end_matches(',')))?;
    let is_joint = |word: &str| {
        matches!(
            word,
            "and" | "or" | "vs" | "vs." | "versus" | "with" | "to" | "than" | "against" | "compared" | "the"
        )
    };
    let (last, end) = words.find(|(word, _)| !is_joint(word))?;
    let end = end.min(lower.len());
    let end = lower[..end].trim_end().len();
    let (bare, marks) = last.split_at("last".len().min(last.len()));
    let is_last = bare == "last" && marks.chars().all(|c| c.is_ascii_punctuation());
    // "This week and last night" names another unit.
    let goes_on = marks.is_empty()
        && words.next().is_some_and(|(next, _)| {
            !matches!(next, "in" | "at" | "on" | "for" | "by" | "per" | "did" | "were" | "was")
        });
    (is_last && !goes_on).then_some((end - marks.len(), unit))
}

/// "Before and after 12 on Saturday": before 12 and after 12.
fn both_sides(text: &str, lower: &str) -> Option<String> {
    const PHRASE: &str = "before and after ";
    let at = whole_words(lower, PHRASE.trim_end()).filter(|at| lower[*at..].starts_with(PHRASE))?;
    let from = at + PHRASE.len();
    let mut words = lower[from..].split(' ');
    let first = words.next()?;
    let is_time =
        first.starts_with(|c: char| c.is_ascii_digit()) || matches!(first, "noon" | "midday" | "midnight");
    let bare = |word: &str| word.trim_end_matches(|c: char| c.is_ascii_punctuation()).len();
    let length = match words.next().map(|half| &half[..bare(half)]) {
        Some(half @ ("am" | "pm")) => first.len() + 1 + half.len(),
        _ => bare(first),
    };
    let time = text.get(from..from + length).filter(|_| is_time)?;
    Some(format!("{}before {time} and after {}", &text[..at], &text[from..]))
}

/// "Who was there when the collision happened?": within ten minutes of it.
fn while_it_happened(text: &str, lower: &str) -> Option<String> {
    const WORDS_MAX: usize = 4;
    let at = lower.find(" when the ")?;
    let event = at + " when ".len();
    let mut end = event;
    for (index, word) in lower[event..].split_inclusive(' ').enumerate().take(WORDS_MAX + 2) {
        let bare = word.trim_end().trim_end_matches(|c: char| c.is_ascii_punctuation());
        if index > 1 && matches!(bare, "happened" | "occurred") {
            let event = text[event..end].trim_end();
            return Some(format!(
                "{} within 10 minutes of {event}{}",
                &text[..at],
                &text[end + bare.len()..]
            ));
        }
        end += word.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_were_left_out_are_put_back() {
        for (text, meant) in [
            ("cars this week and last", "cars this week and last week"),
            ("cars this week vs. last?", "cars this week vs. last week?"),
            (
                "compare this month to the last in the hall",
                "compare this month to the last month in the hall",
            ),
            ("Week over week, how many?", "this week compared with last week, how many?"),
            ("Which way did he go", "where did he go"),
            (
                "which cars left when the collision happened?",
                "which cars left within 10 minutes of the collision?",
            ),
            ("people before and after 12 on Saturday", "people before 12 and after 12 on Saturday"),
            ("before and after 5 pm?", "before 5 pm and after 5 pm?"),
        ] {
            assert_eq!(spelt_out(text), meant);
        }
        for said_in_full in [
            "this week and last week",
            "this week and last night",
            "did this person come last",
            "this week the last car",
            "before and after the collision",
            "when the collision happened",
            "what did they do when the bell rang",
            "each week overnight",
            "cars this week, and last but not least dogs",
        ] {
            assert_eq!(spelt_out(said_in_full), said_in_full);
        }
    }
}
