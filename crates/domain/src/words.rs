//! The language of the words of a search: every word is needed; of what stands around "or" one is enough; what belongs
//! together there stands in parentheses: "parked red or blue trucks", "(red jackets) or (blue caps) or hoodies". "And"
//! only parts; behind "without" stands what an event must deny.

use crate::{
    ask::stems::other_forms,
    coloured::{FOLLOWERS_MAX, colour},
    text,
};

/// As many clauses may come of one choice between phrases: three of six words, four of three.
pub(crate) const CLAUSES_MAX: usize = 256;

/// What one part of a search can be: any of these phrases, of which all words are needed.
pub(crate) type Choice<'a> = Vec<Vec<&'a str>>;

/// What an event can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A word, in one of its regular forms.
    Word(&'a str),
    /// A colour that is said of a thing: of a red jacket, not of a jacket beside a red bag.
    Coloured {
        /// In the one spelling of [`crate::event_store::COLOURS`].
        colour: &'static str,
        /// A word, in one of its regular forms.
        thing: &'a str,
    },
    /// A word that the event denies: of those "without a helmet".
    Denied(&'a str),
}

/// The words of a search in groups: an event holds one of each. Words with "or" between them are one group, every
/// other word is one by itself: "green cats or dogs" are cats or dogs, and green cats or green dogs. Phrases to choose
/// from become the groups that say the same: of "(old jackets) or (torn caps)" these are old or torn, old or caps,
/// jackets or torn, jackets or caps. With a word come its forms that no stemming leads to: "women" is "woman" too.
pub fn alternatives(words: &str) -> Vec<Vec<Wanted<'_>>> {
    let mut groups = Vec::new();
    for part in sections(words) {
        let choices = choices(part);
        let mut rest = choices.as_slice();
        while let Some(first) = rest.first() {
            let flat: Vec<Vec<&str>> = rest.iter().map_while(flat).collect();
            if flat.is_empty() {
                groups.extend(clauses(first));
                rest = &rest[1..];
            } else {
                let denied = flat.iter().position(|words| is_denial(words)).unwrap_or(flat.len());
                groups.extend(wanted(&flat[..denied]));
                let not_there = flat[denied..].iter().filter(|words| !is_denial(words));
                groups.extend(not_there.map(|words| words.iter().map(|word| Wanted::Denied(word)).collect()));
                rest = &rest[flat.len()..];
            }
        }
    }
    for group in &mut groups {
        for one in group.clone() {
            match one {
                Wanted::Word(word) => group.extend(forms(word).into_iter().map(Wanted::Word)),
                Wanted::Denied(word) => group.extend(forms(word).into_iter().map(Wanted::Denied)),
                Wanted::Coloured { colour, thing } => {
                    group.extend(forms(thing).into_iter().map(|thing| Wanted::Coloured { colour, thing }));
                }
            }
        }
    }
    groups
}

/// All words, each by itself and with its other forms: what a search ranks by.
pub fn all_forms(words: &str) -> Vec<&str> {
    let all: Vec<&str> = sections(words).flat_map(choices).flatten().flatten().collect();
    let others: Vec<&'static str> = all.iter().flat_map(|word| forms(word)).collect();
    all.into_iter().chain(others).collect()
}

fn forms(word: &str) -> Vec<&'static str> {
    other_forms(&word.to_lowercase()).collect()
}

/// The words of two searches as those of one, which asks for both.
pub(crate) fn both(first: &str, second: &str) -> String {
    format!("{first} and {second}")
}

/// What each part of a search can be, in the order of the words.
pub(crate) fn choices(words: &str) -> Vec<Choice<'_>> {
    let mut found: Vec<Choice<'_>> = Vec::new();
    let mut joins = false;
    let mut rest = words.split_whitespace();
    while let Some(word) = rest.next() {
        if word.eq_ignore_ascii_case("or") && !found.is_empty() {
            joins = true;
            continue;
        }
        let phrase = match word.strip_prefix('(') {
            Some(first) => phrase(first, &mut rest),
            None => vec![word],
        };
        match found.last_mut() {
            Some(last) if joins => last.push(phrase),
            _ => found.push(vec![phrase]),
        }
        joins = false;
    }
    found
}

/// What stands between the words "and".
fn sections(words: &str) -> impl Iterator<Item = &str> {
    words.split(" and ").filter(|part| !part.trim().is_empty())
}

/// The words up to the closing parenthesis.
fn phrase<'a>(first: &'a str, rest: &mut impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut words = Vec::new();
    let mut next = Some(first);
    while let Some(word) = next {
        let Some(last) = word.strip_suffix(')') else {
            words.push(word);
            next = rest.next();
            continue;
        };
        words.push(last);
        break;
    }
    words
}

