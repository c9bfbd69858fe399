//! Numbers that a sentence states, in digits and in English words, each with what it counts and how it
//! is bounded. Number words of other languages are not known here.

use std::ops::Range;

use super::tokens::{Kind, Token};

/// How far behind a number its noun may stand: "31 separate short visits".
const NOUNS_MAX: usize = 3;

/// In which way a number bounds what it counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Bound {
    /// It does not: so many.
    #[default]
    None,
    /// So many or more.
    AtLeast,
    /// More than so many.
    MoreThan,
    /// So many or fewer.
    AtMost,
    /// Fewer than so many.
    LessThan,
    /// One end of a range of counts.
    Range,
}

/// A number as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    /// Where it stands.
    pub span: Range<usize>,
    /// What it can mean, without group separators.
    pub readings: Vec<String>,
    /// The word before it.
    pub before: String,
    /// The words after it, at most a few.
    pub nouns: Vec<String>,
    /// See [`Bound`].
    pub bound: Bound,
}

impl Number {
    /// Whether a percent sign or word follows.
    pub(crate) fn is_percent(&self) -> bool {
        match self.nouns.first().map(String::as_str) {
            Some("%" | "percent") => true,
            Some("per") => self.nouns.get(1).is_some_and(|word| word == "cent"),
            _ => false,
        }
    }
}

fn unit(word: &str) -> Option<u64> {
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
        _ => return None,
    })
}

const TENS: [(&str, u64); 10] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("ninty", 90),
];

/// As it is written, or as it is often misspelt: one that is not read would not be compared.
fn tens(word: &str) -> Option<u64> {
    TENS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
}

/// "thirtytwo", without its hyphen.
fn run_together(word: &str) -> Option<u64> {
    let (tens, rest) = TENS.iter().find_map(|(tens, value)| Some((value, word.strip_prefix(tens)?)))?;
    unit(rest).filter(|unit| (1..10).contains(unit)).map(|unit| tens + unit)
}

fn scale(word: &str) -> Option<u64> {
    Some(match word {
        "hundred" => 100,
        "thousand" => 1_000,
        "million" => 1_000_000,
        "dozen" => 12,
        "score" => 20,
        "couple" | "pair" => 2,
        _ => return None,
    })
}

/// Numbers in words of German, Spanish, French, Italian, Dutch and Portuguese, from two on: "one" is an
/// article in all of them.
fn foreign(word: &str) -> Option<u64> {
    Some(match word {
        "zwei" | "dos" | "deux" | "due" | "twee" | "dois" | "duas" => 2,
        "drei" | "tres" | "trois" | "tre" | "drie" | "três" => 3,
        "vier" | "cuatro" | "quatre" | "quattro" | "quatro" => 4,
        "fünf" | "cinco" | "cinq" | "cinque" | "vijf" => 5,
        "sechs" | "seis" | "six" | "sei" | "zes" => 6,
        "sieben" | "siete" | "sept" | "sette" | "zeven" | "sete" => 7,
        "acht" | "ocho" | "huit" | "otto" | "oito" => 8,
        "neun" | "nueve" | "neuf" | "nove" | "negen" => 9,
        "zehn" | "diez" | "dix" | "dieci" | "tien" | "dez" => 10,
        "elf" | "once" | "onze" | "undici" => 11,
        "zwölf" | "doce" | "douze" | "dodici" | "twaalf" | "doze" => 12,
        "fünfzehn" | "quince" | "quinze" | "quindici" | "vijftien" => 15,
        "zwanzig" | "veinte" | "vingt" | "venti" | "twintig" | "vinte" => 20,
        "dreißig" | "treinta" | "trente" | "trenta" | "dertig" | "trinta" => 30,
        "vierzig" | "cuarenta" | "quarante" | "quaranta" | "veertig" | "quarenta" => 40,
        "fünfzig" | "cincuenta" | "cinquante" | "cinquanta" | "vijftig" | "cinquenta" => 50,
        "hundert" | "cien" | "ciento" | "cent" | "cento" | "honderd" | "cem" => 100,
        _ => return None,
    })
}

/// Numbers in words of other languages, for sentences that are in none of English.
pub(crate) fn foreign_numbers(tokens: &[Token], skip: &[Range<usize>]) -> Vec<Number> {
    let is_read = |token: &Token| skip.iter().any(|span| span.contains(&token.span.start));
    let words = tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word && !is_read(token));
    words
        .filter_map(|(at, token)| {
            Some(Number {
                span: token.span.clone(),
                readings: vec![foreign(&token.lower)?.to_string()],
                before: before(tokens, at),
                nouns: nouns(tokens, at + 1),
                bound: Bound::None,
            })
        })
        .collect()
}

/// Whether a word is a number or a part of one.
pub(crate) fn is_number_word(word: &str) -> bool {
    unit(word).is_some()
        || foreign(word).is_some()
        || tens(word).is_some()
        || run_together(word).is_some()
        || scale(word).is_some()
        || matches!(word, "single" | "sole" | "lone" | "twice" | "thrice" | "both" | "double")
}

/// The number that begins at a token: its value and how many tokens it takes. "one" alone is none here.
fn spelled(tokens: &[Token]) -> Option<(u64, usize)> {
    let word = |at: usize| tokens.get(at).filter(|t| t.kind == Kind::Word).map(|t| t.lower.as_str());
    match word(0)? {
        "single" | "sole" | "lone" => return Some((1, 1)),
        "both" => return Some((2, 1)),
        "thrice" => return Some((3, 1)),
        "twice" if !matches!(word(1), Some("as" | "the")) => return Some((2, 1)),
        "half" if word(1) == Some("a") && word(2) == Some("dozen") => return Some((6, 3)),
        "a" | "an" => {
            let (value, taken) = (scale(word(1)?)?, 2);
            return compose(tokens, value, taken);
        }
        first if scale(first).is_some_and(|value| !matches!(value, 2 | 20)) => {
            return compose(tokens, scale(first)?, 1);
        }
        _ => {}
    }
    let (value, taken) = small(tokens, 0)?;
    compose(tokens, value, taken)
}

