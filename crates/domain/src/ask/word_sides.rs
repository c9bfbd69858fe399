//! The sides of a comparison that differ in a word: "men against women", where one label stands for both.

use crate::words::{Choice, choices};

/// The words of each side, "red trucks" and "blue trucks" of "red or blue trucks"; empty where nothing is to
/// choose from.
pub(crate) fn of(words: &str) -> Vec<String> {
    let parts = choices(words);
    let Some(first) = parts.iter().position(|part| part.len() > 1) else { return Vec::new() };
    let shown = |part: &Choice<'_>| {
        let is_bracketed = |phrase: &[&str]| part.len() > 1 && phrase.len() > 1;
        let phrases = part.iter().map(|phrase| match phrase.join(" ") {
            text if is_bracketed(phrase) => format!("({text})"),
            text => text,
        });
        phrases.collect::<Vec<_>>().join(" or ")
    };
    let side = |phrase: &Vec<&str>| {
        let beside = |part: &[Choice<'_>]| part.iter().map(shown).collect::<Vec<_>>();
        [beside(&parts[..first]), vec![phrase.join(" ")], beside(&parts[first + 1..])].concat().join(" ")
    };
    parts[first].iter().map(side).collect()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn each_alternative_is_a_side() {
        assert_eq!(of("men or women"), ["men", "women"]);
        assert_eq!(
            of("parked red or blue or grey trucks"),
            ["parked red trucks", "parked blue trucks", "parked grey trucks"]
        );
        assert!(of("red trucks").is_empty() && of("or").is_empty());
    }
}