/// "Without", which denies what follows it up to the next "and".
fn is_denial(words: &[&str]) -> bool {
    matches!(words, [word] if word.eq_ignore_ascii_case("without"))
}

/// The words of a choice between nothing but single words. "Hi-vis" is two that belong together.
fn flat<'a>(choice: &Choice<'a>) -> Option<Vec<&'a str>> {
    let is_one =
        |phrase: &Vec<&str>| phrase.len() == 1 && (choice.len() == 1 || parts(phrase[0]).nth(1).is_none());
    choice.iter().all(is_one).then(|| choice.iter().map(|phrase| phrase[0]).collect())
}

/// What words that follow each other ask for: a colour is that of one of the next things. Of each a choice can stand.
fn wanted<'a>(row: &[Vec<&'a str>]) -> Vec<Vec<Wanted<'a>>> {
    let colours = |words: &[&str]| words.iter().map(|word| colour(word)).collect::<Option<Vec<_>>>();
    let mut groups = Vec::with_capacity(row.len());
    for (at, words) in row.iter().enumerate() {
        let next = row.get(at + 1..).unwrap_or_default();
        // "Dark blue jacket": the shade is that of the colour.
        let last = next.iter().take(FOLLOWERS_MAX).position(|words| colours(words).is_some());
        let things = &next[..last.map_or(FOLLOWERS_MAX, |last| last.max(1)).min(next.len())];
        let group = match colours(words) {
            Some(colours) if !things.is_empty() => {
                let of =
                    |colour| things.iter().flatten().map(move |thing| Wanted::Coloured { colour, thing });
                colours.into_iter().flat_map(of).collect()
            }
            _ => words.iter().map(|word| Wanted::Word(word)).collect(),
        };
        groups.push(group);
    }
    groups
}

/// One of each phrase, in every way: what all phrases of a choice have in common.
fn clauses<'a>(choice: &Choice<'a>) -> Vec<Vec<Wanted<'a>>> {
    choice.iter().fold(vec![Vec::new()], |clauses, phrase| {
        let row: Vec<Vec<&str>> = phrase.iter().flat_map(|word| parts(word)).map(|word| vec![word]).collect();
        let groups = wanted(&row);
        let longer = clauses.iter().flat_map(|clause: &Vec<Wanted<'_>>| {
            groups.iter().map(move |group| [&clause[..], group].concat())
        });
        longer.take(CLAUSES_MAX).collect()
    })
}

/// The whole words for two that are the short form of others: "hi-vis". Events are found by both.
pub fn spelt_out(first: &str, second: &str) -> Option<[&'static str; 2]> {
    (first == "hi" && matches!(second, "vis" | "viz")).then_some(["high", "visibility"])
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    let has_none = !word.contains(char::is_alphanumeric);
    text::words(word).chain(has_none.then_some(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &str) -> String {
        let one = |wanted: &Wanted<'_>| match wanted {
            Wanted::Word(word) => (*word).to_owned(),
            Wanted::Denied(word) => format!("!{word}"),
            Wanted::Coloured { colour, thing } => format!("{colour}+{thing}"),
        };
        let group = |group: &Vec<Wanted<'_>>| group.iter().map(one).collect::<Vec<_>>().join("|");
        alternatives(words).iter().map(group).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn words_become_groups_of_which_an_event_holds_one_each() {
        for (words, groups) in [
            ("tall cats or dogs parked", "tall cats|dogs parked"),
            ("or tall or", "or tall"),
            ("hi-vis or cap", "hi|cap vis|cap"),
            ("red jackets", "red+jackets jackets"),
            ("jackets red", "jackets red"),
            ("red and jackets", "red jackets"),
            ("red or gray trucks", "red+trucks|grey+trucks trucks"),
            ("dark blue hooded jacket", "dark+blue blue+hooded|blue+jacket hooded jacket"),
            ("workers and without helmet or gloves", "workers !helmet|!gloves"),
            ("red or (white van)", "red|white+van red|van"),
            ("(red cap) or (tall hat)", "red+cap|tall red+cap|hat cap|tall cap|hat"),
        ] {
            assert_eq!(told(words), groups, "{words}");
        }
        assert_eq!(choices("(red jackets) or caps"), [vec![vec!["red", "jackets"], vec!["caps"]]]);
        assert_eq!(all_forms("red women or (old men)"), ["red", "women", "old", "men", "woman", "man"]);
    }
}
