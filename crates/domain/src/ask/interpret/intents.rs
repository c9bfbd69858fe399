//! Reads what the caller wants and how they put it.

use super::{
    stop_words::{is_determiner, is_footage, is_question_word, is_stop_word},
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{Intent, QuestionForm};

/// What was asked; `None` where the words do not say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) intent: Option<Intent>,
    pub(super) form: Option<QuestionForm>,
}

/// What else the question holds, as far as it decides what is wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Holds {
    /// Labels, names or types.
    pub(super) a_subject: bool,
    /// Cameras, sites or zones, found or not.
    pub(super) a_place: bool,
    pub(super) a_period: bool,
    /// Names of which there are two or more, so that they can be compared.
    pub(super) two_of_a_kind: bool,
}

/// Reads both and takes the words that say so.
pub(super) fn read(tokens: &mut Tokens<'_>, holds: Holds) -> Asked {
    let start = opening(tokens);
    let form = form(tokens, start);
    if let Some(intent) = aside(tokens, holds, start) {
        return Asked { intent: Some(intent), form };
    }
    take_grouping(tokens);
    let intent = counted(tokens)
        .or_else(|| related(tokens))
        .or_else(|| compared(tokens, holds))
        .or_else(|| ranked(tokens))
        .or_else(|| count(tokens))
        .or_else(|| unusual(tokens))
        .or_else(|| first_or_last(tokens))
        .or_else(|| timeline(tokens, holds));
    Asked { intent, form }
}

/// "please", "can you tell me": where the question itself begins.
fn opening(tokens: &Tokens<'_>) -> usize {
    const POLITE: [&str; 26] = [
        "can you please tell me",
        "could you please tell me",
        "can you tell me",
        "could you tell me",
        "would you tell me",
        "do you know",
        "i want to know",
        "i would like to know",
        "id like to know",
        "i need to know",
        "i want",
        "i need",
        "tell me",
        "let me know",
        "please",
        "hey",
        "hi",
        "hello",
        "ok",
        "okay",
        "and",
        "so",
        "but",
        "also",
        "well",
        "now",
    ];
    let mut start = 0;
    while let Some(phrase) = POLITE.iter().find(|phrase| tokens.has_at(start, phrase)) {
        start += phrase.split(' ').count();
    }
    start
}

