//! Whether a text holds what the words of a search ask for, where no store is asked.

use std::{borrow::Cow, collections::HashSet};

use crate::{
    ask::stems::regular,
    coloured::{ColouredThings, colour},
    denied::denied,
    text,
    words::{Wanted, alternatives, spelt_out},
};

/// What a text holds, for asking it what stores are asked. The analysis of a store folds a few words otherwise.
#[derive(Debug)]
pub(crate) struct Held<'t> {
    words: HashSet<Cow<'t, str>>,
    coloured: HashSet<(&'static str, String)>,
    denied: HashSet<Cow<'t, str>>,
}

impl<'t> Held<'t> {
    /// Reads a text in lower case.
    pub(crate) fn of(lower: &'t str) -> Self {
        let mut held = Self { words: HashSet::new(), coloured: HashSet::new(), denied: HashSet::new() };
        let mut things = ColouredThings::default();
        let denied = denied(lower);
        let mut before = "";
        for (at, word) in text::words(lower).enumerate() {
            if denied.binary_search(&at).is_ok() {
                held.denied.insert(regular(word));
                continue;
            }
            things.next(at, word, colour(word), |colour, thing| {
                held.coloured.insert((colour, regular(thing).into_owned()));
            });
            held.words.insert(regular(word));
            if let Some(spelt_out) = spelt_out(before, word) {
                held.words.extend(spelt_out.map(regular));
            }
            before = word;
        }
        held
    }

    /// Whether it holds what the words of a search ask for.
    pub(crate) fn satisfies(&self, words: &str) -> bool {
        alternatives(words).iter().all(|group| group.iter().any(|wanted| self.holds(*wanted)))
    }

    fn holds(&self, wanted: Wanted<'_>) -> bool {
        let (Wanted::Word(word) | Wanted::Denied(word) | Wanted::Coloured { thing: word, .. }) = wanted;
        let lower = word.to_lowercase();
        let mut parts = text::words(&lower);
        match wanted {
            Wanted::Word(_) => parts.all(|part| self.words.contains(&regular(part))),
            Wanted::Denied(_) => parts.all(|part| self.denied.contains(&regular(part))),
            Wanted::Coloured { colour, .. } => {
                parts.next().is_some_and(|part| self.coloured.contains(&(colour, regular(part).into_owned())))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::{CLAUSES_MAX, both};

    #[test]
    fn a_colour_is_that_of_the_thing_behind_it() {
        for (text, holds, lacks) in [
            ("a man in a black jacket and blue jeans", "black jacket", "blue jacket"),
            ("a man in a black jacket, blue jeans", "blue jeans", "black jeans"),
            ("a red and white striped van", "red van", "blue van"),
            ("a dark-blue hooded jacket", "dark blue jacket", "dark red jacket"),
            ("a white van with red lettering", "white van", "red van"),
            ("a white van with red lettering", "red and van", "red van"),
            ("a gray sedan", "grey sedans", "white sedan"),
            ("white delivery van", "white van", "black van"),
            ("a white van brings a delivery", "white delivery van", "black delivery van"),
            ("shirt color red pants color blue", "blue pants", "blue shirt"),
            ("shirt colour red", "red shirt", "blue shirt"),
        ] {
            let held = Held::of(text);
            assert!(held.satisfies(holds), "{text}: {holds}");
            assert!(!held.satisfies(lacks), "{text}: {lacks}");
        }
    }

    proptest! {
        /// An event satisfies the groups exactly when it satisfies one phrase of the choice.
        #[test]
        fn groups_say_what_the_choices_say(
            phrases in prop::collection::vec(prop::collection::vec("[a-d]|red|blue", 1..4), 1..4),
            text in prop::collection::vec("[a-d]|red|blue|and", 0..7),
        ) {
            let phrases: Vec<String> = phrases.iter().map(|phrase| phrase.join(" ")).collect();
            let choice = format!("({})", phrases.join(") or ("));
            let text = text.join(" ");
            let held = Held::of(&text);
            let by_phrases = phrases.iter().any(|phrase| held.satisfies(phrase));
            prop_assert_eq!(by_phrases, held.satisfies(&choice), "{} in {:?}", choice, text);
        }

        /// Both of two searches are asked for, whatever stands beside what.
        #[test]
        fn both_are_asked_for(
            first in "(red|blue|[a-c])( (or )?(red|[a-c])){0,2}",
            second in "(red|blue|[a-c])( (or )?(red|[a-c])){0,2}",
            text in prop::collection::vec("[a-c]|red|blue", 0..6),
        ) {
            let text = text.join(" ");
            let held = Held::of(&text);
            let satisfies_both = held.satisfies(&first) && held.satisfies(&second);
            prop_assert_eq!(satisfies_both, held.satisfies(&both(&first, &second)), "{} & {}", first, second);
        }

        #[test]
        fn whatever_is_written_is_read(text in "([a-c()or ]|red ){0,40}") {
            let words = alternatives(&text).len();
            prop_assert!(words <= CLAUSES_MAX * (text.len() + 1));
        }
    }
}
