//! Small numbers in words.

/// A small number in words.
pub(super) fn number_word(word: &str) -> Option<usize> {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    WORDS.iter().position(|known| *known == word).map(|at| at + 1).or(match word {
        "dozen" => Some(12),
        "fifteen" => Some(15),
        "twenty" => Some(20),
        _ => None,
    })
}
