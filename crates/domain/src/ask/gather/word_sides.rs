//! The sides of a comparison that differ in a word: "men against women", where one label stands for both.

/// The words of each side, "red trucks" and "blue trucks" of "red or blue trucks"; empty where nothing is to
/// choose from.
pub(super) fn of(words: &str) -> Vec<String> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let is_or = |at: usize| words.get(at).is_some_and(|word| word.eq_ignore_ascii_case("or"));
    let Some(first) = (0..words.len()).find(|at| !is_or(*at) && is_or(at + 1)) else { return Vec::new() };
    let mut end = first;
    while is_or(end + 1) && end + 2 < words.len() {
        end += 2;
    }
    let (Some(before), Some(after)) = (words.get(..first), words.get(end + 1..)) else { return Vec::new() };
    let side = |at: usize| words.get(at).map(|word| [before, &[*word], after].concat().join(" "));
    (first..=end).step_by(2).filter_map(side).collect()
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
