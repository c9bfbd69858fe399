//! The words that a sentence without a citation may be made of: what reports of counts are written in,
//! and what the record says. Whatever else it says, nothing stands behind it.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::{
    forms::{is_same, stem},
    record::{Part, Record},
    scan::{self, Kind, Token},
};

/// Words that report and claim nothing of their own. Forms that regular endings make are not listed.
#[rustfmt::skip]
static REPORTING: LazyLock<FxHashSet<&str>> = LazyLock::new(|| FxHashSet::from_iter([
    // What holds a sentence together.
    "a", "an", "the", "this", "that", "these", "those", "it", "its", "they", "them", "their", "there", "here",
    "one", "ones", "other", "others", "another", "both", "each", "every", "all", "any", "some", "such", "same",
    "own", "which", "who", "whom", "whose", "what", "where", "when", "how", "i", "we", "you", "your", "our",
    "us", "someone", "somebody", "anyone", "anybody", "something", "anything", "everyone", "everybody",
    "everything", "no", "not", "none", "nobody", "noone", "nothing", "never", "neither", "nor", "nowhere",
    "without", "zero", "yes", "of", "in", "on", "at", "by", "for", "from", "to", "with", "within", "between",
    "among", "amongst", "across", "over", "during", "throughout", "through", "until", "till", "since",
    "before", "after", "around", "about", "per", "as", "than", "via", "under", "into", "up", "down", "out",
    "against", "versus", "vs", "towards", "toward", "including", "include", "excluding", "besides", "except",
    "beyond", "upon", "near", "behind", "ahead", "and", "or", "but", "while", "whereas", "whilst", "if", "so",
    "because", "though", "although", "however", "therefore", "thus", "hence", "then", "also", "too", "only",
    "just", "even", "still", "yet", "again", "already", "is", "are", "was", "were", "be", "been", "being",
    "am", "has", "have", "had", "having", "do", "does", "did", "done", "can", "could", "may", "might", "would",
    "will", "shall", "should", "must", "isn't", "aren't", "wasn't", "weren't", "hasn't", "haven't", "hadn't",
    "doesn't", "don't", "didn't", "cannot", "can't", "it's", "that's", "there's", "there're", "here's",
    // What was counted, and how much of it.
    "event", "visit", "detection", "sighting", "observation", "occurrence", "instance", "appearance",
    "recording", "record", "entry", "result", "match", "item", "activity", "movement", "presence", "figure",
    "count", "number", "total", "sum", "amount", "overall", "altogether", "combined", "together",
    "respectively", "exactly", "precisely", "approximately", "roughly", "nearly", "almost", "least", "most",
    "more", "fewer", "less", "few", "fewest", "several", "many", "multiple", "much", "various", "numerous",
    "different", "distinct", "separate", "single", "sole", "lone", "individual", "unique", "additional",
    "further", "remaining", "rest", "half", "majority", "minority", "share", "percent", "percentage", "cent",
    "rate", "average", "mean", "ratio", "times", "time", "twice", "thrice", "once", "double", "triple",
    "third", "quarter", "difference", "increase", "decrease", "rise", "rose", "fall", "fell", "drop",
    "decline", "change", "grew", "growth", "higher", "highest", "lower", "lowest", "larger", "largest",
    "greater", "greatest", "smaller", "smallest", "equal", "equally", "identical", "unchanged", "similar",
    "similarly", "alike", "maximum", "minimum", "peak", "top", "high", "low", "evenly", "mainly", "mostly",
    "primarily",
    // Where and when, without a name.
    "camera", "site", "zone", "location", "area", "place", "spot", "view", "scene", "system", "feed",
    "footage", "period", "hour", "hourly", "day", "daily", "date", "week", "weekly", "month", "monthly",
    "interval", "stretch", "window", "slot", "range", "span", "timeframe", "timeline", "start", "begin",
    "began", "begun", "end", "first", "second", "last", "latest", "earliest", "recent", "recently", "newest",
    "oldest", "early", "earlier", "late", "later", "next", "previous", "previously", "following", "follow",
    "former", "latter", "final", "finally", "initial", "initially", "currently", "current", "now", "far",
    "ago", "past", "busy", "busier", "busiest", "quiet", "quieter", "quietest", "active", "inactive",
    "closely", "close", "noon", "midday", "midnight", "o'clock", "pm", "utc", "gmt", "local",
    // What cameras and reports do.
    "detect", "observe", "register", "log", "capture", "note", "report", "see", "saw", "seen", "show", "shown",
    "find", "found", "happen", "occur", "occurred", "occurring", "take", "took", "taken", "come", "came",
    "coming", "appear", "list", "mention", "describe", "description", "display", "return", "search", "ask",
    "answer", "question", "query", "data", "fact", "evidence", "information", "detail", "summary", "summarise",
    "summarize", "account", "comprise", "consist", "contain", "belong", "concern", "relate", "regard", "base",
    "accord", "compare", "comparison", "make", "made", "making", "give", "given", "indicate", "reveal",
    "overview", "brief", "quick", "identify", "identity", "recognise", "recognize", "name", "plate", "know",
    "known", "unknown", "carry",
    "type", "kind", "label", "category", "group", "breakdown", "break", "distribute", "distribution", "spread",
    "split", "divide", "rank", "order", "lead", "led", "involve", "feature", "correspond", "cover",
    "available", "present", "absent", "visible", "respective", "specific", "specifically", "particular",
    "particularly", "especially", "notably", "namely", "general", "generally", "instead", "likewise",
    "meanwhile", "moreover", "furthermore", "additionally", "sure", "certain", "confidence", "confident",
    "certainty", "likely", "uncertain", "true", "correct", "confirm", "yield", "pass", "totalling", "totaling",
    "equivalent", "related", "sequence", "chronological", "chronologically", "respect", "asked", "relevant",
    "whole", "entire", "entirely", "full", "part", "piece", "point", "well", "like", "either", "rather",
    "quite", "very", "slightly", "significantly", "considerably", "clearly",
]));

