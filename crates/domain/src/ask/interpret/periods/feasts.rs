//! Feast days and seasons in words: "Christmas Eve", "over Easter", "last winter", "the summer of 2025".
//! Where they lie is arithmetic in `almanac`. A word that is a thing as well ("spring", "fall") needs
//! words around it that make it a time.

use jiff::civil::Weekday;

use super::{
    almanac::{Feast, Season},
    cursor::Cursor,
    dates::Read,
    expression::{Days, Part, Slice, Which},
    vocabulary,
};

/// Words that make a time of the feast or the season behind them.
const INTRODUCING: [&str; 26] = [
    "on",
    "in",
    "at",
    "over",
    "since",
    "during",
    "last",
    "this",
    "next",
    "after",
    "before",
    "until",
    "till",
    "from",
    "between",
    "and",
    "to",
    "around",
    "of",
    "throughout",
    "all",
    "early",
    "late",
    "mid",
    "previous",
    "than",
];

/// A feast and how many words name it; whether the words can mean nothing else.
fn feast(words: [&str; 3]) -> Option<(Feast, usize, bool)> {
    use Feast::{Easter, Fixed, Nth, Thanksgiving};
    let fixed = |month: i8, day: i8| Fixed { month, day, days: 1 };
    let easter = |from: i64| Easter { from, days: 1 };
    let monday = |nth: i8, month: i8| Nth { nth, weekday: Weekday::Monday, month };
    let (feast, count) = match words {
        ["christmas" | "xmas", "eve", _] => (fixed(12, 24), 2),
        ["christmas" | "xmas", "day", _] => (fixed(12, 25), 2),
        // From Christmas Eve to New Year's Day.
        ["christmas" | "xmas", "holidays" | "holiday" | "break", _] => {
            (Fixed { month: 12, day: 24, days: 9 }, 2)
        }
        ["boxing", "day", _] | ["st" | "saint", "stephens", "day"] => {
            (fixed(12, 26), if words[0] == "boxing" { 2 } else { 3 })
        }
        ["new", "year" | "years", "eve"] => (fixed(12, 31), 3),
        ["new", "year" | "years", "day"] => (fixed(1, 1), 3),
        ["nye", ..] => (fixed(12, 31), 1),
        ["valentine" | "valentines", "day", _] => (fixed(2, 14), 2),
        ["halloween" | "hallowe'en", ..] => (fixed(10, 31), 1),
        ["all", "saints" | "hallows", "day"] => (fixed(11, 1), 3),
        ["guy", "fawkes", "night" | "day"] => (fixed(11, 5), 3),
        ["bonfire", "night", _] => (fixed(11, 5), 2),
        ["april", "fools" | "fool", "day"] => (fixed(4, 1), 3),
        ["st" | "saint", "patricks" | "patrick", "day"] => (fixed(3, 17), 3),
        ["st" | "saint", "nicholas", "day"] => (fixed(12, 6), 3),
        ["epiphany", ..] => (fixed(1, 6), 1),
        ["good", "friday", _] => (easter(-2), 2),
        ["easter", "saturday", _] => (easter(-1), 2),
        ["easter", "sunday", _] => (easter(0), 2),
        ["easter", "monday", _] => (easter(1), 2),
        ["easter", "bank", "holiday"] => (Easter { from: -2, days: 4 }, 3),
        ["memorial", "day", _] => (monday(-1, 5), 2),
        ["labor", "day", _] => (monday(1, 9), 2),
        ["presidents" | "president", "day", _] => (monday(3, 2), 2),
        ["mlk", "day", _] => (monday(3, 1), 2),
        ["columbus", "day", _] => (monday(2, 10), 2),
        ["veterans", "day", _] => (fixed(11, 11), 2),
        ["juneteenth", ..] => (fixed(6, 19), 1),
        ["canada", "day", _] => (fixed(7, 1), 2),
        ["australia", "day", _] => (fixed(1, 26), 2),
        ["anzac", "day", _] => (fixed(4, 25), 2),
        ["bastille", "day", _] => (fixed(7, 14), 2),
        ["easter", "weekend", _] => (Easter { from: -2, days: 4 }, 2),
        ["palm", "sunday", _] => (easter(-7), 2),
        ["maundy", "thursday", _] => (easter(-3), 2),
        ["ash", "wednesday", _] => (easter(-46), 2),
        ["shrove", "tuesday", _] | ["pancake", "day", _] | ["mardi", "gras", _] => (easter(-47), 2),
        ["ascension", "day", _] => (easter(39), 2),
        ["whit" | "pentecost", "sunday", _] => (easter(49), 2),
        ["whit" | "pentecost", "monday", _] => (easter(50), 2),
        ["corpus", "christi", _] => (easter(60), 2),
        ["thanksgiving", "day", _] => (Thanksgiving { from: 0 }, 2),
        ["black", "friday", _] => (Thanksgiving { from: 1 }, 2),
        ["cyber", "monday", _] => (Thanksgiving { from: 4 }, 2),
        ["thanksgiving", ..] => (Thanksgiving { from: 0 }, 1),
        ["christmas" | "xmas", ..] => (fixed(12, 25), 1),
        ["new", "year" | "years", _] => return Some((fixed(1, 1), 2, false)),
        ["easter", ..] => (easter(0), 1),
        ["pentecost" | "whitsun", ..] => (easter(49), 1),
        _ => return None,
    };
    Some((feast, count, count > 1))
}

