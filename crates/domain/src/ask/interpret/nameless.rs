//! "Strangers", "unknown faces", "people we don't know": events that bear no name, where detectors give names at all.
//! And "ours", which no event tells. Must never leave a word of either without saying so.

use super::{
    catalogue::Catalogue,
    exclusion::is_left_out,
    grouping,
    labels::LabelMention,
    nouns::noun,
    tokens::{Role, Tokens},
};
use crate::ask::interpretation::{LeftOut, NameKind, Unresolved};

/// Words between a thing and what is said of its name: "unknown red car".
const BETWEEN_MAX: usize = 2;

/// Whether only events without a name are asked for. Takes the words that say so.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue) -> Option<LeftOut> {
    if catalogue.sub_labels.is_empty() {
        return None;
    }
    let mut is_said = false;
    for at in 0..tokens.row.len() {
        if tokens.row[at].quote.is_some() {
            continue;
        }
        let words = words_at(tokens, at);
        is_said |= words > 0;
        for at in at..at + words {
            tokens.row[at].is_kept = false;
        }
        tokens.take(at..at + words, Role::Subject);
    }
    is_said.then(|| LeftOut { is_named: true, ..LeftOut::default() })
}

/// How many words from here say that something has no name.
fn words_at(tokens: &Tokens<'_>, at: usize) -> usize {
    let word = tokens.lower(at);
    if tokens.row[at].singular == "stranger" {
        return usize::from(!is_left_out(tokens, at, &[]));
    }
    if tokens.row[at].role != Role::Free {
        return 0;
    }
    let is_knowing = |word: &str| {
        matches!(
            word,
            "know" | "recognize" | "recognise" | "recognized" | "recognised" | "identified" | "known"
        )
    };
    if matches!(word, "unknown" | "unrecognized" | "unrecognised" | "unidentified" | "unfamiliar" | "unnamed")
    {
        let is_denied = matches!(tokens.before(at), "not" | "no" | "except" | "without" | "non");
        return usize::from(is_beside_thing(tokens, at) && !is_denied);
    }
    // "That we don't know", "who I do not recognise".
    if matches!(word, "i" | "we" | "nobody") && is_beside_thing(tokens, at) {
        let denied = match (tokens.lower(at + 1), tokens.lower(at + 2)) {
            ("dont" | "didnt" | "couldnt" | "cant", _) => 2,
            ("do" | "did" | "could", "not") => 3,
            _ if word == "nobody" => 1,
            _ => return 0,
        };
        return if is_knowing(tokens.lower(at + denied)) { denied + 1 } else { 0 };
    }
    match word {
        "not" | "wasnt" | "werent" | "arent" | "isnt"
            if is_knowing(tokens.lower(at + 1)) && (at > 0 || word == "not") =>
        {
            2
        }
        "without" if matches!((tokens.lower(at + 1), tokens.lower(at + 2)), ("a" | "any", "name")) => 3,
        "without" | "no" if matches!(tokens.lower(at + 1), "name" | "names") => 2,
        _ => 0,
    }
}

/// Whether a person, a vehicle or the like stands beside a word.
fn is_beside_thing(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_thing = |at: usize| {
        tokens.row.get(at).is_some_and(|token| {
            noun(&token.singular).is_some() || matches!(token.singular.as_str(), "one" | "visitor" | "name")
        })
    };
    let behind = (at + 1..=at + 1 + BETWEEN_MAX)
        .take_while(|next| tokens.row.get(*next).is_some_and(|t| !t.follows_break));
    let before = (at.saturating_sub(BETWEEN_MAX)..at).rev();
    behind.into_iter().any(is_thing) || before.into_iter().any(is_thing)
}

