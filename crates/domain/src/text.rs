//! What text from outside may hold: users, events and upstreams are never trusted with characters
//! that hide, reorder or end something.

use serde_json::Value;

/// Characters that are invisible or reorder what is seen: zero-width, bidi controls, tags.
pub fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// Bidi controls: refused in questions and ids, where they can only deceive.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Whether a short string (an id, a label) holds what it must not.
pub fn has_control(value: &str) -> bool {
    value.chars().any(|c| c.is_control() || is_bidi_control(c))
}

/// Text on one line: control characters become spaces, hidden ones go, spaces are folded.
pub fn one_line(value: &str) -> String {
    let mut line = String::with_capacity(value.len());
    for c in value.chars().filter(|c| !is_hidden(*c)) {
        if c.is_whitespace() || c.is_control() {
            if !line.is_empty() && !line.ends_with(' ') {
                line.push(' ');
            }
        } else {
            line.push(c);
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// A text as a part of an address: everything but the unreserved characters of RFC 3986 section 2.3 as `%XX`.
pub fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for nibble in [byte >> 4, byte & 15] {
                encoded.push(char::from(b"0123456789ABCDEF"[usize::from(nibble)]));
            }
        }
    }
    encoded
}

/// The words of a text: what stands between characters that are neither letters nor digits.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Appends every string of a value, however deep, each behind a space.
pub(crate) fn push_strings(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => {
            text.push(' ');
            text.push_str(string);
        }
        Value::Array(values) => values.iter().for_each(|value| push_strings(value, text)),
        Value::Object(fields) => fields.values().for_each(|value| push_strings(value, text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_go_and_lines_are_folded() {
        assert_eq!(one_line("  a\u{200B}b\n\tc\u{202E} \u{1b}[31m "), "ab c [31m");
        assert!(has_control("a\u{0000}") && has_control("a\u{202E}b") && !has_control("Tür 5"));
    }
}