impl Cursor<'_> {
    /// "Christmas Eve", "on Halloween 2025", "over Easter".
    pub(super) fn feast(&self, at: usize) -> Option<Read> {
        let start = self.skip_word(at, &["the"]);
        let (mut feast, words, is_sure) =
            feast([self.word(start), self.word(start + 1), self.word(start + 2)])?;
        let end = start + words;
        let is_alone = start == 0 && self.is_end(end) && end + 1 >= self.tokens.len();
        let is_introduced = self.is_introduced(at) || self.is_compared(at);
        if !(is_sure || is_alone || (is_introduced && self.is_closed(end)) || self.is_of_feast(end)) {
            return None;
        }
        // Who was there "over Easter" was there on all of its days.
        if self.word(start) == "easter"
            && words == 1
            && self.is_word(at.wrapping_sub(1), &["over", "during", "at", "around", "throughout"])
        {
            feast = Feast::Easter { from: -2, days: 4 };
        }
        // "Thanksgiving week" holds the day.
        let is_of_week = feast.is_one_day() && self.word(end) == "week" && self.weekend_at(end).is_none();
        let end = if is_of_week { end + 1 } else { end };
        let (year, end) = self.year_at(end).map_or((None, end), |(year, end)| (Some(year), end));
        let days = match (feast, year) {
            (Feast::Fixed { month, day, days: 1 }, year) => {
                Days::Date { year, month: Some(month), day, weekday: None }
            }
            (feast, year) => Days::Feast { year, feast },
        };
        if is_of_week {
            return Some((Days::WeekOf(Box::new(days)), end));
        }
        Some(self.with_weekend((days, end)))
    }

    /// "Thanksgiving morning", "christmas week": a time follows that can only be its own.
    fn is_of_feast(&self, at: usize) -> bool {
        let is_part = matches!(
            vocabulary::part(self.word(at)),
            Some((Part::Morning | Part::Afternoon | Part::Evening | Part::Night, false))
        );
        let is_of_part = is_part && !vocabulary::is_qualified_by_part(self.word(at + 1));
        is_of_part || self.word(at) == "week" || self.weekend_at(at).is_some()
    }

    /// "Compare Thanksgiving with …", "… against Easter".
    fn is_compared(&self, at: usize) -> bool {
        let before = at.wrapping_sub(1);
        self.is_comparing(before)
            || (self.is_word(before, &["with"])
                && (before.saturating_sub(24)..before).any(|at| self.is_comparing(at)))
    }

    /// "last winter", "in the summer", "this spring", "autumn 2025", "the winter of 2025/26".
    pub(super) fn season(&self, at: usize) -> Option<Read> {
        let the = self.skip_word(at, &["the"]);
        let (which, name_at) = match self.word(the) {
            "last" | "previous" | "past" => (Which::Back(1), the + 1),
            "next" | "coming" => (Which::Ahead(1), the + 1),
            "this" | "current" => (Which::Latest, the + 1),
            _ => (Which::Latest, the),
        };
        let season = match self.word(name_at) {
            "winter" | "wintertime" => Season::Winter,
            "spring" | "springtime" => Season::Spring,
            "summer" | "summertime" => Season::Summer,
            "autumn" | "fall" => Season::Autumn,
            _ => return None,
        };
        let year = self.year_at(name_at + 1);
        let end = year.map_or(name_at + 1, |(_, end)| self.skip_second_year(end));
        let is_asked = name_at > the || year.is_some() || self.is_introduced(at);
        let is_time = self.word(name_at) != "fall" || year.is_some() || self.is_autumn(name_at);
        if !is_asked || !is_time || !(year.is_some() || self.is_closed(end)) || self.is_name(name_at) {
            return None;
        }
        let year = year.map(|(year, _)| year);
        Some((Days::Season { year, season, which, slice: Slice::Whole }, end))
    }

    /// "last fall" and "in the fall" are a season; "the last fall" and "did he fall" are not.
    fn is_autumn(&self, at: usize) -> bool {
        let before = at.wrapping_sub(2);
        match self.word(at.wrapping_sub(1)) {
            "last" | "this" | "next" | "previous" => self.word(before) != "the",
            "the" => self.is_word(before, &["in", "during", "of", "throughout", "over", "since"]),
            "in" | "during" | "early" | "late" | "mid" => true,
            _ => false,
        }
    }

    /// The "/26" of "2025/26".
    fn skip_second_year(&self, at: usize) -> usize {
        let is_it = self.is_mark(at, &['/', '-', '–']) && self.is_glued(at) && self.is_glued(at + 1);
        if is_it && self.digits(at + 1).is_some() { at + 2 } else { at }
    }

    fn is_introduced(&self, at: usize) -> bool {
        self.is_word(at.wrapping_sub(1), &INTRODUCING)
    }

    /// Whether what follows lets a word be a time by itself: the end, or a word that opens something new.
    fn is_closed(&self, at: usize) -> bool {
        self.is_end(at)
            || self.is_dash(at)
            || vocabulary::is_function_word(self.word(at))
            || vocabulary::part(self.word(at)).is_some()
            || self.is_word(at, &["last", "this", "compared", "weekend", "week"])
    }
}
