//! Digits of other scripts as the ten that everything here compares, so that none is overlooked.

/// What stands for zero in the scripts whose digits are in use; the other nine follow.
const ZEROS: [char; 24] = [
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{17E0}',
    '\u{1810}',
    '\u{FF10}',
    '\u{1D7CE}',
    '\u{1D7D8}',
    '\u{1D7E2}',
    '\u{1D7EC}',
    '\u{1D7F6}',
];

/// The text with its digits in ASCII. Other signs with a value (½, ², Ⅷ, ①) stay: nothing counts like this, so that
/// the sentence goes unless the record has them.
pub(crate) fn western(text: &str) -> String {
    text.chars().map(western_char).collect()
}

fn western_char(c: char) -> char {
    if c.is_ascii() || !c.is_numeric() {
        return c;
    }
    let value =
        ZEROS.iter().find_map(|zero| (c as u32).checked_sub(*zero as u32).filter(|value| *value < 10));
    value.and_then(|value| char::from_digit(value, 10)).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::western;

    #[test]
    fn digits_of_every_script_are_compared_and_other_signs_stay() {
        assert_eq!(western("٤٧ ۴۷ ４７ 𝟒𝟕 ½ ² Ⅷ ① 4"), "47 47 47 47 ½ ² Ⅷ ① 4");
    }
}