/// "Not counting ours", "except our own": whose something is.
pub(super) fn read_belonging(tokens: &mut Tokens<'_>, mentions: &[LabelMention]) -> Option<Unresolved> {
    // "All cars except our car": the label would leave out all.
    let own = mentions.iter().find(|mention| {
        let is_asked = |other: &LabelMention| !other.is_left_out && other.labels == mention.labels;
        mention.is_left_out
            && matches!(tokens.before(mention.at), "our" | "my")
            && mentions.iter().any(is_asked)
    });
    if let Some(own) = own {
        let text = tokens.slice(own.at - 1..own.at + 1).to_owned();
        return Some(Unresolved::new(NameKind::Belonging, text));
    }
    let at = (0..tokens.row.len()).find(|at| {
        let is_own = tokens.lower(*at) == "own"
            && matches!(tokens.before(*at), "our" | "my" | "their")
            && (is_left_out(tokens, at - 1, &[])
                || matches!(tokens.before(at - 1), "only" | "just")
                || *at >= 3 && tokens.lower(at - 2) == "of" && tokens.lower(at - 3) == "none");
        tokens.row[*at].role == Role::Free
            && (is_own || matches!(tokens.lower(*at), "ours" | "mine" | "theirs"))
    })?;
    let from = at - usize::from(tokens.lower(at) == "own");
    tokens.take(from..at + 1, Role::Subject);
    let text = tokens.slice(from..at + 1).to_owned();
    Some(Unresolved::new(NameKind::Belonging, text))
}

/// "How many different cars": no event tells one car from another. Names and plates do, see
/// [`super::grouping`].
pub(super) fn read_distinct(tokens: &mut Tokens<'_>) -> Option<Unresolved> {
    if let Some(same) = same_thing(tokens) {
        return Some(same);
    }
    let at = tokens.find("how many")? + 2;
    let is_said = matches!(tokens.lower(at), "different" | "distinct" | "unique" | "individual" | "separate");
    let near = (at + 1..=at + 1 + BETWEEN_MAX).take_while(|next| {
        // "How many different cameras saw people" counts cameras.
        tokens.row.get(*next).is_some() && !grouping::groups(tokens, *next)
    });
    let is_thing =
        |at: &usize| tokens.row[*at].role == Role::Subject && noun(&tokens.row[*at].singular).is_some();
    let thing = near.into_iter().find(is_thing);
    let thing = thing.filter(|_| is_said && matches!(tokens.row[at].role, Role::Free | Role::Intent))?;
    tokens.take(at..at + 1, Role::Intent);
    let text = tokens.slice(at..thing + 1).to_owned();
    Some(Unresolved::new(NameKind::Distinct, text))
}

/// "Did the same van come twice?": takes how often as well, which is said of the one that cannot be told apart.
fn same_thing(tokens: &mut Tokens<'_>) -> Option<Unresolved> {
    let at = tokens.find("same").filter(|at| tokens.is_free(*at..at + 1))?;
    let is_thing =
        |at: &usize| tokens.row[*at].role == Role::Subject && noun(&tokens.row[*at].singular).is_some();
    let thing = (at + 1..tokens.row.len().min(at + 2 + BETWEEN_MAX)).find(is_thing)?;
    // "Is it always the same person?" asks of all of them.
    let is_often = |word: &str| matches!(word, "once" | "twice" | "thrice" | "times" | "again");
    if !tokens.row.iter().any(|token| is_often(&token.lower)) {
        return None;
    }
    for often in 0..tokens.row.len() {
        if matches!(tokens.lower(often), "same" | "twice" | "again" | "thrice")
            && tokens.is_free(often..often + 1)
        {
            tokens.take(often..often + 1, Role::Intent);
        }
    }
    let text = tokens.slice(at..thing + 1).to_owned();
    Some(Unresolved::new(NameKind::Distinct, text))
}

/// "Who was recognized", "license plates seen": whether the names or plates themselves are asked for. Takes the words
/// that say so.
pub(super) fn read_recognized(tokens: &mut Tokens<'_>) -> bool {
    let mut is_said = false;
    for at in 0..tokens.row.len() {
        let token = &tokens.row[at];
        if !matches!(token.role, Role::Free | Role::Intent) || token.quote.is_some() {
            continue;
        }
        let is_of_names = matches!(token.lower.as_str(), "recognized" | "recognised" | "identified")
            && !matches!(
                tokens.before(at),
                "not" | "wasnt" | "werent" | "arent" | "isnt" | "never" | "dont" | "didnt"
            );
        let is_called =
            tokens.row.get(at + 1).is_some_and(|next| next.role == Role::Subject || next.is_number());
        let is_of_vehicles = matches!(tokens.before(at), "license" | "licence" | "number" | "registration");
        let is_plates = token.lower == "plates" && is_of_vehicles && !is_called;
        if is_of_names || is_plates {
            let from = at - usize::from(is_plates);
            let has_faces = is_of_names && tokens.lower(at + 1) == "faces" && tokens.is_free(at + 1..at + 2);
            tokens.take(from..at + 1 + usize::from(has_faces), Role::Intent);
            is_said = true;
        }
    }
    is_said
}
