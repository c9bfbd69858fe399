//! Whether a question is written in a language that is not read here. Must be honest about doubt: names
//! and single words are no language, and one English sentence with a foreign name in it is English.

use super::{
    stop_words::{is_question_word, is_stop_word},
    tokens::{Role, Tokens},
};

/// Small words that stand in names of places and persons: they alone are no language.
const IN_NAMES: [&str; 22] = [
    "a", "al", "alle", "da", "das", "de", "del", "della", "den", "der", "des", "di", "do", "dos", "du", "e",
    "el", "la", "le", "les", "van", "von",
];
/// Shorter texts are names.
const LETTERS_MIN: usize = 4;
/// The beginning of a question says as much of its language as all of it.
const WORDS_MAX: usize = 40;

/// Small words that are common in one language and are no English words. Each table is sorted; what
/// several languages share counts for each of them.
#[rustfmt::skip]
const LANGUAGES: &[(&str, &[&str])] = &[
    ("de", &[
        "alle", "auf", "aus", "bei", "beim", "das", "dem", "den", "der", "des", "ein", "eine", "einem", "einen",
        "einer", "es", "gab", "gestern", "gibt", "haben", "hat", "heute", "ich", "im", "ist", "jemand", "kein", "keine",
        "kamen", "letzte", "letzten", "letzter", "mit", "morgens", "nach", "nacht", "nicht", "oder", "ob", "sich",
        "sie", "sind", "um", "und", "uhr", "viele", "vom", "von", "vor", "wann", "waren", "welche", "wer", "wie",
        "wieviele", "wo", "woche", "wurde", "wurden", "zeig", "zeige", "zu", "zum", "zur", "zwischen",
    ]),
    ("es", &[
        "ayer", "cuando", "cuándo", "cuántas", "cuántos", "cuantas", "cuantos", "de", "del", "dónde", "el", "en", "entre",
        "esta", "está", "fue", "había", "hay", "hoy", "hubo", "la", "las", "los", "mañana", "muéstrame", "noche", "para",
        "pasada", "por", "qué", "que", "quién", "quien", "semana", "se", "tarde", "todas", "todos", "un", "una", "y",
    ]),
    ("fr", &[
        "a", "au", "aux", "avec", "ce", "cette", "combien", "dans", "de", "dernier", "dernière", "des", "du", "elle", "en",
        "est", "et", "était", "étaient", "hier", "il", "la", "le", "les", "matin", "moi", "montre", "nuit", "ont", "ou",
        "où", "par", "passé", "pendant", "personnes", "quand", "que", "quel", "quelle", "quelles", "quels", "qui", "semaine",
        "soir", "sont", "sur", "un", "une", "voitures", "y",
    ]),
    ("it", &[
        "alla", "alle", "che", "chi", "con", "da", "dal", "dalle", "del", "della", "delle", "di", "dove", "e", "era", "erano",
        "fa", "gli", "ha", "hanno", "ieri", "il", "la", "le", "nel", "nella", "notte", "oggi", "ogni", "per", "persone",
        "quale", "quali", "quando", "quante", "quanti", "questa", "scorsa", "sera", "settimana", "si", "sono", "stata",
        "un", "una",
    ]),
    ("nl", &[
        "aan", "avond", "bij", "dat", "de", "deze", "door", "een", "en", "er", "gisteren", "heeft", "het", "hoe", "hoeveel",
        "iemand", "laat", "mensen", "met", "naar", "nacht", "niet", "om", "op", "poort", "van", "vandaag", "vanochtend",
        "voor", "vorige", "waar", "wanneer", "waren", "welke", "wie", "zag", "zien", "zijn",
    ]),
    ("pl", &[
        "był", "była", "było", "były", "czy", "dni", "dzisiaj", "gdzie", "ile", "ilu", "jest", "kiedy", "kto", "które", "nie",
        "na", "nocy", "osób", "po", "pokaż", "przed", "przy", "rano", "się", "tydzień", "w", "wczoraj", "z", "zeszłym",
    ]),
    ("pt", &[
        "ao", "até", "com", "da", "das", "de", "dia", "do", "dos", "e", "em", "entre", "esta", "estava", "foi", "foram", "havia",
        "hoje", "houve", "manhã", "mostre", "na", "nas", "no", "noite", "nos", "onde", "ontem", "os", "para", "passada",
        "pessoas", "por", "qual", "quais", "quando", "quantas", "quantos", "que", "quem", "semana", "um", "uma",
    ]),
    ("sv", &[
        "av", "den", "det", "efter", "ett", "från", "förra", "går", "har", "hur", "igår", "inte", "i", "kamera", "klockan", "många",
        "med", "mellan", "natt", "någon", "och", "om", "på", "som", "till", "var", "vid", "vem", "vilka", "vilken", "visa", "är",
    ]),
    ("tr", &[
        "bir", "bu", "bugün", "dün", "gece", "geçen", "hangi", "hafta", "ile", "kaç", "kim", "kişi", "mı", "mi", "nerede", "ne",
        "saat", "sonra", "var", "ve", "vardı", "zaman", "önce",
    ]),
];

