//! Text as terms: the same for what is indexed, what is looked for and what waits to be indexed.

use std::{collections::HashMap, sync::LazyLock};

use eps_domain::event_store::{COLOURS, ColouredThings, Wanted, all_forms, alternatives, denied, spelt_out};
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter,
    TextAnalyzer, Token,
};

/// Name of the analysis within the index, and of its version: an index made by another is rebuilt.
pub(crate) const ANALYSIS: &str = "eps_english_3";

/// Longer "words" are keys and codes nobody types; they would only fill the index.
const TERM_BYTES_MAX: usize = 96;

/// Words are split at what is neither letter nor digit, lower-cased, without accents, without the
/// stop words of English, and stemmed as English.
pub(crate) fn analyzer() -> TextAnalyzer {
    let words = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(TERM_BYTES_MAX))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter);
    match StopWordFilter::new(Language::English) {
        Some(stop_words) => words.filter(stop_words).filter(Stemmer::new(Language::English)).build(),
        None => words.filter(Stemmer::new(Language::English)).build(),
    }
}

/// Hands over the terms of a text, in order.
fn each_term(analyzer: &TextAnalyzer, text: &str, mut each: impl FnMut(&str)) {
    analyzer.clone().token_stream(text).process(&mut |token| each(&token.text));
}

/// For folding words of our own.
static FOLDING: LazyLock<TextAnalyzer> = LazyLock::new(analyzer);

/// The colours as the analysis folds them.
static COLOURS_BY_TERM: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut terms = HashMap::new();
    for (written, colour) in COLOURS {
        each_term(&FOLDING, written, |term| {
            terms.insert(term.to_owned(), colour);
        });
    }
    terms
});

/// The term of a thing that has a colour: no word has a plus in it.
fn coloured(colour: &str, thing: &str) -> String {
    format!("{colour}+{thing}")
}

/// The term of what an event says is not there.
fn lacking(thing: &str) -> String {
    format!("!{thing}")
}

/// Hands over what an event is found by: the terms of its text, and behind each the colours that are now said of it.
/// What it denies is another term than what it has.
pub(crate) fn each_event_term(analyzer: &mut TextAnalyzer, text: &str, mut each: impl FnMut(&Token)) {
    let mut things = ColouredThings::default();
    let denied = denied(text);
    let mut before = String::new();
    analyzer.token_stream(text).process(&mut |token| {
        if denied.binary_search(&token.position).is_ok() {
            each(&Token { text: lacking(&token.text), ..token.clone() });
            return;
        }
        each(token);
        if let Some(words) = spelt_out(&before, &token.text) {
            each_term(&FOLDING, &words.join(" "), |term| {
                each(&Token { text: term.to_owned(), ..token.clone() });
            });
        }
        before.clone_from(&token.text);
        let colour = COLOURS_BY_TERM.get(&token.text).copied();
        things.next(token.position, &token.text, colour, |colour, thing| {
            each(&Token { text: coloured(colour, thing), ..token.clone() });
        });
    });
}

/// More words than this rank nothing better; each costs a look-up.
const TERMS_MAX: usize = 64;
/// More words than this no question has.
const REQUIRED_MAX: usize = 2_048;

/// A few words are asked for in all their forms; in a whole sentence these weigh more than they say (`SciFact`, words
/// alone: nDCG@10 .677 with them, .686 without).
const FORMS_WORDS_MAX: usize = 3;

/// The terms of a question that rank, each once; of a few words those of their other forms as well.
pub(crate) fn terms(analyzer: &TextAnalyzer, words: &str) -> Vec<String> {
    if words.split_whitespace().count() > FORMS_WORDS_MAX {
        return first_terms(analyzer, words, TERMS_MAX);
    }
    let mut terms = first_terms(analyzer, &all_forms(words).join(" "), TERMS_MAX);
    for wanted in alternatives(words).concat() {
        if let Wanted::Denied(word) = wanted {
            terms.extend(first_terms(analyzer, word, 1).iter().map(|term| lacking(term)));
        }
    }
    terms
}

fn first_terms(analyzer: &TextAnalyzer, words: &str, most: usize) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    each_term(analyzer, words, |term| {
        if terms.len() < most && !terms.iter().any(|known| known == term) {
            terms.push(term.to_owned());
        }
    });
    terms
}

/// The terms that an event must hold: one of each group. The small words of English are in no index and restrict nothing
/// beside others. What cannot be looked up otherwise, a word that is too long or nothing but small words, makes an empty
/// group, which no event satisfies: nothing may be told to mention it.
pub(crate) fn required(analyzer: &TextAnalyzer, words: &str) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    for group in alternatives(words) {
        let mut terms: Vec<String> = Vec::new();
        for wanted in &group {
            match wanted {
                Wanted::Word(word) => terms.extend(first_terms(analyzer, word, REQUIRED_MAX)),
                Wanted::Denied(word) => {
                    let thing = first_terms(analyzer, word, 1).pop();
                    terms.extend(thing.map(|thing| lacking(&thing)));
                }
                Wanted::Coloured { colour, thing } => {
                    let thing = first_terms(analyzer, thing, 1).pop();
                    terms.extend(thing.map(|thing| coloured(colour, &thing)));
                }
            }
        }
        let is_too_long =
            group.iter().any(|wanted| matches!(wanted, Wanted::Word(word) if word.len() > TERM_BYTES_MAX));
        if group.len() > 1 || (terms.is_empty() && is_too_long) {
            groups.push(terms);
        } else {
            groups.extend(terms.into_iter().map(|term| vec![term]));
        }
    }
    if groups.iter().all(Vec::is_empty) {
        groups.truncate(1);
        if groups.is_empty() && words.contains(char::is_alphanumeric) {
            groups.push(Vec::new());
        }
    }
    groups.truncate(REQUIRED_MAX);
    groups
}
