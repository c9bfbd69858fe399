//! What single words mean: weekdays, months, units, parts of the day, numbers in words; and the words
//! around a number that decide whether it can be a time at all. Only look-ups; no grammar.

use jiff::civil::Weekday;
use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::expression::{Part, Unit};

/// A weekday and whether it is in the plural ("Mondays").
pub(super) fn weekday(word: &str) -> Option<(Weekday, bool)> {
    let day = match word {
        "monday" | "mondays" | "mon" => Weekday::Monday,
        "tuesday" | "tuesdays" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wednesdays" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thursdays" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fridays" | "fri" => Weekday::Friday,
        "saturday" | "saturdays" | "sat" => Weekday::Saturday,
        "sunday" | "sundays" | "sun" => Weekday::Sunday,
        _ => return None,
    };
    Some((day, word.ends_with("days")))
}

/// Whether the word is one of time in its right spelling.
pub(super) fn is_known(word: &str) -> bool {
    weekday(word).is_some() || month(word).is_some() || part(word).is_some() || unit(word).is_some()
}

/// Whether a short form of a weekday is also an English word.
pub(super) fn is_doubtful_weekday(word: &str) -> bool {
    matches!(word, "sat" | "sun" | "wed" | "weds" | "mon")
}

/// Whether the word can bound a time: "till 5 pm".
pub(super) fn is_bound(word: &str) -> bool {
    matches!(
        word,
        "till" | "til" | "until" | "since" | "before" | "after" | "past" | "by" | "to" | "through" | "from"
    )
}

/// A month, 1 to 12.
pub(super) fn month(word: &str) -> Option<i8> {
    Some(match word {
        "january" | "jan" => 1,
        "february" | "feb" | "febr" => 2,
        "march" | "mar" => 3,
        "april" | "apr" => 4,
        "may" => 5,
        "june" | "jun" => 6,
        "july" | "jul" => 7,
        "august" | "aug" => 8,
        "september" | "sept" | "sep" => 9,
        "october" | "oct" => 10,
        "november" | "nov" => 11,
        "december" | "dec" => 12,
        _ => return None,
    })
}

/// Whether the name of a month is also an English word or a common name.
pub(super) fn is_doubtful_month(word: &str) -> bool {
    matches!(word, "may" | "march" | "mar" | "jan" | "april" | "june" | "august" | "dec" | "sep")
}

/// A unit of time.
pub(super) fn unit(word: &str) -> Option<Unit> {
    Some(match word {
        "second" | "seconds" | "sec" | "secs" => Unit::Second,
        "minute" | "minutes" | "min" => Unit::Minute,
        "hour" | "hours" => Unit::Hour,
        "day" | "days" => Unit::Day,
        "week" | "weeks" => Unit::Week,
        "month" | "months" => Unit::Month,
        "quarter" | "quarters" => Unit::Quarter,
        "year" | "years" => Unit::Year,
        _ => return None,
    })
}

/// A unit written as one letter right behind its number: "24h", "7d".
pub(super) fn unit_letter(word: &str) -> Option<Unit> {
    Some(match word {
        "s" => Unit::Second,
        "m" => Unit::Minute,
        "h" => Unit::Hour,
        "d" => Unit::Day,
        "w" => Unit::Week,
        _ => return None,
    })
}

/// A part of the day and whether it is in the plural ("nights").
pub(super) fn part(word: &str) -> Option<(Part, bool)> {
    let part = match word {
        "morning" | "mornings" => Part::Morning,
        "afternoon" | "afternoons" => Part::Afternoon,
        "evening" | "evenings" => Part::Evening,
        "night" | "nights" | "nighttime" | "overnight" => Part::Night,
        "lunchtime" | "lunchtimes" | "lunch" => Part::Lunch,
        "dawn" | "daybreak" | "sunrise" => Part::Dawn,
        "dusk" | "twilight" | "sunset" | "nightfall" => Part::Dusk,
        "daytime" => Part::Daytime,
        _ => return None,
    };
    Some((part, word.ends_with('s')))
}

/// A number in words up to twenty, and the tens.
pub(super) fn number_word(word: &str) -> Option<u32> {
    Some(match word {
        "zero" => 0,
        "one" => 1,
        "two" => 2,
        "three" => 3,
        "four" => 4,
        "five" => 5,
        "six" => 6,
        "seven" => 7,
        "eight" => 8,
        "nine" => 9,
        "ten" => 10,
        "eleven" => 11,
        "twelve" => 12,
        "thirteen" => 13,
        "fourteen" => 14,
        "fifteen" => 15,
        "sixteen" => 16,
        "seventeen" => 17,
        "eighteen" => 18,
        "nineteen" => 19,
        "twenty" => 20,
        "thirty" => 30,
        "forty" => 40,
        "fifty" => 50,
        "sixty" => 60,
        "ninety" => 90,
        _ => return None,
    })
}