/// The language of a question that is not English, by its two letters; none when it is English, or when
/// that is in doubt.
pub(super) fn read(tokens: &Tokens<'_>) -> Option<&'static str> {
    if let Some(script) = by_script(tokens) {
        return Some(script);
    }
    // Names of places and subjects say nothing of the language around them.
    let words: Vec<&str> = tokens
        .row
        .iter()
        .filter(|token| token.quote.is_none() && token.role != Role::Place && !token.is_number())
        // The letters of "2026-04-08T10:00:00Z" are no words.
        .filter(|token| token.role != Role::Time || token.lower.chars().count() > 1)
        .map(|token| token.lower.as_str())
        .take(WORDS_MAX)
        .collect();
    let stop_words = words.iter().filter(|word| is_stop_word(word)).count();
    // English has more small words than this, and other languages share a few with it.
    if stop_words * 3 > words.len() {
        return None;
    }
    let (code, hits) = LANGUAGES
        .iter()
        .map(|(code, table)| (*code, words.iter().filter(|word| table.contains(*word)).count()))
        .max_by_key(|(code, hits)| (*hits, std::cmp::Reverse(*code)))?;
    let is_of_it =
        |word: &&&str| LANGUAGES.iter().any(|(other, table)| *other == code && table.contains(word));
    // Words that both languages have speak for neither.
    let is_english = |word: &&&str| is_stop_word(word) || is_question_word(word);
    let own = words.iter().filter(|word| is_of_it(word) && !is_english(word)).count();
    let english = words.iter().filter(|word| is_english(word) && !is_of_it(word)).count();
    let telling = words.iter().any(|word| is_of_it(&word) && !is_english(&word) && !IN_NAMES.contains(word));
    (telling && hits >= 2 && own >= 2 && own > english && hits * 4 >= words.len()).then_some(code)
}

/// The language that mostly uses the letters of the text, when they are not the Latin ones.
fn by_script(tokens: &Tokens<'_>) -> Option<&'static str> {
    let mut counts: [(&'static str, usize); 9] =
        [("ru", 0), ("el", 0), ("he", 0), ("ar", 0), ("hi", 0), ("th", 0), ("ko", 0), ("ja", 0), ("zh", 0)];
    let mut latin = 0;
    for c in tokens.text.chars().filter(|c| c.is_alphabetic()) {
        let code = match c {
            '\u{0400}'..='\u{052F}' => "ru",
            '\u{0370}'..='\u{03FF}' => "el",
            '\u{0590}'..='\u{05FF}' => "he",
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => "ar",
            '\u{0900}'..='\u{097F}' => "hi",
            '\u{0E00}'..='\u{0E7F}' => "th",
            '\u{1100}'..='\u{11FF}' | '\u{AC00}'..='\u{D7AF}' => "ko",
            '\u{3040}'..='\u{30FF}' => "ja",
            '\u{3400}'..='\u{9FFF}' => "zh",
            _ => {
                latin += 1;
                continue;
            }
        };
        if let Some(entry) = counts.iter_mut().find(|(known, _)| *known == code) {
            entry.1 += 1;
        }
    }
    // Japanese writes Chinese characters among its own.
    let has_kana = counts.iter().any(|(code, count)| *code == "ja" && *count > 0);
    let foreign: usize = counts.iter().map(|(_, count)| count).sum();
    let (code, _) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    let is_unspaced = matches!(code, "ja" | "zh" | "th");
    // A name alone is no language.
    let is_sentence = is_unspaced || tokens.row.len() >= 2;
    (foreign >= LETTERS_MIN && foreign > latin && is_sentence).then_some(if has_kana && code == "zh" {
        "ja"
    } else {
        code
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_languages_are_told_and_names_are_none() {
        for (text, code) in [
            ("wie viele Personen waren gestern am Tor?", "de"),
            ("war gestern Nacht jemand auf dem Hof", "de"),
            ("¿cuántas personas entraron ayer por la noche?", "es"),
            ("combien de personnes hier soir ?", "fr"),
            ("quelles voitures sont passées pendant la nuit", "fr"),
            ("quante persone sono entrate ieri", "it"),
            ("hoeveel mensen waren er gisteren bij de poort", "nl"),
            ("ile osób było wczoraj przy bramie", "pl"),
            ("quantas pessoas entraram ontem", "pt"),
            ("hur många var det vid porten igår", "sv"),
            ("dün gece kaç kişi vardı", "tr"),
            ("昨日何人いましたか", "ja"),
            ("昨天有多少人", "zh"),
            ("сколько людей было вчера", "ru"),
            ("كم عدد الأشخاص أمس", "ar"),
        ] {
            assert_eq!(read(&Tokens::of(text)), Some(code), "{text}");
        }
        for text in [
            "how many people were at the gate yesterday",
            "Jürgen Müller",
            "der Spiegel",
            "Иван",
            "was Иван at the gate",
            "show me La Plaza and El Camino last night",
            "rue de la Paix",
            "who was at Porte de Versailles yesterday",
            "people",
            "MAR 2020",
            "in on at",
            "",
            "a van, a man and an SUV",
            "de-icing truck at gate B",
        ] {
            assert_eq!(read(&Tokens::of(text)), None, "{text}");
        }
    }
}
