//! Words that carry no content of their own: they are never searched for and never names.
//!
//! Every reader asks for them of every word, so that one look tells all kinds that a word is of.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Articles, pronouns, prepositions, auxiliaries and the small change of speech.
#[rustfmt::skip]
const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "across", "actually", "after", "again", "ago", "ah", "all", "along", "already",
    "also", "although", "always", "am", "among", "an", "and", "another", "any", "anybody", "anyone", "anything",
    "anywhere", "apart", "are", "arent", "around", "as", "aside", "at", "away", "back", "be", "because", "been",
    "before", "behind", "being", "beside", "besides", "between", "bit", "both", "but", "by", "bye",
    "can", "cannot", "cant", "cheers", "could", "currently", "did", "didnt", "do", "does", "doesnt",
    "doing", "done", "dont", "down", "during", "each", "earlier", "eight", "either", "eleven", "else",
    "ever", "every", "everybody", "everyone", "everything", "everywhere", "exactly", "except",
    "excepting", "exclude", "excluding", "far", "few", "fewer", "five", "for", "four", "from",
    "further", "get", "gets", "got", "had", "has", "hasnt", "have", "havent", "having", "he", "hello", "her",
    "here", "hers", "hey", "hi", "him", "his", "hmm", "i", "id", "if", "ignore", "ignoring", "ill",
    "im", "in", "inside", "instead", "into", "is", "isnt", "it", "its", "ive", "just", "kind", "later",
    "least", "less", "let", "lets", "like", "ll", "lot", "many", "may", "maybe", "me", "meant", "might",
    "mine", "more", "most", "much", "must", "my", "near", "nearby", "neither", "never", "next", "nine", "no",
    "nobody", "non", "none", "nope", "nor", "not", "nothing", "now", "of", "off", "oh", "ok", "okay",
    "on", "once", "one", "ones", "only", "onto", "or", "other", "others", "our", "ours", "out", "over",
    "own", "per", "perhaps", "please", "rather", "really", "s", "same", "seven", "several", "shall",
    "she", "should", "since", "six", "so", "some", "somebody", "someone", "something", "somewhere",
    "soon", "sorry", "sort", "still", "stuff", "such", "ten", "than", "thank", "thanks", "that", "the",
    "their", "theirs", "them", "then", "there", "theres", "these", "they", "thing", "things", "this",
    "those", "though", "three", "through", "thx", "till", "to", "too", "toward", "towards", "twelve",
    "two", "u", "under", "until", "up", "upon", "upto", "us", "very", "via", "was", "wasnt", "we",
    "well", "were", "werent", "whether", "while", "whilst", "will", "with", "within",
    "would", "yes", "yet", "you", "your", "yours",
];

/// Verbs and nouns that every question about events may hold: they never tell one event from another.
#[rustfmt::skip]
const GENERIC: &[&str] = &[
    "activities", "activity", "amount", "appear", "appeared", "appears", "ask", "became", "bring",
    "brought", "came", "capture", "captured", "carried", "carrying", "check", "checking", "come",
    "comes", "coming", "concerning", "count", "counting", "data", "describe", "detail", "details", "detect",
    "detected", "detection", "detections", "display", "dressed", "event", "events", "explain", "find",
    "finding", "found", "gave", "getting", "give", "go", "goes", "going", "gone", "happen", "happened", "hear",
    "happening", "happens", "heard", "held", "help", "holding", "holds", "incident", "incidents",
    "include", "including", "info", "information", "involved", "involving", "know", "list", "look",
    "looked", "looking", "made", "make", "makes", "making", "match", "matches", "matching", "mean",
    "motion", "move", "moved", "movement", "movements", "moving", "need", "noticed", "number",
    "observed", "occur", "occurred", "occurs", "often", "pass", "passed", "passes", "passing", "play",
    "present", "pull", "query", "question", "recent", "recently", "regarding", "related", "reported",
    "result", "results", "saw", "say", "search", "see", "seeing", "seen", "sees", "show", "showed", "showing",
    "shown", "shows", "spot", "spotted", "take", "tell", "time", "times", "took", "total", "traffic",
    "try", "use", "used", "uses", "using", "visible", "visit", "visits", "want", "wanted", "watch",
    "altogether", "approx", "approximately", "asap", "basically", "btw", "circa", "estimate", "estimated", "fyi",
    "quick", "quickly", "rough", "roughly", "simply", "tally", "urgent", "urgently",
    "breakdown", "combined", "day", "headcount", "daytime", "days", "entire", "figures", "footfall", "hour", "hours", "local", "minute",
    "minutes", "month", "months", "oclock", "overall", "percent", "percentage", "pls", "proportion", "share",
    "sighting", "sightings", "sometime", "statistics", "stats", "totals", "usage", "utilisation", "utilization",
    "mention", "mentioned", "mentioning", "mentions", "contain", "contained", "containing", "contains",
    "feature", "featured", "features", "featuring", "refer", "referring", "refers", "reference",
    "references", "involve", "involves", "description", "descriptions", "word", "words", "wearing", "wears", "wear", "worn", "week", "weeks", "went", "whole", "whats", "wheres", "whos", "wondering", "wore", "um", "uh", "er", "erm", "uhm", "umm",
];

