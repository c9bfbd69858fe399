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
use crate::ask::stems::singular;

/// Reads the word as those cameras, and as the word for what is ranked.
pub(super) fn read(tokens: &mut Tokens<'_>, catalogue: &Catalogue, places: &mut Places) {
    let ranks = ["busiest", "quietest", "most", "fewest", "least"];
    let more = (0..tokens.row.len()).find(|at| is_more(tokens, *at));
    let is_bound = |at: usize| {
        tokens.has_at(at, "more than") || tokens.has_at(at, "fewer than") || tokens.has_at(at, "less than")
    };
    let bounds = |at: usize| is_bound(at) && tokens.row.get(at + 2).is_some_and(Token::is_number);
    if more.is_none()
        && !(0..tokens.row.len()).any(bounds)
        && !ranks.iter().any(|word| tokens.find(word).is_some())
        && tokens.find("top").is_none()
        && !(1..tokens.row.len()).any(|at| is_by_each(tokens, at))
        && tokens.find("cameras").is_none()
    {
        return;
    }
    for at in 0..tokens.row.len() {
        let token = &tokens.row[at];
        let is_of_top = at > 1 && tokens.lower(at - 2) == "top" || tokens.before(at) == "top";
        let is_which = matches!(tokens.before(at), "which" | "what");
        let is_ranked = is_which
            || is_of_top
            || is_by_each(tokens, at)
            || matches!(tokens.before(at), "busiest" | "quietest");
        // "Which shops had no thefts?": spelt as cameras, and still written as what they are called.
        let written = singular(&tokens.slice(at..at + 1).to_lowercase()).into_owned();
        if token.lower == "cameras" && token.role == Role::Free && written != "camera" {
            let cameras = catalogue.cameras_with_word(&written).to_vec();
            places.add(Named::Cameras(cameras), false, at..at + 1);
            continue;
        }
        let is_word = token.lower == token.singular || is_of_top;
        if is_ranked && is_word && is_of_cameras(tokens, catalogue, at) {
            let cameras = catalogue.cameras_with_word(&token.singular).to_vec();
            let cameras = either_of(tokens, catalogue, at, cameras);
            places.add(Named::Cameras(cameras), false, at..at + 1);
            // A zone of that name is not where all of them are.
            places.zones_perhaps.retain(|(zone, _)| !zone.contains(&at));
            tokens.respell(at, "camera");
            if let Some(more) = more.filter(|more| is_which && *more > at) {
                let most = match tokens.lower(more) {
                    "fewer" | "less" => "fewest",
                    "quieter" => "quietest",
                    "busier" => "busiest",
                    _ => "most",
                };
                tokens.respell(more, most);
            }
        }
    }
}

/// "Which shops had no thefts?", "gates without any truck": the cameras of that name, as they are asked for which of
/// them had none. Read before what is lacking is.
pub(in super::super) fn spell_those_without(tokens: &mut Tokens<'_>, catalogue: &Catalogue) {
    let is_lack = |at: usize| {
        let has_no = |at: usize| matches!(tokens.lower(at), "no" | "zero");
        match tokens.lower(at) {
            "without" => true,
            "with" | "had" | "have" | "has" | "saw" | "were" | "recorded" => has_no(at + 1),
            _ => false,
        }
    };
    let is_asked = |at: usize| at == 0 || matches!(tokens.before(at), "which" | "what" | "list" | "many");
    let found = (0..tokens.row.len()).find(|at| {
        let token = &tokens.row[*at];
        token.lower != token.singular
            && is_lack(*at + 1)
            && is_asked(*at)
            && is_of_cameras(tokens, catalogue, *at)
    });
    if let Some(at) = found {
        tokens.respell(at, "cameras");
    }
}

/// Whether several cameras are called by the word, and nothing that is seen is.
fn is_of_cameras(tokens: &Tokens<'_>, catalogue: &Catalogue, at: usize) -> bool {
    let token = &tokens.row[at];
    let means_more = is_stop_word(&token.lower)
        || noun(&token.singular).is_some()
        || grouping::groups(tokens, at)
        || tokens.row.get(at + 1).is_some_and(Token::is_number);
    token.role == Role::Free
        && token.quote.is_none()
        && !means_more
        && catalogue.cameras_with_word(&token.singular).len() > 1
        && event_types::holding(catalogue, &token.singular).next().is_none()
}

/// "Thefts by shop", "per gate"; who "stopped by reception" was there.
fn is_by_each(tokens: &Tokens<'_>, at: usize) -> bool {
    let is_near = |at: usize| {
        matches!(
            tokens.row[at].stem.as_str(),
            "stop" | "walk" | "pass" | "driv" | "drop" | "swing" | "com" | "go" | "run" | "rid"
        ) || matches!(
            tokens.row[at].stem.as_str(),
            "stand" | "stood" | "wait" | "park" | "sit" | "sat" | "see"
        )
    };
    match tokens.before(at) {
        "per" | "each" | "every" => true,
        "by" => at > 1 && !is_near(at - 2),
        _ => false,
    }
}

/// "Which shop had more thefts?": more than the others; not "more than 100".
fn is_more(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(tokens.lower(at), "more" | "fewer" | "less" | "busier" | "quieter")
        && !(at + 1..tokens.row.len()).any(|next| tokens.lower(next) == "than")
        && matches!(tokens.lower(0), "which" | "what")
}

/// "Which entrance is used more, north or south?": those of them that are named behind a comma.
fn either_of(tokens: &mut Tokens<'_>, catalogue: &Catalogue, at: usize, cameras: Vec<usize>) -> Vec<usize> {
    let Some(or) = (at + 1..tokens.row.len()).find(|or| tokens.lower(*or) == "or") else { return cameras };
    let sides = [or - 1, or + 1];
    let is_told =
        sides.iter().all(|side| tokens.is_free(*side..side + 1)) && tokens.row[or - 1].follows_break;
    let named = |side: &usize| {
        let of_word = catalogue.cameras_with_word(tokens.lower(*side));
        cameras.iter().copied().filter(|camera| of_word.contains(camera)).collect::<Vec<_>>()
    };
    let found: Vec<Vec<usize>> = sides.iter().map(named).collect();
    if !is_told || found.iter().any(Vec::is_empty) {
        return cameras;
    }
    tokens.take(or - 1..or + 2, Role::Place);
    found.concat()
}
