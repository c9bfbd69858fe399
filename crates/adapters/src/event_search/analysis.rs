//! Text as terms: the same for what is indexed, what is looked for and what waits to be indexed.

use eps_domain::event_store::alternatives;
use tantivy::tokenizer::{
    AsciiFoldingFilter, Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter,
    TextAnalyzer,
};

/// Name of the analysis within the index, and of its version: an index made by another is rebuilt.
pub(crate) const ANALYSIS: &str = "eps_english_1";

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
pub(crate) fn each_term(analyzer: &mut TextAnalyzer, text: &str, mut each: impl FnMut(&str)) {
    analyzer.token_stream(text).process(&mut |token| each(&token.text));
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
    let groups = alternatives(words);
    if groups.len() > FORMS_WORDS_MAX {
        return first_terms(analyzer, words, TERMS_MAX);
    }
    first_terms(analyzer, &groups.concat().join(" "), TERMS_MAX)
}

fn first_terms(analyzer: &TextAnalyzer, words: &str, most: usize) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    each_term(&mut analyzer.clone(), words, |term| {
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
        let terms = first_terms(analyzer, &group.join(" "), REQUIRED_MAX);
        let is_too_long = group.iter().any(|word| word.len() > TERM_BYTES_MAX);
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