/// Words for the pictures themselves.
#[rustfmt::skip]
const FOOTAGE: &[&str] = &[
    "cam", "camera", "cameras", "cams", "cctv", "channel", "channels", "clip", "clips", "feed", "feeds",
    "footage", "image", "images", "picture", "pictures", "recorded", "recording", "recordings", "site",
    "sites", "snapshot", "snapshots", "stream", "surveillance", "system", "video", "videos", "view",
    "views", "zone", "zones",
];

/// Words that introduce a place.
#[rustfmt::skip]
const PLACE_PREPOSITIONS: &[&str] = &[
    "across", "around", "at", "behind", "beside", "by", "for", "from", "in", "inside", "into", "near",
    "nearby", "of", "on", "onto", "outside", "over", "past", "through", "to", "toward", "towards",
    "under", "via", "within",
];

/// Articles and their like.
#[rustfmt::skip]
const DETERMINERS: &[&str] = &[
    "a", "all", "an", "any", "each", "every", "main", "my", "our", "some", "that", "the", "these", "this",
    "those", "your",
];

// The kinds that a word can be of, as bits.
const FUNCTION_WORD: u8 = 1;
const GENERIC_WORD: u8 = 1 << 1;
const FOOTAGE_WORD: u8 = 1 << 2;
const PLACE_PREPOSITION: u8 = 1 << 3;
const DETERMINER: u8 = 1 << 4;

static KINDS: LazyLock<FxHashMap<&str, u8>> = LazyLock::new(|| {
    let mut kinds = FxHashMap::default();
    for (words, kind) in [
        (FUNCTION_WORDS, FUNCTION_WORD),
        (GENERIC, GENERIC_WORD),
        (FOOTAGE, FOOTAGE_WORD),
        (PLACE_PREPOSITIONS, PLACE_PREPOSITION),
        (DETERMINERS, DETERMINER),
    ] {
        for word in words {
            *kinds.entry(*word).or_default() |= kind;
        }
    }
    kinds
});

fn kinds(word: &str) -> u8 {
    KINDS.get(word).copied().unwrap_or_default()
}

/// Whether a word in lower case says nothing that could be searched for.
pub(super) fn is_stop_word(word: &str) -> bool {
    kinds(word) & (FUNCTION_WORD | GENERIC_WORD | FOOTAGE_WORD) != 0 || is_question_word(word)
}

/// Whether a word asks.
pub(super) fn is_question_word(word: &str) -> bool {
    matches!(word, "how" | "what" | "when" | "where" | "which" | "who" | "whom" | "whose" | "why")
}

/// Whether a word means the pictures themselves.
pub(super) fn is_footage(word: &str) -> bool {
    kinds(word) & FOOTAGE_WORD != 0
}

/// Whether a word introduces a place.
pub(super) fn is_place_preposition(word: &str) -> bool {
    kinds(word) & PLACE_PREPOSITION != 0
}

/// Whether a word is an article or the like.
pub(super) fn is_determiner(word: &str) -> bool {
    kinds(word) & DETERMINER != 0
}

/// Whether a word means a camera, so that what stands beside it is a name.
pub(super) fn is_camera_word(word: &str) -> bool {
    matches!(word, "camera" | "cameras" | "cam" | "cams")
}

/// Words that list, compare, or begin another sentence within a question: what stands on both sides is not of one deed.
pub(super) fn is_clause_joint(word: &str) -> bool {
    matches!(word, "and" | "or" | "nor" | "vs" | "versus" | "than" | "per" | "but" | "without" | "except")
        || matches!(word, "when" | "while" | "before" | "after" | "if" | "since" | "until" | "because")
}
