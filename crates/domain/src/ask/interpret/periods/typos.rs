//! Mends words of time that are one edit away from their spelling ("yesteday", "thursady"), never a
//! word that is itself English ("mourning", "sundae"), and never a short one.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::vocabulary;

/// Words worth mending. Short words and words with many neighbours ("night", "march", "hour") are
/// left out on purpose: what looks like them is mostly something else.
const MENDED: [&str; 34] = [
    "yesterday",
    "today",
    "tonight",
    "tomorrow",
    "overnight",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "april",
    "august",
    "september",
    "october",
    "november",
    "december",
    "morning",
    "mornings",
    "afternoon",
    "afternoons",
    "evening",
    "evenings",
    "midnight",
    "weekend",
    "weekends",
    "weekday",
    "weekdays",
    "minutes",
    "between",
    "recently",
];

/// English words one edit away from a word above.
static ENGLISH: LazyLock<FxHashSet<&str>> = LazyLock::new(|| {
    FxHashSet::from_iter([
        "mourning",
        "mournings",
        "moaning",
        "mooning",
        "morning",
        "corning",
        "horning",
        "mornings",
        "eventing",
        "evenings",
        "evening",
        "sundae",
        "sundry",
        "toady",
        "toddy",
        "today",
        "todays",
        "todd",
        "tonights",
        "fridays",
        "mondays",
        "sundays",
        "augusta",
        "augusto",
        "minuets",
        "minute",
        "minuted",
        "minutest",
        "afternoon",
        "weekend",
        "weekday",
        "weekended",
        "weekender",
        "decently",
        "betweens",
        "aprils",
        "aril",
        "mindays",
        "overnights",
        "overnighted",
    ])
});

/// Spellings more than one edit away, or of words too short to mend by rule.
static KNOWN: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    FxHashMap::from_iter([
        ("lst", "last"),
        ("nght", "night"),
        ("mornin", "morning"),
        ("mrning", "morning"),
        ("tdy", "today"),
        ("aftrnoon", "afternoon"),
        ("yday", "yesterday"),
        ("ystrday", "yesterday"),
        ("yesturday", "yesterday"),
        ("tmrw", "tomorrow"),
        ("tommorow", "tomorrow"),
        ("tonite", "tonight"),
        ("2nite", "tonight"),
        ("nite", "night"),
        ("nites", "nights"),
        ("nigth", "night"),
        ("nihgt", "night"),
        ("wensday", "wednesday"),
        ("wendsday", "wednesday"),
        ("wenesday", "wednesday"),
        ("wkend", "weekend"),
        ("wkends", "weekends"),
        ("mins", "minutes"),
        ("hrs", "hours"),
        ("hr", "hour"),
        ("wk", "week"),
        ("wks", "weeks"),
        ("yr", "year"),
        ("yrs", "years"),
        ("qtr", "quarter"),
        ("btw", "between"),
        ("betw", "between"),
        ("arvo", "afternoon"),
        ("wendesday", "wednesday"),
        ("yesterady", "yesterday"),
        ("yestarday", "yesterday"),
        ("untill", "until"),
        ("thru", "through"),
    ])
});

/// The shortest word that is mended by rule; "today" is the shortest in the list.
const LETTERS_MIN: usize = 5;

/// The right spelling, when the word is a misspelt word of time.
pub(super) fn mend(word: &str) -> Option<&'static str> {
    if let Some(right) = KNOWN.get(word) {
        return Some(right);
    }
    if !word.is_ascii() || word.len() < LETTERS_MIN || word.len() > 11 {
        return None;
    }
    // Nobody mistypes the first letter of "today" as often as other words look like it.
    let can_be = |right: &&&str| right.as_bytes()[0] == word.as_bytes()[0] && right.len() >= LETTERS_MIN;
    if vocabulary::is_known(word) || MENDED.contains(&word) || ENGLISH.contains(word) {
        return None;
    }
    MENDED.iter().filter(can_be).find(|right| is_one_edit_away(word.as_bytes(), right.as_bytes())).copied()
}

/// Whether one insertion, deletion, substitution or swap of neighbours makes them equal.
fn is_one_edit_away(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    match long.len() - short.len() {
        0 if same == short.len() => false,
        0 => {
            let rest = (&short[same..], &long[same..]);
            let is_swap = rest.0.len() >= 2
                && rest.0[0] == rest.1[1]
                && rest.0[1] == rest.1[0]
                && rest.0[2..] == rest.1[2..];
            is_swap || rest.0[1..] == rest.1[1..]
        }
        1 => short[same..] == long[same + 1..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_edit_is_mended_and_english_words_are_left_alone() {
        for (wrong, right) in [
            ("yesteday", "yesterday"),
            ("yesterdya", "yesterday"),
            ("thursady", "thursday"),
            ("wednsday", "wednesday"),
            ("saterday", "saturday"),
            ("tonigt", "tonight"),
            ("afternon", "afternoon"),
            ("febuary", "february"),
            ("todya", "today"),
        ] {
            assert_eq!(mend(wrong), Some(right), "{wrong}");
        }
        for word in ["mourning", "sundae", "sundry", "toddy", "light", "might", "match", "year", "yesterday"]
        {
            assert_eq!(mend(word), None, "{word}");
        }
    }
}