/// 0 to 99.
fn small(tokens: &[Token], at: usize) -> Option<(u64, usize)> {
    let word = |at: usize| tokens.get(at).filter(|t| t.kind == Kind::Word).map(|t| t.lower.as_str());
    if let Some(value) = tens(word(at)?) {
        return match word(at + 1).and_then(unit).filter(|unit| (1..10).contains(unit)) {
            Some(unit) => Some((value + unit, 2)),
            None => Some((value, 1)),
        };
    }
    let word = word(at)?;
    unit(word).or_else(|| run_together(word)).map(|value| (value, 1))
}

/// Goes on after the first part: "two" "hundred and five" "thousand".
fn compose(tokens: &[Token], value: u64, taken: usize) -> Option<(u64, usize)> {
    let word = |at: usize| tokens.get(at).filter(|t| t.kind == Kind::Word).map(|t| t.lower.as_str());
    let (mut sum, mut group, mut at) = (0_u64, value, taken);
    let mut is_scaled = value >= 100;
    loop {
        if let Some(by) = word(at).and_then(scale).filter(|by| !matches!(by, 2 | 20)) {
            group = group.checked_mul(by)?;
            if by >= 1_000 {
                sum = sum.checked_add(std::mem::take(&mut group))?;
            }
            (is_scaled, at) = (true, at + 1);
            continue;
        }
        let skipped = usize::from(is_scaled && word(at) == Some("and"));
        match small(tokens, at + skipped).filter(|_| is_scaled) {
            Some((more, taken)) => {
                group = group.checked_add(more)?;
                (is_scaled, at) = (false, at + skipped + taken);
            }
            None => return Some((sum.checked_add(group)?, at)),
        }
    }
}

/// Every number of a sentence; `skip` are spans that were read as dates.
pub(crate) fn numbers(tokens: &[Token], skip: &[Range<usize>]) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_read = skip.iter().any(|span| span.contains(&token.span.start));
        let read = match &token.kind {
            _ if is_read => None,
            Kind::Number(readings) => Some((readings.clone(), 1)),
            Kind::Word => spelled(tokens.get(at..).unwrap_or_default())
                .filter(|(value, taken)| *value != 1 || is_counting_one(tokens, at, *taken))
                .map(|(value, taken)| (vec![value.to_string()], taken)),
            _ => None,
        };
        let Some((readings, taken)) = read else {
            at += 1;
            continue;
        };
        let end = at + taken;
        let last = tokens.get(end - 1).map_or(token.span.end, |last| last.span.end);
        found.push(Number {
            span: token.span.start..last,
            readings,
            before: before(tokens, at),
            nouns: nouns(tokens, end),
            bound: bound(tokens, at, end),
        });
        at = end;
    }
    found
}

/// "one" counts in "only one", "one event", "exactly one"; not in "one of them", "the one who".
fn is_counting_one(tokens: &[Token], at: usize, taken: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.lower.as_str());
    let before = before(tokens, at);
    word(at) != "one"
        || matches!(before.as_str(), "only" | "just" | "exactly" | "was" | "than" | "least" | "most")
            && word(at + taken) != "of"
        || ["event", "visit", "time"].iter().any(|noun| word(at + taken).starts_with(noun))
}

fn before(tokens: &[Token], at: usize) -> String {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at)).filter(|t| t.kind != Kind::Mark);
    before.map(|token| token.lower.clone()).unwrap_or_default()
}

fn nouns(tokens: &[Token], from: usize) -> Vec<String> {
    let following = tokens.get(from..).unwrap_or_default().iter();
    following
        .take_while(|token| matches!(token.kind, Kind::Word | Kind::Percent | Kind::Mixed))
        .filter(|token| token.lower != "of")
        .take(NOUNS_MAX)
        .map(|token| token.lower.clone())
        .collect()
}

fn bound(tokens: &[Token], at: usize, end: usize) -> Bound {
    let word = |at: Option<usize>| at.and_then(|at| tokens.get(at)).map_or("", |token| token.lower.as_str());
    let back = |n: usize| word(at.checked_sub(n));
    let is_number = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at)).is_some_and(|token| matches!(token.kind, Kind::Number(_)))
    };
    // "3 to 5", "3–5", "between 3 and 5", seen from either end.
    let joins = |word: &str| matches!(word, "to" | "–" | "—" | "or");
    if (joins(back(1)) && is_number(at.checked_sub(2)))
        || (joins(word(Some(end))) && is_number(Some(end + 1)))
        || back(1) == "between"
        || (back(1) == "and"
            && at >= 3
            && word(at.checked_sub(3)) == "between"
            && (is_number(at.checked_sub(2)) || is_number_word(back(2))))
    {
        return Bound::Range;
    }
    match (back(3), back(2), back(1)) {
        ("no" | "not", "more", "than") | (_, "at", "most") | (_, "up", "to") => Bound::AtMost,
        ("no" | "not", "fewer" | "less", "than") | (_, "at", "least") | (_, _, "minimum") => Bound::AtLeast,
        (_, "more" | "greater", "than") | (_, _, "over" | "above" | "exceeding") => Bound::MoreThan,
        (_, "fewer" | "less", "than") | (_, _, "under" | "below" | "almost" | "nearly") => Bound::LessThan,
        _ if word(Some(end)) == "+" || (word(Some(end)) == "or" && word(Some(end + 1)) == "more") => {
            Bound::AtLeast
        }
        _ => Bound::None,
    }
}
