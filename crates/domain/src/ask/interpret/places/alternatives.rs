//! Whether a camera and a zone are two places, or one within the other: "in the stock room or at the ramp" is
//! either, "in the ramp zone at dock 1" is where both meet.

use super::{
    super::{
        stop_words::{is_camera_word, is_determiner, is_place_preposition},
        tokens::Tokens,
    },
    found::{Mention, Named, Places},
};

/// Words that put one place beside another.
const JOINTS: [&str; 5] = ["or", "and", "nor", "plus", "versus"];
/// The same where two places are compared.
const JOINTS_OF_COMPARISON: [&str; 6] = ["with", "vs", "than", "against", "to", "from"];

/// Whether cameras and zones are named side by side.
pub(in super::super) fn are_alternatives(tokens: &Tokens<'_>, places: &Places, is_compared: bool) -> bool {
    let is_zone = |mention: &Mention| matches!(mention.named, Named::Zones(_));
    let mut named: Vec<&Mention> = places.mentions.iter().filter(|mention| !mention.is_left_out).collect();
    named.sort_by_key(|mention| mention.words.start);
    let (mut is_mixed, mut by_word) = (false, false);
    for pair in named.windows(2) {
        let joint = joint(tokens, pair[0].words.end, pair[1].words.start, is_compared);
        if is_zone(pair[0]) != is_zone(pair[1]) {
            is_mixed = true;
            if joint.is_none() {
                return false;
            }
        }
        by_word |= joint == Some(true);
    }
    // In "the ramp, the dock or the yard" the comma joins, too; alone it does not.
    is_mixed && by_word
}

/// How two places are joined: by a word, by no more than a comma, or not at all.
fn joint(tokens: &Tokens<'_>, from: usize, to: usize, is_compared: bool) -> Option<bool> {
    let mut by_word = false;
    for at in from..to {
        let word = tokens.lower(at);
        if JOINTS.contains(&word) || (is_compared && JOINTS_OF_COMPARISON.contains(&word)) {
            by_word = true;
        } else if !(is_determiner(word) || is_place_preposition(word) || is_camera_word(word)) {
            return None;
        }
    }
    let has_comma = (from..=to).any(|at| tokens.follows_comma(at));
    (by_word || has_comma).then_some(by_word)
}
