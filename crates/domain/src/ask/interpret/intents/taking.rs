//! Takes the words that say what is wanted, so that none of them is searched for.

use super::phrases::{WITH_BUSIEST, WITH_COMPARE, WITH_HOW_LONG, WITH_UNUSUAL};
use crate::ask::{
    interpret::{
        stop_words::is_footage,
        tokens::{Role, Tokens},
    },
    interpretation::Intent,
};

/// Takes the words that say an intent, and those that go with it.
pub(super) fn take(tokens: &mut Tokens<'_>, at: usize, words: usize, intent: Intent) -> Intent {
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
        Intent::Busiest => WITH_BUSIEST.contains(&word),
        Intent::Compare => WITH_COMPARE.contains(&word),
        Intent::Unusual => WITH_UNUSUAL.contains(&word),
        Intent::Timeline => {
            matches!(word, "chronological" | "order" | "brief" | "short" | "quick" | "full")
                || matches!(word, "report" | "summary" | "handover" | "detailed" | "complete" | "shift")
        }
        Intent::Count => {
            matches!(
                word,
                "overall" | "altogether" | "total" | "different" | "distinct" | "unique" | "average"
            )
        }
        Intent::First | Intent::Last => {
            matches!(word, "sighting" | "sightings" | "recent" | "latest" | "earliest" | "first" | "last")
        }
        Intent::Related => matches!(word, "next" | "afterwards" | "happen" | "happened"),
        Intent::HowLong => WITH_HOW_LONG.contains(&word),
        _ => false,
    }
}
