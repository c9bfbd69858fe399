//! "And the tower?" behind "at the front door": where each building has a front door, the one of the tower is meant,
//! and not all of it.

use super::{catalogue::Catalogue, pointing, says::Says, stop_words::is_stop_word, tokens::Tokens};
use crate::ask::interpretation::Interpretation;

/// As many cameras of before are set against each other by the words of their names.
const COMPARED_MAX: usize = 32;

/// Where only a site was named behind a question of one door, the doors of that name there. A site that is asked for
/// as a whole stays whole.
pub(super) fn turn_to(
    it: &mut Interpretation,
    previous: &Interpretation,
    tokens: &Tokens<'_>,
    catalogue: &Catalogue,
) {
    let is_of_all = ["whole", "all", "entire", "anywhere", "everywhere", "each", "every", "rest"];
    if it.sites.is_empty()
        || !it.unresolved.is_empty()
        || tokens.row.iter().any(|token| is_of_all.contains(&token.lower.as_str()))
    {
        return;
    }
    let Some(before) = indices(&previous.cameras, catalogue) else { return };
    let Some(named) = indices(&it.cameras, catalogue) else { return };
    let of_sites = |sites: &[String]| {
        let cameras = sites.iter().flat_map(|site| catalogue.cameras_of_site(site).iter().copied());
        let mut cameras: Vec<usize> = cameras.collect();
        cameras.sort_unstable();
        cameras
    };
    let is_whole = |cameras: &[usize], sites: &[String]| {
        let mut cameras = cameras.to_vec();
        cameras.sort_unstable();
        cameras == of_sites(sites)
    };
    if !is_whole(&named, &it.sites) || is_whole(&before, &previous.sites) {
        return;
    }
    let Some((first, others)) = before.split_first() else { return };
    let mut shared: Vec<&String> = catalogue.cameras[*first].keys.iter().collect();
    shared.retain(|key| others.iter().all(|at| catalogue.cameras[*at].keys.contains(key)));
    let is_of_name = |at: &usize| catalogue.cameras[*at].keys.iter().any(|key| shared.contains(&key));
    let meant: Vec<String> =
        named.iter().filter(|at| is_of_name(at)).map(|at| catalogue.cameras[*at].id.clone()).collect();
    if meant.is_empty() || meant.len() == named.len() {
        return;
    }
    it.cameras = meant;
    it.carried_over.push("cameras".to_owned());
}

/// "And the seventh?" behind "on the third floor": one bare word that parts the name of one other camera from that of
/// the one before. Takes that word.
pub(super) fn turn_to_sibling(
    it: &mut Interpretation,
    previous: &Interpretation,
    tokens: &Tokens<'_>,
    says: &mut Says,
    catalogue: &Catalogue,
) {
    let Some(word) = it.words.clone().filter(|_| says.words && pointing::is_bare_word(tokens)) else {
        return;
    };
    let Some(before) = indices(&previous.cameras, catalogue) else { return };
    if says.where_to() || before.len() > COMPARED_MAX {
        return;
    }
    let words = |at: usize| catalogue.cameras[at].keys.iter().flat_map(|key| key.split(' '));
    let is_alike = |at: &usize| {
        !before.contains(at) && words(*at).any(|one| before.iter().any(|old| words(*old).any(|w| w == one)))
    };
    let mut found = catalogue.cameras_with_word(&word.to_lowercase()).iter().copied().filter(is_alike);
    if let (Some(only), None) = (found.next(), found.next()) {
        it.cameras = vec![catalogue.cameras[only].id.clone()];
        it.words = None;
        (says.places, says.words) = (true, false);
    }
}

/// "Which door?", "which floor was that?": a word that several cameras are called by asks for the camera.
pub(super) fn read_which(tokens: &mut Tokens<'_>, catalogue: &Catalogue) {
    let asked = (1..tokens.row.len()).find(|at| {
        let token = &tokens.row[*at];
        let asks = matches!(tokens.before(*at), "which" | "what") && !token.follows_break;
        asks && tokens.is_free(*at..at + 1) && token.quote.is_none()
    });
    let Some(at) = asked else { return };
    let is_bare = (0..tokens.row.len()).all(|other| other == at || is_stop_word(tokens.lower(other)));
    let word = &tokens.row[at].singular;
    let is_of_names = catalogue.cameras_with_word(word).len() > 1 && !is_stop_word(word);
    let is_of_sites =
        || catalogue.sites.iter().any(|site| site.keys.iter().any(|key| key.ends_with(&**word)));
    if is_bare && is_of_names && !is_of_sites() {
        let token = &mut tokens.row[at];
        "camera".clone_into(&mut token.lower);
        "camera".clone_into(&mut token.singular);
    }
}

/// "The other door" behind a door of a building, or behind all of one name: the one there, or those of one name, that
/// are called a door, too. Whether it was found; where there are several to choose from it is not.
pub(super) fn turn_to_other(
    it: &mut Interpretation,
    tokens: &Tokens<'_>,
    other: usize,
    previous: &Interpretation,
    catalogue: &Catalogue,
) -> bool {
    let Some(thing) = tokens.row.get(other + 1).map(|token| token.singular.as_str()) else { return false };
    let Some(before) = indices(&previous.cameras, catalogue) else { return false };
    if before.len() > COMPARED_MAX {
        return false;
    }
    let alike = catalogue.cameras_with_word(thing);
    let site = |at: usize| catalogue.cameras[at].site;
    let ends = |key: &&String| key.ends_with(thing);
    let name = |at: usize| catalogue.cameras[at].keys.iter().find(ends);
    let is_of_site = |at: &usize| before.iter().any(|old| site(*old).is_some() && site(*old) == site(*at));
    let others: Vec<usize> =
        alike.iter().copied().filter(|at| !before.contains(at) && is_of_site(at)).collect();
    let Some((first, rest)) = others.split_first() else { return false };
    let is_one_name = rest.iter().all(|at| name(*at).is_some() && name(*at) == name(*first));
    let is_door = before.iter().all(|at| alike.contains(at));
    if !is_door || !is_one_name || (before.len() == 1 && !rest.is_empty()) {
        return false;
    }
    it.cameras = others.iter().map(|at| catalogue.cameras[*at].id.clone()).collect();
    (it.sites, it.zones) = (Vec::new(), Vec::new());
    // The door is no thing to look for.
    if it.labels.iter().any(|label| label == thing) {
        (it.labels, it.event_types) = (previous.labels.clone(), previous.event_types.clone());
        it.words.clone_from(&previous.words);
    }
    it.carried_over.retain(|field| field != "cameras" && field != "sites");
    true
}

/// Where cameras stand in the catalogue; none where one of them is not known, or none was named.
fn indices(ids: &[String], catalogue: &Catalogue) -> Option<Vec<usize>> {
    let at = |id: &String| catalogue.cameras.binary_search_by(|camera| camera.id.cmp(id)).ok();
    ids.iter().map(at).collect::<Option<Vec<usize>>>().filter(|found| !found.is_empty())
}