/// Words of people that say no more than "person".
const PEOPLE: [&str; 4] = ["person", "people", "individual", "individuals"];

/// Parts of a day and of a year: those of the record are known, no others.
const PERIODS: [&str; 22] = [
    "morning",
    "mornings",
    "noon",
    "midday",
    "afternoon",
    "afternoons",
    "evening",
    "evenings",
    "night",
    "nights",
    "nighttime",
    "overnight",
    "tonight",
    "midnight",
    "dawn",
    "dusk",
    "sunrise",
    "sunset",
    "daytime",
    "weekend",
    "weekends",
    "year",
];
const UNITS: [&str; 14] = [
    "hour", "hours", "day", "days", "night", "nights", "week", "weeks", "month", "months", "weekend", "year",
    "years", "minutes",
];

/// Whether two words name a time apart from all others: "last week", "this month".
fn is_period(before: &str, word: &str) -> bool {
    matches!(before, "last" | "this" | "next" | "previous" | "past" | "coming" | "following")
        && UNITS.contains(&word)
}

/// The first word that neither the record nor a report of counts has. `lower` is the sentence.
pub(super) fn unknown<'a>(
    tokens: &'a [Token],
    is_named: impl Fn(&Token) -> bool,
    record: &Record,
) -> Option<&'a str> {
    let mut words = tokens.iter().enumerate().filter(|(_, t)| t.kind == Kind::Word && !is_named(t));
    let known = std::cell::OnceCell::new();
    let is_known = |word: &str| {
        (is_reporting(word) && !PERIODS.contains(&word))
            || scan::is_number_word(word)
            || known
                .get_or_init(|| words_of(record))
                .iter()
                .any(|known: &&str| is_same(word, known) || stem(word) == stem(known))
            || (PEOPLE.contains(&word) && record.own.is_what("person"))
    };
    words
        .find(|(at, token)| {
            let word = token.lower.as_str();
            let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
            let before =
                at.checked_sub(1).and_then(|at| tokens.get(at)).map_or("", |token| token.lower.as_str());
            let is_other = is_period(before, word) && !record.has_words(&format!("{before} {word}"));
            word.chars().count() > 1 && (is_other || !is_known(word))
        })
        .map(|(_, token)| token.lower.as_str())
}

/// Whether a word only reports.
pub(super) fn is_reporting(word: &str) -> bool {
    let ending = |ending: &str| {
        let rest = word.strip_suffix(ending)?;
        (rest.len() >= 3).then(|| REPORTING.contains(rest) || REPORTING.contains(&*format!("{rest}e")))
    };
    REPORTING.contains(word)
        || ["s", "es", "ed", "d", "ing"].into_iter().any(|e| ending(e).unwrap_or(false))
        || ["ies", "ied"]
            .iter()
            .filter_map(|end| word.strip_suffix(end))
            .any(|rest| REPORTING.contains(&*format!("{rest}y")))
        || ends_doubled(word)
}

/// "logged", "logging".
fn ends_doubled(word: &str) -> bool {
    let rest = word.strip_suffix("ed").or_else(|| word.strip_suffix("ing"));
    rest.is_some_and(|rest| {
        let mut last = rest.chars().rev();
        last.next() == last.next()
            && rest.get(..rest.len().saturating_sub(1)).is_some_and(|r| REPORTING.contains(r))
    })
}

/// The words of the question, of periods and of whatever was counted.
fn words_of(record: &Record) -> Vec<&str> {
    let labels = record.labels().filter(|(_, is_counted)| *is_counted).flat_map(|(forms, _)| forms);
    let parts = record.parts.iter().flat_map(Part::names);
    let texts = std::iter::once(record.words()).chain(labels.chain(parts).map(String::as_str));
    texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')).collect()
}
