//! "Which gate was busiest?": a word that several cameras are called by is ranked camera by camera, among these. Must
//! never read a thing that is seen ("which car came most often") as a place.

use super::{
    super::{
        catalogue::Catalogue,
        event_types, grouping,
        nouns::noun,
        stop_words::is_stop_word,
        tokens::{Role, Token, Tokens},
    },
    found::{Named, Places},
};

/// Reads the word as those cameras, and as the word for what is ranked.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places) {
    let ranks = ["busiest", "quietest", "most", "fewest", "least"];
    if !ranks.iter().any(|word| tokens.find(word).is_some()) {
        return;
    }
    for at in 1..tokens.row.len() {
        let token = &tokens.row[at];
        let is_ranked = matches!(tokens.before(at), "which" | "what" | "busiest" | "quietest");
        let is_word = token.role == Role::Free && token.quote.is_none() && token.lower == token.singular;
        let means_more = is_stop_word(&token.lower)
            || noun(&token.singular).is_some()
            || grouping::groups(tokens, at)
            || tokens.row.get(at + 1).is_some_and(Token::is_number);
        if !is_ranked || !is_word || means_more {
            continue;
        }
        let cameras = catalogue.cameras_with_word(&token.singular).to_vec();
        if cameras.len() > 1 && event_types::holding(catalogue, &token.singular).next().is_none() {
            places.add(Named::Cameras(cameras), false, at..at + 1);
            tokens.respell(at, "camera");
        }
    }
}