/// "per hour", "by camera", "daily": how to group is no content.
fn take_grouping(tokens: &mut Tokens<'_>) {
    for at in 0..tokens.row.len() {
        let is_group = matches!(
            tokens.row[at].singular.as_str(),
            "hour" | "day" | "week" | "camera" | "site" | "zone" | "label" | "type" | "weekday"
        );
        let is_grouping = is_group && matches!(tokens.before(at), "per" | "by" | "each" | "every")
            || matches!(tokens.lower(at), "hourly" | "daily" | "weekly");
        if is_grouping && tokens.row[at].role == Role::Free {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}

fn form(tokens: &Tokens<'_>, start: usize) -> Option<QuestionForm> {
    if ["how many", "how often", "how much", "how frequently"].iter().any(|p| tokens.find(p).is_some())
        || ["count", "number of", "the number of", "total number of", "what is the number"]
            .iter()
            .any(|phrase| tokens.has_at(start, phrase))
    {
        return Some(QuestionForm::HowMany);
    }
    if [
        "at what time",
        "what time",
        "which time",
        "at which time",
        "what day",
        "which day",
        "what hour",
        "which hour",
    ]
    .iter()
    .any(|phrase| tokens.find(phrase).is_some())
    {
        let is_which = tokens.find("which hour").or(tokens.find("which day")).is_some();
        return Some(if is_which { QuestionForm::Which } else { QuestionForm::When });
    }
    let first = tokens.lower(start);
    let asked = match first {
        "when" => QuestionForm::When,
        "where" => QuestionForm::Where,
        "who" | "whom" | "whose" => QuestionForm::Who,
        "which" | "what" | "whats" => QuestionForm::Which,
        "was" | "were" | "is" | "are" | "did" | "do" | "does" | "has" | "have" | "had" | "any" | "anyone"
        | "anybody" | "anything" | "someone" | "isnt" | "didnt" | "hasnt" | "wasnt" | "if" | "whether" => {
            QuestionForm::Whether
        }
        "show" | "find" | "list" | "give" | "display" | "search" | "get" | "play" | "summarise"
        | "summarize" | "compare" => return embedded(tokens, start).or(Some(QuestionForm::Show)),
        "can" | "could" | "would" | "will" => QuestionForm::Show,
        _ => return embedded(tokens, start),
    };
    Some(asked)
}

/// "on which camera …", "show me when …": a question word that is not the first.
fn embedded(tokens: &Tokens<'_>, start: usize) -> Option<QuestionForm> {
    let at = (start..tokens.row.len()).find(|at| is_question_word(tokens.lower(*at)))?;
    let introduced = at <= start + 2
        && (start..at)
            .all(|before| is_stop_word(tokens.lower(before)) || tokens.row[before].role == Role::Time);
    match tokens.lower(at) {
        "when" if introduced => Some(QuestionForm::When),
        "where" if introduced => Some(QuestionForm::Where),
        "who" | "whom" if introduced && at > 0 => Some(QuestionForm::Who),
        "which" | "what" if introduced => Some(QuestionForm::Which),
        _ => None,
    }
}

/// What is not about events: greetings, help, the list of cameras, the weather.
fn aside(tokens: &mut Tokens<'_>, holds: Holds, start: usize) -> Option<Intent> {
    let is_about = |phrases: &[&str]| phrases.iter().any(|phrase| tokens.find(phrase).is_some());
    let is_bare = !holds.a_subject && !holds.a_place;
    let words = tokens.row.len();
    if !holds.a_subject && !holds.a_period && lists_cameras(tokens) {
        tokens.row.iter_mut().filter(|t| t.role == Role::Free).for_each(|t| t.role = Role::Intent);
        return Some(Intent::ListCameras);
    }
    if !is_bare {
        return None;
    }
    let is_help = is_about(&[
        "what can you do",
        "what can i ask",
        "how do you work",
        "how does this work",
        "what do you do",
        "help me",
        "how do i use",
        "how can you help",
        "what are you able",
        "what questions",
        "who are you",
        "what are you",
    ]) || (tokens.lower(start) == "help" && words <= start + 2);
    if is_help && !holds.a_period {
        tokens.take(0..words, Role::Intent);
        return Some(Intent::Help);
    }
    let is_greeting = words <= 6
        && matches!(
            tokens.lower(0),
            "hi" | "hello"
                | "hey"
                | "thanks"
                | "thank"
                | "thx"
                | "bye"
                | "goodbye"
                | "cheers"
                | "great"
                | "cool"
                | "nice"
                | "good"
                | "perfect"
                | "awesome"
                | "greetings"
        )
        && tokens.row.iter().skip(1).all(|token| {
            is_stop_word(&token.lower)
                || token.role == Role::Time
                || matches!(
                    token.lower.as_str(),
                    "job"
                        | "morning"
                        | "evening"
                        | "afternoon"
                        | "day"
                        | "night"
                        | "bye"
                        | "thanks"
                        | "thank"
                        | "work"
                        | "hello"
                        | "hi"
                        | "everyone"
                        | "bot"
                        | "assistant"
                        | "friend"
                )
        })
        && !tokens.row.iter().any(|token| is_question_word(&token.lower) && token.lower != "how");
    let is_off_topic = is_about(&[
        "weather",
        "joke",
        "jokes",
        "poem",
        "poems",
        "haiku",
        "song",
        "recipe",
        "recipes",
        "capital of",
        "translate",
        "president",
        "prime minister",
        "meaning of life",
        "stock price",
        "bitcoin",
        "football",
        "soccer",
        "python",
        "javascript",
        "essay",
        "novel",
        "homework",
        "horoscope",
        "lottery",
        "system prompt",
        "previous instructions",
        "your instructions",
        "how are you",
        "your name",
        "how old are you",
        "do you love",
        "favourite",
        "favorite",
        "politics",
        "movie",
        "restaurant",
        "write code",
        "write me",
        "tell me a story",
        "sing",
    ]);
    (is_greeting || is_off_topic || words == 0 && !tokens.text.trim().is_empty() && !holds.a_period).then(
        || {
            tokens.take(0..words, Role::Intent);
            Intent::SmallTalk
        },
    )
}

fn lists_cameras(tokens: &Tokens<'_>) -> bool {
    let Some(at) =
        (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "cameras" | "cams" | "camera" | "sites"))
    else {
        return false;
    };
    let mut before = at;
    while before > 0
        && (is_determiner(tokens.before(before))
            || matches!(
                tokens.before(before),
                "of" | "available" | "me" | "outdoor" | "indoor" | "security" | "other"
            ))
    {
        before -= 1;
    }
    let asks = matches!(tokens.before(before), "which" | "what" | "list" | "name" | "many");
    let shows_all = matches!(tokens.before(before), "show" | "display")
        && (before..at).any(|at| matches!(tokens.lower(at), "all" | "available" | "my" | "our"));
    let rest = at + 1..tokens.row.len();
    let is_idle = rest.clone().all(|at| {
        tokens.row[at].role == Role::Place
            || matches!(
                tokens.lower(at),
                "do" | "does"
                    | "you"
                    | "we"
                    | "i"
                    | "have"
                    | "are"
                    | "is"
                    | "there"
                    | "can"
                    | "see"
                    | "in"
                    | "at"
                    | "on"
                    | "the"
                    | "exist"
                    | "available"
                    | "access"
                    | "to"
                    | "here"
                    | "installed"
                    | "me"
                    | "cover"
                    | "covers"
                    | "of"
                    | "for"
                    | "my"
                    | "online"
                    | "and"
                    | "a"
                    | "please"
                    | "ask"
                    | "about"
                    | "belong"
                    | "inside"
                    | "know"
                    | "site"
                    | "sites"
                    | "building"
                    | "any"
            )
    });
    let has =
        tokens.has_at(0, "do you have") || tokens.has_at(0, "do we have") || tokens.has_at(0, "are there");
    is_idle && (asks || shows_all || (has && tokens.lower(at) == "cameras"))
}

/// "how many", "number of".
fn counted(tokens: &mut Tokens<'_>) -> Option<Intent> {
    let at = tokens.find("how many").or_else(|| tokens.find("how often"))?;
    let is_ranked =
        ["most", "fewest"].iter().any(|word| tokens.find(word).is_some()) && tokens.find("at most").is_none();
    let is_compared = tokens.find("than").is_some() || tokens.find("compared").is_some();
    let is_more = tokens.has_at(at, "how many more") || tokens.has_at(at, "how many fewer");
    (!is_ranked && !is_compared && !is_more).then(|| take(tokens, at, 2, Intent::Count))
}

fn count(tokens: &mut Tokens<'_>) -> Option<Intent> {
    for phrase in [
        "how many",
        "how often",
        "how much",
        "how frequently",
        "number of",
        "total number",
        "count of",
        "amount of",
    ] {
        if let Some(at) = tokens.find(phrase) {
            return Some(take(tokens, at, 2, Intent::Count));
        }
    }
    let at = opening(tokens);
    matches!(tokens.lower(at), "count" | "total").then(|| take(tokens, at, 1, Intent::Count))
}

fn related(tokens: &mut Tokens<'_>) -> Option<Intent> {
    for phrase in [
        "what else",
        "anything else",
        "who else",
        "around then",
        "around that time",
        "around the same time",
        "go next",
        "went next",
        "related to",
        "before that",
        "after that",
        "same time",
        "go afterwards",
        "come from",
    ] {
        if let Some(at) = tokens.find(phrase) {
            return Some(take(tokens, at, phrase.split(' ').count(), Intent::Related));
        }
    }
    let at = tokens.find("where did")?;
    let goes = (at + 2..tokens.row.len().min(at + 7))
        .any(|at| matches!(tokens.lower(at), "go" | "walk" | "drive" | "head" | "run"));
    goes.then(|| take(tokens, at, 2, Intent::Related))
}

fn compared(tokens: &mut Tokens<'_>, holds: Holds) -> Option<Intent> {
    for word in ["compare", "compared", "comparison", "versus", "vs", "comparing"] {
        if let Some(at) = tokens.find(word) {
            return Some(take(tokens, at, 1, Intent::Compare));
        }
    }
    if let Some(at) = tokens.find("difference between") {
        return Some(take(tokens, at, 2, Intent::Compare));
    }
    if holds.two_of_a_kind
        && tokens.find("or").is_some()
        && let Some(at) = (0..tokens.row.len()).find(|at| is_comparative(tokens.lower(*at)))
    {
        return Some(take(tokens, at, 1, Intent::Compare));
    }
    let than = tokens.find("than")?;
    let compares = (0..than).rev().take(8).find(|at| is_comparative(tokens.lower(*at)))?;
    let is_bound =
        compares + 1 == than && tokens.row.get(than + 1).is_some_and(super::tokens::Token::is_number);
    (!is_bound && (holds.a_period || holds.two_of_a_kind || holds.a_place || holds.a_subject)).then(|| {
        tokens.take(compares..compares + 1, Role::Intent);
        take(tokens, than, 1, Intent::Compare)
    })
}

fn is_comparative(word: &str) -> bool {
    matches!(word, "more" | "fewer" | "less" | "busier" | "quieter" | "higher" | "lower")
}

fn ranked(tokens: &mut Tokens<'_>) -> Option<Intent> {
    for word in ["busiest", "quietest", "peak", "rush"] {
        if let Some(at) = tokens.find(word) {
            return Some(take(tokens, at, 1, Intent::Busiest));
        }
    }
    let at = (0..tokens.row.len()).find(|at| matches!(tokens.lower(*at), "most" | "least" | "fewest"))?;
    if tokens.lower(at + 1) == "recent" || matches!(tokens.before(at), "at") {
        return None;
    }
    Some(take(tokens, at, 1, Intent::Busiest))
}

fn unusual(tokens: &mut Tokens<'_>) -> Option<Intent> {
    if let Some(at) = tokens.find("out of the ordinary") {
        return Some(take(tokens, at, 4, Intent::Unusual));
    }
    let at = (0..tokens.row.len()).find(|at| {
        tokens.row[*at].quote.is_none()
            && matches!(
                tokens.lower(*at),
                "unusual"
                    | "suspicious"
                    | "strange"
                    | "weird"
                    | "odd"
                    | "abnormal"
                    | "anomaly"
                    | "anomalies"
                    | "anomalous"
                    | "unexpected"
                    | "irregular"
                    | "noteworthy"
                    | "alarming"
                    | "concerning"
                    | "outlier"
                    | "outliers"
                    | "suspiciously"
                    | "unusually"
                    | "oddities"
            )
    })?;
    Some(take(tokens, at, 1, Intent::Unusual))
}

fn first_or_last(tokens: &mut Tokens<'_>) -> Option<Intent> {
    if let Some(at) = tokens.find("most recent") {
        return Some(take(tokens, at, 2, Intent::Last));
    }
    let at = (0..tokens.row.len()).find(|at| {
        tokens.row[*at].role == Role::Free
            && match tokens.lower(*at) {
                "latest" | "newest" | "earliest" => true,
                "last" | "first" => !is_ordinal_of_time(tokens, *at + 1),
                _ => false,
            }
    })?;
    let intent = if matches!(tokens.lower(at), "first" | "earliest") { Intent::First } else { Intent::Last };
    let is_counted = tokens.row.get(at + 1).is_some_and(|t| t.is_number() && t.role == Role::Free);
    Some(take(tokens, at, 1 + usize::from(is_counted), intent))
}

/// "last night", "last 3 hours", "first floor": no order of events.
fn is_ordinal_of_time(tokens: &Tokens<'_>, at: usize) -> bool {
    let word = tokens.row.get(at).map_or("", |token| token.singular.as_str());
    let is_unit = |word: &str| {
        matches!(
            word,
            "second"
                | "minute"
                | "hour"
                | "day"
                | "night"
                | "week"
                | "weekend"
                | "month"
                | "year"
                | "monday"
                | "tuesday"
                | "wednesday"
                | "thursday"
                | "friday"
                | "saturday"
                | "sunday"
                | "evening"
                | "morning"
                | "afternoon"
                | "january"
                | "february"
                | "march"
                | "april"
                | "june"
                | "july"
                | "august"
                | "september"
                | "october"
                | "november"
                | "december"
                | "quarter"
                | "summer"
                | "winter"
                | "spring"
                | "autumn"
        )
    };
    let is_few = tokens.row.get(at).is_some_and(super::tokens::Token::is_number)
        || matches!(word, "few" | "couple" | "two" | "three" | "four" | "five" | "six" | "ten" | "half");
    let after = tokens.row.get(at + 1).map_or("", |token| token.singular.as_str());
    is_unit(word) || word == "floor" || word == "name" || (is_few && (is_unit(after) || after == "of"))
}

fn timeline(tokens: &mut Tokens<'_>, holds: Holds) -> Option<Intent> {
    let at = (0..tokens.row.len()).find(|at| {
        matches!(
            tokens.lower(*at),
            "summarise"
                | "summarize"
                | "summary"
                | "timeline"
                | "recap"
                | "overview"
                | "rundown"
                | "chronology"
                | "chronological"
                | "sequence"
                | "briefing"
                | "digest"
                | "report"
        ) && tokens.row[*at].quote.is_none()
    });
    if let Some(at) = at {
        return Some(take(tokens, at, 1, Intent::Timeline));
    }
    for phrase in [
        "what happened",
        "what went on",
        "what has happened",
        "what was happening",
        "what is happening",
        "walk me through",
        "whats happening",
        "what was going on",
        "what is going on",
        "whats going on",
        "going on",
        "catch me up",
    ] {
        if let Some(at) = tokens.find(phrase) {
            return (!holds.a_subject || tokens.has_at(at, "what happened"))
                .then(|| take(tokens, at, phrase.split(' ').count(), Intent::Timeline));
        }
    }
    None
}

/// Takes the words that say an intent.
fn take(tokens: &mut Tokens<'_>, at: usize, words: usize, intent: Intent) -> Intent {
    for at in at..at + words {
        if tokens.row.get(at).is_some_and(|token| token.role == Role::Free) {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
    for at in 0..tokens.row.len() {
        let leftover = tokens.row[at].role == Role::Free
            && tokens.row[at].quote.is_none()
            && (is_footage(tokens.lower(at)) || is_companion(intent, tokens.lower(at)));
        if leftover {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
    intent
}

/// Words that go with an intent and are not searched for beside it.
fn is_companion(intent: Intent, word: &str) -> bool {
    match intent {
        Intent::Busiest => {
            matches!(
                word,
                "hour"
                    | "hours"
                    | "day"
                    | "days"
                    | "traffic"
                    | "busy"
                    | "highest"
                    | "lowest"
                    | "label"
                    | "week"
                    | "weekday"
                    | "type"
                    | "types"
                    | "site"
                    | "place"
                    | "part"
                    | "location"
                    | "time"
            )
        }
        Intent::Compare => {
            matches!(
                word,
                "more"
                    | "fewer"
                    | "less"
                    | "busier"
                    | "quieter"
                    | "traffic"
                    | "versus"
                    | "vs"
                    | "compare"
                    | "compared"
                    | "difference"
                    | "between"
                    | "busy"
                    | "higher"
                    | "lower"
                    | "against"
                    | "change"
                    | "changed"
            )
        }
        Intent::Timeline => {
            matches!(word, "chronological" | "order" | "brief" | "short" | "quick" | "daily" | "full")
        }
        Intent::Unusual => matches!(
            word,
            "behaviour"
                | "behavior"
                | "pattern"
                | "patterns"
                | "ordinary"
                | "suspicious"
                | "unusual"
                | "strange"
                | "stand"
                | "hour"
                | "hours"
        ),
        Intent::Count => matches!(
            word,
            "overall" | "altogether" | "total" | "different" | "distinct" | "unique" | "traffic"
        ),
        Intent::First | Intent::Last => matches!(word, "sighting" | "sightings" | "recent" | "latest"),
        Intent::Related => matches!(word, "next" | "afterwards" | "happen" | "happened"),
        _ => false,
    }
}
