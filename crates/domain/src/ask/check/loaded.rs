//! Words that accuse, alarm or tell people apart: weapons, crimes, injuries, sex, age, origin, colours. Half of its
//! words make a sentence one about an event; of these, every single one must be the record's.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::{
    forms::{is_same, stem},
    scan::{Kind, Token},
};

/// What a word is about; another word of the same kind stands for it ("pistol" for "gun").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum About {
    Weapon,
    Violence,
    Theft,
    Crime,
    Harm,
    Fire,
    Male,
    Female,
    Child,
    Old,
    /// No other word says the same.
    Itself,
}

/// Forms that regular endings do not make are listed themselves.
#[rustfmt::skip]
static LOADED: LazyLock<FxHashMap<&str, About>> = LazyLock::new(|| FxHashMap::from_iter([
    ("gun", About::Weapon), ("handgun", About::Weapon), ("shotgun", About::Weapon), ("pistol", About::Weapon),
    ("revolver", About::Weapon), ("rifle", About::Weapon), ("firearm", About::Weapon), ("weapon", About::Weapon),
    ("armed", About::Weapon), ("gunman", About::Weapon), ("gunmen", About::Weapon), ("gunpoint", About::Weapon),
    ("gunshot", About::Weapon), ("knife", About::Weapon), ("knives", About::Weapon), ("machete", About::Weapon),
    ("sword", About::Weapon), ("dagger", About::Weapon), ("bomb", About::Weapon), ("explosive", About::Weapon),
    ("grenade", About::Weapon), ("taser", About::Weapon),
    ("shoot", About::Violence), ("shot", About::Violence), ("shooter", About::Violence), ("stab", About::Violence),
    ("stabbing", About::Violence), ("stabbed", About::Violence), ("attack", About::Violence),
    ("attacker", About::Violence), ("assault", About::Violence), ("fight", About::Violence),
    ("fought", About::Violence), ("punch", About::Violence), ("beating", About::Violence),
    ("strangle", About::Violence), ("kill", About::Violence), ("killer", About::Violence),
    ("murder", About::Violence), ("murderer", About::Violence), ("violence", About::Violence),
    ("violent", About::Violence), ("violently", About::Violence), ("threaten", About::Violence),
    ("threat", About::Violence), ("harass", About::Violence), ("kidnap", About::Violence),
    ("kidnapping", About::Violence), ("kidnapped", About::Violence), ("abduct", About::Violence),
    ("hostage", About::Violence), ("rape", About::Violence), ("rapist", About::Violence),
    ("steal", About::Theft), ("stole", About::Theft), ("stolen", About::Theft), ("theft", About::Theft),
    ("thief", About::Theft), ("thieves", About::Theft), ("rob", About::Theft), ("robbed", About::Theft),
    ("robbing", About::Theft), ("robber", About::Theft), ("robbery", About::Theft), ("robberies", About::Theft),
    ("burgle", About::Theft), ("burglar", About::Theft), ("burglary", About::Theft), ("burglaries", About::Theft),
    ("shoplift", About::Theft), ("shoplifter", About::Theft), ("loot", About::Theft), ("looter", About::Theft),
    ("pickpocket", About::Theft),
    ("crime", About::Crime), ("criminal", About::Crime), ("illegal", About::Crime), ("illegally", About::Crime),
    ("suspect", About::Crime), ("suspicious", About::Crime), ("suspiciously", About::Crime),
    ("intruder", About::Crime), ("intrusion", About::Crime), ("trespass", About::Crime),
    ("trespasser", About::Crime), ("vandal", About::Crime), ("vandalism", About::Crime),
    ("vandalize", About::Crime), ("vandalise", About::Crime), ("graffiti", About::Crime),
    ("arson", About::Crime), ("arsonist", About::Crime), ("smuggle", About::Crime), ("smuggler", About::Crime),
    ("drug", About::Crime), ("dealer", About::Crime), ("fraud", About::Crime), ("terrorist", About::Crime),
    ("terrorism", About::Crime), ("gang", About::Crime), ("sabotage", About::Crime), ("offender", About::Crime),
    ("perpetrator", About::Crime), ("culprit", About::Crime), ("stalk", About::Crime), ("stalker", About::Crime),
    ("stalking", About::Crime), ("loiter", About::Itself), ("flee", About::Itself), ("fled", About::Itself),
    ("mask", About::Itself), ("balaclava", About::Itself), ("unauthorised", About::Crime),
    ("unauthorized", About::Crime), ("unlawful", About::Crime), ("unlawfully", About::Crime),
    ("force", About::Itself), ("forcibly", About::Itself), ("broke", About::Itself), ("broken", About::Itself),
    ("break", About::Itself), ("breaking", About::Itself), ("unarmed", About::Itself),
    ("weaponry", About::Weapon), ("ammunition", About::Weapon), ("bullet", About::Weapon),
    ("cocaine", About::Crime), ("heroin", About::Crime), ("narcotic", About::Crime), ("cannabis", About::Crime),
    ("marijuana", About::Crime), ("coffin", About::Itself), ("prowl", About::Crime), ("prowler", About::Crime),
    ("lurk", About::Crime), ("sneak", About::Crime), ("tamper", About::Crime), ("smash", About::Itself),
    ("dead", About::Harm), ("death", About::Harm), ("died", About::Harm), ("dying", About::Harm),
    ("corpse", About::Harm), ("blood", About::Harm), ("bloody", About::Harm), ("bleed", About::Harm),
    ("bleeding", About::Harm), ("injure", About::Harm), ("injury", About::Harm), ("injuries", About::Harm),
    ("wound", About::Harm), ("hurt", About::Harm), ("unconscious", About::Harm), ("collapse", About::Harm),
    ("drunk", About::Itself), ("intoxicated", About::Itself), ("naked", About::Itself), ("crash", About::Itself),
    ("accident", About::Itself), ("collide", About::Itself), ("collision", About::Itself),
    ("fire", About::Fire), ("flame", About::Fire), ("smoke", About::Fire), ("explosion", About::Fire),
    ("explode", About::Fire), ("burning", About::Fire),
    ("man", About::Male), ("men", About::Male), ("male", About::Male), ("gentleman", About::Male),
    ("gentlemen", About::Male), ("boy", About::Male), ("guy", About::Male),
    ("woman", About::Female), ("women", About::Female), ("female", About::Female), ("lady", About::Female),
    ("ladies", About::Female), ("girl", About::Female),
    ("child", About::Child), ("children", About::Child), ("kid", About::Child), ("toddler", About::Child),
    ("baby", About::Child), ("babies", About::Child), ("infant", About::Child), ("teenager", About::Child),
    ("teen", About::Child), ("elderly", About::Old), ("pensioner", About::Old),
    ("asian", About::Itself), ("african", About::Itself), ("arab", About::Itself), ("arabic", About::Itself),
    ("hispanic", About::Itself), ("latino", About::Itself), ("latina", About::Itself),
    ("caucasian", About::Itself), ("muslim", About::Itself), ("jewish", About::Itself),
    ("disabled", About::Itself), ("pregnant", About::Itself), ("homeless", About::Itself),
    ("red", About::Itself), ("blue", About::Itself), ("green", About::Itself), ("yellow", About::Itself),
    ("orange", About::Itself), ("purple", About::Itself), ("pink", About::Itself), ("brown", About::Itself),
    ("black", About::Itself), ("white", About::Itself), ("grey", About::Itself), ("gray", About::Itself),
    ("silver", About::Itself), ("beige", About::Itself), ("golden", About::Itself),
]));

