//! Hostile text at every way of cutting it, and laws of the guard.

mod lies;
mod morning;
mod prose;

use proptest::prelude::*;

use super::{Guard, plain};

/// Everything that must not come through, with what may remain around it.
const HOSTILE: &[&str] = &[
    "![x](http://evil.example/?d=1)",
    "![x][r] and [r]: http://evil.example/a",
    "[click](javascript:evil.example)",
    "[1](http://evil.example) [1]: http://evil.example",
    "[1]: //evil.example/x",
    "[1]<b>(//evil.example/x)",
    "<img src=http://evil.example/a>",
    "<a href='//evil.example'>x</a> <script>evil.example</script",
    "<<b>script src=//evil.example>",
    "ht[x]tp://evil.example/y hTTps://evil.example www.evil.example",
    "ht<i>tp://evil.example",
    "[[x]1](//evil.example) [![a](//evil.example)](//evil.example)",
    "<http://evil.example> [a][b](//evil.example)",
    "[a\nb](<//evil.example>) ![",
    "!<b>[1](//evil.example)",
    "[1\u{200B}](//evil.example) <\u{200B}img src=//evil.example>",
];

fn through(pieces: &[&str], references: u32) -> String {
    let mut guard = Guard::new(references);
    let mut out = String::new();
    for piece in pieces {
        out.push_str(&guard.push(piece));
    }
    out.push_str(&guard.finish());
    out
}

/// Whether a reader of Markdown or HTML would make something of it.
fn is_active(text: &str) -> bool {
    let lower = text.to_lowercase();
    let chars: Vec<char> = text.chars().collect();
    let opens_tag = chars
        .windows(2)
        .any(|pair| pair[0] == '<' && (pair[1].is_alphabetic() || matches!(pair[1], '/' | '!' | '?')));
    ["http://", "https://", "javascript:", "](", "]:", "!["].iter().any(|mark| lower.contains(mark))
        || opens_tag
}

#[test]
fn nothing_hostile_comes_through_at_any_split() {
    for hostile in HOSTILE {
        for text in [format!("A {hostile} b [1]."), (*hostile).to_owned(), format!("x{hostile}\n{hostile}")] {
            let whole = through(&[&text], 2);
            assert!(!is_active(&whole), "{text:?} → {whole:?}");
            let cuts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            for (n, first) in cuts.iter().enumerate() {
                for second in cuts.iter().skip(n).step_by(3) {
                    let pieces = [&text[..*first], &text[*first..*second], &text[*second..]];
                    assert_eq!(through(&pieces, 2), whole, "{pieces:?}");
                }
            }
        }
    }
}

#[test]
fn no_delta_on_its_own_shows_an_address() {
    for hostile in HOSTILE {
        let mut guard = Guard::new(1);
        let mut out = String::new();
        for c in hostile.chars() {
            out.push_str(&guard.push(&c.to_string()));
            assert!(!is_active(&out), "{out:?}");
        }
    }
}

#[test]
fn text_and_references_stay_as_they_were_written() {
    for text in ["Two people [1] and 3 < 4 [2], a <3 b! [1][2]\n- one\n  - two", "5 <= 6. Why? Yes!"] {
        assert_eq!(through(&[text], 2), text);
    }
    assert_eq!(
        through(&["Seen [evt_7]. At [1, 9] the gate [see](http://x.y/z) now."], 1),
        "Seen. At [1] the gate see now."
    );
    assert_eq!(through(&["Seen [1]", "()", ": there"], 1), "Seen [1] : there");
    assert_eq!(through(&["< [!("], 1), "< !(");
    let mut guard = Guard::new(1);
    let held = guard.push(&format!("[{}", "a".repeat(2_000)));
    assert!(held.len() > 1_400, "what is held back is bounded");
}

#[test]
fn text_from_outside_cannot_pass_for_a_reference_or_a_link() {
    assert_eq!(plain("gate [1] <b>x</b> https://evil.example/a"), "gate (1) x (link removed)");
    assert_eq!(plain("Loading dock"), "Loading dock");
    assert_eq!(plain("Tür 5, 50 % [neu]"), "Tür 5, 50 % (neu)");
}

proptest! {
    #[test]
    fn whatever_comes_in_nothing_active_comes_out(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("["), Just("]"), Just("("), Just(")"), Just("!"), Just("<"), Just(">"), Just(":"),
                Just("1"), Just("b"), Just("/"), Just(" "), Just("\n"), Just("http://e"), Just("ht"),
                Just("tp://e"), Just("//e"), Just("www."), Just("[1]"), Just("[x]"),
            ],
            0..24,
        )
    ) {
        let text = parts.concat();
        let whole = through(&[&text], 1);
        prop_assert!(!is_active(&whole), "{:?} → {:?}", text, whole);
        prop_assert_eq!(through(&parts, 1), whole);
    }
}
