//! The phrases that say what is wanted.

use super::super::tokens::Tokens;

/// Politeness and connectives before the question itself.
#[rustfmt::skip]
pub(super) const OPENINGS: &[&str] = &[
    "can you please tell me", "could you please tell me", "can you tell me", "could you tell me",
    "would you tell me", "do you know", "i want to know", "i would like to know", "id like to know",
    "i need to know", "i want", "i need", "tell me", "let me know", "please", "hey", "hi", "hello", "ok", "okay",
    "and", "so", "but", "also", "well", "now",
];

#[rustfmt::skip]
pub(super) const HELP: &[&str] = &[
    "what can you do", "what can i ask", "how do you work", "how does this work", "what do you do", "help me",
    "how do i use", "how can you help", "what are you able", "what questions", "who are you", "what are you", "are you a robot",
    "are you a bot", "are you human", "are you an ai", "are you real", "how do i", "do you keep", "long are recordings",
    "do you recognise", "do you recognize", "do you store", "you store about", "face recognition", "can you delete", "first question", "original question", "previous question", "earlier question",
];

#[rustfmt::skip]
pub(super) const GREETINGS: &[&str] = &[
    "hi", "hello", "hey", "thanks", "thank", "thx", "bye", "goodbye", "cheers", "great", "cool", "nice", "good",
    "perfect", "awesome", "greetings", "ta", "gracias", "merci", "danke", "grazie", "obrigado", "obrigada",
];

/// Words that may follow a greeting without asking anything.
#[rustfmt::skip]
pub(super) const COURTESIES: &[&str] = &[
    "job", "good", "great", "nice", "well", "done", "lot", "morning", "evening", "afternoon", "day", "night", "bye", "thanks", "thank", "work", "hello", "hi",
    "everyone", "bot", "assistant", "friend", "mate", "guys", "folks",
];

/// What an answer rests on; only as a whole question.
#[rustfmt::skip]
pub(super) const BASIS: &[&str] = &[
    "why", "why is that", "why do you say that", "why do you think so", "how do you know", "how do you know that",
    "how did you know", "how come", "are you sure", "are you sure about that", "are you certain", "really",
    "what makes you say that", "what makes you think so", "says who", "based on what", "what is that based on",
    "whats that based on", "where do you get that from", "where did you get that", "how sure are you", "prove it",
    "what is your evidence", "what is the evidence", "show me the evidence", "how did you count", "is that right",
    "is that correct", "is that true", "can i trust that", "explain",
];

/// Answers to a question that nobody asked.
#[rustfmt::skip]
pub(super) const NODS: &[&str] = &["yes", "yep", "yeah", "no", "nope", "ok", "okay", "sure", "alright", "fine"];

/// What has nothing to do with cameras; counts only where nothing else of the question does.
#[rustfmt::skip]
pub(super) const OFF_TOPIC: &[&str] = &[
    "weather", "joke", "jokes", "poem", "poems", "haiku", "song", "recipe", "recipes", "capital of", "translate",
    "president", "prime minister", "meaning of life", "stock price", "bitcoin", "football", "soccer", "python",
    "javascript", "essay", "novel", "homework", "horoscope", "lottery", "system prompt", "previous instructions",
    "your instructions", "how are you", "your name", "how old are you", "do you love", "favourite", "favorite",
    "what time is it", "what day is it", "what is the time", "what is the date", "world cup", "who won", "latest news", "who invented", "how tall is", "how far is", "exchange rate", "politics", "movie", "restaurant", "write code", "wtf", "fuck", "fucking", "you suck", "useless", "stupid", "idiot", "write me", "tell me a story", "sing",
];

/// Words around "which cameras" that ask for nothing but the list.
pub(super) const OPERATIONS: &[&str] = &[
    "times",
    "plus",
    "minus",
    "divided",
    "multiplied",
    "multiply",
    "divide",
    "add",
    "subtract",
    "sum",
    "root",
];

#[rustfmt::skip]
pub(super) const ASKING_SUMS: &[&str] = &[
    "what", "whats", "is", "are", "how", "much", "calculate", "compute", "solve", "please", "by", "the", "of", "and",
    "square", "equals", "equal", "to", "x", "from",
];

#[rustfmt::skip]
pub(super) const LISTING: &[&str] = &[
    "do", "does", "you", "we", "i", "have", "are", "is", "there", "can", "see", "in", "at", "on", "the", "exist",
    "available", "access", "to", "here", "installed", "me", "cover", "covers", "of", "for", "my", "online", "and",
    "a", "offline", "down", "silent", "active", "working", "please", "ask", "about", "belong", "inside", "know", "site", "sites", "building", "any", "list", "running", "recording", "broken", "up", "now", "still", "right", "not", "or", "status", "functioning", "functional", "dead", "faulty",
];

#[rustfmt::skip]
pub(super) const COUNTING: &[&str] = &[
    "how many", "how often", "how much", "how frequently", "how busy", "number of", "share of", "percentage of",
    "proportion of", "fraction of", "percent of", "total number", "count of", "amount of", "headcount of", "sum of", "figure for", "figures for",
];