/// Whether a sentence says something of that kind which `known`, words in lower case, do not. They are asked for only
/// when it does.
pub(super) fn says_more<'a>(tokens: &[Token], known: impl FnOnce() -> Vec<&'a str>) -> bool {
    let words = tokens.iter().filter(|token| token.kind == Kind::Word);
    let loaded: Vec<_> = words.filter_map(|token| Some((&*token.lower, about(&token.lower)?))).collect();
    if loaded.is_empty() {
        return false;
    }
    let known = known();
    loaded.into_iter().any(|(word, about)| !known.iter().any(|known| is_backed(word, about, known)))
}

fn is_backed(word: &str, is_about: About, known: &str) -> bool {
    let is_one = |colour: &str| matches!(colour, "grey" | "gray");
    is_same(word, known)
        || stem(word) == stem(known)
        || (is_one(word) && is_one(known))
        || (is_about != About::Itself && about(known) == Some(is_about))
}

/// Whether a word must not be shown, not even for a moment, before its sentence is judged.
pub(super) fn is_grave(word: &str) -> bool {
    use About::{Crime, Fire, Harm, Theft, Violence, Weapon};
    matches!(about(&word.to_lowercase()), Some(Weapon | Violence | Theft | Crime | Harm | Fire))
}

/// Whether a word is one of these, and so no name.
pub(super) fn is_loaded(word: &str) -> bool {
    about(word).is_some()
}

/// What a word or a regular form of it is about.
fn about(word: &str) -> Option<About> {
    let ending = || {
        let stems = ["ing", "ed", "es", "s", "d"].into_iter().filter_map(|ending| word.strip_suffix(ending));
        stems
            .filter(|rest| rest.len() >= 3)
            .find_map(|rest| LOADED.get(rest).or_else(|| LOADED.get(&*format!("{rest}e"))))
    };
    LOADED.get(word).or_else(ending).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::check::scan;

    fn says(sentence: &str, event: &str) -> bool {
        let known: Vec<&str> = event.split(|c: char| !c.is_alphanumeric()).collect();
        says_more(&scan::tokens(sentence, &[]), || known)
    }

    #[test]
    fn what_no_event_shows_is_more() {
        let event = "hall 1 a man in work clothes, pushing a hand truck, comes out of a meeting room";
        for sentence in [
            "A man with a gun comes out of a meeting room.",
            "A man steals a hand truck.",
            "The man is armed.",
            "The man in work clothes is a terrorist.",
            "A woman in work clothes comes out of a meeting room.",
            "A man in red work clothes comes out.",
            "A man shoots at a hand truck.",
            "Two robbers push a hand truck.",
            "The man was injured.",
        ] {
            assert!(says(sentence, event), "{sentence}");
        }
        for sentence in [
            "A man pushing a hand truck comes out of the meeting room.",
            "A gentleman comes out.",
            "Someone in work clothes pushed a truck.",
        ] {
            assert!(!says(sentence, event), "{sentence}");
        }
        assert!(!says("A thief steals it.", "a man steals a laptop"));
        assert!(!says("Women in grey coats.", "a woman in a gray coat"));
        assert!(!says("An armed guard.", "a guard with a pistol"));
    }
}
