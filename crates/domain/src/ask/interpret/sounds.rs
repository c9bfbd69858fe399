//! Deeds and sounds that detectors have labels for: "did the dog bark?" asks for what is labelled `bark`. Whoever
//! makes them is no other thing to ask for beside them.

use super::{
    labels::{LabelMention, is_listed},
    nouns::sound,
    stop_words::is_clause_joint,
    tokens::{Role, Tokens},
};
use crate::ask::stems::stem;

/// As far apart may stand who does something and what is done.
const REACH: usize = 6;

/// Takes who makes a sound from what is asked for: "did the dog bark" is about barks. What a sound does not imply
/// stays as a word that an event may say, as in "did the dog bark at the mailman".
pub(super) fn settle(tokens: &mut Tokens<'_>, mentions: &mut Vec<LabelMention>) {
    let sounds: Vec<LabelMention> =
        mentions.iter().filter(|m| m.is_sound && !m.is_left_out).cloned().collect();
    if sounds.is_empty() {
        return;
    }
    let mut besides: Vec<(usize, bool)> = Vec::new();
    for mention in mentions.iter().filter(|mention| !mention.is_sound && !mention.is_left_out) {
        // "Was anyone shouting or screaming?" does not ask for just anyone.
        let near = sounds.iter().find(|sound| {
            is_one_deed(tokens, sound.at, mention.at)
                || mention.is_weak
                    && mention.at < sound.at
                    && is_joined_by_deeds(tokens, mention.at, sound.at)
        });
        if let Some(sound) = near {
            besides.push((mention.at, is_implied(tokens, sound, mention)));
        }
    }
    // "Did any bird or dog bark?"
    for mention in mentions.iter().filter(|mention| !mention.is_sound && !mention.is_left_out) {
        let is_known = besides.iter().any(|(at, _)| *at == mention.at);
        if !is_known && besides.iter().any(|(at, _)| is_listed(tokens, mention.at, *at)) {
            besides.push((mention.at, false));
        }
    }
    mentions.retain(|mention| besides.iter().all(|(at, _)| *at != mention.at));
    for (at, is_implied) in besides {
        let token = &mut tokens.row[at];
        (token.role, token.is_kept, token.is_perhaps) = (Role::Subject, !is_implied, !is_implied);
    }
}

/// Whether who is named makes such a sound as a matter of course.
fn is_implied(tokens: &Tokens<'_>, sound: &LabelMention, mention: &LabelMention) -> bool {
    let who = tokens.row[mention.at].singular.as_str();
    let makes = self::sound(&stem(&sound.class));
    mention.is_weak
        || matches!(who, "person" | "human" | "individual" | "folk")
        || matches!(
            (makes, who),
            (Some("bark"), "dog" | "puppy")
                | (Some("meow"), "cat" | "kitten")
                | (Some("cry"), "baby" | "toddler" | "child" | "kid")
                | (Some("chirp"), "bird")
                | (Some("honk"), "car" | "vehicle")
        )
}

/// "Shouting or screaming": whether a sound stands before the "or" as well.
fn is_joined_by_deeds(tokens: &Tokens<'_>, who: usize, at: usize) -> bool {
    at - who <= REACH
        && at >= 2
        && matches!(tokens.before(at), "and" | "or")
        && sound(&tokens.row[at - 2].stem).is_some()
}

/// "Did the alarm ring?", "when was the alarm triggered?": what an alarm does wherever there is one, and what no event
/// needs to mention. Takes these words.
pub(super) fn take_ringing(tokens: &mut Tokens<'_>, mentions: &[LabelMention]) {
    let rings = |word: &str| {
        matches!(word, "ring" | "rings" | "rang" | "rung" | "ringing" | "sound" | "sounded" | "sounding")
            || matches!(word, "blare" | "blared" | "beep" | "beeped" | "beeping" | "trip" | "tripped")
            || matches!(word, "trigger" | "triggered" | "active" | "activated")
    };
    let is_alarm = |mention: &&LabelMention| {
        let is_one = |word: &str| matches!(word, "alarm" | "siren" | "bell" | "doorbell");
        !mention.is_left_out && mention.class.split(['_', ' ', '-']).any(is_one)
    };
    let Some(alarm) = mentions.iter().find(is_alarm).map(|mention| mention.at) else { return };
    for at in alarm + 1..tokens.row.len() {
        if tokens.is_free(at..at + 1) && tokens.row[at].quote.is_none() && rings(tokens.lower(at)) {
            tokens.take(at..at + 1, Role::Intent);
        }
    }
}

/// Whether two words belong to one deed: nothing between them lists, compares or begins anew.
pub(super) fn is_one_deed(tokens: &Tokens<'_>, one: usize, other: usize) -> bool {
    let (first, last) = (one.min(other), one.max(other));
    let parts = |at: usize| {
        let token = &tokens.row[at];
        token.role == Role::Time
            || is_clause_joint(&token.lower)
            || matches!(token.lower.as_str(), "how" | "against")
    };
    last - first <= REACH
        && !(first + 1..last).any(parts)
        && !(first + 1..=last).any(|at| tokens.row[at].follows_break)
}