/// An ordinal in words, up to thirty-first without its tens.
pub(super) fn ordinal_word(word: &str) -> Option<u32> {
    Some(match word {
        "first" => 1,
        "second" => 2,
        "third" => 3,
        "fourth" => 4,
        "fifth" => 5,
        "sixth" => 6,
        "seventh" => 7,
        "eighth" => 8,
        "ninth" => 9,
        "tenth" => 10,
        "eleventh" => 11,
        "twelfth" => 12,
        "thirteenth" => 13,
        "fourteenth" => 14,
        "fifteenth" => 15,
        "sixteenth" => 16,
        "seventeenth" => 17,
        "eighteenth" => 18,
        "nineteenth" => 19,
        "twentieth" => 20,
        "thirtieth" => 30,
        _ => return None,
    })
}

/// Whether a number behind this word is the name of a thing: "camera 5", "gate 12".
pub(super) fn names_a_thing(word: &str) -> bool {
    #[rustfmt::skip]
    static THINGS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FxHashSet::from_iter([
        "camera", "cam", "gate", "door", "terminal", "room", "dock", "channel", "zone", "lane", "bay",
        "level", "floor", "building", "plate", "platform", "unit", "number", "no", "nr", "num", "block",
        "row", "aisle", "line", "track", "exit", "entrance", "hall", "station", "post", "site", "lot",
        "spot", "space", "top", "bottom", "id", "version", "sensor", "ch", "warehouse", "area", "section",
        "sector", "parking", "stairwell", "stairs", "elevator", "lift", "pump", "register", "checkout",
        "desk", "window", "wing", "pier", "berth", "container", "truck", "van", "bus", "car", "vehicle",
        "person", "employee", "badge", "tag", "shelf", "slot", "storey", "house", "apartment", "flat",
        "suite", "box", "case", "incident", "event", "ticket", "group", "team", "pin", "highway", "route",
        "road", "street", "avenue", "port", "nvr", "ipc", "hangar", "ramp", "tower", "corridor", "drive",
    ]));
    if word.is_empty() {
        return false;
    }
    let singular = word.strip_suffix('s').unwrap_or(word);
    THINGS.contains(word) || THINGS.contains(singular)
}

/// Whether words before this one can end: what follows a bare number that is an hour ("at 3 on the
/// dock"), never what is counted ("at 3 doors").
pub(super) fn is_function_word(word: &str) -> bool {
    #[rustfmt::skip]
    static WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FxHashSet::from_iter([
        "and", "or", "on", "in", "at", "to", "until", "till", "from", "by", "near", "around", "for", "with",
        "who", "what", "where", "when", "which", "did", "does", "do", "was", "were", "is", "are", "has",
        "have", "had", "any", "anyone", "anybody", "anything", "someone", "somebody", "then", "but",
        "please", "while", "if", "as", "because", "sharp", "exactly", "compared", "versus", "vs", "than",
        "through", "outside", "inside", "into", "onto", "via", "past", "before", "after", "since", "during",
        "about", "there", "how", "why", "show", "we", "i", "you", "they", "he", "she", "it", "ish", "oclock",
        "not", "no", "along", "per", "so", "between",
    ]));
    WORDS.contains(word)
}

/// Whether this word, behind a part of the day, makes an adjective of it: "night vision".
pub(super) fn is_qualified_by_part(word: &str) -> bool {
    matches!(
        word,
        "vision"
            | "guard"
            | "guards"
            | "watchman"
            | "watchmen"
            | "camera"
            | "cameras"
            | "mode"
            | "staff"
            | "crew"
            | "crews"
            | "security"
            | "porter"
            | "nurse"
            | "bus"
            | "train"
            | "team"
            | "club"
            | "light"
            | "lights"
            | "manager"
            | "worker"
            | "workers"
            | "dress"
            | "gown"
            | "coat"
            | "market"
            | "owl"
            | "light's"
            | "jacket"
            | "walker"
            | "patrol"
            | "patrols"
            | "cleaner"
            | "cleaners"
            | "sky"
            | "sun"
            | "mail"
            | "paper"
            | "delivery"
            | "rush"
            | "tea"
            | "prayer"
            | "run"
            | "driver"
            | "supervisor"
            | "image"
            | "images"
            | "footage"
            | "stand"
            | "stands"
            | "table"
            | "box"
            | "room"
    )
}