#[rustfmt::skip]
pub(super) const LASTING: &[&str] = &[
    "for how long", "how long", "how much time", "what was the duration", "what is the duration", "duration of",
    "the duration", "length of stay", "dwell time", "dwell times", "time spent", "how many minutes did",
    "how many hours did", "longest", "shortest", "average stay", "mean stay", "typical stay", "median stay",
    "total working time", "total running time", "total operating time", "total time", "average visit length", "average length of", "average duration",
];

#[rustfmt::skip]
pub(super) const WITH_HOW_LONG: &[&str] = &[
    "longest", "shortest", "median",
    "stay", "stayed", "staying", "spend", "spent", "spending", "remain", "remained", "last", "lasted", "duration",
    "long", "average", "visit", "visits", "stays", "wait", "waited", "waiting", "avg", "mean", "typical", "typically",
    "usually", "normally", "work", "worked", "working", "run", "ran", "running", "operate", "operated", "operating",
];

#[rustfmt::skip]
pub(super) const RELATING: &[&str] = &[
    "right after that", "right before that", "just after that", "just before that", "what else", "anything else", "who else", "do next", "do then", "do afterwards", "go then", "around then", "around that time", "around the same time", "go next", "happened next", "happens next",
    "went next", "related to", "before that", "after that", "same time", "go afterwards", "come from",
];

#[rustfmt::skip]
pub(super) const COMPARING: &[&str] =
    &["by how many percent", "by how much", "percentage change", "percent change", "compare", "compared", "comparison", "versus", "vs", "comparing", "difference between", "difference in", "difference of"];

#[rustfmt::skip]
pub(super) const UNUSUAL: &[&str] = &[
    "out of the ordinary", "than usual", "than normal", "is that normal", "is that usual", "is this normal", "unusual", "suspicious", "strange", "weird", "odd", "abnormal", "anomaly", "anomalies",
    "anomalous", "unexpected", "irregular", "noteworthy", "alarming", "concerning", "outlier", "outliers",
    "suspiciously", "unusually", "oddities", "all quiet", "quiet night", "everything ok", "everything okay",
    "all ok", "all good", "everything alright", "any trouble", "any problems", "anything wrong",
    "worry", "worried", "worrying", "worrisome", "amiss", "fishy", "dodgy", "untoward", "need attention",
    "needs attention", "need my attention", "needs my attention", "requires attention", "deserves attention",
];

#[rustfmt::skip]
pub(super) const SUMMARY: &[&str] = &[
    "summarise", "summarize", "summary", "timeline", "recap", "overview", "rundown", "chronology", "chronological",
    "sequence", "briefing", "digest", "report", "handover", "debrief", "sum up", "brief me",
];

#[rustfmt::skip]
pub(super) const HAPPENING: &[&str] = &[
    "what happened", "what went on", "what has happened", "what was happening", "what is happening",
    "walk me through", "whats happening", "what did i miss", "what have i missed", "did i miss", "whats new",
    "what is new", "anything new", "up to date", "up to speed", "should know about", "fill me in", "what was going on", "what is going on", "whats going on", "going on",
    "catch me up",
];

/// When recordings begin.
#[rustfmt::skip]
pub(super) const BEGINNINGS: &[&str] = &[
    "how far back", "did recording start", "did the recording start", "did recordings start", "recordings begin",
    "recording begin", "recording start", "recordings start", "since when do you have", "since when you", "since when are you", "since when have you", "since when is data",
    "from when do you have", "from when you have", "start recording",
    "earliest recording", "oldest recording", "earliest footage", "oldest footage",
];

/// What "last" and "first" stand before when they name a time.
#[rustfmt::skip]
pub(super) const TIME_UNITS: &[&str] = &[
    "second", "minute", "hour", "day", "night", "week", "weekend", "month", "year", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "evening", "morning", "afternoon", "january", "february", "march",
    "april", "june", "july", "august", "september", "october", "november", "december", "quarter", "summer",
    "winter", "spring", "autumn",
];

#[rustfmt::skip]
pub(super) const WITH_BUSIEST: &[&str] = &[
    "hour", "hours", "day", "days", "traffic", "busy", "frequent", "common", "popular", "active", "highest", "lowest", "label", "week", "weekday", "type",
    "types", "site", "place", "part", "location", "time", "worst",
];

#[rustfmt::skip]
pub(super) const WITH_COMPARE: &[&str] = &[
    "more", "fewer", "less", "busier", "quieter", "traffic", "versus", "vs", "compare", "compared", "difference",
    "between", "busy", "higher", "lower", "against", "change", "changed",
];

#[rustfmt::skip]
pub(super) const WITH_UNUSUAL: &[&str] = &[
    "behaviour", "behavior", "pattern", "patterns", "ordinary", "suspicious", "unusual", "strange", "stand", "hour",
    "hours",
];

/// The first phrase of a table that stands somewhere outside quotes: where, and how many words it has.
pub(super) fn first_of(tokens: &Tokens<'_>, phrases: &[&str]) -> Option<(usize, usize)> {
    phrases.iter().find_map(|phrase| {
        let at = tokens.find(phrase)?;
        tokens.row[at].quote.is_none().then(|| (at, phrase.split(' ').count()))
    })
}
