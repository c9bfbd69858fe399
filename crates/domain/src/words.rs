//! The language of the words of a search: every word is needed; of what stands around "or" one is enough; what belongs
//! together there stands in parentheses: "parked red or blue trucks", "(red jackets) or (blue caps) or hoodies".

use crate::ask::stems::other_forms;

/// As many clauses may come of one choice between phrases: three of six words, four of three.
pub(crate) const CLAUSES_MAX: usize = 256;

/// What one part of a search can be: any of these phrases, of which all words are needed.
pub(crate) type Choice<'a> = Vec<Vec<&'a str>>;

/// The words of a search in groups: an event holds one word of each. Words with "or" between them are one
/// group, every other word is one by itself: "red cats or dogs" is red, and cats or dogs. Phrases to choose from
/// become the groups that say the same: of "(red jackets) or (blue caps)" these are red or blue, red or caps,
/// jackets or blue, jackets or caps. With a word come its forms that no stemming leads to: "women" is "woman" too.
pub fn alternatives(words: &str) -> Vec<Vec<&str>> {
    let mut groups: Vec<Vec<&str>> = choices(words).into_iter().flat_map(clauses).collect();
    for group in &mut groups {
        for word in group.clone() {
            let forms: Vec<&'static str> = other_forms(&word.to_lowercase()).collect();
            group.extend(forms);
        }
    }
    groups
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

/// One word of each phrase, in every way: what all phrases of a choice have in common. Where there is something to
/// choose from, "hi-vis" is two words that belong together.
fn clauses(choice: Choice<'_>) -> Vec<Vec<&str>> {
    if let [phrase] = choice.as_slice() {
        return phrase.iter().map(|word| vec![*word]).collect();
    }
    choice.into_iter().fold(vec![Vec::new()], |clauses, phrase| {
        let words: Vec<&str> = phrase.into_iter().flat_map(parts).collect();
        let longer = clauses.iter().flat_map(|clause: &Vec<&str>| {
            words.iter().map(move |word| [clause.as_slice(), &[*word]].concat())
        });
        longer.take(CLAUSES_MAX).collect()
    })
}

fn parts(word: &str) -> impl Iterator<Item = &str> {
    let has_none = !word.contains(char::is_alphanumeric);
    let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    parts.chain(has_none.then_some(word))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_with_or_between_them_are_one_group() {
        assert_eq!(
            alternatives("red cats or dogs parked"),
            [vec!["red"], vec!["cats", "dogs"], vec!["parked"]]
        );
        assert_eq!(alternatives("or red or"), [vec!["or"], vec!["red"]]);
        assert_eq!(alternatives("hi-vis or red"), [["hi", "red"], ["vis", "red"]]);
        assert_eq!(choices("(red jackets) or caps"), [vec![vec!["red", "jackets"], vec!["caps"]]]);
    }

    proptest! {
        /// An event satisfies the groups exactly when it holds all words of one phrase of each choice.
        #[test]
        fn groups_say_what_the_choices_say(
            phrases in prop::collection::vec(prop::collection::vec("[a-e]", 1..4), 1..4),
            held in prop::collection::hash_set("[a-e]", 0..5),
        ) {
            let text: Vec<String> = phrases.iter().map(|phrase| format!("({})", phrase.join(" "))).collect();
            let text = text.join(" or ");
            let by_phrases = phrases.iter().any(|phrase| phrase.iter().all(|word| held.contains(word)));
            let by_groups =
                alternatives(&text).iter().all(|group| group.iter().any(|word| held.contains(*word)));
            prop_assert_eq!(by_phrases, by_groups, "{}", text);
        }

        #[test]
        fn whatever_is_written_is_read(text in "[a-c()or ]{0,40}") {
            let words = alternatives(&text).len();
            prop_assert!(words <= CLAUSES_MAX * text.len());
        }
    }
}
